#!/bin/bash
# site-folder.sh VERSION
#
# Makes .build/dist/site: what the web server at SITE publishes. It has the documentation (make docs), install.sh, the
# apt repository, the tarballs and compose.yaml of the release VERSION.
set -euo pipefail

clone=$(realpath "$(dirname "$(realpath "$0")")/../..")
version=${1:?"site: which version? make site VERSION=0.1.0"}
folder=$clone/.build/dist/$version
site=$clone/.build/dist/site

[ -e "$folder/SHA256SUMS" ] || { echo "site: run make release VERSION=$version" >&2; exit 66; }
[ -e "$clone/.build/docs/site/index.html" ] || { echo "site: run make docs" >&2; exit 66; }
rm -rf "$site"
cp -r "$clone/.build/docs/site" "$site"
cp -r "$folder/apt" "$folder/install.sh" "$folder/compose.yaml" "$folder"/*.tar.gz "$folder"/SHA256SUMS* "$site/"
[ ! -e "$folder/TEST-KEY" ] || cp "$folder/TEST-KEY" "$site/"
echo "site: $site has $(find "$site" -type f | wc -l) files"
