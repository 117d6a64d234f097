# shellcheck shell=bash
# The server looks at itself, every five minutes: what is near its end is an alert before it is over. What the site stands on is started
# again when it ends, and is an alert when that does not help. The app server's two units are started again by what they say themselves,
# and tried by deployments: whether the one that serves does is the site's health to tell.

watch_packages() {
  echo openssl
}

watch_before() {
  local unit units
  install_template watch check.service /etc/systemd/system/one-server-web-check.service 0644 root:root daemon-reload
  install_template watch check.timer /etc/systemd/system/one-server-web-check.timer 0644 root:root daemon-reload
  read_lines units server_units watched
  for unit in "${units[@]}"; do
    install_template watch restart.conf "/etc/systemd/system/$unit.d/one-server-web-watch.conf" 0644 root:root daemon-reload
  done
}

watch_units() {
  echo started one-server-web-check.timer
}
