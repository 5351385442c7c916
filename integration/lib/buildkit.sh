# shellcheck shell=bash
# buildkitd and buildctl: the newest BuildKit that the project cares for, built from its Go module, with Debian's runc.

BUILDKIT_VERSION=v0.32.2
# Enough for what the examples share; all of them fill more than a machine for tests may have.
BUILDKIT_CACHE=10GB
BUILDKIT_CONTAINER=railpack-integration-buildkitd

buildkit_socket() { printf '%s/buildkit/buildkitd.sock\n' "$RUN"; }

buildkit_answers() { timeout 5 buildctl debug workers; }

# Is there a buildkitd that is not ours? Sets BUILDKIT_IS_OURS and BUILDKIT_HOST.
buildkit_find() {
  BUILDKIT_IS_OURS=yes
  if [ -n "${BUILDKIT_HOST:-}" ] && [ "$BUILDKIT_HOST" != "unix://$(buildkit_socket)" ]; then
    if have buildctl && buildkit_answers >/dev/null 2>&1; then
      BUILDKIT_IS_OURS=no
      return
    fi
    log "BUILDKIT_HOST is $BUILDKIT_HOST, which 'buildctl debug workers' does not reach; another buildkitd is started"
  fi
  export BUILDKIT_HOST
  BUILDKIT_HOST=unix://$(buildkit_socket)
}

buildkit_up() {
  [ "$BUILDKIT_IS_OURS" = yes ] || return 0
  if [ "$DOCKER_IS_OURS" = no ]; then
    step "start buildkitd" buildkit_answers buildkit_start_in_docker
  else
    step "build buildkit" buildkit_built buildkit_build
    step "start buildkitd" buildkit_answers buildkit_start
  fi
}

# `go install module@version` refuses a module with exclude directives, which BuildKit's has. Building inside the module's
# own directory uses its go.mod and go.sum exactly as upstream does.
buildkit_built() { stamp_is buildkit "$BUILDKIT_VERSION" && [ -x "$STATE/bin/buildctl" ] && [ -x "$STATE/bin/buildkitd" ]; }
buildkit_build() {
  require go "a Go toolchain builds buildkitd; or start a buildkitd yourself and set BUILDKIT_HOST"
  require jq "apt-get install jq"
  local directory
  directory=$(cd / && go mod download -json "github.com/moby/buildkit@$BUILDKIT_VERSION" | jq -r .Dir)
  cd "$directory" || exit
  CGO_ENABLED=0 GOFLAGS=-mod=readonly go build -trimpath -buildvcs=false -o "$STATE/bin/" \
    -ldflags "-s -w -X github.com/moby/buildkit/version.Version=$BUILDKIT_VERSION" ./cmd/buildkitd ./cmd/buildctl
  stamp_set buildkit "$BUILDKIT_VERSION"
}

# Without a file, buildkitd would read the machine's own /etc/buildkit/buildkitd.toml. By default it collects what is not used
# at this moment whenever less than a fifth of the disk is free, also what a test has just built; and it keeps the records of all
# builds for two days, thousands, which tests look through.
buildkit_settings() {
  cat <<TOML
[registry."$(registry_name)"]
  http = true

[history]
  maxAge = 600
  maxEntries = 100

[worker.oci]
  gc = true

  [[worker.oci.gcpolicy]]
    all = true
    maxUsedSpace = "$BUILDKIT_CACHE"
    minFreeSpace = "10GB"
TOML
}

buildkit_start() {
  mkdir -p "$RUN/buildkit" "$STATE/buildkit"
  buildkit_settings >"$STATE/buildkitd.toml"
  start_daemon buildkitd "$STATE/bin/buildkitd" --config "$STATE/buildkitd.toml" --root "$STATE/buildkit" \
    --addr "unix://$(buildkit_socket)" --containerd-worker=false --oci-worker-snapshotter=overlayfs
  wait_until 60 buildkitd buildkit_answers
}

# Where Docker is there, buildkitd is a container of it, and buildctl is taken out of the same image. The socket is in a
# directory shared with the host, so that every client can use it, also one without the docker-container:// scheme.
buildkit_start_in_docker() {
  mkdir -p "$RUN/buildkit"
  docker rm -f "$BUILDKIT_CONTAINER" >/dev/null 2>&1 || true
  docker run -d --privileged --network host --name "$BUILDKIT_CONTAINER" -v "$RUN/buildkit:/run/buildkit" \
    "moby/buildkit:$BUILDKIT_VERSION" --addr unix:///run/buildkit/buildkitd.sock --group "$(id -g)"
  docker cp "$BUILDKIT_CONTAINER:/usr/bin/buildctl" "$STATE/bin/buildctl"
  wait_until_in_docker buildkitd buildkit_answers
}

buildkit_down() {
  stop_daemon buildkitd "$STATE/buildkitd.toml"
  unmount_below "$STATE/buildkit"
}

# build_image NAME:TAG DOCKERFILE-DIRECTORY [buildctl option...]: builds with buildkitd and pushes to the loopback registry.
# Docker asks no registry for a name that it has an image of: it must forget the one before. The layers are as IMAGE_COMPRESSION says, or
# else not compressed: all engines that take them are on this machine, and would spend a minute on it.
build_image() {
  local name=$1 directory=$2
  shift 2
  buildctl --addr "$BUILDKIT_HOST" build --progress plain --frontend dockerfile.v0 --local dockerfile="$directory" \
    --local context="$directory" --output "type=image,name=$(registry_name)/$name,push=true,registry.insecure=true,compression=${IMAGE_COMPRESSION:-uncompressed}" "$@"
  docker image rm --force "$(registry_name)/$name" || true
}

# An image with buildkitd in it, for clients that reach one in a container. Where images can be pulled it is BuildKit's own.
buildkit_image() {
  if [ "$BASE" = public ]; then
    printf 'moby/buildkit:%s\n' "$BUILDKIT_VERSION"
  else
    printf '%s/railpack-buildkit:test\n' "$(registry_name)"
  fi
}

buildkit_image_key() {
  { declare -f buildkit_image_build; echo "$BUILDKIT_VERSION"; registry_digest "$BASE_IMAGE"; } | sha256sum | cut -c1-32
}
buildkit_image_ready() { stamp_is buildkit-image "$(buildkit_image_key)" && registry_digest railpack-buildkit:test; }
buildkit_image_build() {
  local directory
  # Also where the engine is somebody else's.
  if ! buildkit_built; then (buildkit_build); fi
  directory=$(mktemp -d)
  cp "$STATE/bin/buildkitd" "$STATE/bin/buildctl" "$directory"
  cat >"$directory/Dockerfile" <<DOCKERFILE
FROM $BASE_IMAGE
ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
RUN apt-get update && apt-get install -y --no-install-recommends runc && rm -rf /var/lib/apt/lists/*
COPY buildkitd buildctl /usr/bin/
VOLUME /var/lib/buildkit
ENTRYPOINT ["buildkitd"]
DOCKERFILE
  build_image railpack-buildkit:test "$directory" \
    --opt "context:$BASE_IMAGE=docker-image://$(registry_name)/$BASE_IMAGE"
  rm -r "$directory"
  stamp_set buildkit-image "$(buildkit_image_key)"
}
