#!/bin/bash
# compile.sh PRODUCT...
#
# Cross-compiles products of this package for arm64, with the Swift runtime linked in, and prints the folder that they
# are in. As root.
set -eu

# The folder is all that goes to standard output.
exec 3>&1 1>&2

here=$(dirname "$(realpath "$0")")
clone=$(realpath "$here/../..")
"$clone/scripts/check-dependencies.sh"
sdk=$("$here/make-sdk.sh")
export clone sdk

# Mounts are in a namespace of its own, and go with it.
unshare --mount --propagation private bash -c '
    set -eu
    root=$sdk/compiler
    mount --bind "$sdk/sysroot" "$root/sysroot"
    mount --bind "$clone" "$root/sources"
    mount -t proc proc "$root/proc"
    mount --rbind /dev "$root/dev"
    cp /etc/resolv.conf "$root/etc/"

    # Dependencies come through git as they do here: with its configuration, and the mirrors that it names on this
    # machine.
    [ ! -e /etc/gitconfig ] || cp /etc/gitconfig "$root/etc/gitconfig"
    [ ! -e "$HOME/.gitconfig" ] || cp "$HOME/.gitconfig" "$root/root/.gitconfig"
    git config --get-regexp "^url\..*\.insteadof" | sed -E "s/^url\.(file:\/\/)?(.*)\.insteadof .*/\2/" | sort -u |
    while read -r mirror; do
        [ -d "$mirror" ] || continue
        mkdir -p "$root$mirror"
        mount --bind "$mirror" "$root$mirror"
    done

    for product in "$@"; do
        chroot "$root" env -u TMPDIR HOME=/root PKG_CONFIG_SYSROOT_DIR=/sysroot \
            PKG_CONFIG_PATH=/sysroot/usr/lib/aarch64-linux-gnu/pkgconfig:/sysroot/usr/share/pkgconfig \
            swift build --package-path /sources --scratch-path /sources/.build/arm64 -c release \
            --swift-sdk debian13-arm64 --static-swift-stdlib --force-resolved-versions --product "$product"
    done
' compile "$@"
echo "$clone/.build/arm64/aarch64-unknown-linux-gnu/release" >&3
