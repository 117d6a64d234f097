# shellcheck shell=bash
# A look at a machine that this project has not set up: what it serves already, and would lose.

# A folder in front of all paths, for tests.
LOOK_ROOT=${LOOK_ROOT:-}
# What listens on a fresh machine and does not mind a firewall: it asks, and is answered.
readonly SYSTEM_LISTENERS=' sshd systemd-resolve systemd-network chronyd ntpd ntpsec systemd-timesyn rpcbind avahi-daemon dhclient dhcpcd '
# DHCP, NTP, chrony, mDNS, LLMNR.
readonly SYSTEM_UDP=' 68 546 123 323 5353 5355 '

# refuse_other_owner: another stack's server is left to it.
refuse_other_owner() {
  local owner=''
  [[ ! -r $STATE/owner ]] || owner=$(<"$STATE/owner")
  [[ $TAKE_OVER == no && -n $owner && -n ${OWNER:-} && $owner != "$OWNER" ]] || return 0
  fail "this server belongs to the stack ${owner% *}, whose site and database are on it: take another server, or take it over from that stack (pulumi config set takeOver true)"
}

# refuse_foreign: a server that serves something else is left as it is, unless it is to be taken over.
refuse_foreign() {
  local things
  FOREIGN=''
  # This project has been at work here, if only in part.
  [[ ! -d $STATE && ! -e $BUNDLE ]] || return 0
  read_lines things foreign_things
  ((${#things[@]} > 0)) || return 0
  FOREIGN=$(printf '%s; ' "${things[@]}")
  FOREIGN=${FOREIGN%; }
  [[ $TAKE_OVER == yes ]] ||
    fail "this server is in use already: $FOREIGN. Nothing was changed. Take another server; or keep ports open (openPorts); or have the server taken over, its web server, database and firewall included (pulumi config set takeOver true)"
}

# refuse_foreign_ports: of a server that is taken over, the ports of the site are freed from other web servers, and from nothing else.
refuse_foreign_ports() {
  local protocol port inode unit
  FOREIGN_UNITS=()
  [[ -n ${FOREIGN:-} ]] && { has_role nginx || has_role apache; } || return 0
  while read -r protocol port inode; do
    [[ $protocol:$port == @(tcp:80|tcp:443) ]] || continue
    unit=$(listening_unit "$inode")
    case ${unit%.service} in
      nginx) has_role nginx || FOREIGN_UNITS+=("$unit") ;;
      apache2) has_role apache || FOREIGN_UNITS+=("$unit") ;;
      lighttpd | caddy | haproxy | varnish | hitch | traefik) FOREIGN_UNITS+=("$unit") ;;
      *) fail "port $port, which the site needs, is held by $(listening_process "$inode") (${unit:-no service}): stop that first" ;;
    esac
  done < <(listening_ports)
}

