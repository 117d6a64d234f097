# shellcheck shell=bash
# What is done once all files are in place and found good. Actions are of the form VERB:NAME:
#   daemon-reload               systemd reads the units' files
#   reload:UNIT, restart:UNIT   of one that ran before this run; a reload is preferred wherever the daemon can read its settings without
#                               dropping a request
#   call:FUNCTION               one of a role
#   replace:app                 the site's app server, by its other colour (roles/site)

# The units that this server is to run, and those of them that ran when this run began.
WANTED_UNITS=()
FOLLOWING_UNITS=()
FORMER_UNITS=()
HELD_UNITS=()
declare -gA RAN_BEFORE=()
# What a former timer starts, and any other former unit itself.
declare -gA TIMED_UNITS=()

# find_units: what this server is to run, and keeps those from starting that are not running: their packages would start them before
# all of their settings are there.
find_units() {
  local unit held=()
  read_lines WANTED_UNITS server_units watched started following
  read_lines FOLLOWING_UNITS server_units following
  ask_units "${WANTED_UNITS[@]}"
  for unit in "${WANTED_UNITS[@]}"; do
    if [[ ${UNIT_ACTIVE[$unit]} == @(active|reloading|refreshing) ]]; then RAN_BEFORE[$unit]=yes; else held+=("$unit"); fi
    # A run that was killed held it.
    [[ ${UNIT_LOADED[$unit]} != masked ]] || HELD_UNITS+=("$unit")
  done
  if ((${#MISSING_PACKAGES[@]} > 0)); then
    hold_units "${held[@]}"
    HELD_UNITS=("${held[@]}")
  fi
}

# release_held_units: from here on they may start.
release_held_units() {
  release_units "${HELD_UNITS[@]}"
  HELD_UNITS=()
}

# apply_changes: what this server no longer runs ends, what it runs starts, and what ran before reads its settings again.
apply_changes() {
  local action units
  ((${#HELD_UNITS[@]} == 0)) || notify daemon-reload
  release_held_units
  enable_wanted_units
  [[ ! -v PENDING[daemon-reload] ]] || read_unit_files
  for action in "${!PENDING[@]}"; do
    [[ $action != call:* ]] || ! declare -F "${action#call:}" >/dev/null || "${action#call:}"
  done
  stop_former_units
  read_lines units server_units watched started
  start_wanted_units "${units[@]}"
  for action in "${!PENDING[@]}"; do
    case $action in
      restart:*) apply_to_unit restart "${action#*:}" ;;
      # A restart reads everything again.
      reload:*) [[ -v PENDING[restart:${action#*:}] ]] || apply_to_unit reload "${action#*:}" ;;
    esac
  done
}

# apply_to_unit VERB UNIT
apply_to_unit() {
  # One that this run started or ended, or that is not there, has nothing to read again. The name may be another's by now.
  [[ " ${FORMER_UNITS[*]} " != *" $2 "* ]] && unit_is_active "$2" && [[ -v RAN_BEFORE[$2] || " ${WANTED_UNITS[*]} " != *" $2 "* ]] || return 0
  remember_action "$1" "$2"
  change_unit "$1" "$2" 2>/dev/null || fail "$2 can't $1 with its new settings: $(last_words "$2")"
  changed services "$1 of ${2%.service}"
}

# change_unit VERB UNIT: in the way of its role.
change_unit() {
  local role
  role=$(role_of_unit "$2")
  if declare -F "${role}_$1" >/dev/null; then
    "${role}_$1"
  else
    "$1_units" --no-block "$2" && await_units "$2"
  fi
}

# last_words UNIT: the last that it said of an error, in the log that its role names or in the journal.
last_words() {
  local log words
  log=$(call_role "$(role_of_unit "$1")" log)
  words=$(if [[ -s $log ]]; then tail -n 40 "$log"; else journalctl --quiet --no-pager --lines 40 --output cat "_SYSTEMD_UNIT=$1"; fi 2>/dev/null |
    grep -i 'error\|emerg\|fail\|invalid\|unknown' | grep -v Aborting | tail -n 1) || true
  echo "${words:0:300}${words:+ }(journalctl -u ${1%.service} -n 30 on the server)"
}

# enable_wanted_units: they start with the machine.
enable_wanted_units() {
  local unit disabled=()
  ask_units "${WANTED_UNITS[@]}"
  for unit in "${WANTED_UNITS[@]}"; do
    [[ ${UNIT_ENABLED[$unit]} == yes ]] || disabled+=("$unit")
  done
  ((${#disabled[@]} > 0)) || return 0
  enable_units "${disabled[@]}" || fail "these units can't be enabled: ${disabled[*]}"
  changed services "enabled ${disabled[*]%.service}"
  notify daemon-reload
}

# start_wanted_units UNIT...: those of them that do not run, all at once.
start_wanted_units() {
  local unit inactive=() started=()
  ask_units "$@"
  for unit; do
    [[ ${UNIT_ACTIVE[$unit]} == @(active|reloading|refreshing) ]] || inactive+=("$unit")
  done
  systemd_is_running && ((${#inactive[@]} > 0)) || return 0
  # One that systemd has given up on is given another try: whatever kept it down may be mended by now.
  forget_failures "${inactive[@]}"
  start_units --no-block "${inactive[@]}" 2>/dev/null || true
  await_units "${inactive[@]}" || fail_to_start "${inactive[@]}"
  ask_units "${inactive[@]}"
  # A worker waits for the first release.
  for unit in "${inactive[@]}"; do [[ ${UNIT_ACTIVE[$unit]} == inactive ]] || started+=("${unit%.service}"); done
  ((${#started[@]} == 0)) || changed services "started ${started[*]}"
}

fail_to_start() {
  local unit
  ask_units "$@"
  for unit; do
    [[ ${UNIT_ACTIVE[$unit]} == @(active|inactive) ]] || fail "$unit does not start: $(last_words "$unit")"
  done
  fail "these units do not start: $*: see systemctl status on the server"
}

# read_former_units LIST: what the last run kept running. Version 0.1.0 kept no list.
read_former_units() {
  if [[ -r $1 ]]; then
    mapfile -t FORMER_UNITS < <(units_of_kind watched started following <"$1")
  else
    mapfile -t FORMER_UNITS < <(enabled_units nginx.service apache2.service valkey-server.service 'prometheus-*-exporter.service' \
      'one-server-web-*.timer' one-server-web-firewall.service)
  fi
}

# disable_former_units: those of them that this server is not to run any more do not start with it, from before their files go.
disable_former_units() {
  local unit units=() enabled=()
  for unit in "${FORMER_UNITS[@]}"; do
    [[ " ${WANTED_UNITS[*]} " == *" $unit "* ]] || units+=("$unit")
  done
  FORMER_UNITS=("${units[@]}")
  ask_units "${units[@]}"
  for unit in "${units[@]}"; do
    # Who would know it once the timer's file is gone?
    TIMED_UNITS[$unit]=$unit
    [[ $unit != *.timer ]] || TIMED_UNITS[$unit]=$(unit_property "$unit" Unit)
    [[ ${UNIT_ENABLED[$unit]} == no ]] || enabled+=("$unit")
  done
  ((${#enabled[@]} > 0)) || return 0
  disable_units "${enabled[@]}" || fail "these units can't be disabled: ${enabled[*]}"
  notify daemon-reload
}

# stop_former_units: also what a timer of theirs is running just now. What went wrong with them is no concern any more.
stop_former_units() {
  local unit started
  ask_units "${FORMER_UNITS[@]}"
  for unit in "${FORMER_UNITS[@]}"; do
    started=${TIMED_UNITS[$unit]}
    if [[ ${UNIT_ACTIVE[$unit]} != @(inactive|failed) ]]; then
      stop_units "$unit" || fail "$unit can't be stopped: see journalctl -u $unit -n 30 on the server"
      changed services "stopped ${unit%.service}"
    fi
    [[ $started == "$unit" ]] || stop_units "$started" 2>/dev/null || true
    # Only then: a run that failed just now has asked for it.
    stop_units "one-server-web-alert@${started%.service}.service" 2>/dev/null || true
    forget_failures "$unit" "$started"
    rm -f "/var/lib/one-server-web/alerts/${started%.service}"
  done
}
