# shellcheck shell=bash
# The builder and runtime images for the tests: the product's Dockerfile, and where no public registry is used the few
# things that replace what it downloads.

MISE_VERSION=2026.8.6
PLUGIN_TOOLS="node npm pnpm yarn bun deno go caddy uv poetry pdm pipenv pipx python ruby java maven erlang elixir rust cmake ninja meson"

# The options that put our base image, mise and binaries in place of what the Dockerfile would fetch.
image_overrides() {
  [ "$BASE" = built ] || return 0
  printf '%s\n' --opt "context:$BASE_IMAGE=docker-image://$(registry_name)/$BASE_IMAGE" \
    --opt context:mise=local:mise --local "mise=$STATE/mise"
}

# mise as its npm package has it: for glibc, while the Dockerfile downloads the static one.
mise_present() { stamp_is mise "$MISE_VERSION" && [ -x "$STATE/mise/mise" ]; }
mise_download() {
  local directory package
  require npm "mise comes from npm where no public registry is used"
  directory=$(mktemp -d)
  case $(uname -m) in
    x86_64) package=@jdxcode/mise-linux-x64 ;;
    *) die "mise has no npm package for $(uname -m)" "set RAILPACK_INTEGRATION_BASE=public where public images can be pulled" ;;
  esac
  (cd "$directory" && npm pack --silent "$package@$MISE_VERSION" && tar -xzf ./*.tgz)
  mkdir -p "$STATE/mise"
  install -m 755 "$directory/package/bin/mise" "$STATE/mise/mise"
  rm -r "$directory"
  stamp_set mise "$MISE_VERSION"
}

# The plugin needs the registries' addresses beside it: they are written here, at run time.
plugin_directory() {
  local directory=$STATE/mise-plugin
  mkdir -p "$directory"
  cp -r "$here/mise-plugin/bin" "$directory/"
  printf 'NPM=%q\nPYPI=%q\n' "$(npm_registry)" "$(pypi_index)" >"$directory/hosts"
  printf '%s\n' "$directory"
}

# The texts that decide about the images, and what they are built on.
images_key() {
  { digest_of "$SOURCE/Dockerfile" "$here/mise-plugin" "$here/lib"/*images* "$here/lib/gem-registry.rb"; pyenv_versions; [ "$BASE" = public ] || registry_digest "$BASE_IMAGE"; } |
    sha256sum | cut -c1-32
}

product_image_ready() { stamp_is "$1" "$(images_key)" && registry_digest "railpack-$1:test"; }
runtime_ready() { product_image_ready runtime; }
builder_ready() { product_image_ready builder; }
runtime_build() { product_image_build runtime; }
builder_build() { product_image_build builder; }

# product_image_build TARGET: the Dockerfile's target; where tools come from package registries, with the plugin on top.
product_image_build() {
  local target=$1 key overrides
  key=$(images_key)
  mapfile -t overrides < <(image_overrides)
  if [ "$BASE" = public ]; then
    build_image "railpack-$target:test" "$SOURCE" --opt "target=$target"
  else
    build_image "railpack-$target:product" "$SOURCE" --opt "target=$target" "${overrides[@]}"
    build_image "railpack-$target:test" "$here/lib" --opt filename=test-images.Dockerfile --opt "target=$target-test" \
      --opt "build-arg:TOOLS=$PLUGIN_TOOLS" --opt context:plugin=local:plugin --local "plugin=$(plugin_directory)" \
      --opt context:store=local:store --local "store=$STORE" \
      --opt "context:product=docker-image://$(registry_name)/railpack-$target:product"
  fi
  stamp_set "$target" "$key"
}

images_up() {
  if [ "$BASE" = built ]; then
    step "base image" base_image_ready base_image_build
    step "buildkit image" buildkit_image_ready buildkit_image_build
    step "mise" mise_present mise_download
    step "python" python_store_ready python_store_fill
  fi
  step "runtime image" runtime_ready runtime_build
  step "builder image" builder_ready builder_build
}
