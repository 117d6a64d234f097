#!/bin/sh
# run-task worker-NAME | cron-NAME: a worker or a job of the site, in the release that is live. Its real path: a switch meanwhile is the
# next run's business.
set -eu
cd "$(readlink -f /srv/www/current)"
contract=/var/lib/one-server-web/releases/${PWD##*/}
name=${1#*-} tab=$(printf '\t')
# shellcheck source=/dev/null
workers=$(. "$contract.settings" && printf '%s\n' "$WORKERS")
# shellcheck source=/dev/null
jobs=$(. "$contract.settings" && printf '%s\n' "$CRON")
case $1 in
  worker-*) command=$(printf '%s\n' "$workers" | sed -n "s/^$name$tab//p") ;;
  *) command=$(printf '%s\n' "$jobs" | sed -n "s/^${name}${tab}[^${tab}]*${tab}//p") ;;
esac
[ -n "$command" ] || { echo "the release ${PWD##*/} has no $1" >&2; exit 1; }
set -a
# shellcheck source=/dev/null
. "$contract.env"
set +a
PATH=$PWD/.venv/bin:/usr/local/bin:/usr/bin:/bin
export PATH
exec sh -c "$command"
