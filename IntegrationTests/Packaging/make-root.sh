#!/bin/bash
# make-root.sh SUITE ARCHITECTURE
#
# Makes a Debian root with what a machine that runs Strapline has (systemd, D-Bus, BlueZ), once, and prints its folder.
# The roots are in $STRAPLINE_ROOTS, else in ~/.cache/strapline-roots. One of another architecture runs with qemu.
# Needs root, mmdebstrap, and the Debian mirror that this machine's apt uses.
set -eu

# The folder is all that goes to standard output.
exec 3>&1 1>&2

here=$(dirname "$(realpath "$0")")
# shellcheck source=packaging/mirror.sh
. "$here/../../packaging/mirror.sh"
suite=$1
architecture=$2
roots=$(realpath -m "${STRAPLINE_ROOTS:-$HOME/.cache/strapline-roots}")
root=$roots/$suite-$architecture
packages=systemd,systemd-sysv,dbus,udev,bluez,rfkill,ca-certificates,iproute2
# Emulated, each package takes its time; no services run there.
[ "$architecture" = "$(dpkg --print-architecture)" ] ||
    packages=ca-certificates,dbus,systemd-standalone-sysusers,systemd-standalone-tmpfiles

if ! [ -e "$root" ]; then
    echo "make-root: making Debian $suite for $architecture"
    mirror=$(debian_mirror)
    mkdir -p "$roots"
    rm -rf --one-file-system "$root.part"
    # The roots are thrown away: nothing need be synced.
    # Its mounts end with it, also when it is killed.
    unshare --mount --propagation private \
        mmdebstrap --quiet --variant=apt --architectures="$architecture" --include="$packages" \
        --dpkgopt=force-unsafe-io \
        "$suite" "$root.part" "$mirror"
    mv "$root.part" "$root"
fi
echo "$root" >&3
