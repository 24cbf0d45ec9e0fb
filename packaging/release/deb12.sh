#!/bin/bash
# deb12.sh WORK FOLDER
#
# Makes packages for Debian 12 on arm64 of what unpack.sh has put into WORK. Its programs were built with the libraries
# of Debian 13, so these packages bring them along, in /usr/lib/PACKAGE. Their version ends with ~deb12: an upgrade to
# Debian 13 replaces them.
set -euo pipefail

work=$1
folder=$2
loader=ld-linux-aarch64.so.1

command -v patchelf >/dev/null || { echo "release: no patchelf here: run make release-files" >&2; exit 69; }
for package in strapline strapline-hub; do
    root=$work/deb12/$package
    rm -rf "$root"
    mkdir -p "$work/deb12"
    cp -a "$work/$package/files" "$root"
    program=$root/usr/bin/$package
    own=/usr/lib/$package
    # Only the libraries of this program.
    python3 -B "$(dirname "$(realpath "$0")")/bundle.py" "$LIBRARIES" arm64 "$work/deb12/$package.bundle" "$program"
    mkdir -p "$root$own"
    cp "$work/deb12/$package.bundle/lib/"* "$root$own/"
    chmod 644 "$root$own"/*
    chmod 755 "$root$own/$loader"
    cp -r "$work/deb12/$package.bundle/licenses" "$root/usr/share/doc/$package/licenses"
    cp "$work/$package.cdx.json" "$root/usr/share/doc/$package/sbom.cdx.json"
    # An rpath, because a runpath does not apply to the libraries of libraries.
    patchelf --set-interpreter "$own/$loader" --force-rpath --set-rpath "$own" "$program"

    control=$root/DEBIAN/control
    version=$(sed -n 's/^Version: //p' "$control")~deb12
    depends=$(sed -n 's/^Depends: //p' "$control" | tr ',' '\n' | sed 's/^ *//' | grep -v '^lib' | paste -sd, || true)
    sed -i -e "s/^Version: .*/Version: $version/" -e '/^Depends: /d' "$control"
    [ -z "$depends" ] || sed -i "s/^Architecture: .*/&\nDepends: ${depends//,/, }/" "$control"
    sed -i "s/^Installed-Size: .*/Installed-Size: $(du -sk --exclude=DEBIAN "$root" | cut -f 1)/" "$control"
    [ ! -e "$root/DEBIAN/prerm" ] || sed -i -E "s/^(own=.*)/\1~deb12/" "$root/DEBIAN/prerm"
    (cd "$root" && find . -type f ! -path './DEBIAN/*' ! -path './etc/*' -printf '%P\0' | sort -z | xargs -0 md5sum) \
        >"$root/DEBIAN/md5sums"
    dpkg-deb --root-owner-group -b "$root" "$folder/${package}_${version}_arm64.deb" >/dev/null
done
