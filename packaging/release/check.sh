#!/bin/bash
# check.sh VERSION
#
# Checks that this tree can become the release VERSION: it is clean, and every place that names the version agrees.
#
#   STRAPLINE_RELEASE_DIRTY=1  allows uncommitted changes, to try the release itself
set -euo pipefail

clone=$(realpath "$(dirname "$(realpath "$0")")/../..")
version=${1:-}
if ! [[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]]; then
    echo "release: VERSION must be three numbers: make release VERSION=0.1.0" >&2
    exit 64
fi
cd "$clone"
if [ -n "$(git status --porcelain)" ] && [ "${STRAPLINE_RELEASE_DIRTY:-}" != 1 ]; then
    echo "release: this tree has uncommitted changes: commit or stash them (git status)" >&2
    exit 65
fi
source=Sources/Programs/strapline/Commands/Shared/StraplineVersion.swift
changelog=$(sed -nE '1s/.*\((.*)\).*/\1/p' packaging/debian/changelog)
failed=no
if ! grep -rqF "\"$version\"" "$source"; then
    echo "release: $source has another version: set it to $version" >&2
    failed=yes
fi
if [ "$changelog" != "$version" ]; then
    echo "release: packaging/debian/changelog has version $changelog: add an entry for $version" >&2
    failed=yes
fi
[ "$failed" = no ] || exit 65
