# shellcheck shell=bash
# What a run has changed, so that it can be taken back: the files as they were and the states of units. A run that fails takes its changes
# back itself; one that was killed, or whose machine lost its power, is taken back by the next run, by the watch or at the next start
# (provision.sh recover). See docs/decisions/provisioning-is-a-transaction.md.
#
# UNDO is a folder of names, because names reach the disk in the order in which they were made and need no room for content:
#   f:PATH                   a hard link to the file, or link, that was there; written files never change, they are replaced
#   a:PATH                   nothing was there
#   u:ACTIVE:ENABLED:UNIT    what the unit was (yes or no)
#   x:VERB:UNIT              the unit was reloaded or restarted meanwhile
#   b:NUMBER, c:NUMBER       a file with a command that takes something else back, before the units are what they were, and after that
#   scripts                  a link to the scripts of the run, which know how to take it back
# A slash in a path is written %2F, a percent sign %25.

UNDO=${UNDO:-/var/lib/one-server-web/undo}
# Whether changes are noted just now.
UNDOING=no
declare -gA UNDO_KNOWN=()

# begin_undo: from here to end_undo changes are noted.
begin_undo() {
  [[ $UNDOING == no ]] || return 0
  (umask 077 && mkdir -p "$UNDO") || fail "$UNDO can't be made: is the disk full or read-only? (df -h, mount)"
  ln -sfn "$SCRIPTS" "$UNDO/scripts" || cannot_remember "the folder of the scripts"
  UNDOING=yes UNDO_KNOWN=()
}

# end_undo: what was changed stays. One rename is the instant from which on nothing is taken back.
end_undo() {
  UNDOING=no
  [[ -d $UNDO ]] || return 0
  rm -rf "$UNDO.over"
  mv -T "$UNDO" "$UNDO.over" || fail "$UNDO can't be renamed: is the disk read-only? (mount)"
  rm -rf "$UNDO.over"
}

