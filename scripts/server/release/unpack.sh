# shellcheck shell=bash
# A release lies unpacked in a folder of its own, beside the others. It is whole once STATE/RELEASE.ready is there.

is_ready() {
  [[ -e $STATE/$1.ready && -d $RELEASES/$1 ]] && has_contract "$1"
}

# unpack_release RELEASE ARCHIVE DIGEST SETTINGS: nothing to do when it is there already.
unpack_release() {
  local release=$1 archive=$2 digest=$3 folder=$RELEASES/$1
  [[ -z $4 ]] || store_contract "$release" "$4"
  # What visitors are served from is never removed, even when the notes about it are gone.
  [[ $release != "$ACTIVE_RELEASE" || ! -d $folder ]] || mark "$release" ready
  if is_ready "$release"; then
    say "release $release is unpacked already"
    return 0
  fi
  [[ -n $archive ]] || fail "release $release is not on this server (npm run releases lists those that are): deploy its files again"
  [[ -r $archive ]] || fail "the upload $archive is missing: upload it again (pulumi up --replace '**-upload')"
  if [[ $(sha256sum <"$archive") != "$digest  -" ]]; then
    fail "the upload $archive is damaged or not whole (SHA-256 $(sha256sum <"$archive" | cut -c1-12)…, expected ${digest:0:12}…): upload it again (pulumi up --replace '**-upload')"
  fi
  read_contract "$release"
  check_disk "$archive"
  rm -rf "$folder" "$STATE/$release".{ready,live,migrated,failed}
  mkdir "$folder" || fail_to_write "$folder"
  if ! tar -xzf "$archive" -C "$folder" --no-same-owner --no-overwrite-dir; then
    rm -rf "$folder"
    fail "release $release can't be unpacked: see above; is the disk full? (df -h)"
  fi
  share_paths "$folder"
  chown -hR site:site "$folder"
  install_dependencies "$release"
  # What the marker promises has to be on the disk before it.
  sync -f "$folder" "$STATE"
  mark "$release" ready
}

# check_disk ARCHIVE: room for the unpacked files twice, and some to spare.
check_disk() {
  local unpacked available needed
  unpacked=$(gzip -l "$1" | awk 'NR == 2 { print int($2 / 1048576) + 1 }')
  needed=$((unpacked * 2 + FREE_MIB))
  available=$(df --output=avail -m "$RELEASES" | tail -n 1)
  ((available >= needed)) ||
    fail "the disk of $RELEASES has ${available// /} MiB free, $needed are needed: remove files, or keep fewer releases (keepReleases)"
}

# share_paths FOLDER: what outlives releases is linked into this one. What the first release brings along begins it.
share_paths() {
  local folder=$1 path
  for path in $SHARED_PATHS; do
    mkdir -p "$(dirname "$SHARED/$path")" "$(dirname "$folder/$path")"
    if [[ ! -e $SHARED/$path && -e $folder/$path ]]; then
      cp -a "$folder/$path" "$SHARED/$path"
      chown -hR site:site "$SHARED/$path"
    elif [[ ! -e $SHARED/$path ]]; then
      install -d -o site -g site -m 0755 "$SHARED/$path"
    fi
    rm -rf "${folder:?}/$path"
    ln -s "$SHARED/$path" "$folder/$path"
  done
}
