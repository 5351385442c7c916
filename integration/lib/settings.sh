# shellcheck shell=bash
# What the machine's own package clients are set to, so that builds in containers reach the same registries and trust
# the same certificates. Nothing is written down here: a mirror, a proxy or a private registry is taken from the client.

# The Debian archive that apt uses; empty where apt uses none (Ubuntu, say).
debian_mirror() {
  [ -z "${RAILPACK_INTEGRATION_DEBIAN_MIRROR:-}" ] || { printf '%s\n' "$RAILPACK_INTEGRATION_DEBIAN_MIRROR"; return; }
  have apt-get || return 0
  # shellcheck disable=SC2016
  apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' 'Label: Debian' 2>/dev/null | head -n 1
}

# apt's settings that decide whether an archive can be reached at all, as lines for a file in apt.conf.d.
apt_settings() {
  # A name that cannot be resolved for a moment is asked for again.
  printf 'Acquire::Retries "10";\n'
  have apt-config || return 0
  apt-config dump | grep -iE '^Acquire::((https?::)?Proxy|Check-Valid-Until|Check-Date)[: ]' || true
}

# npm's default is asked of npm itself too, so that no address has to stand here.
npm_registry() {
  require npm "npm tells from where the tools of the test builder image are to be taken"
  local url
  url=$(npm config get registry 2>/dev/null)
  printf '%s\n' "${url%/}"
}

# `npm config ls` lists only what some file or variable sets.
npm_registry_setting() {
  have npm || return 0
  (cd / && npm config ls 2>/dev/null) | sed -nE 's#^registry = "(.*[^/])/?".*#\1#p' | tail -n 1
}

pip_index_setting() {
  printf '%s\n' "${PIP_INDEX_URL:-$(python3 -m pip config get global.index-url 2>/dev/null || true)}"
}

pypi_index() {
  require python3 "pip tells from where the tools of the test builder image are to be taken"
  local url
  url=$(pip_index_setting)
  [ -n "$url" ] || url=$(python3 -c 'from pip._internal.models.index import PyPI; print(PyPI.simple_url)')
  printf '%s\n' "${url%/}"
}

# The lines of ENV that the harness's base image carries. Only what differs from the clients' defaults, for everything
# here ends up in the config of every image built on top.
client_environment() {
  if [ -n "${SSL_CERT_FILE:-}" ]; then
    local bundle=/etc/ssl/certs/ca-certificates.crt
    # Node.js brings its own store; requests (pip, poetry), uv and deno do not read the system's by themselves.
    printf '%s=%s\n' NODE_EXTRA_CA_CERTS $bundle SSL_CERT_FILE $bundle REQUESTS_CA_BUNDLE $bundle
  fi
  local url
  url=$(npm_registry_setting)
  [ -z "$url" ] || printf '%s=%s\n' NPM_CONFIG_REGISTRY "$url" BUN_CONFIG_REGISTRY "$url"
  url=$(pip_index_setting)
  [ -z "$url" ] || printf '%s=%s\n' PIP_INDEX_URL "$url" UV_DEFAULT_INDEX "$url"
  if have go && [ -n "$(go env -changed GOPROXY)" ]; then
    printf '%s=%s\n' GOPROXY "$(go env GOPROXY)"
  fi
}

# extra_certificates KNOWN DIRECTORY: the certificates of SSL_CERT_FILE that neither the directory KNOWN nor the host's own
# distribution has, one file each. An image's own store stays as it is; update-ca-certificates then adds these to it.
extra_certificates() {
  local known=$1 directory=$2 line number=0
  mkdir -p "$directory"
  [ -n "${SSL_CERT_FILE:-}" ] || return 0
  [ -r "$SSL_CERT_FILE" ] || die "SSL_CERT_FILE names $SSL_CERT_FILE, which cannot be read"
  while read -r line; do
    number=$((number + 1))
    {
      echo '-----BEGIN CERTIFICATE-----'
      fold -w 64 <<<"$line"
      echo '-----END CERTIFICATE-----'
    } >"$directory/extra-$number.crt"
  done < <(comm -23 <(one_line_certificates "$SSL_CERT_FILE" | sort -u) \
    <(find "$known" /usr/share/ca-certificates -name '*.crt' -exec cat {} + | one_line_certificates | sort -u))
}

one_line_certificates() {
  awk '/BEGIN CERTIFICATE/ { body = ""; inside = 1; next }
       /END CERTIFICATE/ { print body; inside = 0 }
       inside { gsub(/[ \r]/, ""); body = body $0 }' "$@"
}
