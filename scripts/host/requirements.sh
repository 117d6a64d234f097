#!/usr/bin/env bash
# Makes this host ready for the platform `local`: checks first, then installs the Debian packages it lacks.
#
# usage: requirements.sh check     says what stands in the way; changes nothing
#        requirements.sh install   the same check, then installs what is missing
#
# Sourced by the other scripts, it defines `require_host`.
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# The program that shows a package is there, and the package.
readonly needed_programs='
debootstrap debootstrap
systemd-nspawn systemd-container
nft nftables
dnsmasq dnsmasq-base
ssh-keygen openssh-client
openssl openssl
ip iproute2
gpgv gpgv
wget wget
'
# shellcheck disable=SC2016 # a command for people to type
readonly other_platforms='or choose another platform: `pulumi config set platform ssh` (servers you have) or `aws`'

# Where apt keeps what it has fetched.
apt_lists=/var/lib/apt/lists

# Debian keeps administrators' programs out of other users' PATH.
PATH=$PATH:/usr/sbin:/sbin

# cannot REASON: the same ending for whatever this host can't do.
cannot() {
  fail "platform: \"local\" does not work here: $1; $other_platforms"
}

# check_kind: the kernel, the user, and what no package could mend.
check_kind() {
  [ "$(uname -s)" = Linux ] || cannot "it needs Linux, and this is $(uname -s)"
  [ "$(id -u)" -eq 0 ] || cannot "it needs root to make machines and networks, and this runs as \"$(id -un)\"; run it as root"
  unshare --mount --uts --ipc --pid --net --fork true 2>/dev/null ||
    cannot "the kernel refuses new namespaces (inside of a container?)"
}

# missing_packages: names of what is not installed, on one line.
missing_packages() {
  local program package missing=()
  while read -r program package; do
    [ -z "$program" ] || command -v "$program" >/dev/null || missing+=("$package")
  done <<<"$needed_programs"
  [ -f /usr/share/keyrings/debian-archive-keyring.gpg ] || missing+=(debian-archive-keyring)
  printf '%s' "${missing[*]}"
}

# check_installable PACKAGES: apt exists and can reach its mirror by name.
check_installable() {
  command -v apt-get >/dev/null ||
    cannot "it lacks $1, and has no apt-get to install them: install them by hand"
  check_name_resolution
}

# check_name_resolution: with none, apt inside of a machine would try until the host's memory is full.
# A proxy resolves names itself.
check_name_resolution() {
  local host
  [ -z "$(mirror_proxy)" ] || return 0
  host=$(mirror_uri)
  host=${host#*://}
  host=${host%%/*}
  host=${host##*@}
  [ -n "$host" ] || return 0
  timeout 10 getent ahosts "${host%%:*}" >/dev/null ||
    cannot "the name of the Debian mirror, \"${host%%:*}\", can't be resolved; check /etc/resolv.conf and the network"
}

# check_disk: a tree has 0.3 GB, and what a machine that serves a site adds to it 0.8 GB.
check_disk() {
  local directory free
  for directory in "$state_directory" "$cache_directory"; do
    while [ ! -d "$directory" ]; do directory=$(dirname "$directory"); done
    free=$(df --output=avail --block-size=1M "$directory" | tail -n 1)
    [ "$free" -ge 2048 ] || cannot "$directory has ${free// /} MB free, and a machine needs 2048 MB"
  done
}

# check_kernel: bridge, veth and nftables, tried in a network namespace that vanishes at once.
check_kernel() {
  unshare --net sh -c 'ip link add probe type bridge && ip link add probe-a type veth peer name probe-b' 2>/dev/null ||
    cannot "the kernel can't make a bridge or a veth pair"
  unshare --net nft add table inet probe 2>/dev/null || cannot "the kernel has no nftables"
  grep -qw overlay /proc/filesystems || modprobe --quiet overlay 2>/dev/null || cannot "the kernel has no overlay file system"
}

# mirror_uri: where this host's own apt gets Debian from, whatever format its settings have, or else what debootstrap
# would take (on a host that is not Debian). Empty when nobody knows yet.
mirror_uri() {
  local uri=''
  if [ "$(. /etc/os-release && echo "$ID")" = debian ] && command -v apt-get >/dev/null; then
    uri=$(apt-get update --print-uris 2>/dev/null | debian_archive)
  fi
  [ -n "$uri" ] || uri=$(sed -n 's/^ *DEF_MIRROR="\(.*\)"/\1/p' /usr/sbin/debootstrap 2>/dev/null | head -n 1)
  printf '%s' "${uri%/}"
}

# debian_archive: of the release files that apt would fetch, one a line with its name on the disk, the archive that holds
# Debian itself. What was fetched says its origin; before the first `apt-get update` the path must do. Suites with a dash
# or a slash are updates, security and backports, which have no base system.
debian_archive() {
  local address file archive likely=''
  while read -r address file _; do
    [[ $address =~ ^\'(https?://.+)/dists/[^/-]+/InRelease\'$ ]] || continue
    archive=${BASH_REMATCH[1]}
    if grep -qsx 'Origin: Debian' "$apt_lists/$file"; then
      printf '%s' "$archive"
      return 0
    fi
    if [[ -z $likely && ! -f $apt_lists/$file && $archive =~ debian/?$ ]]; then likely=$archive; fi
  done
  printf '%s' "$likely"
}

# mirror_proxy: the host's own apt proxy for plain HTTP, empty without one.
mirror_proxy() {
  apt-config dump --format '%f=%v%n' Acquire::http::Proxy 2>/dev/null | sed -n 's/^Acquire::http::Proxy=//p' | head -n 1
}

install_packages() {
  local packages=$1 log
  step "installing packages this host lacks: $packages"
  log=$(mktemp)
  # shellcheck disable=SC2086 # one word a package
  if ! { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends $packages; } 2>&1 |
    tee "$log" | show_progress; then
    tail -n 20 "$log" >&2
    rm -f "$log"
    fail "apt-get could not install $packages; see the lines above"
  fi
  rm -f "$log"
}

# require_host: ends the script with a reason when this host can't; otherwise everything needed is there afterwards.
require_host() {
  local packages
  check_kind
  packages=$(missing_packages)
  if [ -n "$packages" ]; then
    check_installable "$packages"
    check_disk
    take_lock $host_lock "$run_directory/host.lock" 'the packages of this host'
    packages=$(missing_packages)
    [ -z "$packages" ] || install_packages "$packages"
    exec 7>&-
  fi
  check_kernel
}

main() {
  case ${1:-} in
    check)
      check_kind
      check_disk
      local packages
      packages=$(missing_packages)
      if [ -n "$packages" ]; then
        check_installable "$packages"
        step "to be installed: $packages"
      else
        check_name_resolution
        check_kernel
      fi
      ;;
    install)
      check_kind
      check_disk
      require_host
      check_name_resolution
      ;;
    -h | --help) print_help "$0" ;;
    *) usage_error "expected \"check\" or \"install\", got \"${1:-}\"" ;;
  esac
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then main "$@"; fi
