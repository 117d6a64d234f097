#!/bin/sh
# Starts the Gunicorn of a colour: the release's own, else the distribution's.
set -eu
release=$(readlink -f "/srv/www/colours/$1")
gunicorn=/usr/bin/gunicorn
if [ -d "$release/.venv" ]; then
  gunicorn=$release/.venv/bin/gunicorn
  [ -x "$gunicorn" ] || { echo "the site's Python packages lack gunicorn: add it to requirements.txt" >&2; exit 1; }
  PATH=$release/.venv/bin:$PATH
  export PATH
fi
application=$SITE_APPLICATION
[ "$SITE_INTERFACE" = wsgi ] || application=one_server_web_asgi:application
exec "$gunicorn" --config "/etc/one-server-web/app/$1.py" "$application"
