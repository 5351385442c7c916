# shellcheck shell=bash
# Two Dockers beside the main one, for what differs from engine to engine: 20.10, the oldest that is built with, whose BuildKit is
# 0.8; and 28 with images in containerd, the way of new installs since 29. Clients reach them by DOCKER_HOST.
#
# Each has a bridge of its own and makes no rules for it, for those of the main Docker are not theirs: their containers reach
# this machine and its registry, not the internet.

OLD_DOCKER=$STATE/docker-20.10
OLD_DOCKER_SOCKET=$RUN/docker-20.10/docker.sock
OLD_DOCKER_BRIDGE=railpack-20
OLD_DOCKER_ADDRESS=172.31.20.1/24
# The Debian release that has it.
OLD_DOCKER_SUITE=bookworm
OLD_DOCKER_PACKAGES="docker.io containerd libdevmapper1.02.1"

CONTAINERD_DOCKER_BRIDGE=railpack-ctr
CONTAINERD_DOCKER_ADDRESS=172.31.28.1/24
# What each may keep of builds, the examples among them.
OTHER_DOCKERS_CACHE=3GB
OTHER_DOCKER_CONTAINERS="railpack-integration-docker-20.10 railpack-integration-docker-containerd"

# Seen from outside of the engine root.
containerd_docker_socket() {
  if [ "$DOCKER_IS_OURS" = yes ]; then
    printf '%s\n' "$ENGINE_ROOT/run/railpack-docker-containerd/docker.sock"
  else
    printf '%s\n' "$RUN/docker-containerd/docker.sock"
  fi
}

