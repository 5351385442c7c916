# shellcheck shell=bash
# Railpack in Go beside ours: its plans, and its frontend on the same BuildKit. Needs the environment of `integration/up`,
# $here (the directory `integration`) and $temporary.

# shellcheck source=integration/lib/common.sh
. "$here/lib/common.sh"
# shellcheck source=integration/lib/settings.sh
. "$here/lib/settings.sh"

# reference_up BINARY: the reference's frontend as an image beside ours, in REFERENCE_FRONTEND; and what a build needs of the
# machine's settings, in PLAN_ENVIRONMENT for planning and in SECRETS for building. Railpack does not take them over from the
# base images, so they go into the plans, as secrets.
reference_up() {
  local image=$temporary/reference name value
  REFERENCE=$1
  REFERENCE_FRONTEND=${RAILPACK_FRONTEND%/*}/railpack-reference:compare
  mkdir "$image"
  cp "$REFERENCE" "$image/railpack"
  printf 'FROM scratch\nCOPY railpack /railpack\nENTRYPOINT ["/railpack", "frontend"]\n' >"$image/Dockerfile"
  buildctl build --frontend dockerfile.v0 --local "context=$image" --local "dockerfile=$image" \
    --output "type=image,name=$REFERENCE_FRONTEND,push=true" >"$temporary/log" 2>&1 || { cat "$temporary/log" >&2; return 1; }
  SECRETS=()
  PLAN_ENVIRONMENT=()
  while IFS='=' read -r name value; do
    [ -n "$name" ] || continue
    export "$name=$value"
    SECRETS+=(--secret "id=$name,env=$name")
    PLAN_ENVIRONMENT+=(--env "$name=$value")
  done < <(client_environment)
}

# reference_plan APP DIRECTORY: the reference's plan of an app and what it says of it, with the machine's own base images. What
# those set is forgotten by Railpack in steps, and so is where mise finds the plugins that bring tools: steps that set nothing
# for mise themselves are told.
reference_plan() {
  "$REFERENCE" prepare --plan-out "$2/rpk.json" --info-out "$2/info.json" "${PLAN_ENVIRONMENT[@]}" "$1" || return 1
  sed -i -E -e "s#ghcr.io/railwayapp/railpack-builder:[^\"]*#$RAILPACK_BUILDER_IMAGE#" \
    -e "s#ghcr.io/railwayapp/railpack-runtime:[^\"]*#$RAILPACK_RUNTIME_IMAGE#" "$2/rpk.json"
  jq '(.steps[]? | select(any(.commands[]?.cmd // ""; startswith("mise install-into "))).variables.MISE_DATA_DIR) = "/mise"' \
    "$2/rpk.json" >"$2/with-mise.json"
  mv "$2/with-mise.json" "$2/rpk.json"
}

# image_manifest DIRECTORY: the manifest of the image in an OCI layout.
image_manifest() {
  local manifest
  manifest=$(jq -r '.manifests[0].digest' "$1/index.json")
  cat "$1/blobs/${manifest/://}"
}

# image_config DIRECTORY: the config of the image in an OCI layout.
image_config() {
  local config
  config=$(image_manifest "$1" | jq -r '.config.digest')
  cat "$1/blobs/${config/://}"
}
