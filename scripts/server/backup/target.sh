# shellcheck shell=bash
# Where backups go: whether it can be used, and why not.

# Restic goes on trying a target that does not answer, or refuses a key, for a quarter of an hour.
TARGET_SECONDS=${TARGET_SECONDS:-45}

# ensure_repository: makes the repository where there is none; once a run. A wrong password or an unreachable target must never look like an empty one.
ensure_repository() {
  local answer code=0 log="$WORK/ssh.log"
  [[ -z ${REPOSITORY_READY:-} ]] || return 0
  rm -f "$log"
  answer=$(BACKUP_SSH_LOG=$log timeout "$TARGET_SECONDS" restic --no-lock cat config 2>&1 >/dev/null) || code=$?
  [[ ! -s $log ]] || answer="$(sed 's/^/subprocess ssh: /' "$log")"$'\n'"$answer"
  if ((code == 0)); then
    # What a run that was killed left locked; another run's lock would be fresh, and there is none: see main.
    restic unlock --quiet
    REPOSITORY_READY=yes
    return 0
  fi
  is_empty_target "$code" "$answer" || fail "the backup target $RESTIC_REPOSITORY can't be used: $(target_reason "$answer")"
  # Another server of the stack may have made it meanwhile.
  answer=$(restic init --quiet 2>&1) || restic --no-lock cat config >/dev/null 2>&1 ||
    fail "the backup target $RESTIC_REPOSITORY can't be made: $(target_reason "$answer")"
  REPOSITORY_READY=yes
  changed backup "made the repository $RESTIC_REPOSITORY"
}

# is_empty_target CODE ANSWER: whether restic found the place and nothing there. It says so by code 10 since its version 0.17; of a bucket
# that is not there yet, which it makes, it only knows that asking again changes nothing.
is_empty_target() {
  (($1 == 10)) || [[ $2 == *'does not exist'*'Is there a repository at the following location'* || $(target_reason "$2") == *'specified bucket does not exist'* ]]
}

# target_reason ANSWER: the one thing in what restic said that helps. What ssh said comes first, because restic itself knows only that
# it ended; the last of its attempts says why, where it was ended while it tried.
target_reason() {
  local reason
  if [[ $1 == *'REMOTE HOST IDENTIFICATION HAS CHANGED'* || $1 == *'Host key verification failed'* ]]; then
    echo 'its host key is not the one in BACKUP_HOST_KEY (backupHostKey)'
    return 0
  fi
  reason=$(sed -n 's/^subprocess ssh: //p' <<<"$1" | grep -m 1 -E 'denied|refused|resolve|timed out|unreachable|closed|invalid format') || true
  [[ -n $reason ]] || reason=$(sed -n 's/^.*, retrying after [^:]*: //p' <<<"$1" | tail -n 1)
  [[ -n $reason ]] || reason=$(sed -n 's/^Fatal: //p' <<<"$1" | head -n 1)
  [[ -n $reason ]] || reason=$(tail -n 1 <<<"$1")
  echo "${reason:0:300}"
}
