#!/usr/bin/env bash
# Makes this machine the server that its settings describe. The settings come on standard input (lib/settings.sh). Run again, it
# changes what differs and nothing else.
#
#   provision.sh            all of it, or nothing: a run that fails takes back what it changed (lib/undo.sh)
#   provision.sh recover    takes back what a run left that was killed
#   provision.sh confirm    a second login works: what a run changed of sshd and the firewall stays
#   provision.sh restore-access    no second login came: sshd and the firewall let in again whom they let in before
#
# Everything is written before the packages are unpacked, so that each daemon's first start is already the right one. Meanwhile they
# are downloaded. What a server is made of: lib/roles.sh.
set -euo pipefail
umask 022
export LC_ALL=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
# A login's own, by libpam-tmpdir, which no daemon may use.
unset TMPDIR

SCRIPTS=$(dirname "$(readlink -f "$0")")
for library in log assignments settings systemd undo files system sizing packages services roles look access app front database; do
  # shellcheck source=/dev/null
  . "$SCRIPTS/lib/$library.sh"
done

# What is known of this server between runs.
STATE=/var/lib/one-server-web
# Where the scripts of the last run that ended well are.
BUNDLE=/opt/one-server-web

main() {
  [[ $EUID == 0 ]] || fail 'provisioning needs root: log in as root or through sudo'
  detect_system
  case ${1:-} in
    recover)
      recover || fail 'what a killed provisioning left could not be taken back'
      return 0
      ;;
    confirm | restore-access)
      lock_server
      if [[ $1 == confirm ]]; then confirm_access; else restore_access; fi
      return 0
      ;;
  esac
  lock_server
  wait_for_boot
  begin_work
  cat >"$WORK/settings"
  parse_assignments "$(<"$WORK/settings")"
  add_roles
  load_roles
  take_back
  plan_server
  finish_interrupted_packages
  choose_packages
  each_role refuse
  begin_changes
  remember_access
  each_role prepare
  begin_undo
  switch_scripts
  each_role before
  packages_known
  find_units
  finish_installation
  each_role configure
  write_server_conf
  disable_former_units
  remove_former_files present
  check_roles
  apply_changes
  remove_former_files absent
  each_role after
  start_wanted_units "${FOLLOWING_UNITS[@]}"
  keep_changes
  # Longer than any run: it is set once more at its end.
  guard_access 3600
  remember_packages
  each_role finish
  write_provisioned
  summarize
  announce_access
}

# Two at once would undo each other's work: the second waits, and says for what.
lock_server() {
  exec 9>/run/lock/one-server-web.lock
  local attempt
  for attempt in {1..120}; do
    flock --wait 5 9 && return 0
    ((attempt > 1)) || step server 'another run is at work here: waiting for its end'
  done
  fail 'another run has been at work here for ten minutes: see ps aux | grep provision.sh on the server'
}

# A machine that is still starting up would start its daemons with their former settings while this run writes new ones, and a cloud's
# first boot would still be at work on packages and users.
wait_for_boot() {
  ! boot_is_over || return 0
  step server 'the machine is still starting up: waiting for it'
  await_boot 180
}

# begin_work: a folder of this run's own; however the run ends, end_work is called.
begin_work() {
  WORK=$(mktemp -d /run/one-server-web.XXXXXX)
  trap end_work EXIT
  trap 'exit 143' TERM HUP INT
}

