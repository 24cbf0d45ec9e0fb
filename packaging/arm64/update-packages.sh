#!/bin/bash
# Writes the lists of the Debian packages for arm64 (*.sha256) from what the mirror has now. apt checks the signatures
# of the mirror's lists. A list that is past its date is taken, and its date is printed: compare it before you commit,
# and run `make audit`.
#
#   DEBIAN_MIRROR  (the one of this machine's apt) another mirror, or a snapshot of Debian's archive
set -euo pipefail

here=$(dirname "$(realpath "$0")")
# shellcheck source=packaging/arm64/packages.sh
. "$here/packages.sh"
keys=/usr/share/keyrings/debian-archive-keyring.gpg

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# An apt of its own, without any package installed.
apt_get() {
    apt-get -q -o Dir="$apt" -o Dir::State::status="$apt/status" -o APT::Sandbox::User=root -o Acquire::Languages=none \
        -o APT::Architecture=amd64 -o APT::Architectures::=amd64 -o APT::Architectures::=arm64 \
        -o APT::Install-Recommends=false -o Acquire::ForceHash=SHA256 -o Acquire::Check-Valid-Until=false "$@"
}

prepare() {
    apt=$work/$1
    mkdir -p "$apt"/etc/apt/{apt.conf.d,preferences.d,sources.list.d,trusted.gpg.d} \
        "$apt"/var/cache/apt/archives/partial \
        "$apt"/var/lib/apt/lists/partial
    touch "$apt/status"
    echo "deb [signed-by=$keys] $mirror $1 main" >"$apt/etc/apt/sources.list"
    apt_get update >&2
}

# Reads apt's own list of what it would download, and writes ours.
write_list() {
    local suite=$1 list=$2 date
    date=$(sed -n 's/^Date: //p' "$apt"/var/lib/apt/lists/*_InRelease)
    {
        echo "# Debian $suite as of $date; written by update-packages.sh"
        sed -nE "s|^'$mirror/([^']*)' .* SHA256:([0-9a-f]{64})\$|\2  \1|p" |
        sed 's/%2b/+/g; s/%7e/~/g; s/%3a/:/g' | sort -k 2
    } >"$here/$list.sha256"
    echo "update-packages: $list: $(grep -vc '^#' "$here/$list.sha256") packages of Debian $suite as of $date"
}

essential='?and(?architecture(amd64),?essential)'
prepare "$compiler_suite"
apt_get install --print-uris -y "$essential" apt "${compiler_packages[@]}" | write_list "$compiler_suite" compiler
(cd "$work" && apt_get download --print-uris "${runtime_packages[@]}") | write_list "$compiler_suite" runtime
prepare "$sysroot_suite"
apt_get install --print-uris -y "$essential" apt "${sysroot_packages[@]}" | write_list "$sysroot_suite" sysroot
