"""Tests install.sh on systems that it may meet, with stand-ins for apt, dpkg, sudo, curl and wget.

The real ones are tried by IntegrationTests/Packaging/install_script_test.py, on real roots.
"""

import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

import support

KEY = "-----BEGIN PGP PUBLIC KEY BLOCK-----"
HELD = "E: Could not get lock /var/lib/apt/lists/lock. It is held by process 42 (apt-get)"


class InstallTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.root = self.folder / "root"
        for name in "etc/apt/sources.list.d", "var/lib/apt/lists", "var/cache/apt/archives":
            (self.root / name).mkdir(parents=True)
        self.programs = self.folder / "bin"
        self.programs.mkdir()
        # The tools of the script itself; nothing else of this machine is found.
        for name in ("cat", "chmod", "dirname", "env", "find", "grep", "install", "md5sum", "mktemp", "rm", "sed", "sh",
                     "tee", "tr", "uname"):
            os.symlink(shutil.which(name), self.programs / name)
        self.system("ID=debian", "VERSION_CODENAME=bookworm")
        self.program("id", "echo 0")
        self.program("dpkg", "echo amd64")
        self.program("dpkg-query", "exit 1")
        self.program("curl", f"echo '{KEY}'")
        self.program("apt-get", f'echo "$@" >>{self.folder}/apt.log')
        self.program("apt-config", "exit 0")
        self.program("sleep", f"echo >>{self.folder}/slept")

    def program(self, name, text):
        path = self.programs / name
        path.unlink(missing_ok=True)
        path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
        path.chmod(0o755)

    def system(self, *lines):
        (self.root / "etc/os-release").write_text("\n".join(lines) + "\n", encoding="utf-8")

    def script(self):
        text = (support.ROOT / "install.sh").read_text(encoding="utf-8")
        for name in "etc", "var":
            text = text.replace(f"/{name}/", f"{self.root}/{name}/")
        return text

    def run_script(self, *options, script=None, **environment):
        """Through a pipe, by dash where it is there, without a terminal."""
        return subprocess.run(
            [shutil.which("dash") or "sh", "-s", "--", *options], input=script or self.script(), text=True, check=False,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
            env={"PATH": str(self.programs), "TMPDIR": str(self.folder), **environment})

    def log(self, name="apt.log"):
        path = self.folder / name
        return path.read_text(encoding="utf-8") if path.exists() else ""

    def sources(self):
        path = self.root / "etc/apt/sources.list.d/strapline.sources"
        return path.read_text(encoding="utf-8") if path.exists() else ""

    def test_derivatives_takeThePackagesOfTheSystemBelow(self):
        for suite, lines in (
            ("bookworm", ["ID=linuxmint", "ID_LIKE=debian", "VERSION_CODENAME=faye", "DEBIAN_CODENAME=bookworm"]),
            ("trixie", ["ID=linuxmint", "ID_LIKE=debian", "VERSION_CODENAME=gigi", "DEBIAN_CODENAME=trixie"]),
            ("bookworm", ["ID=linuxmint", 'ID_LIKE="ubuntu debian"', "VERSION_ID=22", "VERSION_CODENAME=wilma",
                          "UBUNTU_CODENAME=noble"]),
            ("bookworm", ["ID=pop", 'ID_LIKE="ubuntu debian"', "VERSION_CODENAME=noble", "UBUNTU_CODENAME=noble"]),
            ("bookworm", ["ID=ubuntu", "ID_LIKE=debian", 'VERSION_ID="26.04"', "VERSION_CODENAME=resolute"]),
            ("bookworm", ["ID=raspbian", "ID_LIKE=debian", "VERSION_CODENAME=bookworm"]),
            ("trixie", ["ID=debian", 'PRETTY_NAME="Debian GNU/Linux forky/sid"']),
        ):
            with self.subTest(lines[0] + lines[-1]):
                self.system(*lines)
                ended = self.run_script()
                self.assertEqual(ended.returncode, 0, ended.stdout)
                self.assertIn(f"Suites: {suite}\n", self.sources())

    def test_systemsWithOlderLibraries_areSentToTheTarball(self):
        for lines in (
            ["ID=zorin", 'ID_LIKE="ubuntu debian"', "VERSION_CODENAME=jammy", "UBUNTU_CODENAME=jammy"],
            ["ID=linuxmint", 'ID_LIKE="ubuntu debian"', "VERSION_CODENAME=victoria", "UBUNTU_CODENAME=jammy"],
            ["ID=kali", "ID_LIKE=debian", "VERSION_CODENAME=kali-rolling"],
            ["ID=devuan", "ID_LIKE=debian", "VERSION_CODENAME=daedalus"], ["ID=alpine", "VERSION_ID=3.22"],
        ):
            with self.subTest(lines[0]):
                self.system(*lines)
                ended = self.run_script()
                self.assertEqual(ended.returncode, 69, ended.stdout)
                self.assertIn(".tar.gz", ended.stdout)
                self.assertEqual(self.sources(), "")

    def test_systemsOf32Bits_areNamed_withAndWithoutApt(self):
        self.program("dpkg", "echo armhf")
        self.assertIn("Raspberry Pi OS (64-bit)", self.run_script().stdout)
        self.system("ID=arch")
        (self.programs / "uname").unlink()
        self.program("uname", "echo armv7l")
        ended = self.run_script()
        self.assertEqual(ended.returncode, 69)
        self.assertIn("Raspberry Pi OS (64-bit)", ended.stdout)

    def test_whileAnotherAptReadsTheLists_itWaits(self):
        self.program("apt-get", f"""
            echo "$@" >>{self.folder}/apt.log
            case "$*" in *update*)
                echo >>{self.folder}/updates
                [ "$(grep -c '' {self.folder}/updates)" -ge 4 ] || {{ echo '{HELD}' >&2; exit 100; }} ;;
            esac""")
        ended = self.run_script()
        self.assertEqual(ended.returncode, 0, ended.stdout)
        self.assertEqual(ended.stdout.count("Waiting"), 1, ended.stdout)
        self.assertEqual(self.log("slept").count("\n"), 3)
        self.assertIn("DPkg::Lock::Timeout", self.log())

    def test_whenAnotherAptNeverEnds_itsReasonIsShown_andNothingIsLeft(self):
        self.program("apt-get", f"echo '{HELD}' >&2; exit 100")
        ended = self.run_script()
        self.assertEqual(ended.returncode, 69)
        self.assertIn(HELD, ended.stdout)
        self.assertEqual(self.log("slept").count("\n"), 59)
        self.assertEqual(self.sources(), "")

    def test_whenAptRefusesTheKey_itIsNotTriedAgain(self):
        self.program("apt-get", "echo 'The following signatures were invalid: EXPKEYSIG 1234' >&2; exit 100")
        ended = self.run_script()
        self.assertEqual(ended.returncode, 69)
        self.assertIn("EXPKEYSIG", ended.stdout)
        self.assertIn("download install.sh again", ended.stdout)
        self.assertEqual(self.log("slept") + self.sources(), "")

    def test_withWgetAlone_itInstalls_andPrintsCommandsWithWget(self):
        (self.programs / "curl").unlink()
        self.assertIn("neither curl nor wget", self.run_script().stdout)
        self.program("wget", f"echo '{KEY}'")
        self.assertEqual(self.run_script().returncode, 0)
        self.program("id", "echo 1000")
        ended = self.run_script("--uninstall")
        self.assertEqual(ended.returncode, 77, ended.stdout)
        self.assertIn("wget -qO- https://strapline.invalid/install.sh | sh -s --", ended.stdout)
        self.assertNotIn("curl", ended.stdout)

    def test_withoutRootAndSudo_nothingChanges(self):
        self.program("id", "echo 1000")
        ended = self.run_script()
        self.assertEqual(ended.returncode, 77, ended.stdout)
        self.assertIn("su -", ended.stdout)
        self.assertEqual(self.log() + self.sources(), "")

    def test_underSudo_proxiesReachApt_inAFileThatIsRemoved(self):
        self.program("id", "echo 1000")
        self.program("sudo", 'exec env -u http_proxy -u https_proxy "$@"')
        self.program("apt-get", f"""
            echo "$@" >>{self.folder}/apt.log
            while [ $# -gt 0 ]; do [ "$1" != -c ] || cat "$2" >>{self.folder}/apt.conf; shift; done""")
        ended = self.run_script(
            http_proxy="http://me:secret@proxy:3128", HTTPS_PROXY="http://other:3128",
            no_proxy="localhost,.example.net")
        self.assertEqual(ended.returncode, 0, ended.stdout)
        conf = self.log("apt.conf")
        self.assertIn('Acquire::http::Proxy "http://me:secret@proxy:3128";', conf)
        self.assertIn('Acquire::https::Proxy "http://other:3128";', conf)
        self.assertIn('Acquire::http::Proxy::example.net "DIRECT";', conf)
        self.assertNotIn("secret", self.log() + ended.stdout)
        self.assertEqual(list(self.folder.glob("tmp.*")), [])
        # apt's own configuration stays.
        self.program("apt-config", """echo 'Acquire::http::Proxy "http://own:3142";'""")
        os.remove(self.folder / "apt.conf")
        self.assertEqual(self.run_script(http_proxy="http://proxy:3128").returncode, 0)
        self.assertEqual(self.log("apt.conf"), "")

    def test_aDownloadThatStopsInTheLastLine_doesNothing(self):
        script = self.script()
        begin = script.rindex("\n", 0, len(script) - 1) + 1
        for end in range(begin, len(script.rstrip())):
            self.run_script("--uninstall", script=script[:end])
            self.assertEqual(self.log() + self.sources(), "", script[begin:end])

    def test_aFolderThatIsMissing_orHasNoKey_isNamed(self):
        ended = self.run_script("--repository", "/nowhere/apt")
        self.assertEqual(ended.returncode, 66)
        self.assertIn("there is no folder /nowhere/apt", ended.stdout)
        (self.folder / "apt/dists/bookworm").mkdir(parents=True)
        ended = self.run_script("--repository", str(self.folder / "apt"))
        self.assertEqual(ended.returncode, 69)
        self.assertIn("has no strapline-archive-keyring.asc", ended.stdout)

    def test_uninstall_withAChangedConfigurationAlone_keepsIt_andSaysWhereItIs(self):
        path = self.root / "etc/strapline/strapline.yaml"
        path.parent.mkdir()
        path.write_text("straps: []\n", encoding="utf-8")
        self.program("dpkg-query", f"""
            case "$*" in
            *Status*hub) exit 1 ;;
            *Status*) printf installed ;;
            *) printf ' {path} 0123456789abcdef0123456789abcdef\\n' ;;
            esac""")
        ended = self.run_script("--uninstall")
        self.assertEqual(ended.returncode, 0, ended.stdout)
        self.assertIn(f"stay: {path}\n", ended.stdout)
        self.assertIn("remove -y strapline", self.log())
        self.assertNotIn("purge", self.log())

    def test_aFileSystemThatIsReadOnly_isNamed_withTheNextStep(self):
        for name in ("install", "tee"):
            with self.subTest(name):
                real = shutil.which(name)
                (self.programs / name).unlink()
                self.program(name, f"echo '{name}: Read-only file system' >&2; exit 1")
                ended = self.run_script()
                self.assertEqual(ended.returncode, 73, ended.stdout)
                self.assertIn("cannot write", ended.stdout)
                self.assertIn("then run: ", ended.stdout)
                self.assertEqual(self.log() + self.sources(), "")
                (self.programs / name).unlink()
                os.symlink(real, self.programs / name)

    def test_uninstall_ofWhatIsNotInstalled_asksNothing_andNamesWhatIsThere(self):
        tokens = self.root / "etc/strapline/tokens"
        tokens.mkdir(parents=True)
        (tokens / "pulsoid").write_text("x", encoding="utf-8")
        ended = self.run_script("--uninstall", "--purge")
        self.assertEqual(ended.returncode, 0, ended.stdout)
        self.assertIn("Strapline is not installed.", ended.stdout)
        self.assertIn(f"still there: {tokens}\n", ended.stdout)
        self.assertTrue((tokens / "pulsoid").exists())

    def test_uninstall_namesTheFoldersOfTokens(self):
        tokens = self.root / "etc/strapline/tokens"
        tokens.mkdir(parents=True)
        (tokens / "pulsoid").write_text("x", encoding="utf-8")
        self.program("dpkg-query", "printf installed")
        self.assertIn(f"stay: {tokens}\n", self.run_script("--uninstall").stdout)


if __name__ == "__main__":
    unittest.main()
