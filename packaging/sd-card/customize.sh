#!/bin/bash
# customize.sh ROOT
#
# What the SD card has beyond Debian's packages: the user pi, the first start, and setup at the first login. Run by
# mmdebstrap, with the root of the image.
set -euo pipefail

here=$(dirname "$(realpath "$0")")
root=$1

chroot "$root" useradd --create-home --shell /bin/bash --groups sudo,bluetooth,netdev pi
# Without a password until the first login, which must set one. SSH takes keys only.
chroot "$root" passwd --delete pi
chroot "$root" chage --lastday 0 pi
install -D -m 644 "$here/files/sshd.conf" "$root/etc/ssh/sshd_config.d/strapline.conf"
chroot "$root" systemctl disable ssh.service ssh.socket 2>/dev/null || true
# Every card gets its own keys and its own identity.
rm -f "$root"/etc/ssh/ssh_host_*
: >"$root/etc/machine-id"
rm -f "$root/var/lib/dbus/machine-id"

echo heart >"$root/etc/hostname"
printf '%s\n' '127.0.0.1 localhost' '127.0.1.1 heart' '::1 localhost ip6-localhost ip6-loopback' >"$root/etc/hosts"
printf '%s\n' 'LABEL=RASPIROOT / ext4 defaults,noatime 0 1' \
    'LABEL=RASPIFIRM /boot/firmware vfat defaults,umask=0077 0 2' >"$root/etc/fstab"
install -m 755 "$here/files/first-start.sh" "$root/usr/local/sbin/strapline-first-start"
install -m 644 "$here/files/first-start.service" "$root/etc/systemd/system/strapline-first-start.service"
install -m 644 "$here/files/first-login.sh" "$root/etc/profile.d/strapline.sh"
chroot "$root" systemctl enable strapline-first-start.service systemd-timesyncd.service 2>/dev/null
# These are settings of mmdebstrap, and this machine's name servers. A card needs its own.
rm -f "$root/etc/apt/apt.conf.d/99mmdebstrap" "$root/etc/dpkg/dpkg.cfg.d/99mmdebstrap" "$root/etc/resolv.conf"
rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/* "$root"/var/log/*.log
