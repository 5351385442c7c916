# shellcheck shell=bash
# The product's programs, static, into $STATE/binaries. Cargo decides what has to be compiled again.
#
# Engines need the frontend of the image alone, which is in a folder of its own. The companion, without the feature
# `frontend`, and the frontend with the feature `client`, for `railpack build`, are only made when asked for: tests and
# benchmarks compile these themselves, and a release takes minutes.

BINARIES=$STATE/binaries
MUSL_TARGET=$(uname -m)-unknown-linux-musl
GNU_TARGET=$(uname -m)-unknown-linux-gnu

toolchain_kind() {
  if [ "${RAILPACK_INTEGRATION_BINARIES:-}" = glibc ]; then
    echo glibc
  elif have rustc && host_has_musl; then
    echo host
  elif [ "$BASE" = public ]; then
    echo image
  else
    echo debian
  fi
}

# With a musl that knows packed relocations, which Rust has since 1.93.
host_has_musl() (
  cd "$SOURCE" || exit
  [ -d "$(rustc --print sysroot)/lib/rustlib/$MUSL_TARGET/lib" ] &&
    [ "$(rustc --version | sed -E 's/^rustc 1\.([0-9]+)\..*/\1/')" -ge 93 ]
)

binaries_up() {
  local since=$SECONDS kind before
  [ -f "$SOURCE/Cargo.toml" ] || die "$SOURCE has no Cargo.toml" "set RAILPACK_INTEGRATION_SOURCE to a checkout of the project"
  mkdir -p "$BINARIES" "$STATE/target"
  forget_other_checkout
  before=$(binaries_key)
  kind=$(toolchain_kind)
  step "compile ($kind)" false "compile_with_$kind"
  [ "$before" = "$(binaries_key)" ] ||
    log "binaries: $(cd "$BINARIES" && find . -type f -printf '%P %s bytes\n' | sort | paste -sd ,) ($((SECONDS - since)) s)"
}

# Cargo knows a changed file by its time. Files of another checkout may be other ones and yet older than what was compiled,
# so with another checkout the package is compiled anew; what it depends on stays.
forget_other_checkout() {
  local stamp=$STATE/target/checkout
  [ "$(cat "$stamp" 2>/dev/null)" != "$SOURCE" ] || return 0
  rm -rf "$STATE"/target/*/release/.fingerprint/railpack-*
  printf '%s\n' "$SOURCE" >"$stamp"
}

binaries_key() { find "$BINARIES" -type f -print0 | sort -z | xargs -0r cat | sha256sum | cut -c1-32; }

# cargo_build TARGET: with whatever environment and root file system the caller has set up.
cargo_build() {
  local built=$STATE/target/$1/release
  cargo_build_one "$@" --bin railpack-frontend --no-default-features --features frontend
  install -C -m 755 -D "$built/railpack-frontend" "$BINARIES/image/railpack-frontend"
  rm -f "$BINARIES/railpack" "$BINARIES/railpack-frontend"
  [ "${RAILPACK_INTEGRATION_PROGRAMS:-}" = all ] || return 0
  cargo_build_one "$@" --bin railpack-frontend
  cargo_build_one "$@" --bin railpack --no-default-features
  install -C -m 755 "$built/railpack" "$built/railpack-frontend" "$BINARIES/"
}

# As the Dockerfile has it.
RUST_FLAGS="-C force-unwind-tables=no -C link-arg=-z -C link-arg=pack-relative-relocs"

cargo_build_one() { "${CARGO_PREFIX[@]}" cargo build --release --locked --target "$@"; }

compile_with_host() {
  CARGO_PREFIX=(env "CARGO_TARGET_DIR=$STATE/target" "RUSTFLAGS=$RUST_FLAGS")
  cd "$SOURCE" || exit
  cargo_build "$MUSL_TARGET"
}

# With an explicit target, the flag is for the programs only: build scripts and procedural macros cannot be static.
# What the release profile does for size is left out: this is the way for whoever is waiting.
compile_with_glibc() {
  CARGO_PREFIX=(env "CARGO_TARGET_DIR=$STATE/target" "RUSTFLAGS=-C target-feature=+crt-static"
    CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_PROFILE_RELEASE_INCREMENTAL=true)
  cd "$SOURCE" || exit
  cargo_build "$GNU_TARGET"
}

compile_with_image() {
  buildctl build --progress plain --frontend dockerfile.v0 --local "dockerfile=$SOURCE" --local "context=$SOURCE" \
    --opt target=programs --output "type=local,dest=$BINARIES"
}

# Debian's toolchain has no musl target, but the sources of the standard library and a musl: -Zbuild-std makes the
# target. RUSTC_BOOTSTRAP lets a stable compiler take the flag.
compile_with_debian() {
  local cargo_home=${CARGO_HOME:-$HOME/.cargo} key settings=()
  key=CARGO_TARGET_$(tr a-z- A-Z_ <<<"$MUSL_TARGET")
  mkdir -p "$cargo_home" "$ENGINE_ROOT"/{source,target,cargo}
  # What the user's environment says about registries and the network; config.toml comes with the cargo home.
  mapfile -t settings < <(env | grep -iE '^(CARGO_(HTTP|NET|REGISTR(Y|IES))_[A-Z0-9_]*|https?_proxy|no_proxy|all_proxy)=' || true)
  # The mounts are in a mount namespace of their own: they are gone when cargo ends, however it ends.
  CARGO_PREFIX=(unshare --mount --propagation private "$here/lib/in-root" "$ENGINE_ROOT"
    --read-only "$SOURCE" /source --mount "$STATE/target" /target --mount "$cargo_home" /cargo --
    env -i HOME=/root PATH=/usr/bin:/bin CARGO_HOME=/cargo CARGO_TARGET_DIR=/target "${settings[@]}"
    RUSTC_BOOTSTRAP=1 "${key}_LINKER=musl-gcc"
    "${key}_RUSTFLAGS=$RUST_FLAGS -Clink-self-contained=no -Lnative=/opt/unwind")
  cargo_build "$MUSL_TARGET" -Zbuild-std=std,panic_abort
}

toolchain_installed() { [ -e "$ENGINE_ROOT/opt/unwind/libunwind.a" ]; }

# Rust's standard library for musl wants a libunwind. gcc's libgcc_eh is one, but Debian's is compiled for glibc, from
# which it expects _dl_find_object (https://sourceware.org/glibc/manual/latest/html_node/Dynamic-Linker-Introspection.html).
# The stand-in finds the same by dl_iterate_phdr, which musl has.
toolchain_install() {
  engine_root_install rustc cargo rust-src gcc libc6-dev musl-tools
  mkdir -p "$ENGINE_ROOT/opt/unwind"
  cp "$here/lib/dl_find_object.c" "$ENGINE_ROOT/opt/unwind/"
  # shellcheck disable=SC2016
  in_engine_root sh -euc '
    cd /opt/unwind
    gcc -O2 -fPIC -c dl_find_object.c
    cp "$(gcc -print-file-name=libgcc_eh.a)" libunwind.tmp
    ar r libunwind.tmp dl_find_object.o
    mv libunwind.tmp libunwind.a'
}

dockers_and_toolchain_up() {
  docker_up
  other_dockers_up
  if [ "$(toolchain_kind)" = debian ]; then
    engine_root_up
    step "install rust" toolchain_installed toolchain_install
  fi
}
