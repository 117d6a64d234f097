# shellcheck shell=bash
# The server looks at itself, twice an hour: what is near its end is an alert before it is over.

watch_packages() {
  echo openssl
}

watch_before() {
  install_template watch watch/check.service /etc/systemd/system/one-server-web-check.service 0644 root:root daemon-reload
  install_template watch watch/check.timer /etc/systemd/system/one-server-web-check.timer 0644 root:root daemon-reload
}

watch_after() {
  ensure_running watch one-server-web-check.timer
}
