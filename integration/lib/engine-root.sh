# shellcheck shell=bash
# A Debian root file system for what the host does not have: Docker with buildx, and a Rust toolchain that can make
# static musl binaries. It shares the host's network, so a loopback registry is the same one inside.

ENGINE_ROOT=$STATE/engine-root
# The first Debian release with Docker 28 and buildx.
ENGINE_SUITE=forky

# debootstrap_root SUITE DIRECTORY [OPTION...]: complete, or not there at all.
debootstrap_root() {
  local suite=$1 directory=$2 mirror script
  shift 2
  mirror=$(debian_mirror)
  [ -n "$mirror" ] || die "apt on this machine names no Debian archive" "set RAILPACK_INTEGRATION_DEBIAN_MIRROR to one"
  script=/usr/share/debootstrap/scripts/$suite
  # A debootstrap older than the suite has no script by its name; all of Debian since etch share one.
  [ -e "$script" ] || script=/usr/share/debootstrap/scripts/sid
  safe_remove "$directory.new"
  debootstrap --variant=minbase "$@" "$suite" "$directory.new" "$mirror" "$script"
  apt_settings >"$directory.new/etc/apt/apt.conf.d/90integration"
  mv "$directory.new" "$directory"
}

# Removes a tree only if nothing is mounted at or below it: rm through a live mount would empty the host's own file systems.
safe_remove() {
  [ -e "$1" ] || return 0
  if mounts_below "$1" | grep -q .; then
    die "something is still mounted below $1: $(mounts_below "$1" | head -n 3 | tr '\n' ' ')" "run integration/down, then this again"
  fi
  rm -rf --one-file-system "$1"
}

# The mount points at or below a path, innermost first. mountinfo writes a space as \040.
mounts_below() {
  local path
  path=$(readlink -f "$1") || return 0
  awk -v path="$path" '{ gsub(/\\040/, " ", $5); if ($5 == path || index($5, path "/") == 1) print $5 }' /proc/self/mountinfo | tac
}

unmount_below() {
  local mount
  while read -r mount; do umount "$mount" 2>/dev/null || umount -l "$mount" || true; done < <(mounts_below "$1")
}

engine_root_exists() { [ -d "$ENGINE_ROOT/usr" ]; }
engine_root_create() { debootstrap_root "$ENGINE_SUITE" "$ENGINE_ROOT" --include=ca-certificates; }

# Docker wants its root to be a mount point (it changes the propagation of mounts below); the kernel's file systems are
# slaves, so that what is unmounted inside stays mounted outside.
engine_root_mounted() { mountpoint -q "$ENGINE_ROOT" && mountpoint -q "$ENGINE_ROOT/dev"; }
engine_root_mount() {
  unmount_below "$ENGINE_ROOT"
  mount --bind "$ENGINE_ROOT" "$ENGINE_ROOT"
  mount -t proc proc "$ENGINE_ROOT/proc"
  local directory
  for directory in sys dev; do
    mount --rbind "/$directory" "$ENGINE_ROOT/$directory"
    mount --make-rslave "$ENGINE_ROOT/$directory"
  done
  # Names and certificates are the host's: copied at each start, for they may have changed since.
  cp -L /etc/resolv.conf /etc/hosts "$ENGINE_ROOT/etc/"
  rm -rf "$ENGINE_ROOT/usr/local/share/ca-certificates"
  extra_certificates "$ENGINE_ROOT/usr/share/ca-certificates/mozilla" "$ENGINE_ROOT/usr/local/share/ca-certificates"
  in_engine_root update-ca-certificates
}

in_engine_root() {
  env -i HOME=/root TERM="${TERM:-dumb}" LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin chroot "$ENGINE_ROOT" "$@"
}

engine_root_install() {
  in_engine_root apt-get update -q
  in_engine_root apt-get install -q -y --no-install-recommends "$@"
}

engine_root_up() {
  step "engine system" engine_root_exists engine_root_create
  step "engine mounts" engine_root_mounted engine_root_mount
}
