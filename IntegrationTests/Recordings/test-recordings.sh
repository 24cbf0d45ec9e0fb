#!/bin/bash
# Holds recorded files and heart rate variability against public programs: test-recordings.sh fit|hrv [ARGUMENT…].
# Arguments go to unittest. Garmin's schema of TCX is taken from Debian's package pytrainer.
set -eu
cd "$(dirname "$0")/../.."
part=$1
shift
work=.build/recordings
environment=$work/venv-$part
requirements=IntegrationTests/Recordings/requirements-$part.txt

if ! cmp -s "$environment/installed" "$requirements"; then
    python3 -m venv --clear "$environment"
    "$environment/bin/pip" install --quiet --disable-pip-version-check --prefer-binary --requirement "$requirements"
    if [ "$part" = hrv ]; then
        "$environment/bin/pip" install --quiet --disable-pip-version-check --no-deps 'nolds<0.6'
    fi
    cp "$requirements" "$environment/installed"
fi
if [ "$part" = fit ] && [ ! -f "$work/tcx.xsd" ]; then
    rm -rf "$work/pytrainer" && mkdir -p "$work/pytrainer"
    (cd "$work/pytrainer" && apt-get -qq download pytrainer 2>/dev/null && dpkg-deb -x pytrainer_*.deb .)
    cp "$work/pytrainer/usr/share/pytrainer/schemas/GarminTrainingCenterDatabase_v2.xsd" "$work/tcx.xsd"
fi
PYTHONDONTWRITEBYTECODE=1 timeout --kill-after=10 20m "$environment/bin/python" -m unittest discover \
    --start-directory IntegrationTests/Recordings --pattern "${part}_test.py" --verbose "$@"
