# shellcheck shell=bash
# By what the servers of the stack know each other: a certificate for this server's name and private address, and the stack's internal
# authority. It has nothing to do with the certificate that visitors see.

readonly INTERNAL_TLS=/etc/one-server-web/internal

# The group that may read the key comes with HAProxy's package.
internal-tls_configure() {
  local instance reloads=()
  for instance in $HAPROXY_INSTANCES; do reloads+=("reload:one-server-web-haproxy@$instance"); done
  install_file internal-tls "$INTERNAL_TLS/authority.pem" 0644 root:root "${reloads[@]}" <<<"$INTERNAL_AUTHORITY"
  # One file, as HAProxy reads them.
  install_file internal-tls "$INTERNAL_TLS/both.pem" 0640 root:haproxy "${reloads[@]}" <<<"$INTERNAL_CERTIFICATE"$'\n'"$INTERNAL_KEY"
}

# The first `up` of a year renews it, long before.
internal-tls_faults() {
  openssl x509 -in "$INTERNAL_TLS/both.pem" -noout -checkend $((30 * 86400)) >/dev/null ||
    echo 'the certificate by which other servers know this one ends within 30 days: npm start renews it'
}
