#!/bin/bash
# Installs what building, testing and the demo need on Debian, and says how to get Swift where it is missing. Packages
# given as arguments are installed as well. With INSTALL_SWIFT=1 it installs Swift too, with swiftly
# (https://www.swift.org/install/linux/); with WITHOUT_SWIFT=1 it does not ask for it, for what root does and an
# ordinary user's Swift has no part in.
set -eu

required_swift=6.2
packages=(
    # to build
    git ca-certificates pkg-config python3 libdbus-1-dev libsqlite3-dev libbluetooth-dev libcurl4-openssl-dev
    libqrencode-dev
    # what the Swift toolchain itself stands on (https://www.swift.org/install/linux/)
    g++ libedit-dev libncurses-dev libxml2-dev tzdata zlib1g-dev
    # to lint
    shellcheck
    # to test, and for the demo
    dbus-daemon curl liblo-tools mosquitto mosquitto-clients openssl postgresql strace udev
    "$@"
)

is_installed() { dpkg-query -W -f='${Status}' "$1" 2>/dev/null | grep -q 'install ok installed'; }

install_packages() {
    local missing=() as_root=() package
    for package in "${packages[@]}"; do is_installed "$package" || missing+=("$package"); done
    [ ${#missing[@]} -gt 0 ] || return 0
    if ! command -v apt-get >/dev/null; then
        echo "setup: no apt-get here: install the equivalents of ${missing[*]} and run make again" >&2
        exit 69
    fi
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || { echo "setup: as root, run: apt-get install ${missing[*]}" >&2; exit 77; }
        as_root=(sudo)
    fi
    echo "setup: installing ${missing[*]}"
    "${as_root[@]}" apt-get -o Acquire::Retries=5 update -qq
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get -o Acquire::Retries=5 install -qq -y --no-install-recommends "${missing[@]}" >/dev/null
}

swift_is_new_enough() {
    local version
    version=$(swift --version 2>/dev/null | sed -nE 's/.*Swift version ([0-9]+\.[0-9]+).*/\1/p' | head -n 1)
    [ -n "$version" ] && [ "$(printf '%s\n' "$required_swift" "$version" | sort -V | head -n 1)" = "$required_swift" ]
}

install_swift() {
    local folder
    folder=$(mktemp -d)
    curl -fsSL "https://download.swift.org/swiftly/linux/swiftly-$(uname -m).tar.gz" | tar xz -C "$folder"
    "$folder/swiftly" init --assume-yes --quiet-shell-followup
    rm -r "$folder"
    echo "setup: Swift is installed; open a new shell, or run: . ~/.local/share/swiftly/env.sh"
}

install_packages
if [ "${WITHOUT_SWIFT:-}" != 1 ] && ! swift_is_new_enough; then
    if [ "${INSTALL_SWIFT:-}" = 1 ]; then
        install_swift
    else
        echo "setup: Swift $required_swift or newer is needed: run make setup INSTALL_SWIFT=1, or install swiftly as" \
            "https://www.swift.org/install/linux/ says" >&2
        exit 69
    fi
fi
