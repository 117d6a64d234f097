#!/bin/sh
# site-run [--release NAME] COMMAND...: runs a command as the site's user, in the site's environment and release.
set -eu
directory=/srv/www/current
if [ "${1:-}" = --release ]; then
  directory=/srv/www/releases/$2
  shift 2
fi
[ $# -gt 0 ] || { echo 'usage: site-run [--release NAME] COMMAND...' >&2; exit 2; }
cd "$directory" || { echo "error: there is no release at $directory: deploy one first" >&2; exit 1; }
release=$(basename "$(readlink -f "$directory")")

# The environment goes through a shell of the site's own, so that no secret stands on a command line.
run='set -a; . /etc/one-server-web/site.env; . "/var/lib/one-server-web/releases/$0.env"; set +a; PATH="$PWD/.venv/bin:$PATH" exec "$@"'
if [ "$(id -un)" = site ]; then
  exec env -i PATH=/usr/local/bin:/usr/bin:/bin HOME=/srv/www LANG=C.UTF-8 sh -c "$run" "$release" "$@"
fi
exec setpriv --reuid=site --regid=site --init-groups --inh-caps=-all \
  env -i PATH=/usr/local/bin:/usr/bin:/bin HOME=/srv/www LANG=C.UTF-8 sh -c "$run" "$release" "$@"
