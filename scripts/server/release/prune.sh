# shellcheck shell=bash
# Old releases go, the last ones stay: those that are or were live a moment ago always.

prune() {
  local kept=0 failed=0 release
  while read -r _ release; do
    [[ -n $release ]] || continue
    # Those that failed take no place of good ones; the last is kept for a look at it.
    if [[ -e $STATE/$release.failed ]]; then
      failed=$((failed + 1))
      ((failed > 1)) || continue
    else
      kept=$((kept + 1))
      ((kept > KEEP_RELEASES)) || continue
    fi
    [[ $release != "$(active_release)" && $release != "$(release_of blue)" && $release != "$(release_of green)" ]] || continue
    rm -f "$STATE/$release".{ready,live,migrated,failed,settings,env}
    rm -rf "${RELEASES:?}/$release"
    say "removed the old release $release"
  done < <(releases_by_age)
  # Releases that never became whole.
  for release in "$RELEASES"/* "$STATE"/*.settings "$STATE"/*.env; do
    release=${release##*/}
    release=${release%.settings} release=${release%.env}
    [[ $release == '*' || -e $STATE/$release.ready ]] || rm -rf "${RELEASES:?}/$release" "$STATE/$release".{settings,env}
  done
  remove_unused_environments
}

# Seconds and names of whole releases, the one that went live (or, never live, was unpacked) last first.
releases_by_age() {
  find "$STATE" -maxdepth 1 \( -name '*.ready' -o -name '*.live' \) -printf '%T@ %f\n' | sort -rn |
    sed -e 's/\.ready$//' -e 's/\.live$//' | awk '!seen[$2]++'
}

# The one that was live before the live one and is still here whole.
previous_release() {
  local release
  while read -r _ release; do
    [[ -e $STATE/$release.live && ! -e $STATE/$release.failed && $release != "$ACTIVE_RELEASE" ]] || continue
    is_ready "$release" || continue
    echo "$release"
    return 0
  done < <(releases_by_age)
}

remove_unused_environments() {
  local environment used
  used=$(find "$RELEASES" -maxdepth 2 -name .venv -type l -printf '%l\n')
  for environment in "$WWW"/environments/*; do
    [[ -d $environment ]] || continue
    grep -qxF "$environment" <<<"$used" || rm -rf "$environment"
  done
}
