#!/usr/bin/env bash
# Makes the pristine Debian tree that machines are copied from, once a suite; what is there already is kept.
#
# usage: tree.sh create SUITE    prints the tree's folder; SUITE is sid or trixie
#        tree.sh path SUITE      prints the folder the tree has or would have
#        tree.sh list            the trees in the cache and their sizes
#        tree.sh remove SUITE    removes every tree of the suite
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=requirements.sh
source "$here/requirements.sh"

readonly trees_directory=$cache_directory/debian
# What a machine needs to boot, to have an address and to be reached; everything else is for provisioning to install.
readonly tree_packages=systemd,systemd-sysv,dbus,openssh-server,ca-certificates,iproute2
readonly host_certificates=/etc/ssl/certs/ca-certificates.crt
readonly keyring=/usr/share/keyrings/debian-archive-keyring.gpg

check_suite() {
  case $1 in
    sid | trixie) ;;
    *) usage_error "suite: \"$1\" is neither \"sid\" (MySQL) nor \"trixie\" (MariaDB)" ;;
  esac
}

# tree_key SUITE: changes with everything the tree is made from; comments are no part of `declare -f`.
tree_key() {
  {
    printf '%s\n' "$1" "$tree_packages"
    dpkg --print-architecture
    declare -f bootstrap finish_tree trust_host_certificates
    [ ! -f "$host_certificates" ] || cat "$host_certificates"
  } | sha256sum | cut -c 1-12
}

tree_path() {
  printf '%s/%s-%s' "$trees_directory" "$1" "$(tree_key "$1")"
}

# bootstrap SUITE TREE PACKAGES_DIRECTORY: packages lie in a folder of their own, so that an interrupted run need not
# fetch them again. Without a valid signature of the release there is no tree. debootstrap mounts /proc in there: in a
# mount namespace of its own, none is left when it is killed.
bootstrap() {
  local suite=$1 tree=$2 packages=$3
  unshare --mount debootstrap --variant=minbase --include="$tree_packages" --keyring="$keyring" --force-check-gpg \
    --cache-dir="$packages" "$suite" "$tree" "$(mirror_uri)"
}

# finish_tree TREE: nothing that names one machine may be in what all are copied from.
finish_tree() {
  local tree=$1
  rm -f "$tree"/etc/ssh/ssh_host_* "$tree/etc/hostname" "$tree/etc/resolv.conf"
  rm -rf "$tree"/var/cache/apt/archives/*.deb "$tree"/var/lib/apt/lists/* "$tree"/var/log/*.log
  : >"$tree/etc/machine-id"
  # A timer that takes apt's lock in the middle of provisioning is no help.
  ln -sf /dev/null "$tree/etc/systemd/system/apt-daily.timer"
  ln -sf /dev/null "$tree/etc/systemd/system/apt-daily-upgrade.timer"
  # Nobody sits at the console.
  ln -sf /dev/null "$tree/etc/systemd/system/console-getty.service"
  systemctl --root="$tree" --quiet enable systemd-networkd.service ssh.service
}

# trust_host_certificates TREE: a host behind a proxy that signs anew trusts authorities of its own, and downloads in the
# machine would fail without them. Only those are added that the tree doesn't know yet.
trust_host_certificates() {
  local tree=$1
  [ -f "$host_certificates" ] || return 0
  awk -v folder="$tree/usr/local/share/ca-certificates" '
    /-----BEGIN CERTIFICATE-----/ { body = ""; inside = 1; next }
    /-----END CERTIFICATE-----/ {
      inside = 0
      if (FNR == NR) known[body] = 1
      else if (!(body in known)) {
        known[body] = 1
        file = folder "/host-" ++count ".crt"
        text = "-----BEGIN CERTIFICATE-----\n"
        for (start = 1; start <= length(body); start += 64) text = text substr(body, start, 64) "\n"
        printf "%s-----END CERTIFICATE-----\n", text > file
        close(file)
      }
      next
    }
    inside { gsub(/[[:space:]]/, ""); body = body $0 }
  ' "$tree/etc/ssl/certs/ca-certificates.crt" "$host_certificates"
  chroot "$tree" update-ca-certificates >/dev/null 2>&1
}

# create_tree SUITE: prints the folder. Only a finished tree ever bears the final name.
create_tree() {
  local suite=$1 tree started=$SECONDS partial packages log
  tree=$(tree_path "$suite")
  if [ ! -d "$tree" ]; then
    take_lock $host_lock "$trees_directory/$suite.lock" "the Debian tree of $suite"
    if [ ! -d "$tree" ]; then
      check_disk
      check_name_resolution
      step "making the Debian tree of $suite, once (about a minute)"
      partial=$trees_directory/.$suite.partial
      packages=$trees_directory/.$suite.packages
      log=$trees_directory/.$suite.log
      rm -rf "$partial"
      mkdir -p "$packages"
      if ! bootstrap "$suite" "$partial" "$packages" 2>&1 | tee "$log" | show_progress; then
        grep -E '^[EW]: ' "$log" >&2 || tail -n 5 "$log" >&2
        fail "debootstrap could not make the tree of $suite from $(mirror_uri); its log is $log.
If it says the release is signed by an unknown key, this host's debian-archive-keyring is too old for $suite: apt-get install debian-archive-keyring"
      fi
      trust_host_certificates "$partial"
      finish_tree "$partial"
      mv -T "$partial" "$tree"
      rm -rf "$packages" "$log"
      step "the Debian tree of $suite is made, in $((SECONDS - started)) s"
    fi
    exec 7>&-
  fi
  printf '%s\n' "$tree"
}

remove_trees() {
  take_lock $host_lock "$trees_directory/$1.lock" "the Debian tree of $1"
  rm -rf "$trees_directory/$1"-* "$trees_directory/.$1".*
}

main() {
  case ${1:-} in
    create)
      check_suite "${2:-}"
      require_host
      create_tree "$2"
      ;;
    path)
      check_suite "${2:-}"
      tree_path "$2"
      printf '\n'
      ;;
    list)
      [ ! -d "$trees_directory" ] || (cd "$trees_directory" && find . -mindepth 1 -maxdepth 1 -type d -name '[a-z]*-*' -exec du -sh {} +)
      ;;
    remove)
      check_suite "${2:-}"
      remove_trees "$2"
      ;;
    -h | --help) print_help "$0" ;;
    *) usage_error "expected \"create\", \"path\", \"list\" or \"remove\", got \"${1:-}\"" ;;
  esac
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then main "$@"; fi
