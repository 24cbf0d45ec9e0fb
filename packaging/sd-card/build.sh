#!/bin/bash
# build.sh
#
# Makes an SD card image for the Raspberry Pi (3, 4, 5, Zero 2 W) from the release in .build/dist/latest, with Debian 13
# for arm64, Strapline and its server: .build/dist/VERSION/strapline-VERSION-sd-card-arm64.img.xz. As root; needs
# mmdebstrap and qemu-user-static, and apt's mirror. Mounts nothing and uses no loop device.
#
#   DEBIAN_MIRROR  the mirror, if not that of apt on this machine; the card's apt uses it too
#   COMPRESS=no    leaves the image uncompressed, to boot it in an emulator
set -euo pipefail
umask 022

here=$(dirname "$(realpath "$0")")
clone=$(realpath "$here/../..")
# shellcheck source=packaging/mirror.sh
. "$here/../mirror.sh"
release=$(realpath -m "$clone/.build/dist/latest")
version=${release##*/}
mirror=$(debian_mirror)
security=$(apt-get indextargets --format '$(REPO_URI)' | awk '/security\/*$/ && !found { found = 1; print }')
work=$clone/.build/dist/sd-card
image=$release/strapline-$version-sd-card-arm64.img
packages=(
    avahi-daemon bluez bluez-firmware ca-certificates dbus e2fsprogs fdisk firmware-brcm80211 iw kmod less libnss-mdns
    linux-image-arm64 nano network-manager openssh-server polkitd raspi-firmware strapline strapline-hub sudo
    systemd-sysv systemd-timesyncd tzdata udev wireless-regdb wpasupplicant zstd
)
boot_mib=512

ls "$release"/apt/pool/strapline_"$version"_arm64.deb >/dev/null 2>&1 || {
    echo "sd-card: no release with packages for arm64: run make release VERSION=x.y.z" >&2
    exit 66
}
# The packages that Strapline's recommend: mmdebstrap installs no others than the listed ones.
mapfile -t recommended < <(
    for package in strapline strapline-hub; do
        dpkg-deb -f "$release/apt/pool/${package}_${version}_arm64.deb" Recommends
    done | tr ',' '\n' | sed -nE 's/^ *([^ |(:]+).*/\1/p'
)
[ -e /proc/sys/fs/binfmt_misc/register ] || mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc
[ -e /proc/sys/fs/binfmt_misc/qemu-aarch64 ] || update-binfmts --enable qemu-aarch64

rm -rf --one-file-system "$work"
mkdir -p "$work"
echo "sd-card: the system, emulated: this takes minutes"
joined() { local IFS=,; echo "$*"; }
# Its mounts end with it, also when it is killed. The firmware's hooks write into /boot/firmware, and want to know the
# partition of the root.
unshare --mount --propagation private \
    mmdebstrap --quiet --variant=minbase --architectures=arm64 --components=main,non-free-firmware \
    --dpkgopt=force-unsafe-io --dpkgopt=force-confold --aptopt='APT::Install-Recommends "false"' \
    --include="$(joined "${packages[@]}" "${recommended[@]}")" \
    --essential-hook='mkdir -p "$1/boot/firmware" "$1/etc/default"' \
    --essential-hook='echo "ROOTPART=LABEL=RASPIROOT" >"$1/etc/default/raspi-firmware"' \
    --customize-hook="'$here/customize.sh' \"\$1\"" \
    trixie "$work/root" "deb $mirror trixie main non-free-firmware" \
    "deb $mirror trixie-updates main non-free-firmware" \
    ${security:+"deb $security trixie-security main non-free-firmware"} \
    "deb [signed-by=$release/apt/strapline-archive-keyring.asc] copy:$release/apt trixie main" >"$work/log" 2>&1 || {
    tail -n 40 "$work/log" >&2
    exit 70
}
# Updates of Strapline come from where the release is published.
site=$(sed -n 's/^    site=//p' "$release/install.sh")
sed -i '/copy:/d' "$work"/root/etc/apt/sources.list "$work"/root/etc/apt/sources.list.d/*.list 2>/dev/null || true
if [ "$site" != https://strapline.invalid ]; then
    install -D -m 644 "$release/apt/strapline-archive-keyring.asc" "$work/root/etc/apt/keyrings/strapline.asc"
    printf '%s\n' "Types: deb" "URIs: $site/apt" "Suites: trixie" "Components: main" \
        "Signed-By: /etc/apt/keyrings/strapline.asc" >"$work/root/etc/apt/sources.list.d/strapline.sources"
fi

echo "sd-card: the partitions"
boot=$work/boot.fat
truncate --size "${boot_mib}M" "$boot"
mkfs.vfat -F 32 -n RASPIFIRM "$boot" >/dev/null
cp "$here/strapline.txt" "$work/root/boot/firmware/"
(cd "$work/root/boot/firmware" && MTOOLS_SKIP_CHECK=1 mcopy -s -i "$boot" ./* ::)
rm -rf "$work/root/boot/firmware"
mkdir "$work/root/boot/firmware"
# Room for updates until the first start grows it to the whole card.
root_mib=$(($(du -sm "$work/root" | cut -f 1) * 13 / 10 + 200))
truncate --size "${root_mib}M" "$work/root.ext4"
mke2fs -q -t ext4 -L RASPIROOT -d "$work/root" "$work/root.ext4"

rm -f "$image" "$image.xz"
truncate --size "$((4 + boot_mib + root_mib))M" "$image"
sfdisk --quiet "$image" <<TABLE
label: dos
start=4MiB, size=${boot_mib}MiB, type=c, bootable
start=$((4 + boot_mib))MiB, size=${root_mib}MiB, type=83
TABLE
dd if="$boot" of="$image" bs=1M seek=4 conv=notrunc,sparse status=none
dd if="$work/root.ext4" of="$image" bs=1M seek=$((4 + boot_mib)) conv=notrunc,sparse status=none
[ "${COMPRESS:-}" = no ] || xz --threads=0 "$image"
mkdir -p "$clone/.build/dist/sd-card-boot"
cp "$work"/root/boot/vmlinuz-* "$clone/.build/dist/sd-card-boot/vmlinuz"
cp "$work"/root/boot/initrd.img-* "$clone/.build/dist/sd-card-boot/initrd.img"
rm -rf "$work"
"$clone/packaging/release/checksums.sh" "$release"
ls -sh "$image"*
