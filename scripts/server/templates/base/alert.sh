#!/bin/sh
# alert UNIT: notes a failure where `npm run status` and the log look. ALERT_COMMAND of /etc/one-server-web/alert.conf, if there is one, is
# run with the text on standard input: a mail, a chat, a pager.
set -eu
unit=$1
mkdir -p /var/lib/one-server-web/alerts
# The journal writes down what it was told a moment after a unit has ended.
journalctl --sync 2>/dev/null || true
# The last that the unit itself said, not systemd about it: an error may point at the line above.
said=$(journalctl --quiet --no-pager --lines 2 --output cat "_SYSTEMD_UNIT=$unit.service" 2>/dev/null | paste -sd' ') || said=''
text="$(date -u +%Y-%m-%dT%H:%M:%SZ) $unit failed: $said"
printf '%s\n' "$text" >"/var/lib/one-server-web/alerts/$unit"
logger --priority daemon.err --tag one-server-web "$text" 2>/dev/null || true
# shellcheck source=/dev/null
[ ! -r /etc/one-server-web/alert.conf ] || . /etc/one-server-web/alert.conf
[ -z "${ALERT_COMMAND:-}" ] || printf '%s\n' "$text" | sh -c "$ALERT_COMMAND"
