# shellcheck shell=bash
# What the HAProxys of this server have in common: one template unit, of which each role that needs one has an instance, so that they are
# reloaded apart. The package's own unit stays off.

readonly HAPROXY_FOLDER=/etc/one-server-web/haproxy

haproxy_packages() {
  echo haproxy
}

haproxy_before() {
  ensure_link haproxy /dev/null /etc/systemd/system/haproxy.service daemon-reload
  install_template haproxy haproxy.service /etc/systemd/system/one-server-web-haproxy@.service 0644 root:root daemon-reload
}

haproxy_facts() {
  echo "versions.HAProxy $(json_text "$(haproxy -v | sed -n '1s/.*version \([0-9.]*\).*/\1/p')")"
}

# haproxy_instance ROLE: for the role's plan.
haproxy_instance() {
  HAPROXY_INSTANCES+=" $1"
}

# configure_haproxy ROLE PORT: the instance of a role, from its template haproxy.cfg. Its counters are at PORT of the loopback address, where
# exporters are wanted.
configure_haproxy() {
  HAPROXY_METRICS=''
  [[ $WITH_EXPORTERS == no ]] || HAPROXY_METRICS="listen metrics
    mode http
    timeout client 10s
    timeout server 10s
    timeout http-request 10s
    bind 127.0.0.1:$2
    http-request use-service prometheus-exporter if { path /metrics }
    http-request deny"
  install_template "$1" haproxy.cfg "$HAPROXY_FOLDER/$1.cfg" 0644 root:root "reload:one-server-web-haproxy@$1"
}

# check_haproxy ROLE
check_haproxy() {
  local output
  output=$(haproxy -c -q -f "$HAPROXY_FOLDER/$1.cfg" 2>&1) ||
    { echo "HAProxy refuses the configuration $1: $(grep -m 1 'ALERT' <<<"$output")"; return 1; }
}
