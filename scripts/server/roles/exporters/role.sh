# shellcheck shell=bash
# Prometheus' exporters, on the loopback address alone: a Prometheus elsewhere comes through SSH or an agent on this server.
# Machine 9100, nginx 9113, Apache 9117, PHP-FPM 9253, database 9104: each role names its own. Gunicorn counts for statsd, whose exporter
# Debian does not package.

exporters_plan() {
  WITH_EXPORTERS=$EXPORTERS
}

exporters_packages() {
  local lines
  read_lines lines exporters_known
  [[ ${#lines[@]} == 0 ]] || printf 'prometheus-%s-exporter\n' "${lines[@]%% *}"
}

# exporters_known: "NAME ARGUMENT..." of each exporter of this server that its distribution packages, one a line.
exporters_known() {
  local name lines names packaged
  [[ $EXPORTERS == yes ]] || return 0
  read_lines lines each_role exporter
  lines=('node --web.listen-address=127.0.0.1:9100' "${lines[@]}")
  mapfile -t names < <(printf 'prometheus-%s-exporter\n' "${lines[@]%% *}")
  packaged=" $(apt-cache show "${names[@]}" 2>/dev/null | sed -n 's/^Package: //p' | paste -sd' ') "
  for name in "${!lines[@]}"; do
    [[ $packaged != *" ${names[name]} "* ]] || echo "${lines[name]}"
  done
}

exporters_configure() {
  local lines line name unit
  read_lines lines exporters_known
  for line in "${lines[@]}"; do
    name=${line%% *}
    unit=prometheus-$name-exporter
    # FPM's sockets are the web server's group's.
    EXPORTER_GROUP=$([[ $name == phpfpm ]] && echo www-data || echo nogroup)
    install_file exporters "/etc/default/$unit" 0644 root:root "restart:$unit" <<<"ARGS=\"${line#* }\""
    install_template exporters service.conf "/etc/systemd/system/$unit.service.d/one-server-web.conf" 0644 root:root daemon-reload "restart:$unit"
  done
}

# Some end when they are refused by what they measure, such as a database that does not know their account yet.
exporters_units() {
  exporters_packages | sed 's/^/following /'
}
