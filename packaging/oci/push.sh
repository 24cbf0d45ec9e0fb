#!/bin/bash
# push.sh [VERSION]
#
# Pushes the images of a release (.build/dist/VERSION, else the last one) to the registry IMAGES, with skopeo. Log in
# first: skopeo login REGISTRY.
set -euo pipefail

clone=$(realpath "$(dirname "$(realpath "$0")")/../..")
folder=$(realpath -m "$clone/.build/dist/${1:-latest}")
version=${folder##*/}
# shellcheck source=packaging/release/site.sh
. "$clone/packaging/release/site.sh"

[ -d "$folder/images" ] || { echo "push-images: no images in $folder: run make release VERSION=$version" >&2; exit 66; }
if [ "$images" = "$default_images" ]; then
    echo "push-images: which registry? make push-images IMAGES=ghcr.io/OWNER" >&2
    exit 64
fi
if [ -e "$folder/TEST-KEY" ]; then
    echo "push-images: this release is signed with a test key: set STRAPLINE_SIGNING_KEY, and make it again" >&2
    exit 65
fi
for layout in "$folder/images"/*; do
    for tag in "$version" latest; do
        skopeo copy --all "oci:$layout:$version" "docker://$images/${layout##*/}:$tag"
    done
done
