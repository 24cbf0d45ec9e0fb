# shellcheck shell=bash
# shellcheck disable=SC2034  # the scripts that read this use them
# What the two roots for arm64 are made of: read by make-sdk.sh and update-packages.sh. The lists beside it (*.sha256)
# name every Debian package of a root with its SHA-256, and so the same packages are taken wherever they come from.

# Debian's suites, the packages that are asked for, and the architectures.
compiler_suite=sid
compiler_packages=(swiftlang lld git ca-certificates pkgconf g++ libc6-dev)
# The arm64 package of the compiler has the runtime.
runtime_packages=(swiftlang:arm64 libswiftlang:arm64)
sysroot_suite=trixie
sysroot_packages=(
    libbluetooth-dev:arm64 libc6-dev:arm64 libcurl4-openssl-dev:arm64 libdbus-1-dev:arm64 libqrencode-dev:arm64
    libsqlite3-dev:arm64 libstdc++-14-dev:arm64 zlib1g-dev:arm64
    # The program loads it when it needs it; images and tarballs bring it.
    libmosquitto1:arm64
    binutils-aarch64-linux-gnu debhelper dpkg-dev python3-minimal qemu-user-static
)

# shellcheck source=packaging/mirror.sh
. "$(dirname "${BASH_SOURCE[0]}")/../mirror.sh"
mirror=$(debian_mirror)
