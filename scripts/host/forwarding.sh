# shellcheck shell=bash
# shellcheck disable=SC2154 # names from common.sh, which whoever sources this has sourced
# Lets the machines of a network reach the outside, and the outside reach nothing it was not asked from.
# Sourced by network.sh, never run.

# Written before forwarding is switched on, so that the last network to go can switch it back.
readonly former_forwarding=$state_directory/ip_forward

firewall_table() { printf 'one_server_web_%s' "${1//-/_}"; }

# start_forwarding NETWORK SUBNET: nft replaces the whole table in one transaction.
start_forwarding() {
  local network=$1 subnet=$2 table bridge
  table=$(firewall_table "$network")
  bridge=$(bridge_name "$network")
  nft -f - <<RULES
table inet $table
delete table inet $table
table inet $table {
  chain postrouting {
    type nat hook postrouting priority srcnat; policy accept;
    ip saddr $subnet ip daddr != $subnet masquerade
  }
  chain forward {
    type filter hook forward priority filter; policy accept;
    oifname "$bridge" iifname != "$bridge" ct state != { established, related } drop
  }
}
RULES
  if [ ! -f "$former_forwarding" ]; then
    mkdir -p "$state_directory"
    write_file "$former_forwarding" </proc/sys/net/ipv4/ip_forward
  fi
  guard_forwarding
  [ "$(cat /proc/sys/net/ipv4/ip_forward)" = 1 ] || echo 1 >/proc/sys/net/ipv4/ip_forward
  accept_in_other_firewalls "$network"
}

# guard_forwarding: a host that was no router stays none for everything but the machines.
guard_forwarding() {
  [ "$(cat "$former_forwarding")" = 0 ] || return 0
  nft -f - <<'RULES'
table inet one_server_web
delete table inet one_server_web
table inet one_server_web {
  chain forward {
    type filter hook forward priority filter; policy accept;
    iifname != "osw-*" oifname != "osw-*" drop
  }
}
RULES
}

# accept_in_other_firewalls NETWORK: Docker and others set iptables to drop what they don't know, and an accept in a
# table of ours can't overrule that.
accept_in_other_firewalls() {
  local bridge
  bridge=$(bridge_name "$1")
  command -v iptables >/dev/null && iptables --wait -S FORWARD 2>/dev/null | grep -q -- '^-P FORWARD DROP' || return 0
  iptables --wait -C FORWARD -i "$bridge" -j ACCEPT 2>/dev/null || iptables --wait -I FORWARD -i "$bridge" -j ACCEPT
  iptables --wait -C FORWARD -o "$bridge" -j ACCEPT 2>/dev/null || iptables --wait -I FORWARD -o "$bridge" -j ACCEPT
}

# stop_forwarding NETWORK: what start_forwarding did, undone; with the last network, for the whole host.
stop_forwarding() {
  local network=$1 table bridge others
  table=$(firewall_table "$network")
  bridge=$(bridge_name "$network")
  nft delete table inet "$table" 2>/dev/null || true
  if command -v iptables >/dev/null; then
    while iptables --wait -D FORWARD -i "$bridge" -j ACCEPT 2>/dev/null; do :; done
    while iptables --wait -D FORWARD -o "$bridge" -j ACCEPT 2>/dev/null; do :; done
  fi
  others=$(find "$state_directory/networks" -mindepth 1 -maxdepth 1 -type d ! -name "$network" 2>/dev/null) || true
  if [ -z "$others" ] && [ -f "$former_forwarding" ]; then
    cat "$former_forwarding" >/proc/sys/net/ipv4/ip_forward
    nft delete table inet one_server_web 2>/dev/null || true
    rm -f "$former_forwarding"
  fi
}
