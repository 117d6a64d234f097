#!/bin/bash
# A systemctl for shell tests: units are files in the folders active, enabled and loaded of the folder STAND, and each call that changes
# something is a line of its file calls. Units named in its file broken do not start, and their reload fails.
cd "$STAND" || exit 1
verb=$1
shift
[[ $verb == show || $verb == is-* || $verb == list-* ]] || echo "$verb $*" >>calls
units=()
for word; do [[ $word == -* ]] || units+=("$word"); done
code=0

is_broken() {
  grep -qxF "$1" broken
}

state_of() {
  if [[ -e active/$1 ]]; then
    echo active
  elif is_broken "$1"; then
    echo failed
  else
    echo inactive
  fi
}

case $verb in
  show)
    for unit in "${units[@]}"; do
      echo "LoadState=$([[ -e loaded/$unit ]] && echo loaded || echo not-found)"
      echo "ActiveState=$(state_of "$unit")"
      echo "UnitFileState=$([[ -e enabled/$unit ]] && echo enabled || echo disabled)"
      echo
    done
    ;;
  is-active) [[ -e active/${units[0]} ]] || code=3 ;;
  is-failed) [[ $(state_of "${units[0]}") == failed ]] || code=1 ;;
  is-enabled) [[ -e enabled/${units[0]} ]] || code=1 ;;
  is-system-running) echo running ;;
  enable) for unit in "${units[@]}"; do : >"enabled/$unit"; done ;;
  disable) for unit in "${units[@]}"; do rm -f "enabled/$unit"; done ;;
  stop) for unit in "${units[@]}"; do rm -f "active/$unit"; done ;;
  start | restart)
    for unit in "${units[@]}"; do
      if is_broken "$unit"; then
        rm -f "active/$unit"
        code=1
      else
        : >"active/$unit"
      fi
    done
    ;;
  reload) for unit in "${units[@]}"; do ! is_broken "$unit" || code=1; done ;;
  list-units | list-unit-files)
    folder=active
    [[ $verb == list-units ]] || folder=enabled
    for pattern in "${units[@]}"; do (cd "$folder" && compgen -G "$pattern" | sed 's/$/ loaded/') || true; done
    ;;
esac
exit "$code"
