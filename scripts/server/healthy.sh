#!/bin/bash
# Waits until this server does its work, a minute at the most: its daemons run, and where a release is live, the site answers. Servers
# that stand in for one another are changed in turn, each after the one before it is healthy.
set -euo pipefail
export LC_ALL=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

SCRIPTS=$(dirname "$(readlink -f "$0")")
for library in systemd roles front; do
  # shellcheck source=/dev/null
  source "$SCRIPTS/lib/$library.sh"
done
PATIENCE_SECONDS=60

main() {
  [[ $EUID == 0 ]] || { echo 'error: run this as root' >&2; exit 1; }
  local fault deadline=$((SECONDS + PATIENCE_SECONDS))
  while fault=$(first_fault); [[ -n $fault ]]; do
    ((SECONDS < deadline)) || { echo "error: not healthy after $PATIENCE_SECONDS s: $fault" >&2; exit 1; }
    sleep 1
  done
  echo healthy
}

# first_fault: what does not work, on one line; nothing when all does.
first_fault() {
  local unit
  while read -r unit; do
    unit_is_active "$unit" || { echo "${unit%.service} is not running"; return; }
  done < <(units_of_kind watched <"${UNITS_FILE:-/var/lib/one-server-web/units}")
  [[ ! -r /etc/one-server-web/site.conf ]] || site_fault
}

site_fault() {
  local STACK=lemp DOMAIN=localhost HEALTH_PATH=/healthz release status
  # shellcheck source=/dev/null
  source /etc/one-server-web/site.conf
  release=$(front_release "$(front_file "$STACK")")
  [[ -n $release ]] || return 0
  # shellcheck source=/dev/null
  source "/var/lib/one-server-web/releases/$release.settings"
  status=$(curl --silent --insecure --noproxy '*' --max-time 10 --output /dev/null --write-out '%{http_code}' \
    --resolve "$DOMAIN:443:127.0.0.1" "https://$DOMAIN$HEALTH_PATH") || true
  [[ $status == 200 ]] || echo "$HEALTH_PATH answers with status $status"
}

main
