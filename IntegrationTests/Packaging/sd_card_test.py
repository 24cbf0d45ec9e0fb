"""The SD card's image in an emulated computer for arm64: it boots, asks for a password, and starts setup.

usage: sd_card_test.py IMAGE KERNEL INITRD

IMAGE is compressed with xz or not; a copy is used. The emulated computer is no Raspberry Pi: it has its processor's
instructions, and other devices. So the kernel and the initrd come from the command line, as the Pi's firmware loads
them.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import unittest

BOOT_SECONDS = 900
STEP_SECONDS = 240
TYPING_SECONDS = 3


class Console:
    """The serial console of the emulated computer."""

    def __init__(self, command, folder):
        path = os.path.join(folder, "console")
        self.process = subprocess.Popen([*command, "-serial", f"unix:{path},server=on,wait=on"])
        self.socket = socket.socket(socket.AF_UNIX)
        end = time.monotonic() + STEP_SECONDS
        while self.socket.connect_ex(path) != 0:
            if self.process.poll() is not None or time.monotonic() > end:
                raise AssertionError("the emulator does not start")
            time.sleep(0.1)
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
            self.socket.settimeout(max(end - time.monotonic(), 0.001))
            try:
                data = self.socket.recv(65536)
            except TimeoutError:
                data = b""
            if not data:
                raise AssertionError(f"the console does not show {pattern}:\n{self.text[-3000:]}")
            self.text += data.decode(errors="replace")

    def type(self, line):
        # A terminal that has just been opened discards earlier input.
        time.sleep(TYPING_SECONDS)
        self.socket.sendall(line.encode() + b"\r")

    def close(self):
        self.socket.close()
        self.process.kill()
        self.process.wait()


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
            "qemu-system-aarch64", "-machine", "virt", "-cpu", "cortex-a72", "-smp", "2", "-m", "1024",
            "-display", "none", "-monitor", "none", "-no-reboot", "-kernel", self.kernel, "-initrd", self.initrd,
            "-append", "root=LABEL=RASPIROOT rw console=ttyAMA0 systemd.show_status=1",
            "-drive", f"file={card},format=raw,if=virtio", "-nic", "none"], folder)
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
        # An emulated service takes its time to start.
        console.type("timeout 120 sh -c 'until systemctl is-active --quiet strapline-hub; do sleep 1; done'")
        console.wait_for(r"pi@heart:\S+ ?\$ ")
        console.type("strapline --version; echo; systemctl is-active strapline-hub; df -BM --output=size /")
        console.wait_for(r"[\r\n]\d+\.\d+\.\d+\r\n")
        console.wait_for(r"[\r\n]active\r\n")
        shown = console.wait_for(r"1M-blocks\r\n +(\d+)M\r\n")
        self.assertGreater(int(shown[1]), 4000, "the root did not grow")
        console.type("systemctl is-enabled ssh; sudo -S true </dev/null; ls /etc/ssh/ssh_host_* | wc -l")
        console.wait_for(r"[\r\n]disabled\r\n")


if __name__ == "__main__":
    CardTest.image, CardTest.kernel, CardTest.initrd = sys.argv[1:]
    unittest.main(argv=sys.argv[:1], verbosity=2)
