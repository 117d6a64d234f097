# shellcheck shell=bash
# Maintenance: what one server can do without a gap is done so; for the rest visitors see a page that says when to come back.

MAINTENANCE=$STATE/maintenance

# in_maintenance: of a person's making, or while provisioning converts this server.
in_maintenance() {
  [[ -e $MAINTENANCE || -e $(front_file "$STACK").before-maintenance ]]
}

# refuse_in_maintenance: a deployment would not be seen, and would end the maintenance by accident.
refuse_in_maintenance() {
  ! in_maintenance ||
    fail 'this server is in maintenance: end it first (release.sh maintenance off on the server), then try again'
}

# maintenance on [MINUTES] | off
maintenance() {
  case ${1:-} in
    on) begin_maintenance "${2:-10}" ;;
    off) end_maintenance ;;
    *) fail 'maintenance: expected on [MINUTES] or off' ;;
  esac
}

# The page comes from the web server alone: the app servers and the database may be gone meanwhile.
begin_maintenance() {
  local minutes=$1 refusal
  [[ $minutes =~ ^[1-9][0-9]{0,3}$ ]] || fail "maintenance: '$minutes' is not a number of minutes; expected 1 to 9999"
  if [[ -e $MAINTENANCE ]]; then
    OUTCOME=unchanged
    say 'this server is in maintenance already'
    return 0
  fi
  begin maintenance "visitors get 503 with Retry-After for $minutes minutes"
  close_front "$STACK" "$MAINTENANCE" "$((minutes * 60))" 2>/dev/null || { rm -f "$MAINTENANCE"; fail_to_write "$MAINTENANCE or $(front_file "$STACK")"; }
  if ! refusal=$(front_test); then
    open_front "$STACK" "$MAINTENANCE"
    fail "the web server refuses its configuration, nothing was changed: $refusal"
  fi
  note_front
  front_reload "$STACK"
  # Whatever the window is for begins when visitors see the page, not a moment before.
  await_public '503 without a release' || fail "the public address answers '$PUBLIC' instead of the maintenance page: end it (release.sh maintenance off), then see the web server's log"
}

end_maintenance() {
  if [[ ! -e $MAINTENANCE ]]; then
    OUTCOME=unchanged
    say 'this server is not in maintenance'
    return 0
  fi
  begin maintenance 'the site is asked before visitors are let in again'
  open_front "$STACK" "$MAINTENANCE" 2>/dev/null || fail_to_write "$(front_file "$STACK")"
  RELEASE=$(active_release)
  note_front
  front_reload "$STACK"
  [[ -z $RELEASE ]] || { read_contract "$RELEASE" && confirm "$RELEASE"; } || fail "the public address answers '$PUBLIC' after the maintenance: see journalctl -u 'site-app@*' on the server"
}

# upgrade_front: a new nginx binary takes over the open sockets from the old one, which ends with its last request.
# https://nginx.org/en/docs/control.html#upgrade
upgrade_front() {
  [[ $STACK != lamp ]] || fail 'Apache has no upgrade on the fly: use a maintenance window (release.sh upgrade --window)'
  local old new deadline=$((SECONDS + 10)) pid_file=$ROOT/run/nginx.pid
  old=$(<"$pid_file")
  begin upgrade-front "a fresh nginx takes over from process $old"
  # A text of its own, which only the fresh one has read: its answers can be told from the old one's.
  write_file "$(front_file lemp)" < <(front_text lemp "$(active_colour)" "$ACTIVE_RELEASE")
  note_front
  front_test >/dev/null || fail "nginx refuses its configuration: $(front_test)"
  kill -USR2 "$old"
  until [[ -s $pid_file.oldbin && -s $pid_file && $(<"$pid_file") != "$old" ]]; do
    ((SECONDS < deadline)) || fail 'the fresh nginx did not start: the old one serves on (see /var/log/nginx/error.log on the server)'
    sleep 0.05
  done
  new=$(<"$pid_file")
  # Its processes end with their last request; the old master waits, so that it can be called back.
  kill -WINCH "$old"
  if [[ -n $ACTIVE_RELEASE ]] && ! confirm "$ACTIVE_RELEASE"; then
    kill -HUP "$old"
    kill -QUIT "$new"
    fail "the fresh nginx answers '$PUBLIC': the old one serves again (see /var/log/nginx/error.log on the server)"
  fi
  kill -QUIT "$old"
  say "process $new serves"
}

