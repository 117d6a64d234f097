# shellcheck shell=bash
# Settings arrive as shell assignments (lib/assignments.sh). A name that is not known is refused.

declare -A SETTING_DEFAULT=(
  [ROLES]='base hardening tls nginx php-fpm mysql valkey site tasks backup watch exporters later'
  [DOMAIN]='' [ALIASES]=''
  [STACK]='lemp' [RUNTIME]='php' [DATABASE]='mysql'
  [DATABASE_NAME]='site' [DATABASE_USER]='site' [DATABASE_PASSWORD]=''
  [DOCUMENT_ROOT]='public' [HEALTH_PATH]='/healthz' [MIGRATE]='' [SHARED_PATHS]='' [KEEP_RELEASES]='5'
  [APPLICATION]='wsgi:application' [INTERFACE]='wsgi' [PHP_VERSION]='' [PHP_EXTENSIONS]='' [MAXIMUM_UPLOAD_MIB]='32' [REQUEST_TIMEOUT]='60' [APP_PROCESSES]=''
  [ENVIRONMENT]='' [WORKERS]='' [CRON]=''
  [TLS_SOURCE]='local' [CERTIFICATE]='' [CERTIFICATE_KEY]=''
  [ACME_DIRECTORY]='' [ACME_EMAIL]='' [ACME_AUTHORITY]=''
  [MEMORY_MIB]='' [CORES]='' [PAGE_CACHE]='' [HTTP3]='no' [CACHE]='' [EXPORTERS]='no'
  [FIREWALL]='yes' [FIREWALL_RULES]='' [SSH_HOST_KEY_TYPE]='' [REBOOT_WINDOW]='03:30'
  [DATA_DEVICE]='' [DATA_VOLUME_SIZE]='' [METADATA_GUARD]='no' [CERTIFICATE_METRIC]='no'
  [BACKUP_REPOSITORY]='' [BACKUP_PASSWORD]='' [BACKUP_TIME]='02:15' [BACKUP_KEEP_DAYS]='14' [BACKUP_ENVIRONMENT]=''
  [ALERT_COMMAND]='' [ALERT_ENVIRONMENT]=''
  [BACKUP_AUTHORITY]='' [BACKUP_PRIVATE_KEY]='' [BACKUP_HOST_KEY]=''
)

# What a value has to look like: an extended regular expression.
declare -A SETTING_FORM=(
  [ROLES]='^[a-z]+(-[a-z]+)*( [a-z]+(-[a-z]+)*)*$'
  [DOMAIN]='^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$'
  [ALIASES]='^[a-z0-9. -]*$'
  [STACK]='^(lemp|lamp)$' [RUNTIME]='^(php|python)$' [DATABASE]='^(mysql|mariadb)$'
  [DATABASE_NAME]='^[A-Za-z0-9_]{1,64}$' [DATABASE_USER]='^[A-Za-z0-9_]{1,32}$' [DATABASE_PASSWORD]='^[^[:cntrl:]]{12,128}$'
  [DOCUMENT_ROOT]='^([A-Za-z0-9_-][A-Za-z0-9_.-]*(/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*)?$'
  [HEALTH_PATH]='^/[A-Za-z0-9_./-]*$'
  [SHARED_PATHS]='^([A-Za-z0-9_-][A-Za-z0-9_./-]*( [A-Za-z0-9_-][A-Za-z0-9_./-]*)*)?$'
  [KEEP_RELEASES]='^([2-9]|[1-9][0-9])$' [APPLICATION]='^[A-Za-z_][A-Za-z0-9_.]*:[A-Za-z_][A-Za-z0-9_]*$'
  [INTERFACE]='^(wsgi|asgi)$' [PHP_VERSION]='^([0-9]\.[0-9]{1,2})?$' [PHP_EXTENSIONS]='^([a-z0-9]+( [a-z0-9]+)*)?$'
  [MAXIMUM_UPLOAD_MIB]='^[1-9][0-9]{0,4}$' [REQUEST_TIMEOUT]='^([5-9]|[1-9][0-9]{1,2}|[1-2][0-9]{3}|3[0-5][0-9]{2}|3600)$'
  [APP_PROCESSES]='^([1-9][0-9]{0,3})?$'
  [TLS_SOURCE]='^(local|acme)$' [ACME_DIRECTORY]='^(https://[^ ]+)?$' [ACME_EMAIL]='^([^ @]+@[^ @]+)?$'
  [MEMORY_MIB]='^([1-9][0-9]*)?$' [CORES]='^([1-9][0-9]*)?$' [PAGE_CACHE]='^([1-9][0-9]*[smh])?$' [HTTP3]='^(yes|no)$' [CACHE]='^(valkey)?$' [EXPORTERS]='^(yes|no)$'
  [FIREWALL]='^(yes|no)$' [FIREWALL_RULES]='^[][a-z0-9 ./:,{}-]*$' [SSH_HOST_KEY_TYPE]='^[a-z0-9@.-]*$' [REBOOT_WINDOW]='^(never|([01][0-9]|2[0-3]):[0-5][0-9])$'
  [DATA_DEVICE]='^(/dev/[A-Za-z0-9_./-]+)?$' [DATA_VOLUME_SIZE]='^[0-9]*$' [METADATA_GUARD]='^(yes|no)$' [CERTIFICATE_METRIC]='^(yes|no)$'
  [BACKUP_TIME]='^([01][0-9]|2[0-3]):[0-5][0-9]$' [BACKUP_KEEP_DAYS]='^[1-9][0-9]{0,3}$'
  [ALERT_COMMAND]='^[^[:cntrl:]]*$' [BACKUP_HOST_KEY]='^([a-z0-9@.-]+ [A-Za-z0-9+/]+=*( .*)?)?$'
)

