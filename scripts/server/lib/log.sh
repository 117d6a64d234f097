# shellcheck shell=bash
# One line for everything that is done, with the seconds since the start. Nothing here is silent or chatty:
# what did not change is not mentioned.

CHANGES=0
LOG_STARTED=${LOG_STARTED:-$EPOCHREALTIME}

# Seconds since the start, with one decimal.
elapsed() {
  local tenths=$(((${EPOCHREALTIME/[^0-9]/} - ${LOG_STARTED/[^0-9]/}) / 100000))
  printf '%d.%d' $((tenths / 10)) $((tenths % 10))
}

# step ROLE MESSAGE: something worth knowing that changed nothing by itself.
step() {
  printf '[%6s s] %s: %s\n' "$(elapsed)" "$1" "$2"
}

# changed ROLE MESSAGE: something is different now than it was.
changed() {
  CHANGES=$((CHANGES + 1))
  step "$1" "$2"
}

# fail MESSAGE: one line that says what is wrong and what to do; ends the run. FAILURE keeps it for what is done at its end.
fail() {
  FAILURE=$1
  printf 'error: %s\n' "$1" >&2
  exit 1
}
