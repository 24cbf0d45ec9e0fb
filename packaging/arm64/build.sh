#!/bin/bash
# Cross-compiles both programs for arm64 and makes their packages, in .build/packages: `make deb ARCH=arm64`. As root.
set -eu

here=$(dirname "$(realpath "$0")")
clone=$(realpath "$here/../..")
sdk=$("$here/make-sdk.sh")
export here clone sdk

# Mounts are in a namespace of its own, and go with it.
exec unshare --mount --propagation private bash -c '
    set -eu
    compiler=$sdk/compiler sysroot=$sdk/sysroot
    mount --bind "$sysroot" "$compiler/sysroot"
    for root in "$compiler" "$sysroot"; do
        mkdir -p "$root/sources"
        mount --bind "$clone" "$root/sources"
        mount -t proc proc "$root/proc"
        mount --rbind /dev "$root/dev"
        cp /etc/resolv.conf "$root/etc/"
    done

    # Dependencies come through git as they do here: with its configuration, and the mirrors that it names on this machine.
    [ ! -e /etc/gitconfig ] || cp /etc/gitconfig "$compiler/etc/gitconfig"
    [ ! -e "$HOME/.gitconfig" ] || cp "$HOME/.gitconfig" "$compiler/root/.gitconfig"
    git config --get-regexp "^url\..*\.insteadof" | sed -E "s/^url\.(file:\/\/)?(.*)\.insteadof .*/\2/" | sort -u |
    while read -r mirror; do
        [ -d "$mirror" ] || continue
        mkdir -p "$compiler$mirror"
        mount --bind "$mirror" "$compiler$mirror"
    done

    for program in strapline strapline-hub; do
        chroot "$compiler" env HOME=/root PKG_CONFIG_SYSROOT_DIR=/sysroot \
            PKG_CONFIG_PATH=/sysroot/usr/lib/aarch64-linux-gnu/pkgconfig:/sysroot/usr/share/pkgconfig \
            swift build --package-path /sources --scratch-path /sources/.build/arm64 -c release \
            --swift-sdk debian13-arm64 --static-swift-stdlib --product "$program"
    done

    chroot "$sysroot" env HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin EMULATOR=qemu-aarch64-static \
        SOURCE_DATE_EPOCH="$(git -C "$clone" log -1 --format=%ct)" \
        /sources/packaging/build-deb.sh arm64 /sources/.build/arm64/aarch64-unknown-linux-gnu/release
'
