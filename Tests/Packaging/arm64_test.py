"""The packages for arm64, installed and run on an emulated Debian.

usage: arm64_test.py ROOT PACKAGES

ROOT is one for arm64; this machine runs its programs with qemu (binfmt_misc).
"""

import glob
import os
import re
import sys
import unittest

from root import Root

CONFIGURATION = """
straps:
  - name: chest
    destinations:
      - service: pulsoid
        token_file: /tmp/token
"""


class Arm64Test(unittest.TestCase):
    base = packages = None

    @classmethod
    def setUpClass(cls):
        cls.root = cls.enterClassContext(Root(cls.base))
        cls.root.run("apt-get", "update", "-q")
        cls.root.install(*cls.packages)
        cls.root.write("/tmp/token", "secret\n", mode=0o600)
        cls.root.write("/tmp/strapline.yaml", CONFIGURATION)

    def test_programs_whenInstalled_areOfThatArchitecture(self):
        self.assertEqual(self.root.run("dpkg", "--print-architecture").strip(), "arm64")
        with open(self.root.file("/usr/bin/strapline"), "rb") as program:
            head = program.read(20)
        EM_AARCH64 = 183
        self.assertEqual(int.from_bytes(head[18:20], "little"), EM_AARCH64)

    def test_version_isPrinted(self):
        self.assertRegex(self.root.run("strapline", "--version"), r"^\d+\.\d+\.\d+")

    def test_decode_explainsAPacket(self):
        self.assertIn("72", self.root.run("strapline", "decode", "16480000"))

    def test_check_explainsAConfiguration(self):
        self.assertIn("chest", self.root.run("strapline", "check", "--config", "/tmp/strapline.yaml"))

    def test_doctor_withoutABus_saysSo(self):
        ended = self.root.try_run("strapline", "doctor", "--config", "/tmp/strapline.yaml")
        self.assertNotEqual(ended.returncode, 0)
        self.assertRegex(ended.stdout, re.compile("^problem +bus", re.MULTILINE))

    def test_hub_makesAUserAndAToken(self):
        database = ["--database", "/tmp/hub.sqlite"]
        self.root.run("strapline-hub", "user", "add", "anna", *database)
        told = self.root.run("strapline-hub", "token", "issue", "--user", "anna", "--scope", "data:heart_rate:write", *database)
        self.assertTrue(told)


if __name__ == "__main__":
    Arm64Test.base, folder = sys.argv[1:]
    Arm64Test.packages = sorted(glob.glob(os.path.join(folder, "*_arm64.deb")))
    unittest.main(argv=sys.argv[:1], verbosity=2)
