#!/bin/sh
# Applies the files that a user has put on the first partition of the card, and grows the root once. A mistake in one
# of them does not keep the others from working.
set -u

# The card's files, for tests below another folder.
top=${CARD_ROOT:-}
firmware=$top/boot/firmware
connection=$top/etc/NetworkManager/system-connections/card.nmconnection

# The value of a key in strapline.txt, which may come from any editor.
setting() {
    LC_ALL=C sed -n "1s/^\xef\xbb\xbf//; s/^[ \t]*$1[ \t]*=[ \t]*//p" "$firmware/strapline.txt" 2>/dev/null |
        tr -d '\r' | tail -n 1
}

# The root is the last partition.
grow_root() {
    [ ! -e "$top/var/lib/strapline-card-grown" ] || return 0
    root=$(findmnt --noheadings --output SOURCE /)
    disk=/dev/$(lsblk --noheadings --output PKNAME "$root" | head -n 1)
    number=$(cat "/sys/class/block/${root#/dev/}/partition")
    if echo ', +' | sfdisk --quiet --no-reread --partno "$number" "$disk"; then
        partx --update --nr "$number" "$disk"
        resize2fs "$root"
    fi
    : >"$top/var/lib/strapline-card-grown"
}

set_name() {
    name=$(setting hostname)
    case $name in
    '' | "$(cat "$top/etc/hostname")") return ;;
    -* | *[!A-Za-z0-9-]*)
        echo "strapline.txt: $name is no host name: use letters, digits and hyphens" >&2
        return
        ;;
    esac
    echo "$name" >"$top/etc/hostname"
    sed -i "s/^127\.0\.1\.1 .*/127.0.1.1 $name/" "$top/etc/hosts"
    hostname "$name"
}

# In a connection file a backslash begins an escape, and a space at the beginning is dropped.
escaped() { printf '%s' "$1" | sed 's/\\/\\\\/g; s/^ /\\s/'; }

add_wifi() {
    wifi=$(setting wifi-name)
    password=$(setting wifi-password)
    country=$(setting wifi-country)
    [ -n "$wifi" ] || return 0
    [ -z "$country" ] || iw reg set "$country"
    (
        umask 077
        {
            # The name as a list of bytes, because it can have any character.
            printf '%s\n' '[connection]' 'id=card' 'type=wifi' '' '[wifi]' 'mode=infrastructure' \
                "ssid=$(printf '%s' "$wifi" | od -An -v -tu1 | tr -s ' \n' '  ' | sed 's/^ *//; s/ *$//; s/ /;/g');"
            # Without a password the network is an open one.
            [ -z "$password" ] ||
                printf '%s\n' '' '[wifi-security]' 'key-mgmt=wpa-psk' "psk=$(escaped "$password")"
        } >"$connection"
    )
}

add_keys() {
    [ -s "$firmware/authorized_keys" ] || return 0
    install -d -m 700 -o pi -g pi /home/pi/.ssh
    tr -d '\r' <"$firmware/authorized_keys" >/home/pi/.ssh/authorized_keys
    chown pi:pi /home/pi/.ssh/authorized_keys
    chmod 600 /home/pi/.ssh/authorized_keys
    ssh-keygen -A >/dev/null
    systemctl --no-block enable --now ssh.service
}

# A test reads the functions alone.
if [ -z "$top" ]; then
    grow_root
    set_name
    add_wifi
    add_keys
fi
