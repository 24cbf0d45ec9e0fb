#!/bin/bash
# Cross-compiles both programs for arm64 and makes their packages, in .build/packages: `make deb ARCH=arm64`. As root.
set -eu

here=$(dirname "$(realpath "$0")")
clone=$(realpath "$here/../..")
programs=$("$here/compile.sh" strapline strapline-hub)
sdk=$("$here/make-sdk.sh")
root=$sdk/sysroot
SWIFT_VERSION=$(dpkg-query --admindir="$sdk/compiler/var/lib/dpkg" -W -f '${Version}' swiftlang)
# In there the sources are at /sources.
export SWIFT_VERSION clone root programs=/sources/${programs#"$clone/"}

# Mounts are in a namespace of its own, and go with it.
exec unshare --mount --propagation private bash -c '
    set -eu
    mount --bind "$clone" "$root/sources"
    mount -t proc proc "$root/proc"
    mount --rbind /dev "$root/dev"
    chroot "$root" env -u TMPDIR HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin EMULATOR=qemu-aarch64-static \
        /sources/packaging/build-deb.sh arm64 "$programs"
'
