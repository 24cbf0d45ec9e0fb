#!/bin/bash
# build-deb.sh ARCHITECTURE PROGRAMS [FOLDER]
#
# Makes the Debian packages of the two programs of the folder PROGRAMS, which are built for ARCHITECTURE, and puts them into
# FOLDER (.build/packages). Needs debhelper and python3, and no network.
#
#   DEB_VERSION  (as packaging/debian/changelog has it) another version, for trying upgrades
#   EMULATOR     (none) runs the programs of another architecture
set -eu

architecture=$1
programs=$(realpath "$2")
here=$(dirname "$(realpath "$0")")
clone=$(realpath "$here/..")
packages=$(realpath -m "${3:-$clone/.build/packages}")
version=${DEB_VERSION:-$(dpkg-parsechangelog -l "$here/debian/changelog" -S Version)}

told=$(${EMULATOR:-} "$programs/strapline" --version)
case $version in
"$told" | "$told"[+~-]*) ;;
*)
    echo "build-deb: the program is $told and the package $version: let both agree in Sources/strapline/Strapline.swift" \
        "and packaging/debian/changelog" >&2
    exit 65
    ;;
esac

# dpkg wants debian/ beside the sources, and leaves its packages above them.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
sources=$work/strapline-$version
mkdir -p "$sources/programs" "$packages"
cp -r "$here" "$clone/udev" "$clone/docs" "$clone/README.md" "$clone/CHANGELOG.md" "$sources/"
mv "$sources/packaging/debian" "$sources/debian"
cp "$programs/strapline" "$programs/strapline-hub" "$sources/programs/"
sed -i "1s/([^)]*)/($version)/" "$sources/debian/changelog"
sed -i "s/@VERSION@/$version/" "$sources"/debian/strapline.prerm

build='dpkg-buildpackage --build=binary --host-arch="$1" --no-check-builddeps --unsigned-changes'
cd "$sources"
if ! bash -c "$build" build "$architecture" >"$work/log" 2>&1; then
    cat "$work/log" >&2
    exit 70
fi
grep -i warning "$work/log" >&2 || true
rm -f "$packages"/strapline{,-hub}_*_"$architecture".deb
mv "$work"/*.deb "$packages/"
ls "$packages"/*_"$architecture".deb
