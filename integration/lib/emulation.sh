# shellcheck shell=bash
# Running programs of another architecture, and a small image of both to run them in.

EMULATION=$STATE/emulation
BINFMT=/proc/sys/fs/binfmt_misc
EMULATOR=railpack-qemu-aarch64

# The architecture that is emulated: with images made here always arm64, for then this machine is x86-64 (mise_download).
emulated_architecture() {
  case $(uname -m) in
    x86_64) echo arm64 ;;
    *) echo amd64 ;;
  esac
}

busybox_image() {
  if [ "$BASE" = public ]; then echo docker.io/library/busybox:1.37; else echo "$(registry_name)/railpack-busybox:test"; fi
}

emulation_up() {
  if [ "$BASE" = public ]; then
    step "emulation" public_emulator_answers public_emulator_install
  else
    step "emulator" emulator_present emulator_download
    step "emulation" emulator_registered emulator_register
    step "busybox image" busybox_image_ready busybox_image_build
  fi
}

public_emulator_answers() { docker run --rm --platform "linux/$(emulated_architecture)" "$(busybox_image)" true; }
public_emulator_install() { docker run --rm --privileged tonistiigi/binfmt --install "$(emulated_architecture)"; }

# Of the base image's suite, whose emulator is static.
emulator_present() { [ -x "$EMULATION/qemu-aarch64" ] && [ -e "$EMULATION/image/arm64/bin/sh" ]; }
emulator_download() {
  local work=$BASE_ROOT/tmp/emulation architecture applet
  rm -rf "$work" "$EMULATION"
  mkdir -p "$work"/{lists,cache/archives}/partial
  emulation_apt update
  emulation_apt download qemu-user busybox-static:amd64 busybox-static:arm64
  dpkg-deb -x "$work"/qemu-user_*.deb "$work/qemu"
  for architecture in amd64 arm64; do
    dpkg-deb -x "$work"/busybox-static_*_$architecture.deb "$work/$architecture"
    mkdir -p "$EMULATION/image/$architecture/bin"
    cp "$work/$architecture/usr/bin/busybox" "$EMULATION/image/$architecture/bin/busybox"
    for applet in cat sh uname; do ln -s busybox "$EMULATION/image/$architecture/bin/$applet"; done
  done
  # shellcheck disable=SC2016
  printf 'FROM scratch\nARG TARGETARCH\nCOPY $TARGETARCH/ /\n' >"$EMULATION/image/Dockerfile"
  cp "$work/qemu/usr/bin/qemu-aarch64" "$EMULATION/"
  rm -r "$work"
}

# apt of the base root, for two architectures, with lists and downloads of its own: that root becomes an image as it is.
emulation_apt() {
  chroot "$BASE_ROOT" env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin sh -c 'cd /tmp/emulation && exec apt-get "$@"' sh -q \
    -o Dir::State::Lists=/tmp/emulation/lists -o Dir::Cache=/tmp/emulation/cache \
    -o APT::Architectures::=amd64 -o APT::Architectures::=arm64 "$@"
}

# With the flag F the kernel opens the emulator now: it is there in every container.
# https://docs.kernel.org/admin-guide/binfmt-misc.html
emulator_registered() { [ -e "$BINFMT/$EMULATOR" ]; }
emulator_register() {
  [ -e "$BINFMT/register" ] || mount -t binfmt_misc binfmt_misc "$BINFMT"
  printf '%s' ":$EMULATOR:M::\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00:\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff:$EMULATION/qemu-aarch64:F" \
    >"$BINFMT/register"
}

emulation_down() {
  if emulator_registered; then echo -1 >"$BINFMT/$EMULATOR"; fi
}

busybox_image_key() { digest_of "$EMULATION/image" "$here/lib/emulation.sh"; }
busybox_image_ready() { stamp_is busybox-image "$(busybox_image_key)" && registry_digest railpack-busybox:test; }
busybox_image_build() {
  build_image railpack-busybox:test "$EMULATION/image" --opt platform=linux/amd64,linux/arm64
  stamp_set busybox-image "$(busybox_image_key)"
}
