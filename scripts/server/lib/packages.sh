# shellcheck shell=bash
# One package transaction a run, none when everything is there.

PACKAGE_LOG=${PACKAGE_LOG:-/var/log/one-server-web-packages.log}
readonly PACKAGE_LOG
# Space that the packages of all roles take, unpacked, with what the databases write at first.
readonly PACKAGE_SPACE_MIB=1500
# A cloud's first boot upgrades everything before it lets go of the lock.
readonly LOCK_SECONDS=900
# Begins each command in the log.
readonly PACKAGE_LOG_MARK='---- one-server-web:'
readonly PACKAGES_FILE=/var/lib/one-server-web/packages

# missing_packages PACKAGE...: those not installed, one a line.
missing_packages() {
  local package
  local -A installed=()
  while read -r package; do installed[$package]=yes; done < <(
    dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' "$@" 2>/dev/null | sed -n 's/^[ih]i  *//p'
  )
  for package in "$@"; do
    [[ -v installed[$package] ]] || printf '%s\n' "$package"
  done
}

# finish_interrupted_packages: an earlier run may have been killed while packages were set up.
finish_interrupted_packages() {
  # What looks unfinished may be at work: the unit that installs what nobody waits for.
  [[ $(unit_property one-server-web-later ActiveState) != activating ]] || return 0
  [[ -n $(dpkg --audit) || -n $(compgen -G '/var/lib/dpkg/updates/[0-9]*' || true) ]] || return 0
  step packages 'an earlier run was interrupted: finishing it'
  run_apt dpkg --force-confdef --force-confold --configure -a
  run_apt apt-get --fix-broken --yes install
  changed packages 'finished what an interrupted run left'
}

# find_packages: those that the roles want, as far as is known, and those of them that are missing.
find_packages() {
  read_lines WANTED_PACKAGES each_role packages
  mapfile -t MISSING_PACKAGES < <(missing_packages "${WANTED_PACKAGES[@]}")
}

