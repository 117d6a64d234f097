# shellcheck shell=bash
# What a release brings besides its files (the site contract): STATE/NAME.settings, shell assignments, and STATE/NAME.env, the
# environment of its processes. Both are written before its files are unpacked, and removed with them.

# What stands in NAME.settings, with the values of a release that does not say.
declare -A CONTRACT=(
  [DOCUMENT_ROOT]=public [HEALTH_PATH]=/healthz [MIGRATE]='' [SHARED_PATHS]='' [WORKERS]='' [CRON]=''
  [APPLICATION]=wsgi:application [INTERFACE]=wsgi [MAXIMUM_UPLOAD_MIB]=32 [REQUEST_TIMEOUT]=60
)

contract_defaults() {
  local name
  for name in "${!CONTRACT[@]}"; do printf -v "$name" '%s' "${CONTRACT[$name]}"; done
}

# As long as no release was read.
contract_defaults

has_contract() {
  [[ -e $STATE/$1.settings && -e $STATE/$1.env ]]
}

# read_contract RELEASE: sets DOCUMENT_ROOT, HEALTH_PATH and the others to what this release brings.
read_contract() {
  has_contract "$1" || fail "the settings of release $1 are not on this server: deploy it again"
  contract_defaults
  # shellcheck source=/dev/null
  source "$STATE/$1.settings"
}

# contract_value RELEASE NAME: one of them, whatever is set here.
contract_value() {
  (read_contract "$1" && printf '%s' "${!2}")
}

# store_contract RELEASE TEXT: keeps what stands in TEXT, and sets the variables as read_contract does.
store_contract() {
  local ENVIRONMENT=''
  contract_defaults
  each_assignment "$2" set_contract
  environment_lines ENVIRONMENT "$ENVIRONMENT" >/dev/null
  check_schedules
  write_contract "$1" < <(environment_lines ENVIRONMENT "$ENVIRONMENT")
}

set_contract() {
  [[ $1 == ENVIRONMENT || -v CONTRACT[$1] ]] ||
    fail "a release has no setting $1: allowed are $(printf '%s\n' ENVIRONMENT "${!CONTRACT[@]}" | sort | paste -sd' ')"
  printf -v "$1" '%s' "$2"
}

# write_contract RELEASE: from the variables, and the lines of its environment on standard input. What the app server's own
# configuration reads comes last, so that nothing in the site's environment replaces it.
write_contract() {
  local name
  write_private "$STATE/$1.env" < <(
    cat
    printf '%s=%s\n' SITE_REQUEST_TIMEOUT "$REQUEST_TIMEOUT" SITE_MAXIMUM_UPLOAD_MIB "$MAXIMUM_UPLOAD_MIB" \
      SITE_APPLICATION "$APPLICATION" SITE_INTERFACE "$INTERFACE"
  )
  write_private "$STATE/$1.settings" < <(
    for name in $(printf '%s\n' "${!CONTRACT[@]}" | sort); do assignment "$name" "${!name}"; done
  )
}

# check_schedules: a job whose schedule systemd does not know would never run.
check_schedules() {
  local name schedule
  while IFS=$'\t' read -r name schedule _; do
    [[ -z $name ]] || systemd-analyze calendar "$schedule" >/dev/null 2>&1 ||
      fail "the schedule '$schedule' of the job $name is invalid: expected such as hourly, *:0/10 or Mon *-*-* 03:00 (man systemd.time)"
  done <<<"$CRON"
}
