"""The packages on a fresh Debian: install, upgrade, downgrade, remove, purge.

usage: install_test.py ROOT OLD_PACKAGES NEW_PACKAGES

Both folders hold strapline and strapline-hub, in two versions of the same programs.
"""

import glob
import os
import sys
import unittest

from root import Root

EXPOSURE = {"strapline": 1.5, "strapline-hub": 2.0}


class PackagesTest(unittest.TestCase):
    base = old = new = None

    @classmethod
    def setUpClass(cls):
        cls.installed = cls.enterClassContext(Root(cls.base))
        cls.installed.run("apt-get", "update", "-q")
        cls.installed.install(*cls.old)
        cls.installed.close()

    def setUp(self):
        self.root = self.enterContext(Root(self.installed.upper, self.base))

    def version(self, package="strapline"):
        return self.root.run("dpkg-query", "-W", "-f", "${db:Status-Abbrev}${Version}", package).strip()

    def upgrade(self):
        return self.root.install(*self.new)

    def test_install_onFreshRoot_programsRun(self):
        self.assertRegex(self.root.run("strapline", "--version"), r"^\d+\.\d+\.\d+")
        self.assertIn("72", self.root.run("strapline", "decode", "16480000"))
        self.root.run("strapline-hub", "user", "add", "anna", "--database", "/tmp/hub.sqlite")

    def test_install_onFreshRoot_userIsInGroupBluetooth(self):
        groups = self.root.run("id", "-nG", "strapline").split()
        self.assertIn("bluetooth", groups)
        self.assertEqual(self.root.run("id", "-nG", "strapline-hub").split(), ["strapline-hub"])

    def test_install_onFreshRoot_secretsAreClosed(self):
        self.assertEqual(self.root.owner("/etc/strapline/strapline.yaml"), "root:strapline 640")
        self.assertEqual(self.root.owner("/etc/strapline/tokens"), "root:root 700")
        self.assertEqual(self.root.owner("/var/lib/strapline"), "strapline:bluetooth 700")
        self.assertEqual(self.root.owner("/var/lib/strapline-hub"), "strapline-hub:strapline-hub 700")

    def test_install_onFreshRoot_uploaderWaitsForItsConfiguration(self):
        self.assertEqual(self.root.try_run("systemctl", "is-enabled", "strapline").stdout.strip(), "disabled")
        self.assertEqual(self.root.run("systemctl", "is-enabled", "strapline-hub").strip(), "enabled")
        told = self.root.try_run("strapline", "check", "--config", "/etc/strapline/strapline.yaml")
        self.assertEqual(told.returncode, 78)
        self.assertIn("straps", told.stdout)

    def test_install_onFreshRoot_unitsAreWithoutFault(self):
        for unit in EXPOSURE:
            ended = self.root.try_run("systemd-analyze", "verify", "--man=no", f"{unit}.service")
            # Debian 12 has systemd 252, which knows no growing pauses, and says so.
            faults = [line for line in ended.stdout.splitlines()
                      if "RestartSteps" not in line and "RestartMaxDelaySec" not in line]
            self.assertEqual((ended.returncode, faults), (0, []))

    def test_install_onFreshRoot_unitsAreClosed(self):
        for unit, exposure in EXPOSURE.items():
            path = self.root.run("sh", "-c", f"ls -d /usr/lib/systemd/system/{unit}.service").strip()
            report = self.root.run(
                "systemd-analyze", "security", "--no-pager", "--offline=yes",
                f"--threshold={round(exposure * 10)}", path)
            print(unit, report.splitlines()[-1].strip())

    def test_install_onFreshRoot_manualAndCompletionsAreThere(self):
        for path in (
            "/usr/share/man/man1/strapline.1.gz", "/usr/share/man/man1/strapline-hub.1.gz",
            "/usr/share/man/man5/strapline.yaml.5.gz", "/usr/share/doc/strapline/examples/strapline.yaml",
            "/usr/share/bash-completion/completions/strapline", "/usr/share/zsh/vendor-completions/_strapline",
            "/usr/share/fish/vendor_completions.d/strapline.fish", "/usr/lib/udev/rules.d/90-strapline.rules",
        ):
            # minimal roots leave documentation out
            if self.root.exists(path) or not self.is_left_out(path):
                self.assertTrue(self.root.exists(path), path)

    def test_install_onFreshRoot_filesOfACluster_areThere(self):
        folder = "/usr/share/doc/strapline-hub/examples/cluster"
        names = sorted(os.listdir(os.path.join(os.path.dirname(__file__), "../../packaging/cluster")))
        self.assertEqual(sorted(os.listdir(self.root.file(folder))), names)
        self.assertEqual(self.root.owner(f"{folder}/strapline-witness"), "root:root 755")
        self.assertEqual(self.root.owner(f"{folder}/patroni.yml"), "root:root 644")

    def is_left_out(self, path):
        folder = "/etc/dpkg/dpkg.cfg.d"
        rules = "".join(self.root.read(f"{folder}/{name}") for name in os.listdir(self.root.file(folder)))
        return f"path-exclude={os.path.dirname(path)}" in rules

    def test_upgrade_whenTheConfigurationWasChanged_keepsIt(self):
        self.root.write("/etc/strapline/strapline.yaml", "straps: [{name: chest, destinations: []}]\n", mode=0o640)
        self.root.write("/etc/strapline/tokens/pulsoid", "secret\n", mode=0o600)
        self.upgrade()
        self.assertTrue(self.version().endswith("+1"), self.version())
        self.assertIn("chest", self.root.read("/etc/strapline/strapline.yaml"))
        self.assertEqual(self.root.owner("/etc/strapline/strapline.yaml"), "root:strapline 640")
        self.assertEqual(self.root.owner("/etc/strapline/tokens/pulsoid"), "root:root 600")

    def test_downgrade_whenThereIsAnOutbox_isRefusedWithASentence(self):
        self.upgrade()
        self.root.write("/var/lib/strapline/outbox.sqlite", "")
        old = [package for package in self.root.take_in(self.old) if "hub" not in package]
        ended = self.root.try_run("apt-get", "install", "-q", "-y", "--allow-downgrades", *old)
        self.assertNotEqual(ended.returncode, 0)
        self.assertIn("is older than", ended.stdout)
        self.assertIn("apt remove strapline", ended.stdout)
        version = self.version()
        self.assertTrue(version.startswith("ii") and version.endswith("+1"), version)

    def test_downgrade_afterARemove_leavesTheOutbox(self):
        self.upgrade()
        self.root.write("/var/lib/strapline/outbox.sqlite", "readings")
        self.root.run("apt-get", "remove", "-q", "-y", "strapline")
        self.root.install(*self.old, options=["--allow-downgrades"])
        self.assertFalse(self.version().endswith("+1"))
        self.assertEqual(self.root.read("/var/lib/strapline/outbox.sqlite"), "readings")

    def test_remove_keepsWhatIsTheUsers(self):
        self.root.write("/etc/strapline/tokens/pulsoid", "secret\n", mode=0o600)
        self.root.write("/var/lib/strapline/outbox.sqlite", "readings")
        self.root.run("apt-get", "remove", "-q", "-y", "strapline", "strapline-hub")
        self.assertFalse(self.root.exists("/usr/bin/strapline"))
        for path in ("/etc/strapline/strapline.yaml", "/etc/strapline/tokens/pulsoid",
                     "/var/lib/strapline/outbox.sqlite"):
            self.assertTrue(self.root.exists(path), path)

    def test_purge_takesAll(self):
        self.root.write("/etc/strapline/tokens/pulsoid", "secret\n", mode=0o600)
        self.root.write("/var/lib/strapline/outbox.sqlite", "readings")
        self.root.run("apt-get", "purge", "-q", "-y", "strapline", "strapline-hub")
        left = self.root.run(
            "sh", "-c", "find / -xdev -name '*strapline*' -not -path '/packages*' -not -path '/proc/*'")
        self.assertEqual(left, "")


if __name__ == "__main__":
    PackagesTest.base, *folders = sys.argv[1:]
    PackagesTest.old, PackagesTest.new = (sorted(glob.glob(f"{folder}/*_amd64.deb")) for folder in folders)
    unittest.main(argv=sys.argv[:1], verbosity=2)
