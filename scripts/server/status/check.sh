# shellcheck shell=bash
# What the server looks at by itself, every five minutes: room on its disks, the days of its certificate and what the site says of its health.
# A unit that fails is an alert.

# Percent of a disk, or of its inodes, that may be in use.
MOST_USED=${MOST_USED:-90}

check_limits() {
  local faults=() line shown from until
  while IFS= read -r line; do faults+=("$line"); done < <(full_disks)
  if shown=$(shown_certificate); then
    from=$(certificate_date -startdate <<<"$shown") until=$(certificate_date -enddate <<<"$shown")
    # An authority's client renews at a third of the life, so at a fifth it has failed for a while.
    ((until - $(date +%s) >= (until - from) / 5)) ||
      faults+=("the certificate ends on $(date -u -d "@$until" '+%Y-%m-%d %H:%M') UTC and was not renewed (journalctl -u certbot)")
  else
    faults+=("nothing shows a certificate for $DOMAIN at port 443")
  fi
  mapfile -t -O "${#faults[@]}" faults < <(unhealthy_site)
  settle_units
  if ((${#faults[@]} > 0)); then
    fail "$(printf '%s; ' "${faults[@]}" | sed 's/; $//')"
  fi
  rm -f /var/lib/one-server-web/alerts/one-server-web-check
}

# unhealthy_site: what is wrong with a site that has a release and is not closed for maintenance.
unhealthy_site() {
  local answer
  [[ -n $(active_release) ]] && ! in_maintenance || return 0
  answer=$(health_status)
  [[ $answer == 200 ]] || echo "the site answers $answer at $HEALTH_PATH (0 is no answer)"
}

# settle_units: those that failed and run again.
settle_units() {
  local unit
  for unit in nginx apache2 mysql mariadb valkey-server; do
    ! systemctl is-active --quiet "$unit" || rm -f "/var/lib/one-server-web/alerts/$unit"
  done
}

full_disks() {
  df -m --output=target,pcent,ipcent / /srv/www /var/lib /var/log 2>/dev/null | tail -n +2 | sort -u |
    while read -r path used inodes; do
      [[ ! ${used%\%} =~ ^[0-9]+$ ]] || ((${used%\%} <= MOST_USED)) || echo "the disk $path is $used full"
      [[ ! ${inodes%\%} =~ ^[0-9]+$ ]] || ((${inodes%\%} <= MOST_USED)) || echo "the disk $path has used $inodes of its inodes"
    done
}
