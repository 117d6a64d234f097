# shellcheck shell=bash
# Each function prints one JSON value.

all_facts() {
  json_object \
    time "$(date -u +%s)" \
    system "$(json_text "$(sed -n 's/^PRETTY_NAME="\(.*\)"/\1/p' /etc/os-release)")" \
    kernel "$(json_text "$(uname -r)")" \
    upSeconds "$(json_number "$(cut -d' ' -f1 /proc/uptime)")" \
    versions "$(versions)" \
    load "$(cut -d' ' -f1-3 --output-delimiter=$'\n' /proc/loadavg | json_list)" \
    cores "$(nproc)" \
    memory "$(memory)" \
    disks "$(disks)" \
    certificate "$(certificate)" \
    health "$(health)" \
    units "$(units)" \
    failedUnits "$(systemctl list-units --state=failed --plain --no-legend | awk '{ print "\"" $1 "\"" }' | json_list)" \
    backup "$(backup)" \
    alerts "$(alerts)" \
    securityArchive "$(has_security_archive && echo true || echo false)" \
    restartRequired "$([[ -e /run/reboot-required ]] && echo true || echo false)" \
    maintenance "$(in_maintenance && echo true || echo false)" \
    colour "$(json_text "$(active_colour)")" \
    release "$(json_text "$(active_release)")" \
    records "$(json_text "$(tail -n 20 "$RECORDS" 2>/dev/null)")"
  echo
}

versions() {
  local web app
  if [[ $STACK == lemp ]]; then
    web=$(nginx -v 2>&1 | sed 's|.*/||')
  else
    web=$(apache2 -v | sed -n 's|.*Apache/\([0-9.]*\).*|\1|p')
  fi
  if [[ $RUNTIME == php ]]; then app=$(php -r 'echo PHP_VERSION;'); else app=$(python3 -c 'import platform; print(platform.python_version())'); fi
  json_object \
    "$([[ $STACK == lemp ]] && echo nginx || echo Apache)" "$(json_text "$web")" \
    "$([[ $RUNTIME == php ]] && echo PHP || echo Python)" "$(json_text "$app")" \
    "$([[ $DATABASE == mysql ]] && echo MySQL || echo MariaDB)" "$(json_text "$(database_version)")"
}

database_version() {
  local daemon=mysqld
  [[ $DATABASE == mysql ]] || daemon=mariadbd
  "$daemon" --version | sed -n 's/.*Ver  *\([0-9.]*\).*/\1/p'
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

# The units that the site stands on, and those of the server's own care that are switched on.
units() {
  local unit wanted=("$([[ $STACK == lemp ]] && echo nginx || echo apache2).service" "$DATABASE.service")
  [[ -z $(active_release) ]] || wanted+=("site-app@$(active_colour).service")
  for unit in certbot.timer one-server-web-firewall.service one-server-web-{backup,backup-log,check,later}.timer; do
    ! systemctl is-enabled --quiet "$unit" 2>/dev/null || wanted+=("$unit")
  done
  mapfile -t -O "${#wanted[@]}" wanted < <(find /etc/one-server-web/tasks -name 'worker-*' -printf 'site-worker@%f.service\n' 2>/dev/null | sed 's/@worker-/@/')
  mapfile -t -O "${#wanted[@]}" wanted < <(systemctl list-unit-files --state=enabled --plain --no-legend 'site-cron-*.timer' 'valkey-server.service' 'prometheus-*-exporter.service' | awk '{ print $1 }')
  for unit in "${wanted[@]}"; do
    json_object unit "$(json_text "$unit")" state "$(json_text "$(systemctl show --property ActiveState --value "$unit")")" \
      restarts "$(json_number "$(systemctl show --property NRestarts --value "$unit")")"
    echo
  done | json_list
}

# The last backup that was restored into a scratch database; null where none are set up.
backup() {
  [[ -e /etc/one-server-web/backup.env ]] || { printf null; return 0; }
  local last='' file=/var/lib/one-server-web/backup/last
  [[ ! -s $file ]] || last=$(date -d "$(head -n 1 "$file")" +%s)
  json_object last "$(json_number "$last")" check "$(json_text "$(sed -n 2p "$file" 2>/dev/null)")"
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
