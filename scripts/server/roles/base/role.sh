# shellcheck shell=bash
# The ground everything stands on: swap, the kernel's limits, alarms.

base_packages() {
  # Releases are asked by curl before they go live; an alarm's command line usually calls it too. Packages bring along when their logs
  # are rotated, but not what rotates them.
  printf '%s\n' ca-certificates curl logrotate
}

# Nothing has been changed yet.
base_refuse() {
  refuse_other_owner
  refuse_foreign
  refuse_foreign_ports
}

base_prepare() {
  keep_foreign
  base_swap
}

base_before() {
  stop_foreign
  ensure_directory base /etc/one-server-web 0755 root:root
  install_template base sysctl.conf /etc/sysctl.d/60-one-server-web.conf 0644 root:root call:apply_sysctl
  base_system_settings
  install_template base alert.service /etc/systemd/system/one-server-web-alert@.service 0644 root:root daemon-reload
  install_template base logrotate.conf /etc/logrotate.d/one-server-web 0644 root:root
  install_template base alert.sh /usr/local/lib/one-server-web/alert 0755 root:root
}

# What an alarm's command line calls is installed by now.
base_configure() {
  base_alert_command
}

# base_alert_command: who is notified of an alarm besides `npm run status` and the journal. Its secrets are in its environment alone.
base_alert_command() {
  [[ -n $ALERT_COMMAND ]] || return 0
  environment_lines ALERT_ENVIRONMENT "$ALERT_ENVIRONMENT" | install_file base /etc/one-server-web/alert.env 0600 root:root
  install_template base alert-command.service /etc/systemd/system/one-server-web-alert-command@.service 0644 root:root daemon-reload
  # The last of the three: where it is, it is run.
  install_file base /etc/one-server-web/alert-command 0644 root:root <<<"$ALERT_COMMAND"
}

# A container's kernel belongs to its host, so what can't be set there is named and left.
apply_sysctl() {
  local refused
  refused=$(sysctl --quiet --load=/etc/sysctl.d/6[01]-one-server-web*.conf 2>&1 | grep -o 'key "[^"]*"' | cut -d'"' -f2 | paste -sd' ') || true
  [[ -z $refused ]] || step base "this kernel keeps its own $refused"
}

# Memory runs short for a moment, at an upgrade or a backup: what is never used gives way instead of a process being killed.
base_swap() {
  local active free where=machine size refused=/var/lib/one-server-web/no-swap unit=/etc/systemd/system/swapfile.swap
  [[ ! -e $unit ]] || name_file base "$unit" daemon-reload
  [[ ! -e $refused ]] && systemd_is_running || return 0
  active=$(awk 'NR > 1 {sum += $3} END {print int(sum / 1024)}' /proc/swaps)
  free=$(df --output=avail --block-size=1M / | tail -n 1)
  ! systemd-detect-virt --quiet --container || where=container
  size=$(swap_to_make "$SWAP_MIB" "$active" "$((free))" "$where")
  ((size > 0)) || return 0
  rm -f /swapfile
  (umask 077 && fallocate --length "${size}MiB" /swapfile && mkswap /swapfile >/dev/null) || fail '/swapfile can not be made: see df -h /'
  install_file base "$unit" 0644 root:root <<'UNIT'
[Unit]
Description=Memory on disk for what is never used

[Swap]
What=/swapfile

[Install]
WantedBy=swap.target
UNIT
  read_unit_files
  if enable_units swapfile.swap && start_units swapfile.swap 2>/dev/null; then
    changed base "made $size MiB of swap"
  else
    # Such as on a file system that keeps no file in one place.
    disable_units swapfile.swap
    rm -f /swapfile "$unit"
    unset "NAMED_FILES[$unit]"
    : >"$refused"
    step base 'this system takes no swap file: it goes without'
  fi
}

# What the package manager does by itself later on: keep the files written here, as a person would answer.
base_system_settings() {
  install_file base /etc/apt/apt.conf.d/60one-server-web 0644 root:root <<'SETTINGS'
// Configuration files that were changed here stay when their package is upgraded.
Dpkg::Options { "--force-confdef"; "--force-confold"; };
APT::Install-Recommends "false";
SETTINGS
}
