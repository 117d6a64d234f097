# shellcheck shell=bash
# Two app servers, blue and green. One serves; the other is the next release, or the one before.

other_colour() {
  if [[ $1 == blue ]]; then echo green; else echo blue; fi
}

# The release that a colour would serve, or nothing.
release_of() {
  local target
  target=$(readlink "$COLOURS/$1") || return 0
  echo "${target##*/}"
}

app_socket() {
  echo "$ROOT/run/site-$1/app.sock"
}

is_running() {
  systemctl is-active --quiet "site-app@$1"
}

# start_colour COLOUR RELEASE: afresh, so that nothing of an older release is in its memory.
start_colour() {
  local colour=$1 release=$2
  # Its environment first: the colour is stopped, and stands on the release that the second link names.
  point "$COLOURS/$colour.env" "$STATE/$release.env"
  point "$COLOURS/$colour" "$RELEASES/$release"
  systemctl reset-failed "site-app@$colour" 2>/dev/null || true
  if ! systemctl restart "site-app@$colour"; then
    journalctl --quiet --no-pager --lines 15 --output cat --unit "site-app@$colour" 2>/dev/null | while IFS= read -r line; do say "  $line"; done
    reject "$release" "the app server doesn't start$(app_words "$colour") (journalctl -u site-app@$colour on the server)"
  fi
}

# Connections to a socket that are being served or wait to be: states 3 and 2 of /proc/net/unix. The listener itself is state 1.
open_connections() {
  awk -v path="$(app_socket "$1")" '$8 == path && ($6 == "03" || $6 == "02") { count++ } END { print count + 0 }' /proc/net/unix
}

# note_front: remembers the web server's processes before a reload, with those of earlier ones that still hold requests.
note_front() {
  { [[ ! -s $FRONT_BEFORE ]] || front_left "$FRONT_BEFORE"; front_processes "$STACK"; } | sort -u >"$FRONT_BEFORE.new"
  mv -fT "$FRONT_BEFORE.new" "$FRONT_BEFORE"
}

# How many of the processes from before the last switch still hold requests.
old_front_processes() {
  if [[ -s $FRONT_BEFORE ]]; then front_left "$FRONT_BEFORE" | wc -l; else echo 0; fi
}

# await_age FILE MILLISECONDS: until a file was written so long ago.
await_age() {
  local written age
  written=$(stat -c %.3Y "$1") age=$((${EPOCHREALTIME/[^0-9]/} / 1000 - ${written/[^0-9]/}))
  # A clock that was set back is waited for once.
  ((age >= $2)) || sleep "$(seconds $((age < 0 ? $2 : $2 - age + 10)))"
}

# drain_seconds COLOUR: how long its requests may still take.
drain_seconds() {
  local release
  release=$(release_of "$1")
  if [[ -n $DRAIN_SECONDS ]]; then
    echo "$DRAIN_SECONDS"
  elif [[ -n $release ]] && has_contract "$release"; then
    echo "$(($(contract_value "$release" REQUEST_TIMEOUT) + 5))"
  else
    echo "$((CONTRACT[REQUEST_TIMEOUT] + 5))"
  fi
}

# drain COLOUR: waits until no request is left with it, but not for ever: fails when some are left.
drain() {
  local colour=$1 seconds deadline said=$SECONDS
  seconds=$(drain_seconds "$colour") deadline=$((SECONDS + seconds))
  # Between seeing which colour is live and being connected to it, a request of Apache's is nowhere to be counted.
  [[ $STACK != lamp ]] || await_age "$(front_file lamp)" 1000
  while (($(open_connections "$colour") > 0 || $(old_front_processes) > 0)); do
    if ((SECONDS >= deadline)); then
      (($(open_connections "$colour") > 0)) || { say "after $seconds s slow clients are still being sent to by the web server: $colour is free"; return 0; }
      say "after $seconds s $(open_connections "$colour") requests are still with $colour: they are cut now"
      return 1
    fi
    if ((SECONDS - said >= 5)); then
      said=$SECONDS
      say "$STEP: waiting for the last requests of $colour ($(open_connections "$colour") open)"
    fi
    sleep 0.05
  done
}

# cut_requests COLOUR: ends it at once. Told to end in its own way it would give its requests their time once more.
cut_requests() {
  systemctl stop --no-block "site-app@$1"
  systemctl kill --signal=SIGKILL "site-app@$1" 2>/dev/null || true
  systemctl stop "site-app@$1" 2>/dev/null || true
  systemctl reset-failed "site-app@$1" 2>/dev/null || true
}

# stop_colour COLOUR: after its last request.
stop_colour() {
  is_running "$1" || return 0
  drain "$1" || cut_requests "$1"
  systemctl stop "site-app@$1" || fail "site-app@$1 can't be stopped: see journalctl -u site-app@$1 on the server"
}

# After a reboot the colour that served comes back, and only that. `systemctl enable` would make the same link, and then have
# systemd read all of its units again, which takes longer than the switch.
boot_link() {
  echo "$UNITS/multi-user.target.wants/site-app@$1.service"
}

enable_colour() {
  point "$(boot_link "$1")" /etc/systemd/system/site-app@.service
}

disable_colour() {
  rm -f "$(boot_link "$1")"
}
