# shellcheck shell=bash
# Docker: the user's own where one answers, else Docker 28 with buildx from Debian, run in the engine root.
#
# The image store is the classic one (overlay2 graph driver), which has no merge operation: the harder case for a
# frontend. A second daemon with other settings is one more function like docker_start, with a name of its own.

DOCKER_SOCKET=$ENGINE_ROOT/run/railpack-docker.sock

# docker_cache SIZE [FIELDS]: what a Docker may keep of builds, as a field of daemon.json. Its own bound is a share of the disk,
# which machines for tests do not have to give, and 20.10 has none.
docker_cache() { printf '"builder": {"gc": {"enabled": true, "defaultKeepStorage": "%s"}%s}' "$1" "${2:-}"; }
# By default the records of all builds of two days are kept, thousands, which tests look through. 20.10 has none.
DOCKER_RECORDS=', "history": {"maxAge": "10m", "maxEntries": 100}'

# Is there a Docker that is not ours? Sets DOCKER_IS_OURS. Asked once, before PATH is changed.
docker_find() {
  DOCKER_IS_OURS=yes
  if [ "${DOCKER_HOST:-}" != "unix://$DOCKER_SOCKET" ] && have docker && timeout 10 docker info >/dev/null 2>&1; then
    docker buildx version >/dev/null 2>&1 || die "docker answers, but has no buildx plugin" "install docker-buildx-plugin"
    DOCKER_IS_OURS=no
  else
    export DOCKER_HOST=unix://$DOCKER_SOCKET
  fi
}

docker_installed() { [ -x "$ENGINE_ROOT/usr/sbin/dockerd" ] && [ -x "$ENGINE_ROOT/usr/libexec/docker/cli-plugins/docker-buildx" ]; }
docker_install() { engine_root_install docker.io docker-cli docker-buildx iptables; }

# The clients run outside the chroot, so that they see the host's files under their own names. They are linked against a
# newer C library than the host's: the engine root's own loader starts them, with its own libraries.
docker_clients_ready() { "$STATE/bin/docker" buildx version; }
docker_clients() {
  mkdir -p "$STATE/docker-config/cli-plugins"
  write_client "$STATE/docker-config/cli-plugins/docker-buildx" /usr/libexec/docker/cli-plugins/docker-buildx
  write_client "$STATE/bin/docker" /usr/bin/docker
}

write_client() {
  local loader libraries
  loader=$(engine_loader)
  libraries=$ENGINE_ROOT/lib/$(uname -m)-linux-gnu:$ENGINE_ROOT/usr/lib/$(uname -m)-linux-gnu
  cat >"$1" <<SCRIPT
#!/bin/sh
# Written by integration/up. A DOCKER_CONFIG of the user's own is respected, with the plugins that it has.
export DOCKER_CONFIG="\${DOCKER_CONFIG:-$STATE/docker-config}"
exec $(printf '%q' "$loader") --argv0 "\$0" --library-path $(printf '%q' "$libraries") $(printf '%q' "$ENGINE_ROOT$2") "\$@"
SCRIPT
  chmod +x "$1"
}

engine_loader() {
  local loader
  for loader in "$ENGINE_ROOT"/lib64/ld-linux-*.so.2 "$ENGINE_ROOT"/lib/ld-linux-*.so.1; do
    [ -e "$loader" ] && readlink -f "$loader" && return
  done
  die "no dynamic loader was found in $ENGINE_ROOT"
}

docker_answers() { [ -S "$DOCKER_SOCKET" ] && curl -fsS --max-time 5 --unix-socket "$DOCKER_SOCKET" http://docker/_ping; }

docker_start() {
  local namespace
  # dockerd makes it anew, without what a killed one has left in it.
  bridge_down docker0
  for namespace in "$ENGINE_ROOT"/run/docker/netns/*; do umount "$namespace" 2>/dev/null || true; done
  mkdir -p "$ENGINE_ROOT/etc/docker"
  printf '{"storage-driver": "overlay2", "features": {"containerd-snapshotter": false}, %s}\n' "$(docker_cache 10GB "$DOCKER_RECORDS")" \
    >"$ENGINE_ROOT/etc/docker/daemon.json"
  # Left over after an unclean end, they would make dockerd and its containerd refuse to start.
  rm -f "$ENGINE_ROOT/run/railpack-docker.pid" "$ENGINE_ROOT/run/docker/containerd/containerd.pid"
  start_daemon dockerd chroot "$ENGINE_ROOT" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root "GOGC=$DAEMON_GOGC" \
    /usr/sbin/dockerd --host unix:///run/railpack-docker.sock --pidfile /run/railpack-docker.pid
  wait_until 60 dockerd docker_answers
}

docker_down() {
  stop_daemon dockerd unix:///run/railpack-docker.sock
  unmount_below "$ENGINE_ROOT"
}

docker_up() {
  [ "$DOCKER_IS_OURS" = yes ] || return 0
  engine_root_up
  step "install docker" docker_installed docker_install
  step "docker clients" docker_clients_ready docker_clients
  step "start dockerd" docker_answers docker_start
}
