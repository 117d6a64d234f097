# shellcheck shell=bash
# The database's accounts: the site's own over the socket, or those of the setting DATABASE_ACCOUNTS, one NAME, a tab, a HOST, a tab and a
# PASSWORD a line. HOST is localhost, an address, or a network such as 10.0.0.0/24; who comes over the network has to come by TLS. All may
# do everything in the site's database and nothing elsewhere.

# What was made, and of which passwords, as hashes.
readonly ACCOUNTS_FILE=/var/lib/one-server-web/database-accounts

# check_accounts: for mysql_plan.
check_accounts() {
  local line
  while IFS= read -r line; do
    [[ -z $line || $line =~ ^[A-Za-z0-9_]{1,32}$'\t'(localhost|[0-9a-fA-F.:]+(/[0-9]{1,2})?)$'\t'[^[:cntrl:]]+$ ]] ||
      fail 'setting DATABASE_ACCOUNTS: expected one NAME, a tab, localhost or an address, a tab and a password a line'
  done <<<"$DATABASE_ACCOUNTS"
}

# accounts: "NAME HOST PASSWORD", with tabs, one a line.
accounts() {
  if [[ -n $DATABASE_ACCOUNTS ]]; then
    printf '%s\n' "$DATABASE_ACCOUNTS"
  else
    printf '%s\tlocalhost\t%s\n' "$DATABASE_USER" "$DATABASE_PASSWORD"
  fi
}

# make_accounts: the site's database and who may use it. Accounts that were made here and are not wanted any more are dropped.
make_accounts() {
  local name host password list='' statements='' known
  while IFS=$'\t' read -r name host password; do
    host=$(account_host "$host")
    list+="$name@$host $(printf '%s' "$name@$host $password" | sha256sum | cut -d' ' -f1)"$'\n'
    statements+=$(account_statements "$name" "$host" "$password")$'\n'
  done < <(accounts)
  known=$(cat "$ACCOUNTS_FILE" 2>/dev/null) || true
  [[ $known != "${list%$'\n'}" ]] || ! accounts_work || return 0
  database_client 2>"$WORK/mysql.error" <<<"$(database_statement)"$'\n'"$statements$(drop_statements "$known" "$list")" ||
    fail "$DATABASE refuses to make the site's database: $(database_refusal)"
  replace_file "$ACCOUNTS_FILE" 0600 root:root "$list"
  changed mysql "made the database $DATABASE_NAME and its accounts $(cut -d' ' -f1 <<<"${list%$'\n'}" | paste -sd' ')"
}

# database_refusal: what the database said, without the statement that it said it of, because that may hold a password.
database_refusal() {
  local refusal
  refusal=$(grep -m 1 '^ERROR' "$WORK/mysql.error") || refusal=$(head -n 1 "$WORK/mysql.error")
  refusal=${refusal%%; check the manual*}
  if [[ $refusal == 'ERROR 1045 '* || $refusal == 'ERROR 1698 '* ]]; then
    refusal+="; root has to be let in over the socket without a password: ALTER USER root@localhost IDENTIFIED $(socket_login)"
  fi
  printf '%s' "${refusal%% near \'*}"
}

# socket_login: how an account is known by its system user.
socket_login() {
  if [[ $DATABASE == mysql ]]; then echo 'WITH auth_socket'; else echo 'VIA unix_socket'; fi
}

# accounts_work: whether the database and the accounts are there: another one may have come with other data. Those that come over the
# socket are tried by their passwords.
accounts_work() {
  local name host password found client="$WORK/client.cnf"
  found=$'\n'$(database_client --batch --skip-column-names --execute "SELECT CONCAT(user, '@', host) FROM mysql.user; SHOW DATABASES" 2>/dev/null)$'\n'
  [[ $found == *$'\n'"$DATABASE_NAME"$'\n'* ]] || return 1
  while IFS=$'\t' read -r name host password; do
    [[ $found == *$'\n'"$name@$(account_host "$host")"$'\n'* ]] || return 1
    [[ $host == localhost ]] || continue
    # By a file, never on a command line, which everyone can read.
    (umask 077 && printf '[client]\nuser=%s\npassword="%s"\nsocket=%s\n' "$name" "$(option_file_text "$password")" "$DATABASE_SOCKET" >"$client")
    "$DATABASE" --defaults-file="$client" --execute 'SELECT 1' "$DATABASE_NAME" >/dev/null 2>&1 || return 1
  done < <(accounts)
}

# account_host HOST: a network as both databases write it, 10.0.0.0/255.255.255.0.
account_host() {
  local bits mask
  [[ $1 =~ ^[0-9.]+/([0-9]+)$ ]] || { echo "$1"; return 0; }
  bits=${BASH_REMATCH[1]} mask=$((0xffffffff << (32 - bits) & 0xffffffff))
  echo "${1%/*}/$((mask >> 24)).$((mask >> 16 & 255)).$((mask >> 8 & 255)).$((mask & 255))"
}

database_statement() {
  printf 'CREATE DATABASE IF NOT EXISTS `%s` CHARACTER SET utf8mb4;\n' "$DATABASE_NAME"
}

# account_statements NAME HOST PASSWORD: the password is quoted as SQL wants it: backslash and quote doubled.
account_statements() {
  local account="'$1'@'$2'" password=${3//\\/\\\\} require='REQUIRE SSL'
  password=${password//\'/\'\'}
  [[ $2 != localhost ]] || require='REQUIRE NONE'
  printf '%s;\n' \
    "CREATE USER IF NOT EXISTS $account" \
    "ALTER USER $account IDENTIFIED BY '$password' $require" \
    "GRANT ALL PRIVILEGES ON \`${DATABASE_NAME//_/\\_}\`.* TO $account"
}

# drop_statements FORMER WANTED: for the accounts of one list that the other does not name.
drop_statements() {
  local account
  while read -r account _; do
    [[ -z $account || $'\n'$2 == *$'\n'"$account "* ]] || printf "DROP USER IF EXISTS '%s'@'%s';\n" "${account%@*}" "${account#*@}"
  done <<<"$1"
}

# make_exporter_account: who may look at the database's counters and at no data. It is known by its system user, without a password.
make_exporter_account() {
  database_client <<SQL || fail "$DATABASE refuses the account of its exporter: see above"
CREATE USER IF NOT EXISTS 'prometheus'@'localhost' IDENTIFIED $(socket_login) WITH MAX_USER_CONNECTIONS 3;
GRANT PROCESS, REPLICATION CLIENT ON *.* TO 'prometheus'@'localhost';
GRANT SELECT ON performance_schema.* TO 'prometheus'@'localhost';
SQL
}
