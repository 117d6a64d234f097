# shellcheck shell=bash
# The way in stays open. A run that changes what sshd or the firewall let in keeps what was there; the program then logs in once more, as
# it did for the run, and confirms. Where that does not come, a timer puts back what let it in before.

ACCESS=${ACCESS:-/var/lib/one-server-web/access}
readonly ACCESS_FILES=(/etc/ssh/sshd_config.d/05-one-server-web.conf /etc/one-server-web/firewall.nft)
# How long the second login may take to come: the program tries for as long as a machine takes to restart.
ACCESS_SECONDS=${ACCESS_SECONDS:-300}

# ssh_ports: those at which logins come in, with commas: sshd's own, systemd's for it, and that of this run.
ssh_ports() {
  local ports
  ports=$({
    # Of a unit that listens in its place sshd knows nothing.
    if unit_is_active ssh.socket; then
      unit_property ssh.socket Listen | sed -n 's/.*:\([0-9]*\) (Stream)$/\1/p'
    else
      sshd -T -C user=root,host=localhost,addr=127.0.0.1,laddr=127.0.0.1,lport=22 2>/dev/null | sed -n 's/^listenaddress .*:\([0-9]*\)$/\1/p'
    fi
    listening_sshd
    # "CLIENT PORT SERVER PORT", which sudo drops, so that the program hands it over.
    sed -n 's/^[^ ]* [0-9]* [^ ]* \([0-9]*\)$/\1/p' <<<"${SSH_CONNECTION:-}"
  } | sort -nu | paste -sd,)
  echo "${ports:-22}"
}

# listening_sshd: the ports of every sshd that runs, one a line.
listening_sshd() {
  local protocol port inode
  while read -r protocol port inode; do
    [[ $protocol != tcp || $(listening_process "$inode") != sshd ]] || echo "$port"
  done < <(listening_ports)
}

# remember_access: before this run's first change.
remember_access() {
  local file
  mkdir -p "$WORK/access"
  for file in "${ACCESS_FILES[@]}"; do
    [[ ! -e $file ]] || cp -a "$file" "$WORK/access/${file##*/}"
  done
}

# access_changed: whether this run changed who gets in.
access_changed() {
  local file
  for file in "${ACCESS_FILES[@]}"; do
    cmp -s "$file" "$WORK/access/${file##*/}" || [[ ! -e $file && ! -e $WORK/access/${file##*/} ]] || return 0
  done
  return 1
}

# guard_access SECONDS: arms the timer, where a second login will come. Called once more, it begins anew.
guard_access() {
  [[ ${CONFIRM:-no} == yes ]] && systemd_is_running || return 0
  if [[ ! -d $ACCESS ]]; then
    access_changed || return 0
    rm -rf "$ACCESS".{new,restored}
    { cp -a "$WORK/access" "$ACCESS.new" && mv -T "$ACCESS.new" "$ACCESS"; } || fail "$ACCESS can't be made: is the disk full? (df -h)"
  fi
  stop_units one-server-web-access.timer one-server-web-access.service 2>/dev/null || true
  run_apart one-server-web-access --on-active="$1" "$SCRIPTS/provision.sh" restore-access ||
    fail 'the timer that keeps the way in open can not be set: see journalctl -n 30 on the server'
}

# announce_access: the last of a run. What is printed differs each time, so that the program's second login comes each time.
announce_access() {
  [[ -d $ACCESS ]] || return 0
  guard_access "$ACCESS_SECONDS"
  step access "sshd or the firewall changed: taken back in $ACCESS_SECONDS s unless a second login works ($(</proc/sys/kernel/random/uuid))"
}

# confirm_access: said over the second login.
confirm_access() {
  if [[ -d $ACCESS ]]; then
    stop_units one-server-web-access.timer 2>/dev/null || true
    rm -rf "$ACCESS" "$ACCESS.restored" "$STATE/alerts/one-server-web-access"
    step access 'a second login works: the changes stay'
  elif [[ -e $ACCESS.restored ]]; then
    rm -f "$ACCESS.restored"
    fail "no login came in after the changes to sshd or the firewall, so that they were taken back: compare $ACCESS.refused with what the server needs, then run again"
  fi
}

# restore_access: who was let in before is let in again.
restore_access() {
  [[ -d $ACCESS ]] || return 0
  local file former
  rm -rf "$ACCESS.refused"
  mkdir -p "$ACCESS.refused"
  for file in "${ACCESS_FILES[@]}"; do
    former=$ACCESS/${file##*/}
    [[ ! -e $file ]] || cp -a "$file" "$ACCESS.refused/"
    if [[ -e $former ]]; then cp -a "$former" "$file"; else rm -f "$file"; fi
  done
  restore_firewall
  # At the start of the machine sshd has not read them yet, and would be waited for by what it waits for.
  ! boot_is_over || reload_units ssh 2>/dev/null || restart_units ssh || true
  # The server is not what its settings say: the next update sees that.
  rm -f "$STATE/provisioned"
  : >"$ACCESS.restored"
  rm -rf "$ACCESS"
  start_units --no-block one-server-web-alert@one-server-web-access.service 2>/dev/null || true
  step access 'no second login came: took back the changes to sshd and the firewall'
}

restore_firewall() {
  if [[ -e /etc/one-server-web/firewall.nft ]]; then
    nft -f /etc/one-server-web/firewall.nft || nft delete table inet one_server_web 2>/dev/null || true
  else
    nft delete table inet one_server_web 2>/dev/null || true
  fi
}
