#!/usr/bin/env bash
# The names that a network's DNS server answers for.
#
# usage: dns.sh set NETWORK HOSTNAME TYPE ADDRESS      TYPE is A or AAAA; one address a name and type; prints JSON
#        dns.sh unset NETWORK HOSTNAME TYPE
#        dns.sh list NETWORK
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=requirements.sh
source "$here/requirements.sh"
# shellcheck source-path=SCRIPTDIR source=addresses.sh
source "$here/addresses.sh"
# shellcheck source-path=SCRIPTDIR source=nameserver.sh
source "$here/nameserver.sh"

# change_records NETWORK HOSTNAME TYPE [ADDRESS]: the line of the name and type goes, and with an address a new one comes.
change_records() {
  local network=$1 hostname=$2 type=$3 address=${4:-} directory pid
  directory=$(network_directory "$network")
  take_lock "$network_lock" "$run_directory/$network/network.lock" "the network \"$network\""
  {
    [ ! -f "$directory/records" ] || awk -v type="$type" -v name="$hostname" '!($1 == type && $2 == name)' "$directory/records"
    [ -z "$address" ] || printf '%s %s %s\n' "$type" "$hostname" "$address"
  } | sort | write_file "$directory/records"
  write_nameserver_files "$network" "$(setting "$directory/settings" zone)"
  if pid=$(nameserver_pid "$network"); then kill -HUP "$pid"; fi
}

main() {
  local command=${1:-} network=${2:-} hostname=${3:-} type=${4:-} address=${5:-}
  case $command in
    -h | --help) print_help "$0"; return ;;
    set | unset | list) check_network_name "$network" ;;
    *) usage_error "expected \"set\", \"unset\" or \"list\", got \"$command\"" ;;
  esac
  check_kind
  if [ ! -f "$(network_directory "$network")/settings" ]; then
    [ "$command" != unset ] || return 0
    fail "network: this host has no network \"$network\"; \`$here/network.sh list\` shows those it has"
  fi
  if [ "$command" = list ]; then
    cat "$(network_directory "$network")/records"
    return
  fi
  check_hostname "$hostname"
  hostname=${hostname,,}
  case $type in
    A) [ "$command" = unset ] || address_number "$address" >/dev/null || usage_error "address: \"$address\" is no IPv4 address" ;;
    AAAA) [ "$command" = unset ] || [[ $address =~ ^[0-9a-fA-F:]*:[0-9a-fA-F:.]*$ ]] || usage_error "address: \"$address\" is no IPv6 address" ;;
    *) usage_error "type: \"$type\" is neither A nor AAAA" ;;
  esac
  if [ "$command" = set ]; then
    change_records "$network" "$hostname" "$type" "$address"
    printf '{"hostname":"%s","type":"%s","address":"%s","ttl":%s}\n' "$hostname" "$type" "$address" "$record_seconds"
  else
    change_records "$network" "$hostname" "$type"
  fi
}

main "$@"
