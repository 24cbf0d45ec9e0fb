"""The SD card's image in an emulated computer for arm64: it boots, asks for a password, and starts setup.

usage: sd_card_test.py IMAGE KERNEL INITRD

IMAGE is compressed with xz or not; a copy is used. The emulated computer is no Raspberry Pi: it has its processor's
instructions, and other devices. So the kernel and the initrd come from the command line, as the Pi's firmware loads
them.
"""

import os
import re
import select
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

BOOT_SECONDS = 900
STEP_SECONDS = 240


class Console:
    """The serial console of the emulated computer."""

    def __init__(self, command):
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.text = ""
        self.read_until = 0

    def wait_for(self, pattern, seconds=STEP_SECONDS):
        """Reads on until the pattern comes, after everything that was found before."""
        end = time.monotonic() + seconds
        while True:
            found = re.search(pattern, self.text[self.read_until:])
            if found:
                self.read_until += found.end()
                return found
            left = end - time.monotonic()
            ready, _, _ = select.select([self.process.stdout], [], [], max(left, 0))
            data = os.read(self.process.stdout.fileno(), 65536) if ready else b""
            if not data:
                raise AssertionError(f"the console does not show {pattern}:\n{self.text[-3000:]}")
            self.text += data.decode(errors="replace")

    def type(self, line):
        self.process.stdin.write(line.encode() + b"\r")
        self.process.stdin.flush()

    def close(self):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()


class CardTest(unittest.TestCase):
    image = kernel = initrd = None

    def test_card_boots_asksForAPassword_startsSetup_andHasTheServices(self):
        folder = self.enterContext(tempfile.TemporaryDirectory())
        card = os.path.join(folder, "card.img")
        if self.image.endswith(".xz"):
            with open(card, "wb") as file:
                subprocess.run(["xz", "--decompress", "--stdout", self.image], stdout=file, check=True)
        else:
            shutil.copy(self.image, card)
        # A card is larger than its image: the first start grows the root.
        size = 6 << 30
        os.truncate(card, size)
        console = Console([
            "qemu-system-aarch64", "-machine", "virt", "-cpu", "cortex-a72", "-smp", "2", "-m", "1024", "-nographic",
            "-no-reboot", "-kernel", self.kernel, "-initrd", self.initrd,
            "-append", "root=LABEL=RASPIROOT rw console=ttyAMA0 systemd.show_status=1",
            "-drive", f"file={card},format=raw,if=virtio", "-nic", "none"])
        self.addCleanup(console.close)
        console.wait_for(r"heart login: ", BOOT_SECONDS)
        console.type("pi")
        console.wait_for(r"(?i)new password: ")
        console.type("a-long-Passw0rd")
        console.wait_for(r"(?i)retype new password: ")
        console.type("a-long-Passw0rd")
        console.wait_for(r"has no strap yet")
        console.wait_for(r"\[sudo\] password for pi: ")
        console.type("a-long-Passw0rd")
        # Its doctor finds that this computer has no Bluetooth adapter.
        console.wait_for(r"(?i)bluetoothd")
        console.type("\x03")
        console.wait_for(r"pi@heart:\S+ ?\$ ")
        console.type("strapline --version; echo; systemctl is-active strapline-hub; df -BM --output=size /")
        console.wait_for(r"\r\n\d+\.\d+\.\d+\r\n")
        console.wait_for(r"\r\nactive\r\n")
        shown = console.wait_for(r"1M-blocks\r\n +(\d+)M\r\n")
        self.assertGreater(int(shown[1]), 4000, "the root did not grow")
        console.type("systemctl is-enabled ssh; sudo -S true </dev/null; ls /etc/ssh/ssh_host_* | wc -l")
        console.wait_for(r"\r\ndisabled\r\n")


if __name__ == "__main__":
    CardTest.image, CardTest.kernel, CardTest.initrd = sys.argv[1:]
    unittest.main(argv=sys.argv[:1], verbosity=2)
