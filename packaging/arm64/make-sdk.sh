#!/bin/bash
# Makes what cross-compiles for arm64 (Raspberry Pi OS 13, Debian 13), from Debian's packages alone, and prints its folder.
# Does nothing when it is all there. As root; needs mmdebstrap and the Debian mirror that this machine's apt uses.
#
#   FOLDER/compiler  Debian sid for amd64 with swiftlang, run by chroot at native speed; in /opt/arm64 the Swift runtime for arm64
#   FOLDER/sysroot   Debian 13 for amd64 with arm64 libraries and headers beside it: what is linked against, and where the
#                    packages are made, for there dpkg knows which package a library is from
#
# FOLDER is $STRAPLINE_ARM64_SDK, else ~/.cache/strapline-arm64; 6 GB.
set -eu

base=$(realpath -m "${STRAPLINE_ARM64_SDK:-$HOME/.cache/strapline-arm64}")
mirror=${DEBIAN_MIRROR:-$(apt-get indextargets --format '$(REPO_URI)' | grep '/debian/*$' | head -n 1)}
libraries=(
    libbluetooth-dev libc6-dev libcurl4-openssl-dev libdbus-1-dev libqrencode-dev libsqlite3-dev libstdc++-14-dev zlib1g-dev
)

say() { echo "make-sdk: $*" >&2; }

# A mirror that stands still has lists whose time is over. What is made can be made again: nothing need be synced.
make_root() {
    local suite=$1 folder=$2
    shift 2
    rm -rf "$folder.part"
    mmdebstrap --quiet --variant=apt --aptopt='Acquire::Check-Valid-Until "false"' --dpkgopt=force-unsafe-io "$@" \
        "$suite" "$folder.part" "$mirror" >&2
}

# The arm64 package of the compiler has the runtime. It is unpacked, in a folder of its own, and not installed.
add_runtime() {
    local root=$1 package
    cp /etc/resolv.conf "$root/etc/"
    chroot "$root" sh -c 'dpkg --add-architecture arm64 && apt-get -qq update && mkdir /opt/arm64 && cd /opt &&
        apt-get -qq download swiftlang:arm64 libswiftlang:arm64' >&2
    for package in "$root"/opt/*.deb; do
        # not in both packages is each of them
        dpkg-deb --fsys-tarfile "$package" | tar x -C "$root/opt/arm64" --strip-components=5 --wildcards \
            './usr/libexec/swift/lib/swift*' './usr/libexec/swift/lib/clang*' 2>/dev/null || true
    done
    rm "$root"/opt/*.deb
    [ -e "$root/opt/arm64/swift_static/linux" ] || { say "the arm64 package of swiftlang holds no static runtime"; exit 70; }
}

add_sdk() {
    local bundle=$1/usr/local/share/strapline.artifactbundle
    mkdir -p "$bundle/debian" "$1/sysroot" "$1/sources"
    cat >"$bundle/info.json" <<'J'
{"schemaVersion": "1.0", "artifacts": {"debian13-arm64":
  {"type": "swiftSDK", "version": "1", "variants": [{"path": "debian"}]}}}
J
    cat >"$bundle/debian/swift-sdk.json" <<'J'
{"schemaVersion": "4.0", "targetTriples": {"aarch64-unknown-linux-gnu": {
  "sdkRootPath": "/sysroot", "swiftResourcesPath": "/opt/arm64/swift",
  "swiftStaticResourcesPath": "/opt/arm64/swift_static", "toolsetPaths": ["toolset.json"]}}}
J
    cat >"$bundle/debian/toolset.json" <<'J'
{"schemaVersion": "1.0", "linker": {"path": "/usr/bin/ld.lld"},
  "swiftCompiler": {"extraCLIOptions": ["-use-ld=lld", "-tools-directory", "/usr/bin"]}}
J
    # the compiler finds its own libraries through /proc
    unshare --mount --propagation private sh -c 'mount -t proc proc "$1/proc" &&
        exec chroot "$1" env -u TMPDIR HOME=/root swift sdk install /usr/local/share/strapline.artifactbundle' - "$1" >&2
}

mkdir -p "$base"
if ! [ -e "$base/compiler" ]; then
    say "making the compiler's root"
    make_root sid "$base/compiler" --include=swiftlang,lld,git,ca-certificates,pkgconf,g++,libc6-dev
    add_runtime "$base/compiler.part"
    add_sdk "$base/compiler.part"
    mv "$base/compiler.part" "$base/compiler"
fi
if ! [ -e "$base/sysroot" ]; then
    say "making the root with the arm64 libraries"
    include=$(printf '%s:arm64,' "${libraries[@]}")binutils-aarch64-linux-gnu,debhelper,dpkg-dev,python3-minimal,qemu-user-static
    make_root trixie "$base/sysroot" --architectures=amd64,arm64 --include="$include"
    mkdir "$base/sysroot.part/sources"
    # The linker looks for the runtime here; it resolves these in the compiler's root.
    ln -s /opt/arm64/swift /opt/arm64/swift_static "$base/sysroot.part/usr/lib/"
    mv "$base/sysroot.part" "$base/sysroot"
fi
echo "$base"
