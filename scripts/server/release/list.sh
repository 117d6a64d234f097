# shellcheck shell=bash
# What is on this server, for people and for programs.

# state_of RELEASE: live, ready (its app server runs: a rollback is instant), kept, or failed.
state_of() {
  if [[ $1 == "$(active_release)" ]]; then
    echo live
  elif [[ -e $STATE/$1.failed ]]; then
    echo failed
  elif [[ $(release_of blue) == "$1" ]] && is_running blue || { [[ $(release_of green) == "$1" ]] && is_running green; }; then
    echo ready
  else
    echo kept
  fi
}

# One JSON array: name, state, seconds since 1970 of going live last (or of being unpacked), why it failed.
list_json() {
  local seconds release reason separator=''
  printf '['
  while read -r seconds release; do
    [[ -n $release ]] || continue
    reason=''
    [[ ! -r $STATE/$release.failed ]] || reason=$(<"$STATE/$release.failed")
    printf '%s{"release":%s,"state":"%s","time":%s,"reason":%s}' "$separator" "$(json_text "$release")" "$(state_of "$release")" \
      "${seconds%%.*}" "$(json_text "$reason")"
    separator=,
  done < <(releases_by_age)
  echo ']'
}

list_text() {
  local seconds release state
  while read -r seconds release; do
    [[ -n $release ]] || continue
    state=$(state_of "$release")
    printf '%-16s %-7s %s%s\n' "$release" "$state" "$(date -d "@${seconds%%.*}" '+%Y-%m-%d %H:%M:%S')" \
      "$([[ $state != failed ]] || printf '  %s' "$(<"$STATE/$release.failed")")"
  done < <(releases_by_age)
}
