#!/bin/bash
# test-packages.sh [TEST...]
#
# Tries the packages on real Debian roots: `make test-packages`. Without a TEST all of them:
#
#   install   install, upgrade, downgrade, remove and purge on Debian 12 and 13 (needs .build/packages/*_amd64.deb)
#   arm64     the packages for arm64 on Debian 13, emulated (needs .build/packages/*_arm64.deb)
#   systemd   under systemd with bluetoothd and an emulated strap, through an upgrade, a reboot, faults and a power cut
#   guides    the guides' commands, typed in such a guest
#   release-files  tarballs, images, add-ons, compose.yaml and checksums of the release in .build/dist/latest
#   first-hour     in such a guest: from install.sh of that release to the first heartbeat in the room, and back
#   sd-card        the SD card's image of that release, booted in an emulator
#   installer      install.sh and the apt repository of that release, on each suite and architecture
#
# $SUITES names the releases of Debian (bookworm trixie), $ARCHITECTURES the processors (those of the release).
# Needs root: for the roots, and to change into them. Mounts are in a namespace of its own and go with it.
set -eu

here=$(dirname "$(realpath "$0")")
clone=$(realpath "$here/../..")
packages=$clone/.build/packages
newer=$clone/.build/packages-newer

[ "$(id -u)" -eq 0 ] || { echo "test-packages: run it as root: sudo make test-packages" >&2; exit 77; }

have_packages() {
    ls "$packages"/strapline_*_"$1".deb >/dev/null 2>&1 || { echo "test-packages: run make deb ARCH=$1" >&2; exit 66; }
}

# The same programs as a later version.
make_newer() {
    rm -rf "$newer"
    mkdir -p "$newer"
    local package work
    for package in "$packages"/strapline{,-hub}_*_amd64.deb; do
        work=$(mktemp -d)
        dpkg-deb -R "$package" "$work"
        sed -i -E 's/^(Version: .*)/\1+1/' "$work/DEBIAN/control"
        sed -i -E 's/^(own=.*)/\1+1/' "$work/DEBIAN/prerm"
        dpkg-deb --root-owner-group -Zgzip -z1 -b "$work" "$newer" >/dev/null
        rm -r "$work"
    done
}

check_with_lintian() {
    lintian --allow-root --fail-on error,warning "$packages"/strapline{,-hub}_*_"$1".deb
    echo "lintian has nothing to say of the packages for $1"
}

venv=$clone/.build/sbom-venv
make_venv() {
    local cyclonedx=11.12.0 yaml=6.0.4 schemas=0.39.0
    local complete=$venv/.complete-$cyclonedx-$yaml-$schemas
    [ -e "$complete" ] || {
        rm -rf "$venv"
        python3 -m venv "$venv"
        "$venv/bin/pip" -q install "cyclonedx-python-lib[json-validation]==$cyclonedx" "PyYAML==$yaml" \
            "check-jsonschema==$schemas"
        touch "$complete"
    }
}

