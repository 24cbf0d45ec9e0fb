"""The files of a release: checksums, notes, tarballs, images, compose file and add-ons.

usage: release_files_test.py RELEASE, as root, in a Python that has PyYAML and cyclonedx-python-lib

DEMO is strapline-demo for this machine, if there is one.

Every image is unpacked, and its programs run in it without a network namespace of their own, as the image's user. Those
of another architecture run with qemu.
"""

import glob
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import unittest

import yaml
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from oci_image import CHROOT, WAIT_SECONDS, Container, Image, answer, free_port, output, process

HERE = pathlib.Path(__file__).resolve().parent
PROGRAMS = "strapline", "strapline-hub"
# strapline-demo of this machine: it has the simulated bluetoothd with two straps.
DEMO = os.environ.get("DEMO", "")
READINGS = 20
CONFIGURATION = """
straps:
  - name: chest
    destinations: [{ service: pulsoid, token_file: /etc/strapline/token }]
"""
HOME_ASSISTANT_NAMES = {"amd64": "amd64", "arm64": "aarch64"}


class ReleaseTest(unittest.TestCase):
    release = None

    @classmethod
    def setUpClass(cls):
        cls.release = pathlib.Path(cls.release).resolve()
        cls.version = cls.release.name
        cls.architectures = [
            name for name in HOME_ASSISTANT_NAMES
            if (cls.release / f"strapline-{cls.version}-linux-{name}.tar.gz").exists()]
        assert cls.architectures, f"{cls.release} has no tarball"

    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory(prefix="strapline-release-"))
        # Its mounts go first.
        self.addCleanup(lambda: subprocess.run(
            ["sh", "-c", 'grep -o " $1/[^ ]*" /proc/self/mounts | sort -r | xargs -r -n 1 umount --lazy', "umount",
             self.folder], check=False))

    def place(self, name):
        path = os.path.join(self.folder, name)
        os.makedirs(path)
        return path


class FilesTest(ReleaseTest):
    def test_checksums_areOfEveryFile_andSigned(self):
        shown = output("sha256sum", "--check", "--quiet", "--strict", "SHA256SUMS", cwd=self.release)
        self.assertEqual(shown, "")
        listed = {line.split("  ", 1)[1] for line in
                  (self.release / "SHA256SUMS").read_text(encoding="utf-8").splitlines()}
        files = {str(path.relative_to(self.release)) for path in self.release.rglob("*") if path.is_file()}
        self.assertEqual(files - listed, {"SHA256SUMS", "SHA256SUMS.asc"})
        home = self.place("gpg")
        os.chmod(home, 0o700)
        gpg = ["gpg", "--homedir", home, "--batch", "--quiet"]
        output(*gpg, "--import", self.release / "apt/strapline-archive-keyring.asc")
        output(*gpg, "--verify", self.release / "SHA256SUMS.asc", self.release / "SHA256SUMS")
        for suite in "bookworm", "trixie":
            index = self.release / f"apt/dists/{suite}"
            output(*gpg, "--verify", index / "Release.gpg", index / "Release")
        output("gpgconf", "--homedir", home, "--kill", "all")

    def test_files_areReadableByEverybody(self):
        for path in self.release.rglob("*"):
            wanted = 0o555 if path.is_dir() else 0o444
            self.assertEqual(path.stat().st_mode & wanted, wanted, path)

    def test_address_isTheSameEverywhere(self):
        script = (self.release / "install.sh").read_text(encoding="utf-8")
        site = re.search(r"(?m)^    site=(.*)$", script)[1]
        described = [self.release / "home-assistant" / name for name in
                     ("repository.yaml", "strapline/config.yaml", "strapline-hub/config.yaml")]
        for path in described:
            self.assertEqual(yaml.safe_load(path.read_text(encoding="utf-8"))["url"], site, path)
        self.assertIn(f"{site}/install.sh", (self.release / "RELEASE_NOTES.md").read_text(encoding="utf-8"))

    def test_testKey_isNamedWhereOneWasUsed(self):
        key = output("gpg", "--show-keys", self.release / "apt/strapline-archive-keyring.asc")
        self.assertEqual("not for releases" in key, (self.release / "TEST-KEY").exists())

    def test_notes_haveTheInstallLineAndTheChanges(self):
        notes = (self.release / "RELEASE_NOTES.md").read_text(encoding="utf-8")
        self.assertIn(self.version, notes.splitlines()[0])
        self.assertIn("install.sh | sh", notes)
        self.assertIn("### Added", notes)

    def test_installScript_hasTheKeyAndTheSite(self):
        script = (self.release / "install.sh").read_text(encoding="utf-8")
        self.assertIn("BEGIN PGP PUBLIC KEY BLOCK", script)
        self.assertIn(f"release={self.version}\n", script)

    def test_billsOfMaterials_areValid_andNameTheBundledLibraries(self):
        for program in PROGRAMS:
            for architecture in self.architectures:
                text = (self.release / f"{program}_{self.version}_{architecture}.cdx.json").read_text(encoding="utf-8")
                self.assertIsNone(JsonStrictValidator(SchemaVersion.V1_6).validate_str(text))
                names = {component["name"] for component in json.loads(text)["components"]}
                self.assertLessEqual({"libc6", "libsqlite3-0", "swift-nio"}, names)

    def test_everyPackage_isInTheRepository(self):
        packages = {path.name for path in self.release.glob("*.deb")}
        expected = {
            "bookworm": {name for name in packages if name.endswith("_amd64.deb") or "~deb12" in name},
            "trixie": {name for name in packages if "~deb12" not in name}}
        for suite, names in expected.items():
            index = "".join(path.read_text(encoding="utf-8") for path in
                            (self.release / f"apt/dists/{suite}").glob("main/*/Packages"))
            listed = {pathlib.PurePath(path).name for path in re.findall(r"^Filename: (.*)$", index, re.MULTILINE)}
            self.assertEqual(listed, names)


