# shellcheck shell=bash
# Debian packages that the engines need on the host. Only asked for where something has to be built here.

packages_missing() {
  local pair
  for pair in curl:curl git:git jq:jq; do have "${pair%:*}" || printf '%s\n' "${pair#*:}"; done
  if [ "$DOCKER_IS_OURS" = yes ]; then
    for pair in docker-registry:docker-registry ip:iproute2 runc:runc; do
      have "${pair%:*}" || printf '%s\n' "${pair#*:}"
    done
  fi
  if [ "$BASE" = built ]; then
    for pair in debootstrap:debootstrap patchelf:patchelf strip:binutils; do have "${pair%:*}" || printf '%s\n' "${pair#*:}"; done
  fi
}

packages_present() { [ -z "$(packages_missing)" ]; }

packages_install() {
  local missing
  mapfile -t missing < <(packages_missing)
  have apt-get || die "these are missing: ${missing[*]}" "install them, or start Docker, and run this again"
  # docker-registry's package would start a service of its own where a service manager runs.
  apt-get update -q
  RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}"
}

packages_up() {
  packages_present || [ "$(id -u)" = 0 ] ||
    die "setting up engines needs root, and these packages: $(packages_missing | tr '\n' ' ')" \
      "start Docker (with it, no root is needed), or run this as root"
  step "packages" packages_present packages_install
}
