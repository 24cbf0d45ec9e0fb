#!/bin/bash
# Unpacks Debian's InfluxDB below .build/influxdb, for the tests with a real one. It is not installed, because that
# would start a service on this machine.
set -eu
cd "$(dirname "$0")/.."
target=$PWD/.build/influxdb
[ ! -x "$target/usr/bin/influxd" ] || exit 0
if ! command -v apt-get >/dev/null; then
    echo "influxdb: no apt-get here: the tests with a real InfluxDB are skipped" >&2
    exit 0
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
if ! apt-get download -qq influxdb 2>log; then
    cat log >&2
    echo "influxdb: run apt-get update and try again: the tests with a real InfluxDB are skipped" >&2
    exit 0
fi
rm -rf "$target"
mkdir -p "$target"
dpkg-deb --extract influxdb_*.deb "$target"
