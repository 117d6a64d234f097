# shellcheck shell=bash
# One file of the web server says which colour and which release are live. It is written whole, and the web server reads it at a
# reload: each of its processes serves either the old release or the new one, files and application alike.

front_file() {
  if [[ $STACK == lamp ]]; then echo "$ROOT/etc/apache2/one-server-web/active.conf"; else echo "$ROOT/etc/nginx/one-server-web/active.conf"; fi
}

front_text() {
  local colour=$1 release=$2 retry_after=${3:-30}
  echo "# Written by release.sh: one file switches the static files and the app server at the same instant."
  if [[ $STACK == lamp ]]; then
    printf 'Define SITE_RELEASE "%s"\nDefine SITE_SOCKET "/run/site-%s/app.sock"\n' "$release" "$colour"
    printf 'Define SITE_RETRY_AFTER %s\n' "$retry_after"
  else
    printf 'upstream site_app {\n    server unix:/run/site-%s/app.sock;\n}\n\n' "$colour"
    printf 'map $host $site_release {\n    default "%s";\n}\n\n' "$release"
    printf '# Seconds after which visitors of the maintenance page should come back.\nmap $host $site_retry_after {\n    default %s;\n}\n' "$retry_after"
  fi
}

active_colour() {
  [[ -r $(front_file) ]] || return 0
  sed -n 's|.*/run/site-\([a-z]*\)/app\.sock.*|\1|p' "$(front_file)" | head -n 1
}

active_release() {
  [[ -r $(front_file) ]] || return 0
  sed -n -e 's|^ *default "\([^"]*\)";.*|\1|p' -e 's|^Define SITE_RELEASE "\([^"]*\)".*|\1|p' "$(front_file)" | head -n 1
}

front_test() {
  if [[ $STACK == lamp ]]; then apache2ctl configtest 2>&1; else nginx -t -q 2>&1; fi
}

front_reload() {
  if [[ $STACK == lamp ]]; then
    systemctl reload apache2
  else
    # Straight to the master: systemd's way starts another nginx only to send this signal.
    kill -HUP "$(<"$ROOT/run/nginx.pid")"
  fi
}

# switch_to COLOUR RELEASE: and back again when the public address does not show it.
switch_to() {
  local colour=$1 release=$2 file refusal
  file=$(front_file)
  enable_colour "$colour"
  cp -f "$file" "$SWITCHING.new"
  mv -f "$SWITCHING.new" "$SWITCHING"
  front_text "$colour" "$release" | write_file "$file"
  if ! refusal=$(front_test); then
    mv -f "$SWITCHING" "$file"
    fail "the web server refuses its configuration, nothing was switched: $refusal"
  fi
  front_processes >"$STATE/front-before"
  front_reload || fail "the web server is not running: systemctl start ${STACK/lemp/nginx} on the server, then deploy again"
  if ! confirm "$release"; then
    write_file "$file" <"$SWITCHING"
    front_reload
    [[ -z $ACTIVE_RELEASE ]] || confirm "$ACTIVE_RELEASE" || true
    rm -f "$SWITCHING"
    reject "$release" "the public address answered '$PUBLIC' instead of '200 $release' for $CONFIRM_SECONDS s, so it was switched back"
  fi
  rm -f "$SWITCHING"
}

# confirm RELEASE: waits until the public address shows it, some times in a row, each over a new connection. Sets PUBLIC to what it
# answered last: "200 95274b356bd9".
confirm() {
  if [[ $RUNTIME == php ]]; then
    PUBLIC=$(php "$SCRIPTS/release/https.php" "$DOMAIN" "$HEALTH_PATH" "$1" "$CONFIRM_SECONDS")
  else
    PUBLIC=$(python3 -I "$SCRIPTS/release/https.py" "$DOMAIN" "$HEALTH_PATH" "$1" "$CONFIRM_SECONDS")
  fi
}

# A run that was killed between writing the file and seeing its effect: what is live is not known until the web server has read
# the file again. Its app server is there, because it was started before the file was written.
settle_switch() {
  [[ -e $SWITCHING ]] || return 0
  say "settling a switch that was interrupted"
  if ! is_running "$(active_colour)"; then
    write_file "$(front_file)" <"$SWITCHING"
  fi
  front_processes >"$STATE/front-before"
  front_reload || true
  confirm "$(active_release)" || true
  rm -f "$SWITCHING"
}
