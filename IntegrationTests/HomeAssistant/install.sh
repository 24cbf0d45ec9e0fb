#!/bin/bash
# install.sh FOLDER
#
# Makes FOLDER/venv with Home Assistant and the packages of its MQTT integration (some 820 MB, a minute). It needs
# Python 3.13 with venv: $PYTHON if it is set, else python3.13 on PATH, else one of pyenv's. HA_VERSION chooses another
# release of Home Assistant.
set -euo pipefail
[ $# = 1 ] || { sed -n '2,6s/^# \{0,1\}//p' "$0" >&2; exit 64; }
version=${HA_VERSION:-2025.4.4}

find_python() {
    local candidate
    for candidate in ${PYTHON:-} "$(command -v python3.13 || true)" \
        "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.13*/bin/python; do
        # A shim of pyenv exists on PATH even if it starts nothing: start each candidate.
        if [ -n "$candidate" ] && "$candidate" -c \
            'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 13))' 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
    return 1
}

python=$(find_python) || {
    echo "home-assistant: Home Assistant $version needs Python 3.13 with venv. Install it (pyenv install 3.13)," \
        "or name it: PYTHON=/path/to/python3.13" >&2
    exit 69
}
mkdir -p "$1"
folder=$(cd "$1" && pwd)
wheels=$folder/wheels
echo "home-assistant: installing $version with $("$python" --version) into $folder/venv"
"$python" -m venv "$folder/venv"
pip=("$folder/venv/bin/pip" --disable-pip-version-check -q)

# The wheel has the versions with which Home Assistant was tested. Without them pip tries old releases one by one.
"${pip[@]}" download --no-deps -d "$wheels" "homeassistant==$version"
constraints=$wheels/package_constraints.txt
"$python" - "$wheels"/homeassistant-"$version"-*.whl >"$constraints" <<'PYTHON'
import sys
import zipfile

sys.stdout.write(zipfile.ZipFile(sys.argv[1]).read("homeassistant/package_constraints.txt").decode())
PYTHON
"${pip[@]}" install --prefer-binary -c "$constraints" "$wheels"/homeassistant-"$version"-*.whl
# The integrations of the test import these. Home Assistant would install them at its first start.
"${pip[@]}" install --prefer-binary -c "$constraints" paho-mqtt Pillow SQLAlchemy cronsim fnv-hash-fast \
    home-assistant-frontend ifaddr isal psutil-home-assistant securetar 'sentry-sdk==1.45.1'
echo "home-assistant: installed in $SECONDS s, $(du -sh "$folder/venv" | cut -f1)"
