# shellcheck shell=bash
# A release is asked through its own app server's socket before anyone else can reach it.

# ask_app COLOUR RELEASE PATH: prints the status line, the headers and the body; fails when nothing answers.
ask_app() {
  if [[ $RUNTIME == php ]]; then ask_fpm "$@"; else ask_gunicorn "$@"; fi
}

ask_gunicorn() {
  curl --silent --show-error --include --noproxy '*' --max-time 10 --user-agent release-gate --unix-socket "$(app_socket "$1")" \
    --header 'X-Forwarded-Proto: https' --header 'X-Forwarded-For: 127.0.0.1' "http://$DOMAIN$3"
}

# By FastCGI, as the web server would ask: the script is a file of that name, else the site's front controller.
ask_fpm() {
  local root=$RELEASES/$2/$DOCUMENT_ROOT path=$3 script=/index.php answer status
  root=${root%/.}
  [[ $path != *.php || ! -f $root$path ]] || script=$path
  answer=$(env -i PATH="$PATH" SCRIPT_FILENAME="$root$script" SCRIPT_NAME="$script" DOCUMENT_ROOT="$root" DOCUMENT_URI="$script" \
    REQUEST_URI="$path" REQUEST_METHOD=GET REQUEST_SCHEME=https QUERY_STRING= HTTPS=on GATEWAY_INTERFACE=CGI/1.1 \
    SERVER_PROTOCOL=HTTP/1.1 SERVER_SOFTWARE=release-gate SERVER_NAME="$DOMAIN" SERVER_ADDR=127.0.0.1 SERVER_PORT=443 \
    REMOTE_ADDR=127.0.0.1 REMOTE_PORT=0 HTTP_HOST="$DOMAIN" CONTENT_TYPE= CONTENT_LENGTH= REDIRECT_STATUS=200 SITE_RELEASE="$2" \
    timeout 10 cgi-fcgi -bind -connect "$(app_socket "$1")") || return
  [[ -n $answer ]] || { echo 'the connection was closed without an answer' >&2; return 1; }
  # CGI names a status only when it is not 200 (RFC 3875, 6.3.3).
  status=$(sed -n -e '/^\r*$/q' -e 's/^Status: *//Ip' <<<"$answer" | head -n 1)
  printf 'HTTP/1.1 %s\n%s\n' "${status:-200 OK}" "$answer"
}

# status_of RESPONSE: 200 of "HTTP/1.1 200 OK", or 000.
status_of() {
  [[ $1 =~ ^HTTP/[0-9.]+\ ([0-9]{3}) ]] && echo "${BASH_REMATCH[1]}" || echo 000
}

# gate COLOUR RELEASE: passes when the health path answers 200 some times in a row; else the release is marked, its answer shown.
gate() {
  local colour=$1 release=$2 answer='' status passed=0 began=$SECONDS answered='' said=$SECONDS
  while ((passed < GATE_PASSES)); do
    answer=$(ask_app "$colour" "$release" "$HEALTH_PATH" 2>&1) || answer="no answer: $answer"
    status=$(status_of "$answer")
    if [[ $status == 200 ]]; then
      passed=$((passed + 1))
    else
      passed=0
    fi
    [[ $status == 000 || -n $answered ]] || answered=$SECONDS
    ((passed < GATE_PASSES)) || break
    if [[ -n $answered ]] && ((SECONDS - answered > GATE_SECONDS)); then
      show_answer "$answer"
      reject "$release" "$HEALTH_PATH did not answer 200 $GATE_PASSES times in a row within $GATE_SECONDS s; the last status was $status"
    elif [[ -z $answered ]] && ((SECONDS - began > START_SECONDS)); then
      show_answer "$answer"
      reject "$release" "$HEALTH_PATH did not answer within $START_SECONDS s"
    fi
    if ((SECONDS - said >= 5)); then
      said=$SECONDS
      say "gate: $HEALTH_PATH answers ${status/000/nothing yet}"
    fi
    [[ $status == 200 ]] || sleep 0.2
  done
}

# warm COLOUR RELEASE: the front page fills the opcode cache before the first visitor. One that fails is a broken release.
warm() {
  local colour=$1 release=$2 answer status
  answer=$(ask_app "$colour" "$release" / 2>&1) || answer="no answer: $answer"
  status=$(status_of "$answer")
  if ((10#$status == 0 || 10#$status >= 500)); then
    show_answer "$answer"
    reject "$release" "its front page answers status $status"
  fi
  ask_app "$colour" "$release" / >/dev/null 2>&1 || true
}

# show_answer TEXT: the beginning of what came back.
show_answer() {
  local line count=0
  say "the last answer was:"
  while IFS= read -r line && ((count < 25)); do
    say "  ${line:0:300}"
    count=$((count + 1))
  done <<<"${1//$'\r'/}"
  say "its app server's last words:"
  journalctl --quiet --no-pager --lines 3 --output cat --unit "site-app@$IDLE" 2>/dev/null | while IFS= read -r line; do say "  ${line:0:300}"; done
}

# reject RELEASE REASON: it is marked and its app server stopped; the one before goes on serving.
reject() {
  local release=$1 reason=$2
  # What serves is not broken: its new settings, or what was upgraded under it, are.
  [[ $release == "$ACTIVE_RELEASE" ]] || mark_failed "$release" "$reason"
  systemctl stop "site-app@$IDLE" 2>/dev/null || true
  fail "release $release is not fit to go live: $reason. ${ACTIVE_RELEASE:+Release $ACTIVE_RELEASE goes on serving.}"
}

mark_failed() {
  { printf '%s\n' "$2" >"$STATE/$1.failed"; } 2>/dev/null || say "that release $1 failed could not be noted: is the disk full? (df -h)"
}
