"""The packages for arm64, installed and run on an emulated Debian.

usage: arm64_test.py ROOT PACKAGES DEMO

ROOT is one for arm64; this machine runs its programs with qemu (binfmt_misc). DEMO is strapline-demo for arm64.
"""

import glob
import os
import re
import shutil
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

READINGS = 20
# No services run in a root: a bus for as long as the doctor looks.
WITH_BUS = """
mkdir -p /run/dbus
dbus-daemon --system --nofork --nopidfile & bus=$!
until [ -S /run/dbus/system_bus_socket ]; do sleep 0.1; done
strapline doctor --config /tmp/strapline.yaml; code=$?
kill $bus
exit $code
"""


class Arm64Test(unittest.TestCase):
    base = packages = demo = None

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

    def test_doctor_withABus_looksForBluetoothd(self):
        ended = self.root.try_run("sh", "-c", WITH_BUS)
        self.assertNotEqual(ended.returncode, 0)
        self.assertNotRegex(ended.stdout, re.compile("^problem +bus", re.MULTILINE))
        self.assertRegex(ended.stdout, re.compile("^problem +bluetoothd", re.MULTILINE))

    def test_demo_withTheInstalledPrograms_losesNothing(self):
        os.mkdir(self.root.file("/demo"))
        shutil.copy(self.demo, self.root.file("/demo"))
        for program in "strapline", "strapline-hub":
            os.symlink(f"/usr/bin/{program}", self.root.file(f"/demo/{program}"))
        told = self.root.run("/demo/strapline-demo", "--programs", "/demo", "--readings", str(READINGS))
        print(told)
        self.assertIn("None lost", told)

    def test_hub_makesAUserAndAToken(self):
        database = ["--database", "/tmp/hub.sqlite"]
        self.root.run("strapline-hub", "user", "add", "anna", *database)
        told = self.root.run(
            "strapline-hub", "token", "issue", "--user", "anna", "--scope", "data:heart_rate:write", *database)
        self.assertTrue(told)


if __name__ == "__main__":
    Arm64Test.base, folder, Arm64Test.demo = sys.argv[1:]
    Arm64Test.packages = sorted(glob.glob(os.path.join(folder, "*_arm64.deb")))
    unittest.main(argv=sys.argv[:1], verbosity=2)
