# shellcheck shell=bash
# The site's workers and jobs (roles/tasks) are those of the release that is live: which there are, when they run and what they do.

# move_tasks: those of the contract that was read run from now on. Workers end what they are at in the previous release; nobody waits
# for that.
move_tasks() {
  local wanted present unit changed=()
  wanted=$(wanted_tasks) present=$(present_tasks)
  [[ -n $wanted$present ]] || return 0
  if [[ ! -e $UNITS/site-worker@.service ]]; then
    say "this server is not set up for workers and jobs (role tasks): those of this release do not run"
    return 0
  fi
  write_timers
  for unit in $present; do
    [[ $'\n'$wanted$'\n' == *$'\n'$unit$'\n'* ]] || { remove_task "$unit"; changed+=("$unit"); }
  done
  ((${#changed[@]} == 0)) || systemctl daemon-reload
  for unit in $wanted; do start_task "$unit"; done
}

# wanted_tasks, present_tasks: their units, one a line.
wanted_tasks() {
  local name
  while IFS=$'\t' read -r name _; do [[ -z $name ]] || echo "site-worker@$name.service"; done <<<"$WORKERS"
  while IFS=$'\t' read -r name _; do [[ -z $name ]] || echo "site-cron-$name.timer"; done <<<"$CRON"
}

present_tasks() {
  local file
  for file in "$UNITS"/multi-user.target.wants/site-worker@*.service "$UNITS"/site-cron-*.timer; do
    [[ ! -e $file && ! -L $file ]] || echo "${file##*/}"
  done
}

# write_timers: adds those that are not as they were to `changed`.
write_timers() {
  local name schedule text file
  while IFS=$'\t' read -r name schedule _; do
    [[ -n $name ]] || continue
    file=$UNITS/site-cron-$name.timer
    text=$(<"$SCRIPTS/roles/tasks/cron.timer")
    text=${text//'{{TASK}}'/"$name"}
    text=${text//'{{SCHEDULE}}'/"$schedule"}
    [[ ! -e $file || $(<"$file") != "$text" ]] || continue
    write_file "$file" <<<"$text"
    changed+=("${file##*/}")
  done <<<"$CRON"
}

# start_task UNIT: now, and at each boot. A timer that is as it was goes on counting.
start_task() {
  local verb=start
  if [[ $1 == *.timer ]]; then
    point_unit timers "$1" "$UNITS/$1"
    [[ " ${changed[*]} " != *" $1 "* ]] || verb=restart
    systemctl "$verb" "$1" || say "the job ${1%.timer} could not be scheduled: see systemctl status $1 on the server"
  else
    point_unit multi-user "$1" "$UNITS/site-worker@.service"
    systemctl restart --no-block "$1" || say "$1 could not be started in this release: see systemctl status $1 on the server"
  fi
}

# point_unit TARGET UNIT FILE: the link that `systemctl enable` would make, without having systemd read all of its units again.
point_unit() {
  local folder=$UNITS/$1.target.wants
  mkdir -p "$folder"
  [[ $(readlink "$folder/$2") == "$3" ]] || point "$folder/$2" "$3"
}

# remove_task UNIT: a run that is under way ends, and what went wrong with it no longer matters.
remove_task() {
  local service=${1/site-cron-/site-cron@}
  service=${service%.*}
  systemctl stop "$1" 2>/dev/null || true
  rm -f "$UNITS"/{multi-user,timers}.target.wants/"$1"
  [[ $1 != *.timer ]] || rm -f "$UNITS/$1"
  systemctl stop "$service.service" 2>/dev/null || true
  # Only then: a run that failed just now has asked for it.
  systemctl stop "one-server-web-alert@$service.service" 2>/dev/null || true
  systemctl reset-failed "$service.service" 2>/dev/null || true
  rm -f "$ROOT/var/lib/one-server-web/alerts/$service"
}
