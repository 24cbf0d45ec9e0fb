#!/bin/bash
# Runs the uploader with a simulated strap, a real broker and a real Home Assistant. Arguments are handed to unittest,
# for instance: -k broker. STRAPLINE_HOME_ASSISTANT is a folder with the venv of install.sh; by default it is below the
# user's cache, and made if it is missing.
set -eu
cd "$(dirname "$0")/../.."
folder=${STRAPLINE_HOME_ASSISTANT:-${XDG_CACHE_HOME:-$HOME/.cache}/strapline-home-assistant}
if ! [ -x "$folder/venv/bin/hass" ] || ! "$folder/venv/bin/python" -c 'import aiohttp, paho.mqtt' 2>/dev/null; then
    IntegrationTests/HomeAssistant/install.sh "$folder"
fi
export PYTHONPATH=IntegrationTests/Support PYTHONDONTWRITEBYTECODE=1
exec timeout --kill-after=10 10m "$folder/venv/bin/python" -m unittest discover \
    --start-directory IntegrationTests/HomeAssistant --pattern '*_test.py' --verbose "$@"
