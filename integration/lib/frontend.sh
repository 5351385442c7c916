# shellcheck shell=bash
# The frontend's image: the product's Dockerfile around the program compiled before, pushed when either has changed.

frontend_key() { cat "$BINARIES/image/railpack-frontend" "$SOURCE/Dockerfile" | sha256sum | cut -c1-32; }
frontend_ready() { stamp_is frontend "$(frontend_key)" && registry_digest railpack-frontend:test; }
# Compressed as those that are published: benchmarks print its size.
frontend_build() {
  IMAGE_COMPRESSION=gzip build_image railpack-frontend:test "$SOURCE" --opt target=frontend --opt context:binaries=local:binaries --local "binaries=$BINARIES"
  stamp_set frontend "$(frontend_key)"
}

frontend_up() { step "frontend image" frontend_ready frontend_build; }
