# shellcheck shell=bash
# How the database is reached from other servers: a HAProxy takes their connections by TLS from both ends and hands them to the database's
# socket, so that the site's account stays one of this machine. Beside it a responder says whether the database takes writes.

readonly DATABASE_STATE_PORT=3309

database-endpoint_plan() {
  haproxy_instance database-endpoint
  # The rest is for backups, watching and people.
  DATABASE_CLIENTS=$((MAX_CONNECTIONS - 20))
}

database-endpoint_packages() {
  printf '%s\n' python3 python3-pymysql
}

database-endpoint_prepare() {
  getent passwd database-state >/dev/null || {
    useradd --system --user-group --home-dir /nonexistent --no-create-home --shell /usr/sbin/nologin database-state
    changed database-endpoint 'added the user database-state'
  }
}

database-endpoint_before() {
  install_template database-endpoint state.py /usr/local/lib/one-server-web/database-state.py 0755 root:root restart:one-server-web-database-state
}

# Where the database listens is known once it is installed.
database-endpoint_configure() {
  configure_haproxy database-endpoint 8406
  install_template database-endpoint state.service /etc/systemd/system/one-server-web-database-state.service 0644 root:root daemon-reload restart:one-server-web-database-state
}

database-endpoint_check() {
  check_haproxy database-endpoint
}

database-endpoint_units() {
  printf 'watched %s\n' one-server-web-haproxy@database-endpoint one-server-web-database-state
}

# Its account may log in and see nothing: it is known by its system user, without a password.
database-endpoint_after() {
  systemd_is_running || return 0
  database_client <<<"CREATE USER IF NOT EXISTS 'database-state'@'localhost' IDENTIFIED $(socket_login)" ||
    fail "$DATABASE refuses the account of its responder: see above"
}
