#!/bin/bash
# test-bluetooth.sh [TEST...]
#
# Runs strapline and strapline-hub against real bluetoothd and an emulated strap: `make test-bluetooth`. Without a TEST
# all of them: uploader, pairing, broadcast, rebroadcast, hrv, sessions, faults.
#
# STRAPLINE_BIN names the folder of the two programs (.build/debug). The logs stay in .build/bluetooth-rig.
set -eu

here=$(dirname "$(realpath "$0")")
clone=$(realpath "$here/../..")
programs=$(realpath "${STRAPLINE_BIN:-$clone/.build/debug}")
for program in strapline strapline-hub; do
    [ -x "$programs/$program" ] || { echo "rig: no $programs/$program: run make build" >&2; exit 66; }
done

BLUETOOTH_RIG_BASE=$("$here/setup.sh")
export BLUETOOTH_RIG_BASE
# The faults take 4 minutes and a half.
export RIG_TIMEOUT_SECONDS=${RIG_TIMEOUT_SECONDS:-400}
rm -rf "$clone/.build/bluetooth-rig"

# Each test has a boot and a folder for its logs of its own.
[ $# -gt 0 ] || set -- uploader pairing broadcast rebroadcast hrv sessions faults
for test in "$@"; do
    status=0
    export RIG_SHARE=$clone/.build/bluetooth-rig/$test
    "$here/boot.sh" "$BLUETOOTH_RIG_BASE/python/bin/python" "$here/guest/${test}_test.py" "$programs" || status=$?
    cat "$RIG_SHARE/output.log" 2>/dev/null || true
    [ $status -eq 0 ] || { echo "rig: $test failed with exit code $status; logs in $RIG_SHARE" >&2; exit $status; }
done
