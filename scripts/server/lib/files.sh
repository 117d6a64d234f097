# shellcheck shell=bash
# Files are written only when they differ, whole or not at all, and whatever depends on them is notified. What a run does not name any
# more, and the run before it did, is removed.

# What is piped into install_file is known to this shell, not to a copy of it that ends with the pipe.
shopt -s lastpipe

FILE_CHANGED=no
# The actions that wait for all files to be in place (services.sh), and the roles whose files changed.
declare -gA PENDING=() CHANGED_ROLES=()
# "ROLE ACTION..." of each file that this run names, and of those that the run before it named.
declare -gA NAMED_FILES=() FORMER_FILES=()
# "MODE USER:GROUP" of files, as far as it is known.
declare -gA FILE_STATE=()
WRITTEN_FILES=()

# notify ACTION...: remembers what has to happen once everything is in place (services.sh).
notify() {
  local action
  for action in "$@"; do
    case $action in
      reload:* | restart:*)
        full_name "${action#*:}"
        PENDING[${action%%:*}:$UNIT]=yes
        ;;
      *) PENDING[$action]=yes ;;
    esac
  done
}

# name_file ROLE TARGET [ACTION...]: this run wants it there, whoever writes it.
name_file() {
  NAMED_FILES[$2]="$1 ${*:3}"
}

# install_file ROLE TARGET MODE OWNER [ACTION...]: makes TARGET hold what standard input holds, owned as USER:GROUP.
# Sets FILE_CHANGED to yes or no and notifies the actions when it changed.
install_file() {
  local role=$1 target=$2 mode=$3 owner=$4 verb=wrote content
  shift 4
  name_file "$role" "$target" "$@"
  [[ ! -e $target ]] || verb=changed
  # Without another process: most files are as they should be, and there are a hundred.
  mapfile -d '' -t content
  replace_file "$target" "$mode" "$owner" "${content[0]-}"
  [[ $FILE_CHANGED == yes ]] || return 0
  CHANGED_ROLES[$role]=yes
  changed "$role" "$verb $target"
  notify "$@"
}

# replace_file TARGET MODE OWNER TEXT: sets FILE_CHANGED.
replace_file() {
  local target=$1 mode=$2 owner=$3 text=$4 former mask
  FILE_CHANGED=no
  if [[ -f $target && ! -L $target ]]; then
    mapfile -d '' -t former <"$target"
    [[ $text != "${former[0]-}" || ${FILE_STATE[$target]-$(stat -c '%a %U:%G' "$target")} != "${mode#0} $owner" ]] || return 0
  fi
  ensure_directory server "${target%/*}"
  # Nobody else reads it before it has its owner.
  mask=$(umask)
  umask 077
  rm -f "$target.new"
  { printf '%s' "$text" >"$target.new"; } 2>/dev/null || { rm -f "$target.new"; fail "$target can't be written: is the disk full? (df -h, df -i)"; }
  umask "$mask"
  chown "$owner" "$target.new"
  chmod "$mode" "$target.new"
  remember_file "$target"
  mv -fT "$target.new" "$target"
  unset "FILE_STATE[$target]"
  WRITTEN_FILES+=("$target")
  FILE_CHANGED=yes
}

# create_file ROLE TARGET MODE OWNER [ACTION...]: install_file where there is nothing yet. What is there is left to whoever writes it.
create_file() {
  if [[ -e $2 ]]; then
    name_file "$1" "$2" "${@:5}"
    FILE_CHANGED=no
  else
    install_file "$@"
  fi
}

# install_template ROLE TEMPLATE TARGET MODE OWNER [ACTION...]: install_file of roles/ROLE/TEMPLATE with every {{NAME}} replaced by
# the variable of that name.
install_template() {
  local role=$1 template=$2 text name
  shift 2
  IFS= read -r -d '' text <"$SCRIPTS/roles/$role/$template" || true
  while [[ $text =~ \{\{([A-Z0-9_]+)\}\} ]]; do
    name=${BASH_REMATCH[1]}
    [[ -v $name ]] || fail "roles/$role/$template names {{$name}}, which is not set"
    text=${text//"{{$name}}"/"${!name}"}
  done
  install_file "$role" "$@" <<<"${text%$'\n'}"
}

# remove_file ROLE TARGET [ACTION...]: makes sure that it is not there.
remove_file() {
  local role=$1 target=$2
  shift 2
  [[ -e $target || -L $target ]] || return 0
  remember_file "$target"
  rm -f "$target"
  changed "$role" "removed $target"
  CHANGED_ROLES[$role]=yes
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
  name_file "$role" "$link" "$@"
  [[ $(readlink "$link" 2>/dev/null) == "$target" ]] && return 0
  ensure_directory "$role" "${link%/*}"
  ln -sfn "$target" "$link.new"
  remember_file "$link"
  mv -fT "$link.new" "$link"
  changed "$role" "linked $link to $target"
  CHANGED_ROLES[$role]=yes
  notify "$@"
}

# read_former_files LIST: what list_files printed at the end of the last run.
read_former_files() {
  local target entry states
  [[ -r $1 ]] || return 0
  while IFS=$'\t' read -r target entry; do FORMER_FILES[$target]=$entry; done <"$1"
  while read -r entry target; do
    FILE_STATE[$target]="${entry/,/ }"
  done < <(stat -c '%a,%U:%G %n' "${!FORMER_FILES[@]}" 2>/dev/null)
}

# list_files: "FILE<tab>ROLE ACTION..." of each file that this run names.
list_files() {
  local target
  for target in "${!NAMED_FILES[@]}"; do printf '%s\t%s\n' "$target" "${NAMED_FILES[$target]% }"; done | sort
}

# remove_former_files present|absent: what the run before this one named and this one does not, of roles that this server has, or of those
# that it no longer has.
remove_former_files() {
  local target entry where
  for target in "${!FORMER_FILES[@]}"; do
    read -ra entry <<<"${FORMER_FILES[$target]}"
    where=absent
    ! has_role "${entry[0]}" || where=present
    [[ ! -v NAMED_FILES[$target] && $where == "$1" ]] || continue
    remove_file "${entry[0]}" "$target" "${entry[@]:1}"
    [[ ${target%/*} != *one-server-web* ]] || rmdir "${target%/*}" 2>/dev/null || true
  done
}
