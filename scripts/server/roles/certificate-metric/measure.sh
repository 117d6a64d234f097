#!/bin/bash
# Writes one line of JSON with the days left of the certificate that this server shows to visitors, which says more than the file on disk.
set -euo pipefail

domain='{{DOMAIN}}'
log=/var/log/one-server-web/certificate.log

end=$(openssl s_client -connect 127.0.0.1:443 -servername "$domain" </dev/null 2>/dev/null | openssl x509 -noout -enddate | cut -d= -f2)
days=$((($(date -d "$end" +%s) - $(date +%s)) / 86400))
mkdir -p "${log%/*}"
printf '{"time":"%s","domain":"%s","certificateDaysLeft":%d}\n' "$(date -u +%FT%TZ)" "$domain" "$days" >>"$log"
