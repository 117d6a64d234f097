#!/usr/bin/env bash
# A network of machines on this host: a bridge with an address, NAT to the outside, and a DNS server that holds a zone.
#
# usage: network.sh create NETWORK --subnet SUBNET --owner OWNER [--zone DOMAIN]
#                                     makes it, or brings what is there to these settings; prints JSON
#        network.sh destroy NETWORK [--owner OWNER] [--machines]
#                                     removes it, with its machines when told so
#        network.sh start NETWORK [--machines]
#                                     brings it up again after a reboot of this host
#        network.sh check NETWORK --subnet SUBNET --owner OWNER
#                                     says what stands in the way; changes nothing
#        network.sh list              the networks of this host
#
# NETWORK: up to 11 characters. SUBNET: such as 10.90.0.0/24; the host has its first address. OWNER: a word that names
# the stack; a network is changed by its owner only.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=requirements.sh
source "$here/requirements.sh"
# shellcheck source-path=SCRIPTDIR source=addresses.sh
source "$here/addresses.sh"
# shellcheck source-path=SCRIPTDIR source=forwarding.sh
source "$here/forwarding.sh"
# shellcheck source-path=SCRIPTDIR source=nameserver.sh
source "$here/nameserver.sh"

# subnets_in_use NETWORK: one a line, with what uses it: routes, addresses and name servers of this host, and the other
# networks, whether they are up or not.
subnets_in_use() {
  local network=$1 bridge directory
  bridge=$(bridge_name "$network")
  ip -4 -oneline address show | awk -v own="$bridge" '$2 != own { print $4, "interface " $2 }'
  ip -4 -oneline route show table all | awk -v own=" dev $bridge " '
    index($0 " ", own) { next }
    { for (i = 1; i <= 2; i++) if ($i ~ /^[0-9]+\.[0-9.]+(\/[0-9]+)?$/) { print $i, "a route of this host"; break } }'
  awk '$1 == "nameserver" && $2 ~ /^[0-9.]+$/ { print $2, "the name server in /etc/resolv.conf" }' /etc/resolv.conf
  for directory in "$state_directory"/networks/*/; do
    if [ ! -f "$directory/settings" ] || [ "$directory" = "$(network_directory "$network")/" ]; then continue; fi
    printf '%s the network "%s"\n' "$(setting "$directory/settings" subnet)" "$(basename "$directory")"
  done
}

# check_collisions NETWORK SUBNET OWNER: before anything is made.
check_collisions() {
  local network=$1 subnet=$2 owner=$3 directory used what known used_subnets proposal
  directory=$(network_directory "$network")
  known=$(setting "$directory/settings" owner)
  [ -z "$known" ] || [ "$known" = "$owner" ] ||
    fail "network: \"$network\" belongs to another stack on this host; choose another name, such as \`pulumi config set network $(free_network_name "$network")\`, or remove it: $0 destroy $network --machines"
  if [ -z "$known" ] && [ -e "/sys/class/net/$(bridge_name "$network")" ]; then
    fail "network: this host already has an interface $(bridge_name "$network") that is not ours; choose another name, such as \`pulumi config set network $(free_network_name "$network")\`"
  fi
  used_subnets=$(subnets_in_use "$network")
  while read -r used what; do
    if subnets_overlap "$subnet" "$used"; then
      # shellcheck disable=SC2046 # one word a subnet
      proposal=$(free_subnet $(cut -d ' ' -f 1 <<<"$used_subnets")) || proposal='one that is free'
      fail "subnet: $subnet overlaps with $used of $what; choose another, such as \`pulumi config set subnet $proposal\`"
    fi
  done <<<"$used_subnets"
}

# free_network_name NAME: NAME-2, NAME-3 ..., shortened where it must be.
free_network_name() {
  local number name
  for number in $(seq 2 99); do
    name=${1:0:$((10 - ${#number}))}-$number
    name=${name/--/-}
    if [ ! -d "$(network_directory "$name")" ] && [ ! -e "/sys/class/net/$(bridge_name "$name")" ]; then break; fi
  done
  printf '%s' "$name"
}

# refuse_to_move NETWORK OWNER: the stack's machines live in a network of another name, where their data would be lost. A network
# without machines, such as a run that failed leaves, is no loss.
refuse_to_move() {
  local network=$1 owner=$2 directory former
  for directory in "$state_directory"/networks/*/; do
    former=$(basename "$directory")
    if [ "$former" = "$network" ] || [ "$(setting "$directory/settings" owner)" != "$owner" ]; then continue; fi
    [ -z "$(ls -A "$directory/machines" 2>/dev/null)" ] ||
      fail "network: this stack's machines are in \"$former\", and their data would be lost with them; set network back, or take the stack down first (npm stop)"
    "$here/network.sh" destroy "$former" --owner "$owner"
  done
}

