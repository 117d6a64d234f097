# shellcheck shell=bash
# What the site does besides answering requests: workers, which run all the time, and jobs, which run at times. Both run as the
# site's user, with its environment, in the release that is live, which says what they are (release/tasks.sh).

tasks_before() {
  TASK_SANDBOX=$(<"$SCRIPTS/roles/tasks/sandbox.conf")
  install_template tasks run.sh /usr/local/lib/one-server-web/run-task 0755 root:root
  install_template tasks worker.service /etc/systemd/system/site-worker@.service 0644 root:root daemon-reload
  install_template tasks cron.service /etc/systemd/system/site-cron@.service 0644 root:root daemon-reload
  # Version 0.1.0 kept the commands here.
  local file
  for file in /etc/one-server-web/tasks/*; do
    [[ ! -e $file ]] || remove_file tasks "$file"
  done
  rmdir /etc/one-server-web/tasks 2>/dev/null || true
}

tasks_shown() {
  present_tasks
}
