# shellcheck shell=bash
# What a server is set up as: the roles that the setting ROLES names. Each is a folder roles/ROLE with the templates of its files and
# role.sh, which defines those of these functions that the role has use for, named ROLE_plan and so on. They are called in this order,
# each for all roles in the order of ROLES:
#
#   plan        sets variables that follow from the settings
#   packages    prints the names of its packages, one a line
#   refuse      ends the run when the system has not what the settings ask for (lists_ready); nothing has been changed yet
#   prepare     what has to be so before packages are chosen and is not taken back: mounts, swap, a database of another kind
#   before      writes what daemons read at their first start; packages are downloaded meanwhile
#   configure   writes what needs the packages
#   check       fails, and prints why, when its daemons would refuse what was written
#   units       prints "KIND UNIT" a line: `watched` units are started, and started again when they fail; `started` ones are started,
#               such as timers; `following` ones once all roles have done what they do after that
#   reload      reloads its daemon, where systemd's way is over before the new settings are in use
#   after       once the units run: accounts in the database, the site's app server
#   finish      once the configuration is there to stay: what may fail and is then tried again, such as a certificate
#
# and on a server that was provisioned:
#
#   shown       prints units that others start, such as releases, one a line
#   facts       prints "NAME JSON" a line: what status.sh says of it; "versions.NAME JSON" is gathered into one object
#   faults      prints what will be wrong soon, one a line: looked at every five minutes
#   log         prints the file that its daemon writes errors to, where that is not the journal
#   exporter    prints the name of the exporter for Prometheus and its arguments

# load_roles: the functions of all roles of this server.
load_roles() {
  local role
  for role in $ROLES; do load_role "$role"; done
}

load_role() {
  [[ -r $SCRIPTS/roles/$1/role.sh ]] || fail "setting ROLES: there is no role $1, allowed are $(cd "$SCRIPTS/roles" && echo *)"
  # shellcheck source=/dev/null
  . "$SCRIPTS/roles/$1/role.sh"
}

# call_role ROLE FUNCTION: where the role has it.
call_role() {
  ! declare -F "$1_$2" >/dev/null || "$1_$2"
}

# each_role FUNCTION
each_role() {
  local role
  for role in $ROLES; do call_role "$role" "$1"; done
}

# read_lines ARRAY COMMAND...: what the command prints, a line an element. Its failure ends the run: half a list is worse than none.
read_lines() {
  local text
  text=$("${@:2}") || fail "${*:2} failed: see above"
  if [[ -n $text ]]; then mapfile -t "$1" <<<"$text"; else mapfile -t "$1" </dev/null; fi
}

# role_units ROLE KIND...: the full names of a role's units of these kinds, one a line.
role_units() {
  call_role "$1" units | units_of_kind "${@:2}"
}

# units_of_kind KIND...: the full names of those on standard input, "KIND UNIT" a line.
units_of_kind() {
  local kind unit
  while read -r kind unit; do
    [[ " $* " == *" $kind "* ]] || continue
    full_name "$unit"
    echo "$UNIT"
  done
}

# server_units KIND...: those of all roles, each once.
server_units() {
  each_role units | units_of_kind "$@" | awk '!seen[$0]++'
}

# role_of_unit UNIT: the role that has it; nothing where none does.
role_of_unit() {
  local role units
  for role in $ROLES; do
    read_lines units role_units "$role" watched started following
    [[ " ${units[*]} " != *" $1 "* ]] || { echo "$role"; return 0; }
  done
}

# check_roles: ends the run when a daemon would refuse what this run wrote.
check_roles() {
  local role refusal
  for role in $ROLES; do
    ! concerns_role "$role" || refusal=$(call_role "$role" check 2>&1) || fail "$refusal"
  done
}

# concerns_role ROLE: whether this run changed a file of its, or one that its units read.
concerns_role() {
  [[ ! -v CHANGED_ROLES[$1] ]] || return 0
  local unit units
  read_lines units role_units "$1" watched started following
  for unit in "${units[@]}"; do
    [[ ! -v PENDING[reload:$unit] && ! -v PENDING[restart:$unit] ]] || return 0
  done
  return 1
}
