# shellcheck shell=bash
# Where the database listens: on its socket alone, or on the address DATABASE_LISTEN too, which takes connections by TLS alone.

readonly DATABASE_TLS=/etc/one-server-web/mysql

# plan_network: the option file's lines. Which addresses reach the port is the firewall's part (FIREWALL_RULES).
plan_network() {
  DATABASE_NETWORK=$'# Reached over the socket alone: no port, nothing to guess passwords at.\nskip_networking = ON'
  [[ -n $DATABASE_LISTEN ]] || return 0
  [[ -n $DATABASE_TLS_CERTIFICATE && -n $DATABASE_TLS_KEY ]] ||
    fail 'settings DATABASE_TLS_CERTIFICATE and DATABASE_TLS_KEY: expected PEM texts, because DATABASE_LISTEN is set'
  DATABASE_NETWORK="# Who comes over the network comes by TLS.
skip_networking = OFF
bind_address = $DATABASE_LISTEN
port = 3306
require_secure_transport = ON
tls_version = TLSv1.2,TLSv1.3
ssl_cert = $DATABASE_TLS/certificate.pem
ssl_key = $DATABASE_TLS/key.pem"
  [[ -z $DATABASE_TLS_AUTHORITY ]] || DATABASE_NETWORK+=$'\n'"ssl_ca = $DATABASE_TLS/authority.pem"
}

# configure_network: the group of the key is the package's.
configure_network() {
  [[ -n $DATABASE_LISTEN ]] || return 0
  install_file mysql "$DATABASE_TLS/key.pem" 0640 root:mysql call:reload_database_certificate <<<"$DATABASE_TLS_KEY"
  install_file mysql "$DATABASE_TLS/certificate.pem" 0644 root:root call:reload_database_certificate <<<"$DATABASE_TLS_CERTIFICATE"
  [[ -z $DATABASE_TLS_AUTHORITY ]] ||
    install_file mysql "$DATABASE_TLS/authority.pem" 0644 root:root call:reload_database_certificate <<<"$DATABASE_TLS_AUTHORITY"
}

# reload_database_certificate: without a restart, where the database listened already.
reload_database_certificate() {
  local statement='ALTER INSTANCE RELOAD TLS'
  [[ $DATABASE == mysql ]] || statement='FLUSH SSL'
  goes_on_running || return 0
  on_undo "$DATABASE" --defaults-file=/dev/null --user=root --socket="$DATABASE_SOCKET" --execute "$statement"
  database_client --execute "$statement" 2>"$WORK/mysql.error" ||
    fail "$DATABASE refuses its certificate: $(head -n 1 "$WORK/mysql.error")"
  changed mysql 'reloaded its certificate'
}