bring_up_bridge() {
  local bridge subnet=$2 address
  bridge=$(bridge_name "$1")
  address=$(subnet_address "$subnet" 1)/${subnet#*/}
  [ -e "/sys/class/net/$bridge" ] || ip link add "$bridge" type bridge forward_delay 0
  if [ "$(ip -4 -oneline address show dev "$bridge" | awk '{ print $4 }')" != "$address" ]; then
    ip -4 address flush dev "$bridge"
    ip address add "$address" dev "$bridge"
  fi
  ip link set "$bridge" up
}

# bring_up NETWORK: from its settings file alone; what is up already stays as it is.
bring_up() {
  local network=$1 settings subnet
  settings=$(network_directory "$network")/settings
  subnet=$(setting "$settings" subnet)
  bring_up_bridge "$network" "$subnet"
  start_forwarding "$network" "$subnet"
  start_nameserver "$network" "$(subnet_address "$subnet" 1)" "$(setting "$settings" zone)"
}

lock_network() {
  take_lock "$network_lock" "$run_directory/$1/network.lock" "the network \"$1\""
}

# Names and subnets are taken by one run at a time, whatever the network.
lock_names() {
  take_lock "$host_lock" "$run_directory/networks.lock" 'the networks of this host'
}

create_network() {
  local network=$1 subnet=$2 owner=$3 zone=$4 directory former
  directory=$(network_directory "$network")
  require_host
  check_disk
  check_name_resolution
  refuse_to_move "$network" "$owner"
  lock_names
  check_collisions "$network" "$subnet" "$owner"
  lock_network "$network"
  former=$(setting "$directory/settings" subnet)
  if [ -n "$former" ] && [ "$former" != "$subnet" ] && [ -n "$(ls -A "$directory/machines" 2>/dev/null)" ]; then
    fail "subnet: \"$network\" has machines in $former, and their data would be lost with them; set subnet back, or take the stack down first (npm stop)"
  fi
  mkdir -p "$directory/machines"
  printf 'subnet=%s\nowner=%s\nzone=%s\n' "$subnet" "$owner" "$zone" | write_file "$directory/settings"
  bring_up "$network"
  exec 7>&-
  printf '{"network":"%s","subnet":"%s","bridge":"%s","address":"%s","dnsServer":"%s:53"}\n' \
    "$network" "$subnet" "$(bridge_name "$network")" "$(subnet_address "$subnet" 1)" "$(subnet_address "$subnet" 1)"
}

destroy_network() {
  local network=$1 owner=$2 with_machines=$3 directory known machine
  directory=$(network_directory "$network")
  check_kind
  known=$(setting "$directory/settings" owner)
  [ -z "$owner" ] || [ -z "$known" ] || [ "$known" = "$owner" ] ||
    fail "network: \"$network\" belongs to another stack on this host, and is left alone"
  for machine in "$directory"/machines/*/; do
    [ -d "$machine" ] || continue
    [ "$with_machines" = yes ] ||
      fail "network: \"$network\" still has the machine \"$(basename "$machine")\"; destroy it first, or add --machines"
    "$here/machine.sh" destroy "$network" "$(basename "$machine")"
  done
  lock_names
  lock_network "$network"
  stop_nameserver "$network"
  stop_forwarding "$network"
  # Only a bridge of a network of ours: the name alone proves nothing.
  if [ -n "$known" ] && [ -e "/sys/class/net/$(bridge_name "$network")" ]; then ip link delete "$(bridge_name "$network")"; fi
  rm -rf "$directory" "${run_directory:?}/$network"
  # What a run that was killed while it wrote has left.
  rm -f "$state_directory"/*.new.*
  rmdir "$state_directory/networks" "$state_directory" 2>/dev/null || true
}

start_network() {
  local network=$1 with_machines=$2 directory machine
  directory=$(network_directory "$network")
  check_kind
  [ -f "$directory/settings" ] || fail "network: this host has no network \"$network\"; \`$0 list\` shows those it has"
  lock_names
  lock_network "$network"
  bring_up "$network"
  exec 7>&- 8>&-
  [ "$with_machines" = yes ] || return 0
  for machine in "$directory"/machines/*/; do
    [ ! -d "$machine" ] || "$here/machine.sh" start "$network" "$(basename "$machine")"
  done
}

list_networks() {
  local directory
  for directory in "$state_directory"/networks/*/; do
    [ -f "$directory/settings" ] || continue
    printf '%s\t%s\t%s\t%s\n' "$(basename "$directory")" "$(setting "$directory/settings" subnet)" \
      "$(nameserver_state "$(basename "$directory")")" "$(find "$directory/machines" -mindepth 1 -maxdepth 1 -type d -printf '%f ')"
  done
}

main() {
  local command=${1:-} network=${2:-} subnet='' owner='' zone='' with_machines=no
  case $command in
    -h | --help) print_help "$0"; return ;;
    list) list_networks; return ;;
    create | destroy | start | check) ;;
    *) usage_error "expected \"create\", \"destroy\", \"start\", \"check\" or \"list\", got \"$command\"" ;;
  esac
  check_network_name "$network"
  shift 2
  while [ $# -gt 0 ]; do
    case $1 in
      --subnet) subnet=${2:-}; shift 2 || usage_error "--subnet wants a value" ;;
      --owner) owner=${2:-}; shift 2 || usage_error "--owner wants a value" ;;
      --zone) zone=${2:-}; shift 2 || usage_error "--zone wants a value" ;;
      --machines) with_machines=yes; shift ;;
      *) usage_error "unknown argument \"$1\"" ;;
    esac
  done
  [ -z "$zone" ] || check_hostname "$zone"
  [[ $owner =~ ^[A-Za-z0-9._/@:+=-]*$ ]] || usage_error "owner: \"$owner\" is not one word of letters, digits and ._/@:+=-"
  case $command in
    create | check)
      subnet_valid "$subnet" || usage_error "subnet: \"$subnet\" is not a network such as 10.90.0.0/24 (/16 to /28, host bits zero)"
      [ -n "$owner" ] || usage_error "--owner is missing"
      ;;
  esac
  case $command in
    create) create_network "$network" "$subnet" "$owner" "$zone" ;;
    destroy) destroy_network "$network" "$owner" "$with_machines" ;;
    start) start_network "$network" "$with_machines" ;;
    check) check_kind; check_collisions "$network" "$subnet" "$owner" ;;
  esac
}

main "$@"
