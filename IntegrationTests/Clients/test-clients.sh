#!/bin/bash
# Tries the hub with other people's clients, each the way its users run it; only the address is the hub's. Arguments
# go to unittest, for instance: -k browser
set -eu
cd "$(dirname "$0")/../.."
work=.build/clients
environment=$work/venv
# The browser and the hub are driven as the tests of the page drive them.
requirements=(IntegrationTests/Clients/requirements.txt IntegrationTests/Page/requirements.txt)

if ! cmp -s "$environment/installed" <(cat "${requirements[@]}" IntegrationTests/Page/requirements-axe.txt); then
    python3 -m venv --clear "$environment"
    "$environment/bin/pip" install --quiet --disable-pip-version-check "${requirements[@]/#/--requirement=}"
    "$environment/bin/pip" install --quiet --disable-pip-version-check --no-deps \
        --requirement IntegrationTests/Page/requirements-axe.txt
    cat "${requirements[@]}" IntegrationTests/Page/requirements-axe.txt >"$environment/installed"
fi
PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=IntegrationTests/Page \
    timeout --kill-after=10 10m "$environment/bin/python" -m unittest discover \
    --start-directory IntegrationTests/Clients --pattern '*_test.py' --verbose "$@"
