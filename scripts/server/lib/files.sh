# shellcheck shell=bash
# Files are written only when they differ, whole or not at all, and whoever depends on them is told.

# What is piped into install_file is told to this shell, not to a copy of it that ends with the pipe.
shopt -s lastpipe

FILE_CHANGED=no
declare -A PENDING=()

# notify ACTION...: remembers what has to happen once everything is in place (services.sh runs it), also for the next run: in the
# file PENDING_FILE, where there is one.
notify() {
  local action
  for action in "$@"; do
    [[ -v PENDING[$action] ]] || echo "$action" >>"${PENDING_FILE:-/dev/null}"
    PENDING[$action]=yes
  done
}

# read_pending: what a run before this one still had to do when it failed or was killed.
read_pending() {
  local action
  [[ -r $PENDING_FILE ]] || return 0
  while read -r action; do PENDING[$action]=yes; done <"$PENDING_FILE"
}

# install_file ROLE TARGET MODE OWNER [ACTION...]: makes TARGET hold what standard input holds, owned as USER:GROUP.
# Sets FILE_CHANGED to yes or no and notifies the actions when it changed.
install_file() {
  local role=$1 target=$2 mode=$3 owner=$4 temporary verb=wrote
  shift 4
  FILE_CHANGED=no
  ensure_directory "$role" "${target%/*}"
  temporary=$(mktemp "$target.XXXXXX" 2>/dev/null) || fail "$target can't be written: is the disk full? (df -h, df -i)"
  cat >"$temporary" || { rm -f "$temporary"; fail "$target can't be written: is the disk full? (df -h)"; }
  if cmp -s "$temporary" "$target" && [[ $(stat -c '%a %U:%G' "$target") == "${mode#0} $owner" ]]; then
    rm -f "$temporary"
    return 0
  fi
  [[ ! -e $target ]] || verb=changed
  chown "$owner" "$temporary"
  chmod "$mode" "$temporary"
  mv -fT "$temporary" "$target"
  FILE_CHANGED=yes
  changed "$role" "$verb $target"
  notify "$@"
}

# install_template ROLE TEMPLATE TARGET MODE OWNER [ACTION...]: install_file of roles/ROLE/TEMPLATE with every {{NAME}} replaced by
# the variable of that name.
install_template() {
  local role=$1 template=$2 text name
  shift 2
  text=$(<"$SCRIPTS/roles/$role/$template")
  while [[ $text =~ \{\{([A-Z_]+)\}\} ]]; do
    name=${BASH_REMATCH[1]}
    [[ -v $name ]] || fail "roles/$role/$template names {{$name}}, which is not set"
    text=${text//"{{$name}}"/"${!name}"}
  done
  install_file "$role" "$@" <<<"$text"
}

# remove_file ROLE TARGET [ACTION...]: makes sure that it is not there.
remove_file() {
  local role=$1 target=$2
  shift 2
  [[ -e $target || -L $target ]] || return 0
  rm -f "$target"
  changed "$role" "removed $target"
  notify "$@"
}

# ensure_directory ROLE PATH [MODE OWNER]
ensure_directory() {
  local role=$1 path=$2 mode=${3:-} owner=${4:-}
  if [[ ! -d $path ]]; then
    mkdir -p "$path" || fail "$path can't be made: is the disk full or read-only? (df -h, mount)"
    [[ -z $mode ]] || changed "$role" "made $path"
  fi
  [[ -n $mode && $(stat -c '%a %U:%G' "$path") != "${mode#0} $owner" ]] || return 0
  chown "$owner" "$path"
  chmod "$mode" "$path"
}

# ensure_link ROLE TARGET LINK [ACTION...]: LINK points at TARGET.
ensure_link() {
  local role=$1 target=$2 link=$3
  shift 3
  [[ $(readlink "$link" 2>/dev/null) == "$target" ]] && return 0
  ensure_directory "$role" "${link%/*}"
  ln -s "$target" "$link.new"
  mv -fT "$link.new" "$link"
  changed "$role" "linked $link to $target"
  notify "$@"
}
