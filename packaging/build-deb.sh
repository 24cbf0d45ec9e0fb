#!/bin/bash
# build-deb.sh ARCHITECTURE PROGRAMS [FOLDER]
#
# Makes the Debian packages of the two programs of the folder PROGRAMS, which are built for ARCHITECTURE, and puts
# them into FOLDER (.build/packages). Needs debhelper and python3, and no network.
#
#   DEB_VERSION   (as packaging/debian/changelog has it) another version, for trying upgrades
#   EMULATOR      (none) runs the programs of another architecture
#   SWIFT_VERSION (of the swift here) the version of the Swift runtime that the programs have in them
set -eu
umask 022

architecture=$1
programs=$(realpath "$2")
here=$(dirname "$(realpath "$0")")
clone=$(realpath "$here/..")
packages=$(realpath -m "${3:-$clone/.build/packages}")
version=${DEB_VERSION:-$(dpkg-parsechangelog -l "$here/debian/changelog" -S Version)}

for program in strapline strapline-hub; do
    built=$(${EMULATOR:-} "$programs/$program" --version)
    case $version in
    "$built" | "$built"[+~-]*) ;;
    *)
        echo "build-deb: $program is $built and the package $version: change one of" \
            "Sources/Programs/strapline/Commands/Shared/StraplineVersion.swift," \
            "Sources/Hub/HubServer/Metrics/HubBuild.swift and packaging/debian/changelog" >&2
        exit 65
        ;;
    esac
done

# dpkg wants debian/ beside the sources, and leaves its packages above them.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
sources=$work/strapline-$version
mkdir -p "$sources/programs" "$packages"
# After `sudo make deb ARCH=arm64` the clone's owner can still run `make deb`.
as_the_clone() { if [ "$(id -u)" -eq 0 ]; then chown --reference="$clone" "$@"; fi; }
[ ! -d "$clone/.build" ] || as_the_clone "$clone/.build"
as_the_clone "$packages"
cp -r "$here" "$clone/udev" "$clone/docs" "$clone/README.md" "$clone/CHANGELOG.md" "$sources/"
mv "$sources/packaging/debian" "$sources/debian"
cp "$programs/strapline" "$programs/strapline-hub" "$sources/programs/"
sed -i "1s/([^)]*)/($version)/" "$sources/debian/changelog"
sed -i "s/@VERSION@/$version/" "$sources"/debian/strapline.prerm

# What each program is made of: /usr/share/doc/PACKAGE/sbom.cdx.json.
swift_version=${SWIFT_VERSION:-$(swift --version 2>/dev/null | sed -nE 's/.*Swift version ([^ ]+).*/\1/p' | head -n 1)}
[ -n "$swift_version" ] || { echo "build-deb: no swift here: set SWIFT_VERSION" >&2; exit 69; }
epoch=$(dpkg-parsechangelog -l "$sources/debian/changelog" -S Timestamp)
for program in strapline strapline-hub; do
    mkdir -p "$sources/sbom/$program"
    PYTHONDONTWRITEBYTECODE=1 python3 "$clone/scripts/dependencies/sbom.py" "$program" "$programs/$program" "$version" \
        "$architecture" "$swift_version" "$epoch" >"$sources/sbom/$program/sbom.cdx.json"
done

# The package has no tests of its own. debhelper warns of tests if it builds for another architecture.
export DEB_BUILD_OPTIONS=nocheck
build='dpkg-buildpackage --build=binary --host-arch="$1" --no-check-builddeps --unsigned-changes'
cd "$sources"
if ! bash -c "$build" build "$architecture" >"$work/log" 2>&1; then
    cat "$work/log" >&2
    exit 70
fi
grep -i warning "$work/log" >&2 || true
rm -f "$packages"/strapline{,-hub}_*_"$architecture".deb
mv "$work"/*.deb "$packages/"
as_the_clone "$packages"/*_"$architecture".deb
ls "$packages"/*_"$architecture".deb
