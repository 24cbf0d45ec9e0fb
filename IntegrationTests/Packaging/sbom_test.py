"""The bill of materials in the packages: valid by CycloneDX's own schema, and complete.

usage: sbom_test.py PACKAGE…, in a Python that has cyclonedx-python-lib
"""

import io
import json
import pathlib
import re
import subprocess
import sys
import tarfile
import unittest

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "scripts/dependencies"))
import lock as locks  # noqa: E402


def control(package, field):
    shown = subprocess.run(["dpkg-deb", "-f", package, field], stdout=subprocess.PIPE, text=True, check=True)
    return shown.stdout.strip()


class SbomTest(unittest.TestCase):
    packages = ()

    def documents(self):
        for package in self.packages:
            files = subprocess.run(["dpkg-deb", "--fsys-tarfile", package], stdout=subprocess.PIPE, check=True).stdout
            name = control(package, "Package")
            with tarfile.open(fileobj=io.BytesIO(files)) as archive:
                text = archive.extractfile(f"./usr/share/doc/{name}/sbom.cdx.json").read().decode()
            yield package, name, text

    def test_billOfMaterials_isValid(self):
        for _, _, text in self.documents():
            self.assertIsNone(JsonStrictValidator(SchemaVersion.V1_6).validate_str(text))

    def test_billOfMaterials_namesEverySwiftPackage_theRuntime_andEveryLibraryThatThePackageDependsOn(self):
        for package, name, text in self.documents():
            document = json.loads(text)
            components = {component["name"]: component["version"] for component in document["components"]}
            for swift_package in locks.read_lock().values():
                if name in swift_package.used_by:
                    self.assertEqual(components.get(swift_package.name), swift_package.version)
            self.assertIn("swift", components)
            libraries = re.findall(r"\blib[^\s,(|]+", control(package, "Depends"))
            self.assertLessEqual({"libc6", "libsqlite3-0"}, set(libraries))
            self.assertLessEqual(set(libraries), set(components))
            described = document["metadata"]["component"]
            self.assertEqual((described["name"], described["version"]), (name, control(package, "Version")))
            self.assertTrue(described["purl"].endswith(f"arch={control(package, 'Architecture')}"))


if __name__ == "__main__":
    SbomTest.packages = sorted(sys.argv[1:])
    assert SbomTest.packages, "no packages are given"
    unittest.main(argv=sys.argv[:1], verbosity=2)
