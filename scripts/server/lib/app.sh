# shellcheck shell=bash
# What the app servers of all runtimes have in common: one template unit with two instances, blue and green.

# app_unit ROLE: writes the unit from APP_START, APP_STOP_SIGNAL and APP_KIND.
app_unit() {
  install_template site app.service /etc/systemd/system/site-app@.service 0644 root:root daemon-reload replace:app
  ensure_directory "$1" /var/lib/one-server-web/sessions 0700 site:site
}

# denied_scripts: a pattern of scripts that someone uploads, which must never run: shared paths hold files, not code. Nothing where
# there are no shared paths.
denied_scripts() {
  local path alternatives=''
  for path in $SHARED_PATHS; do
    path=${path#"$DOCUMENT_ROOT"/}
    alternatives+="${alternatives:+|}${path//./\\.}"
  done
  [[ -z $alternatives ]] || printf '^/(%s)/.*\\.(php[0-9]?|phtml|phar|py|cgi|pl|sh)$' "$alternatives"
}

# convert_runtime: a release of one runtime can't run under another. Its visitors see the maintenance page from here to the first
# release in the new runtime; its app servers end.
convert_runtime() {
  local before
  before=$(sed -n 's/^RUNTIME=//p' /etc/one-server-web/site.conf 2>/dev/null) || true
  [[ -n $before && $before != "$RUNTIME" ]] || return 0
  step site "the runtime becomes $RUNTIME: the site answers 503 until its first release in it"
  CONVERTED=yes
  close_for_conversion
  rm -f "$ACTIVE_FILE.before-maintenance"
  systemctl stop 'site-app@*' 'site-worker@*'
  changed site "stopped the app servers of $before"
}