class TarballTest(ReleaseTest):
    def test_programs_runWithoutAnyLibraryOfTheSystem(self):
        for architecture in self.architectures:
            root = self.place(architecture)
            os.makedirs(f"{root}/opt")
            output("tar", "xf", self.release / f"strapline-{self.version}-linux-{architecture}.tar.gz", "-C",
                   f"{root}/opt")
            # A shell for the launcher is all that is here.
            os.makedirs(f"{root}/bin")
            os.makedirs(f"{root}/dev")
            os.makedirs(f"{root}/proc")
            output("mount", "--rbind", "/dev", f"{root}/dev")
            output("mount", "-t", "proc", "proc", f"{root}/proc")
            shutil.copy("/bin/busybox", f"{root}/bin/busybox")
            for name in "basename", "cp", "dd", "dirname", "mv", "readlink", "sh", "wc":
                os.symlink("busybox", f"{root}/bin/{name}")
            os.makedirs(f"{root}/usr/local/bin")
            for program in PROGRAMS:
                launcher = f"/opt/strapline-{self.version}-linux-{architecture}/bin/{program}"
                os.symlink(launcher, f"{root}/usr/local/bin/{program}")
                for path in launcher, f"/usr/local/bin/{program}":
                    shown = output("env", "-i", "PATH=/bin", CHROOT, root, path, "--version")
                    self.assertEqual(shown.strip(), self.version)
            shown = output("env", "-i", "PATH=/bin", CHROOT, root, "/usr/local/bin/strapline", "decode", "16480000")
            self.assertIn("72", shown)
            # Another place, with a space and other letters; then one whose owner is another user.
            moved = f"{root}/opt/my Gurt für {architecture}"
            os.rename(f"{root}/opt/strapline-{self.version}-linux-{architecture}", moved)
            path = moved.removeprefix(root) + "/bin/strapline"
            ended = subprocess.run(["env", "-i", "PATH=/bin", CHROOT, "--userspec=1000:1000", root, path, "--version"],
                                   stderr=subprocess.PIPE, text=True, check=False)
            self.assertEqual(ended.returncode, 77)
            self.assertIn("once as its owner", ended.stderr)
            for user in "0:0", "1000:1000":
                shown = output("env", "-i", "PATH=/bin", CHROOT, f"--userspec={user}", root, path, "--version")
                self.assertEqual(shown.strip(), self.version)

    def test_licences_areOfEveryBundledLibrary(self):
        for architecture in self.architectures:
            path = self.release / f"strapline-{self.version}-linux-{architecture}.tar.gz"
            with tarfile.open(path) as archive:
                names = archive.getnames()
                owners = {(member.uid, member.gid) for member in archive.getmembers()}
            self.assertEqual(owners, {(0, 0)})
            licences = {name.rsplit("/", 1)[1] for name in names if "/share/licenses/" in name}
            self.assertLessEqual({"libc6", "libsqlite3-0", "libqrencode4"}, licences)


