"""install.sh and the apt repository of a release on a fresh Debian: install, refuse, remove.

usage: install_script_test.py ROOT ARCHITECTURE SUITE RELEASE

RELEASE is the folder that `make release-files` has made. On another architecture ROOT's programs run with qemu. DEMO
is a strapline-demo for it that was built with the libraries of Debian 13.
"""

import contextlib
import functools
import glob
import http.server
import os
import pathlib
import re
import shutil
import subprocess
import sys
import threading
import unittest

from root import Root

SOURCES = "/etc/apt/sources.list.d/strapline.sources"
KEYRING = "/etc/apt/keyrings/strapline.asc"
OUTBOX = "/var/lib/strapline/outbox.sqlite"


@contextlib.contextmanager
def web_server(folder):
    """The folder at an address of this machine, as any web server publishes it."""

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=folder))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class InstallScriptTest(unittest.TestCase):
    base = architecture = suite = release = None

    @classmethod
    def setUpClass(cls):
        # A root whose package lists are read, without Strapline.
        cls.updated = cls.enterClassContext(Root(cls.base))
        cls.updated.run("apt-get", "update", "-q")
        cls.updated.close()

    def setUp(self):
        self.root = self.enterContext(Root(self.updated.upper, self.base))

    def bring(self, *names, to="/release"):
        """Copies parts of the release into the root."""
        for name in names:
            source, target = os.path.join(self.release, name), self.root.file(f"{to}/{name}")
            os.makedirs(os.path.dirname(target), exist_ok=True)
            if os.path.isdir(source):
                shutil.copytree(source, target)
            else:
                shutil.copy(source, target)

    def install(self, *options, at="/release"):
        return self.root.run("sh", f"{at}/install.sh", *options)

    def left(self):
        """Every file of Strapline in the root."""
        return self.root.run(
            "find", "/", "-xdev", "-iname", "*strapline*", "-not", "-path", "/release*", "-not", "-path", "/proc/*",
            "-not", "-path", "/packages*").split()

    def version(self):
        return os.path.basename(os.path.realpath(self.release))

    def test_install_fromAFolder_bothProgramsRun_andTheNextCommandIsPrinted(self):
        self.bring("install.sh", "apt")
        shown = self.install("--with-hub")
        print(shown)
        self.assertEqual(self.root.run("strapline", "--version").strip(), self.version())
        self.assertEqual(self.root.run("strapline-hub", "--version").strip(), self.version())
        self.assertEqual(shown.rstrip().splitlines()[-1].strip(), "strapline setup")
        self.assertEqual(self.root.owner("/etc/strapline/strapline.yaml"), "root:strapline 640")
        self.assertEqual(self.root.owner("/etc/strapline/tokens"), "root:root 700")
        self.assertEqual(self.root.owner("/usr/bin/strapline"), "root:root 755")
        self.assertEqual(self.root.owner("/var/lib/strapline-hub"), "strapline-hub:strapline-hub 700")
        # The folder may go away, and apt update must still work.
        self.assertFalse(self.root.exists(SOURCES))
        shutil.rmtree(self.root.file("/release/apt"))
        self.root.run("apt-get", "update", "-q")
        self.install("--uninstall")
        self.assertEqual(self.left(), [])

    def test_install_thenTheDemo_bringsHeartbeatsIntoTheRoom(self):
        if not os.environ.get("DEMO"):
            self.skipTest("there is no strapline-demo for this processor")
        self.bring("install.sh", "apt")
        self.install("--with-hub")
        os.mkdir(self.root.file("/demo"))
        shutil.copy(os.environ["DEMO"], self.root.file("/demo/strapline-demo"))
        for program in "strapline", "strapline-hub":
            os.symlink(f"/usr/bin/{program}", self.root.file(f"/demo/{program}"))
        command = ["/demo/strapline-demo", "--programs", "/demo", "--readings", "20"]
        # Packages for Debian 12 bring the libraries of Debian 13. The demo needs the same ones.
        for loader in glob.glob(self.root.file("/usr/lib/strapline/ld-linux-*")):
            name = os.path.basename(loader)
            command = [f"/usr/lib/strapline/{name}", "--library-path", "/usr/lib/strapline:/usr/lib/strapline-hub",
                       *command]
        shown = self.root.run(*command)
        print(shown)
        self.assertIn("None lost", shown)

    def test_install_fromAFolderWithASpaceThatOnlyRootCanRead_works(self):
        self.bring("install.sh", "apt", to="/root/my files")
        os.chmod(self.root.file("/root"), 0o700)
        self.install("--only-hub", at="/root/my files")
        self.assertEqual(self.root.run("strapline-hub", "--version").strip(), self.version())
        self.assertFalse(self.root.exists("/usr/bin/strapline"))

    def test_install_fromAWebServer_theRepositoryStays_andUninstallLeavesNothing(self):
        self.bring("install.sh")
        with web_server(self.release) as address:
            self.install("--repository", f"{address}/apt")
            self.assertIn(f"URIs: {address}/apt", self.root.read(SOURCES))
            self.assertEqual(self.root.owner(SOURCES), "root:root 644")
            self.assertEqual(self.root.owner(KEYRING), "root:root 644")
            self.root.run("apt-get", "update", "-q")
            self.assertIn(f"{address}/apt", self.root.run("apt-cache", "policy", "strapline"))
            # A second run upgrades, or finds nothing to do.
            self.install("--repository", f"{address}/apt")
            self.assertFalse(self.root.exists("/usr/bin/strapline-hub"))
        self.install("--uninstall")
        self.assertEqual(self.left(), [])
        lists = self.root.run("ls", "/var/lib/apt/lists")
        self.assertNotIn("127.0.0.1", lists)

    def test_install_whenItFailsLater_orComesFromAFolder_keepsTheRepository(self):
        self.bring("install.sh", "apt")
        with web_server(self.release) as address:
            self.install("--repository", f"{address}/apt")
            before = self.root.read(SOURCES), self.root.read(KEYRING)
            self.install()
            self.assertEqual((self.root.read(SOURCES), self.root.read(KEYRING)), before)
            self.root.run("apt-get", "update", "-q")
        for repository in f"{address}/apt", "http://127.0.0.1:9/apt":
            ended = self.root.try_run("sh", "/release/install.sh", "--repository", repository)
            self.assertEqual(ended.returncode, 69, ended.stdout)
            self.assertEqual((self.root.read(SOURCES), self.root.read(KEYRING)), before)

    def test_install_throughAPipe_works(self):
        self.bring("apt")
        script = pathlib.Path(self.release, "install.sh").read_text(encoding="utf-8")
        self.root.run("sh", "-s", "--", "--repository", "/release/apt", stdin=script)
        self.assertEqual(self.root.run("strapline", "--version").strip(), self.version())

    def test_install_overAnOlderPackage_withAChangedConfiguration_throughAPipe_keepsIt(self):
        self.bring("apt", "install.sh")
        self.install()
        # The installed package's own configuration was another one, so dpkg would ask.
        status = self.root.read("/var/lib/dpkg/status")
        self.root.write("/var/lib/dpkg/status", re.sub(
            rf"(Package: strapline\n(?:.+\n)*?Version: ){re.escape(self.version())}", r"\g<1>0.0.1", re.sub(
                r"( /etc/strapline/strapline.yaml) \w+", r"\1 00000000000000000000000000000000", status)))
        self.root.write("/etc/strapline/strapline.yaml", "straps: [{name: chest, destinations: []}]\n", mode=0o640)
        script = pathlib.Path(self.release, "install.sh").read_text(encoding="utf-8")
        self.root.run("sh", "-s", "--", "--repository", "/release/apt", stdin=script)
        self.assertIn("chest", self.root.read("/etc/strapline/strapline.yaml"))
        self.assertIn(self.version(), self.root.run("dpkg-query", "-W", "strapline"))

    def test_install_printsACommandForTheServer_thatWorks(self):
        self.bring("install.sh", "apt")
        lines = self.install("--only-hub").splitlines()
        command = lines[lines.index("Set up the server:") + 1]
        self.assertIn("anna", self.root.run("sh", "-c", command))
        self.assertTrue(self.root.exists("/var/lib/strapline-hub/hub.sqlite"))

    def test_install_asAnotherUser_takesSudo_orSaysThatItNeedsRoot(self):
        self.bring("install.sh", "apt")
        self.root.run("useradd", "--create-home", "me")
        as_me = ["runuser", "-u", "me", "--", "sh"]
        ended = self.root.try_run(*as_me, "/release/install.sh")
        self.assertEqual(ended.returncode, 77, ended.stdout)
        self.assertIn("su -", ended.stdout)
        self.assertFalse(self.root.exists(SOURCES))
        self.root.run("apt-get", "install", "-q", "-y", "--no-install-recommends", "sudo")
        self.root.write("/etc/sudoers.d/me", "me ALL=(ALL) NOPASSWD: ALL\n", mode=0o440)
        lines = self.root.run(*as_me, "/release/install.sh", "--with-hub").splitlines()
        self.assertEqual(lines[-1].strip(), "sudo strapline setup")
        self.assertIn("anna", self.root.run(*as_me, "-c", lines[lines.index("Set up the server:") + 1]))
        self.root.run(*as_me, "/release/install.sh", "--uninstall", "--purge")
        self.assertEqual(self.left(), [])

    def test_uninstall_printsACommandThatDeletesTheRest_andWorks(self):
        self.bring("install.sh", "apt", to="/release/of today")
        self.install(at="/release/of today")
        self.root.write(OUTBOX, "readings")
        shown = self.install("--uninstall", at="/release/of today")
        command = re.search("Delete them with: (.*)", shown)[1]
        self.root.run("sh", "-c", command)
        self.assertEqual(self.left(), [])

    def test_uninstall_whenThereAreReadingsAndNoTerminal_keepsThem_untilPurge(self):
        self.bring("install.sh", "apt")
        self.install()
        self.root.write(OUTBOX, "readings")
        shown = self.install("--uninstall")
        self.assertIn(OUTBOX, shown)
        self.assertIn("--uninstall --purge", shown)
        self.assertFalse(self.root.exists("/usr/bin/strapline"))
        self.assertEqual(self.root.read(OUTBOX), "readings")
        self.install("--uninstall", "--purge")
        self.assertEqual(self.left(), [])

    def test_install_whenAnIndexWasChanged_isRefused_andNothingIsLeft(self):
        self.bring("install.sh", "apt")
        for name in "InRelease", "Release":
            path = self.root.file(f"/release/apt/dists/{self.suite}/{name}")
            with open(path, encoding="utf-8") as file:
                text = file.read()
            with open(path, "w", encoding="utf-8") as file:
                file.write(text.replace("Origin: Strapline", "Origin: Somebody"))
        self.assert_refused()

    def test_install_whenTheRepositoryIsSignedByAnotherKey_isRefused(self):
        self.bring("install.sh", "apt")
        script = self.root.file("/release/install.sh")
        home = self.enterContext(gpg_home())
        other = subprocess.run(
            ["gpg", "--homedir", home, "--batch", "--armor", "--export"], stdout=subprocess.PIPE, text=True, check=True)
        with open(script, encoding="utf-8") as file:
            head, rest = file.read().split("-----BEGIN PGP PUBLIC KEY BLOCK-----")
        tail = rest.split("-----END PGP PUBLIC KEY BLOCK-----")[1]
        with open(script, "w", encoding="utf-8") as file:
            file.write(head + other.stdout.strip() + tail)
        self.assert_refused()

    def test_install_whenAPackageWasChanged_isRefused(self):
        self.bring("install.sh", "apt")
        for package in glob.glob(self.root.file(f"/release/apt/pool/strapline_*_{self.architecture}.deb")):
            with open(package, "r+b") as file:
                file.seek(-100, os.SEEK_END)
                file.write(b"\0")
        self.assert_refused()

    def assert_refused(self):
        ended = self.root.try_run("sh", "/release/install.sh")
        self.assertEqual(ended.returncode, 69, ended.stdout)
        self.assertRegex(ended.stdout, "(?i)install.sh: apt (does not accept|could not install)")
        self.assertEqual(self.left(), [])

    def test_install_whenTheDownloadStoppedHalfWay_changesNothing(self):
        self.bring("apt")
        script = pathlib.Path(self.release, "install.sh").read_text(encoding="utf-8")
        last = len(script.rstrip()) - len('{ main "$@"; }')
        self.assertEqual(script[last:].strip(), '{ main "$@"; }')
        for end in [*range(100, last, len(script) // 30), *range(last, len(script.rstrip()))]:
            self.root.try_run("sh", "-s", "--", "--repository", "/release/apt", stdin=script[:end])
            self.assertFalse(self.root.exists(SOURCES), end)
            self.assertFalse(self.root.exists("/usr/bin/strapline"), end)

    def test_install_onOtherSystems_namesTheTarball(self):
        self.bring("install.sh", "apt")
        for release in (
            'ID=fedora\nPRETTY_NAME="Fedora Linux 43"\nVERSION_ID=43\n',
            'ID=ubuntu\nID_LIKE=debian\nPRETTY_NAME="Ubuntu 22.04"\nVERSION_ID="22.04"\nVERSION_CODENAME=jammy\n',
            'ID=debian\nPRETTY_NAME="Debian GNU/Linux 11"\nVERSION_ID="11"\nVERSION_CODENAME=bullseye\n',
        ):
            os.remove(self.root.file("/etc/os-release"))
            self.root.write("/etc/os-release", release)
            ended = self.root.try_run("sh", "/release/install.sh")
            self.assertEqual(ended.returncode, 69)
            self.assertIn(f"strapline-{self.version()}-linux-{self.architecture}.tar.gz", ended.stdout)
            self.assertFalse(self.root.exists(SOURCES))

    def test_install_on32Bits_saysSo(self):
        self.bring("install.sh", "apt")
        self.root.write("/usr/local/bin/dpkg", "#!/bin/sh\necho armhf\n", mode=0o755)
        ended = self.root.try_run("sh", "-c", "PATH=/usr/local/bin:$PATH; exec sh /release/install.sh")
        self.assertEqual(ended.returncode, 69)
        self.assertIn("64-bit", ended.stdout)

    def test_options_thatAreUnknown_exit64(self):
        self.bring("install.sh")
        self.assertEqual(self.root.try_run("sh", "/release/install.sh", "--wiht-hub").returncode, 64)
        self.assertEqual(self.root.try_run("sh", "/release/install.sh", "--repository").returncode, 64)
        self.assertEqual(self.root.try_run("sh", "/release/install.sh", "--repository", "/nowhere").returncode, 66)

    def test_install_onUbuntu_takesThePackagesOfDebian12(self):
        if self.suite != "bookworm":
            self.skipTest("the packages of Debian 12 are tried on Debian 12")
        self.bring("install.sh", "apt")
        os.remove(self.root.file("/etc/os-release"))
        self.root.write("/etc/os-release", 'ID=ubuntu\nID_LIKE=debian\nVERSION_ID="24.04"\nVERSION_CODENAME=noble\n')
        self.install("--only-hub")
        self.assertEqual(self.root.run("strapline-hub", "--version").strip(), self.version())


@contextlib.contextmanager
def gpg_home():
    """A keyring with a key of its own."""
    home = subprocess.run(["mktemp", "-d"], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
    try:
        subprocess.run(
            ["gpg", "--homedir", home, "--batch", "--quiet", "--passphrase", "", "--quick-generate-key", "other",
             "ed25519", "sign", "never"], check=True)
        yield home
    finally:
        subprocess.run(["gpgconf", "--homedir", home, "--kill", "all"], check=False)
        shutil.rmtree(home)


if __name__ == "__main__":
    (InstallScriptTest.base, InstallScriptTest.architecture, InstallScriptTest.suite, InstallScriptTest.release,
     *names) = sys.argv[1:]
    unittest.main(argv=[*sys.argv[:1], *(f"InstallScriptTest.{name}" for name in names)], verbosity=2)
