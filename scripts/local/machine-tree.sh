# shellcheck shell=bash
# shellcheck disable=SC2154 # names from common.sh, which whoever sources this has sourced
# Turns a copy of the pristine tree into one machine's own: name, address, keys, mirror. Sourced by machine.sh, never run.

# copy_tree SOURCE DIRECTORY: DIRECTORY/tree appears whole or not at all; blocks are shared where the file system can.
copy_tree() {
  rm -rf "$2/tree.partial"
  cp -a --reflink=auto "$1" "$2/tree.partial"
  mv -T "$2/tree.partial" "$2/tree"
}

# configure_tree DIRECTORY NAME ADDRESS PREFIX GATEWAY SUITE MEMORY: files that are written again at every `create`, so that a
# half-made machine is finished by the next one.
configure_tree() {
  local directory=$1 name=$2 address=$3 prefix=$4 gateway=$5 suite=$6 memory=$7 tree=$1/tree
  printf '%s\n' "$name" >"$tree/etc/hostname"
  printf '127.0.0.1 localhost\n::1 localhost\n%s %s\n' "$address" "$name" >"$tree/etc/hosts"
  printf 'nameserver %s\noptions timeout:2 attempts:3\n' "$gateway" >"$tree/etc/resolv.conf"
  tr -d - <"$directory/instance-id" >"$tree/etc/machine-id"
  # The name sorts before the 80-container-host0.network that systemd ships, which would ask for DHCP.
  cat >"$tree/etc/systemd/network/10-host0.network" <<NETWORK
[Match]
Name=host0

[Network]
Address=$address/$prefix
Gateway=$gateway
LinkLocalAddressing=no
IPv6AcceptRA=no
NETWORK
  configure_apt "$tree" "$suite"
  configure_ssh "$tree"
  configure_memory "$tree" "$memory"
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

# configure_ssh TREE: one host key, known to us before the machine's first start, and no passwords. All connections come
# from one address, the host's: what protects a server from strangers' floods would lock the host out.
configure_ssh() {
  local tree=$1 key=$1/etc/ssh/ssh_host_ed25519_key
  if [ ! -s "$key.pub" ]; then
    rm -f "$key" "$key.pub"
    ssh-keygen -q -t ed25519 -N '' -C '' -f "$key"
  fi
  cat >"$tree/etc/ssh/sshd_config.d/10-one-server-web.conf" <<'SSHD'
HostKey /etc/ssh/ssh_host_ed25519_key
PasswordAuthentication no
PermitRootLogin prohibit-password
PerSourcePenalties no
MaxStartups 100
SSHD
}

# authorize_key TREE PUBLIC_KEY: the only key root logs in with.
authorize_key() {
  install -d -m 700 "$1/root/.ssh"
  printf '%s\n' "$2" | write_file "$1/root/.ssh/authorized_keys"
  chmod 600 "$1/root/.ssh/authorized_keys"
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
