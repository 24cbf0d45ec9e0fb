#!/bin/bash
# build.sh PACKAGES FOLDER
#
# Makes a signed apt repository in FOLDER from the Debian packages of the folder PACKAGES. FOLDER is plain files: any
# web server can publish it, and apt reads it with file: too. Needs apt-utils and gnupg, and no network.
#
#   dists/SUITE   the index of a release of Debian (bookworm, trixie), with InRelease, Release and Release.gpg
#   pool          the packages
#   strapline-archive-keyring.asc   the public key
#
#   STRAPLINE_PREVIOUS_APT  an earlier repository, whose packages stay available
#   The key: see packaging/release/signing.sh.
#
# A package whose version ends with ~deb12 is for Debian 12 only. It replaces the package of the same version there.
set -euo pipefail

here=$(dirname "$(realpath "$0")")
clone=$(realpath "$here/../..")
packages=$(realpath "$1")
folder=$(realpath -m "$2")
# shellcheck source=packaging/release/signing.sh
. "$clone/packaging/release/signing.sh"

ls "$packages"/*.deb >/dev/null 2>&1 || { echo "apt: no package in $packages: run make deb" >&2; exit 66; }
for tool in apt-ftparchive gpg; do
    command -v "$tool" >/dev/null || { echo "apt: no $tool here: run make release-files" >&2; exit 69; }
done

all=$(mktemp)
trap 'close_signing_key; rm -f "$all"' EXIT
open_signing_key "$clone"

rm -rf "$folder"
mkdir -p "$folder/pool"
[ -z "${STRAPLINE_PREVIOUS_APT:-}" ] || cp -r "$STRAPLINE_PREVIOUS_APT/pool/." "$folder/pool/"
cp "$packages"/*.deb "$folder/pool/"
cd "$folder"

apt-ftparchive packages pool >"$all"

# The stanzas of one suite and architecture. On bookworm 1.0~deb12 stands for 1.0.
stanzas() {
    awk -v suite="$1" -v architecture="$2" '
        BEGIN { RS = ""; ORS = "\n\n" }
        {
            split("", field)
            lines = split($0, line, "\n")
            for (i = 1; i <= lines; i++)
                if (match(line[i], /^[A-Za-z]+: /)) {
                    name = substr(line[i], 1, RLENGTH - 2)
                    field[name] = substr(line[i], RLENGTH + 1)
                }
            if (field["Architecture"] != architecture) next
            own = field["Version"] ~ /~deb12$/
            version = field["Version"]
            sub(/~deb12$/, "", version)
            key = field["Package"] " " version
            if (own && suite != "bookworm") next
            if (own || !(key in chosen)) chosen[key] = $0
        }
        END { for (key in chosen) print chosen[key] }
    ' "$all"
}

for suite in bookworm trixie; do
    for architecture in amd64 arm64; do
        index=dists/$suite/main/binary-$architecture
        mkdir -p "$index"
        stanzas "$suite" "$architecture" >"$index/Packages"
        gzip --no-name --best --keep "$index/Packages"
        xz --keep "$index/Packages"
        # A client that reads during an upload finds each index under the digest that its Release names.
        mkdir -p "$index/by-hash/SHA256"
        for file in "$index"/Packages*; do
            cp "$file" "$index/by-hash/SHA256/$(sha256sum "$file" | cut -d ' ' -f 1)"
        done
    done
    release=$(apt-ftparchive \
        -o APT::FTPArchive::Release::Origin=Strapline -o APT::FTPArchive::Release::Label=Strapline \
        -o "APT::FTPArchive::Release::Suite=$suite" -o "APT::FTPArchive::Release::Codename=$suite" \
        -o "APT::FTPArchive::Release::Architectures=amd64 arm64" -o APT::FTPArchive::Release::Components=main \
        -o APT::FTPArchive::Release::Acquire-By-Hash=yes release "dists/$suite")
    echo "$release" >"dists/$suite/Release"
    key_gpg --local-user "$signing_key" --clearsign --output "dists/$suite/InRelease" "dists/$suite/Release"
    key_gpg --local-user "$signing_key" --armor --detach-sign --output "dists/$suite/Release.gpg" "dists/$suite/Release"
done
gpg --batch --armor --export "$signing_key" >strapline-archive-keyring.asc
chmod -R u=rwX,go=rX "$folder"
echo "apt: signed with $signing_key"
