# shellcheck shell=sh
# What people's shells on the server begin with.

# A core dump may hold passwords and keys.
# shellcheck disable=SC3045 # every shell of Debian knows it
ulimit -c 0

# A login that was forgotten ends by itself; commands that are run from elsewhere have no prompt and are not meant.
case $- in
  *i*) readonly TMOUT=900 ;;
esac
