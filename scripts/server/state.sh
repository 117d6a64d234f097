#!/bin/bash
# What this server says of itself, for the program to compare with what the stack's state says of it: one `name=value` a line.
# A value is empty where there is none: the last provisioning failed, or no release was ever live.
set -euo pipefail
export LC_ALL=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

SCRIPTS=$(dirname "$(readlink -f "$0")")
# A folder in front of all paths, for tests.
ROOT=${RELEASE_ROOT:-}
# shellcheck source=SCRIPTDIR/lib/front.sh
source "$SCRIPTS/lib/front.sh"

main() {
  [[ $EUID == 0 || -n $ROOT ]] || { echo 'error: run this as root' >&2; exit 1; }
  local name
  for name in SETTINGS BUNDLE OWNER; do
    printf '%s=%s\n' "${name,,}" "$(provisioned "$name")"
  done
  printf 'release=%s\n' "$(live_release)"
}

# provisioned NAME: what the last provisioning noted when it had succeeded; whose server it is stays known.
provisioned() {
  local value
  value=$(sed -n "s/^$1=//p" "$ROOT/var/lib/one-server-web/provisioned" 2>/dev/null || true)
  [[ -n $value || $1 != OWNER ]] || value=$(cat "$ROOT/var/lib/one-server-web/owner" 2>/dev/null || true)
  echo "$value"
}

# live_release: also while a maintenance page takes its place, for the time of which a copy of the web server's file is kept.
live_release() {
  local stack file copy release=''
  stack=$(sed -n 's/^STACK=//p' "$ROOT/etc/one-server-web/site.conf" 2>/dev/null || true)
  file=$(front_file "${stack//[\'\"]/}")
  for copy in "$file" "$ROOT/var/lib/one-server-web/releases/maintenance" "$file.before-maintenance"; do
    [[ -n $release ]] || release=$(front_release "$copy")
  done
  echo "$release"
}

main
