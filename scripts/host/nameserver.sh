# shellcheck shell=bash
# shellcheck disable=SC2154 # names from common.sh, which whoever sources this has sourced
# The DNS server of a network: dnsmasq on the bridge's address. It answers for the zone by itself and asks the host's
# own resolver for everything else. Sourced by network.sh and dns.sh, never run.

# Seconds a client may keep an answer: short, for a name to move to another address while people watch.
readonly record_seconds=5

nameserver_pid_file() { printf '%s/%s/dnsmasq.pid' "$run_directory" "$1"; }
nameserver_unit() { printf 'one-server-web-%s-dns' "$1"; }
nameserver_pid() { recorded_process "$(nameserver_pid_file "$1")"; }
nameserver_state() { if nameserver_pid "$1" >/dev/null; then printf up; else printf down; fi; }

# write_nameserver_files NETWORK ZONE: from the records, one `TYPE HOSTNAME ADDRESS` a line, what dnsmasq reads again on
# SIGHUP: `hosts` in the format of /etc/hosts, and `servers`, where `server=/NAME/` means that nobody else is asked.
write_nameserver_files() {
  local directory zone=$2
  directory=$(network_directory "$1")
  [ -f "$directory/records" ] || : >"$directory/records"
  awk '{ print $3, $2 }' "$directory/records" | write_file "$directory/hosts"
  {
    [ -z "$zone" ] || printf 'server=/%s/\n' "$zone"
    awk '{ print "server=/" $2 "/" }' "$directory/records"
  } | sort -u | write_file "$directory/servers"
  # dnsmasq gives root up, and must still read them.
  chmod 755 "$state_directory" "$state_directory/networks" "$directory"
  chmod 644 "$directory/hosts" "$directory/servers"
}

# start_nameserver NETWORK ADDRESS ZONE: starts it, or has the one at work read its files again.
start_nameserver() {
  local network=$1 address=$2 zone=$3 directory pid log program
  directory=$(network_directory "$network")
  log=$run_directory/$network/dnsmasq.log
  write_nameserver_files "$network" "$zone"
  if pid=$(nameserver_pid "$network") && [ "$(cat "$run_directory/$network/dnsmasq.address")" = "$address" ]; then
    kill -HUP "$pid"
    return 0
  fi
  stop_nameserver "$network"
  program=(dnsmasq --keep-in-foreground --conf-file=/dev/null --pid-file= --no-hosts --bind-interfaces --except-interface=lo
    --listen-address="$address" --resolv-file=/etc/resolv.conf --addn-hosts="$directory/hosts"
    --servers-file="$directory/servers" --local-ttl="$record_seconds" --cache-size=1000 --log-facility=-)
  printf '%s\n' "$address" >"$run_directory/$network/dnsmasq.address"
  if host_runs_systemd; then
    systemd-run --quiet --collect --unit="$(nameserver_unit "$network")" --description="DNS of the network $network" \
      "${program[@]}" 7>&- 8>&- 9>&-
    record_process "$(nameserver_pid_file "$network")" "$(systemctl show --property MainPID --value "$(nameserver_unit "$network")")"
  else
    detached "$(nameserver_pid_file "$network")" "${program[@]}" </dev/null >"$log" 2>&1
  fi
  wait_until 10 nameserver_answers "$network" "$address" ||
    fail "network: the DNS server of \"$network\" does not answer at $address:53 (is something else there?): $(tail -n 3 "$log" 2>/dev/null)"
}

# nameserver_answers NETWORK ADDRESS: it is ours that runs, and its TCP port takes connections.
nameserver_answers() {
  nameserver_pid "$1" >/dev/null && { timeout 1 bash -c ">/dev/tcp/$2/53"; } 2>/dev/null
}

stop_nameserver() {
  local pid
  # One that was started but never recorded goes, too.
  if host_runs_systemd; then systemctl stop "$(nameserver_unit "$1")" 2>/dev/null || true; fi
  if pid=$(nameserver_pid "$1"); then
    kill -TERM "$pid"
    wait_until 10 nameserver_gone "$1" || kill -KILL "$pid"
  fi
  rm -f "$(nameserver_pid_file "$1")"
}

nameserver_gone() { ! nameserver_pid "$1" >/dev/null; }
