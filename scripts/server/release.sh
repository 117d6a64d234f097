#!/bin/bash
# Puts releases of the site live, one after another, with no failed request.
#
#   release.sh deploy RELEASE [--archive FILE --digest SHA256] [--settings]   unpack, migrate, start, gate, switch; --settings: what the
#                                             release brings besides its files is on standard input (NAME='value' a line)
#   release.sh prepare | migrate | live | finish RELEASE   the same in parts, for several servers: prepared on all, migrated on one, live
#                                             on one after the other, finished on all. prepare and finish take what deploy takes
#   release.sh back RELEASE [--reason TEXT]   it goes live nowhere: a server on which it is live returns to the previous one; with a reason
#                                             it is marked as failed
#   release.sh rollback [RELEASE]             back to the previous one, or to a given one
#   release.sh renew                          the live release on a fresh app server: another database password, or an upgraded PHP
#   release.sh maintenance on [MINUTES] | off visitors see a page that says when to come back (503, Retry-After)
#   release.sh upgrade-front                  a fresh nginx takes over the open sockets: after its package was upgraded
#   release.sh upgrade [--plan | --window]    upgrades packages without downtime; with --window also those that need some
#   release.sh stop-previous                  ends the app server that was kept for a rollback
#   release.sh close-window                   stops answering the other release's files, but for names with a content hash or ?v=
#   release.sh previous                       the release that a rollback goes back to
#   release.sh list [--json]                  the releases on this server
#   release.sh records [NUMBER]               the last runs, one line of JSON each
#   release.sh adopt                          before provisioning: what version 0.1.0 kept with the server goes to its releases
#   release.sh front STACK [COLOUR RELEASE]   what the web server's file holds for a release
#
# deploy, rollback and renew take --who NAME: who asks, for the records.
set -euo pipefail
# A login may come with a stricter one; the web server has to read what is unpacked here.
umask 022
# As provision.sh: sudo and cron hand over a PATH without /usr/local/bin.
export LC_ALL=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

SCRIPTS=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
for part in lib/assignments lib/front lib/database lib/json release/{settings,contract,output,words,record,lock,unpack,dependencies,migrate,colours,gate,switch,neighbours,tasks,prune,list,maintenance,rollout,adopt}; do
  # shellcheck source=/dev/null
  source "$SCRIPTS/$part.sh"
done

main() {
  ACTION=${1:-help}
  RUN_ID=$(date -u +%Y%m%dT%H%M%S)-$$
  case $ACTION in
    deploy | prepare | migrate | live | finish | back | rollback | renew) shift; change "$@" ;;
    maintenance | upgrade | upgrade-front) shift; maintain "$@" ;;
    adopt) read_settings; make_folders; take_lock; adopt ;;
    front) [[ -z ${4:-} ]] || read_contract "$4"; front_text "$2" "${3:-blue}" "${4:-}" ;;
    stop-previous) read_settings; make_folders; stop_previous ;;
    close-window) read_settings; close_window ;;
    previous) read_settings; ACTIVE_RELEASE=$(active_release); previous_release ;;
    list) read_settings; if [[ ${2:-} == --json ]]; then list_json; else list_text; fi ;;
    records) tail -n "${2:-20}" "$RECORDS" 2>/dev/null || true ;;
    *) sed -n 's/^#   //p' "${BASH_SOURCE[0]}"; [[ $ACTION == help ]] || exit 2 ;;
  esac
}

# What deploy, rollback and renew have in common.
change() {
  local archive='' digest='' settings=''
  RELEASE=''
  while (($# > 0)); do
    case $1 in
      --archive) archive=$2; shift 2 ;;
      --digest) digest=$2; shift 2 ;;
      --settings) settings=$(cat); shift ;;
      --reason) REASON=$2; shift 2 ;;
      --who) WHO=$2; shift 2 ;;
      *) RELEASE=$1; shift ;;
    esac
  done
  [[ $ACTION == @(rollback|renew) || -n $RELEASE ]] || fail "which release? release.sh $ACTION RELEASE"
  [[ -z $RELEASE ]] || check_release_name "$RELEASE"
  begin_run
  refuse_in_maintenance
  "change_$ACTION" "$archive" "$digest" "$settings"
  RESULT=${OUTCOME:-live}
}

# What maintenance and upgrades have in common.
maintain() {
  RELEASE=''
  begin_run
  "${ACTION//-/_}" "$@"
  RESULT=${OUTCOME:-done}
}

# Takes the lock, settles what an earlier run left, and finds out what is live.
begin_run() {
  [[ $EUID == 0 ]] || fail "releases are deployed as root: run this with sudo"
  read_settings
  make_folders
  begin_output "$RUN_ID"
  take_lock
  trap finish EXIT
  note_interrupted
  settle_switch
  ACTIVE=$(active_colour) ACTIVE_RELEASE=$(active_release) PREVIOUS=$ACTIVE_RELEASE
  # The colour that a web server without any release names serves nobody.
  [[ -n $ACTIVE_RELEASE ]] || ACTIVE=green
  [[ $ACTIVE == blue || $ACTIVE == green ]] || fail "$(front_file "$STACK") does not say which app server is live: provision this server again"
  IDLE=$(other_colour "$ACTIVE")
  [[ -z $ACTIVE_RELEASE ]] || ! has_contract "$ACTIVE_RELEASE" || read_contract "$ACTIVE_RELEASE"
}

