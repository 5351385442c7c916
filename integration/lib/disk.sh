# shellcheck shell=bash
# A file system of its own for the state, in one file. Engines make and remove files by the hundred thousand, for which the
# machine's own file system may take several times as long (an ext4 without a journal passes over all that was removed in the last
# seconds each time); and whatever they store, some of the machine's disk stays free.

DISK=$STATE.ext4
# How much of the disk is left to the machine, in GB, and with how little for the state this is not worth it.
DISK_RESERVE=15
DISK_LEAST=30

disk_up() {
  mkdir -p "$STATE"
  if mountpoint -q "$STATE"; then return 0; fi
  if [ -e "$DISK" ]; then
    disk_mount || die "cannot mount $DISK" "integration/down --purge removes it, with all that is in it"
  elif [ "$DOCKER_IS_OURS" = yes ] && [ -z "$(ls -A "$STATE")" ]; then
    disk_make || {
      disk_remove
      log "the state is a directory of the machine's own file system: another one cannot be made for it here"
    }
  fi
}

# What is removed is given back to the machine at once. What the mounted file system has in memory, the machine's own need not have
# again: where that can be told so, the file is read and written past it.
disk_mount() {
  mount -o loop,noatime,discard "$DISK" "$STATE" || return
  losetup --direct-io=on "$(findmnt --noheadings --output SOURCE --mountpoint "$STATE")" || true
}

# It has its name when it is whole: who interrupts this finds nothing that cannot be mounted.
disk_make() {
  local size
  size=$(($(df --output=avail --block-size=1G "$STATE" | tail -n 1) - DISK_RESERVE))
  [ "$size" -ge "$DISK_LEAST" ] && rm -f "$DISK.new" && truncate --size="${size}G" "$DISK.new" &&
    mkfs.ext4 -q -m 0 "$DISK.new" && mv "$DISK.new" "$DISK" && disk_mount
}

disk_remove() {
  if mountpoint -q "$STATE"; then umount "$STATE"; fi
  rm -f "$DISK" "$DISK.new"
}
