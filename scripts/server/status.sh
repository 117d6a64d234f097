#!/bin/bash
# What this server is and how it is: one JSON object, facts alone. scripts/cli/status judges them.
#
#   status.sh          for programs
#   status.sh check    for the timer: disks, and what the roles look at, such as certificate and health; ends with 1 and one line when one of them is near its end
set -euo pipefail
export LC_ALL=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

SCRIPTS=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
for part in lib/assignments lib/settings lib/systemd lib/roles lib/front release/settings release/contract release/output release/colours release/switch release/tasks release/maintenance lib/system lib/json status/facts status/check; do
  # shellcheck source=/dev/null
  source "$SCRIPTS/$part.sh"
done

main() {
  [[ $EUID == 0 ]] || fail 'the status is asked as root: run this with sudo'
  [[ -r /etc/one-server-web/server.conf ]] || fail 'this server was not provisioned yet'
  # shellcheck source=/dev/null
  source /etc/one-server-web/server.conf
  load_roles
  if has_role site; then
    read_settings
    ! has_contract "$(active_release)" || read_contract "$(active_release)"
  fi
  case ${1:-} in
    '') all_facts ;;
    check) check_limits ;;
    *)
      sed -n 's/^#   //p' "${BASH_SOURCE[0]}"
      exit 2
      ;;
  esac
}

main "$@"
