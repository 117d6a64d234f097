# shellcheck shell=bash
# Version 0.1.0 kept with the server what belongs to a release. A server that comes from there gives it to its releases, once,
# before provisioning writes its own files.

# adopt: site.conf, which read_settings has read, still says what one release says now.
adopt() {
  local release colour file
  read_old_contract
  while read -r _ release; do
    has_contract "$release" || write_contract "$release" < <(sed '1,/^SITE_URL=/d' "$ETC/site.env")
  done < <(releases_by_age)
  for colour in blue green; do
    release=$(release_of "$colour")
    [[ -z $release ]] || ! has_contract "$release" || point "$COLOURS/$colour.env" "$STATE/$release.env"
  done
  for file in "$(front_file "$STACK")" "$(front_file "$STACK").before-maintenance" "$MAINTENANCE" "$SWITCHING"; do
    front_upgrade "$STACK" "$file"
  done
}

# read_old_contract: the rest of it, from the files that provisioning wrote.
read_old_contract() {
  local app=$ROOT/usr/local/lib/one-server-web file value
  value=$(sed -n "s/^exec .* '\\(.*\\)'$/\\1/p" "$app/start-python" 2>/dev/null) || true
  : "${value:=$APPLICATION}"
  if [[ $value == one_server_web_asgi:* ]]; then
    INTERFACE=asgi
    value=$(sed -n 's/^module, name = "\(.*\)"\.split.*/\1/p' "$app/python/one_server_web_asgi.py")
  fi
  APPLICATION=$value
  value=$(sed -n 's/^upload_max_filesize = \([0-9]*\)M$/\1/p' "$ROOT"/etc/php/*/fpm/conf.d/90-one-server-web.ini 2>/dev/null | tail -n 1) || true
  MAXIMUM_UPLOAD_MIB=${value:-$MAXIMUM_UPLOAD_MIB}
  for file in "$ETC"/tasks/worker-*; do
    [[ ! -e $file ]] || WORKERS+="${WORKERS:+$'\n'}${file##*/worker-}"$'\t'$(<"$file")
  done
  for file in "$ETC"/tasks/cron-*; do
    [[ -e $file ]] || continue
    value=$(sed -n 's/^OnCalendar=//p' "$UNITS/site-${file##*/}.timer")
    CRON+="${CRON:+$'\n'}${file##*/cron-}"$'\t'$value$'\t'$(<"$file")
  done
}