class ImageTest(ReleaseTest):
    def image(self, name, architecture):
        image = Image(self.release / "images" / name, architecture)
        image.unpack(self.place(f"{name}-{architecture}"))
        return image

    def container_image(self, name):
        image = Image(self.release / "images" / name, self.architectures[0])
        image.unpack_files(self.place(f"{name}-files"))
        return image

    def test_hub_answersHealthz_asAnUnprivilegedUser(self):
        for architecture in self.architectures:
            image = self.image("strapline-hub", architecture)
            self.assertEqual(image.config["User"], "65532:65532")
            self.assertEqual(image.run("--version").strip(), self.version)
            port, log = free_port(), os.path.join(self.folder, f"hub-{architecture}.log")
            with process(image.command("serve", "--host", "127.0.0.1", "--port", str(port)), log) as started:
                shown = answer(f"http://127.0.0.1:{port}/healthz", started, log)
                print(f"{architecture}: /healthz says {shown.strip()}")
                status = pathlib.Path(f"/proc/{started.pid}/status").read_text(encoding="utf-8")
                self.assertRegex(status, r"(?m)^Uid:\s+65532\s+65532")
            self.assertEqual(os.stat(f"{image.root}/var/lib/strapline-hub/hub.sqlite").st_uid, 65532)

    def test_roots_areOpenToTheirUser_andTrustTheAuthoritiesOfDebianAlone(self):
        own = sorted(glob.glob("/usr/share/ca-certificates/mozilla/*.crt"))
        expected = b"".join(pathlib.Path(path).read_bytes() for path in own)
        for program in PROGRAMS:
            root = pathlib.Path(self.image(program, self.architectures[0]).root)
            self.assertEqual((root / "etc/ssl/certs/ca-certificates.crt").read_bytes(), expected)
            for folder in "etc", "etc/ssl/certs", "usr", "usr/bin", "usr/lib":
                self.assertEqual((root / folder).stat().st_mode & 0o777, 0o755, folder)

    def test_hub_hasNoShell(self):
        image = self.image("strapline-hub", self.architectures[0])
        self.assertEqual(os.listdir(f"{image.root}/usr/bin"), ["strapline-hub"])

    def test_uploader_runs(self):
        for architecture in self.architectures:
            image = self.image("strapline", architecture)
            self.assertEqual(image.run("--version").strip(), self.version)
            self.assertIn("72", image.run("decode", "16480000"))
            # It loads this one by itself when it needs it.
            self.assertTrue(glob.glob(f"{image.root}/usr/lib/*/libmosquitto.so.1"))
            example = "/usr/share/doc/strapline/examples/strapline.yaml"
            self.assertTrue(os.path.exists(image.root + example))

    def test_archives_areReadByOtherTools(self):
        if not shutil.which("skopeo"):
            self.skipTest("there is no skopeo here")
        for program in PROGRAMS:
            for architecture in self.architectures:
                archive = self.release / f"{program}-{self.version}-image-{architecture}.tar"
                for transport in "oci-archive", "docker-archive":
                    shown = json.loads(output("skopeo", "inspect", f"--override-arch={architecture}",
                                             f"{transport}:{archive}"))
                    self.assertEqual(shown["Architecture"], architecture)
                output("skopeo", "copy", "--quiet", "--insecure-policy", f"docker-archive:{archive}",
                       f"dir:{self.place(f'{program}-{architecture}-copy')}")
            output("skopeo", "copy", "--quiet", "--insecure-policy", "--all",
                   f"oci:{self.release / 'images' / program}:{self.version}",
                   f"oci:{self.folder}/{program}-all:{self.version}")

    @unittest.skipUnless(shutil.which("runc"), "there is no runc here")
    def test_hub_runsInAContainer_withAReadOnlyRootAndWithoutCapabilities(self):
        image = self.container_image("strapline-hub")
        data, port = self.place("data"), free_port()
        os.chown(data, 65532, 65532)
        container = Container(image, self.place("bundle"), {"/var/lib/strapline-hub": data})
        log = os.path.join(self.folder, "container.log")
        with process(container.command("serve", "--host", "127.0.0.1", "--port", str(port)), log) as started:
            shown = answer(f"http://127.0.0.1:{port}/healthz", started, log)
            print(f"runc: /healthz says {shown.strip()}")
            container.end()
            started.wait(timeout=WAIT_SECONDS)

    @unittest.skipUnless(shutil.which("runc"), "there is no runc here")
    def test_uploader_inAContainer_reachesTheBusOfTheHost(self):
        image = self.container_image("strapline")
        bus = os.path.join(self.place("bus"), "socket")
        configuration = self.place("configuration")
        for path, text in ("token", "secret"), ("strapline.yaml", CONFIGURATION):
            pathlib.Path(configuration, path).write_text(text, encoding="utf-8")
            os.chmod(os.path.join(configuration, path), 0o600)
        with process(["dbus-daemon", "--session", "--nofork", "--nopidfile", f"--address=unix:path={bus}"],
                     os.path.join(self.folder, "bus.log")):
            while not os.path.exists(bus):
                time.sleep(0.1)
            container = Container(image, self.place("bundle"), {
                "/run/dbus/system_bus_socket": bus, "/etc/strapline": configuration,
                "/var/lib/strapline": self.place("state")})
            ended = subprocess.run(
                container.command("doctor", "--config", "/etc/strapline/strapline.yaml"), stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT, text=True, check=False, timeout=120)
        self.assertNotRegex(ended.stdout, r"(?m)^problem +bus")
        self.assertRegex(ended.stdout, r"(?m)^problem +bluetoothd")

    @unittest.skipUnless(shutil.which("runc"), "there is no runc here")
    def test_commandsOfTheGuideForTheHub_workInContainers(self):
        image, data, done = self.container_image("strapline-hub"), self.place("data"), []
        os.chown(data, 65532, 65532)
        # `docker compose run` replaces the image's command, `exec` runs a program in the container.
        forms = (("docker compose run --rm hub".split(), []), ("docker compose exec hub".split(), ["strapline-hub"]))
        guide = (HERE.parents[1] / "docs/docker.md").read_text(encoding="utf-8")
        for words in map(shlex.split, re.findall(r"(?m)^docker compose .*$", guide)):
            for form, program in forms:
                if words[:len(form + program)] == form + program:
                    container = Container(image, self.place(f"bundle-{len(done)}"), {"/var/lib/strapline-hub": data})
                    done.append(output(*container.command(*words[len(form + program):]), timeout=60))
        self.assertEqual(len(done), 2)
        self.assertIn("Made user anna", done[0])
        self.assertTrue(os.path.getsize(f"{data}/copy.sqlite"))

    @unittest.skipUnless(shutil.which("runc") and os.path.exists(DEMO), "there is no runc or no strapline-demo here")
    def test_containersOfBothImages_bringHeartbeatsIntoTheRoom(self):
        folder = self.place("demo")
        for program in PROGRAMS:
            image = self.container_image(program)
            path = pathlib.Path(folder, program)
            path.write_text(
                f"#!/bin/sh\nexec python3 -B {HERE}/in_container.py {image.layout} {image.root} {folder} \"$@\"\n",
                encoding="utf-8")
            path.chmod(0o755)
        shown = output(DEMO, "--programs", folder, "--readings", str(READINGS), timeout=300)
        print(shown)
        self.assertIn("None lost", shown)

    def test_composeFile_namesTheImagesAndTheirVolumes(self):
        compose = yaml.safe_load((self.release / "compose.yaml").read_text(encoding="utf-8"))
        for service, program in ("hub", "strapline-hub"), ("uploader", "strapline"):
            described = compose["services"][service]
            self.assertTrue(described["image"].endswith(f"/{program}:{self.version}"), described["image"])
            config = Image(self.release / "images" / program, self.architectures[0]).config
            mounted = {volume.split(":")[1] for volume in described["volumes"]}
            self.assertLessEqual(set(config["Volumes"]), mounted)
            self.assertEqual((described["cap_drop"], described["read_only"]), (["ALL"], True))
            named = {volume.split(":")[0] for volume in described["volumes"] if not volume.startswith("/")}
            self.assertLessEqual(named, set(compose["volumes"]))


