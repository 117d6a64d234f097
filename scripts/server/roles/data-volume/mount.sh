#!/bin/bash
# Mounts the data volume and what lies on it, or lets go of it. Run by one-server-web-data.service.
set -euo pipefail

device='{{DATA_DEVICE}}'
folders=(mysql:/var/lib/mysql shared:/srv/www/shared letsencrypt:/etc/letsencrypt)

wait_for_device() {
  local attempt
  for attempt in {1..180}; do
    [[ ! -b $device ]] || return 0
    sleep 0.5
  done
  echo "$device did not show up within 90 s" >&2
  return 1
}

mount_all() {
  local pair
  wait_for_device
  mkdir -p /srv/data
  if ! mountpoint --quiet /srv/data; then
    # After a power cut the journal is replayed here; what can be mended without losing anything is.
    fsck.ext4 -p "$device" || (($? < 4))
    mount -o noatime "$device" /srv/data
  fi
  for pair in "${folders[@]}"; do
    mkdir -p "/srv/data/${pair%%:*}" "${pair#*:}"
    mountpoint --quiet "${pair#*:}" || mount --bind "/srv/data/${pair%%:*}" "${pair#*:}"
  done
}

unmount_all() {
  local pair
  for pair in "${folders[@]}"; do
    ! mountpoint --quiet "${pair#*:}" || umount "${pair#*:}"
  done
  ! mountpoint --quiet /srv/data || umount /srv/data
}

case ${1:-} in
  mount) mount_all ;;
  unmount) unmount_all ;;
  *)
    echo "usage: one-server-web-data mount|unmount" >&2
    exit 2
    ;;
esac
