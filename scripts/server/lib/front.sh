# shellcheck shell=bash
# The one file of the web server that says which colour and which release are live. nginx reads it at a reload; Apache looks at it at
# each request, because its reload closes the connections that clients keep, also under a request that is on its way.

# front_file STACK: its path.
front_file() {
  if [[ $1 == lamp ]]; then echo "${ROOT:-}/etc/apache2/one-server-web/active.map"; else echo "${ROOT:-}/etc/nginx/one-server-web/active.conf"; fi
}

# front_text STACK COLOUR RELEASE [SECONDS]: its content. No RELEASE closes the site; SECONDS is what visitors are told to wait then.
front_text() {
  local stack=$1 colour=$2 release=$3 retry_after=${4:-30}
  echo "# Written whole by release.sh: one file switches the static files and the app server at the same instant."
  if [[ $stack == lamp ]]; then
    # One value, so that a request sees all of it or nothing: colour, release, seconds.
    printf 'live %s/%s/%s\n' "$colour" "$release" "$retry_after"
  else
    printf 'upstream site_app {\n    server unix:/run/site-%s/app.sock;\n}\n\n' "$colour"
    printf 'map $host $site_release {\n    default "%s";\n}\n\n' "$release"
    printf '# Seconds after which visitors of the maintenance page should come back.\nmap $host $site_retry_after {\n    default %s;\n}\n' "$retry_after"
  fi
}

# front_colour FILE..., front_release FILE...: what the first of them says that is there; nothing when none is.
front_colour() {
  { sed -n -e 's|.*/run/site-\([a-z]*\)/app\.sock.*|\1|p' -e 's|^live \([a-z]*\)/.*|\1|p' "$@" 2>/dev/null || true; } | head -n 1
}

front_release() {
  { sed -n -e 's|^ *default "\([^"]*\)";.*|\1|p' -e 's|^live [a-z]*/\([^/]*\)/.*|\1|p' "$@" 2>/dev/null || true; } | head -n 1
}

# close_front STACK COPY SECONDS: from the next reload on visitors see the maintenance page, which tells them to come back in so
# many seconds. COPY keeps what was served. Neither file is ever seen half-written.
close_front() {
  local stack=$1 copy=$2 seconds=$3 file
  file=$(front_file "$stack")
  cp "$file" "$copy.new" && mv -fT "$copy.new" "$copy" || return
  front_text "$stack" "$(front_colour "$file")" '' "$seconds" >"$file.new" && mv -fT "$file.new" "$file"
}

# open_front STACK COPY: from the next reload on the web server serves again what COPY kept.
open_front() {
  local file
  file=$(front_file "$1")
  cp "$2" "$file.new" && mv -fT "$file.new" "$file" && rm -f "$2"
}

# front_reload STACK: has the web server read it.
front_reload() {
  # Straight to nginx's master: systemd's way starts another nginx only to send this signal.
  [[ $1 == lamp ]] || kill -HUP "$(<"${ROOT:-}/run/nginx.pid")"
}
