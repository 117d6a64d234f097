# shellcheck shell=bash
# IPv4 arithmetic: pure functions without side effects. Sourced, never run.

# address_number ADDRESS: 10.0.0.1 → 167772161. Fails when it is not an address.
address_number() {
  local a b c d rest
  IFS=. read -r a b c d rest <<<"$1"
  [ -z "$rest" ] || return 1
  local octet
  for octet in "$a" "$b" "$c" "$d"; do
    [[ $octet =~ ^(0|[1-9][0-9]{0,2})$ ]] && [ "$octet" -le 255 ] || return 1
  done
  printf '%s' $(((a << 24) + (b << 16) + (c << 8) + d))
}

# number_address NUMBER: 167772161 → 10.0.0.1
number_address() {
  printf '%s.%s.%s.%s' $(($1 >> 24 & 255)) $(($1 >> 16 & 255)) $(($1 >> 8 & 255)) $(($1 & 255))
}

# subnet_range SUBNET: its first and last address as numbers. A plain address is a subnet of one.
subnet_range() {
  local address=${1%/*} prefix=32 first
  [[ $1 != */* ]] || prefix=${1#*/}
  [[ $prefix =~ ^(0|[1-9][0-9]?)$ ]] && [ "$prefix" -le 32 ] || return 1
  first=$(address_number "$address") || return 1
  local size=$((1 << (32 - prefix)))
  first=$((first & ~(size - 1) & 0xffffffff))
  printf '%s %s' "$first" $((first + size - 1))
}

# subnets_overlap A B
subnets_overlap() {
  local first_a last_a first_b last_b
  read -r first_a last_a <<<"$(subnet_range "$1")"
  read -r first_b last_b <<<"$(subnet_range "$2")"
  [ "$first_a" -le "$last_b" ] && [ "$first_b" -le "$last_a" ]
}

# subnet_valid SUBNET: a network address with a prefix that leaves room for machines: /16 to /28, host bits zero.
subnet_valid() {
  local range prefix=${1#*/}
  [[ $1 == */* ]] && range=$(subnet_range "$1") || return 1
  [ "$prefix" -ge 16 ] && [ "$prefix" -le 28 ] && [ "$(number_address "${range% *}")" = "${1%/*}" ]
}

# subnet_address SUBNET NUMBER: its NUMBERth address; the host itself is the first. Fails outside of the subnet.
subnet_address() {
  local first last
  read -r first last <<<"$(subnet_range "$1")"
  [[ $2 =~ ^[1-9][0-9]*$ ]] && [ $((first + $2)) -lt "$last" ] || return 1
  number_address $((first + $2))
}

# subnet_holds SUBNET ADDRESS: usable by a machine: neither the network's own, nor the host's, nor the broadcast address.
subnet_holds() {
  local first last number
  read -r first last <<<"$(subnet_range "$1")"
  number=$(address_number "$2") || return 1
  [ "$number" -gt $((first + 1)) ] && [ "$number" -lt "$last" ]
}

# free_subnet USED...: the first 10.N.0.0/24 that overlaps with nothing in use.
free_subnet() {
  local number candidate used
  for number in $(seq 90 129); do
    candidate=10.$number.0.0/24
    for used in "$@"; do
      if subnets_overlap "$candidate" "$used"; then continue 2; fi
    done
    printf '%s' "$candidate"
    return 0
  done
  return 1
}
