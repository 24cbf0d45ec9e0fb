"""The packaged services under systemd, in a guest with a kernel, bluetoothd and an emulated strap of its own.

usage: systemd_test.py ROOT OLD_PACKAGES NEW_PACKAGES RESULTS

Debian boots twice: see guest/service_test.py, which does the work. RIG_BASE is where Tests/BluetoothRig/setup.sh has put
the kernel and the Python with bumble. The logs are copied to RESULTS.
"""

import glob
import json
import os
import pathlib
import shutil
import subprocess
import sys

from root import Root

HERE = pathlib.Path(__file__).resolve().parent
RIG_BASE = pathlib.Path(os.environ["RIG_BASE"])
# Both boots, on a machine that is loaded.
BOOT_SECONDS = 500
BOOTS = 2
DISK_BYTES = 2 << 30

RECORDER = """
[Unit]
Description=What the system bus carries
After=dbus.service
# And so it ends after the uploader.
Before=strapline.service bluetooth.service

[Service]
Type=exec
ExecStart=busctl --json=short monitor
StandardOutput=truncate:/var/lib/rig/bus-%b.jsonl

[Install]
WantedBy=multi-user.target
"""

# /host is this machine, as in Tests/BluetoothRig; the guest's own root is at /mnt in there.
UNIT = f"""
[Unit]
Description=Test of the packages
# Nothing more: at the end it must not be stopped before the uploader, for its strap goes on beating.
After=dbus.service

[Service]
Type=oneshot
PrivateMounts=yes
StandardOutput=journal+console
StandardError=journal+console
TimeoutStartSec=infinity
ExecStart=/bin/sh -ec 'mount -t hostfs -o ro none /host -o /; \\
    for folder in dev run sys; do mount --rbind /$folder /host/$folder; done; \\
    mount -t proc proc /host/proc; mount -t tmpfs tmpfs /host/tmp; mount --bind / /host/mnt; \\
    exec chroot /host {RIG_BASE}/python/bin/python -B {HERE}/guest/service_test.py'
# The boot ends with the test, unless the test has it begin anew.
ExecStopPost=/bin/sh -c 'journalctl -b --no-pager -o short-monotonic >/var/lib/rig/journal-$(ls -d /var/lib/rig/boot-* | wc -l).log; sync; \\
    [ "$(systemctl is-system-running)" = stopping ] || systemctl --no-block poweroff'

[Install]
WantedBy=multi-user.target
"""


def in_hub(root, *words):
    told = root.run(
        "runuser", "-u", "strapline-hub", "--", "strapline-hub", *words, "--json", "--database",
        "/var/lib/strapline-hub/hub.sqlite")
    return json.loads(told)


def prepare(root, old, new):
    root.run("apt-get", "update", "-q")
    root.install(*old)
    in_hub(root, "user", "add", "anna")
    token = in_hub(root, "token", "issue", "--user", "anna", "--scope", "data:heart_rate:write")["access_token"]
    root.write("/root/anna.token", token, mode=0o600)
    root.write("/etc/systemd/system/rig.service", UNIT)
    root.write("/etc/systemd/system/recorder.service", RECORDER)
    os.remove(root.file("/usr/sbin/policy-rc.d"))
    os.makedirs(root.file("/host"))
    os.makedirs(root.file("/var/lib/rig"))
    shutil.copytree(new, root.file("/packages-newer"))
    root.run("systemctl", "enable", "recorder", "rig")


def make_disk(root, disk):
    """The guest's own disk: files that are made on this machine's would all be root's."""
    with open(disk, "wb") as file:
        file.truncate(DISK_BYTES)
    subprocess.run(["mkfs.ext4", "-q", "-d", root.path, disk], check=True)


def boot(disk, log):
    """Returns when the guest has switched itself off; a kernel that reboots starts itself anew."""
    with open(log, "ab") as console:
        subprocess.run(
            [
                RIG_BASE / "linux", "mem=512M", f"ubd0={disk}", "root=/dev/ubda", "rw", "init=/sbin/init", "con=null",
                "con0=fd:0,fd:1", "quiet",
            ],
            stdin=subprocess.DEVNULL, stdout=console, stderr=console, timeout=BOOT_SECONDS, check=False,
            env=os.environ | {"TMPDIR": "/dev/shm"})


def take_results(disk, results):
    subprocess.run(["debugfs", "-R", f"rdump /var/lib/rig {results}", disk], check=True, stderr=subprocess.DEVNULL)
    return len(glob.glob(f"{results}/rig/boot-*/passed"))


def main():
    base, old, new, results = sys.argv[1:]
    shutil.rmtree(results, ignore_errors=True)
    os.makedirs(results)
    with Root(base) as root:
        prepare(root, sorted(glob.glob(f"{old}/*_amd64.deb")), new)
        for folder in "run", "dev", "proc":
            subprocess.run(["umount", "--recursive", "--lazy", root.file(folder)], check=True)
        disk = os.path.join(root.work, "disk")
        make_disk(root, disk)
        root.close()
        boot(disk, f"{results}/console.log")
        passed = take_results(disk, results)
    for journal in sorted(glob.glob(f"{results}/rig/journal-*.log")):
        for line in open(journal, encoding="utf-8"):
            if " sh[" in line:
                print(line.split("]: ", 1)[-1], end="")
    if passed < BOOTS:
        sys.exit(f"systemd: boot {passed + 1} did not pass; logs in {results}")


main()
