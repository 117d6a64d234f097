#!/usr/bin/env bash
# The names that a network's DNS server answers for.
#
# usage: dns.sh set NETWORK HOSTNAME TYPE "ADDRESS..."  TYPE is A or AAAA; the addresses replace those there are; prints JSON
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

# change_records NETWORK HOSTNAME TYPE [ADDRESS...]: the lines of the name and type go, and one comes for each address.
change_records() {
  local network=$1 hostname=$2 type=$3 directory pid address
  shift 3
  directory=$(network_directory "$network")
  take_lock "$network_lock" "$run_directory/$network/network.lock" "the network \"$network\""
  {
    [ ! -f "$directory/records" ] || awk -v type="$type" -v name="$hostname" '!($1 == type && $2 == name)' "$directory/records"
    for address in "$@"; do printf '%s %s %s\n' "$type" "$hostname" "$address"; done
  } | sort | write_file "$directory/records"
  write_nameserver_files "$network" "$(setting "$directory/settings" zone)"
  if pid=$(nameserver_pid "$network"); then kill -HUP "$pid"; fi
}

check_address() {
  case $1 in
    A) address_number "$2" >/dev/null || usage_error "address: \"$2\" is not an IPv4 address" ;;
    AAAA) [[ $2 =~ ^[0-9a-fA-F:]*:[0-9a-fA-F:.]*$ ]] || usage_error "address: \"$2\" is not an IPv6 address" ;;
  esac
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
  [[ $type == @(A|AAAA) ]] || usage_error "type: \"$type\" is neither A nor AAAA"
  if [ "$command" = set ]; then
    local addresses
    read -ra addresses <<<"$address"
    ((${#addresses[@]} > 0)) || usage_error "address: expected at least one"
    for address in "${addresses[@]}"; do check_address "$type" "$address"; done
    change_records "$network" "$hostname" "$type" "${addresses[@]}"
    printf '{"hostname":"%s","type":"%s","address":"%s","ttl":%s}\n' "$hostname" "$type" "${addresses[*]}" "$record_seconds"
  else
    change_records "$network" "$hostname" "$type"
  fi
}

main "$@"
