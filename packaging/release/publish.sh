#!/bin/bash
# publish.sh VERSION
#
# Makes the release page of VERSION at GitHub from .build/dist/VERSION, with gh. The tag vVERSION must be there.
set -euo pipefail

clone=$(realpath "$(dirname "$(realpath "$0")")/../..")
version=${1:?"publish: which version? make publish VERSION=0.1.0"}
folder=$clone/.build/dist/$version

[ -e "$folder/SHA256SUMS" ] || { echo "publish: run make release VERSION=$version" >&2; exit 66; }
if [ -e "$folder/TEST-KEY" ]; then
    echo "publish: this release is signed with a test key: set STRAPLINE_SIGNING_KEY, and make it again" >&2
    exit 65
fi
command -v gh >/dev/null || { echo "publish: no gh here: run apt install gh" >&2; exit 69; }
cd "$folder"
# Folders go as one file each.
tar --create --sort=name --owner=0 --group=0 --numeric-owner home-assistant | gzip --no-name >home-assistant.tar.gz
tar --create --sort=name --owner=0 --group=0 --numeric-owner apt >apt.tar
trap 'rm -f home-assistant.tar.gz apt.tar' EXIT
mapfile -t files < <(find . -maxdepth 1 -type f ! -name RELEASE_NOTES.md -printf '%P\n' | sort)
gh release create "v$version" --verify-tag --title "Strapline $version" --notes-file RELEASE_NOTES.md "${files[@]}"
