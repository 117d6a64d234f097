# shellcheck shell=bash
# JSON out of plain values.

# json_text VALUE: as a JSON string.
json_text() {
  local text=$1
  text=${text//\\/\\\\} text=${text//\"/\\\"} text=${text//$'\n'/\\n} text=${text//$'\r'/} text=${text//$'\t'/ }
  printf '"%s"' "${text//[[:cntrl:]]/?}"
}

# json_number VALUE: a number, or null where there is none.
json_number() {
  if [[ $1 =~ ^-?[0-9]+(\.[0-9]+)?$ ]]; then printf '%s' "$1"; else printf null; fi
}

# json_object NAME JSON...: an object of names and values that are JSON already.
json_object() {
  local separator=''
  printf '{'
  while (($# > 1)); do
    printf '%s%s:%s' "$separator" "$(json_text "$1")" "$2"
    separator=,
    shift 2
  done
  printf '}'
}

# json_list: an array of the JSON values on standard input, one a line.
json_list() {
  printf '[%s]' "$(paste -sd,)"
}
