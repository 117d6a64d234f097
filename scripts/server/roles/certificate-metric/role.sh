# shellcheck shell=bash
# Once an hour the days left of the certificate that visitors get are written to a log, from which CloudWatch makes a metric.

certificate-metric_before() {
  install_template certificate-metric measure.sh /usr/local/sbin/one-server-web-certificate-days 0755 root:root
  install_template certificate-metric service.conf /etc/systemd/system/one-server-web-certificate-days.service 0644 root:root daemon-reload
  install_template certificate-metric timer.conf /etc/systemd/system/one-server-web-certificate-days.timer 0644 root:root daemon-reload
  install_file certificate-metric /etc/logrotate.d/one-server-web-certificate 0644 root:root <<'ROTATE'
/var/log/one-server-web/certificate.log {
  monthly
  rotate 3
  missingok
  notifempty
}
ROTATE
}

certificate-metric_units() {
  echo started one-server-web-certificate-days.timer
}
