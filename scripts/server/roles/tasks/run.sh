#!/bin/sh
# run TASK: a worker or a job of the site, in the release that is live. Its real path: a switch meanwhile is the next run's business.
set -eu
cd "$(readlink -f /srv/www/current)"
PATH=$PWD/.venv/bin:/usr/local/bin:/usr/bin:/bin
export PATH
exec sh -c "$(cat "/etc/one-server-web/tasks/$1")"
