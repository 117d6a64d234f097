# shellcheck shell=bash
# The site's way to a database on other servers: a HAProxy behind the very socket that a database on this server would have, so that the site
# and its settings are the same on every rung. It goes to the server that takes writes; while none does, to one that answers, for reads.

database-proxy_plan() {
  haproxy_instance database-proxy
  DATABASE_SOCKET=/run/mysqld/mysqld.sock
  DATABASE_SERVICE=one-server-web-haproxy@database-proxy.service
}

# A way back is kept before migrations, by the database's own client.
database-proxy_packages() {
  echo "$DATABASE-client"
}

# What another rung has left here would be forgotten, and a new database begun.
database-proxy_refuse() {
  local folder
  ! has_role mysql || return 0
  for folder in /var/lib/mysql /var/lib/mariadb; do
    [[ ! -d $folder/$DATABASE_NAME ]] ||
      fail "setting rung: this server holds the site's database in $folder, which would stay behind; set the rung back, or move $folder aside once its data is on the database server"
  done
}

database-proxy_configure() {
  DATABASE_MEMBERS=$(database_members) DATABASE_READERS=$(database_readers) READABLE_MEMBERS=$(readable_members)
  configure_haproxy database-proxy 8405
  install_template database-proxy socket.conf /etc/systemd/system/one-server-web-haproxy@database-proxy.service.d/socket.conf 0644 root:root \
    daemon-reload restart:one-server-web-haproxy@database-proxy
  # How the release scripts log in, which on the database's own server are known by being root.
  install_file database-proxy /etc/one-server-web/database-client.cnf 0600 root:root < <(
    printf '[client]\nuser=%s\npassword="%s"\nsocket=%s\n' "$DATABASE_USER" "$(option_file_text "$DATABASE_PASSWORD")" "$DATABASE_SOCKET"
  )
}

database-proxy_check() {
  check_haproxy database-proxy
}

database-proxy_units() {
  echo watched one-server-web-haproxy@database-proxy
}

# database_members, database_readers, readable_members: HAProxy's lines of the servers.
database_members() {
  local name address
  while read -r name address; do
    echo "    server $name $address:3307 verifyhost $name check port 3308 on-marked-up shutdown-backup-sessions"
  done <<<"$DATABASE_SERVERS"
}

database_readers() {
  local name address
  while read -r name address; do
    echo "    server $name-read $address:3307 verifyhost $name track readable/$name backup"
  done <<<"$DATABASE_SERVERS"
}

readable_members() {
  local name address
  while read -r name address; do
    echo "    server $name $address:3307 verifyhost $name check port 3308"
  done <<<"$DATABASE_SERVERS"
}
