#!/bin/bash
# boot.sh COMMAND [WORD...]
#
# Boots the guest, runs COMMAND in it as root when org.bluez is on the system bus, and ends with COMMAND's exit code.
# The guest sees the host's files under the same paths, read-only. Written files are gone afterwards, except $RIG_SHARE.
#
#   RIG_SHARE            the folder that the guest shares with the host: log files, results; made when missing
#   RIG_TIMEOUT_SECONDS  the whole run must end within this (180)
#   RIG_MEMORY           the guest's memory (512M)
#   BLUETOOTH_RIG_BASE   as setup.sh says, which must have run
#
# COMMAND finds RIG_SHARE and RIG_PYTHON (the Python that has bumble) in its environment.
set -eu

here=$(dirname "$(realpath "$0")")
base=$(realpath -m "${BLUETOOTH_RIG_BASE:-$HOME/.cache/bluetooth-rig}")
share=$(realpath -m "${RIG_SHARE:?a folder for results}")
mkdir -p "$share"
rm -f "$share/exit-code"
printf '%q ' "$@" >"$share/command"

# The kernel keeps the guest's memory in a file there, which must be a tmpfs that allows executable mappings.
export TMPDIR=${TMPDIR:-/dev/shm}
timeout "${RIG_TIMEOUT_SECONDS:-180}" "$base/linux" \
    mem="${RIG_MEMORY:-512M}" quiet con=null con0=fd:0,fd:1 \
    root=/dev/root rootfstype=hostfs rootflags=/ ro init="$here/guest-init.sh" \
    rig_init="$here/guest-init.sh" rig_packages="$base/packages" rig_python="$base/python/bin/python" \
    rig_share="$share" rig_base="$base" rig_clone="$(realpath "$here/../..")" \
    </dev/null >"$share/console.log" 2>&1 || true

if ! [ -s "$share/exit-code" ]; then
    echo "rig: the guest did not finish; its last words:" >&2
    tail -n 20 "$share/console.log" >&2
    exit 70
fi
exit "$(cat "$share/exit-code")"
