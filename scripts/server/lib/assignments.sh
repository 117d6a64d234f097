# shellcheck shell=bash
# Shell assignments, one a line: NAME='value', a quote inside written as '\''. They are read by this parser and never executed, so a
# value can hold anything.

# each_assignment TEXT FUNCTION: calls FUNCTION NAME VALUE for each assignment. Ends the run with one line at the first fault.
each_assignment() {
  local text=$1 name value line=0 quote="'"
  while :; do
    text=${text#"${text%%[!$' \t\n\r']*}"}
    [[ -n $text ]] || break
    line=$((line + 1))
    [[ $text =~ ^([A-Z][A-Z0-9_]*)=\'(.*)$ ]] || fail "setting number $line: expected NAME='value'"
    name=${BASH_REMATCH[1]} text=${BASH_REMATCH[2]} value=''
    while :; do
      [[ $text == *"$quote"* ]] || fail "setting $name: the closing quote is missing"
      value+=${text%%"$quote"*}
      text=${text#*"$quote"}
      # An escaped quote goes on with the same value: '\''
      [[ ${text:0:3} == "\\''" ]] || break
      value+=$quote text=${text:3}
    done
    "$2" "$name" "$value"
  done
}

# assignment NAME VALUE: the line that each_assignment reads, and any shell.
assignment() {
  printf "%s='%s'\n" "$1" "${2//\'/\'\\\'\'}"
}

# quoted VALUE: the value in double quotes, read alike by a shell and by systemd's EnvironmentFile.
quoted() {
  local value=$1
  value=${value//\\/\\\\} value=${value//\"/\\\"} value=${value//\$/\\\$} value=${value//\`/\\\`}
  printf '"%s"' "$value"
}

# environment_lines NAME TEXT: NAME=value a line, as systemd's EnvironmentFile wants it; NAME is the setting that an error names.
environment_lines() {
  local line
  while IFS= read -r line; do
    [[ -n $line ]] || continue
    [[ $line =~ ^([A-Za-z_][A-Za-z0-9_]*)=(.*)$ ]] || fail "setting $1: expected one NAME=value a line"
    printf '%s=%s\n' "${BASH_REMATCH[1]}" "$(quoted "${BASH_REMATCH[2]}")"
  done <<<"$2"
}

# option_file_text VALUE: as it stands between double quotes in a my.cnf.
option_file_text() {
  local value=${1//\\/\\\\}
  printf '%s' "${value//\"/\\\"}"
}
