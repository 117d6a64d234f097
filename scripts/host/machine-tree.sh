# shellcheck shell=bash
# shellcheck disable=SC2154 # names from common.sh, which whoever sources this has sourced
# A machine's tree: the pristine Debian tree below, never written to, and above it what this machine changed (overlayfs).
# So a machine is made in no time and needs no more room than its changes. Sourced by machine.sh and supervise.sh, never run.

# What machines of this host stand on: hard links to the trees in the cache, which may be deleted at any time. Nothing
# writes to them, so one serves all machines.
readonly bases_directory=$state_directory/trees

# with_bases COMMAND...: one run at a time makes or removes them.
with_bases() {
  take_lock "$host_lock" "$run_directory/trees.lock" 'the trees of this host'
  "$@"
  exec 7>&-
}

# base_tree TREE: prints the name of the base made from a tree in the cache, or of one that is there.
base_tree() {
  local name=${1##*/}
  if [ ! -d "$bases_directory/$name" ]; then
    mkdir -p "$bases_directory"
    rm -rf "$bases_directory/.partial"
    # The cache may lie on another file system.
    cp -al "$1" "$bases_directory/.partial" 2>/dev/null || {
      rm -rf "$bases_directory/.partial"
      cp -a "$1" "$bases_directory/.partial"
    }
    mv -T "$bases_directory/.partial" "$bases_directory/$name"
  fi
  printf '%s' "$name"
}

# remove_unused_bases: those that no machine stands on.
remove_unused_bases() {
  local base
  for base in "$bases_directory"/*/; do
    [ -d "$base" ] || continue
    base=$(basename "$base")
    grep -qsx "base=$base" "$state_directory"/networks/*/machines/*/settings || rm -rf "${bases_directory:?}/$base"
  done
  rmdir "$bases_directory" 2>/dev/null || true
}

# mount_tree DIRECTORY: in a mount namespace of the machine's own, so that nothing is left to unmount when it ends.
mount_tree() {
  local directory=$1
  mkdir -p "$directory/changes" "$directory/work" "$directory/tree"
  chmod 755 "$directory/changes"
  mount -t overlay overlay "$directory/tree" \
    -o "lowerdir=$bases_directory/$(setting "$directory/settings" base),upperdir=$directory/changes,workdir=$directory/work"
}

# configure_tree NETWORK NAME: what makes the tree this machine's own, written again before every start.
configure_tree() {
  local network=$1 name=$2 directory tree subnet address gateway suite
  directory=$(machine_directory "$network" "$name")
  tree=$directory/tree
  subnet=$(setting "$(network_directory "$network")/settings" subnet)
  gateway=$(subnet_address "$subnet" 1)
  address=$(setting "$directory/settings" address)
  suite=$(setting "$directory/settings" suite)
  printf '%s\n' "$name" >"$tree/etc/hostname"
  printf '127.0.0.1 localhost\n::1 localhost\n%s %s\n' "$address" "$name" >"$tree/etc/hosts"
  printf 'nameserver %s\noptions timeout:2 attempts:3\n' "$gateway" >"$tree/etc/resolv.conf"
  tr -d - <"$directory/instance-id" >"$tree/etc/machine-id"
  # The name sorts before the 80-container-host0.network that systemd ships, which would ask for DHCP.
  cat >"$tree/etc/systemd/network/10-host0.network" <<NETWORK
[Match]
Name=host0

[Network]
Address=$address/${subnet#*/}
Gateway=$gateway
LinkLocalAddressing=no
IPv6AcceptRA=no
NETWORK
  configure_apt "$tree" "$suite"
  configure_ssh "$tree" "$directory"
  configure_memory "$tree" "$(setting "$directory/settings" memory)"
}

# configure_apt TREE SUITE: the host's own mirror and proxy, and nothing else of its settings.
configure_apt() {
  local tree=$1 suite=$2 proxy
  rm -f "$tree/etc/apt/sources.list"
  cat >"$tree/etc/apt/sources.list.d/debian.sources" <<SOURCES
Types: deb
URIs: $(mirror_uri)
Suites: $suite
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
SOURCES
  {
    # A mirror may lag behind sid, whose release file is good for a few days only.
    [ "$suite" != sid ] || printf 'Acquire::Check-Valid-Until "false";\n'
    printf 'Acquire::Languages "none";\n'
    proxy=$(mirror_proxy)
    [ -z "$proxy" ] || printf 'Acquire::http::Proxy "%s";\n' "$proxy"
  } >"$tree/etc/apt/apt.conf.d/90one-server-web"
}

# configure_ssh TREE DIRECTORY: one host key, known to us before the machine's first start, and no passwords. All
# connections come from one address, the host's: what protects a server from strangers' floods would lock the host out.
configure_ssh() {
  local tree=$1 directory=$2
  install -m 600 "$directory/host-key" "$tree/etc/ssh/ssh_host_ed25519_key"
  install -m 644 "$directory/host-key.pub" "$tree/etc/ssh/ssh_host_ed25519_key.pub"
  authorize_key "$tree" "$directory/authorized-key"
  cat >"$tree/etc/ssh/sshd_config.d/10-one-server-web.conf" <<'SSHD'
HostKey /etc/ssh/ssh_host_ed25519_key
PasswordAuthentication no
PermitRootLogin prohibit-password
PerSourcePenalties no
MaxStartups 100
SSHD
}

# authorize_key TREE FILE: the only key root logs in with.
authorize_key() {
  install -d -m 700 "$1/root/.ssh"
  install -m 600 "$2" "$1/root/.ssh/authorized_keys"
}

# configure_memory TREE MEBIBYTES: a control group limits memory but /proc/meminfo still shows the host's, and whoever
# sizes a database by it would size it for the host. So the machine sees its own size there, at rest; without a limit,
# the host's.
configure_memory() {
  local tree=$1 memory=$2 folder=$1/usr/local/lib/machine unit=machine-memory.service
  rm -f "$folder/meminfo" "$tree/etc/systemd/system/$unit" "$tree/etc/systemd/system/sysinit.target.wants/$unit"
  [ -n "$memory" ] || return 0
  mkdir -p "$folder" "$tree/etc/systemd/system/sysinit.target.wants"
  awk -v total=$((memory * 1024)) '
    /^(MemTotal|MemFree|MemAvailable|CommitLimit):/ { printf "%-16s%8d kB\n", $1, total; next }
    / kB$/ { printf "%-16s%8d kB\n", $1, 0; next }
    { print }' /proc/meminfo >"$folder/meminfo"
  cat >"$tree/etc/systemd/system/$unit" <<'UNIT'
[Unit]
Description=Show this machine's own memory
DefaultDependencies=no
Before=sysinit.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=mount --bind /usr/local/lib/machine/meminfo /proc/meminfo
UNIT
  ln -sf "../$unit" "$tree/etc/systemd/system/sysinit.target.wants/$unit"
}
