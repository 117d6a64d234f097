# shellcheck shell=bash
# The certificate and its key, where the web server looks for them: /etc/one-server-web/tls/site.{crt,key}.

readonly TLS_FOLDER=/etc/one-server-web/tls

# shellcheck source=/dev/null
. "$SCRIPTS/roles/tls/acme.sh"

tls_packages() {
  echo openssl
  [[ $TLS_SOURCE != acme ]] || echo certbot
}

tls_before() {
  ensure_directory tls "$TLS_FOLDER" 0755 root:root
  case $TLS_SOURCE in
    local) tls_install_given ;;
    acme)
      tls_self_signed
      acme_files
      ;;
  esac
}

tls_units() {
  [[ $TLS_SOURCE != acme ]] || echo started certbot.timer
}

# Once the web server answers.
tls_finish() {
  [[ $TLS_SOURCE != acme ]] || acme_certificate
}

# tls_actions: what reloads those who show the certificate.
tls_actions() {
  local role
  for role in $CERTIFICATE_ROLES; do role_units "$role" watched | sed 's/^/reload:/'; done
}

tls_install_given() {
  local actions
  tls_check_pair
  # The key first: a web server started in between would refuse a certificate without its key, not the other way round.
  mapfile -t actions < <(tls_actions)
  install_file tls "$TLS_FOLDER/site.key" 0600 root:root "${actions[@]}" <<<"$CERTIFICATE_KEY"
  install_file tls "$TLS_FOLDER/site.crt" 0644 root:root "${actions[@]}" <<<"$CERTIFICATE"
}

# A key that doesn't belong to its certificate would take the site down at the reload; it is refused here.
tls_check_pair() {
  command -v openssl >/dev/null || return 0
  local certificate key
  certificate=$(openssl x509 -noout -pubkey <<<"$CERTIFICATE" 2>/dev/null) ||
    fail 'setting CERTIFICATE: expected a certificate in PEM'
  key=$(openssl pkey -pubout <<<"$CERTIFICATE_KEY" 2>/dev/null) || fail 'setting CERTIFICATE_KEY: expected a private key in PEM'
  [[ $certificate == "$key" ]] || fail "settings CERTIFICATE and CERTIFICATE_KEY: the key is not the certificate's"
  openssl x509 -noout -checkend 0 <<<"$CERTIFICATE" >/dev/null || fail 'setting CERTIFICATE: it has expired'
}

tls_facts() {
  echo "certificate $(certificate)"
}

tls_faults() {
  local shown from until
  if ! shown=$(shown_certificate); then
    echo "nothing shows a certificate for $DOMAIN at port 443"
    return 0
  fi
  from=$(certificate_date -startdate <<<"$shown") until=$(certificate_date -enddate <<<"$shown")
  # An authority's client renews at a third of the life, so at a fifth it has failed for a while.
  ((until - $(date +%s) >= (until - from) / 5)) ||
    echo "the certificate ends on $(date -u -d "@$until" '+%Y-%m-%d %H:%M') UTC and was not renewed (journalctl -u certbot)"
}

# Until the authority has answered, something must let the web server start.
tls_self_signed() {
  # From here on certbot replaces them.
  name_file tls "$TLS_FOLDER/site.key"
  name_file tls "$TLS_FOLDER/site.crt"
  [[ ! -s $TLS_FOLDER/site.crt || ! -s $TLS_FOLDER/site.key ]] || return 0
  # A common name has at most 64 characters (RFC 5280, upper bounds); clients go by the other one.
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj "/CN=${DOMAIN:0:64}" \
    -addext "subjectAltName=DNS:$DOMAIN" -keyout "$TLS_FOLDER/site.key" -out "$TLS_FOLDER/site.crt" 2>/dev/null
  chmod 0600 "$TLS_FOLDER/site.key"
  changed tls "made a self-signed certificate for $DOMAIN, until the authority has answered"
}
