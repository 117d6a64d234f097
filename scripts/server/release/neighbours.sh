# shellcheck shell=bash
# Static files of the release that comes and of the one that was, for pages that another server or an earlier moment has sent: the
# web servers look here for what the live release does not have (roles/nginx/neighbours.conf, roles/apache/site.conf).
#
#   static/NAME     the document root of the live release and its neighbours: a file with ?v=NAME is that release's
#   static/after    the release that is prepared, until all servers have it
#   static/before   the previous release, as long as its app server is kept
#   static/rollout  a link to the folder itself: as long as it is there, neighbours also answer for names without a content hash or ?v=

# open_window RELEASE: it is about to go live on this server or on others.
open_window() {
  stop_window_timer
  mkdir -p "$STATIC" || fail_to_write "$STATIC"
  show_static "$1"
  point "$STATIC/after" "$1"
  point "$STATIC/rollout" .
}

# keep_before: the live release is about to be the previous one.
keep_before() {
  [[ -n $ACTIVE_RELEASE && $ACTIVE_RELEASE != "$1" ]] && has_contract "$ACTIVE_RELEASE" || return 0
  show_static "$ACTIVE_RELEASE"
  point "$STATIC/before" "$ACTIVE_RELEASE"
}

# show_static RELEASE
show_static() {
  point "$STATIC/$1" "$RELEASES/$1/$(contract_value "$1" DOCUMENT_ROOT)"
}

# close_window_later: all servers have the release, but pages that were sent before ask for their files in a moment.
close_window_later() {
  stop_window_timer
  systemd-run --quiet --collect --unit=site-close-window --on-active="$WINDOW_SECONDS" "$SCRIPTS/release.sh" close-window || close_window
}

# stop_window_timer: that of an earlier deployment, which may be there whether the window is open or was closed by a failure.
stop_window_timer() {
  systemctl stop site-close-window.timer 2>/dev/null || true
}

# close_window: no page that is out needs the other release's files. Names with a content hash or ?v= stay available as long as the previous release.
close_window() {
  rm -f "$STATIC"/{rollout,after}
  remove_other_roots
}

# remove_before: the previous release's app server has ended.
remove_before() {
  [[ ! -L $STATIC/rollout ]] || return 0
  rm -f "$STATIC/before"
  remove_other_roots
}

# remove_other_roots: document roots that are neither the live release's nor a neighbour's.
remove_other_roots() {
  local link name kept
  kept=" $(active_release) $(readlink "$STATIC/before" || true) $(readlink "$STATIC/after" || true) before after rollout "
  for link in "$STATIC"/*; do
    name=${link##*/}
    [[ ! -L $link || $kept == *" $name "* ]] || rm -f "$link"
  done
}
