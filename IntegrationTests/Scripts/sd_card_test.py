"""The first start of the SD card: what it makes of the files that a user puts on the card's first partition."""

import pathlib
import subprocess
import tempfile
import unittest

from support import ROOT

FILES = ROOT / "packaging/sd-card/files"
# The machine of the test keeps its name and its radio.
CALLS = """
hostname() { echo "hostname $1"; }
iw() { echo "iw $*"; }
. "$1"
set_name
add_wifi
"""


class FirstStartTest(unittest.TestCase):
    def setUp(self):
        self.card = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        for folder in "boot/firmware", "etc/NetworkManager/system-connections":
            (self.card / folder).mkdir(parents=True)
        (self.card / "etc/hostname").write_text("heart\n", encoding="utf-8")
        (self.card / "etc/hosts").write_text("127.0.0.1 localhost\n127.0.1.1 heart\n", encoding="utf-8")

    def start(self, text):
        (self.card / "boot/firmware/strapline.txt").write_bytes(text.encode())
        ended = subprocess.run(["sh", "-c", CALLS, "sh", FILES / "first-start.sh"], check=True, text=True,
                               env={"PATH": "/usr/bin:/bin", "CARD_ROOT": str(self.card)},
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        return ended.stdout, ended.stderr

    def connection(self):
        path = self.card / "etc/NetworkManager/system-connections/card.nmconnection"
        if not path.exists():
            return None
        self.assertEqual(path.stat().st_mode & 0o777, 0o600)
        return path.read_text(encoding="utf-8")

    def test_start_withTheFileAsItIs_changesNothing(self):
        text = (ROOT / "packaging/sd-card/strapline.txt").read_text(encoding="utf-8")
        self.assertEqual(self.start(text), ("", ""))
        self.assertIsNone(self.connection())
        self.assertEqual((self.card / "etc/hostname").read_text(encoding="utf-8"), "heart\n")

    def test_start_withAFileOfAnyEditor_readsIt(self):
        for text in (
            "hostname=gym\nwifi-country=DE\nwifi-name=My network\nwifi-password=secret\n",
            "\ufeffhostname=gym\r\nwifi-country=DE\r\nwifi-name=My network\r\nwifi-password=secret\r\n",
            "  hostname = gym\nwifi-country\t= DE\nwifi-name =My network\nwifi-password= secret",
        ):
            (self.card / "etc/hostname").write_text("heart\n", encoding="utf-8")
            self.assertEqual(self.start(text), ("hostname gym\niw reg set DE\n", ""))
            self.assertEqual((self.card / "etc/hostname").read_text(encoding="utf-8"), "gym\n")
            self.assertIn("127.0.1.1 gym\n", (self.card / "etc/hosts").read_text(encoding="utf-8"))
            self.assertIn("ssid=" + "".join(f"{byte};" for byte in b"My network") + "\n", self.connection())
            self.assertIn("key-mgmt=wpa-psk\npsk=secret\n", self.connection())

    def test_start_withAnyCharacterInNameAndPassword_keepsIt(self):
        self.start("wifi-name=Bär;1=\\ #'\"$(x)\nwifi-password=a\\b;c=#'\"$(x)\n")
        self.assertIn("ssid=" + "".join(f"{byte};" for byte in "Bär;1=\\ #'\"$(x)".encode()) + "\n", self.connection())
        self.assertIn("psk=a\\\\b;c=#'\"$(x)\n", self.connection())

    def test_start_withoutAPassword_joinsAnOpenNetwork(self):
        self.start("wifi-name=cafe\n")
        self.assertNotIn("wifi-security", self.connection())

    def test_start_withAWrongHostName_saysSo_andStillAddsTheNetwork(self):
        for name in "My Pi", "-pi", "pi.local", "pi;reboot":
            shown, faults = self.start(f"hostname={name}\nwifi-name=cafe\n")
            self.assertEqual(shown, "")
            self.assertIn(f"{name} is no host name", faults)
            self.assertIsNotNone(self.connection())


if __name__ == "__main__":
    unittest.main()
