# shellcheck shell=bash
# What closes the server: a firewall of its own, SSH with modern algorithms and keys alone, a kernel that answers less, and security
# upgrades that come by themselves. Packages that the site doesn't wait for are installed once it serves (roles/later).

# Whatever a person logs in with: every type of key and its certificate but those with SHA-1, which OpenSSH itself refuses since 8.8.
readonly SSH_USER_ALGORITHMS=(
  ssh-ed25519 ssh-ed25519-cert-v01@openssh.com
  sk-ssh-ed25519@openssh.com sk-ssh-ed25519-cert-v01@openssh.com
  rsa-sha2-512 rsa-sha2-512-cert-v01@openssh.com
  rsa-sha2-256 rsa-sha2-256-cert-v01@openssh.com
  ecdsa-sha2-nistp256 ecdsa-sha2-nistp256-cert-v01@openssh.com
  ecdsa-sha2-nistp384 ecdsa-sha2-nistp384-cert-v01@openssh.com
  ecdsa-sha2-nistp521 ecdsa-sha2-nistp521-cert-v01@openssh.com
  sk-ecdsa-sha2-nistp256@openssh.com sk-ecdsa-sha2-nistp256-cert-v01@openssh.com
  webauthn-sk-ecdsa-sha2-nistp256@openssh.com
)

hardening_plan() {
  SSH_PORTS=$(ssh_ports)
}

hardening_packages() {
  echo nftables
}

hardening_before() {
  hardening_ssh
  hardening_kernel
  hardening_accounts
  hardening_upgrades
  hardening_firewall
}

# Packages bring such folders along.
hardening_configure() {
  hardening_permissions
}

hardening_check() {
  local output
  output=$(sshd -t 2>&1) || { echo "sshd refuses its configuration: $(head -n 1 <<<"$output")"; return 1; }
  output=$(nft --check --file /etc/one-server-web/firewall.nft 2>&1) ||
    { echo "the firewall's rules are refused: $(head -n 1 <<<"$output")"; return 1; }
}

hardening_units() {
  echo started one-server-web-firewall
}

hardening_facts() {
  echo "securityArchive $(has_security_archive && echo true || echo false)"
}

# known_algorithms KEYWORD NAME...: those that this sshd knows, in the order given; an unknown one would keep it from starting.
known_algorithms() {
  local keyword=$1 name result=()
  shift
  if ! accepts_algorithms "$keyword" "$(IFS=,; echo "$*")"; then
    for name in "$@"; do
      ! accepts_algorithms "$keyword" "$name" || result+=("$name")
    done
    set -- "${result[@]}"
  fi
  (IFS=,; echo "$*")
}

# ssh_root_login: root comes in by key alone, and where an administrator has closed that, not at all.
ssh_root_login() {
  local now
  now=$(sshd -T -C user=root,host=localhost,addr=127.0.0.1,laddr=127.0.0.1,lport=22 2>/dev/null | sed -n 's/^permitrootlogin //p') || true
  case $now in
    no | forced-commands-only) echo "$now" ;;
    *) echo prohibit-password ;;
  esac
}

accepts_algorithms() {
  sshd -t -f /dev/null -o "$1=$2" 2>/dev/null
}

hardening_ssh() {
  local file=/etc/ssh/sshd_config.d/05-one-server-web.conf keys=(ssh-ed25519 rsa-sha2-512 rsa-sha2-256)
  [[ -d /etc/ssh/sshd_config.d ]] || return 0
  # Whoever runs this has verified the server by a key of this type: it stays, whatever one thinks of its curve.
  [[ -z $SSH_HOST_KEY_TYPE || " ${keys[*]} ssh-rsa " == *" $SSH_HOST_KEY_TYPE "* ]] || keys+=("$SSH_HOST_KEY_TYPE")
  SSH_KEX=$(known_algorithms KexAlgorithms mlkem768x25519-sha256 sntrup761x25519-sha512 sntrup761x25519-sha512@openssh.com curve25519-sha256 curve25519-sha256@libssh.org)
  SSH_CIPHERS=$(known_algorithms Ciphers chacha20-poly1305@openssh.com aes256-gcm@openssh.com aes128-gcm@openssh.com)
  SSH_MACS=$(known_algorithms MACs hmac-sha2-512-etm@openssh.com hmac-sha2-256-etm@openssh.com)
  SSH_HOST_KEYS=$(known_algorithms HostKeyAlgorithms "${keys[@]}")
  SSH_USER_KEYS=$(known_algorithms PubkeyAcceptedAlgorithms "${SSH_USER_ALGORITHMS[@]}")
  SSH_ROOT_LOGIN=$(ssh_root_login)
  install_template hardening ssh.conf "$file" 0644 root:root reload:ssh
}

