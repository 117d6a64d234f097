# shellcheck shell=bash
# The site's workers (roles/tasks) follow the release that is live.

# move_workers: each ends what it is at in the release before and starts in this one; nobody waits for that.
move_workers() {
  local file units=()
  for file in "$ETC"/tasks/worker-*; do
    [[ ! -e $file ]] || units+=("site-worker@${file##*/worker-}.service")
  done
  ((${#units[@]} == 0)) || systemctl restart --no-block "${units[@]}" ||
    say 'the workers could not be started in this release: see systemctl status "site-worker@*" on the server'
}