end_work() {
  local code=$?
  # Whoever asked may be gone: what was begun is taken back all the same.
  trap '' TERM HUP INT PIPE
  set +e
  end_background
  [[ $UNDOING == no ]] || take_back
  ((${#HELD_UNITS[@]} == 0)) || { release_held_units; read_unit_files; }
  rm -rf "$WORK"
  exit "$code"
}

# recover: unless a run is at work, which takes back its own changes.
recover() {
  [[ -d $UNDO || -d $ACCESS ]] || return 0
  exec 9>/run/lock/one-server-web.lock
  flock --nonblock 9 || return 0
  # The timer that waited for a second login went with the machine's restart.
  boot_is_over || restore_access
  [[ -d $UNDO ]] || return 0
  step server 'a run was killed before its end'
  take_back
}

# add_roles: those that a platform asks for by settings of their own.
add_roles() {
  [[ -z ${DATA_DEVICE:-} ]] || has_role data-volume || ROLES="data-volume $ROLES"
  [[ ${METADATA_GUARD:-no} == no ]] || has_role metadata-guard || ROLES+=' metadata-guard'
  [[ ${CERTIFICATE_METRIC:-no} == no ]] || has_role certificate-metric || ROLES+=' certificate-metric'
}

# plan_server: what follows from the settings and the machine.
plan_server() {
  local assignment
  measure_machine
  while read -r assignment; do
    declare -g "$assignment"
  done < <(size_machine "$RAM_MIB" "$CPU_CORES" "$ROLES" "${RUNTIME:-}" "${CACHE:-}" "${APP_PROCESSES:-}")
  # What roles say to each other: who shows the certificate, the unit behind the database's socket, which HAProxys there are, whether
  # there are exporters.
  CERTIFICATE_ROLES='' DATABASE_SERVICE='' HAPROXY_INSTANCES='' WITH_EXPORTERS=no
  each_role plan
  step server "$SYSTEM_ID $SYSTEM_VERSION, $RAM_MIB MiB, $CPU_CORES cores$(describe_sizes)"
}

# begin_changes: from here on the server is not what it was, or is to be, until write_provisioned.
begin_changes() {
  mkdir -p "$STATE"
  rm -f "$STATE/provisioned"
  read_former_files "$STATE/files"
  read_former_units "$STATE/units"
  install_recovery
}

# install_recovery: the unit that takes back, at the start of the machine, what a run left that was killed. It is there before the first
# change and stays.
install_recovery() {
  local unit=/etc/systemd/system/one-server-web-recover.service
  replace_file "$unit" 0644 root:root "$(<"$SCRIPTS/lib/recover.service")"$'\n'
  [[ $FILE_CHANGED == no ]] || enable_units one-server-web-recover.service
}

# switch_scripts: timers and people find those of this run.
switch_scripts() {
  [[ $SCRIPTS == "$BUNDLE" ]] || ensure_link server "$SCRIPTS" "$BUNDLE"
}

# write_server_conf: what status, backups and renewals have to know of this server.
write_server_conf() {
  local name
  for name in ROLES DOMAIN STACK DATABASE DATABASE_NAME DATABASE_SOCKET; do
    [[ ! -v $name ]] || assignment "$name" "${!name}"
  done | install_file server /etc/one-server-web/server.conf 0644 root:root
}

# keep_changes: the server is what its settings say and stays so.
keep_changes() {
  replace_file "$STATE/files" 0644 root:root "$(list_files)"$'\n'
  local units
  read_lines units each_role units
  replace_file "$STATE/units" 0644 root:root "$(printf '%s\n' "${units[@]}")"$'\n'
  # On the disk, before what they replaced is forgotten.
  ((${#WRITTEN_FILES[@]} == 0)) || sync "${WRITTEN_FILES[@]}" 2>/dev/null || true
  end_undo
}

# write_provisioned: what the program compares this server with (state.sh).
write_provisioned() {
  local settings
  settings=$(sha256sum <"$WORK/settings")
  printf 'SETTINGS=%s\nBUNDLE=%s\nOWNER=%s\n' "${settings%% *}" "${SCRIPTS##*/}" "${OWNER:-}" >"$STATE/provisioned.new"
  [[ -z ${RUN_TOKEN:-} ]] || printf 'RUN=%s\n' "$RUN_TOKEN" >>"$STATE/provisioned.new"
  mv -fT "$STATE/provisioned.new" "$STATE/provisioned"
  # Also after a run that failed.
  [[ -z ${OWNER:-} ]] || replace_file "$STATE/owner" 0644 root:root "$OWNER"
}

summarize() {
  if ((CHANGES == 0)); then
    step server 'nothing changed'
  else
    step server "$CHANGES changes"
  fi
}

main "$@"
