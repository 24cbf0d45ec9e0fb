# shellcheck shell=bash
# shellcheck disable=SC2034  # the scripts that read this use them
# Where a release is published: SITE is the address of the release folder, IMAGES the registry of the images. Names
# below .invalid never exist, so that a release without these settings points to no stranger's server.

default_site=https://strapline.invalid
default_images=registry.invalid/strapline
site=${SITE:-$default_site}
site=${site%/}
images=${IMAGES:-$default_images}
images=${images%/}
# A registry takes small letters alone, and no scheme.
images=${images,,}
images=${images#*://}
case $site in
http://?* | https://?*) ;;
*) echo "release: SITE must be an http or https address: SITE=https://$site" >&2; exit 64 ;;
esac
