# shellcheck shell=bash
# Settings arrive as shell assignments (lib/assignments.sh). The program has checked the values (components/settings), and hands over
# every setting that the roles of this server read: there are no defaults here.

# parse_assignments TEXT: sets one global a line of TEXT. Ends the run with one line at the first fault.
parse_assignments() {
  each_assignment "$1" set_setting
  [[ -n ${ROLES:-} ]] || fail 'setting ROLES: expected what this server is to be set up as'
}

set_setting() {
  is_free_name "$1" || fail "setting $1: the name is given twice, or is used by these scripts or the shell"
  # Not exported, also where the login's environment holds a variable of this name.
  declare -g +x "$1"
  printf -v "$1" '%s' "$2"
}

# is_free_name NAME: whether a setting may have this name. A variable of the login's environment may be replaced, but not those that
# these scripts export themselves.
is_free_name() {
  [[ $1 != @(PATH|LC_ALL) ]] && { ! declare -p "$1" &>/dev/null || [[ ${!1@a} == *x* ]]; }
}

# Whether this server holds a role.
has_role() {
  [[ " $ROLES " == *" $1 "* ]]
}
