"""The scripts of packaging/release and packaging/oci: notes, checks before a release, the key in install.sh, images."""

import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
RELEASE = ROOT / "packaging/release"
SOURCES = (
    "Sources/Programs/strapline/Commands/Shared/StraplineVersion.swift", "Sources/Hub/HubServer/Metrics/HubBuild.swift")
CHANGELOG = """# Changelog

## [Unreleased]

### Added

- Something new.

## [1.2.0] - 2026-11-29

### Fixed

- Something old.

## [1.1.0] - 2026-01-01
"""


def run(*command, **options):
    return subprocess.run([*map(str, command)], check=False, capture_output=True, text=True, **options)


class ReleaseCase(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path


class NotesTest(ReleaseCase):
    def notes(self, version, text=CHANGELOG):
        return run(sys.executable, "-B", RELEASE / "notes.py", version, "https://heart.example",
                   self.write("CHANGELOG.md", text))

    def test_notes_haveTheSectionOfTheVersion_andTheInstallLine(self):
        made = self.notes("1.2.0")
        self.assertIn("Something old.", made.stdout)
        self.assertNotIn("Something new.", made.stdout)
        self.assertNotIn("1.1.0", made.stdout)
        self.assertIn("curl -fsSL https://heart.example/install.sh | sh", made.stdout)
        self.assertEqual(made.stderr, "")

    def test_notes_withoutASection_takeUnreleased_andSaySo(self):
        made = self.notes("1.3.0")
        self.assertIn("Something new.", made.stdout)
        self.assertIn("no section [1.3.0]", made.stderr)

    def test_notes_withoutAnyChange_fail(self):
        self.assertEqual(self.notes("1.1.0").returncode, 1)
        self.assertIn("add one", self.notes("1.3.0", "# Changelog\n").stderr)


class CheckTest(ReleaseCase):
    def setUp(self):
        super().setUp()
        self.write("packaging/release/check.sh", (RELEASE / "check.sh").read_text(encoding="utf-8"))
        self.write("packaging/debian/changelog", "strapline (1.2.0) unstable; urgency=medium\n\n  * x\n\n"
                   " -- A <a@b.invalid>  Thu, 26 Nov 2026 12:00:00 +0000\n")
        self.write("packaging/release/signing.sh", (RELEASE / "signing.sh").read_text(encoding="utf-8"))
        for source in SOURCES:
            self.write(source, 'let current = "1.2.0"\n')
        self.write("os-release", 'ID=debian\nVERSION_ID="12"\n')
        self.git("init", "--quiet")
        self.git("add", "--all")
        self.git("-c", "user.name=a", "-c", "user.email=a@b.invalid", "commit", "--quiet", "--message", "x")

    def git(self, *words):
        subprocess.run(["git", *words], cwd=self.folder, check=True, capture_output=True)

    def check(self, *words, **environment):
        settings = {"OS_RELEASE": str(self.folder / "os-release"), "STRAPLINE_SIGNING_KEY": "", **environment}
        return run("bash", self.folder / "packaging/release/check.sh", *words, env={**os.environ, **settings})

    def change(self, path, text):
        self.write(path, text)
        self.git("-c", "user.name=a", "-c", "user.email=a@b.invalid", "commit", "--quiet", "--all", "--message", "y")

    def test_check_whenOneProgramHasAnotherVersion_namesItsFile(self):
        for source in SOURCES:
            self.assertTrue((ROOT / source).exists(), source)
            self.change(source, 'let current = "1.1.0"\n')
            ended = self.check("1.2.0")
            self.assertEqual(ended.returncode, 65)
            self.assertIn(source, ended.stderr)
            self.change(source, 'let current = "1.2.0"\n')

    def test_check_whenGitFails_isNoCleanTree(self):
        ended = self.check("1.2.0", GIT_DIR="/nowhere")
        self.assertNotEqual(ended.returncode, 0)
        self.assertIn("/nowhere", ended.stderr)

    def test_check_onAnotherSystem_isRefused_unlessItMakesNoPackagesForAmd64(self):
        for system in 'ID=debian\nVERSION_ID="13"\n', "ID=ubuntu\nVERSION_ID=24.04\n", "ID=debian\n":
            self.change("os-release", system)
            ended = self.check("1.2.0")
            self.assertEqual(ended.returncode, 69)
            self.assertIn("on Debian 12", ended.stderr)
            self.assertEqual(self.check("1.2.0", ARCHITECTURES="arm64").returncode, 0)
            self.assertEqual(self.check("1.2.0", STRAPLINE_RELEASE_DIRTY="1").returncode, 0)

    @unittest.skipUnless(shutil.which("gpg"), "there is no gpg here")
    def test_check_withAKeyThatCannotSign_isRefusedBeforeTheBuild(self):
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        for name, text in ("empty", "\n"), ("no-key", "-----BEGIN PGP PRIVATE KEY BLOCK-----\n"):
            (folder / name).write_text(text, encoding="utf-8")
            ended = self.check("1.2.0", STRAPLINE_SIGNING_KEY=str(folder / name))
            self.assertEqual(ended.returncode, 66)
            self.assertIn("does not sign", ended.stderr)
        self.assertEqual(self.check("1.2.0", STRAPLINE_SIGNING_KEY="0123456789ABCDEF").returncode, 66)
        made = run("bash", "-c", 'export GNUPGHOME="$1/home"; mkdir -m 700 "$GNUPGHOME" && '
                   'gpg --batch --quiet --passphrase "" --quick-generate-key a ed25519 sign never && '
                   'gpg --batch --quiet --passphrase "" --pinentry-mode loopback --export-secret-keys >"$1/key"; '
                   "gpgconf --kill all", "make", folder)
        self.assertEqual(made.returncode, 0, made.stderr)
        ended = self.check("1.2.0", STRAPLINE_SIGNING_KEY=str(folder / "key"))
        self.assertEqual((ended.returncode, ended.stderr), (0, ""))

    def test_check_ofACleanTreeWithTheVersion_passes(self):
        self.assertEqual(self.check("1.2.0").returncode, 0)

    def test_check_withoutAVersion_orWithAWrongOne_saysHow(self):
        for words in [], ["v1.2.0"], ["1.2"], ["1.2.0-rc1"]:
            ended = self.check(*words)
            self.assertEqual(ended.returncode, 64)
            self.assertIn("make release VERSION=0.1.0", ended.stderr)

    def test_check_ofAnotherVersion_namesBothFiles(self):
        ended = self.check("1.3.0")
        self.assertEqual(ended.returncode, 65)
        self.assertIn("StraplineVersion.swift", ended.stderr)
        self.assertIn("debian/changelog", ended.stderr)

    def test_check_ofATreeWithChanges_isRefused(self):
        self.write("new", "x")
        self.assertEqual(self.check("1.2.0").returncode, 65)
        self.assertEqual(self.check("1.2.0", STRAPLINE_RELEASE_DIRTY="1").returncode, 0)


class KeyTest(ReleaseCase):
    def test_installScript_getsKeySiteAndVersion_andStaysAScript(self):
        key = self.write("key", "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n$(touch /tmp/x)'\"\n"
                         "-----END PGP PUBLIC KEY BLOCK-----\n")
        made = run(sys.executable, "-B", RELEASE / "embed_key.py", ROOT / "install.sh", key, "https://heart.example",
                   "1.2.0")
        self.assertEqual((made.returncode, made.stderr), (0, ""))
        script = self.write("install.sh", made.stdout)
        self.assertEqual(run("sh", "-n", script).returncode, 0)
        shown = run("sh", "-c", 'eval "$(sed "/^{ main /d" "$1")"; settings; printf "%s %s\\n" "$site" "$release"; '
                    "public_key", "sh", script)
        self.assertEqual(shown.stdout, "https://heart.example 1.2.0\n" + key.read_text(encoding="utf-8"))


class ImageTest(ReleaseCase):
    def image(self, name):
        root = self.folder / "root"
        if not root.exists():
            self.write("root/usr/bin/program", "x").chmod(0o755)
            self.write("root/var/lib/data/file", "x")
            os.symlink("usr/bin", root / "bin")
        settings = self.write("settings.json", json.dumps(
            {"config": {"User": "65532:65532"}, "owners": {"/var/lib/data": 65532}}))
        made = run(sys.executable, "-B", ROOT / "packaging/oci/image.py", self.folder / name, "program", "1.2.0", 1000,
                   settings, f"amd64={root}", f"arm64={root}")
        self.assertEqual((made.returncode, made.stderr), (0, ""))
        return self.folder / name

    def test_image_isTheSameEachTime_andItsBlobsHaveTheirDigests(self):
        first, second = self.image("first"), self.image("second")
        for path in sorted(first.rglob("*")):
            if path.is_file():
                data = path.read_bytes()
                self.assertEqual(data, (second / path.relative_to(first)).read_bytes())
                if path.parent.name == "sha256":
                    self.assertEqual(hashlib.sha256(data).hexdigest(), path.name)

    def test_image_hasBothArchitectures_andTheOwners(self):
        layout = self.image("first")

        def blob(descriptor):
            return layout / "blobs" / descriptor["digest"].replace(":", "/")

        [whole] = json.loads((layout / "index.json").read_bytes())["manifests"]
        images = json.loads(blob(whole).read_bytes())["manifests"]
        self.assertEqual([image["platform"]["architecture"] for image in images], ["amd64", "arm64"])
        [layer] = json.loads(blob(images[0]).read_bytes())["layers"]
        listed = run("tar", "--list", "--verbose", "--numeric-owner", "--file", blob(layer), "--gzip").stdout
        self.assertRegex(listed, r"(?m)^drwx\S+ 65532/65532 .* var/lib/data/$")
        self.assertRegex(listed, r"(?m)^-rwxr-xr-x 0/0 .* usr/bin/program$")
        self.assertRegex(listed, r"bin -> usr/bin")


class SiteTest(ReleaseCase):
    def settings(self, **environment):
        return run("bash", "-c", '. packaging/release/site.sh && echo "$site $images"', cwd=ROOT,
                   env={**os.environ, "SITE": "", "IMAGES": "", **environment})

    def test_addresses_getTheFormThatRegistryAndInstallerTake(self):
        for site, images, expected in (
            ("", "", "https://strapline.invalid registry.invalid/strapline"),
            ("https://heart.example/x/", "ghcr.io/Anna/", "https://heart.example/x ghcr.io/anna"),
            ("http://10.0.0.1:8000", "https://registry.example/Heart", "http://10.0.0.1:8000 registry.example/heart"),
        ):
            self.assertEqual(self.settings(SITE=site, IMAGES=images).stdout.strip(), expected)

    def test_site_withoutAScheme_isRefused(self):
        for site in "heart.example", "/srv/release", "ftp://heart.example", "https://":
            ended = self.settings(SITE=site)
            self.assertEqual(ended.returncode, 64, site)
            self.assertIn("SITE must be", ended.stderr)


class MirrorTest(ReleaseCase):
    def mirror(self, addresses, **environment):
        tool = self.write("bin/apt-get", "#!/bin/sh\nprintf '%s\\n' " + addresses + "\n")
        tool.chmod(0o755)
        return run("bash", "-euo", "pipefail", "-c", '. packaging/mirror.sh; mirror=$(debian_mirror); echo "$mirror"',
                   cwd=ROOT, env={**os.environ, "DEBIAN_MIRROR": "", "PATH": f"{tool.parent}:{os.environ['PATH']}",
                                  **environment})

    def test_mirror_isTheSetOne_orAptsFirst(self):
        addresses = "http://a.example/debian-security/ http://b.example/debian/ http://c.example/debian"
        self.assertEqual(self.mirror(addresses).stdout, "http://b.example/debian\n")
        self.assertEqual(self.mirror(addresses, DEBIAN_MIRROR="http://d.example/x/").stdout, "http://d.example/x\n")

    def test_mirror_whenAptHasNone_saysWhatToSet(self):
        for addresses in "http://a.example/ubuntu/", "mirror+file:/etc/apt/mirrors/debian.list", "''":
            ended = self.mirror(addresses)
            self.assertEqual((ended.returncode, ended.stdout), (69, ""), addresses)
            self.assertIn("set DEBIAN_MIRROR", ended.stderr)


@unittest.skipUnless(shutil.which("readelf") and os.path.exists("/var/lib/dpkg/info"), "needs Debian and binutils")
class BundleTest(ReleaseCase):
    """The libraries of a package that a program loads by itself are bundled too."""

    def bundle(self, *options):
        architecture = run("dpkg", "--print-architecture").stdout.strip()
        return run(sys.executable, "-B", RELEASE / "bundle.py", *options, "/", architecture, self.folder / "bundle",
                   os.path.realpath("/bin/true"))

    def libraries(self):
        return {path.name for path in (self.folder / "bundle/lib").iterdir()}

    def test_bundle_hasTheLibrariesOfTheProgram(self):
        self.assertEqual(self.bundle("--packages", "").stderr, "")
        self.assertIn("libc.so.6", self.libraries())
        self.assertNotIn("libsqlite3.so.0", self.libraries())

    def test_bundle_withAPackage_hasItsLibraries_withTheirOwn_andItsLicence(self):
        self.assertEqual(self.bundle("--packages", "libsqlite3-0,libdbus-1-3").stderr, "")
        self.assertLessEqual({"libc.so.6", "libsqlite3.so.0", "libdbus-1.so.3", "libsystemd.so.0"}, self.libraries())
        versions = json.loads((self.folder / "bundle/packages.json").read_text(encoding="utf-8"))
        self.assertLessEqual({"libsqlite3-0", "libdbus-1-3", "libsystemd0"}, set(versions))
        self.assertTrue((self.folder / "bundle/licenses/libsqlite3-0").exists())

    def test_bundle_withAPackageThatIsMissing_namesIt(self):
        ended = self.bundle("--packages", "libsqlite3-0,libnowhere1")
        self.assertEqual(ended.returncode, 1)
        self.assertIn("no package libnowhere1", ended.stderr)


class PublishTest(ReleaseCase):
    def test_publishing_ofATestKey_isRefused(self):
        shutil.copytree(ROOT / "packaging", self.folder / "packaging")
        for name in "SHA256SUMS", "TEST-KEY", "images/a/index.json":
            self.write(f".build/dist/1.2.0/{name}", "x")
        for script in "packaging/release/publish.sh", "packaging/oci/push.sh":
            ended = run("bash", self.folder / script, "1.2.0", env={**os.environ, "IMAGES": "registry.example/x"})
            self.assertEqual(ended.returncode, 65, script)
            self.assertIn("test key", ended.stderr)


if __name__ == "__main__":
    unittest.main()
