#!/bin/bash
# alert UNIT: notes a failure where `npm run status` and the log look, and has the command line of the setting ALERT_COMMAND tell
# somebody, if there is one. It gets the text on standard input.
set -eu
unit=$1
alerts=/var/lib/one-server-web/alerts
told=/var/lib/one-server-web/alerts-told
mkdir -p "$alerts" "$told"
# shellcheck source=/dev/null
. /opt/one-server-web/lib/systemd.sh
known=no
[ ! -e "$alerts/$unit" ] || known=yes
# The journal writes down what it was told a moment after a unit has ended.
journalctl --sync 2>/dev/null || true
# The last that the unit itself said, not systemd about it: an error may point at the line above. Of the run that failed alone, which
# systemd names from its version 251 on.
last_lines() {
  journalctl --quiet --no-pager --lines 2 --output cat "_SYSTEMD_UNIT=$unit.service" "$@" 2>/dev/null | paste -sd' '
}
run=${MONITOR_INVOCATION_ID:+_SYSTEMD_INVOCATION_ID=$MONITOR_INVOCATION_ID}
# shellcheck disable=SC2086 # none or one word
said=$(last_lines $run) || said=''
# Of a process that ended before the journal looked at it, the journal does not know the run.
if [ -z "$said" ]; then
  began=$(unit_property "$unit.service" InactiveExitTimestamp 2>/dev/null) || began=''
  said=$(last_lines --since "${began:-1 minute ago}") || said=''
fi
[ -n "$said" ] || said="it ended with ${MONITOR_EXIT_STATUS:-an error} (${MONITOR_SERVICE_RESULT:-see journalctl -u $unit}) and said nothing"
text="$(date -u +%Y-%m-%dT%H:%M:%SZ) {{DOMAIN}}: $unit failed: $said"
printf '%s\n' "$text" >"$alerts/$unit"
logger --priority daemon.err --tag one-server-web "$text" 2>/dev/null || true
[ -e /etc/one-server-web/alert-command ] || exit 0
# What fails every ten minutes tells nobody more: one message a day, until it goes well and fails again.
[ "$known" = no ] || [ -z "$(find "$told/$unit" -mmin -1440 2>/dev/null)" ] || exit 0
touch "$told/$unit"
start_units --no-block "one-server-web-alert-command@$unit.service"