# stop_foreign: taken back when the run fails.
stop_foreign() {
  ((${#FOREIGN_UNITS[@]} > 0)) || return 0
  disable_units "${FOREIGN_UNITS[@]}" || true
  stop_units "${FOREIGN_UNITS[@]}" || fail "these services can't be stopped: ${FOREIGN_UNITS[*]}"
  changed base "stopped ${FOREIGN_UNITS[*]%.service}, which held the site's ports"
}

# keep_foreign: the settings of a server that is taken over, before the first of them is replaced.
keep_foreign() {
  [[ -n ${FOREIGN:-} ]] || return 0
  local path paths=() copy
  copy=/var/backups/one-server-web/$(date -u +%Y%m%dT%H%M%SZ)-taken-over.tar.gz
  for path in etc/nginx etc/apache2 etc/mysql etc/php etc/ssh etc/nftables.conf etc/ufw etc/systemd/system; do
    [[ ! -e /$path ]] || paths+=("$path")
  done
  (umask 077 && mkdir -p "${copy%/*}" && tar -czf "$copy" -C / "${paths[@]}") || fail "the server's settings can't be kept in $copy: is the disk full? (df -h)"
  step base "takes over a server that is in use: $FOREIGN"
  changed base "kept its settings in $copy"
}

# foreign_things: one a line, as a person would call it.
foreign_things() {
  look_at_listeners
  look_at_web_servers
  look_at_databases
  look_at_containers
  look_at_firewalls
  [[ -z $(ls -A "$LOOK_ROOT/srv/www" 2>/dev/null) ]] || echo 'files in /srv/www'
}

look_at_listeners() {
  local protocol port inode name seen=' '
  : "${SSH_PORTS:=$(ssh_ports)}"
  while read -r protocol port inode; do
    name=$(listening_process "$inode")
    # One port of several addresses is said once.
    [[ $seen != *" $protocol:$port "* ]] || continue
    seen+="$protocol:$port "
    ! is_expected "$protocol" "$port" "$name" || continue
    echo "${name:-the kernel} listens on port $port/$protocol"
  done < <(listening_ports)
}

# is_expected PROTOCOL PORT PROCESS: whether nobody would miss it, or it is known to stay.
is_expected() {
  [[ -z $3 || $SYSTEM_LISTENERS != *" $3 "* ]] || return 0
  [[ $1 != tcp || ,$SSH_PORTS, != *",$2,"* ]] || return 0
  # A program's own questions, such as to a name server, are asked from high ports.
  [[ $1 != udp || $SYSTEM_UDP != *" $2 "* ]] && [[ $1 != udp || $2 -lt 32768 || -z $3 ]] || return 0
  # Those of the site itself are not shared.
  [[ $2 != 80 && $2 != 443 && " $OPEN_PORTS " == *" $2/$1 "* ]]
}

# listening_ports: "PROTOCOL PORT INODE" a line, of all addresses but the loopback ones. See proc_net_tcp in the kernel's documentation.
listening_ports() {
  local protocol address state inode port
  for protocol in tcp tcp6 udp udp6; do
    while read -r address state inode; do
      [[ $protocol == tcp* && $state == 0A || $protocol == udp* && $state == 07 ]] || continue
      [[ ${address%:*} != *7F && ${address%:*} != 00000000000000000000000001000000 ]] || continue
      port=$((16#${address##*:}))
      ((port == 0)) || echo "${protocol%6} $port $inode"
    done < <(awk 'NR > 1 { print $2, $4, $10 }' "$LOOK_ROOT/proc/net/$protocol" 2>/dev/null)
  done
}

# listening_process INODE: its name; nothing for the kernel's own.
listening_process() {
  local folder
  folder=$(socket_folder "$1")
  [[ -z $folder ]] || cat "$folder/comm"
}

# listening_unit INODE: the service that its process belongs to, such as apache2.service; nothing where it is none of the system's.
listening_unit() {
  local folder
  folder=$(socket_folder "$1")
  [[ -z $folder ]] || sed -n 's|.*/system\.slice/\([^/]*\.service\)$|\1|p' "$folder/cgroup" | head -n 1
}

# socket_folder INODE: /proc/PID of a process that holds the socket.
socket_folder() {
  local file
  file=$(find "$LOOK_ROOT"/proc/[0-9]*/fd -maxdepth 1 -lname "socket:\[$1\]" -print -quit 2>/dev/null) || true
  echo "${file%/fd/*}"
}

# look_at_web_servers: sites besides those that the package brings.
look_at_web_servers() {
  local file names=()
  for file in "$LOOK_ROOT"/etc/nginx/{sites-enabled/*,conf.d/*.conf} "$LOOK_ROOT"/etc/apache2/sites-enabled/*; do
    [[ -e $file && ${file##*/} != @(default|000-default*|default-ssl*) ]] || continue
    names+=("${file#"$LOOK_ROOT"}$(site_names "$file")")
  done
  ((${#names[@]} == 0)) || echo "a web server has the sites $(printf '%s, ' "${names[@]:0:5}" | sed 's/, $//')$( ((${#names[@]} <= 5)) || echo " and $((${#names[@]} - 5)) more")"
}

# site_names FILE: " (www.example.com …)", as its directives say.
site_names() {
  local names
  names=$(sed -n -E 's/^[[:space:]]*(server_name|ServerName)[[:space:]]+([^;]*);?.*/\2/p' "$1" | paste -sd' ')
  [[ -z $names ]] || echo " (${names:0:80})"
}

look_at_databases() {
  local folder names=()
  for folder in "$LOOK_ROOT"/var/lib/mysql/*/; do
    folder=${folder%/}
    [[ -d $folder && ${folder##*/} != @(mysql|performance_schema|sys|\#*) ]] || continue
    names+=("${folder##*/}")
  done
  ((${#names[@]} == 0)) || echo "/var/lib/mysql has the databases ${names[*]}"
}

look_at_containers() {
  local pid count=0
  for pid in "$LOOK_ROOT"/proc/[0-9]*/cgroup; do
    ! grep -q -s -E '/(docker|libpod)[-/]' "$pid" || count=$((count + 1))
  done
  ((count == 0)) || echo "containers run ($count processes)"
}

look_at_firewalls() {
  ! grep -q -s '^ENABLED=yes' "$LOOK_ROOT/etc/ufw/ufw.conf" || echo 'the firewall ufw is on (it has to admit ports 80 and 443)'
  [[ ! -e $LOOK_ROOT/run/firewalld.pid && ! -d $LOOK_ROOT/run/firewalld ]] || echo 'the firewall firewalld is on (it has to admit ports 80 and 443)'
}
