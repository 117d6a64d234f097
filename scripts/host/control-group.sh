# shellcheck shell=bash
# shellcheck disable=SC2154 # names from common.sh, which whoever sources this has sourced
# A control group for each machine: its processes apart from the other machines' and from the command that started it,
# and its memory limited when asked. Sourced, never run.

readonly group_root=/sys/fs/cgroup

# control_group_hierarchies: the folders of the hierarchies a machine gets a group in. Under systemd as first process the
# machine's unit is its group already.
control_group_hierarchies() {
  host_runs_systemd && return 0
  if [ -f "$group_root/cgroup.controllers" ]; then
    printf '%s\n' "$group_root"
  else
    local hierarchy
    for hierarchy in unified systemd memory; do
      [ ! -d "$group_root/$hierarchy" ] || printf '%s\n' "$group_root/$hierarchy"
    done
  fi
}

# enter_control_group MACHINE MEBIBYTES: moves this shell, and so what it starts, into the machine's groups.
enter_control_group() {
  local machine=$1 memory=$2 hierarchy group
  for hierarchy in $(control_group_hierarchies); do
    group=$hierarchy/one-server-web/$machine
    mkdir -p "$group"
    if [ -n "$memory" ]; then limit_memory "$hierarchy" "$group" "$memory"; fi
    echo $$ >"$group/cgroup.procs"
  done
}

# limit_memory HIERARCHY GROUP MEBIBYTES: old and new layout name it differently. Swap would make a small machine slow
# instead of small.
limit_memory() {
  local hierarchy=$1 group=$2 bytes=$(($3 * 1024 * 1024))
  if [ -f "$group/memory.limit_in_bytes" ]; then
    echo "$bytes" >"$group/memory.limit_in_bytes"
  elif [ -f "$hierarchy/cgroup.controllers" ] && grep -qw memory "$hierarchy/cgroup.controllers"; then
    echo +memory >"$hierarchy/cgroup.subtree_control"
    echo +memory >"$hierarchy/one-server-web/cgroup.subtree_control"
    echo "$bytes" >"$group/memory.max"
    [ ! -f "$group/memory.swap.max" ] || echo 0 >"$group/memory.swap.max"
  fi
}

# freeze_control_group MACHINE 1|0: its processes get no turn until they are let go. Fails where the kernel can't.
freeze_control_group() {
  local frozen=$2 unit=one-server-web-$1.service group=$group_root
  if host_runs_systemd; then
    if [ "$frozen" = 1 ]; then systemctl freeze "$unit"; else systemctl thaw "$unit"; fi
    return
  fi
  [ ! -d "$group_root/unified" ] || group=$group_root/unified
  group=$group/one-server-web/$1
  [ -f "$group/cgroup.freeze" ] || return 1
  echo "$frozen" >"$group/cgroup.freeze"
  wait_until 10 grep -qx "frozen $frozen" "$group/cgroup.events"
}

# leave_no_control_group MACHINE: whatever still runs there is killed, and the groups go.
leave_no_control_group() {
  local hierarchy
  for hierarchy in $(control_group_hierarchies); do
    wait_until 20 remove_control_group "$hierarchy/one-server-web/$1" ||
      fail "machine: processes in $hierarchy/one-server-web/$1 do not die; see its cgroup.procs"
    rmdir "$hierarchy/one-server-web" 2>/dev/null || true
  done
}

# remove_control_group GROUP: fails while the kernel is still at work on processes that were killed.
remove_control_group() {
  [ -d "$1" ] || return 0
  local processes
  processes=$(find "$1" -name cgroup.procs -exec cat {} + 2>/dev/null) || true
  # shellcheck disable=SC2086 # one word a process
  [ -z "$processes" ] || kill -KILL $processes 2>/dev/null || true
  find "$1" -depth -type d -exec rmdir {} + 2>/dev/null || true
  [ ! -d "$1" ]
}
