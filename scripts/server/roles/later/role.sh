# shellcheck shell=bash
# Packages that nobody waits for: a timer installs them when the site has served for ten minutes, their settings are there before.

later_before() {
  # Each answers a question that comes up on a server: what has a fix, what needs a restart, which file was changed, when it was
  # busy, who has been at it; the last two keep temporary files apart and passwords from being weak.
  LATER_PACKAGES='unattended-upgrades needrestart debsums sysstat aide-common chkrootkit libpam-tmpdir libpam-passwdqc'
  install_file later /etc/default/sysstat 0644 root:root <<<'ENABLED="true"'
  install_file later /etc/default/debsums 0644 root:root <<<'CRON_CHECK=weekly'
  install_template later needrestart.conf /etc/needrestart/conf.d/one-server-web.conf 0644 root:root
  install_template later install.sh /usr/local/lib/one-server-web/install-later 0755 root:root
  install_template later install.service /etc/systemd/system/one-server-web-later.service 0644 root:root daemon-reload
  install_template later install.timer /etc/systemd/system/one-server-web-later.timer 0644 root:root daemon-reload
}

later_units() {
  echo started one-server-web-later.timer
}
