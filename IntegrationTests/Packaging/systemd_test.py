"""The packaged services under systemd, in a guest with a kernel, bluetoothd and an emulated strap of its own.

usage: systemd_test.py TEST ROOT PACKAGES NEWER_PACKAGES RESULTS

TEST is `service`: Debian boots three times, the last time after a power cut, and guest/service_test.py does the work.
Or it is `guides`: guest/guides_test.py follows the guides, from the installation to the removal. Or it is `installer`:
guest/installer_test.py installs with install.sh of the release in the folder RELEASE. RIG_BASE is the folder where
IntegrationTests/BluetoothRig/setup.sh has put the kernel and the Python with bumble. The logs are copied to RESULTS.
"""

import glob
import json
import os
import pathlib
import shutil
import re
import signal
import subprocess
import sys
import threading

from root import Root

HERE = pathlib.Path(__file__).resolve().parent
CLONE = HERE.parents[1]
RIG_BASE = pathlib.Path(os.environ["RIG_BASE"]).resolve()
# Until the guest switches itself off, on a machine that is loaded.
BOOT_SECONDS = 1500
BOOTS = {"service": 3, "guides": 1, "installer": 1}
# How the guest asks for a power cut, with what it had by then.
POWER_CUT = re.compile(rb"cut the power: ([\d,]+)")
# A machine of the name and the address that the guides give it.
PERSON = "me"
HOST, HUB_ADDRESS = "heart", "192.168.1.10"
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

# /host is this machine, as in IntegrationTests/BluetoothRig; the guest's own root is at /mnt in there. The guest's
# folders hide some of this machine's, /tmp among them: the clone and the rig are shown again where they are hidden.
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
    for folder in {CLONE} {RIG_BASE}; do [ -e /host$folder ] || \\
        {{ mkdir -p /host$folder; mount -t hostfs -o ro none /host$folder -o $folder; }}; done; \\
    exec chroot /host {RIG_BASE}/python/bin/python -B {HERE}/guest/TEST_test.py'
# The boot ends with the test, unless the test reboots.
ExecStopPost=/bin/sh -c 'journalctl -b --no-pager -o short-monotonic \\
    >/var/lib/rig/journal-$(ls -d /var/lib/rig/boot-* | wc -l).log; sync; \\
    [ "$(systemctl is-system-running)" = stopping ] || systemctl --no-block poweroff'

[Install]
WantedBy=multi-user.target
"""


def in_hub(root, *words):
    told = root.run(
        "runuser", "-u", "strapline-hub", "--", "strapline-hub", *words, "--json", "--database",
        "/var/lib/strapline-hub/hub.sqlite")
    return json.loads(told)


def prepare(root, test, old, new):
    root.run("apt-get", "update", "-q")
    root.install(*old)
    # The guest has no network, and apt installs recommended packages too.
    recommended = root.run("dpkg-query", "-W", "-f", "${Recommends}\\n", "strapline", "strapline-hub")
    names = re.findall(r"(?m)(?:^|,) *([a-z0-9.+-]+)", recommended)
    root.run("apt-get", "install", "-q", "-y", "--no-install-recommends", *names)
    {"service": prepare_service, "guides": prepare_guides, "installer": prepare_installer}[test](root)
    root.write("/etc/systemd/system/rig.service", UNIT.replace("TEST_", f"{test}_"))
    root.write("/etc/systemd/system/recorder.service", RECORDER)
    os.remove(root.file("/usr/sbin/policy-rc.d"))
    os.makedirs(root.file("/host"))
    os.makedirs(root.file("/var/lib/rig"))
    shutil.copytree(new, root.file("/packages-newer"))
    root.run("systemctl", "enable", "recorder", "rig")


def prepare_service(root):
    in_hub(root, "user", "add", "anna")
    token = in_hub(root, "token", "issue", "--user", "anna", "--scope", "data:heart_rate:write")["access_token"]
    root.write("/root/anna.token", token, mode=0o600)


def remove_packages(root):
    """A machine without Strapline but with its dependencies, because it has no network."""
    root.run("apt-get", "purge", "-q", "-y", "strapline", "strapline-hub")


def prepare_installer(root):
    remove_packages(root)
    release = os.environ["RELEASE"]
    os.makedirs(root.file("/release"))
    shutil.copy(f"{release}/install.sh", root.file("/release"))
    shutil.copytree(f"{release}/apt", root.file("/release/apt"))


def prepare_guides(root):
    """An administrator, who installs the packages."""
    remove_packages(root)
    root.run("apt-get", "install", "-q", "-y", "--no-install-recommends", "iproute2", "sudo")
    root.run("useradd", "--create-home", "--shell", "/bin/bash", "--groups", "sudo,bluetooth", PERSON)
    root.write(
        "/etc/sudoers.d/person", f"{PERSON} ALL=(ALL) NOPASSWD: ALL\nDefaults env_keep += SYSTEMD_PAGER\n",
        mode=0o440)
    root.write("/etc/hostname", f"{HOST}\n")
    root.write("/etc/hosts", f"127.0.0.1 localhost {HOST}\n{HUB_ADDRESS} {HOST}.local your-box\n")


def make_disk(root, disk):
    """The guest's own disk: files that are made on this machine's would all be root's."""
    with open(disk, "wb") as file:
        file.truncate(DISK_BYTES)
    subprocess.run(["mkfs.ext4", "-q", "-d", root.path, disk], check=True)


def boot(disk, console, *words):
    """Returns when the guest has switched itself off, or has asked for its power to be cut: then what it said there.

    A rebooting kernel starts itself again.
    """
    command = [
        RIG_BASE / "linux", "mem=512M", f"ubd0={disk}", "root=/dev/ubda", "rw", "init=/sbin/init", "con=null",
        "con0=fd:0,fd:1", "quiet", *words,
    ]
    # A group of its own: the kernel, and a process for each of the guest's.
    guest = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
        env=os.environ | {"TMPDIR": "/dev/shm"})
    patience = threading.Timer(BOOT_SECONDS, os.killpg, (guest.pid, signal.SIGKILL))
    patience.start()
    said = None
    for line in guest.stdout:
        console.write(line)
        if asked := POWER_CUT.search(line):
            said = asked[1].decode()
            os.killpg(guest.pid, signal.SIGKILL)
    guest.wait()
    patience.cancel()
    return said


def take_results(disk, results):
    subprocess.run(["debugfs", "-R", f"rdump /var/lib/rig {results}", disk], check=True, stderr=subprocess.DEVNULL)
    return len(glob.glob(f"{results}/rig/boot-*/passed"))


def main():
    test, base, old, new, results = sys.argv[1:]
    shutil.rmtree(results, ignore_errors=True)
    os.makedirs(results)
    with Root(base) as root:
        prepare(root, test, sorted(glob.glob(f"{old}/*_amd64.deb")), new)
        for folder in "run", "dev", "proc":
            subprocess.run(["umount", "--recursive", "--lazy", root.file(folder)], check=True)
        disk = os.path.join(root.work, "disk")
        make_disk(root, disk)
        root.close()
        with open(f"{results}/console.log", "wb", buffering=0) as console:
            if before := boot(disk, console):
                boot(disk, console, f"strapline.before={before}")
        passed = take_results(disk, results)
    for journal in sorted(glob.glob(f"{results}/rig/journal-*.log")):
        for line in open(journal, encoding="utf-8"):
            if " sh[" in line:
                print(line.split("]: ", 1)[-1], end="")
    if passed < BOOTS[test]:
        sys.exit(f"{test}: boot {passed + 1} did not pass; logs in {results}")


main()
