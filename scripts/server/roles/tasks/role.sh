# shellcheck shell=bash
# What the site does besides answering requests: workers, which run all the time, and jobs, which run at times. Both run as the
# site's user, with its environment, in the release that is live.

readonly TASKS=/etc/one-server-web/tasks

tasks_before() {
  local name schedule command
  [[ -n $WORKERS$CRON ]] || return 0
  TASK_SANDBOX=$(<"$SCRIPTS/roles/tasks/sandbox.conf")
  install_template tasks run.sh /usr/local/lib/one-server-web/run-task 0755 root:root
  install_template tasks worker.service /etc/systemd/system/site-worker@.service 0644 root:root daemon-reload
  install_template tasks cron.service /etc/systemd/system/site-cron@.service 0644 root:root daemon-reload
  while IFS=$'\t' read -r name command; do
    [[ -z $name ]] || add_worker "$name" "$command"
  done <<<"$WORKERS"
  while IFS=$'\t' read -r name schedule command; do
    [[ -z $name ]] || add_job "$name" "$schedule" "$command"
  done <<<"$CRON"
}

tasks_units() {
  local name
  while IFS=$'\t' read -r name _; do [[ -z $name ]] || echo "started site-worker@$name.service"; done <<<"$WORKERS"
  while IFS=$'\t' read -r name _; do [[ -z $name ]] || echo "started site-cron-$name.timer"; done <<<"$CRON"
}

# The command lies in a file of its own: on a line of a unit it would have to be quoted once more.
add_worker() {
  [[ $1 =~ ^[a-z][a-z0-9-]{0,30}$ && -n $2 ]] || fail "setting WORKERS: expected one NAME, a tab and a command a line, got '$1'"
  install_file tasks "$TASKS/worker-$1" 0640 root:site "restart:site-worker@$1.service" <<<"$2"
}

add_job() {
  TASK=$1 SCHEDULE=$2
  [[ $1 =~ ^[a-z][a-z0-9-]{0,30}$ && -n ${3:-} ]] || fail "setting CRON: expected one NAME, a tab, a schedule, a tab and a command a line, got '$1'"
  systemd-analyze calendar "$2" >/dev/null 2>&1 ||
    fail "setting CRON: the schedule '$2' of $1 is invalid for systemd; expected such as hourly, *:0/10 or Mon *-*-* 03:00 (man systemd.time)"
  install_file tasks "$TASKS/cron-$1" 0640 root:site <<<"$3"
  install_template tasks cron.timer "/etc/systemd/system/site-cron-$1.timer" 0644 root:root daemon-reload "restart:site-cron-$1.timer"
}
