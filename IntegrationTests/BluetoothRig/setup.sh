#!/bin/bash
# Makes everything the rig needs and prints the folder it is in. Does nothing when it is all there.
#
#   FOLDER/packages   bluetoothd, dbus-daemon and what they need, unpacked: laid over the host's root in the guest
#   FOLDER/python     a Python environment with bumble (the emulated radio), bleak (a reader), fitdecode
#   FOLDER/linux-*    a User-Mode-Linux kernel, named after the digest of what it is built from
#
# FOLDER is $BLUETOOTH_RIG_BASE, else ~/.cache/bluetooth-rig. The kernel is $BLUETOOTH_RIG_KERNEL when that is set, else
# the prebuilt one beside the clone (../shared/bluetooth-rig/linux-uml) when there is one, else it is built here from
# Debian's source, once, in 5 to 10 minutes.
#
# Nothing Bluetooth is installed on the host; root (or sudo) is only needed to install compilers and Python's venv.
set -eu

here=$(dirname "$(realpath "$0")")
clone=$(realpath "$here/../..")
base=$(realpath -m "${BLUETOOTH_RIG_BASE:-$HOME/.cache/bluetooth-rig}")
bumble_version=0.0.236
bleak_version=3.1.0
fitdecode_version=0.11.0

# The folder is all that goes to standard output: what the programs below print there, goes to standard error.
exec 3>&1 1>&2

say() { echo "rig: $*"; }

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

# Runs an apt-get that downloads; again with new lists where that fails, for a machine may have old ones or none.
with_lists() {
    "$@" && return
    say "fetching apt's lists"
    as_root apt-get -qq -o Acquire::Retries=5 update
    "$@"
}

install_on_host() {
    local missing=() package
    for package in "$@"; do
        dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] ||
        with_lists as_root env DEBIAN_FRONTEND=noninteractive \
            apt-get -o Acquire::Retries=5 install -qq -y --no-install-recommends "${missing[@]}"
}

# What the guest has and the host may lack: fetched with its dependencies, unpacked, not installed.
unpack_packages() {
    [ -e "$base/packages/.complete" ] && return
    say "fetching bluetoothd and dbus-daemon"
    local archives folder
    archives=$(mktemp -d)
    mkdir "$archives/partial"
    with_lists apt-get -o Acquire::Retries=5 install -qq -y --no-install-recommends --download-only \
        -o "Dir::Cache::archives=$archives" -o Debug::NoLocking=true -o "APT::Sandbox::User=$(id -un)" \
        bluez dbus-daemon dbus-bin
    rm -rf "$base/packages"
    mkdir -p "$base/packages"
    find "$archives" -name '*.deb' -exec dpkg -x {} "$base/packages" \;
    rm -rf "$archives"
    # Debian's /bin is a link to /usr/bin: a real folder of that name would hide the host's.
    for folder in bin sbin lib lib64; do
        [ -d "$base/packages/$folder" ] || continue
        mkdir -p "$base/packages/usr/$folder"
        cp -a "$base/packages/$folder/." "$base/packages/usr/$folder/"
        rm -r "${base:?}/packages/$folder"
    done
    touch "$base/packages/.complete"
}

make_python() {
    local complete=$base/python/.complete-$bumble_version-$bleak_version-$fitdecode_version
    [ -e "$complete" ] && return
    say "installing bumble $bumble_version, bleak $bleak_version and fitdecode $fitdecode_version"
    python3 -c 'import venv, ensurepip' 2>/dev/null || install_on_host python3-venv
    rm -rf "$base/python"
    python3 -m venv "$base/python"
    "$base/python/bin/pip" -q install --retries 10 --timeout 60 \
        "bumble==$bumble_version" "bleak==$bleak_version" "fitdecode==$fitdecode_version"
    touch "$complete"
}

build_kernel() {
    local kernel=$1 work
    say "building the kernel, for 5 to 10 minutes"
    install_on_host gcc make flex bison bc libc6-dev patch xz-utils
    work=$(mktemp -d)
    (
        cd "$work"
        with_lists apt-get -qq -o "APT::Sandbox::User=$(id -un)" download linux-source-6.1
        dpkg -x linux-source-6.1_*.deb .
        tar xf usr/src/linux-source-6.1.tar.xz
        cd linux-source-6.1
        for change in "$here"/kernel/*.patch; do patch -s -p1 <"$change"; done
        make -s ARCH=um tinyconfig >/dev/null
        ARCH=um ./scripts/kconfig/merge_config.sh -m .config "$here/kernel/uml-bluetooth.config" >/dev/null
        make -s ARCH=um olddefconfig >/dev/null
        make -s ARCH=um -j"$(nproc)" linux 2>"$work/warnings.log" || { tail -n 40 "$work/warnings.log"; exit 1; }
        strip -o "$kernel.part" linux
    )
    mv "$kernel.part" "$kernel"
    rm -rf "$work"
}

make_kernel() {
    local prebuilt=$clone/../shared/bluetooth-rig/linux-uml digest kernel
    if [ -n "${BLUETOOTH_RIG_KERNEL:-}" ]; then
        kernel=$(realpath "$BLUETOOTH_RIG_KERNEL")
        [ -x "$kernel" ] || { say "BLUETOOTH_RIG_KERNEL=$kernel is not executable"; exit 66; }
    elif [ -x "$prebuilt" ]; then
        kernel=$(realpath "$prebuilt")
    else
        digest=$(cat "$here"/kernel/* | sha256sum | cut -c 1-16)
        kernel=$base/linux-$digest
        [ -x "$kernel" ] || build_kernel "$kernel"
    fi
    ln -sfn "$kernel" "$base/linux"
}

[ "$(uname -m)" = x86_64 ] || { say "User-Mode Linux runs on x86-64 only"; exit 69; }
mkdir -p "$base"
unpack_packages
make_python
make_kernel
echo "$base" >&3
