#!/bin/bash
# Takes the pictures of README.md: the hub's web page and overlay, with simulated readings, into docs/pictures.
set -eu
cd "$(dirname "$0")/../.."
# shellcheck source=IntegrationTests/Page/environment.sh
. IntegrationTests/Page/environment.sh
PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=IntegrationTests/Page \
    exec timeout --kill-after=10 5m "$environment/bin/python" scripts/docs/pictures.py docs/pictures
