# shellcheck shell=bash
# What the site and its releases are told: /etc/one-server-web/site.env for the application, site.conf for the release scripts.

site_packages() { :; }

site_before() {
  install_template site run.sh /usr/local/bin/site-run 0755 root:root
  local path
  for path in $SHARED_PATHS; do ensure_directory site "/srv/www/shared/$path" 0755 site:site; done
}

# Where the database listens is known once it is installed.
site_after() {
  site_environment | install_file site /etc/one-server-web/site.env 0640 root:site replace:app
  site_facts | install_file site /etc/one-server-web/site.conf 0644 root:root
}

# The application's environment. Its own lines come last, so that a site may overrule what it is given.
site_environment() {
  printf 'DATABASE_SOCKET=%s\n' "$(quoted "$DATABASE_SOCKET")"
  printf 'DATABASE_NAME=%s\n' "$(quoted "$DATABASE_NAME")"
  printf 'DATABASE_USER=%s\n' "$(quoted "$DATABASE_USER")"
  printf 'DATABASE_PASSWORD=%s\n' "$(quoted "$DATABASE_PASSWORD")"
  [[ $CACHE != valkey ]] || printf 'CACHE_SOCKET=%s\n' "$(quoted /run/valkey/valkey.sock)"
  printf 'SITE_URL=%s\n' "$(quoted "https://$DOMAIN")"
  environment_lines ENVIRONMENT "$ENVIRONMENT"
}

# Facts without secrets, as shell assignments.
site_facts() {
  local name
  for name in RUNTIME STACK DATABASE DOMAIN DOCUMENT_ROOT HEALTH_PATH MIGRATE SHARED_PATHS KEEP_RELEASES \
    DATABASE_NAME DATABASE_SOCKET REQUEST_TIMEOUT PAGE_CACHE REBOOT_WINDOW; do
    printf '%s=%q\n' "$name" "${!name}"
  done
}
