#!/bin/bash
# Runs the uploader with a simulated strap and a real VictoriaMetrics. Debian's is unpacked below
# .build/victoria-metrics, because to install it would start a service. Arguments are handed to unittest.
set -eu
cd "$(dirname "$0")/../.."
target=$PWD/.build/victoria-metrics
if ! [ -x "$target/usr/bin/victoria-metrics" ]; then
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
    (cd "$folder" && apt-get download -qq victoria-metrics)
    mkdir -p "$target"
    dpkg-deb --extract "$folder"/victoria-metrics_*.deb "$target"
fi
export PYTHONPATH=IntegrationTests/Support PYTHONDONTWRITEBYTECODE=1
timeout --kill-after=10 5m python3 -m unittest discover \
    --start-directory IntegrationTests/VictoriaMetrics --pattern '*_test.py' --verbose "$@"
