#!/bin/bash
# Tries the hub's web page in a headless Chromium. Arguments are handed to unittest, for instance: -k overlay
# Screenshots are left below .build/page/screenshots.
set -eu
cd "$(dirname "$0")/../.."
work=.build/page
environment=$work/venv

if ! cmp -s "$environment/installed" <(cat IntegrationTests/Page/requirements*.txt); then
    python3 -m venv --clear "$environment"
    "$environment/bin/pip" install --quiet --requirement IntegrationTests/Page/requirements.txt
    "$environment/bin/pip" install --quiet --no-deps --requirement IntegrationTests/Page/requirements-axe.txt
    cat IntegrationTests/Page/requirements*.txt >"$environment/installed"
fi
rm -rf "$work/screenshots"
mkdir -p "$work/screenshots"
PYTHONDONTWRITEBYTECODE=1 exec timeout --kill-after=10 10m "$environment/bin/python" -m unittest discover \
    --start-directory IntegrationTests/Page --pattern '*_test.py' --verbose "$@"
