#!/bin/bash
# checksums.sh FOLDER
#
# Writes FOLDER/SHA256SUMS with the checksum of every file, and its signature SHA256SUMS.asc. With a test key it writes
# the file TEST-KEY, so that publishing refuses the folder.
set -euo pipefail

here=$(dirname "$(realpath "$0")")
clone=$(realpath "$here/../..")
# shellcheck source=packaging/release/signing.sh
. "$here/signing.sh"
trap close_signing_key EXIT
open_signing_key "$clone"
cd "$1"
rm -f SHA256SUMS SHA256SUMS.asc TEST-KEY
if [ "$is_test_key" = yes ]; then
    echo "Signed with a test key that was made on this machine: do not publish." >TEST-KEY
    echo "release: no STRAPLINE_SIGNING_KEY: signed with a TEST KEY. Do not publish these files." >&2
fi
find . -type f -printf '%P\0' | sort -z | xargs -0 sha256sum >"$clone/.build/SHA256SUMS.part"
mv "$clone/.build/SHA256SUMS.part" SHA256SUMS
key_gpg --local-user "$signing_key" --armor --detach-sign --output SHA256SUMS.asc SHA256SUMS
