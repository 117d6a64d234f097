# shellcheck shell=bash
# The server looks at itself, every five minutes: what is near its end is an alert before it is over. What the site stands on is started
# again when it ends, and is an alert when that does not help.

watch_packages() {
  echo openssl
}

watch_before() {
  install_template watch check.service /etc/systemd/system/one-server-web-check.service 0644 root:root daemon-reload
  install_template watch check.timer /etc/systemd/system/one-server-web-check.timer 0644 root:root daemon-reload
  watch_units
}

# watch_units: the daemons. The app server's two units are started again by what they say themselves, and tried by deployments: whether
# the one that serves does is the site's health to tell.
watch_units() {
  local unit watched=" $WEB_UNIT $DATABASE_UNIT "
  [[ $CACHE != valkey ]] || watched+='valkey-server '
  for unit in nginx apache2 mysql mariadb valkey-server; do
    if [[ $watched == *" $unit "* ]]; then
      install_template watch restart.conf "/etc/systemd/system/$unit.service.d/one-server-web-watch.conf" 0644 root:root daemon-reload
    else
      remove_file watch "/etc/systemd/system/$unit.service.d/one-server-web-watch.conf" daemon-reload
    fi
  done
}

watch_after() {
  ensure_running watch one-server-web-check.timer
}
