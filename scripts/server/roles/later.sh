# shellcheck shell=bash
# Packages that nobody waits for: they are installed by a unit of their own once the site serves, their settings are there before.

later_packages() { :; }

later_before() {
  # Each answers a question that comes up on a server: what has a fix, what needs a restart, which file was changed.
  LATER_PACKAGES='unattended-upgrades needrestart debsums libpam-tmpdir'
  install_template later later/needrestart.conf /etc/needrestart/conf.d/one-server-web.conf 0644 root:root
  install_template later later/install.sh /usr/local/lib/one-server-web/install-later 0755 root:root
  install_template later later/install.service /etc/systemd/system/one-server-web-later.service 0644 root:root daemon-reload
}

later_after() {
  mapfile -t LATER_MISSING < <(for package in $LATER_PACKAGES; do missing_packages "$package"; done)
}

# start_later: the last thing of a run. A run that finds it at work leaves it at work.
start_later() {
  ((${#LATER_MISSING[@]} > 0)) || return 0
  systemctl daemon-reload
  systemctl start --no-block one-server-web-later
  step later "being installed in the background: ${LATER_MISSING[*]}"
}
