# shellcheck shell=bash
# What benchmarks of whole commands share. Needs $work, a directory for the times.
: "${work:?}"

# timed NAME COMMAND...: milliseconds of one run, as a line of the file NAME.
timed() {
  local name=$1 from
  shift
  from=$(date +%s%N)
  "$@"
  echo $((($(date +%s%N) - from) / 1000000)) >>"$work/$name"
}

# median FILE: of its numbers, one a line.
median() { sort -n "$1" | sed -n "$((($(wc -l <"$1") + 1) / 2))p"; }
