# shellcheck shell=bash
# shellcheck disable=SC2034 # these names are for the scripts that source this one
# What every script of the `local` platform shares: where things lie, how they speak, locks and small files.
# Sourced, never run.

# What belongs to this host and outlives a reboot: networks, machines, zones.
readonly state_directory=${ONE_SERVER_WEB_STATE:-/var/lib/one-server-web}
# What a reboot rightly forgets: process ids and locks.
readonly run_directory=${ONE_SERVER_WEB_RUN:-/run/one-server-web}
# What was made once and may be deleted at any time: Debian trees. Shared by all clones of this user.
readonly cache_directory=${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/one-server-web

# File descriptors of the locks. Long-running children are started with all of them closed (see `detached`),
# or the lock would last as long as the machine.
readonly host_lock=7 network_lock=8 machine_lock=9

# fail MESSAGE: one clear line, exit 1.
fail() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

# usage_error MESSAGE: for a wrong command line, exit 2.
usage_error() {
  printf 'error: %s; see %s --help\n' "$*" "${0##*/}" >&2
  exit 2
}

# step MESSAGE: progress, for people, on standard error; standard output is for results alone.
step() {
  printf '%s\n' "$*" >&2
}

# show_progress: the newest line of what a longer command prints, every two seconds; a silent command is named, too.
show_progress() {
  local line newest='' shown=$SECONDS status
  while true; do
    status=0
    IFS= read -r -t 4 line || status=$?
    if [ "$status" -gt 128 ]; then
      step "  still at it: $newest"
      continue
    fi
    [ "$status" -eq 0 ] || return 0
    newest=${line#I: }
    if [ $((SECONDS - shown)) -ge 2 ]; then
      step "  $newest"
      shown=$SECONDS
    fi
  done
}

# print_help FILE: the comment at the top of a script is its help.
print_help() {
  sed -n '2,/^[^#]/ { /^#/ s/^# \{0,1\}//p }' "$1"
}

# take_lock DESCRIPTOR FILE WHAT: waits until nobody else holds FILE. Whoever destroys what it guards removes the file,
# too: a lock on a file that is gone is worth nothing.
take_lock() {
  local descriptor=$1 file=$2 what=$3 deadline=$((SECONDS + 900))
  while true; do
    mkdir -p "${file%/*}"
    eval "exec $descriptor>\"\$file\"" || continue
    until flock --timeout 3 "$descriptor"; do
      [ "$SECONDS" -lt "$deadline" ] || fail "$what: another run has held $file for 15 minutes; end it and try again"
      step "waiting for another run at work on $what"
    done
    if [ "$file" -ef "/proc/self/fd/$descriptor" ]; then return 0; fi
  done
}

# detached PID_FILE COMMAND...: runs a command that outlives this script and holds none of its locks. It records itself
# before it becomes the command, so that it is known even when this script is killed right here.
detached() {
  local pid_file=$1
  shift
  (
    exec 7>&- 8>&- 9>&-
    record_process "$pid_file" "$BASHPID"
    exec setsid "$@"
  ) &
}

# write_file FILE: standard input becomes the file's content, whole or not at all.
write_file() {
  local temporary="$1.new.$$"
  cat >"$temporary"
  mv -f "$temporary" "$1"
}

# secret_folder: a new folder in memory (tmpfs) that only this user can open. Its maker removes it.
secret_folder() {
  local parent
  for parent in "${XDG_RUNTIME_DIR:-}" /run /dev/shm; do
    if [ -w "$parent" ] && [ "$(stat --file-system --format %T "$parent")" = tmpfs ]; then
      mktemp --directory "$parent/one-server-web.XXXXXXXX"
      return
    fi
  done
  fail "neither /run nor /dev/shm is in memory (tmpfs): a private key would be written to the disk"
}

# setting FILE KEY: the value of `KEY=value` in FILE, empty when there is none. The file is read, never run.
setting() {
  [ ! -f "$1" ] || sed -n "s/^$2=//p" "$1" | head -n 1
}

# json_string TEXT: as a JSON string with its quotes. For PEM, names and addresses: no control characters but newlines.
json_string() {
  local text=$1
  text=${text//\\/\\\\}
  text=${text//\"/\\\"}
  text=${text//$'\n'/\\n}
  printf '"%s"' "$text"
}

# check_network_name NAME: the bridge is `osw-NAME`, and an interface's name has 15 characters at most (IFNAMSIZ - 1).
check_network_name() {
  [[ $1 =~ ^[a-z][a-z0-9-]{0,10}$ ]] ||
    usage_error "network: \"$1\" is not 1 to 11 lower-case letters, digits and dashes, a letter first, such as \"site\""
}

# check_machine_name NAME: it becomes the host name.
check_machine_name() {
  [[ $1 =~ ^[a-z]([a-z0-9-]{0,29}[a-z0-9])?$ ]] ||
    usage_error "machine: \"$1\" is not 1 to 31 lower-case letters, digits and inner dashes, such as \"web-1\""
}

# check_hostname NAME: a DNS name of letters, digits and dashes (RFC 1123), at most 253 characters.
check_hostname() {
  local label='[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?'
  [[ ${#1} -le 253 && $1 =~ ^$label(\.$label)*$ ]] || usage_error "hostname: \"$1\" is not a DNS name such as www.foobar.com"
}

network_directory() { printf '%s/networks/%s' "$state_directory" "$1"; }
machine_directory() { printf '%s/networks/%s/machines/%s' "$state_directory" "$1" "$2"; }
bridge_name() { printf 'osw-%s' "$1"; }

# process_start PID: when the process started, in clock ticks since boot: with the id, it names one process for ever,
# so that an id used again is never taken for ours. Field 22 of proc_pid_stat(5); the name before it may hold spaces.
process_start() {
  local stat
  { stat=$(<"/proc/$1/stat"); } 2>/dev/null || return 1
  # shellcheck disable=SC2086 # split into fields on purpose
  set -- ${stat##*) }
  [ "$1" != Z ] || return 1
  printf '%s' "${20}"
}

# record_process FILE PID
record_process() {
  printf '%s %s\n' "$2" "$(process_start "$2")" | write_file "$1"
}

# recorded_process FILE: the id written there, when that very process still runs.
recorded_process() {
  local pid start
  [ -f "$1" ] && read -r pid start <"$1" && [ -n "$start" ] && [ "$(process_start "$pid")" = "$start" ] && printf '%s' "$pid"
}

# wait_until SECONDS COMMAND...: asks ten times a second; fails when the time is over.
wait_until() {
  local deadline=$((SECONDS + $1))
  shift
  until "$@"; do
    [ "$SECONDS" -lt "$deadline" ] || return 1
    sleep 0.1
  done
}

# This host runs systemd as its first process: what outlives a command belongs into a unit of its own there.
host_runs_systemd() { [ -d /run/systemd/system ]; }
