# shellcheck shell=bash
# What the server looks at every five minutes: room on its disks, and what its roles find wrong.
# A unit that fails is an alert.

# Percent of a disk, or of its inodes, that may be in use.
MOST_USED=${MOST_USED:-90}

check_limits() {
  local faults=()
  # What a provisioning left that was killed would take effect at the next restart of its daemons.
  "$SCRIPTS/provision.sh" recover
  mapfile -t faults < <(full_disks; each_role faults)
  settle_units
  if ((${#faults[@]} > 0)); then
    fail "$(printf '%s; ' "${faults[@]}" | sed 's/; $//')"
  fi
  rm -f /var/lib/one-server-web/alerts/one-server-web-check
}

# settle_units: those that failed and run again.
settle_units() {
  local unit
  while read -r unit; do
    ! unit_is_active "$unit" || rm -f "/var/lib/one-server-web/alerts/${unit%.service}"
  done < <(units_of_kind watched </var/lib/one-server-web/units)
}

full_disks() {
  df -m --output=target,pcent,ipcent / /srv/www /var/lib /var/log 2>/dev/null | tail -n +2 | sort -u |
    while read -r path used inodes; do
      [[ ! ${used%\%} =~ ^[0-9]+$ ]] || ((${used%\%} <= MOST_USED)) || echo "the disk $path is $used full"
      [[ ! ${inodes%\%} =~ ^[0-9]+$ ]] || ((${inodes%\%} <= MOST_USED)) || echo "the disk $path has used $inodes of its inodes"
    done
}