class AddonTest(ReleaseTest):
    def image(self, program, architecture):
        name = f"{HOME_ASSISTANT_NAMES[architecture]}-addon-{program}"
        image = Image(self.release / "images" / name, architecture)
        image.unpack(self.place(name))
        labels = image.config["Labels"]
        self.assertEqual((labels["io.hass.type"], labels["io.hass.version"]), ("addon", self.version))
        self.assertEqual(labels["io.hass.arch"], HOME_ASSISTANT_NAMES[architecture])
        os.makedirs(f"{image.root}/data", exist_ok=True)
        return image

    def set_options(self, image, options):
        pathlib.Path(image.root, "data/options.json").write_text(json.dumps(options), encoding="utf-8")

    def test_hub_makesItsFirstUser_andServesWithoutRoot(self):
        for architecture in self.architectures:
            image = self.image("strapline-hub", architecture)
            self.set_options(image, {"user": "anna", "room": "Living room", "address": "http://ha.local:8080"})
            log = os.path.join(self.folder, f"addon-{architecture}.log")
            with process(image.command(), log) as started:
                shown = answer("http://127.0.0.1:8080/healthz", started, log)
                print(f"{architecture}: /healthz says {shown.strip()}")
                status = pathlib.Path(f"/proc/{started.pid}/status").read_text(encoding="utf-8")
                self.assertRegex(status, r"(?m)^Uid:\s+65532\s+65532")
            tokens = sorted(glob.glob(f"{image.root}/config/tokens/*.token"))
            self.assertEqual([os.path.basename(path) for path in tokens],
                             ["admin.token", "overlay.token", "reader.token", "uploader.token"])
            self.assertEqual({os.stat(path).st_mode & 0o777 for path in tokens}, {0o600})
            said = pathlib.Path(log).read_text(encoding="utf-8")
            for path in tokens:
                self.assertNotIn(pathlib.Path(path).read_text(encoding="utf-8").split()[0], said)

    def test_uploader_writesAConfigurationThatIsRight(self):
        for architecture in self.architectures:
            image = self.image("strapline", architecture)
            self.set_options(image, {"log_level": "debug", "straps": [
                {"name": "anna", "address": "c4:11:22:33:44:55", "token": "first-token",
                 "server": "http://homeassistant.local:8080"},
                {"name": "ben", "device_name": "Polar H10 \"B\"", "token": "se'cond", "service": "cardiogram",
                 "user_id": "7"}]})
            log = os.path.join(self.folder, f"uploader-{architecture}.log")
            with process(image.command(), log):
                end = time.monotonic() + WAIT_SECONDS
                while not os.path.exists(f"{image.root}/data/outbox.sqlite") and time.monotonic() < end:
                    time.sleep(0.1)
            shown = image.run("check", "--config", "/data/strapline.yaml", entrypoint=["/usr/bin/strapline"])
            for word in "anna", "C4:11:22:33:44:55", "http://homeassistant.local:8080", "ben", "Polar H10", "ardiogram":
                self.assertIn(word, shown)
            self.assertEqual(pathlib.Path(image.root, "data/tokens/1").read_text(encoding="utf-8"), "se'cond\n")
            modes = {os.stat(f"{image.root}/data/{name}").st_mode & 0o777 for name in ("tokens/0", "strapline.yaml")}
            self.assertEqual(modes, {0o600})
            self.assertNotIn("first-token", pathlib.Path(log).read_text(encoding="utf-8"))

    def test_uploader_withoutATokenOrAStrap_saysWhatToDo(self):
        image = self.image("strapline", self.architectures[0])
        for options, word in (
            ({"straps": []}, "no strap"), ({"straps": [{"name": "anna", "token": ""}]}, "no token for anna"),
            ({"straps": [{"name": "a", "token": "1"}, {"name": "a", "token": "2"}]}, "the name a"),
        ):
            self.set_options(image, options)
            ended = subprocess.run(image.command(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                   check=False, timeout=60)
            self.assertEqual(ended.returncode, 78)
            self.assertIn(word, ended.stdout)


if __name__ == "__main__":
    ReleaseTest.release = sys.argv.pop(1)
    unittest.main(verbosity=2)
