# shellcheck shell=bash
# debian:trixie-slim for builds that cannot reach a public registry, or that need the machine's own certificates.
# The product's Dockerfile is built from its real text: only what its stages start FROM is replaced by this image.

BASE_ROOT=$STATE/base-root
BASE_SUITE=trixie
BASE_IMAGE=debian:trixie-slim

base_root_exists() { [ -d "$BASE_ROOT/usr" ]; }
base_root_create() { debootstrap_root "$BASE_SUITE" "$BASE_ROOT" --include=ca-certificates; }

# Everything that the image is made from, in one line.
base_image_key() {
  { client_environment; apt_settings; debian_mirror; cat "${SSL_CERT_FILE:-/dev/null}" "$here/lib/base-image.sh"; } |
    sha256sum | cut -c1-32
}

base_image_ready() { stamp_is base-image "$(base_image_key)" && registry_digest "$BASE_IMAGE"; }

base_image_build() {
  local directory line
  directory=$(mktemp -d)
  # Without the documentation, and with the apt settings of the official slim image: plans rely on docker-clean being
  # there or not (they switch it off where they mount apt's cache).
  tar -C "$BASE_ROOT" --sort=name --numeric-owner -cf "$directory/root.tar" \
    --exclude='./dev/*' --exclude='./proc/*' --exclude='./sys/*' --exclude='./var/cache/apt/*' --exclude='./var/lib/apt/lists/*' \
    --exclude='./usr/share/doc/*' --exclude='./usr/share/man/*' --exclude='./usr/share/locale/*' --exclude='./var/log/*.log' .
  extra_certificates "$BASE_ROOT/usr/share/ca-certificates/mozilla" "$directory/certificates"
  mkdir -p "$directory/apt" "$directory/dpkg"
  apt_settings >"$directory/apt/90integration"
  cat >"$directory/apt/docker-clean" <<'APT'
DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb /var/cache/apt/archives/partial/*.deb /var/cache/apt/*.bin || true"; };
APT::Update::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb /var/cache/apt/archives/partial/*.deb /var/cache/apt/*.bin || true"; };
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
APT
  printf 'Acquire::Languages "none";\n' >"$directory/apt/docker-no-languages"
  # The empty folders stay: maintainer scripts put links into them.
  {
    printf 'path-exclude /usr/share/%s/*\n' doc man info locale
    printf 'path-include /usr/share/%s\n' 'doc/*/copyright' 'man/man[1-9]/'
  } >"$directory/dpkg/docker"
  {
    printf 'FROM scratch\nADD root.tar /\nCOPY apt/ /etc/apt/apt.conf.d/\nCOPY dpkg/ /etc/dpkg/dpkg.cfg.d/\n'
    printf 'COPY certificates/ /usr/local/share/ca-certificates/\nRUN update-ca-certificates && mkdir -p /usr/share/man/man1 /usr/share/man/man5 /usr/share/man/man8\n'
    while read -r line; do printf 'ENV %s\n' "$line"; done < <(client_environment)
    printf 'CMD ["bash"]\n'
  } >"$directory/Dockerfile"
  build_image "$BASE_IMAGE" "$directory"
  rm -r "$directory"
  stamp_set base-image "$(base_image_key)"
}

base_root_up() {
  if [ "$BASE" = built ]; then step "base system" base_root_exists base_root_create; fi
}