# Names whose values never appear in an error.
readonly SECRET_SETTINGS=' DATABASE_PASSWORD CERTIFICATE_KEY BACKUP_PASSWORD BACKUP_ENVIRONMENT BACKUP_PRIVATE_KEY ALERT_ENVIRONMENT ENVIRONMENT '

# parse_assignments TEXT: sets one global a line of TEXT, then checks them all. Ends the run with one line at the first fault.
parse_assignments() {
  local name
  for name in "${!SETTING_DEFAULT[@]}"; do
    printf -v "$name" '%s' "${SETTING_DEFAULT[$name]}"
  done
  each_assignment "$1" set_setting
  check_settings
}

set_setting() {
  [[ -v SETTING_DEFAULT[$1] ]] || fail "unknown setting $1: allowed are $(printf '%s\n' "${!SETTING_DEFAULT[@]}" | sort | paste -sd' ')"
  printf -v "$1" '%s' "$2"
}

check_settings() {
  local name value
  for name in "${!SETTING_FORM[@]}"; do
    value=${!name}
    [[ $name == DATABASE_PASSWORD && -z $value ]] && continue
    [[ $value =~ ${SETTING_FORM[$name]} ]] && continue
    [[ $SECRET_SETTINGS == *" $name "* ]] && value='(secret)'
    fail "setting $name has the value '$value': it has to match ${SETTING_FORM[$name]}"
  done
  for name in ENVIRONMENT ALERT_ENVIRONMENT BACKUP_ENVIRONMENT; do
    environment_lines "$name" "${!name}" >/dev/null
  done
  if has_role tls || has_role nginx; then
    [[ $TLS_SOURCE != local || (-n $CERTIFICATE && -n $CERTIFICATE_KEY) ]] ||
      fail "settings CERTIFICATE and CERTIFICATE_KEY: expected PEM texts, because TLS_SOURCE is local"
    [[ $TLS_SOURCE != acme || (-n $ACME_DIRECTORY && -n $ACME_EMAIL) ]] ||
      fail "settings ACME_DIRECTORY and ACME_EMAIL: expected the directory's URL and an address, because TLS_SOURCE is acme"
  fi
  [[ -z $PAGE_CACHE || $STACK == lemp ]] || fail 'setting PAGE_CACHE: expected no value with STACK lamp; nginx alone keeps pages here'
  [[ $HTTP3 == no || $STACK == lemp ]] || fail 'setting HTTP3: expected no with STACK lamp; nginx alone speaks it here'
  if has_role mysql && [[ -z $DATABASE_PASSWORD ]]; then
    fail "setting DATABASE_PASSWORD: expected 12 to 128 printable characters"
  fi
  [[ ${BACKUP_REPOSITORY:+set} != set || -n $BACKUP_PASSWORD ]] ||
    fail "setting BACKUP_PASSWORD: expected a value, because BACKUP_REPOSITORY is set (backups are encrypted)"
  [[ $BACKUP_REPOSITORY != sftp:* || (-n $BACKUP_PRIVATE_KEY && -n $BACKUP_HOST_KEY) ]] ||
    fail 'settings BACKUP_PRIVATE_KEY and BACKUP_HOST_KEY: expected the key to log in with and the host key of the target, because BACKUP_REPOSITORY is sftp:'
}

# Whether this server holds a role.
has_role() {
  [[ " $ROLES " == *" $1 "* ]]
}