# All parts in one, for one server.
change_deploy() {
  ! is_seen_live "$RELEASE" || { OUTCOME=unchanged; say "release $RELEASE is live already"; return 0; }
  prepare_release "$@"
  migrate_release "$RELEASE"
  go_live "$RELEASE"
  close_window_later
  prune
  remove_old_uploads "$1"
}

# is_seen_live RELEASE: by the web server's file, its app server and the public address.
is_seen_live() {
  [[ $1 == "$ACTIVE_RELEASE" ]] && is_running "$ACTIVE" && is_ready "$1" || return 1
  confirm "$1" || { say "release $1 ought to be live, but the public address answers '$PUBLIC': starting it again"; return 1; }
}

change_rollback() {
  [[ -n $RELEASE ]] || RELEASE=$(previous_release)
  [[ -n $RELEASE && $RELEASE != "$ACTIVE_RELEASE" ]] || fail 'there is no release before the live one to go back to (npm run releases lists them)'
  is_ready "$RELEASE" || fail "release $RELEASE is not on this server any more (npm run releases lists those that are): deploy its files again"
  refuse_failed
  open_window "$RELEASE"
  go_live "$RELEASE"
  close_window_later
}

# refuse_failed: only its files, sent anew, give a release that failed another try.
refuse_failed() {
  [[ ! -e $STATE/$RELEASE.failed ]] || fail "release $RELEASE failed before and is never gone back to: $(<"$STATE/$RELEASE.failed")"
}

change_renew() {
  [[ -n $ACTIVE_RELEASE ]] || { OUTCOME=unchanged; say 'there is no release yet'; return 0; }
  RELEASE=$ACTIVE_RELEASE
  begin start "release $RELEASE once more, as $IDLE"
  stop_colour "$IDLE"
  go_live "$RELEASE"
  # What it replaced runs with settings that hold no longer.
  stop_previous_at_once
}

# go_live RELEASE: on the idle colour, gated, switched, seen at the public address.
go_live() {
  local release=$1 fresh=no
  read_contract "$release"
  keep_before "$release"
  if [[ $(release_of "$IDLE") != "$release" ]] || ! is_running "$IDLE"; then
    fresh=yes
    begin drain "making $IDLE free"
    stop_colour "$IDLE"
    begin start "release $release as $IDLE"
    start_colour "$IDLE" "$release"
  fi
  begin gate "asking $HEALTH_PATH through $IDLE's own socket"
  gate "$IDLE" "$release"
  [[ $fresh == no ]] || warm "$IDLE" "$release"
  begin switch "from ${ACTIVE_RELEASE:-nothing} to $release"
  switch_to "$IDLE" "$release"
  begin finish "release $release is live, $(seconds "$(milliseconds "$STARTED")") s after the start"
  finish_switch "$IDLE" "$release"
}

# The release before stays up for a rollback, but not for ever: it takes memory.
stop_previous_later() {
  systemctl stop site-stop-previous.timer 2>/dev/null || true
  ((KEEP_PREVIOUS_SECONDS == 0)) ||
    systemd-run --quiet --collect --unit=site-stop-previous --on-active="$KEEP_PREVIOUS_SECONDS" "$SCRIPTS/release.sh" stop-previous ||
    say "the previous release's app server stays up until the next deployment: its timer could not be set"
}

stop_previous_at_once() {
  systemctl stop site-stop-previous.timer 2>/dev/null || true
  systemd-run --quiet --collect --unit="site-stop-previous-$RUN_ID" "$SCRIPTS/release.sh" stop-previous || true
}

# Waits for the last requests without the lock, then makes sure under it that nobody took the colour meanwhile.
stop_previous() {
  local idle release cut=no
  exec 9>>"$RUN/release.lock"
  idle=$(other_colour "$(active_colour)") release=$(release_of "$idle")
  drain "$idle" || cut=yes
  flock 9
  if [[ $(other_colour "$(active_colour)") == "$idle" && $(release_of "$idle") == "$release" && ! -e $SWITCHING ]]; then
    [[ $cut == no ]] || cut_requests "$idle"
    systemctl stop "site-app@$idle"
    remove_before
  fi
}

# The upload of the live release stays, so that it can be unpacked again; those before it go after an hour.
remove_old_uploads() {
  [[ -n $1 ]] || return 0
  find "$(dirname "$1")" -maxdepth 1 -name '.one-server-web-release-*.tar.gz' ! -path "$1" -mmin +60 -delete 2>/dev/null || true
}

main "$@"
