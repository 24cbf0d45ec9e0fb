#!/bin/bash
# usage: check-udev-rules.sh FILE.rules : holds udev rules against udev's own parser
# Prints what the parser finds fault with and ends with 1; ends with 77 where there is no parser to be had.
# The machine's own rules and devices are left alone.
set -eu
rules=$(realpath "$1")
name=${rules##*/}

if ! command -v udevadm >/dev/null; then
    echo "check-udev-rules: no udevadm here: run scripts/setup.sh" >&2
    exit 77
fi

# systemd 254 and newer. Groups need not exist here.
if udevadm verify --help >/dev/null 2>&1; then
    exec udevadm verify --resolve-names=never "$rules"
fi

# Before, `udevadm test` reads them with the machine's: in a mount namespace ours stand in for them, and /run is
# another.
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
mkdir "$folder/ours" "$folder/none"
cp "$rules" "$folder/ours/"
if ! output=$(unshare --map-root-user --mount sh -c "
        mount --bind '$folder/ours' /etc/udev/rules.d && mount --bind '$folder/none' /usr/lib/udev/rules.d &&
        mount -t tmpfs tmpfs /run && udevadm test --resolve-names=never /sys/class/net/lo" 2>&1) ||
    ! grep -q "Reading rules file: .*/$name" <<<"$output"
then
    echo "check-udev-rules: udevadm cannot test rules here (namespaces of users are not permitted?)" >&2
    exit 77
fi
faults=$(grep "/$name:" <<<"$output" | grep -v 'Resolving group name is disabled' || true)
[ -z "$faults" ] || { echo "$faults"; exit 1; }
