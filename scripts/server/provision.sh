#!/usr/bin/env bash
# Makes this machine the server that its settings describe. The settings come on standard input (lib/settings.sh). Run again, it
# changes what differs and nothing else.
#
# Everything is written before the packages are unpacked, so that each daemon's first start is already the right one. Meanwhile they
# are downloaded.
set -euo pipefail
umask 022
export LC_ALL=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

SCRIPTS=$(dirname "$(readlink -f "$0")")
for library in log assignments settings files system sizing packages services app front convert acme; do
  # shellcheck source=/dev/null
  . "$SCRIPTS/lib/$library.sh"
done

main() {
  [[ $EUID == 0 ]] || fail 'provisioning needs root: log in as root or through sudo'
  detect_system
  lock_server
  wait_for_boot
  WORK=$(mktemp -d /run/one-server-web.XXXXXX)
  trap 'end_background; rm -rf "$WORK"' EXIT
  trap 'exit 143' TERM HUP INT
  cat >"$WORK/settings"
  parse_assignments "$(<"$WORK/settings")"
  PENDING_FILE=/var/lib/one-server-web/pending
  mkdir -p "${PENDING_FILE%/*}"
  # From here on the server is not as it was.
  rm -f /var/lib/one-server-web/provisioned
  read_pending
  plan_server
  local role
  for role in $ROLES; do
    [[ -r $SCRIPTS/roles/$role/role.sh ]] || fail "setting ROLES: there is no role $role, allowed are $(cd "$SCRIPTS/roles" && echo *)"
    # shellcheck source=/dev/null
    . "$SCRIPTS/roles/$role/role.sh"
  done
  finish_interrupted_packages
  prepare_packages
  remember_first_starts
  # The volume of a server before this one holds its data: it is mounted before anything is laid out.
  [[ -z $DATA_DEVICE ]] || run_extra data-volume
  convert_runtime
  convert_database
  for role in $ROLES; do
    # All others ask what the package sources hold.
    [[ $role == @(base|hardening|tls) ]] || begin_packages
    "${role}_before"
  done
  finish_installation
  ! has_role mysql || mysql_begin
  for role in $ROLES; do "${role}_after"; done
  open_after_conversion
  run_pending
  ! has_role tls || [[ $TLS_SOURCE != acme ]] || acme_certificate
  remember_packages "${WANTED_PACKAGES[@]}"
  remove_unused_files
  [[ $METADATA_GUARD == no ]] || run_extra metadata-guard
  [[ $CERTIFICATE_METRIC == no ]] || run_extra certificate-metric
  write_provisioned
  summarize
}

# write_provisioned: what the program compares this server with (state.sh).
write_provisioned() {
  local settings file=/var/lib/one-server-web/provisioned
  settings=$(sha256sum <"$WORK/settings")
  printf 'SETTINGS=%s\nBUNDLE=%s\nOWNER=%s\n' "${settings%% *}" "${SCRIPTS##*/}" "${OWNER:-}" >"$file.new"
  mv -fT "$file.new" "$file"
}

# find_packages: those that the roles want, as far as is known, and those of them that are missing.
find_packages() {
  local role
  mapfile -t WANTED_PACKAGES < <(for role in $ROLES; do "${role}_packages"; done)
  mapfile -t MISSING_PACKAGES < <(missing_packages "${WANTED_PACKAGES[@]}")
}

# prepare_packages: asks the mirror for what it has, where something is missing here.
prepare_packages() {
  find_packages
  ((${#MISSING_PACKAGES[@]} == 0)) || begin_refresh
  has_role php-fpm && [[ -n $PHP_VERSION ]] || return 0
  lists_ready
  check_php_version "$PHP_VERSION" "$(php_versions)"
}

# begin_packages: begins to download what is missing, once. On a fresh machine it is known only now what the mirror has, such as
# nginx's modules.
begin_packages() {
  ((${#MISSING_PACKAGES[@]} > 0)) || return 0
  lists_ready
  find_packages
  ((${#MISSING_PACKAGES[@]} == 0)) || begin_installation "${MISSING_PACKAGES[@]}"
  MISSING_PACKAGES=()
}

# run_extra ROLE: a role of a platform's own, in one function.
run_extra() {
  # shellcheck source=/dev/null
  . "$SCRIPTS/roles/$1/role.sh"
  "role_${1//-/_}"
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

# A machine that is still starting up would start its daemons with the settings of before while this run writes new ones, and a
# cloud's first boot would still be at work on packages and users.
wait_for_boot() {
  [[ $(systemctl is-system-running) =~ ^(initializing|starting)$ ]] || return 0
  step server 'the machine is still starting up: waiting for it'
  # "degraded" is up as well; a machine that never gets there is provisioned all the same.
  timeout 180 systemctl is-system-running --wait >/dev/null || true
}

# plan_server: what follows from the settings and the machine.
plan_server() {
  local assignment
  measure_machine
  while read -r assignment; do
    declare -g "$assignment"
  done < <(size_machine "$RAM_MIB" "$CPU_CORES" "$ROLES" "$RUNTIME" "$CACHE" "$APP_PROCESSES")
  APP_MOST_SPARE=$((APP_SPARE * 2 > APP_CHILDREN ? APP_CHILDREN : APP_SPARE * 2))
  WEB_UNIT=nginx WEB_TEST='nginx -t' DATABASE_UNIT=$DATABASE ACTIVE_FILE=$(front_file "$STACK")
  [[ $STACK == lemp ]] || WEB_UNIT=apache2 WEB_TEST='apache2ctl configtest'
  TASK_UNITS=()
  DATABASE_SOCKET=/run/mysqld/mysqld.sock MAXIMUM_UPLOAD_BYTES=$((MAXIMUM_UPLOAD_MIB * 1048576))
  # Whoever waits for a request is given more time than the request itself. Downloads, which the web server sends, may be slower.
  APP_STOP_SECONDS=$((REQUEST_TIMEOUT + 10)) WEB_STOP_SECONDS=$((REQUEST_TIMEOUT + 60))
  step server "$SYSTEM_ID $SYSTEM_VERSION, $RAM_MIB MiB, $CPU_CORES cores: pool $INNODB_POOL_MIB MiB, $([[ $VALKEY_MIB == 0 ]] || echo "Valkey $VALKEY_MIB MiB, ")$APP_CHILDREN app processes, OPcache 2 x $OPCACHE_MIB MiB, $MAX_CONNECTIONS connections"
}

# remember_first_starts: daemons that this run's packages will start need no reload afterwards.
remember_first_starts() {
  declare -gA FIRST_START=()
  local unit
  for unit in "$WEB_UNIT" "$DATABASE_UNIT" one-server-web-firewall; do
    systemctl is-active --quiet "$unit" || FIRST_START[$unit]=yes
  done
}

summarize() {
  if ((CHANGES == 0)); then
    step server 'nothing changed'
  else
    step server "$CHANGES changes"
  fi
}

main
