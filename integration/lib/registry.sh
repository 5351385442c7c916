# shellcheck shell=bash
# The image registry on loopback. It is called localhost:PORT, because both engines take that name as plain HTTP.

REGISTRY_PORT=${RAILPACK_INTEGRATION_REGISTRY_PORT:-$(cat "$STATE/registry.port" 2>/dev/null || echo 5000)}

registry_name() { printf 'localhost:%s\n' "$REGISTRY_PORT"; }

# A registry answers /v2/ with this header; anything else on the port is a stranger.
registry_answers() {
  curl -fsS --noproxy '*' --max-time 3 -D - -o /dev/null "http://127.0.0.1:$REGISTRY_PORT/v2/" | grep -qi '^docker-distribution-api-version:'
}

# What tests push stays until the registry starts anew: that is due when it has grown beyond this.
REGISTRY_GIGABYTES=8
registry_ready() {
  registry_answers || return
  [ ! -d "$STATE/registry" ] || [ "$(du -s --block-size=1G "$STATE/registry" | cut -f 1)" -le "$REGISTRY_GIGABYTES" ]
}

# The first free port from 5000 on, kept for the next time: a registry that is there already is somebody else's.
registry_choose_port() {
  if [ -n "${RAILPACK_INTEGRATION_REGISTRY_PORT:-}" ] || [ -f "$STATE/registry.port" ]; then return; fi
  while (exec 3<>"/dev/tcp/127.0.0.1/$REGISTRY_PORT") 2>/dev/null; do
    REGISTRY_PORT=$((REGISTRY_PORT + 1))
  done
  printf '%s\n' "$REGISTRY_PORT" >"$STATE/registry.port"
}

registry_up() {
  if [ "$DOCKER_IS_OURS" = no ]; then
    docker rm -f railpack-integration-registry >/dev/null 2>&1 || true
    docker run -d --name railpack-integration-registry -p "127.0.0.1:$REGISTRY_PORT:$REGISTRY_PORT" \
      -e "REGISTRY_HTTP_ADDR=:$REGISTRY_PORT" registry:2
  else
    mkdir -p "$STATE/registry"
    cat >"$STATE/registry.yml" <<YAML
version: 0.1
log: {level: warn}
storage:
  filesystem: {rootdirectory: $STATE/registry}
  delete: {enabled: true}
http: {addr: "127.0.0.1:$REGISTRY_PORT"}
YAML
    local program
    program=$(PATH=$PATH:/usr/sbin:/sbin command -v docker-registry)
    registry_down
    # What tests have pushed is for nobody else.
    rm -rf "$STATE"/registry/docker/registry/v2/repositories/railpack-test*
    [ ! -d "$STATE/registry/docker" ] || "$program" garbage-collect "$STATE/registry.yml"
    start_daemon registry "$program" serve "$STATE/registry.yml"
  fi
  wait_until 30 registry registry_answers
}

registry_down() { stop_daemon registry "$STATE/registry.yml"; }

# registry_digest REPOSITORY:TAG: the digest under which the registry has it; fails if it does not.
registry_digest() {
  curl -fsSI --noproxy '*' --max-time 5 "http://127.0.0.1:$REGISTRY_PORT/v2/${1%:*}/manifests/${1##*:}" \
    -H 'Accept: application/vnd.oci.image.index.v1+json' -H 'Accept: application/vnd.oci.image.manifest.v1+json' \
    -H 'Accept: application/vnd.docker.distribution.manifest.v2+json' \
    -H 'Accept: application/vnd.docker.distribution.manifest.list.v2+json' |
    tr -d '\r' | awk 'tolower($1) == "docker-content-digest:" { print $2; found = 1 } END { exit !found }'
}
