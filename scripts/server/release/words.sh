# shellcheck shell=bash
# What a tool of the site says when it fails: people see the line that decides, the log on the server has all of it.

# show_lines <TEXT: to the log, and to the terminal without the inside of tracebacks: of Python's the exception stays, of PHP's the error,
# of a package that pip can't build what its build said last.
show_lines() {
  local line text inside='' indent='' last='' hidden=0
  while IFS= read -r line || [[ -n $line ]]; do
    text=${line#"${line%%[! ]*}"}
    log_line "  $line"
    case $inside in
      python)
        # The exception stands where the traceback began; others may follow in the same way.
        [[ -n $text && ${#line} -gt 0 && "${line%%[! ]*}" == "$indent" ]] || { hidden=$((hidden + 1)); continue; }
        inside=''
        ;;
      pip)
        [[ $text == '[end of output]' ]] || { [[ -z $text ]] || last=$text; hidden=$((hidden + 1)); continue; }
        inside='' line="      $last"
        ;;
    esac
    case $text in
      'Traceback (most recent call last):') inside=python indent=${line%%[! ]*} ;;
      *'lines of output]') [[ $text != *'> ['* ]] || inside=pip ;;
      'Stack trace:' | 'PHP Stack trace:' | '#'[0-9]*' '* | 'thrown in '*) inside=trace ;;
    esac
    if [[ -n $inside ]]; then
      hidden=$((hidden + 1))
      [[ $inside != trace ]] || inside=''
      continue
    fi
    [[ -z $text ]] || show_line "  $line"
  done
  ((hidden == 0)) || show_line "  ($hidden lines more: $LOG on the server)"
}

# decisive_line <TEXT: the last exception in it, else the last error; nothing where there is none.
decisive_line() {
  local text line
  text=$(sed -E -e 's/^\[ *[0-9.]+ s\] +//' -e 's/^ +//')
  line=$(grep -E '^([A-Za-z_][A-Za-z0-9_]*\.)*[A-Za-z0-9_]*(Error|Exception|NotFound|Exit)(: .*)?$|^(PHP )?(Fatal|Parse) error: |^PDOException' <<<"$text" | tail -n 1) || true
  [[ -n $line ]] || line=$(grep -E '^(ERROR|error|Error|E):? ' <<<"$text" | tail -n 1) || true
  echo "${line:0:300}"
}

# why: `: the line that decides`, of what the command of this step printed.
why() {
  local line
  line=$(decisive_line < <(tail -n 200 "$LOG" 2>/dev/null))
  if [[ $LOG == /dev/null ]]; then echo "${line:+: $line}"; else echo "${line:+: $line} (all of it: $LOG on the server)"; fi
}

# app_words COLOUR: `: what its app server said last`, of an error.
app_words() {
  local text line
  # The journal writes down what it was told a moment after a unit has ended.
  journalctl --sync 2>/dev/null || true
  text=$(journalctl --quiet --no-pager --lines 40 --output cat "_SYSTEMD_UNIT=site-app@$1.service" 2>/dev/null) || true
  line=$(decisive_line <<<"$text")
  [[ -n $line ]] || line=$(tail -n 1 <<<"$text")
  echo "${line:+: ${line:0:300}}"
}

# refuse_without_gunicorn RELEASE: packages of its own, or a list of them, take the place of the distribution's.
refuse_without_gunicorn() {
  local folder=$RELEASES/$1
  [[ $RUNTIME == python && -d $folder/.venv && ! -x $folder/.venv/bin/gunicorn ]] || return 0
  fail "the site's Python packages lack gunicorn, which serves it: add gunicorn to requirements.txt (or pyproject.toml, or .venv)"
}
