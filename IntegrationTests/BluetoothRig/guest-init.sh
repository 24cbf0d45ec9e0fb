#!/bin/sh
# Process 1 of the guest, started by the kernel that boot.sh boots.
#
# First it puts a writable layer in memory, and the unpacked packages, over the host's own files, and restarts itself
# in that; then it starts dbus-daemon and bluetoothd, runs the command, notes its exit code and switches off.
#
# shellcheck disable=SC2154  # the variables rig_* come from the kernel's command line
# shellcheck disable=SC2013  # which is one line of words
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8

lay_over_host() {
    mount -t proc proc /proc
    for word in $(cat /proc/cmdline); do
        case $word in rig_*=*) export "${word?}" ;; esac
    done
    mount -t tmpfs tmpfs /mnt
    mkdir /mnt/packages /mnt/host /mnt/upper /mnt/work /mnt/root
    mount -t hostfs -o ro none /mnt/host -o /
    mount -t hostfs -o ro none /mnt/packages -o "$rig_packages"
    mount -t overlay overlay /mnt/root \
        -o lowerdir=/mnt/packages:/mnt/host,upperdir=/mnt/upper,workdir=/mnt/work
    cd /mnt/root || exit 1
    mount -t proc proc proc
    mount -t sysfs sysfs sys
    mount -t devtmpfs devtmpfs dev
    mkdir -p dev/pts dev/shm
    mount -t devpts devpts dev/pts
    mount -t tmpfs tmpfs dev/shm
    mount -t tmpfs tmpfs run
    # A clone or a rig in one of these folders is hidden now.
    for folder in "$rig_clone" "$rig_base"; do
        [ -e "./$folder" ] || { mkdir -p "./$folder" && mount -t hostfs -o ro none "./$folder" -o "$folder"; }
    done
    mkdir -p "./$rig_share"
    mount -t hostfs none "./$rig_share" -o "$rig_share"
    exec chroot /mnt/root /bin/sh "$rig_init" inside
}

# Brings 127.0.0.1 up; the host may have neither ip nor ifconfig.
start_loopback() {
    "$rig_python" -c '
import fcntl, socket, struct
SIOCSIFFLAGS, IFF_UP = 0x8914, 1
fcntl.ioctl(socket.socket(), SIOCSIFFLAGS, struct.pack("16sH14s", b"lo", IFF_UP, b""))'
}

start_bus() {
    mkdir -p /run/dbus
    [ -s /etc/machine-id ] || echo 0123456789abcdef0123456789abcdef >/etc/machine-id
    grep -q ^messagebus: /etc/passwd || echo messagebus:x:100:102::/nonexistent:/usr/sbin/nologin >>/etc/passwd
    grep -q ^messagebus: /etc/group || echo messagebus:x:102: >>/etc/group
    grep -q ^bluetooth: /etc/group || echo bluetooth:x:112: >>/etc/group
    dbus-daemon --system --fork --nopidfile --nosyslog 2>"$rig_share/dbus.log"
}

start_bluetoothd() {
    rm -rf /var/lib/bluetooth
    mkdir -p /var/lib/bluetooth
    /usr/libexec/bluetooth/bluetoothd --nodetach >"$rig_share/bluetoothd.log" 2>&1 &
    echo $! >/run/bluetoothd.pid
    tries=0
    until dbus-send --system --print-reply --dest=org.freedesktop.DBus / org.freedesktop.DBus.NameHasOwner \
        string:org.bluez 2>/dev/null | grep -q true; do
        tries=$((tries + 1))
        [ $tries -lt 1000 ] || { echo "rig: no org.bluez on the bus" >>"$rig_share/output.log"; return 1; }
        sleep 0.05
    done
}

[ "$1" = inside ] || lay_over_host
ln -sf /proc/self/fd /dev/fd
start_loopback
if start_bus && start_bluetoothd; then
    export RIG_SHARE="$rig_share" RIG_PYTHON="$rig_python"
    bash "$rig_share/command" >>"$rig_share/output.log" 2>&1
    echo $? >"$rig_share/exit-code"
fi
sync
echo o >/proc/sysrq-trigger
sleep 5
