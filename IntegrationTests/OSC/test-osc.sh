#!/bin/bash
# Runs the tests of OSC with python-osc, and with python-oscquery and a real avahi-daemon in place of VRChat. The latter
# needs root and a network with multicast.
set -eu
cd "$(dirname "$0")/../.."
environment=.build/osc/venv
requirements=IntegrationTests/OSC/requirements.txt

if ! cmp -s "$environment/installed" "$requirements"; then
    python3 -m venv --clear "$environment"
    "$environment/bin/pip" install --quiet --disable-pip-version-check --requirement "$requirements"
    cp "$requirements" "$environment/installed"
fi
PYTHONDONTWRITEBYTECODE=1 STRAPLINE_OSC_PYTHON="$PWD/$environment/bin/python" \
    timeout --kill-after=10 10m swift test --skip-build --filter OSCPeerTests
