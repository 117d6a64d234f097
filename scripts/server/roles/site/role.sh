# shellcheck shell=bash
# What the site and its releases stand on: its user and folders, /etc/one-server-web/site.env for the application, site.conf for the release
# scripts, and its app server, which releases start. What a release brings itself lies with it (release/contract.sh).

site_plan() {
  : "${DATABASE_SOCKET:=/run/mysqld/mysqld.sock}" "${DATABASE_SERVICE:=}"
  local former
  former=$(sed -n 's/^RUNTIME=//p' /etc/one-server-web/site.conf 2>/dev/null) || true
  # A release of one runtime can't run under another.
  [[ -z $former || $former == "$RUNTIME" ]] || CONVERTED=$former
}

site_prepare() {
  getent passwd site >/dev/null || {
    useradd --system --user-group --home-dir /srv/www --no-create-home --shell /usr/sbin/nologin site
    changed site 'added the user site'
  }
  ensure_directory site /srv/www 0755 root:root
  ensure_directory site /srv/www/releases 0755 site:site
  ensure_directory site /srv/www/shared 0755 site:site
  ensure_directory site /srv/www/colours 0755 root:root
  ensure_directory site /var/lib/one-server-web/sessions 0700 site:site
  adopt_releases
}

# adopt_releases: what version 0.1.0 kept with the server goes to its releases (release/adopt.sh). It only adds, so that the configuration of
# that version works on with it.
adopt_releases() {
  grep -qs '^DOCUMENT_ROOT=' /etc/one-server-web/site.conf || return 0
  "$SCRIPTS/release.sh" adopt
  changed site 'gave each release the settings that were the server'"'"'s'
}

site_before() {
  install_template site run.sh /usr/local/bin/site-run 0755 root:root
}

# Where the database listens is known once it is installed.
site_configure() {
  site_environment | install_file site /etc/one-server-web/site.env 0640 root:site replace:app
  site_conf | install_file site /etc/one-server-web/site.conf 0644 root:root
  [[ ! -v CONVERTED ]] || notify call:end_former_runtime
}

site_shown() {
  [[ -z $(served_release) ]] || echo "site-app@$(served_colour)"
}

site_after() {
  open_after_conversion
  [[ ! -v PENDING[replace:app] || -v CONVERTED ]] || replace_app
}

# end_former_runtime: visitors see the maintenance page from here to the first release in the new runtime.
end_former_runtime() {
  local file units
  file=$(front_file "$STACK")
  step site "the runtime becomes $RUNTIME: the site answers 503 until its first release in it"
  replace_file "$file" 0644 root:root "$(front_text "$STACK" "$(front_colour "$file")" '')"$'\n'
  [[ $STACK == lamp ]] || apply_to_unit reload nginx.service
  mapfile -t units < <(active_units 'site-app@*' 'site-worker@*')
  stop_units "${units[@]}"
  changed site "stopped the app servers of $CONVERTED"
}

# replace_app: new settings reach the app server by the idle colour, which takes over when it answers, so that no request is lost.
replace_app() {
  [[ -n $(active_units 'site-app@*') ]] || return 0
  "$SCRIPTS/release.sh" renew || fail 'the app server with its new settings did not answer; the previous one serves on'
  changed site 'replaced the app server by its other colour'
}

# The application's environment, as far as it is the server's. The release's own comes after it, and may overrule it.
site_environment() {
  printf 'DATABASE_SOCKET=%s\n' "$(quoted "$DATABASE_SOCKET")"
  printf 'DATABASE_NAME=%s\n' "$(quoted "$DATABASE_NAME")"
  printf 'DATABASE_USER=%s\n' "$(quoted "$DATABASE_USER")"
  printf 'DATABASE_PASSWORD=%s\n' "$(quoted "$DATABASE_PASSWORD")"
  [[ $CACHE != valkey ]] || printf 'CACHE_SOCKET=%s\n' "$(quoted /run/valkey/valkey.sock)"
  printf 'SITE_URL=%s\n' "$(quoted "https://$DOMAIN")"
}

# Facts without secrets for release.sh, as shell assignments.
site_conf() {
  local name
  for name in RUNTIME STACK DATABASE DOMAIN KEEP_RELEASES DATABASE_NAME DATABASE_SOCKET PAGE_CACHE REBOOT_WINDOW; do
    printf '%s=%q\n' "$name" "${!name}"
  done
}

site_facts() {
  printf '%s\n' "health $(health)" \
    "maintenance $(in_maintenance && echo true || echo false)" \
    "colour $(json_text "$(active_colour)")" \
    "release $(json_text "$(active_release)")" \
    "records $(json_text "$(tail -n 20 "$RECORDS" 2>/dev/null)")"
}

# What is wrong with a site that has a release and is not closed for maintenance.
site_faults() {
  local answer
  [[ -n $(active_release) ]] && ! in_maintenance || return 0
  answer=$(health_status)
  [[ $answer == 200 ]] || echo "the site answers $answer at $HEALTH_PATH (0 is no answer)"
}
