# shellcheck shell=bash
# Sourced, in the project's folder: installs the browser's driver into a virtual environment, $environment.
environment=.build/page/venv
if ! cmp -s "$environment/installed" <(cat IntegrationTests/Page/requirements*.txt); then
    python3 -m venv --clear "$environment"
    "$environment/bin/pip" install --quiet --requirement IntegrationTests/Page/requirements.txt
    "$environment/bin/pip" install --quiet --no-deps --requirement IntegrationTests/Page/requirements-axe.txt
    cat IntegrationTests/Page/requirements*.txt >"$environment/installed"
fi