# choose_packages: asks the mirror for what it has, where something is missing here.
choose_packages() {
  find_packages
  ((${#MISSING_PACKAGES[@]} == 0)) || begin_refresh
}

# packages_known: waits until it is known what the mirror has, such as nginx's modules, and begins to download what is missing, once.
packages_known() {
  lists_ready
  ((${#MISSING_PACKAGES[@]} > 0)) && [[ ! -v INSTALLATION ]] || return 0
  find_packages
  ((${#MISSING_PACKAGES[@]} == 0)) || begin_installation "${MISSING_PACKAGES[@]}"
}

# refresh_packages: asks the mirrors what there is; ends with one line when the distribution's own can't be reached. What somebody else's
# source has is not needed here: one that fails is named and left out.
refresh_packages() {
  local hosts host unknown=() failed
  if [[ -z $(apt-config dump --format '%v' Acquire::http::Proxy Acquire::https::Proxy) ]]; then
    mapfile -t hosts < <(apt-get indextargets --format '$(SITE)' | sed -n 's|^https\{0,1\}://\([^/:]*\).*|\1|p' | sort -u)
    for host in "${hosts[@]}"; do
      # Without name resolution apt-get waits and grows instead of failing, so this is asked first.
      timeout 15 getent ahosts "$host" >/dev/null || unknown+=("$host")
    done
    ((${#unknown[@]} == 0 || ${#unknown[@]} < ${#hosts[@]})) ||
      fail "the package mirror's name ${unknown[0]} can't be resolved: check the network and /etc/resolv.conf of this server, then run again"
  fi
  local update=(apt-get --quiet --yes --error-on=any -o Acquire::Languages=none -o Acquire::Retries=2 -o Acquire::http::Timeout=20 update)
  try_apt "${update[@]}" && return 0
  failed=$(failed_sources)
  [[ -n $failed ]] || fail "$(explain_package_failure "${update[*]}")"
  has_own_lists "$failed" || fail "the package source $failed can't be used: $(explain_package_failure "${update[*]}")"
  step packages "these package sources can't be used and are left out: $failed (apt-get update on the server says why)"
}

# failed_sources: the addresses of the sources that the last apt-get update could not read, on one line.
failed_sources() {
  last_apt_run | sed -n -E 's/^Err:[0-9]+ ([a-z]+:[^ ]+) ([^ ]+) .*/\1 \2/p' | sort -u | paste -sd, | sed 's/,/, /g'
}

# has_own_lists FAILED: whether the lists of the distribution's archive are here, and none of its hosts is among what failed.
has_own_lists() {
  local site origin own=no
  while IFS='|' read -r site origin; do
    [[ $origin == Debian || $origin == Ubuntu ]] || continue
    site=${site#*://}
    [[ $1 != *"://${site%%/*}/"* ]] || return 1
    own=yes
  done < <(apt-get indextargets --format '$(REPO_URI)|$(ORIGIN)' 'Created-By: Packages' 2>/dev/null | sort -u)
  [[ $own == yes && ! $1 =~ //([^/]*\.)?(debian\.org|ubuntu\.com)/ ]]
}

# begin_refresh: refresh_packages in the background, which what needs its answer waits for by lists_ready.
begin_refresh() {
  refresh_packages &
  REFRESH=$!
}

# lists_ready: returns when it is known what the mirror has; ends the run when it could not be asked.
lists_ready() {
  local refresh=${REFRESH:-}
  REFRESH=''
  [[ -z $refresh ]] || wait "$refresh" || exit 1
}

# begin_installation PACKAGE...: downloads them in the background, while files are written. None is unpacked before finish_installation:
# the hook waits for the lock that this run holds, and ends the transaction when the run has ended without a word.
begin_installation() {
  printf 'DPkg::Pre-Install-Pkgs:: "cat >/dev/null; flock --shared %q test -e %q";\n' "$WORK/gate" "$WORK/files-are-in-place" >"$WORK/gate.conf"
  exec 7>"$WORK/gate"
  flock 7
  install_packages -c "$WORK/gate.conf" "$@" 7>&- &
  INSTALLATION=$! INSTALLED=$*
}

# finish_installation: everything that the packages' daemons read at their start is in place.
finish_installation() {
  local installation=${INSTALLATION:-}
  [[ -n $installation ]] || return 0
  : >"$WORK/files-are-in-place"
  exec 7>&-
  INSTALLATION=''
  wait "$installation" || exit 1
  changed packages "installed $INSTALLED"
}

# end_background: what a run that ends before its time had begun.
end_background() {
  local job
  for job in ${REFRESH:-} ${INSTALLATION:-}; do
    kill "$job" 2>/dev/null || true
    wait "$job" || true
  done
}

# install_packages [OPTION...] PACKAGE...: one transaction; configuration files that are already there stay.
install_packages() {
  local free
  free=$(df --output=avail -m / | tail -n 1)
  ((free >= PACKAGE_SPACE_MIB)) ||
    fail "the disk is nearly full: $((free)) MiB are free on /, $PACKAGE_SPACE_MIB MiB are needed; make room and run again"
  local command=(apt-get --yes --no-install-recommends -o Acquire::Retries=2 -o Acquire::http::Timeout=30
    -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold -o APT::Status-Fd=3 install "$@")
  try_apt "${command[@]}" || {
    script_failed || fail "$(explain_package_failure "${command[*]}")"
    # A daemon that did not start in time on a busy server, for example. All packages are unpacked, so one more attempt is cheap.
    step packages "$(explain_package_failure "${command[*]}"): trying once more"
    run_apt dpkg --force-confdef --force-confold --configure --pending
  }
}

# script_failed: whether a package's own script is what failed.
script_failed() {
  last_apt_run | tail -n 60 | grep -q '^dpkg: error processing package .* (--configure)'
}

# ensure_packages PACKAGE...: for roles that need a tool before the one transaction of all others.
ensure_packages() {
  local packages
  mapfile -t packages < <(missing_packages "$@")
  ((${#packages[@]} > 0)) || return 0
  lists_ready
  refresh_packages
  install_packages "${packages[@]}"
  changed packages "installed ${packages[*]}"
}

# remember_packages: what this run's roles want; those of the last run that none wants now are removed with what only they needed.
remember_packages() {
  local former=() missing package unwanted=()
  [[ ! -r $PACKAGES_FILE ]] || mapfile -t former < <(grep -Fxv -f <(printf '%s\n' "${WANTED_PACKAGES[@]}") "$PACKAGES_FILE")
  missing=" $(missing_packages "${former[@]}" | paste -sd' ') "
  for package in "${former[@]}"; do
    [[ $missing == *" $package "* ]] || unwanted+=("$package")
  done
  if ((${#unwanted[@]} > 0)); then remove_packages "${unwanted[@]}"; fi
  replace_file "$PACKAGES_FILE" 0644 root:root "$(printf '%s\n' "${WANTED_PACKAGES[@]}")"$'\n'
}

# remove_packages PACKAGE...
remove_packages() {
  local package unwanted=("$@") needed=()
  if would_remove_wanted "$@"; then
    unwanted=()
    for package in "$@"; do
      if would_remove_wanted "$package"; then needed+=("$package"); else unwanted+=("$package"); fi
    done
  fi
  # One that came along with what goes, and is wanted for itself now, stays; and the other way round.
  ((${#needed[@]} == 0)) || run_apt apt-mark auto "${needed[@]}"
  ((${#unwanted[@]} > 0)) || return 0
  run_apt apt-mark manual "${WANTED_PACKAGES[@]}"
  run_apt apt-get --yes --purge --auto-remove -o APT::Status-Fd=3 remove "${unwanted[@]}"
  changed packages "removed ${unwanted[*]}"
  # What a package takes along when it goes is its maintainer's doing: the daemons have to be up after it.
  enable_wanted_units
  start_wanted_units "${WANTED_UNITS[@]}"
}

# would_remove_wanted PACKAGE...: whether a wanted package would go with them, such as php-fpm with php8.4-fpm.
would_remove_wanted() {
  apt-get --simulate remove "$@" 2>/dev/null | awk '$1 == "Remv" { print $2 }' | grep -Fx -f <(printf '%s\n' "${WANTED_PACKAGES[@]}") >/dev/null
}

# run_apt COMMAND...: try_apt; on failure ends the run and says why in one line.
run_apt() {
  try_apt "$@" || fail "$(explain_package_failure "$*")"
}

# try_apt COMMAND...: runs it with a line of progress every three seconds; ends with its exit code.
try_apt() {
  local code=0 deadline=$((SECONDS + LOCK_SECONDS)) said=-30
  while :; do
    code=0
    printf '%s %s\n' "$PACKAGE_LOG_MARK" "$*" >>"$PACKAGE_LOG"
    { DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 "$@" 3>&1 1>>"$PACKAGE_LOG" 2>&1 </dev/null 8>&- 9>&- || printf 'code:%s\n' $?; } |
      package_progress || code=$?
    ((code != 0)) || return 0
    # Another package manager at work (a cloud's first boot, unattended upgrades) is waited for, not fought.
    is_locked && ((SECONDS < deadline)) || return "$code"
    ((SECONDS - said < 30)) || { said=$SECONDS; step packages "$(lock_holder) holds the package lock: waiting for it"; }
    sleep 2
  done
}

# last_apt_run: what the last command printed.
last_apt_run() {
  tac "$PACKAGE_LOG" | sed "/^$PACKAGE_LOG_MARK/Q" | tac
}

# is_locked: whether the last command failed for another one that holds a lock of apt's or dpkg's.
is_locked() {
  last_apt_run | grep -q 'Could not get lock\|Unable to acquire\|Unable to lock\|lock was locked by'
}

# lock_holder: `process 812 (/usr/bin/unattended-upgrade)`, as far as the last command and the kernel know it.
lock_holder() {
  local pid name=''
  pid=$(last_apt_run | sed -n -E 's/.*(held by process|with pid) ([0-9]+).*/\2/p' | tail -n 1)
  [[ -n $pid ]] || { echo 'another program'; return 0; }
  name=$(tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null) || true
  [[ -n $name ]] || name=$(last_apt_run | sed -n -E "s/.*held by process $pid \\((.*)\\).*/\\1/p" | tail -n 1)
  name=${name% }
  echo "process $pid${name:+ (${name:0:80})}"
}

# package_progress: reads apt's status lines, prints what is going on now and then, ends with the command's exit code.
package_progress() {
  local line last=$SECONDS code=0 state='working' percent
  while :; do
    if IFS= read -r -t 3 line; then
      case $line in
        code:*) code=${line#code:} ;;
        dlstatus:* | pmstatus:*)
          percent=${line#*:*:} percent=${percent%%.*}
          state="${line##*:} ($percent %)"
          [[ $line == pm* ]] || state="downloading (${percent%%:*} %)"
          ;;
      esac
    elif (($? <= 128)); then
      break
    fi
    if ((SECONDS - last >= 3)); then
      last=$SECONDS
      step packages "$state"
    fi
  done
  return "$code"
}

explain_package_failure() {
  local tail
  tail=$(last_apt_run | tail -n 60)
  case $tail in
    *'No space left'*) echo "the disk is full (df -h): make room and run again" ;;
    *'Could not get lock'* | *'Unable to acquire'* | *'lock was locked by'*) echo "$(lock_holder) has held the package lock for $((LOCK_SECONDS / 60)) minutes: end it or wait, then run again" ;;
    *'Temporary failure resolving'* | *'Could not connect'* | *'Connection timed out'*) echo "the package mirror can't be reached: check the network of this server, then run again" ;;
    *'Unable to locate package'*) echo "$(grep -o 'Unable to locate package.*' <<<"$tail" | tail -n 1): this system doesn't have it, choose another stack, database or suite" ;;
    *'dpkg: error processing package'*) echo "$(package_script_failure <<<"$tail") (all of it: $PACKAGE_LOG)" ;;
    *) echo "$1 failed: $(grep -E '^(E:|dpkg: error)' <<<"$tail" | tail -n 1) (all of it: $PACKAGE_LOG)" ;;
  esac
}

# package_script_failure <LOG: the first package that could not be set up, what dpkg says of it, and the line that its script printed last.
package_script_failure() {
  awk '
    /^dpkg: error processing package/ { package = $5; said = line; getline; sub(/^ +/, ""); print "package " package ": " $0 (said == "" ? "" : ": " said); exit }
    /^(Setting up|Processing triggers for|dpkg: )/ { line = ""; next }
    NF { line = $0 }
  '
}
