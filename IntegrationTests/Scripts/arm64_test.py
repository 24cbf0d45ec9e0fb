"""The lists of Debian packages for arm64, and what make-sdk.sh does with a mirror that has other ones."""

import hashlib
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

from support import ROOT

ARM64 = ROOT / "packaging/arm64"
LINE = re.compile(r"[0-9a-f]{64}  pool/main/\S+/([^/_]+)_[^/_]+_(amd64|arm64|all)\.deb")


def entries(name):
    """The packages of a list: name and architecture, with the line."""
    lines = (ARM64 / f"{name}.sha256").read_text(encoding="utf-8").splitlines()
    return {LINE.fullmatch(line).group(1, 2): line for line in lines if not line.startswith("#")}


class Arm64Test(unittest.TestCase):
    def test_lists_nameEveryPackageThatIsAskedFor_withItsDigest(self):
        script = '. packaging/arm64/packages.sh; for list in compiler runtime sysroot; do ' \
            'declare -n asked=${list}_packages; ' \
                 'echo "$list ${asked[*]}"; done'
        asked = subprocess.run(["bash", "-c", script], cwd=ROOT, env=os.environ | {"DEBIAN_MIRROR": "none"},
                               stdout=subprocess.PIPE, text=True, check=True).stdout
        self.assertEqual(len(asked.splitlines()), 3)
        for line in asked.splitlines():
            name, *packages = line.split()
            listed = entries(name)
            for package in packages:
                package, _, architecture = package.partition(":")
                architectures = {architecture} if architecture else {"amd64", "all"}
                self.assertTrue(any((package, each) in listed for each in architectures), (name, package))

    def test_sdk_whenItIsThere_removesRootsOfOlderLists_andNothingElse(self):
        def digest(*names):
            return hashlib.sha256(b"".join((ARM64 / f"{name}.sha256").read_bytes() for name in names)).hexdigest()[:12]

        own = [f"compiler-{digest('compiler', 'runtime')}", f"sysroot-{digest('sysroot')}"]
        foreign = ["photos", "compiler-of-my-own", "sysroot-0123456789abc", "tmp.x"]
        older = ["compiler-0123456789ab", "sysroot-0123456789ab", "sysroot-0123456789ab.part"]
        with tempfile.TemporaryDirectory() as folder:
            sdk = pathlib.Path(folder)
            for name in own + foreign + older:
                (sdk / name / "inside").mkdir(parents=True)
            ended = subprocess.run(
                [ARM64 / "make-sdk.sh"], env=os.environ | {"DEBIAN_MIRROR": "none", "STRAPLINE_ARM64_SDK": folder},
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=True)
            self.assertEqual(ended.stdout, f"{folder}\n")
            left = {path.name for path in sdk.iterdir() if not path.is_symlink()}
            self.assertEqual(left, {*own, *foreign})

    @unittest.skipUnless(os.path.exists("/usr/lib/apt/apt-helper"), "needs apt")
    def test_sdk_whenTheMirrorHasOtherPackages_orNone_isNotMade(self):
        with tempfile.TemporaryDirectory() as folder:
            mirror, sdk = pathlib.Path(folder) / "mirror", pathlib.Path(folder) / "sdk"
            mirror.mkdir()
            for name, content in ("empty", None), ("forged", b"not the package of the list"):
                for line in entries("compiler").values() if content else ():
                    path = mirror / line.split("  ")[1]
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_bytes(content)
                ended = subprocess.run(
                    [ARM64 / "make-sdk.sh"],
                    env=os.environ | {"DEBIAN_MIRROR": f"file:{mirror}", "STRAPLINE_ARM64_SDK": str(sdk)},
                    stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
                self.assertEqual((ended.returncode, ended.stdout), (69, ""), name)
                self.assertIn("does not have the packages of compiler.sha256", ended.stderr)
                self.assertEqual(list(sdk.iterdir()), [])


if __name__ == "__main__":
    unittest.main()
