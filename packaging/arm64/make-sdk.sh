#!/bin/bash
# Makes what cross-compiles for arm64 (Raspberry Pi OS 13, Debian 13), from Debian's packages alone, and prints its
# folder. Does nothing when it is all there. As root; needs mmdebstrap, dpkg-dev, and a mirror that has the packages
# of the lists.
#
#   FOLDER/compiler  Debian sid for amd64 with swiftlang, run by chroot at native speed; in /opt/arm64 the Swift
#                    runtime for arm64
#   FOLDER/sysroot   Debian 13 for amd64 with arm64 libraries and headers beside it: to link against, and to make the
#                    packages in, because dpkg knows there which package a library is from
#
# Every package is one of the lists compiler.sha256, runtime.sha256 and sysroot.sha256, and has the SHA-256 that
# stands there; where it comes from does not count. When the mirror has moved on, a snapshot of Debian's archive of
# the list's date has them: DEBIAN_MIRROR names it. update-packages.sh writes the lists for what the mirror has now.
#
# FOLDER is $STRAPLINE_ARM64_SDK, else ~/.cache/strapline-arm64; 6 GB. Another list makes other roots.
set -euo pipefail

# The folder is all that goes to standard output.
exec 3>&1 1>&2

here=$(dirname "$(realpath "$0")")
# shellcheck source=packaging/arm64/packages.sh
. "$here/packages.sh"
base=$(realpath -m "${STRAPLINE_ARM64_SDK:-$HOME/.cache/strapline-arm64}")
mkdir -p "$base"
# A run that was killed leaves its downloads.
find "$base" -mindepth 1 -maxdepth 1 -type d -name 'downloads-*' -mtime +0 -exec rm -rf {} +
downloads=$(mktemp -d -p "$base" downloads-XXXXXX)
trap 'rm -rf "$downloads"' EXIT

say() { echo "make-sdk: $*"; }

# Downloads the packages of a list, and holds each against its digest.
fetch() {
    local list=$1 folder=$2 digest path wanted=()
    mkdir -p "$folder"
    while read -r digest path; do
        wanted+=("$mirror/$path" "$folder/${path##*/}" "SHA256:$digest")
    done < <(grep -v '^#' "$here/$list.sha256")
    say "fetching $((${#wanted[@]} / 3)) packages"
    if ! /usr/lib/apt/apt-helper -q -o APT::Sandbox::User=root download-file "${wanted[@]}" >"$folder/log" 2>&1; then
        grep -E '^(E|W|Err)' "$folder/log" || cat "$folder/log"
        say "$mirror does not have the packages of $list.sha256: set DEBIAN_MIRROR to a snapshot of Debian's archive" \
            "of the list's date ($(sed -n '1s/.* as of \(.*\);.*/\1/p' "$here/$list.sha256")), or write a new list" \
            "with packaging/arm64/update-packages.sh"
        exit 69
    fi
    check "$list" "$folder"
}

# apt-helper has compared the digests; this checks them again, and finds foreign files.
check() {
    local list=$1 folder=$2
    sed -nE 's|^([0-9a-f]{64})  .*/([^/]+)$|\1  \2|p' "$here/$list.sha256" >"$folder/digests"
    (cd "$folder" && sha256sum --check --strict --quiet digests)
    [ "$(find "$folder" -name '*.deb' | wc -l)" -eq "$(wc -l <"$folder/digests")" ] ||
        { say "there are packages in $folder that $list.sha256 does not name"; exit 65; }
}

# Makes a root of the packages of a list, and of no others: they are all that its apt sees. Their digests are known,
# so they need no signature. The root can be made again, so nothing is synced.
make_root() {
    local list=$1 folder=$2 packages=$downloads/$1
    shift 2
    fetch "$list" "$packages"
    (cd "$packages" && dpkg-scanpackages --multiversion . >Packages 2>/dev/null)
    rm -rf --one-file-system "$folder.part"
    # Its mounts end with it, also when it is killed.
    unshare --mount --propagation private \
        mmdebstrap --quiet --variant=apt --dpkgopt=force-unsafe-io "$@" "" "$folder.part" \
        "deb [trusted=yes] copy:$packages ./"
    rm -rf "$packages"
}

# The arm64 package of the compiler has the runtime. It is unpacked, in a folder of its own, and not installed.
add_runtime() {
    local root=$1 packages=$downloads/runtime package
    fetch runtime "$packages"
    mkdir -p "$root/opt/arm64"
    for package in "$packages"/*.deb; do
        # Each of the two patterns is in one of the packages only.
        dpkg-deb --fsys-tarfile "$package" | tar x -C "$root/opt/arm64" --strip-components=5 --wildcards \
            './usr/libexec/swift/lib/swift*' './usr/libexec/swift/lib/clang*' 2>/dev/null || true
    done
    rm -rf "$packages"
    [ -e "$root/opt/arm64/swift_static/linux" ] ||
        { say "the arm64 package of swiftlang holds no static runtime"; exit 70; }
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
        exec chroot "$1" env -u TMPDIR HOME=/root swift sdk install /usr/local/share/strapline.artifactbundle' - "$1"
}

joined() { local IFS=,; echo "$*"; }

# A root is named after its lists, so that a new list makes a new one.
compiler=compiler-$(cat "$here"/{compiler,runtime}.sha256 | sha256sum | cut -c 1-12)
sysroot=sysroot-$(sha256sum <"$here/sysroot.sha256" | cut -c 1-12)
if ! [ -e "$base/$compiler" ]; then
    say "making the compiler's root"
    make_root compiler "$base/$compiler" --include="$(joined "${compiler_packages[@]}")"
    add_runtime "$base/$compiler.part"
    add_sdk "$base/$compiler.part"
    mv "$base/$compiler.part" "$base/$compiler"
fi
if ! [ -e "$base/$sysroot" ]; then
    say "making the root with the arm64 libraries"
    make_root sysroot "$base/$sysroot" --architectures=amd64,arm64 --include="$(joined "${sysroot_packages[@]}")"
    mkdir "$base/$sysroot.part/sources"
    # The linker looks for the runtime here; it resolves these in the compiler's root.
    ln -s /opt/arm64/swift /opt/arm64/swift_static "$base/$sysroot.part/usr/lib/"
    mv "$base/$sysroot.part" "$base/$sysroot"
fi
# Roots of older lists take 6 GB each. Nothing else in this folder is ours.
find "$base" -mindepth 1 -maxdepth 1 -type d -regextype posix-extended \
    -regex '.*/(compiler|sysroot)-[0-9a-f]{12}(\.part)?' ! -name "$compiler" ! -name "$sysroot" -exec rm -rf {} +
ln -sfn "$compiler" "$base/compiler"
ln -sfn "$sysroot" "$base/sysroot"
echo "$base" >&3
