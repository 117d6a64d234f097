# shellcheck shell=bash
# Each function prints one JSON value.

all_facts() {
  local name value facts=() versions=()
  while read -r name value; do
    if [[ $name == versions.* ]]; then versions+=("${name#versions.}" "$value"); else facts+=("$name" "$value"); fi
  done < <(each_role facts)
  json_object \
    time "$(date -u +%s)" \
    roles "$(tr ' ' '\n' <<<"$ROLES" | sed 's/.*/"&"/' | json_list)" \
    system "$(json_text "$(sed -n 's/^PRETTY_NAME="\(.*\)"/\1/p' /etc/os-release)")" \
    kernel "$(json_text "$(uname -r)")" \
    upSeconds "$(json_number "$(cut -d' ' -f1 /proc/uptime)")" \
    versions "$(json_object "${versions[@]}")" \
    load "$(cut -d' ' -f1-3 --output-delimiter=$'\n' /proc/loadavg | json_list)" \
    cores "$(nproc)" \
    memory "$(memory)" \
    disks "$(disks)" \
    units "$(units)" \
    failedUnits "$(failed_units | sed 's/.*/"&"/' | json_list)" \
    alerts "$(alerts)" \
    restartRequired "$([[ -e /run/reboot-required ]] && echo true || echo false)" \
    "${facts[@]}"
  echo
}

# MiB: what this machine may use, and what of it is free for the asking.
memory() {
  local total available
  total=$(measure_memory /proc/meminfo /sys/fs/cgroup)
  available=$(awk '/^MemAvailable:/ { print int($2 / 1024) }' /proc/meminfo)
  json_object total "$total" available "$((available < total ? available : total))" \
    swapTotal "$(awk '/^SwapTotal:/ { print int($2 / 1024) }' /proc/meminfo)" \
    swapFree "$(awk '/^SwapFree:/ { print int($2 / 1024) }' /proc/meminfo)"
}

# Those that hold the system, the site and its data; each once.
disks() {
  df -m --output=target,size,avail,pcent,ipcent / /srv/www /var/lib /var/log 2>/dev/null | tail -n +2 | sort -u |
    while read -r path size available used inodes; do
      json_object path "$(json_text "$path")" size "$(json_number "$size")" available "$(json_number "$available")" \
        usedPercent "$(json_number "${used%\%}")" inodesPercent "$(json_number "${inodes%\%}")"
      echo
    done | json_list
}

# What visitors are shown, which says more than the file on the disk; null when nothing answers.
certificate() {
  local shown
  shown=$(shown_certificate) || { printf null; return 0; }
  json_object from "$(certificate_date -startdate <<<"$shown")" until "$(certificate_date -enddate <<<"$shown")" \
    issuer "$(json_text "$(openssl x509 -noout -issuer -nameopt RFC2253 <<<"$shown" | sed 's/^issuer=//')")"
}

shown_certificate() {
  timeout 10 openssl s_client -connect 127.0.0.1:443 -servername "$DOMAIN" </dev/null 2>/dev/null | openssl x509 2>/dev/null
}

# certificate_date OPTION: seconds since 1970, of the certificate on standard input.
certificate_date() {
  date -d "$(openssl x509 -noout "$1" | cut -d= -f2)" +%s
}

# The health path as a visitor gets it: its status, or 0 when nothing answers, and how long it took.
health() {
  local began=$EPOCHREALTIME answer
  answer=$(health_status)
  json_object path "$(json_text "$HEALTH_PATH")" status "$answer" milliseconds "$(milliseconds "$began")"
}

health_status() {
  local status
  status=$(ask_public --output /dev/null --write-out '%{http_code}' "https://$DOMAIN$HEALTH_PATH") || true
  echo "$((10#${status:-0}))"
}

# The units of the roles, and how often each was started again.
units() {
  local unit
  while read -r unit; do
    json_object unit "$(json_text "$unit")" state "$(json_text "$(unit_property "$unit" ActiveState)")" \
      restarts "$(json_number "$(unit_property "$unit" NRestarts)")"
    echo
  done < <(units_of_kind watched started following </var/lib/one-server-web/units; each_role shown | sed 's/^/shown /' | units_of_kind shown) | json_list
}

# The last backup that was restored into a scratch database; null where none are set up.
last_backup() {
  [[ -e /etc/one-server-web/backup.env ]] || { printf null; return 0; }
  local last='' failed=null file=/var/lib/one-server-web/backup/last failure=/var/lib/one-server-web/backup/failed
  [[ ! -s $file ]] || last=$(date -d "$(head -n 1 "$file")" +%s)
  [[ ! -s $failure ]] || failed=$(json_object time "$(date -d "$(head -n 1 "$failure")" +%s)" reason "$(json_text "$(sed -n 2p "$failure")")")
  json_object last "$(json_number "$last")" check "$(json_text "$(sed -n 2p "$file" 2>/dev/null)")" failed "$failed"
}

# Whether security upgrades can come by themselves: Debian sid has no archive of them.
has_security_archive() {
  grep -qE 'l=Debian-Security|o=Ubuntu,a=[a-z]+-security' < <(apt-cache policy)
}

# What failed on this server and has not gone well since.
alerts() {
  local file
  for file in /var/lib/one-server-web/alerts/*; do
    [[ -s $file ]] || continue
    json_text "$(<"$file")"
    echo
  done | json_list
}
