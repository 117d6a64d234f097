#!/usr/bin/env bash
# Runs one machine until it is switched off, and starts it anew when it reboots. Started by machine.sh, never by hand.
#
# usage: unshare --mount supervise.sh NETWORK NAME
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=requirements.sh
source "$here/requirements.sh"
# shellcheck source-path=SCRIPTDIR source=addresses.sh
source "$here/addresses.sh"
# shellcheck source-path=SCRIPTDIR source=machine-tree.sh
source "$here/machine-tree.sh"
# shellcheck source-path=SCRIPTDIR source=control-group.sh
source "$here/control-group.sh"

# systemd-nspawn's exit status when the machine asked for a reboot and nspawn is part of a unit (--keep-unit).
readonly asked_for_reboot=133

# run_machine NETWORK NAME: one boot. systemd 258 and later want the unified hierarchy even where the host has the old one.
# machine.sh holds a lock of its own; systemd-nspawn's would outlast a machine that was killed.
run_machine() {
  local network=$1 name=$2 directory runtime status=0
  directory=$(machine_directory "$network" "$name")
  runtime=$run_directory/$network/$name
  local options=(--directory="$directory/tree" --machine="$network-$name" --hostname="$name" --boot --register=no --keep-unit
    --network-bridge="$(bridge_name "$network")" --resolv-conf=off --timezone=off --link-journal=no --console=pipe)
  mkdir -p /run/systemd/nspawn
  SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 SYSTEMD_NSPAWN_LOCK=0 systemd-nspawn "${options[@]}" </dev/null &
  record_process "$runtime/nspawn.pid" $!
  wait $! || status=$?
  rm -f "$runtime/nspawn.pid"
  return "$status"
}

main() {
  local network=$1 name=$2 runtime status
  runtime=$run_directory/$network/$name
  record_process "$runtime/supervisor.pid" $$
  enter_control_group "$network-$name" "$(setting "$(machine_directory "$network" "$name")/settings" memory)"
  mount_tree "$(machine_directory "$network" "$name")"
  configure_tree "$network" "$name"
  while true; do
    status=0
    run_machine "$network" "$name" || status=$?
    [ "$status" -eq "$asked_for_reboot" ] || break
  done
  rm -f "$runtime/supervisor.pid"
  exit "$status"
}

main "$@"
