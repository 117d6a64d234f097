# shellcheck shell=bash
# A certificate from an ACME authority, asked for by certbot, which also renews it (its own timer, twice a day). The web server answers
# the authority's question from a folder, so nothing stops meanwhile.

# acme_files: before certbot is installed, so that its first run knows them.
acme_files() {
  ACME_ENVIRONMENT=''
  if [[ -n $ACME_AUTHORITY ]]; then
    install_file tls /etc/one-server-web/tls/authority.pem 0644 root:root <<<"$ACME_AUTHORITY"
    ACME_ENVIRONMENT='Environment=REQUESTS_CA_BUNDLE=/etc/one-server-web/tls/authority.pem'
  fi
  install_template tls renewed.sh /usr/local/lib/one-server-web/certificate-renewed 0755 root:root
  install_template tls certbot.conf /etc/systemd/system/certbot.service.d/one-server-web.conf 0644 root:root daemon-reload
}

# acme_certificate: once the web server answers. A certificate that is there for the same names is kept.
acme_certificate() {
  local names=(--domain "$DOMAIN") alias attempt log="$WORK/certbot.log"
  for alias in $ALIASES; do names+=(--domain "$alias"); done
  ! acme_is_current || return 0
  for attempt in {1..8}; do
    step tls "asking $ACME_DIRECTORY for a certificate for $DOMAIN $ALIASES"
    if REQUESTS_CA_BUNDLE=${ACME_AUTHORITY:+/etc/one-server-web/tls/authority.pem} run_certbot "${names[@]}" >"$log" 2>&1; then
      /usr/local/lib/one-server-web/certificate-renewed
      changed tls "has a certificate until $(openssl x509 -noout -enddate -in "$TLS_FOLDER/site.crt" | cut -d= -f2)"
      return 0
    fi
    # A name that was set a moment ago may not be known everywhere yet; an authority's limits are not to be run into.
    if ((attempt == 8)) || ! grep -qi 'dns problem\|timed out\|connection refused\|could not be resolved\|no valid' "$log"; then
      break
    fi
    sleep 15
  done
  fail "the certificate authority gave no certificate for $DOMAIN $ALIASES: $(acme_reason "$log"). The site answers with $(acme_fallback); check that the names point here and that port 80 is open, then run again"
}

run_certbot() {
  certbot certonly --non-interactive --agree-tos --email "$ACME_EMAIL" --no-eff-email --server "$ACME_DIRECTORY" \
    --webroot --webroot-path /var/lib/one-server-web/acme --cert-name site --key-type ecdsa --keep-until-expiring --expand \
    --deploy-hook /usr/local/lib/one-server-web/certificate-renewed "$@"
}

# acme_is_current: whether the certificate in use is of this authority and holds all names, with ten days left at least.
acme_is_current() {
  local name live=/etc/letsencrypt/live/site/fullchain.pem text
  [[ -s $live ]] && cmp -s "$live" "$TLS_FOLDER/site.crt" || return 1
  grep -Fqx "server = $ACME_DIRECTORY" /etc/letsencrypt/renewal/site.conf || return 1
  openssl x509 -noout -checkend 864000 -in "$live" >/dev/null || return 1
  text=", $(openssl x509 -noout -ext subjectAltName -in "$live" | tail -n 1 | sed 's/^ *//'),"
  for name in $DOMAIN $ALIASES; do
    [[ $text == *" DNS:$name,"* ]] || return 1
  done
}

acme_reason() {
  local line
  line=$(grep -m 1 -E '^ *Detail: ' "$1" || grep -v 'An unexpected error' "$1" | grep -m 1 -iE 'error|refused|failed' || tail -n 1 "$1")
  line=${line#"${line%%[! ]*}"}
  line=${line#Detail: }
  echo "${line:0:300}"
}

acme_fallback() {
  if openssl x509 -noout -issuer -in "$TLS_FOLDER/site.crt" | grep -qF "CN=$DOMAIN"; then
    echo 'a self-signed certificate meanwhile'
  else
    echo 'the certificate it had'
  fi
}
