#!/bin/bash
# Installs what nobody waits for; waits itself for whoever holds the package lock. Does nothing when all is there.
set -eu
packages='{{LATER_PACKAGES}}'
export DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1
# shellcheck disable=SC2086 # one word a package
dpkg-query -W $packages >/dev/null 2>&1 ||
  apt-get --yes --no-install-recommends -o DPkg::Lock::Timeout=900 -o Acquire::Retries=3 \
    -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold install $packages

# Images of servers often come with apt's own timers switched off, and then no upgrade comes by itself.
# shellcheck source=/dev/null
. /opt/one-server-web/lib/systemd.sh
allow_units apt-daily.timer apt-daily-upgrade.timer

# One good checksum a file: all that there are, which is the default, takes the processor for a minute or more each day.
[ ! -e /etc/aide/aide.conf ] || sed -i 's/^Checksums = H$/Checksums = sha512/' /etc/aide/aide.conf

# What every file is like now is what its daily check compares with.
if [ -x /usr/sbin/aideinit ] && [ ! -e /var/lib/aide/aide.db ]; then
  aideinit --yes --force >/dev/null
fi
