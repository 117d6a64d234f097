# shellcheck shell=bash
# How big everything may be on a machine of given memory and cores. Pure: numbers in, assignments out.
#
# Where the numbers come from (MiB are of 1,048,576 bytes):
#  - system: a Debian with systemd, sshd, journald and nginx holds 90-120 MiB here; 3 % of the memory on top is left to the page cache.
#  - database beside the pool: mysqld 9.7 without its performance schema holds about 190 MiB here, with it 450 MiB, so that
#    the schema is on from 4 GiB; MariaDB 11.8 stays below both.
#  - InnoDB's pool: 25 % of the memory beside an app server, 70 % on a server of its own (MySQL's manual advises 50-75 % there).
#  - Valkey, where the site keeps sessions and objects in it: a sixteenth of the memory for what it holds, and half as much again. Seen here:
#    76 MiB of keys held 77 MiB at rest and 153 MiB while the log was written anew under all the writes that Valkey takes, because
#    what changes meanwhile is held twice; a site changes a part of it. Its control group ends it at twice, and 64 MiB.
#  - app server processes: as many as fit in 85 % of what is left, 40 MiB each (PHP of WordPress' size; Python 60 MiB), and no more than
#    32 a core, which keeps a site that waits 100 ms a request busy. Both colours share them: while one drains, the other grows. Pages that
#    compute are served faster by fewer, whose data stays in the cores' caches: who has such asks for so many, and has them all ready.
#  - OPcache: one segment a colour, so it is counted twice.
#  - connections: every process of both colours holds one at most, and 20 are left for backups, watching and people. A database on a server of
#    its own does not know how many processes there are: one for each 8 MiB, of which a connection at rest takes about one.
#  - workers of Gunicorn: 2 x cores + 1 (its own documentation), as memory allows; threads carry the waiting.

clamp() { # VALUE LEAST MOST
  echo $(($1 < $2 ? $2 : $1 > $3 ? $3 : $1))
}

# swap_to_make WANTED_MIB ACTIVE_MIB FREE_MIB WHERE: how much swap is made: none where there is some, none in a container, whose
# memory is its host's to lend, and never more than a quarter of the free disk.
swap_to_make() {
  local wanted=$1 active=$2 free=$3 where=$4
  if ((active > 0)) || [[ $where == container ]] || ((free < 4 * wanted)); then
    echo 0
  else
    echo "$wanted"
  fi
}

# size_machine RAM_MIB CORES ROLES RUNTIME [CACHE] [PROCESSES]: prints one NAME=number a line.
size_machine() {
  local ram=$1 cores=$2 roles=" $3 " runtime=$4 cache=${5:-} processes=${6:-}
  local system database=0 pool=0 schema=0 app=0 opcache=0 process=40 children=0 spare workers=0 threads=0 connections rest valkey=0
  system=$((120 + ram * 3 / 100))
  [[ $roles != *' php-fpm '* && $roles != *' python '* ]] || app=1
  if [[ $roles == *' mysql '* ]]; then
    ((ram < 4096)) || schema=1
    pool=$(clamp $((app ? ram * 25 / 100 : ram * 70 / 100)) 64 1048576)
    # Below 1 GiB every page counts twice: the pool gives way to the processes.
    ((ram >= 1024)) || pool=64
    database=$((pool + pool / 12 + (schema ? 450 : 190)))
  fi
  [[ $roles != *' valkey '* || $cache != valkey ]] || valkey=$(clamp $((ram / 16)) 32 1024)
  if ((app)); then
    if [[ $runtime == python ]]; then
      process=60
    else
      opcache=$(clamp $((ram / 16)) 32 256)
    fi
    rest=$((ram - system - database - valkey * 3 / 2 - 2 * opcache))
    : "${processes:=$((cores * 32))}"
    children=$(clamp $((rest * 85 / 100 / process)) $((processes < 3 ? processes : 3)) "$processes")
    workers=$(clamp $((2 * cores + 1)) 2 "$children")
    threads=$(clamp $((children / workers)) 1 16)
  fi
  spare=${6:+$children}
  connections=$((app ? 2 * children + workers + 20 : $(clamp $((ram / 8)) 200 4000)))
  printf '%s=%s\n' \
    SYSTEM_MIB "$system" \
    INNODB_POOL_MIB "$pool" \
    INNODB_REDO_MIB "$(clamp $((pool / 2)) 100 4096)" \
    PERFORMANCE_SCHEMA "$schema" \
    MAX_CONNECTIONS "$connections" \
    TABLE_CACHE "$(clamp $((ram / 2)) 400 4000)" \
    VALKEY_MIB "$valkey" \
    VALKEY_MOST_MIB "$((valkey ? valkey * 2 + 64 : 0))" \
    APP_CHILDREN "$children" \
    APP_SPARE "${spare:-$(clamp $((children / 4)) 1 $((cores * 4)))}" \
    GUNICORN_WORKERS "$workers" \
    GUNICORN_THREADS "$threads" \
    OPCACHE_MIB "$opcache" \
    OPCACHE_STRINGS_MIB "$(clamp $((opcache / 8)) 4 16)" \
    PHP_MEMORY_MIB "$(clamp $((ram / 8)) 96 256)" \
    NGINX_CONNECTIONS "$(clamp $((ram * 4)) 1024 16384)" \
    OPEN_FILES "$(clamp $((ram * 16)) 8192 65536)" \
    BACKLOG "$(clamp $((ram * 2)) 512 4096)" \
    PAGE_CACHE_MIB "$(clamp $((ram / 16)) 32 1024)" \
    SWAP_MIB "$(clamp "$ram" 512 2048)"
}

# describe_sizes: what was computed for this server, for people.
describe_sizes() {
  local parts=()
  ((INNODB_POOL_MIB == 0)) || parts+=("pool $INNODB_POOL_MIB MiB")
  ((VALKEY_MIB == 0)) || parts+=("Valkey $VALKEY_MIB MiB")
  ((APP_CHILDREN == 0)) || parts+=("$APP_CHILDREN app processes")
  ((OPCACHE_MIB == 0)) || parts+=("OPcache 2 x $OPCACHE_MIB MiB")
  ((INNODB_POOL_MIB == 0)) || parts+=("$MAX_CONNECTIONS connections")
  ((${#parts[@]} == 0)) || { printf ': %s' "${parts[0]}"; printf ', %s' "${parts[@]:1}"; }
}
