# shellcheck shell=bash
# Data on a volume of its own: database, shared paths and certificates outlive the server. Runs before packages are installed, so that
# a database finds the data of the server before it instead of making an empty one.

# The folder on the volume and where it shows up.
readonly DATA_FOLDERS=(mysql:/var/lib/mysql shared:/srv/www/shared letsencrypt:/etc/letsencrypt)

data-volume_prepare() {
  ensure_packages e2fsprogs
  data_volume_wait
  data_volume_format
  install_template data-volume mount.sh /usr/local/sbin/one-server-web-data 0755 root:root
  install_template data-volume service.conf /etc/systemd/system/one-server-web-data.service 0644 root:root
  if [[ $FILE_CHANGED == yes ]] || ! unit_is_enabled one-server-web-data; then
    read_unit_files
    enable_units one-server-web-data
  fi
  if ! mountpoint --quiet /srv/data; then
    data_volume_adopt
    restart_units one-server-web-data ||
      fail "$DATA_DEVICE can't be mounted: see journalctl -u one-server-web-data -n 30 on the server"
    changed data-volume "mounted $DATA_DEVICE at /srv/data"
  fi
  data_volume_grow
  data_volume_owner mysql /srv/data/mysql
  data_volume_owner site /srv/data/shared
}

# A volume shows up some seconds after it was attached.
data_volume_wait() {
  local attempt
  for attempt in {1..120}; do
    [[ ! -b $DATA_DEVICE ]] || return 0
    ((attempt != 10)) || step data-volume "waiting for $DATA_DEVICE"
    sleep 0.5
  done
  fail "$DATA_DEVICE did not show up within 60 s: is the data volume attached to this server?"
}

# Only a volume without any signature is empty; whatever else is on it is somebody's data.
data_volume_format() {
  local type
  type=$(blkid --probe --match-tag TYPE --output value "$DATA_DEVICE" || true)
  case $type in
    ext4) return 0 ;;
    '')
      [[ -z $(blkid --probe "$DATA_DEVICE" 2>&1 || true) ]] || fail "$DATA_DEVICE holds something that is not a file system: expected an empty volume, or one with ext4"
      mkfs.ext4 -q -L one-server-web "$DATA_DEVICE"
      changed data-volume "formatted $DATA_DEVICE"
      ;;
    *) fail "$DATA_DEVICE holds a file system of type $type: expected an empty volume, or one with ext4" ;;
  esac
}

# data_volume_adopt: what a server gathered before it had a volume moves onto it. A volume with data of its own wins.
data_volume_adopt() {
  local pair folder target staging=/run/one-server-web-adopt
  mkdir -p "$staging"
  mount "$DATA_DEVICE" "$staging"
  for pair in "${DATA_FOLDERS[@]}"; do
    folder=$staging/${pair%%:*} target=${pair#*:}
    if [[ ! -d $folder && -n $(ls -A "$target" 2>/dev/null) ]]; then
      [[ $target != /var/lib/mysql ]] || stop_units mysql mariadb 2>/dev/null || true
      cp -a "$target" "$folder.part"
      mv -T "$folder.part" "$folder"
      changed data-volume "moved $target to the volume"
    fi
  done
  umount "$staging"
}

# A file system grows while it is in use.
data_volume_grow() {
  local before
  before=$(df --output=size /srv/data | tail -n 1)
  resize2fs "$DATA_DEVICE" >/dev/null 2>&1 || fail "resize2fs refuses to grow $DATA_DEVICE: run e2fsck on it"
  [[ $(df --output=size /srv/data | tail -n 1) == "$before" ]] || changed data-volume "grew /srv/data to its volume"
}

# data_volume_owner USER FOLDER: the folder's files carry the numbers of the server before. Its user gets the same number here before a
# package gives it another; where that number is taken, the files get the user's.
data_volume_owner() {
  local user=$1 folder=$2 number group
  number=$(stat -c %u "$folder") group=$(stat -c %g "$folder")
  if ! getent passwd "$user" >/dev/null && ((number != 0)) && ! getent passwd "$number" >/dev/null && ! getent group "$group" >/dev/null; then
    groupadd --system --gid "$group" "$user"
    useradd --system --uid "$number" --gid "$group" --no-create-home --home-dir "$(data_volume_home "$user")" --shell /usr/sbin/nologin "$user"
    changed data-volume "added the user $user as number $number, as on the volume"
  fi
  getent passwd "$user" >/dev/null || return 0
  if ((number != 0)) && [[ $number != "$(id -u "$user")" ]]; then
    chown -R "$user:$user" "$folder"
    changed data-volume "gave $folder to the user $user of this server"
  fi
}

data_volume_home() {
  case $1 in
    mysql) echo /nonexistent ;;
    *) echo /srv/www ;;
  esac
}
