#!/bin/sh
# After a certificate was issued or renewed: puts it where the web server looks and makes it read it. A web server that would refuse it
# keeps the one before.
set -eu
live=/etc/letsencrypt/live/site
folder=/etc/one-server-web/tls
cp -p "$folder/site.key" "$folder/site.key.before"
cp -p "$folder/site.crt" "$folder/site.crt.before"

put() {
  install -m "$3" "$1" "$2.new"
  mv -f "$2.new" "$2"
}

put "$live/privkey.pem" "$folder/site.key" 0600
put "$live/fullchain.pem" "$folder/site.crt" 0644
test='{{WEB_TEST}}'
if ! $test >/dev/null 2>&1; then
  mv -f "$folder/site.key.before" "$folder/site.key"
  mv -f "$folder/site.crt.before" "$folder/site.crt"
  echo "error: the web server refuses the new certificate and keeps the one before" >&2
  exit 1
fi
rm -f "$folder/site.key.before" "$folder/site.crt.before"
systemctl reload '{{WEB_UNIT}}'
