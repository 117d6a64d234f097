# shellcheck shell=bash
# shellcheck disable=SC2154 # names from common.sh and the folder of machine.sh, which sources this
# Switches a machine on and off, and tells which. Sourced by machine.sh, never run.

runtime_directory() { printf '%s/%s/%s' "$run_directory" "$1" "$2"; }
supervisor_pid() { recorded_process "$(runtime_directory "$1" "$2")/supervisor.pid"; }
nspawn_pid() { recorded_process "$(runtime_directory "$1" "$2")/nspawn.pid"; }
runs() { supervisor_pid "$1" "$2" >/dev/null || nspawn_pid "$1" "$2" >/dev/null; }
stopped() { ! runs "$1" "$2"; }

# first_process NETWORK NAME: the id, on this host, of the machine's own first process.
first_process() {
  local nspawn pid children
  nspawn=$(nspawn_pid "$1" "$2") || return 1
  children=$(cat "/proc/$nspawn/task/$nspawn/children" 2>/dev/null) || return 1
  for pid in $children; do
    # The process that set the machine up is a child too, for a moment; the first process is 1 in its own eyes.
    if grep -q $'^NSpid:.*\t1$' "/proc/$pid/status" 2>/dev/null; then
      printf '%s' "$pid"
      return 0
    fi
  done
  return 1
}

# answers_ssh ADDRESS: an SSH server greets there.
answers_ssh() {
  local greeting
  greeting=$(timeout 2 bash -c "exec 3<>/dev/tcp/$1/22 && head -c 4 <&3" 2>/dev/null) && [ "$greeting" = SSH- ]
}

# ready_or_gone ADDRESS NETWORK NAME: no use to wait on for a machine that died.
ready_or_gone() { answers_ssh "$1" || stopped "$2" "$3"; }

start_machine() {
  local network=$1 name=$2 directory runtime address
  directory=$(machine_directory "$network" "$name")
  runtime=$(runtime_directory "$network" "$name")
  address=$(setting "$directory/settings" address)
  if stopped "$network" "$name"; then
    "$here/network.sh" start "$network"
    leave_no_control_group "$network-$name"
    forget_nspawn "$network" "$name"
    mkdir -p "$runtime"
    launch "$network" "$name"
  fi
  wait_until 90 ready_or_gone "$address" "$network" "$name" ||
    fail "machine: \"$name\" does not answer SSH at $address, tried for 90 s; what it said: $0 console $network $name"
  runs "$network" "$name" ||
    fail "machine: \"$name\" ended while it was starting: $(tail -n 2 "$directory/console.log")"
}

# launch NETWORK NAME: hands the machine over to a unit of its own, or to a process of its own, and returns at once.
launch() {
  local network=$1 name=$2 memory console
  console=$(machine_directory "$network" "$name")/console.log
  memory=$(setting "$(machine_directory "$network" "$name")/settings" memory)
  if host_runs_systemd; then
    local properties=(--property=Delegate=yes --property=KillMode=mixed --property=TasksMax=16384
      --property=StandardOutput="truncate:$console" --property=StandardError="truncate:$console")
    [ -z "$memory" ] || properties+=(--property=MemoryMax="${memory}M" --property=MemorySwapMax=0)
    systemd-run --quiet --collect --unit="one-server-web-$network-$name" --description="Machine $name of the network $network" \
      --slice=machine.slice "${properties[@]}" unshare --mount bash "$here/supervise.sh" "$network" "$name" 7>&- 8>&- 9>&-
  else
    detached "$(runtime_directory "$network" "$name")/supervisor.pid" unshare --mount bash "$here/supervise.sh" "$network" "$name" </dev/null >"$console" 2>&1
  fi
  wait_until 10 runs "$network" "$name" || fail "machine: \"$name\" could not be started: $(tail -n 3 "$console")"
}

# stop_machine NETWORK NAME: as with a power button: the machine shuts down by itself; after 40 s the power is cut.
stop_machine() {
  local network=$1 name=$2 pid
  pid=$(nspawn_pid "$network" "$name") && kill -TERM "$pid"
  wait_until 40 stopped "$network" "$name" || kill_machine "$network" "$name"
  leave_no_control_group "$network-$name"
}

# kill_machine NETWORK NAME: nothing in it gets another turn. Its processes die with its first one.
kill_machine() {
  local network=$1 name=$2 pid file
  for file in supervisor nspawn; do
    pid=$("${file}_pid" "$network" "$name") && {
      [ "$file" = supervisor ] || kill -KILL "$(first_process "$network" "$name")" 2>/dev/null || true
      kill -KILL "$pid" 2>/dev/null || true
    }
  done
  wait_until 20 stopped "$network" "$name" || fail "machine: \"$name\" does not die; see \`ps\`"
  leave_no_control_group "$network-$name"
  forget_nspawn "$network" "$name"
}

# forget_nspawn NETWORK NAME: what systemd-nspawn leaves of a machine that was killed. Newer versions refuse to start a
# machine whose sockets' folder is still mounted.
forget_nspawn() {
  local network=$1 name=$2 machine=$1-$2 runtime=/run/systemd/nspawn folder
  for folder in "$runtime/unix-export/$machine" "$runtime/$machine/unix-export"; do
    if mountpoint --quiet "$folder"; then umount --lazy "$folder"; fi
  done
  rm -rf "$runtime/propagate/$machine" "$runtime/unix-export/$machine" "${runtime:?}/$machine"
  rmdir "$runtime/propagate" "$runtime/unix-export" "$runtime" 2>/dev/null || true
  # The kernel takes a killed machine's interface away a moment later, and a new one could not have its name till then.
  wait_until 10 interface_gone "$network" "$name" || ip link delete dev "vb-$machine" 2>/dev/null || true
}

# interface_gone NETWORK NAME: systemd-nspawn shortens long names, and keeps the whole one as an alternative.
interface_gone() { ! ip link show dev "vb-$1-$2" >/dev/null 2>&1; }
