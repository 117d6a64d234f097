#!/usr/bin/env bash
# A machine: Debian under systemd-nspawn in a network of this host, reached over SSH.
#
# usage: machine.sh create NETWORK NAME --suite SUITE --number NUMBER --authorized-key KEY [--memory MEBIBYTES]
#                          [--from OTHER]
#                                      makes it, or brings what is there to these settings; prints JSON
#        machine.sh destroy NETWORK NAME
#        machine.sh start|stop|reboot|kill NETWORK NAME     kill is a power cut
#        machine.sh status NETWORK NAME                     prints "running" or "stopped"
#        machine.sh login NETWORK NAME                      a shell in it, as root
#        machine.sh exec NETWORK NAME COMMAND...            one command in it, as root
#        machine.sh console NETWORK NAME                    what it said while booting
#        machine.sh list [NETWORK]                          the machines of this host
#
# SUITE: sid or trixie. NUMBER: its place in the subnet, from 2: with 10.90.0.0/24, 10 is 10.90.0.10.
# KEY: the public SSH key root may log in with. OTHER: a machine of the network whose disk a new one begins with; OTHER
# stands still while it is copied.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=tree.sh
source "$here/tree.sh"
# shellcheck source-path=SCRIPTDIR source=addresses.sh
source "$here/addresses.sh"
# shellcheck source-path=SCRIPTDIR source=control-group.sh
source "$here/control-group.sh"
# shellcheck source-path=SCRIPTDIR source=machine-tree.sh
source "$here/machine-tree.sh"
# shellcheck source-path=SCRIPTDIR source=machine-power.sh
source "$here/machine-power.sh"

lock_machine() {
  take_lock "$machine_lock" "$run_directory/$1/$2.lock" "the machine \"$2\""
}

need_machine() {
  [ -f "$(machine_directory "$1" "$2")/settings" ] || fail "machine: the network \"$1\" has no machine \"$2\"; \`$0 list\` shows those there are"
}

create_machine() {
  local network=$1 name=$2 suite=$3 number=$4 key=$5 memory=$6 from=$7 directory subnet address settings leader started=$SECONDS
  directory=$(machine_directory "$network" "$name")
  settings=$directory/settings
  require_host
  subnet=$(setting "$(network_directory "$network")/settings" subnet)
  [ -n "$subnet" ] || fail "network: this host has no network \"$network\"; make it first: $here/network.sh create"
  address=$(subnet_address "$subnet" "$number") || address=none
  subnet_holds "$subnet" "$address" || usage_error "number: $number is not a machine's place in $subnet"
  lock_machine "$network" "$name"
  [ -f "$settings" ] || make_machine "$network" "$name" "$suite" "$from"
  [ "$(setting "$settings" suite)" = "$suite" ] ||
    fail "suite: the machine \"$name\" runs $(setting "$settings" suite), and its data would be lost with it; set suite back, or take the stack down first (npm stop)"
  if [ "$(setting "$settings" address) $(setting "$settings" memory)" != "$address $memory" ] && runs "$network" "$name"; then
    step "$name: restarting for its new settings"
    stop_machine "$network" "$name"
  fi
  printf 'suite=%s\nbase=%s\naddress=%s\nmemory=%s\n' "$suite" "$(setting "$settings" base)" "$address" "$memory" | write_file "$settings"
  printf '%s\n' "$key" | write_file "$directory/authorized-key"
  if leader=$(first_process "$network" "$name"); then
    authorize_key "/proc/$leader/root" "$directory/authorized-key"
  else
    step "$name: starting at $address"
  fi
  start_machine "$network" "$name"
  step "$name: answers SSH at $address, after $((SECONDS - started)) s"
  print_machine "$network" "$name"
}

# make_machine NETWORK NAME SUITE OTHER: a new machine whatever came before: whoever provisions it must know by its id.
# With its settings, written last, it counts as made.
make_machine() {
  local network=$1 name=$2 suite=$3 from=$4 directory tree
  directory=$(machine_directory "$network" "$name")
  check_disk
  rm -rf "$directory"
  mkdir -p "$directory"
  write_file "$directory/instance-id" </proc/sys/kernel/random/uuid
  ssh-keygen -q -t ed25519 -N '' -C '' -f "$directory/host-key"
  if [ -n "$from" ]; then
    step "$name: copying the disk of $from"
    copy_changes "$network" "$from" "$directory/changes"
    tree=$(setting "$(machine_directory "$network" "$from")/settings" base)
  else
    tree=$(create_tree "$suite")
  fi
  with_bases stand_on_base "$directory" "$suite" "$tree"
}

# copy_changes NETWORK NAME TARGET: what a machine changed since it was new, as a power cut would leave it.
copy_changes() {
  local network=$1 name=$2 target=$3
  need_machine "$network" "$name"
  if runs "$network" "$name"; then
    # shellcheck disable=SC2064 # the names of now
    trap "freeze_control_group '$network-$name' 0" EXIT
    freeze_control_group "$network-$name" 1 ||
      fail "from: this host can't let \"$name\" stand still; stop it first: $0 stop $network $name"
  fi
  cp -a --reflink=auto "$(machine_directory "$network" "$name")/changes" "$target"
  if runs "$network" "$name"; then freeze_control_group "$network-$name" 0; fi
  trap - EXIT
  # By this file a MySQL server tells itself from its siblings; without it, it makes another.
  rm -f "$target/var/lib/mysql/auto.cnf"
}

