#!/bin/bash
# Takes a conversion of the database back that did not end well (lib/undo.sh). Done again from its beginning when it is interrupted.
#
#   reconvert.sh OTHER DATABASE FOLDER KEPT PACKAGES   OTHER, whose files were moved from FOLDER to KEPT, is there again instead of
#                                                      DATABASE; its packages are in the folder PACKAGES, so that no network is needed
#   reconvert.sh open FILE STACK                       the site serves what it served: FILE is the web server's, as it was before
set -euo pipefail
export LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
unset TMPDIR

SCRIPTS=$(dirname "$(dirname "$(dirname "$(readlink -f "$0")")")")
readonly POLICY=/usr/sbin/policy-rc.d
readonly LOG=/var/log/one-server-web-packages.log

main() {
  if [[ $1 == open ]]; then reopen "$2" "$3"; else reconvert "$@"; fi
}

reopen() {
  # shellcheck source=SCRIPTDIR/../../lib/front.sh
  source "$SCRIPTS/lib/front.sh"
  [[ -e $1.before-maintenance ]] || return 0
  open_front "$2" "$1.before-maintenance"
  front_reload "$2"
}

reconvert() {
  local other=$1 database=$2 folder=$3 kept=$4 packages=$5
  # They are on their way nowhere now.
  rm -f "${packages%/*}"/*.sql
  if [[ -d $kept ]]; then
    hold_starts
    # shellcheck disable=SC2046 # a list
    apt "$packages" --purge remove $(installed "$database")
    # What is there holds nothing that the kept files do not.
    rm -rf "$folder"
    mv -T "$kept" "$folder"
  fi
  if [[ -z $(installed "$other") ]] || ! installed "$other" | grep -qx "$other-server"; then
    hold_starts
    apt "$packages" --no-download install "$other-server" "$other-client" || apt "$packages" install "$other-server" "$other-client"
  fi
}

apt() {
  apt-get --yes --no-install-recommends -o Dir::Cache::archives="$1" -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold \
    "${@:2}" >>"$LOG" 2>&1 </dev/null
}

# installed ENGINE: its packages that are there, one a line.
installed() {
  dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' "$1-server" "$1-client" "$1-server-core" "$1-client-core" 2>/dev/null |
    sed -n 's/^[ih][iFUHtW]  *//p'
}

# hold_starts: at the machine's start a package would wait for a daemon that waits for this script; the units are started afterwards.
hold_starts() {
  [[ ! -e $POLICY ]] || return 0
  trap 'rm -f "$POLICY"' EXIT
  printf '#!/bin/sh\nexit 101\n' >"$POLICY"
  chmod 0755 "$POLICY"
}

main "$@"
