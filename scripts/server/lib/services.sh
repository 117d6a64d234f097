# shellcheck shell=bash
# What is done once all files are in place. Actions are of the form verb:unit; a reload is preferred to a restart wherever the
# daemon can read its settings anew without dropping a request.

# run_pending: carries out what install_file and the roles asked for, each thing once.
run_pending() {
  local action unit
  [[ ! -v PENDING[daemon-reload] ]] || systemctl daemon-reload
  for action in "${!PENDING[@]}"; do
    unit=${action#*:}
    case $action in
      restart:*) PENDING["reload:$unit"]=no ;;
    esac
  done
  for action in "${!PENDING[@]}"; do
    unit=${action#*:}
    [[ ${PENDING[$action]} == yes ]] || continue
    case $action in
      reload:nginx) reload_nginx ;;
      replace:app) replace_app ;;
      reload:* | restart:*) systemctl is-active --quiet "$unit" && apply_to_unit "${action%%:*}" "$unit" ;;
    esac
  done
  rm -f "${PENDING_FILE:-}"
  return 0
}

# apply_to_unit VERB UNIT: reload or restart a unit that was running before this run began with its old settings.
apply_to_unit() {
  # A daemon first started by this run's packages has read its settings already: they were in place before.
  [[ ! -v FIRST_START[$2] ]] || return 0
  systemctl "$1" "$2" || fail "systemctl $1 $2 failed: see journalctl -u $2 -n 30 on the server"
  changed services "$1 of $2"
}

# replace_app: new settings reach the app server by the idle colour, which takes over when it answers, so that no request is lost.
replace_app() {
  local unit running
  [[ ! -v CONVERTED ]] || return 0
  running=$(systemctl list-units --plain --no-legend --state=active 'site-app@*' | wc -l)
  ((running > 0)) || return 0
  if [[ -x $SCRIPTS/release.sh ]]; then
    "$SCRIPTS/release.sh" renew || fail 'the app server with its new settings did not answer; the old one serves on'
    changed services 'replaced the app server by its other colour'
    return 0
  fi
  for unit in site-app@blue site-app@green; do
    ! systemctl is-active --quiet "$unit" || apply_to_unit restart "$unit"
  done
}

# reload_nginx: only after the configuration was tested; a faulty one leaves the running one as it is. It is in use when the processes
# with the previous one take no more connections.
reload_nginx() {
  local output before deadline=$((SECONDS + 20))
  output=$(nginx -t 2>&1) || fail "nginx refuses its configuration: $(grep -m 1 emerg <<<"$output")"
  systemctl is-active --quiet nginx || return 0
  before=$(mktemp)
  front_processes lemp >"$before"
  apply_to_unit reload nginx
  # A first start in this run needed no reload.
  if [[ ! -v FIRST_START[nginx] ]]; then
    while front_accepts "$before" && ((SECONDS < deadline)); do sleep 0.02; done
  fi
  rm -f "$before"
}

# keep_from_starting UNIT: one that doesn't run yet is not started by its package, whose settings may not be all there, until it is
# unmasked or the machine restarts.
keep_from_starting() {
  systemctl is-active --quiet "$1" || systemctl mask --runtime --quiet "$1" 2>/dev/null
}

# ensure_running ROLE UNIT: enabled and active, started when it is not.
ensure_running() {
  local role=$1 unit=$2
  # A unit written by this run, where no package made systemd read its files again.
  [[ $(systemctl show --property LoadState --value "$unit") != not-found ]] || systemctl daemon-reload
  if ! systemctl is-enabled --quiet "$unit"; then
    # What changes is what starts with the machine; systemd reads it then.
    systemctl enable --quiet --no-reload "$unit"
    changed "$role" "enabled $unit"
  fi
  if ! systemctl is-active --quiet "$unit"; then
    # One that systemd has given up on is given another try: whatever kept it down may be mended by now.
    systemctl reset-failed "$unit" 2>/dev/null || true
    systemctl start "$unit" || fail "$unit doesn't start: see journalctl -u $unit -n 30 on the server"
    changed "$role" "started $unit"
  fi
}
