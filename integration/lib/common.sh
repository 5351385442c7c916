# shellcheck shell=bash
# Where the state lives, how progress is told, how work is run and checked. Sourced first by `up` and `down`.

# All state: binaries, root file systems, engine data, sockets, logs.
STATE=${RAILPACK_INTEGRATION_HOME:-${XDG_CACHE_HOME:-$HOME/.cache}/railpack-integration}
LOGS=$STATE/logs
RUN=$STATE/run
STAMPS=$STATE/stamps
# For engines that tests start and end.
ENGINE_DATA=$STATE/engine-data
# The checkout that the binaries and images are built from.
SOURCE=${RAILPACK_INTEGRATION_SOURCE:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)}

log() { printf '%4ds  %s\n' "$SECONDS" "$*" >&2; }

die() {
  printf 'error: %s\n' "$1" >&2
  shift
  local hint
  for hint in "$@"; do printf '  hint: %s\n' "$hint" >&2; done
  exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

require() {
  have "$1" || die "the command '$1' was not found" "install it and run this again: $2"
}

# step NAME READY WORK: runs the function WORK with its output in a log, unless the function READY already succeeds (then
# nothing is said). Call it plainly, never under `if` or `||`: bash switches `set -e` off inside anything that is tested.
step() {
  local name=$1 ready=$2 work=$3 since=$SECONDS status=0 log
  if "$ready" >/dev/null 2>&1; then return 0; fi
  log=$LOGS/${name// /-}.log
  ("$work") >"$log" 2>&1 </dev/null &
  wait $! || status=$?
  if [ "$status" != 0 ]; then
    printf 'error: %s: exit code %s; the end of %s:\n' "$name" "$status" "$log" >&2
    tail -n 25 "$log" | sed 's/^/    /' >&2
    exit 1
  fi
  log "$name ($((SECONDS - since)) s)"
}

# Stamps name what a result was made from: stamp_is NAME KEY is true if NAME was last made from exactly KEY.
stamp_is() { [ -f "$STAMPS/$1" ] && [ "$(cat "$STAMPS/$1")" = "$2" ]; }
stamp_set() { printf '%s\n' "$2" >"$STAMPS/$1"; }

# One digest over the names and contents of files and directories of a checkout, wherever that is.
digest_of() {
  find "$@" -type f -print0 | sort -z | xargs -0 sha256sum | sed "s#  $SOURCE/#  #" | sha256sum | cut -c1-32
}

# Engines collect their garbage a quarter as often as they would: memory is there, and the processors are what tests wait for
# (https://pkg.go.dev/runtime#hdr-Environment_Variables).
DAEMON_GOGC=400

# start_daemon NAME COMMAND...: detached from this shell and its terminal, so that it outlives both.
start_daemon() {
  local name=$1
  shift
  # What the daemon inherits stays open as long as it lives: the lock of `up` (file descriptor 9) would stay held, and
  # whoever reads the output of `up` (file descriptor 3) would wait for its end.
  GOGC=$DAEMON_GOGC setsid nohup "$@" >>"$LOGS/$name.log" 2>&1 </dev/null 3>&- 9>&- &
  printf '%s\n' $! >"$RUN/$name.pid"
}

# wait_until SECONDS NAME READY: polls until the function READY succeeds.
wait_until() {
  local deadline=$((SECONDS + $1)) name=$2 ready=$3
  until "$ready" >/dev/null 2>&1; do
    if [ "$SECONDS" -ge "$deadline" ]; then
      echo "$name did not answer within $1 s"
      # One in a container has its log there.
      [ ! -e "$LOGS/$name.log" ] || { echo "the end of $LOGS/$name.log:"; tail -n 15 "$LOGS/$name.log"; }
      return 1
    fi
    sleep 0.2
  done
}

# wait_until_in_docker NAME READY: the same for the container railpack-integration-NAME, whose log the user's own Docker has.
wait_until_in_docker() {
  wait_until 60 "$1" "$2" || { docker logs --tail 15 "railpack-integration-$1"; return 1; }
}

# A pid file may outlive its process (after a restart of the machine): only a process that still runs with a path of
# ours in its command line is taken for our daemon.
daemon_pid() {
  local pid
  pid=$(cat "$RUN/$1.pid" 2>/dev/null) || return 1
  [ -r "/proc/$pid/cmdline" ] && tr '\0' ' ' <"/proc/$pid/cmdline" | grep -qF -- "$2" && printf '%s\n' "$pid"
}

stop_daemon() {
  local name=$1 mark=$2 pid
  if pid=$(daemon_pid "$name" "$mark"); then
    kill "$pid"
    for _ in $(seq 100); do
      [ -d "/proc/$pid" ] || break
      sleep 0.1
    done
    [ ! -d "/proc/$pid" ] || kill -9 "$pid"
    log "stopped $name"
  fi
  rm -f "$RUN/$name.pid"
}

# Containers of a Docker that was killed are still in its bridge, and answer there for addresses that are given anew: so each
# start makes its own. It has the hardware address that is set, as Docker does it: else that changes with the containers that come
# and go, and those that know the one before lose the network for a while.
# bridge_up NAME ADDRESS
bridge_up() {
  bridge_down "$1"
  ip link add "$1" type bridge
  ip link set "$1" address "$(cat "/sys/class/net/$1/address")"
  ip address replace "$2" dev "$1"
  ip link set "$1" up
}

bridge_down() { [ ! -d "/sys/class/net/$1" ] || ip link delete "$1"; }

# One run of `up` or `down` at a time, on file descriptor 9.
lock_state() {
  mkdir -p "$(dirname "$STATE")"
  exec 9>"$STATE.lock"
  flock 9
}

prepare_state() {
  mkdir -p "$LOGS" "$RUN" "$STAMPS" "$STATE/bin" "$ENGINE_DATA"
  # A path of a unix socket has at most 107 bytes.
  [ ${#RUN} -le 80 ] || die "the path $RUN is too long for a unix socket" "set RAILPACK_INTEGRATION_HOME to a shorter path"
}

# Work in the background does not end by itself with this shell, also not by Ctrl-C: it is told to, and what it was doing
# is done again by the next run.
end_of_run() {
  local status=$?
  [ "$status" = 0 ] || {
    printf 'integration/up did not finish (exit code %s); logs: %s\n' "$status" "$LOGS"
    end_descendants $$
  }
}

end_descendants() {
  local child
  for child in $(pgrep -P "$1"); do
    end_descendants "$child"
    kill "$child" 2>/dev/null || true
  done
}

# Branches are the parts of the work that run side by side. Each is a function that runs steps one after the other.
branches=()

branch_start() {
  ("$@") &
  branches+=($!)
}

# Waits for all branches started so far; the first that failed ends this run (its step has said why).
branches_wait() {
  local pid
  for pid in "${branches[@]}"; do wait "$pid" || exit 1; done
  branches=()
}
