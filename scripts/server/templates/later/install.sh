#!/bin/sh
# Installs what nobody waits for; waits itself for whoever holds the package lock.
set -eu
packages='{{LATER_PACKAGES}}'
export DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1
# shellcheck disable=SC2086 # one word a package
exec nice -n 10 ionice -c 3 apt-get --yes --no-install-recommends -o DPkg::Lock::Timeout=900 -o Acquire::Retries=3 \
  -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold install $packages