# compose.yaml and the workflows, by the schemas of Docker and GitHub.
check_schemas() {
    "$venv/bin/check-jsonschema" --builtin-schema vendor.compose-spec "$clone/compose.yaml" "$release/compose.yaml"
    "$venv/bin/check-jsonschema" --builtin-schema vendor.github-workflows "$clone"/.github/workflows/*.yml
}

check_bills_of_materials() {
    make_venv
    "$venv/bin/python" -B "$here/sbom_test.py" "$packages"/strapline{,-hub}_*_"$1".deb
}

# How to run programs of arm64 is the kernel's to know, here and in each root.
register_arm64() {
    [ -e /proc/sys/fs/binfmt_misc/register ] || mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc
    [ -e /proc/sys/fs/binfmt_misc/qemu-aarch64 ] || update-binfmts --enable qemu-aarch64
}

released() {
    release=$clone/.build/dist/latest
    [ -e "$release/SHA256SUMS" ] || { echo "test-packages: run make release VERSION=x.y.z" >&2; exit 66; }
    release=$(realpath "$release")
    architectures=()
    for architecture in ${ARCHITECTURES:-amd64 arm64}; do
        ! ls "$release"/*-linux-"$architecture".tar.gz >/dev/null 2>&1 || architectures+=("$architecture")
    done
    case " ${architectures[*]} " in *" arm64 "*) register_arm64 ;; esac
}

# For the simulated straps. Without Swift on this machine the tests that need it are skipped.
build_demo() {
    if command -v swift >/dev/null; then
        (cd "$clone" && swift build --force-resolved-versions --product strapline-demo)
    fi
    export DEMO=$clone/.build/debug/strapline-demo
}

in_namespace() { unshare --mount --propagation private -- "$@"; }

read -ra suites <<<"${SUITES:-bookworm trixie}"
[ $# -gt 0 ] || set -- install arm64 systemd guides
for test in "$@"; do
    case $test in
    install)
        have_packages amd64
        check_with_lintian amd64
        check_bills_of_materials amd64
        make_newer
        for suite in "${suites[@]}"; do
            root=$("$here/make-root.sh" "$suite" amd64)
            echo "Debian $suite"
            in_namespace python3 -B "$here/install_test.py" "$root" "$packages" "$newer"
        done
        ;;
    arm64)
        have_packages arm64
        register_arm64
        root=$("$here/make-root.sh" trixie arm64)
        demo=$("$clone/packaging/arm64/compile.sh" strapline-demo)/strapline-demo
        echo "Debian trixie for arm64"
        check_with_lintian arm64
        check_bills_of_materials arm64
        in_namespace python3 -B "$here/arm64_test.py" "$root" "$packages" "$demo"
        ;;
    release-files)
        released
        make_venv
        check_schemas
        build_demo
        in_namespace "$venv/bin/python" -B "$here/release_files_test.py" "$release"
        "$venv/bin/python" -B "$here/addon_test.py" "$release/home-assistant"
        ;;
    sd-card)
        released
        image=$(find "$release" -name '*-sd-card-arm64.img*')
        [ -n "$image" ] || { echo "test-packages: run make sd-card" >&2; exit 66; }
        python3 -B "$here/sd_card_test.py" "$image" "$clone/.build/dist/sd-card-boot/vmlinuz" \
            "$clone/.build/dist/sd-card-boot/initrd.img"
        ;;
    installer)
        released
        for architecture in "${architectures[@]}"; do
            # Emulated, an installation takes a minute: only the tests that depend on the processor.
            names=()
            demo=
            [ "$architecture" != arm64 ] ||
                demo=$("$clone/packaging/arm64/compile.sh" strapline-demo)/strapline-demo
            [ "$architecture" = "$(dpkg --print-architecture)" ] || names=(
                test_install_fromAFolder_bothProgramsRun_andTheNextCommandIsPrinted
                test_install_thenTheDemo_bringsHeartbeatsIntoTheRoom
                test_install_whenAPackageWasChanged_isRefused
                test_install_onOtherSystems_namesTheTarball
            )
            for suite in "${suites[@]}"; do
                root=$("$here/make-root.sh" "$suite" "$architecture")
                echo "Debian $suite for $architecture"
                DEMO=$demo in_namespace python3 -B "$here/install_script_test.py" "$root" "$architecture" "$suite" \
                    "$release" "${names[@]}"
            done
        done
        ;;
    systemd | guides | first-hour)
        have_packages amd64
        [ "$test" != first-hour ] || { released; export RELEASE=$release; }
        make_newer
        RIG_BASE=$("$here/../BluetoothRig/setup.sh")
        export RIG_BASE
        kind=${test/systemd/service}
        kind=${kind/first-hour/installer}
        for suite in "${suites[@]}"; do
            root=$("$here/make-root.sh" "$suite" amd64)
            echo "Debian $suite, with systemd: $kind"
            in_namespace python3 -B "$here/systemd_test.py" "$kind" "$root" "$packages" "$newer" \
                "$clone/.build/packages-test/$suite-$test"
        done
        ;;
    *)
        echo "test-packages: no test $test" >&2
        exit 64
        ;;
    esac
done