engine_answers() { [ -S "$1" ] && curl -fsS --max-time 5 --unix-socket "$1" http://docker/_ping; }
old_docker_answers() { engine_answers "$OLD_DOCKER_SOCKET"; }
containerd_docker_answers() { engine_answers "$(containerd_docker_socket)"; }

# apt with the archive of another release, which leaves the machine's own lists alone.
old_docker_apt() {
  local apt=$OLD_DOCKER.apt
  apt-get -o "Dir::Etc::SourceList=$apt/sources.list" -o Dir::Etc::SourceParts=- -o "Dir::State::Lists=$apt/lists" \
    -o "Dir::Cache=$apt/cache" -o APT::Sandbox::User=root "$@"
}

# Nothing is installed: the machine may have another Docker's packages.
old_docker_unpacked() { [ -x "$OLD_DOCKER/usr/sbin/dockerd" ]; }
old_docker_unpack() {
  local apt=$OLD_DOCKER.apt keyring=/usr/share/keyrings/debian-archive-keyring.gpg signed='' package
  [ ! -e "$keyring" ] || signed="[signed-by=$keyring] "
  mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial" "$apt/packages"
  printf 'deb %s%s %s main\n' "$signed" "$(debian_mirror)" "$OLD_DOCKER_SUITE" >"$apt/sources.list"
  old_docker_apt update -q
  # shellcheck disable=SC2086
  (cd "$apt/packages" && old_docker_apt download -q $OLD_DOCKER_PACKAGES)
  rm -rf "$OLD_DOCKER.new"
  for package in "$apt"/packages/*.deb; do dpkg-deb --extract "$package" "$OLD_DOCKER.new"; done
  rm -rf "$apt"
  mv "$OLD_DOCKER.new" "$OLD_DOCKER"
}

# Two Dockers would write each other's rules anew. So these write none, and what their commands need to reach the network is
# written here.
# bridge_rules CHANGE NAME ADDRESS: CHANGE is `append` or `delete`.
bridge_rules() {
  local change=$1 bridge=$2 address=$3
  bridge_rule "$change" -t nat POSTROUTING -s "$address" ! -o "$bridge" -j MASQUERADE
  bridge_rule "$change" -t filter FORWARD -i "$bridge" -j ACCEPT
  bridge_rule "$change" -t filter FORWARD -o "$bridge" -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
}

# bridge_rule CHANGE -t TABLE CHAIN RULE...
bridge_rule() {
  local change=$1 table=$3 present=no
  shift 3
  ! chroot "$ENGINE_ROOT" /usr/sbin/iptables -t "$table" --check "$@" 2>/dev/null || present=yes
  case $change-$present in
    append-no | delete-yes) chroot "$ENGINE_ROOT" /usr/sbin/iptables -t "$table" "--$change" "$@" ;;
  esac
}

old_docker_start() {
  bridge_up "$OLD_DOCKER_BRIDGE" "$OLD_DOCKER_ADDRESS"
  bridge_rules append "$OLD_DOCKER_BRIDGE" "$OLD_DOCKER_ADDRESS"
  mkdir -p "$RUN/docker-20.10"
  # Without the file, dockerd would read the machine's own /etc/docker/daemon.json.
  printf '{%s}\n' "$(docker_cache "$OTHER_DOCKERS_CACHE")" >"$RUN/docker-20.10/daemon.json"
  rm -f "$RUN/docker-20.10/dockerd.pid"
  start_daemon dockerd-20.10 "$here/lib/docker-20.10" "$OLD_DOCKER" --host "unix://$OLD_DOCKER_SOCKET" \
    --config-file "$RUN/docker-20.10/daemon.json" --pidfile "$RUN/docker-20.10/dockerd.pid" \
    --data-root "$STATE/docker-20.10-data" --exec-root "$RUN/docker-20.10/exec" --bridge "$OLD_DOCKER_BRIDGE"
  wait_until 60 dockerd-20.10 old_docker_answers
}

containerd_docker_start() {
  local run=/run/railpack-docker-containerd
  bridge_up "$CONTAINERD_DOCKER_BRIDGE" "$CONTAINERD_DOCKER_ADDRESS"
  bridge_rules append "$CONTAINERD_DOCKER_BRIDGE" "$CONTAINERD_DOCKER_ADDRESS"
  mkdir -p "$ENGINE_ROOT$run"
  printf '{"features": {"containerd-snapshotter": true}, %s}\n' "$(docker_cache "$OTHER_DOCKERS_CACHE" "$DOCKER_RECORDS")" >"$ENGINE_ROOT$run/daemon.json"
  rm -f "$ENGINE_ROOT$run/dockerd.pid" "$ENGINE_ROOT$run/exec/containerd/containerd.pid"
  # Not only by chroot: `docker exec` enters the root of a mount namespace, and that would be the machine's.
  # shellcheck disable=SC2016
  start_daemon dockerd-containerd unshare --mount --propagation private sh -euc \
    'cd "$0"; mkdir -p .machine; pivot_root . .machine; exec chroot . sh -euc "umount -l /.machine; exec \"\$@\"" sh "$@"' \
    "$ENGINE_ROOT" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root "GOGC=$DAEMON_GOGC" \
    /usr/sbin/dockerd --host "unix://$run/docker.sock" --config-file "$run/daemon.json" --pidfile "$run/dockerd.pid" \
    --data-root /var/lib/docker-containerd --exec-root "$run/exec" \
    --bridge "$CONTAINERD_DOCKER_BRIDGE" --iptables=false --ip6tables=false
  wait_until 60 dockerd-containerd containerd_docker_answers
}

# Where the user's own Docker is there, the others are containers of it. They share the network of the registry's container: for
# them too it is on loopback.
old_docker_start_in_docker() { start_in_docker docker-20.10 docker:20.10-dind old_docker_answers "$OLD_DOCKER_BRIDGE" "$OLD_DOCKER_ADDRESS"; }
containerd_docker_start_in_docker() {
  start_in_docker docker-containerd docker:28-dind containerd_docker_answers "$CONTAINERD_DOCKER_BRIDGE" "$CONTAINERD_DOCKER_ADDRESS" \
    --feature containerd-snapshotter=true
}

# start_in_docker NAME IMAGE READY BRIDGE ADDRESS [OPTION...]: the network may have what one before has left.
start_in_docker() {
  local name=$1 image=$2 ready=$3 bridge=$4 address=$5
  shift 5
  mkdir -p "$RUN/$name"
  docker rm --force --volumes "railpack-integration-$name" >/dev/null 2>&1 || true
  # shellcheck disable=SC2016
  docker run -d --privileged --network container:railpack-integration-registry --name "railpack-integration-$name" \
    -v "$RUN/$name:/run/outside" --entrypoint /bin/sh "$image" -euc \
    'ip link delete "$0" 2>/dev/null || true
     ip link add "$0" type bridge; ip link set "$0" address "$(cat "/sys/class/net/$0/address")"
     ip address add "$1" dev "$0"; ip link set "$0" up
     iptables -t nat -C POSTROUTING -s "$1" ! -o "$0" -j MASQUERADE 2>/dev/null ||
       iptables -t nat -A POSTROUTING -s "$1" ! -o "$0" -j MASQUERADE
     bridge=$0; shift
     exec dockerd --host unix:///run/outside/docker.sock --iptables=false --ip6tables=false --bridge "$bridge" "$@"' \
    "$bridge" "$address" --group "$(id -g)" "$@"
  wait_until_in_docker "$name" "$ready"
}

other_dockers_up() {
  if [ "$DOCKER_IS_OURS" = yes ]; then
    step "unpack docker 20.10" old_docker_unpacked old_docker_unpack
    step "start docker 20.10" old_docker_answers old_docker_start
    step "start docker with containerd" containerd_docker_answers containerd_docker_start
  else
    step "start docker 20.10" old_docker_answers old_docker_start_in_docker
    step "start docker with containerd" containerd_docker_answers containerd_docker_start_in_docker
  fi
}

other_dockers_down() {
  if [ "$DOCKER_IS_OURS" = no ]; then
    # shellcheck disable=SC2086
    docker rm --force --volumes $OTHER_DOCKER_CONTAINERS >/dev/null 2>&1 || true
    return
  fi
  stop_daemon dockerd-20.10 "unix://$OLD_DOCKER_SOCKET"
  stop_daemon dockerd-containerd unix:///run/railpack-docker-containerd/docker.sock
  unmount_below "$STATE/docker-20.10-data"
  unmount_below "$RUN/docker-20.10"
  if [ -x "$ENGINE_ROOT/usr/sbin/iptables" ]; then
    bridge_rules delete "$OLD_DOCKER_BRIDGE" "$OLD_DOCKER_ADDRESS"
    bridge_rules delete "$CONTAINERD_DOCKER_BRIDGE" "$CONTAINERD_DOCKER_ADDRESS"
  fi
  bridge_down "$OLD_DOCKER_BRIDGE"
  bridge_down "$CONTAINERD_DOCKER_BRIDGE"
}
