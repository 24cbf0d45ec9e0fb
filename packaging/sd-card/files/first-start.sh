#!/bin/sh
# Applies the files that a user has put on the first partition of the card, and grows the root once.
set -eu

firmware=/boot/firmware
connection=/etc/NetworkManager/system-connections/card.nmconnection

setting() { sed -n "s/^$1=//p" "$firmware/strapline.txt" 2>/dev/null | tr -d '\r' | tail -n 1; }

# The root is the last partition.
root=$(findmnt --noheadings --output SOURCE /)
if [ ! -e /var/lib/strapline-card-grown ]; then
    disk=/dev/$(lsblk --noheadings --output PKNAME "$root" | head -n 1)
    number=$(cat "/sys/class/block/${root#/dev/}/partition")
    if echo ', +' | sfdisk --quiet --no-reread --partno "$number" "$disk"; then
        partx --update --nr "$number" "$disk" || true
        resize2fs "$root" || true
    fi
    : >/var/lib/strapline-card-grown
fi

name=$(setting hostname)
if [ -n "$name" ] && [ "$name" != "$(cat /etc/hostname)" ]; then
    echo "$name" >/etc/hostname
    hostname "$name"
    sed -i "s/^127\.0\.1\.1 .*/127.0.1.1 $name/" /etc/hosts
fi

wifi=$(setting wifi-name)
if [ -n "$wifi" ]; then
    country=$(setting wifi-country)
    [ -z "$country" ] || iw reg set "$country" 2>/dev/null || true
    umask 077
    cat >"$connection" <<CONNECTION
[connection]
id=card
type=wifi

[wifi]
mode=infrastructure
ssid=$wifi

[wifi-security]
key-mgmt=wpa-psk
psk=$(setting wifi-password)
CONNECTION
    umask 022
fi

if [ -s "$firmware/authorized_keys" ]; then
    install -d -m 700 -o pi -g pi /home/pi/.ssh
    install -m 600 -o pi -g pi "$firmware/authorized_keys" /home/pi/.ssh/authorized_keys
    ssh-keygen -A >/dev/null
    systemctl --no-block enable --now ssh.service
fi
