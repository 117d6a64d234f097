# shellcheck shell=bash
# From one stack, runtime or database to another: the new one takes over, then what nobody uses any more is removed. Data is kept.

readonly PACKAGES_FILE=/var/lib/one-server-web/packages

# The release and the colour that the web server, whichever it is, serves.
served_release() {
  front_release "$(front_file lemp)" "$(front_file lamp)"
}

served_colour() {
  front_colour "$(front_file lemp)" "$(front_file lamp)"
}

# remember_packages PACKAGE...: what this run's roles want; those of the last run that nobody wants now are removed with what
# only they needed.
remember_packages() {
  local package unwanted=() needed=()
  if [[ -r $PACKAGES_FILE ]]; then
    while read -r package; do
      [[ " $* " != *" $package "* && -z $(missing_packages "$package") ]] || continue
      if is_needed "$package" "$@"; then needed+=("$package"); else unwanted+=("$package"); fi
    done <"$PACKAGES_FILE"
  fi
  # One that came along with what goes, and is wanted for itself now, stays; and the other way round.
  ((${#needed[@]} == 0)) || run_apt apt-mark auto "${needed[@]}"
  if ((${#unwanted[@]} > 0)); then
    run_apt apt-mark manual "$@"
    run_apt apt-get --yes --purge --auto-remove -o APT::Status-Fd=3 remove "${unwanted[@]}"
    changed packages "removed ${unwanted[*]}"
    # What a package takes along when it goes is its maintainer's doing: the daemons have to be up after it.
    ensure_running packages "$WEB_UNIT"
    ! has_role mysql || ensure_running packages "$DATABASE_UNIT"
  fi
  printf '%s\n' "$@" | install_file packages "$PACKAGES_FILE" 0644 root:root >/dev/null
}

# is_needed PACKAGE WANTED...: whether a wanted package would go with it, such as php-fpm with php8.4-fpm.
is_needed() {
  apt-get --simulate remove "$1" 2>/dev/null | awk '$1 == "Remv" { print $2 }' | grep -Fxq -f <(printf '%s\n' "${@:2}")
}

# remove_unused_files: what roles wrote that this server no longer holds.
remove_unused_files() {
  local file
  if [[ $STACK == lemp ]]; then
    remove_folder /etc/apache2/one-server-web
  else
    remove_folder /etc/nginx/one-server-web
    remove_folder /etc/systemd/system/nginx.service.d
  fi
  if [[ $RUNTIME == php ]]; then
    for file in /etc/one-server-web/app/{blue,green}.py /usr/local/lib/one-server-web/start-python; do remove_file site "$file"; done
    remove_other_php
  else
    for file in /etc/one-server-web/app/{blue,green}.conf /etc/systemd/system/php*-fpm.service; do remove_file site "$file" daemon-reload; done
  fi
}

# remove_other_php: what was written for another version.
remove_other_php() {
  local file
  for file in /etc/systemd/system/php*-fpm.service /etc/php/*/{fpm,cli}/conf.d/9[01]-one-server-web*.ini; do
    [[ $file == */"php$PHP-fpm.service" || $file == "/etc/php/$PHP/"* ]] || remove_file site "$file" daemon-reload
  done
}

remove_folder() {
  [[ -d $1 ]] || return 0
  rm -rf "$1"
  changed site "removed $1"
}

# convert_database: takes the site's data from the database that is there into the one that shall be. The old one's files are moved
# aside, not deleted. Visitors see the maintenance page meanwhile.
convert_database() {
  local other=mariadb
  [[ $DATABASE == mysql ]] || other=mysql
  has_role mysql && dpkg-query -W -f '${db:Status-Abbrev}' "$other-server" 2>/dev/null | grep -q '^ii' || return 0
  lists_ready
  DATABASE_DUMP=/var/lib/one-server-web/from-$other.sql
  step mysql "the database becomes $DATABASE: the site answers 503 until its data is there"
  close_for_conversion
  systemctl start "$other"
  local folder
  folder=$(data_folder "$other")
  dump_for_conversion "$other"
  systemctl stop "$other"
  mv -T "$folder" "$folder-before-$(date -u +%Y%m%dT%H%M%S)"
  # Purged now and not later: the two share names, and removing the one's rest would stop the other.
  run_apt apt-get --yes --purge --auto-remove -o APT::Status-Fd=3 remove "$other-server" "$other-client" "$other-server-core" "$other-client-core"
  changed mysql "kept the data of $other in $DATABASE_DUMP and beside $folder"
}

# data_folder ENGINE: Debian's MariaDB left /var/lib/mysql for a folder of its own name.
data_folder() {
  local daemon=mysqld folder
  [[ $1 == mysql ]] || daemon=mariadbd
  folder=$("$daemon" --verbose --help 2>/dev/null | sed -n 's/^datadir  *//p')
  echo "${folder%/}"
}

dump_for_conversion() {
  local tool=mysqldump options=(--set-gtid-purged=OFF --column-statistics=0)
  [[ $1 == mysql ]] || { tool=mariadb-dump; options=(); }
  (umask 077
    "$tool" --user=root --single-transaction --routines --triggers --events --hex-blob --no-tablespaces "${options[@]}" "$DATABASE_NAME" |
      portable_dump >"$DATABASE_DUMP.part") || fail "the data of $1 can't be read out: nothing was changed (see above)"
  mv "$DATABASE_DUMP.part" "$DATABASE_DUMP"
}

# Each calls its newest collation by a name that the other lacks; rows are left as they are.
portable_dump() {
  sed -E '/^INSERT /!{
    s/utf8mb4_uca1400_ai_ci|utf8mb4_0900_ai_ci/utf8mb4_unicode_ci/g
    /^\/\*M!999999/d
  }'
}

# load_converted: after the new database's first start.
load_converted() {
  [[ -v DATABASE_DUMP || -e $(compgen -G '/var/lib/one-server-web/from-*.sql' | head -n 1) ]] || return 0
  local dump
  dump=$(compgen -G '/var/lib/one-server-web/from-*.sql' | head -n 1)
  "$DATABASE" --defaults-file=/dev/null --user=root --socket="$DATABASE_SOCKET" "$DATABASE_NAME" <"$dump" ||
    fail "the data in $dump does not load into $DATABASE: the old database's files are beside its folder in /var/lib"
  mv "$dump" "$dump.loaded"
  changed mysql "loaded the data into $DATABASE"
}

# upgrade_fronts ROLE: what an earlier version wrote of the live release, in use and kept aside during maintenance.
upgrade_fronts() {
  local file
  for file in "$ACTIVE_FILE" "$ACTIVE_FILE.before-maintenance" /var/lib/one-server-web/releases/maintenance; do
    ! front_upgrade "$STACK" "$file" || { changed "$1" "changed $file"; notify "reload:$WEB_UNIT"; }
  done
}

# close_for_conversion, open_after_conversion: the web server answers 503 in between.
close_for_conversion() {
  [[ -n $(served_release) && -e $ACTIVE_FILE && ! -e $ACTIVE_FILE.before-maintenance ]] || return 0
  close_front "$STACK" "$ACTIVE_FILE.before-maintenance" 30
  front_reload "$STACK"
}

open_after_conversion() {
  [[ -e $ACTIVE_FILE.before-maintenance ]] || return 0
  open_front "$STACK" "$ACTIVE_FILE.before-maintenance"
  front_reload "$STACK"
}
