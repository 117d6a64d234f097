#!/bin/bash
# After a certificate was issued or renewed: puts it where the web server looks and makes it read it. A web server that would refuse it
# keeps the previous one.
set -euo pipefail
SCRIPTS=$(readlink -f /opt/one-server-web)
for part in log systemd roles; do
  # shellcheck source=/dev/null
  . "$SCRIPTS/lib/$part.sh"
done
live=/etc/letsencrypt/live/site
folder=/etc/one-server-web/tls

put() {
  install -m "$3" "$1" "$2.new"
  mv -f "$2.new" "$2"
}

read -ra roles <<<'{{CERTIFICATE_ROLES}}'

cp -p "$folder/site.key" "$folder/site.key.before"
cp -p "$folder/site.crt" "$folder/site.crt.before"
put "$live/privkey.pem" "$folder/site.key" 0600
put "$live/fullchain.pem" "$folder/site.crt" 0644
for role in "${roles[@]}"; do
  load_role "$role"
  if ! "${role}_check" >/dev/null; then
    mv -f "$folder/site.key.before" "$folder/site.key"
    mv -f "$folder/site.crt.before" "$folder/site.crt"
    fail 'the web server refuses the new certificate and keeps the previous one'
  fi
done
rm -f "$folder/site.key.before" "$folder/site.crt.before"
for role in "${roles[@]}"; do
  mapfile -t units < <(role_units "$role" watched)
  reload_units "${units[@]}"
done
