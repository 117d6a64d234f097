# shellcheck shell=bash
# What machine this is: its system, its memory and cores, its package names.

# detect_system [OS_RELEASE]: sets SYSTEM_ID and SYSTEM_VERSION, or ends the run when the system is not supported.
detect_system() {
  local file=${1:-/etc/os-release} ID='' VERSION_ID='' PRETTY_NAME=''
  # shellcheck disable=SC1090
  [[ -r $file ]] && . "$file"
  SYSTEM_ID=$ID SYSTEM_VERSION=${VERSION_ID:-sid}
  case $ID:$SYSTEM_VERSION in
    debian:sid | debian:1[3-9] | ubuntu:22.04 | ubuntu:2[4-9].* | ubuntu:3?.*) ;;
    *) fail "the system ${PRETTY_NAME:-of this server} is not supported: use Debian 13 or newer, Debian sid, or Ubuntu 22.04 or newer" ;;
  esac
}

# default_database SYSTEM_ID SYSTEM_VERSION: the database that the distribution's packages hold. Debian has MySQL in sid alone.
default_database() {
  case $1:$2 in
    debian:sid | ubuntu:*) echo mysql ;;
    *) echo mariadb ;;
  esac
}

# measure_memory MEMINFO CGROUP: the memory in MiB that this machine may use, its control group's limit honoured.
measure_memory() {
  local meminfo=$1 group=$2 memory limit file
  memory=$(awk '/^MemTotal:/ {print int($2 / 1024)}' "$meminfo")
  for file in "$group/memory.max" "$group/memory/memory.limit_in_bytes"; do
    [[ -r $file ]] || continue
    limit=$(<"$file")
    [[ $limit =~ ^[0-9]{1,15}$ ]] && ((limit / 1048576 < memory)) && memory=$((limit / 1048576))
  done
  echo "$memory"
}

# measure_machine: sets RAM_MIB and CPU_CORES.
measure_machine() {
  RAM_MIB=$(measure_memory /proc/meminfo /sys/fs/cgroup)
  CPU_CORES=$(nproc)
}

# php_version: the one that is asked for, else the distribution's own: that of the installed php-fpm or of the one that would be.
php_version() {
  local version=$PHP_VERSION
  [[ -n $version ]] || version=$(dpkg-query -W -f '${db:Status-Abbrev} ${Depends}\n' php-fpm 2>/dev/null | sed -n 's/^ii .*php\([0-9.]*\)-fpm.*/\1/p')
  [[ -n $version ]] || version=$(apt-cache depends php-fpm 2>/dev/null | sed -n 's/^ *Depends: php\([0-9.]*\)-fpm$/\1/p' | head -n 1)
  [[ -n $version ]] || fail 'the package php-fpm is not known to this system: check its package sources'
  echo "$version"
}

# php_versions: those whose FPM the package sources hold, or dpkg, on one line.
php_versions() {
  apt-cache search --names-only '^php[0-9.]+-fpm$' | sed -n 's/^php\([0-9.]*\)-fpm .*/\1/p' | sort -V | paste -sd' '
}

# check_php_version WANTED "VERSION...": before anything is changed.
check_php_version() {
  [[ -z $1 || " $2 " == *" $1 "* ]] ||
    fail "setting PHP_VERSION (phpVersion) is $1, which this system does not have: it has ${2// /, }; take one of them, or none for the system's own"
}

# nginx_version: of the installed nginx, else of the one that would be installed.
nginx_version() {
  local version
  version=$(dpkg-query -W -f '${Version}' nginx 2>/dev/null || true)
  [[ -n $version ]] || version=$(apt-cache show --no-all-versions nginx | sed -n 's/^Version: //p')
  echo "${version%%-*}"
}

# at_least VERSION MINIMUM
at_least() {
  [[ $(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1) == "$2" ]]
}