hardening_kernel() {
  install_template hardening sysctl.conf /etc/sysctl.d/61-one-server-web-hardening.conf 0644 root:root call:apply_sysctl
  install_template hardening modules.conf /etc/modprobe.d/one-server-web.conf 0644 root:root
}

# Files that people make on the server are nobody else's; a core dump may hold secrets.
hardening_accounts() {
  install_template hardening limits.conf /etc/security/limits.d/60-one-server-web.conf 0644 root:root
  install_template hardening coredump.conf /etc/systemd/coredump.conf.d/one-server-web.conf 0644 root:root
  install_template hardening profile.sh /etc/profile.d/one-server-web.sh 0644 root:root
  install_template hardening banner.txt /etc/issue.net 0644 root:root
  install_template hardening banner.txt /etc/issue 0644 root:root
  hardening_login_defaults
}

# Who is nobody's keeper has no need to read how the server keeps itself.
hardening_permissions() {
  local path mode
  for path in /etc/ssh/sshd_config /etc/crontab /etc/cron.d /etc/cron.hourly /etc/cron.daily /etc/cron.weekly /etc/cron.monthly; do
    [[ -e $path ]] || continue
    mode=600
    [[ ! -d $path ]] || mode=700
    [[ $(stat -c %a "$path") == "$mode" ]] || { chmod "$mode" "$path"; changed hardening "closed $path to others"; }
  done
}

# /etc/login.defs has no folder for additions, so its own lines are replaced.
hardening_login_defaults() {
  local file=/etc/login.defs names='UMASK|PASS_MAX_DAYS|PASS_MIN_DAYS|SHA_CRYPT_M(IN|AX)_ROUNDS'
  [[ -f $file ]] || return 0
  {
    grep -Ev "^#? ?($names)[[:space:]]" "$file"
    printf '%s\t%s\n' UMASK 027 PASS_MAX_DAYS 365 PASS_MIN_DAYS 1 SHA_CRYPT_MIN_ROUNDS 65536 SHA_CRYPT_MAX_ROUNDS 65536
  } | install_file hardening "$file" 0644 root:root
}

hardening_upgrades() {
  REBOOT=true
  [[ $REBOOT_WINDOW != never ]] || REBOOT=false
  install_template hardening upgrades.conf /etc/apt/apt.conf.d/61one-server-web-upgrades 0644 root:root
  install_template hardening needs-restart.py /etc/unattended-upgrades/plugins/needs-restart.py 0644 root:root
  install_template hardening upgraded.sh /usr/local/lib/one-server-web/upgraded 0755 root:root
  local unit
  for unit in apt-daily apt-daily-upgrade; do
    install_template hardening upgrades-service.conf "/etc/systemd/system/$unit.service.d/one-server-web.conf" 0644 root:root daemon-reload
  done
}

hardening_firewall() {
  local port
  OPEN_PORT_RULES=''
  for port in $OPEN_PORTS; do OPEN_PORT_RULES+="${port#*/} dport ${port%/*} accept"$'\n    '; done
  install_template hardening firewall.nft /etc/one-server-web/firewall.nft 0644 root:root reload:one-server-web-firewall
  install_template hardening firewall.service /etc/systemd/system/one-server-web-firewall.service 0644 root:root daemon-reload
}