# is_outdated PID: whether the file that a process runs from was replaced since it began.
is_outdated() {
  [[ $(readlink "/proc/$1/exe" 2>/dev/null) == *' (deleted)' ]]
}

# upgrades: what waits to be upgraded, one line each: how it is done, the gap that visitors see, the package.
upgrades() {
  apt-get --simulate --quiet upgrade --with-new-pkgs 2>/dev/null | awk '$1 == "Inst" { print $2 }' | sort | while read -r package; do
    printf '%-9s %s\n' "$(upgrade_way "$package")" "$package"
  done
}

# upgrade_way PACKAGE: front (on the fly), app (by colour), database (a window of seconds), reboot (a window), or online.
upgrade_way() {
  case $1 in
    nginx | nginx-* | libnginx-*) echo front ;;
    php* | libapache2-mod-php* | python3 | python3.* | gunicorn | libpython3*) echo app ;;
    mysql-server* | mysql-common | mariadb-server* | mariadb-common) echo database ;;
    linux-image-* | linux-headers-* | systemd | libc6 | dbus) echo reboot ;;
    *) echo online ;;
  esac
}

# How many seconds the last window kept visitors out; a guess before the first one.
seconds_of_last_window() {
  cat "$STATE/window-seconds" 2>/dev/null || echo 30
}

# restarts: when the server may restart by itself (the setting rebootWindow).
restarts() {
  if [[ $REBOOT_WINDOW == never ]]; then echo 'the server is not restarted automatically'; else echo "server restarts happen at $REBOOT_WINDOW"; fi
}

# announce: what an upgrade would do, how long visitors would be kept out, and when that may be.
announce() {
  local way package windows=0 seconds
  while read -r way package; do
    case $way in
      front) say "$package: nginx on the fly, no gap" ;;
      app) say "$package: app server by colour, no gap" ;;
      online) say "$package: no gap" ;;
      database) say "$package: in a window"; windows=1 ;;
      reboot) say "$package: takes effect at the next restart of the server"; windows=1 ;;
    esac
  done < <(upgrades)
  if ((windows)); then
    seconds=$(seconds_of_last_window)
    say "the window: release.sh upgrade --window keeps visitors out for about $seconds s (503 with Retry-After); $(restarts)"
  fi
}

# upgrade [--plan | --window]: without a window, only what leaves no gap.
upgrade() {
  local mode=${1:-} packages
  announce
  [[ $mode != --plan ]] || { OUTCOME=unchanged; return 0; }
  mapfile -t packages < <(upgrades | awk '$1 != "database" && $1 != "reboot" { print $2 }')
  ((${#packages[@]} == 0)) || install_upgrades "${packages[@]}"
  if [[ $mode == --window ]]; then
    mapfile -t packages < <(upgrades | awk '{ print $2 }')
    ((${#packages[@]} == 0)) || upgrade_in_window "${packages[@]}"
  fi
  take_into_use
}

install_upgrades() {
  begin install "$*"
  run_logged env DEBIAN_FRONTEND=noninteractive apt-get --yes --quiet --only-upgrade -o DPkg::Lock::Timeout=120 -o Dpkg::Options::=--force-confold install "$@" ||
    fail 'the packages could not be upgraded: see above'
}

# The database's own upgrade restarts it: visitors see the page instead of errors, and nobody writes meanwhile.
upgrade_in_window() {
  local closed
  begin download "$*"
  run_logged apt-get --yes --quiet --download-only --only-upgrade -o DPkg::Lock::Timeout=120 install "$@" || fail 'the packages could not be downloaded: see above'
  closed=$EPOCHREALTIME
  begin_maintenance 10
  # Who asked before the window is answered before the database goes away.
  drain "$ACTIVE" || true
  install_upgrades "$@"
  end_maintenance
  milliseconds "$closed" | awk '{ print int($1 / 1000) + 1 }' >"$STATE/window-seconds"
}

# take_into_use: daemons whose files were replaced under them. Packages restart their own services; these are not among them.
take_into_use() {
  local front main
  if [[ $STACK == lemp ]]; then
    front=$(<"$ROOT/run/nginx.pid")
    ! is_outdated "$front" || upgrade_front
  fi
  main=$(systemctl show --property=MainPID --value "site-app@$ACTIVE")
  if [[ -n $ACTIVE_RELEASE && $main != 0 ]] && is_outdated "$main"; then
    change_renew
  fi
}
