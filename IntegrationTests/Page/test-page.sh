#!/bin/bash
# Tries the programs' web pages in a headless Chromium. Arguments are handed to unittest, for instance: -k overlay
# Screenshots are left below .build/page/screenshots.
set -eu
cd "$(dirname "$0")/../.."
work=.build/page
# shellcheck source=IntegrationTests/Page/environment.sh
. IntegrationTests/Page/environment.sh
rm -rf "$work/screenshots"
mkdir -p "$work/screenshots"
export PYTHONPATH=IntegrationTests/Support PYTHONDONTWRITEBYTECODE=1
exec timeout --kill-after=10 10m "$environment/bin/python" -m unittest discover \
    --start-directory IntegrationTests/Page --pattern '*_test.py' --verbose "$@"
