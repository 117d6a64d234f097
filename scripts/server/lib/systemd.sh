# shellcheck shell=bash
# All that is asked of systemd stands here. Where it is not running, as while an image is built, units are enabled and disabled as usual,
# and whatever would start, stop, reload or ask a process does nothing. Units without a suffix are services. Functions that change a unit
# return systemctl's status, so that their callers say what it means.

SYSTEMD_RUNTIME=${SYSTEMD_RUNTIME:-/run/systemd/system}

# What ask_units was answered: a unit's LoadState, its ActiveState, and yes or no for whether it starts with the machine.
declare -gA UNIT_LOADED=() UNIT_ACTIVE=() UNIT_ENABLED=()

# systemd_is_running: as sd_booted(3) tells.
systemd_is_running() {
  [[ -d $SYSTEMD_RUNTIME ]]
}

# full_name UNIT: sets UNIT to its name with a suffix.
full_name() {
  case $1 in
    *.service | *.timer | *.socket | *.swap | *.mount | *.target) UNIT=$1 ;;
    *) UNIT=$1.service ;;
  esac
}

# ask_units UNIT...: asks for the state of all of them at once: see UNIT_ACTIVE. Full names alone.
ask_units() {
  local unit property value index=0
  (($# > 0)) || return 0
  for unit; do UNIT_LOADED[$unit]=not-found UNIT_ACTIVE[$unit]=inactive UNIT_ENABLED[$unit]=no; done
  if ! systemd_is_running; then
    for unit; do ! systemctl is-enabled --quiet "$unit" 2>/dev/null || UNIT_ENABLED[$unit]=yes; done
    return 0
  fi
  # One block a unit, in the order of the arguments, with an empty line in between.
  while IFS='=' read -r property value; do
    unit=${*:index+1:1}
    case $property:$value in
      :*) index=$((index + 1)) ;;
      LoadState:*) UNIT_LOADED[$unit]=$value ;;
      ActiveState:*) UNIT_ACTIVE[$unit]=$value ;;
      # As `systemctl is-enabled` judges.
      UnitFileState:enabled* | UnitFileState:static | UnitFileState:alias | UnitFileState:indirect | UnitFileState:generated) UNIT_ENABLED[$unit]=yes ;;
    esac
  done < <(systemctl show --property=LoadState,ActiveState,UnitFileState -- "$@")
}

unit_is_active() {
  systemd_is_running && systemctl is-active --quiet "$1"
}

unit_is_enabled() {
  systemctl is-enabled --quiet "$1" 2>/dev/null
}

# unit_property UNIT PROPERTY: nothing where systemd is not running.
unit_property() {
  ! systemd_is_running || systemctl show --property "$2" --value "$1"
}

# active_units PATTERN..., failed_units, enabled_units PATTERN...: their names, one a line.
active_units() {
  ! systemd_is_running || systemctl list-units --plain --no-legend --state=active "$@" | awk '{ print $1 }'
}

failed_units() {
  ! systemd_is_running || systemctl list-units --plain --no-legend --state=failed | awk '{ print $1 }'
}

enabled_units() {
  systemctl list-unit-files --plain --no-legend --state=enabled "$@" | awk '{ print $1 }'
}

# unit_changes UNIT...: called before each change of units, so that a run can take it back (undo.sh).
unit_changes() {
  ! declare -F remember_units >/dev/null || remember_units "$@"
}

# enable_units UNIT..., disable_units UNIT...: whether they start with the machine; systemd reads that then.
enable_units() {
  unit_changes "$@"
  systemctl enable --quiet --no-reload "$@"
}

disable_units() {
  unit_changes "$@"
  systemctl disable --quiet --no-reload "$@" 2>/dev/null
}

# start_units, stop_units, restart_units, reload_units [--no-block] UNIT...: all at once; --no-block does not wait for the end.
start_units() {
  change_units start "$@"
}

stop_units() {
  change_units stop "$@"
}

restart_units() {
  change_units restart "$@"
}

reload_units() {
  change_units reload "$@"
}

change_units() {
  local verb=$1 options=()
  shift
  [[ ${1:-} != --no-block ]] || { options=(--no-block); shift; }
  systemd_is_running && (($# > 0)) || return 0
  unit_changes "$@"
  systemctl "$verb" --quiet "${options[@]}" "$@"
}

# await_units UNIT...: until each has done what it was asked for without waiting. Fails when one does not run then, or had to be started
# again meanwhile: with the same settings that would end the same way.
await_units() {
  local unit code=0
  for unit; do await_unit "$unit" || code=1; done
  return "$code"
}

await_unit() {
  systemd_is_running || return 0
  local job again property value
  while :; do
    job='' again=0
    while IFS='=' read -r property value; do
      case $property in
        Job) job=$value ;;
        NRestarts) again=$value ;;
      esac
    done < <(systemctl show --property=Job,NRestarts "$1")
    ((again == 0)) || return 1
    [[ -n ${job#0} ]] || break
    sleep 0.05
  done
  # Whoever waits for a condition is inactive and well.
  ! systemctl is-failed --quiet "$1"
}

# kill_unit UNIT SIGNAL: to all of its processes.
kill_unit() {
  ! systemd_is_running || systemctl kill --signal="$2" "$1" 2>/dev/null || true
}

# forget_failures UNIT...: one that systemd has given up on may be started again, and one that is gone is no longer called failed.
forget_failures() {
  ! systemd_is_running || systemctl reset-failed "$@" 2>/dev/null || true
}

# hold_units UNIT...: their packages do not start them, until release_units and read_unit_files, or until the machine restarts.
hold_units() {
  systemd_is_running && (($# > 0)) || return 0
  systemctl mask --runtime --quiet "$@" 2>/dev/null
}

release_units() {
  systemd_is_running && (($# > 0)) || return 0
  systemctl unmask --runtime --no-reload --quiet "$@"
}

# allow_units UNIT...: enabled and started, also where an image has masked them.
allow_units() {
  systemctl unmask --quiet "$@"
  enable_units "$@"
  start_units "$@"
}

# read_unit_files: has systemd see what was written for it.
read_unit_files() {
  ! systemd_is_running || systemctl daemon-reload
}

# run_apart NAME [OPTION...] COMMAND...: in a unit of its own, which outlives whoever asked for it; OPTION is one of systemd-run's.
run_apart() {
  ! systemd_is_running || systemd-run --quiet --collect --unit="$1" "${@:2}"
}

# boot_is_over: whether the machine has started up; also true of one that never quite gets there ("degraded").
boot_is_over() {
  ! systemd_is_running || [[ ! $(systemctl is-system-running) =~ ^(initializing|starting)$ ]]
}

# await_boot SECONDS
await_boot() {
  timeout "$1" systemctl is-system-running --wait >/dev/null || true
}
