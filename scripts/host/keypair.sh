#!/usr/bin/env bash
# Makes an SSH key pair (Ed25519) and prints it as JSON: {"publicKey": ..., "privateKey": ...}.
# The private key touches memory only: a folder on tmpfs that root alone can open, gone when this ends.
#
# usage: keypair.sh create [COMMENT]
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=requirements.sh
source "$here/requirements.sh"

create_key_pair() {
  local comment=$1 folder
  require_host
  folder=$(secret_folder)
  # shellcheck disable=SC2064 # the folder of now
  trap "rm -rf '$folder'" EXIT
  ssh-keygen -q -t ed25519 -N '' -C "$comment" -f "$folder/key"
  printf '{"publicKey":%s,"privateKey":%s}\n' "$(json_string "$(cat "$folder/key.pub")")" \
    "$(json_string "$(cat "$folder/key")"$'\n')"
}

case ${1:-} in
  create)
    [[ ${2:-} =~ ^[A-Za-z0-9@._-]*$ ]] || usage_error "comment: \"${2:-}\" is not one word of letters, digits and @._-"
    create_key_pair "${2:-}"
    ;;
  -h | --help) print_help "$0" ;;
  *) usage_error "expected \"create\", got \"${1:-}\"" ;;
esac