# encode_path PATH, decode_path NAME: set ENCODED, DECODED.
encode_path() {
  ENCODED=${1//%/%25}
  ENCODED=${ENCODED//\//%2F}
}

decode_path() {
  DECODED=${1//%2F//}
  DECODED=${DECODED//%25/%}
}

# remember_file PATH: as it is before this run's first change of it.
remember_file() {
  [[ $UNDOING == yes && ! -v UNDO_KNOWN[$1] ]] || return 0
  encode_path "$1"
  if [[ ! -e $1 && ! -L $1 ]]; then
    { : >"$UNDO/a:$ENCODED"; } 2>/dev/null || cannot_remember "$1"
  elif ! ln -P "$1" "$UNDO/f:$ENCODED" 2>/dev/null; then
    # Another file system has no hard link here: a copy, on the disk before the file is replaced.
    { cp -a "$1" "$UNDO/new" && sync "$UNDO/new" && mv -T "$UNDO/new" "$UNDO/f:$ENCODED"; } 2>/dev/null || cannot_remember "$1"
  fi
  UNDO_KNOWN[$1]=yes
}

cannot_remember() {
  fail "$1 can't be kept for the case that this run fails: is the disk full? (df -h, df -i)"
}

# remember_units UNIT...: as they are before this run's first change of them.
remember_units() {
  [[ $UNDOING == yes ]] || return 0
  local unit active names=()
  for unit; do
    full_name "$unit"
    [[ -v UNDO_KNOWN[$UNIT] ]] || names+=("$UNIT")
  done
  ((${#names[@]} > 0)) || return 0
  ask_units "${names[@]}"
  for unit in "${names[@]}"; do
    active=yes
    [[ ${UNIT_ACTIVE[$unit]} != @(inactive|failed|deactivating) ]] || active=no
    { : >"$UNDO/u:$active:${UNIT_ENABLED[$unit]}:$unit"; } 2>/dev/null || cannot_remember "the state of $unit"
    UNDO_KNOWN[$unit]=yes
  done
}

# remember_action VERB UNIT: it reads its files now, so that it has to read them again when they are taken back.
remember_action() {
  [[ $UNDOING == yes ]] || return 0
  { : >"$UNDO/x:$1:$2"; } 2>/dev/null || cannot_remember "the $1 of $2"
}

# on_undo COMMAND [ARGUMENT...]: what takes back the change that comes next, once files and units are what they were.
on_undo() {
  remember_command c "$@"
}

# on_undo_first COMMAND [ARGUMENT...]: the same, once the files are what they were; the units may need it.
on_undo_first() {
  remember_command b "$@"
}

remember_command() {
  [[ $UNDOING == yes ]] || return 0
  local name="$1:$((${#UNDO_KNOWN[@]} + 1))"
  { printf '%q ' "${@:2}" >"$UNDO/$name"; } 2>/dev/null || cannot_remember "$2"
  UNDO_KNOWN[$name]=yes
}

# take_back: makes everything as it was before the run whose changes are noted. Done again from its beginning when it is interrupted.
take_back() {
  UNDOING=no
  [[ -d $UNDO ]] || return 0
  local waiting=()
  # At the start of the machine its other units wait for this one.
  boot_is_over || waiting=(--no-block)
  take_back_starts "${waiting[@]}"
  if ! take_back_files; then
    step server "not everything could be taken back (see above): run again, or restart the server, once the cause is mended"
    return 1
  fi
  take_back_commands b
  read_unit_files
  take_back_units "${waiting[@]}"
  take_back_commands c
  end_undo
  step server 'took back what was changed: the server is as it was before'
}

# take_back_starts [--no-block]: units that did not run end, before their files are taken from them and others need their ports.
take_back_starts() {
  local entry unit units=()
  for entry in "$UNDO"/u:no:*; do
    unit=${entry##*:}
    [[ ! -e $entry ]] || units+=("$unit")
  done
  ((${#units[@]} == 0)) || stop_units "$@" "${units[@]}" 2>/dev/null || true
}

take_back_files() {
  local entry code=0
  for entry in "$UNDO"/a:*; do
    [[ -e $entry ]] || continue
    decode_path "${entry##*/a:}"
    rm -f "$DECODED" && rm -f "$entry" || code=1
  done
  for entry in "$UNDO"/f:*; do
    [[ -e $entry || -L $entry ]] || continue
    decode_path "${entry##*/f:}"
    if [[ $(stat -c %d:%i "$entry") == $(stat -c %d:%i "$DECODED" 2>/dev/null) ]]; then
      # Noted, not yet replaced.
      rm -f "$entry"
    else
      mkdir -p "${DECODED%/*}"
      mv -fT "$entry" "$DECODED" || code=1
    fi
  done
  return "$code"
}

# take_back_units [--no-block]: those that ran run, with the settings that they had.
take_back_units() {
  local entry unit units=()
  for entry in "$UNDO"/u:*; do
    [[ ! -e $entry ]] || units+=("${entry##*:}")
  done
  ask_units "${units[@]}"
  for unit in "${units[@]}"; do
    # One that came with this run has no file now.
    if [[ -e $(compgen -G "$UNDO/u:*:no:$unit") ]]; then
      [[ ${UNIT_ENABLED[$unit]} == no ]] || disable_units "$unit" || true
    else
      [[ ${UNIT_ENABLED[$unit]} == yes ]] || enable_units "$unit" 2>/dev/null || true
    fi
    [[ ! -e $(compgen -G "$UNDO/u:yes:*:$unit") ]] || take_back_run "$unit" "$@" ||
      step server "${unit%.service} does not run as before: see journalctl -u $unit -n 30 on the server"
  done
}

# take_back_run UNIT [--no-block]: it ran, and what it has read meanwhile it reads again.
take_back_run() {
  local unit=$1
  shift
  if [[ ${UNIT_ACTIVE[$unit]} != active ]]; then
    forget_failures "$unit"
    start_units "$@" "$unit"
  elif [[ -e $UNDO/x:restart:$unit ]]; then
    restart_units "$@" "$unit"
  elif [[ -e $UNDO/x:reload:$unit ]]; then
    reload_units "$@" "$unit"
  fi
}

# take_back_commands KIND
take_back_commands() {
  local entry
  for entry in "$UNDO/$1":*; do
    [[ ! -s $entry ]] || bash -c "$(<"$entry")" >/dev/null 2>&1 || step server "could not be taken back: $(<"$entry")"
  done
}
