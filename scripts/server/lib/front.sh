# shellcheck shell=bash
# The one file of the web server that says which colour and which release are live. nginx reads it at a reload; Apache looks at it at
# each request, because its reload closes the connections that clients keep, also under a request that is on its way.

# front_file STACK: its path.
front_file() {
  if [[ $1 == lamp ]]; then echo "${ROOT:-}/etc/apache2/one-server-web/active.map"; else echo "${ROOT:-}/etc/nginx/one-server-web/active.conf"; fi
}

# front_text STACK COLOUR RELEASE [SECONDS]: its content, with DOCUMENT_ROOT, HEALTH_PATH and SHARED_PATHS of the release
# (release/contract.sh). No RELEASE closes the site; SECONDS is what visitors are told to wait then. Each text has a check word of its
# own: a request that carries it is answered with the colour, which shows that this very text is in use. Visitors cannot guess it.
front_text() {
  local stack=$1 colour=$2 release=$3 retry_after=${4:-30} check folder='' health_path='' shared=''
  check=$(</proc/sys/kernel/random/uuid)
  [[ -z $release ]] || folder=$DOCUMENT_ROOT health_path=$HEALTH_PATH shared=$(front_shared)
  echo "# Written whole by release.sh: one file switches the static files and the app server at the same instant."
  if [[ $stack == lamp ]]; then
    # One value, so that a request sees all of it or nothing.
    printf 'site %s|%s|%s|%s|%s|%s\n' "$colour" "$release" "$retry_after" "$check" "$folder" "$shared"
  else
    printf 'upstream site_app {\n    server unix:/run/site-%s/app.sock;\n}\n\n' "$colour"
    front_map release "$release"
    folder=/srv/www/releases/${release:-none}/$folder
    # The whole folder of a release is its root with documentRoot: .
    front_map root "${folder%/.}"
    front_map health_path "$health_path"
    front_map shared "$shared"
    echo '# Seconds after which visitors of the maintenance page should come back.'
    front_map retry_after "$retry_after"
    printf '# Who asks with this word is told which app server answers.\nmap $http_x_release_check $site_check {\n    default "";\n    "%s" "%s";\n}\n' "$check" "$colour"
  fi
}

# front_map NAME VALUE: nginx's variable $site_NAME.
front_map() {
  printf 'map $host $site_%s {\n    default "%s";\n}\n\n' "$1" "$2"
}

# front_shared: the shared paths as URLs have them, ":uploads:media:". What is below them was uploaded: it is never run.
front_shared() {
  local path
  for path in $SHARED_PATHS; do printf ':%s' "${path#"$DOCUMENT_ROOT"/}"; done
  [[ -z $SHARED_PATHS ]] || printf ':'
}

# front_colour FILE..., front_release FILE...: what the first of them says that is there; nothing when there is none. The second
# expression reads the line that version 0.1.0 wrote for Apache.
front_colour() {
  { sed -n -e 's|.*/run/site-\([a-z]*\)/app\.sock.*|\1|p' -e 's#^\(site\|live\) \([a-z]*\)[|/].*#\2#p' "$@" 2>/dev/null || true; } | head -n 1
}

front_release() {
  { sed -n -e '/ $site_release {$/ { n; s|^ *default "\(.*\)";$|\1|p }' -e 's#^\(site\|live\) [a-z]*[|/]\([^|/]*\)[|/].*#\2#p' "$@" 2>/dev/null || true; } | head -n 1
}

# front_check FILE: the check word in it.
front_check() {
  sed -n -e 's|^ *"\([0-9a-f-]\{36\}\)" .*|\1|p' -e 's#^site [^|]*|[^|]*|[^|]*|\([0-9a-f-]*\)|.*#\1#p' "$1" 2>/dev/null || true
}

# front_upgrade STACK FILE: writes what version 0.1.0 wrote of the live release, in use or a copy of it, as this version does.
front_upgrade() {
  local stack=$1 file=$2 live='' seconds
  [[ -s $file ]] && ! grep -q -e '^site ' -e ' $site_root {$' "$file" || return 0
  seconds=$(sed -n -e '/ $site_retry_after {$/ { n; s|^ *default \([0-9]*\);$|\1|p }' -e 's|^live .*/\([0-9]*\)$|\1|p' "$file")
  # An Apache that has not been reloaded yet reads this line of the earlier version at each request.
  live=$(grep '^live ' "$file") || true
  { front_text "$stack" "$(front_colour "$file")" "$(front_release "$file")" "${seconds:-30}"; [[ -z $live ]] || echo "$live"; } >"$file.new" &&
    mv -fT "$file.new" "$file"
}

# served_release, served_colour: what the web server, whichever it is, serves.
served_release() {
  front_release "$(front_file lemp)" "$(front_file lamp)"
}

served_colour() {
  front_colour "$(front_file lemp)" "$(front_file lamp)"
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

# nginx's worker processes at this moment, each with its start time: "417 88213". A reload replaces them, and they end with their
# last request. Apache's stay: they see a switch without a signal.
front_processes() {
  local main pid start
  [[ $1 != lamp ]] || return 0
  main=$(<"${ROOT:-}/run/nginx.pid") || return 0
  for pid in $(<"/proc/$main/task/$main/children"); do
    if start=$(front_start "$pid"); then echo "$pid $start"; fi
  done 2>/dev/null
}

# front_start PID: when the process was started; fails when it has ended.
front_start() {
  local stat
  { stat=$(<"/proc/$1/stat"); } 2>/dev/null || return 1
  # Its name, in parentheses, may hold anything.
  read -ra stat <<<"${stat##*) }"
  echo "${stat[19]}"
}

# front_left FILE: those of the processes listed in FILE that have not ended yet.
front_left() {
  local pid start
  while read -r pid start; do
    [[ -z $start || $(front_start "$pid") != "$start" ]] || echo "$pid $start"
  done 2>/dev/null <"$1"
}

# front_accepts FILE: whether one of them still takes new connections. nginx renames a worker just before it closes its listening
# sockets; those for HTTP/3 stay open until it ends (ngx_worker_process_cycle, ngx_close_listening_sockets).
front_accepts() {
  local pid
  while read -r pid _; do
    [[ $(tr '\0' ' ' <"/proc/$pid/cmdline") == *'shutting down'* ]] || return 0
  done 2>/dev/null < <(front_left "$1")
  return 1
}

# first_front STACK ROLE [ACTION...]: this web server's file, for the release that another web server serves, or none yet.
first_front() {
  local release='' colour=blue text=''
  if [[ ! -e $(front_file "$1") ]]; then
    [[ -v CONVERTED ]] || { release=$(served_release); colour=$(served_colour); }
    text=$("$SCRIPTS/release.sh" front "$1" "${colour:-blue}" "$release") || fail "the release $release can't be served by another web server: see above"
  fi
  create_file "$2" "$(front_file "$1")" 0644 root:root "${@:3}" <<<"$text"
}

# close_for_conversion, open_after_conversion: the site answers 503 while the server becomes another one.
close_for_conversion() {
  local file
  [[ -n $(served_release) ]] || return 0
  file=$(front_file "$STACK")
  [[ -e $file && ! -e $file.before-maintenance ]] || return 0
  on_undo "$SCRIPTS/roles/mysql/reconvert.sh" open "$file" "$STACK"
  close_front "$STACK" "$file.before-maintenance" 30
  front_reload "$STACK"
}

open_after_conversion() {
  local file
  file=$(front_file "$STACK")
  [[ -e $file.before-maintenance ]] || return 0
  open_front "$STACK" "$file.before-maintenance"
  front_reload "$STACK"
}
