#!/bin/bash
# unpack.sh ARCHITECTURE PACKAGES LIBRARIES WORK
#
# Unpacks the Debian packages of ARCHITECTURE in the folder PACKAGES into WORK, and adds the libraries that their
# programs load. LIBRARIES is the Debian root that the packages were built in. Everything else of a release is made of:
#
#   WORK/PROGRAM/files   the files of the package
#   WORK/PROGRAM/libraries  the libraries that the package recommends: the program loads them when it needs them
#   WORK/bundle          lib/, licenses/, packages.json of both programs (see bundle.py)
#   WORK/PROGRAM.cdx.json  the components of the program with these libraries
set -euo pipefail

here=$(dirname "$(realpath "$0")")
architecture=$1
packages=$2
libraries=$3
work=$4

rm -rf "$work"
mkdir -p "$work"
programs=()
recommended=()
for program in strapline strapline-hub; do
    package=$(find "$packages" -name "${program}_*_$architecture.deb" ! -name '*~deb12*')
    if [ -z "$package" ]; then
        echo "release: no package of $program for $architecture: run make deb ARCH=$architecture" >&2
        exit 66
    fi
    mkdir -p "$work/$program"
    dpkg-deb -R "$package" "$work/$program/files"
    programs+=("$work/$program/files/usr/bin/$program")
    dpkg-deb -f "$package" Recommends | tr ',' '\n' | sed -nE 's/^ *(lib[^ |(:]+).*/\1/p' | paste -sd, \
        >"$work/$program/libraries"
    recommended+=("$(cat "$work/$program/libraries")")
done
python3 -B "$here/bundle.py" --packages "$(IFS=,; echo "${recommended[*]}")" "$libraries" "$architecture" \
    "$work/bundle" "${programs[@]}"

# shellcheck source=/dev/null
distribution=$(. "$libraries/etc/os-release" && echo "debian-$VERSION_ID")
for program in strapline strapline-hub; do
    python3 -B "$here/sbom_of_bundle.py" "$work/$program/files/usr/share/doc/$program/sbom.cdx.json" \
        "$work/bundle/packages.json" "$architecture" "$distribution" >"$work/$program.cdx.json"
done
