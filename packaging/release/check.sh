#!/bin/bash
# check.sh VERSION
#
# Checks that this tree can become the release VERSION, before the long builds: it is clean, every place that names the
# version agrees, this machine is a Debian 12, and the signing key signs.
#
#   ARCHITECTURES, STRAPLINE_SIGNING_KEY  as for release.sh
#   STRAPLINE_RELEASE_DIRTY=1  allows uncommitted changes and another system, to try the release itself
#   OS_RELEASE                 (/etc/os-release) the file that names the system
set -euo pipefail

clone=$(realpath "$(dirname "$(realpath "$0")")/../..")
version=${1:-}
if ! [[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]]; then
    echo "release: VERSION must be three numbers: make release VERSION=0.1.0" >&2
    exit 64
fi
cd "$clone"
# If git fails, so does this script.
changes=$(git status --porcelain)
if [ -n "$changes" ] && [ "${STRAPLINE_RELEASE_DIRTY:-}" != 1 ]; then
    echo "release: this tree has uncommitted changes: commit or stash them (git status)" >&2
    exit 65
fi
changelog=$(sed -nE '1s/.*\((.*)\).*/\1/p' packaging/debian/changelog)
failed=no
for source in Sources/Programs/strapline/Commands/Shared/StraplineVersion.swift \
    Sources/Hub/HubServer/Metrics/HubBuild.swift; do
    if ! grep -qF "\"$version\"" "$source"; then
        echo "release: $source has another version: set it to $version" >&2
        failed=yes
    fi
done
if [ "$changelog" != "$version" ]; then
    echo "release: packaging/debian/changelog has version $changelog: add an entry for $version" >&2
    failed=yes
fi
[ "$failed" = no ] || exit 65

# Packages for amd64 need the libraries of the system that they are made on.
# shellcheck source=/dev/null
system=$(. "${OS_RELEASE:-/etc/os-release}" && echo "${ID:-} ${VERSION_ID:-}")
case " ${ARCHITECTURES:-amd64 arm64} " in
*" amd64 "*)
    if [ "$system" != "debian 12" ] && [ "${STRAPLINE_RELEASE_DIRTY:-}" != 1 ]; then
        echo "release: packages that are made on $system do not run on Debian 12: make the release on Debian 12" >&2
        exit 69
    fi
    ;;
esac

if [ -n "${STRAPLINE_SIGNING_KEY:-}" ] && command -v gpg >/dev/null; then
    # shellcheck source=packaging/release/signing.sh
    . packaging/release/signing.sh
    signs() (
        trap close_signing_key EXIT
        open_signing_key "$clone" && key_gpg --local-user "$signing_key" --armor --detach-sign --output - <<<test
    )
    if ! signs >/dev/null; then
        echo "release: STRAPLINE_SIGNING_KEY does not sign: it must be a secret key, with its passphrase in the file" \
            "STRAPLINE_SIGNING_PASSPHRASE_FILE" >&2
        exit 66
    fi
fi
