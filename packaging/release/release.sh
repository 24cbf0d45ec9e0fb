#!/bin/bash
# release.sh VERSION
#
# Makes everything that a release page needs, in .build/dist/VERSION, from the Debian packages in .build/packages:
# `make release-files`. Needs root for chroots of other architectures; no network but apt's mirror.
#
#   ARCHITECTURES  ("amd64 arm64") the processors
#   SITE, IMAGES   where the release will be published: see site.sh
#   STRAPLINE_SIGNING_KEY, STRAPLINE_PREVIOUS_APT: see signing.sh and packaging/apt/build.sh
#   LIBRARIES_AMD64, LIBRARIES_ARM64  the Debian roots that the packages were built in, if not / and the arm64 SDK
set -euo pipefail

here=$(dirname "$(realpath "$0")")
clone=$(realpath "$here/../..")
version=${1:-}
[ -n "$version" ] || { echo "release: which version? make release VERSION=0.1.0" >&2; exit 64; }
# Everybody must be able to read the files, also those inside of the images.
umask 022
packages=$clone/.build/packages
folder=$clone/.build/dist/$version.part
work=$clone/.build/dist/work-$version
read -ra architectures <<<"${ARCHITECTURES:-amd64 arm64}"
# shellcheck source=packaging/release/site.sh
. "$here/site.sh"
# shellcheck source=packaging/release/signing.sh
. "$here/signing.sh"
SOURCE_DATE_EPOCH=$(git -C "$clone" log -1 --format=%ct)
export SOURCE_DATE_EPOCH

say() { echo "release: $*"; }

rm -rf "$folder" "$work"
mkdir -p "$folder" "$work/packages"
for architecture in "${architectures[@]}"; do
    case $architecture in
    amd64) libraries=${LIBRARIES_AMD64:-/} ;;
    arm64) libraries=${LIBRARIES_ARM64:-$("$clone/packaging/arm64/make-sdk.sh")/sysroot} ;;
    *) echo "release: no packages for $architecture" >&2; exit 64 ;;
    esac
    say "programs and libraries for $architecture"
    "$here/unpack.sh" "$architecture" "$packages" "$libraries" "$work/$architecture"
    ln -s "$libraries" "$work/$architecture/libraries"
    cp "$packages"/strapline{,-hub}_"$version"_"$architecture".deb "$work/packages/" || {
        echo "release: the packages are not of version $version: run make deb ARCH=$architecture" >&2
        exit 65
    }
    "$here/tarball.sh" "$architecture" "$version" "$work/$architecture" "$folder"
    [ "$architecture" != arm64 ] || LIBRARIES=$libraries "$here/deb12.sh" "$work/arm64" "$work/packages"
    for program in strapline strapline-hub; do
        cp "$work/$architecture/$program.cdx.json" "$folder/${program}_${version}_$architecture.cdx.json"
    done
done
cp "$work/packages"/*.deb "$folder/"

say "the images"
"$clone/packaging/oci/build.sh" "$version" "$work" "$work/images" "${architectures[@]}"
mkdir -p "$folder/images"
mv "$work/images"/strapline{,-hub}-"$version"-image-*.tar "$folder/"
rm -f "$work/images"/*-image-*.tar
cp -r "$work/images"/. "$folder/images/"

say "the apt repository"
"$clone/packaging/apt/build.sh" "$work/packages" "$folder/apt"

# Replaces the address, the registry and the version.
placed() {
    sed -e "s|$default_site|$site|g" -e "s|$default_images|$images|g" \
        -e "s|\(/strapline\(-hub\)\{0,1\}\):[0-9][0-9.]*\$|\1:$version|" "$1"
}
python3 -B "$here/embed_key.py" "$clone/install.sh" "$folder/apt/strapline-archive-keyring.asc" "$site" "$version" \
    >"$folder/install.sh"
chmod 755 "$folder/install.sh"
placed "$clone/compose.yaml" >"$folder/compose.yaml"
cp -r "$clone/packaging/home-assistant" "$folder/home-assistant"
for file in "$folder/home-assistant"/{repository.yaml,*/config.yaml}; do
    placed "$file" | sed "s/^version: .*/version: \"$version\"/" >"$file.part"
    mv "$file.part" "$file"
done
cp "$clone/CHANGELOG.md" "$folder/home-assistant/strapline/CHANGELOG.md"
cp "$clone/CHANGELOG.md" "$folder/home-assistant/strapline-hub/CHANGELOG.md"
python3 -B "$here/notes.py" "$version" "$site" "$clone/CHANGELOG.md" >"$folder/RELEASE_NOTES.md"
"$here/checksums.sh" "$folder"
chmod -R u=rwX,go=rX "$folder"
# Only a whole release replaces one of the same version.
rm -rf "$work" "$clone/.build/dist/$version"
mv "$folder" "$clone/.build/dist/$version"
folder=$clone/.build/dist/$version
ln -sfn "$version" "$clone/.build/dist/latest"
say "$folder has $(find "$folder" -type f | wc -l) files"
