#!/usr/bin/env bash
# Makes a certificate authority, and certificates that it signs, for names the public authorities know nothing of.
# Keys are ECDSA P-256, come and go by standard input and output, and touch memory only: a folder on tmpfs that root
# alone can open, gone when this ends.
#
# usage: certificate-authority.sh create NAME
#            prints {"certificate": PEM, "privateKey": PEM}
#        certificate-authority.sh sign [--internal] HOSTNAME...  <AUTHORITY
#            AUTHORITY is the authority's certificate and private key, both PEM, one after the other.
#            With --internal a HOSTNAME may be an address, and the certificate is good for clients too.
#            prints {"certificate": PEM of the certificate, "privateKey": PEM, "expires": date}
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=requirements.sh
source "$here/requirements.sh"

readonly authority_days=3650
# Apple refuses certificates of more than 825 days even from an authority that the user added:
# https://support.apple.com/en-us/103769. It counts from the first second, so stay a day below.
readonly certificate_days=824

# A key needs a folder of its own before it exists, so that no moment is left in which others could read it.
make_folder() {
  folder=$(secret_folder)
  trap 'rm -rf "$folder"' EXIT
}

new_key() {
  openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:prime256v1 -out "$1" 2>/dev/null
}

create_authority() {
  local name=$1
  make_folder
  new_key "$folder/key"
  openssl req -new -x509 -sha256 -key "$folder/key" -days "$authority_days" -subj "/CN=$name" \
    -addext 'basicConstraints=critical,CA:TRUE,pathlen:0' -addext 'keyUsage=critical,keyCertSign,cRLSign' \
    -config <(printf '[req]\ndistinguished_name=name\n[name]\n') -out "$folder/certificate"
  printf '{"certificate":%s,"privateKey":%s}\n' "$(json_file "$folder/certificate")" "$(json_file "$folder/key")"
}

# sign_certificate USAGE HOSTNAME...: the first is the main one; all of them are alternative names, which is what clients read.
sign_certificate() {
  local usage=$1 names='' hostname
  shift
  make_folder
  (umask 077 && cat >"$folder/authority")
  if ! openssl pkey -in "$folder/authority" -noout 2>/dev/null || ! openssl x509 -in "$folder/authority" -noout 2>/dev/null; then
    fail "standard input does not hold the authority's certificate and private key in PEM"
  fi
  for hostname in "$@"; do names+=${names:+,}$(name_kind "$hostname"):$hostname; done
  new_key "$folder/key"
  # A common name has 64 characters at most (RFC 5280, ub-common-name); the alternative names are what counts.
  openssl req -new -sha256 -key "$folder/key" -subj "/CN=${1:0:64}" -out "$folder/request" \
    -config <(printf '[req]\ndistinguished_name=name\n[name]\n')
  openssl x509 -req -sha256 -in "$folder/request" -CA "$folder/authority" -CAkey "$folder/authority" \
    -set_serial "0x$(openssl rand -hex 16 | sed 's/^[89a-f]/1/')" -days "$certificate_days" -out "$folder/certificate" 2>/dev/null \
    -extfile <(printf '%s\n' 'basicConstraints=critical,CA:FALSE' 'keyUsage=critical,digitalSignature' \
      "extendedKeyUsage=$usage" 'subjectKeyIdentifier=hash' 'authorityKeyIdentifier=keyid' "subjectAltName=$names") ||
    fail "openssl could not sign a certificate for $*"
  printf '{"certificate":%s,"privateKey":%s,"expires":%s}\n' "$(json_file "$folder/certificate")" "$(json_file "$folder/key")" \
    "$(json_string "$(date --utc --iso-8601=seconds --date "$(openssl x509 -in "$folder/certificate" -noout -enddate | cut -d = -f 2)")")"
}

# name_kind NAME: how a certificate calls it.
name_kind() { if is_address "$1"; then echo IP; else echo DNS; fi; }

is_address() { [[ $1 == *:* || $1 =~ ^[0-9]{1,3}(\.[0-9]{1,3}){3}$ ]]; }

json_file() { json_string "$(cat "$1")"$'\n'; }

main() {
  local action=${1:-} hostname usage=serverAuth
  case $action in
    -h | --help) print_help "$0"; return ;;
    create)
      [[ ${2:-} =~ ^[A-Za-z0-9][A-Za-z0-9\ ._-]{0,63}$ ]] || usage_error "name: \"${2:-}\" is not 1 to 64 letters, digits, spaces and ._-"
      require_host
      create_authority "$2"
      ;;
    sign)
      shift
      if [ "${1:-}" = --internal ]; then usage=serverAuth,clientAuth; shift; fi
      [ $# -gt 0 ] || usage_error "sign wants at least one HOSTNAME"
      for hostname in "$@"; do
        if [ "$usage" = serverAuth ] || ! is_address "$hostname"; then check_hostname "$hostname"; fi
      done
      require_host
      sign_certificate "$usage" "$@"
      ;;
    *) usage_error "expected \"create\" or \"sign\", got \"$action\"" ;;
  esac
}

main "$@"
