#!/bin/sh
# upgraded UNIT: fails, and says why, when apt's daily unit did not do today what it is for; takes back the alarm when it did.
set -eu
unit=$1
log=/var/log/unattended-upgrades/unattended-upgrades.log

# done_today STAMP: apt marks what went well, and does it once a day.
done_today() {
  [ -e "/var/lib/apt/periodic/$1" ] && [ "$(date -r "/var/lib/apt/periodic/$1" --iso-8601)" = "$(date --iso-8601)" ]
}

case $unit in
  apt-daily)
    done_today update-stamp || {
      echo "the package lists could not be brought up to date, so no security upgrade is seen: apt-get update on the server says why"
      exit 1
    }
    ;;
  apt-daily-upgrade)
    # Installed once the site serves (one-server-web-later).
    command -v unattended-upgrade >/dev/null || exit 0
    done_today upgrade-stamp || {
      echo "security upgrades failed: $(grep -h ' ERROR ' "$log" 2>/dev/null | tail -n 1); unfinished packages: $(dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' | sed -n 's/^i[FUWtH] *//p' | paste -sd' ')"
      exit 1
    }
    ;;
esac
rm -f "/var/lib/one-server-web/alerts/$unit"