stand_on_base() {
  printf 'suite=%s\nbase=%s\n' "$2" "$(base_tree "$3")" | write_file "$1/settings"
}

print_machine() {
  local network=$1 name=$2 directory
  directory=$(machine_directory "$network" "$name")
  printf '{"name":%s,"address":%s,"hostKey":%s,"instanceId":%s,"suite":%s,"memory":%s}\n' \
    "$(json_string "$name")" "$(json_string "$(setting "$directory/settings" address)")" \
    "$(json_string "$(cut -d ' ' -f 1,2 "$directory/host-key.pub")")" \
    "$(json_string "$(cat "$directory/instance-id")")" "$(json_string "$(setting "$directory/settings" suite)")" \
    "$(json_string "$(setting "$directory/settings" memory)")"
}

destroy_machine() {
  local network=$1 name=$2 directory
  directory=$(machine_directory "$network" "$name")
  lock_machine "$network" "$name"
  if runs "$network" "$name"; then kill_machine "$network" "$name"; fi
  leave_no_control_group "$network-$name"
  forget_nspawn "$network" "$name"
  rm -rf "$directory" "$(runtime_directory "$network" "$name")" "$run_directory/$network/$name.lock"
  rmdir "$run_directory/$network" 2>/dev/null || true
  with_bases remove_unused_bases
}

# in_machine NETWORK NAME COMMAND...: joins the machine's namespaces, so that it works even where SSH does not.
in_machine() {
  local network=$1 name=$2 pid
  shift 2
  pid=$(first_process "$network" "$name") || fail "machine: \"$name\" is stopped; start it: $0 start $network $name"
  # Where this shell stands may not exist in there.
  cd /
  exec nsenter --target "$pid" --mount --uts --ipc --net --pid --cgroup --root \
    env --chdir=/root -i HOME=/root USER=root LOGNAME=root TERM="${TERM:-dumb}" LANG=C.UTF-8 \
    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@"
}

list_machines() {
  local settings directory network name
  for settings in "$state_directory"/networks/*/machines/*/settings; do
    [ -f "$settings" ] || continue
    directory=${settings%/settings}
    name=${directory##*/}
    network=${directory%/machines/*}
    network=${network##*/}
    [ -z "${1:-}" ] || [ "$1" = "$network" ] || continue
    printf '%s\t%s\t%s\t%s\n' "$network" "$name" "$(setting "$settings" address)" "$(machine_status "$network" "$name")"
  done
}

machine_status() { if runs "$1" "$2"; then printf running; else printf stopped; fi; }

parse_create() {
  local network=$1 name=$2 suite='' number='' key='' memory='' from=''
  shift 2
  while [ $# -gt 0 ]; do
    [ $# -ge 2 ] || usage_error "$1 wants a value"
    case $1 in
      --suite) suite=$2 ;;
      --number) number=$2 ;;
      --authorized-key) key=$2 ;;
      --memory) memory=$2 ;;
      --from) from=$2 ;;
      *) usage_error "unknown argument \"$1\"" ;;
    esac
    shift 2
  done
  check_suite "$suite"
  [[ $number =~ ^[1-9][0-9]{0,4}$ ]] || usage_error "number: \"$number\" is not a whole number from 2"
  [[ $key =~ ^(ssh|ecdsa|sk)-[a-z0-9@.-]+\ [A-Za-z0-9+/=]+(\ .*)?$ ]] || usage_error "authorized-key: not a public SSH key such as \"ssh-ed25519 AAAA...\""
  [[ $memory =~ ^([1-9][0-9]{2,6})?$ ]] || usage_error "memory: \"$memory\" is not a number of mebibytes from 100"
  [ -z "$from" ] || check_machine_name "$from"
  create_machine "$network" "$name" "$suite" "$number" "$key" "$memory" "$from"
}

main() {
  local action=${1:-} network=${2:-} name=${3:-}
  case $action in
    -h | --help) print_help "$0"; return ;;
    list) list_machines "$network"; return ;;
    create | destroy | start | stop | reboot | kill | status | login | exec | console) ;;
    *) usage_error "expected create, destroy, start, stop, reboot, kill, status, login, exec, console or list, got \"$action\"" ;;
  esac
  check_network_name "$network"
  check_machine_name "$name"
  check_kind
  shift 3
  case $action in
    create) parse_create "$network" "$name" "$@"; return ;;
    destroy) destroy_machine "$network" "$name"; return ;;
  esac
  need_machine "$network" "$name"
  case $action in
    start) lock_machine "$network" "$name"; start_machine "$network" "$name" ;;
    stop) lock_machine "$network" "$name"; stop_machine "$network" "$name" ;;
    kill) lock_machine "$network" "$name"; kill_machine "$network" "$name" ;;
    reboot)
      lock_machine "$network" "$name"
      stop_machine "$network" "$name"
      start_machine "$network" "$name"
      ;;
    status) machine_status "$network" "$name"; printf '\n' ;;
    login) in_machine "$network" "$name" bash --login ;;
    exec) [ $# -gt 0 ] || usage_error "exec wants a command"; in_machine "$network" "$name" "$@" ;;
    console) cat "$(machine_directory "$network" "$name")/console.log" ;;
  esac
}

main "$@"
