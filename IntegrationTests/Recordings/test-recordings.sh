#!/bin/bash
# Holds recorded files and heart rate variability against public programs:
# test-recordings.sh fit|hrv|goldencheetah [ARGUMENT…]
# Arguments go to unittest. Garmin's schema of TCX is taken from Debian's package pytrainer, GoldenCheetah from its own;
# they are unpacked below .build, and not installed.
set -eu
cd "$(dirname "$0")/../.."
part=$1
shift
work=.build/recordings
environment=$work/venv-$part
requirements=IntegrationTests/Recordings/requirements-$part.txt
python=python3

if [ -f "$requirements" ]; then python=$environment/bin/python; fi
if [ -f "$requirements" ] && ! cmp -s "$environment/installed" "$requirements"; then
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
if [ "$part" = goldencheetah ] && [ ! -d "$work/goldencheetah" ] && ! command -v GoldenCheetah >/dev/null; then
    unpacked=$work/goldencheetah.new
    rm -rf "$unpacked" && mkdir -p "$unpacked"
    # With the libraries that this machine does not have.
    packages=$(apt-get --simulate install --no-install-recommends goldencheetah | sed -n 's/^Inst \([^ ]*\).*/\1/p')
    # shellcheck disable=SC2086  # a list of names
    (cd "$unpacked" && apt-get -qq download $packages 2>/dev/null
        for package in *.deb; do dpkg-deb -x "$package" . && rm "$package"; done)
    mv "$unpacked" "$work/goldencheetah"
fi
PYTHONDONTWRITEBYTECODE=1 timeout --kill-after=10 20m "$python" -m unittest discover \
    --start-directory IntegrationTests/Recordings --pattern "${part}_test.py" --verbose "$@"
