"""The output of scripts/dependencies/sbom.py; IntegrationTests/Packaging/sbom_test.py checks the packages' own."""

import shutil
import subprocess
import unittest

import support  # noqa: F401
import lock as locks
import sbom

PROGRAMS = ("strapline", "strapline-hub")


def made(program="strapline", epoch=1_700_000_000, others=()):
    return sbom.document(program, "1.0.0~rc1", "amd64", epoch, locks.read_lock(), locks.read_manifest(),
                         [sbom.runtime_component("6.2"), *others])


class SbomTest(unittest.TestCase):
    def test_document_namesEveryPackageThatTheProgramHasInIt_andNoOther(self):
        for program in PROGRAMS:
            expected = {(name, package.version) for name, package in locks.read_lock().items()
                        if program in package.used_by}
            found = {(component["name"], component["version"]) for component in made(program)["components"]}
            self.assertEqual(found, expected | {("swift", "6.2")})
            self.assertGreater(len(expected), 10)

    def test_document_ofTheSameInput_isTheSame_andOfAnotherHasAnotherSerialNumber(self):
        self.assertEqual(made(), made())
        documents = made(), made("strapline-hub"), made(epoch=1)
        self.assertEqual(len({document["serialNumber"] for document in documents}), 3)

    def test_dependencies_nameOnlyWhatIsListed_andEverythingCanBeReached(self):
        for program in PROGRAMS:
            document = made(program)
            edges = {entry["ref"]: entry["dependsOn"] for entry in document["dependencies"]}
            root = document["metadata"]["component"]["bom-ref"]
            reached, waiting = set(), [root]
            while waiting:
                if (name := waiting.pop()) not in reached:
                    reached.add(name)
                    waiting += edges[name]
            self.assertEqual(reached, {root} | {component["bom-ref"] for component in document["components"]})

    def test_packageURLs_nameTheRepository_andEscapeTheVersion(self):
        package = locks.Package("grdb.swift", "7.10.0+x", "https://github.com/groue/GRDB.swift.git")
        self.assertEqual(sbom.swift_purl(package), "pkg:swift/github.com/groue/GRDB.swift@7.10.0%2Bx")
        self.assertEqual(made()["metadata"]["component"]["purl"], "pkg:deb/strapline@1.0.0~rc1?arch=amd64")

    @unittest.skipUnless(shutil.which("dpkg-architecture") and shutil.which("readelf"), "needs dpkg-dev and binutils")
    def test_libraries_areThePackagesThatTheProgramIsLinkedWith(self):
        architecture = subprocess.run(["dpkg", "--print-architecture"], stdout=subprocess.PIPE, text=True, check=True)
        found = sbom.library_components("/usr/bin/curl", architecture.stdout.strip())
        names = " ".join(component["name"] for component in found)
        self.assertIn("libcurl", names)
        self.assertIn("libc6", names)
        self.assertTrue(all(component["purl"].startswith("pkg:deb/debian/") for component in found))


if __name__ == "__main__":
    unittest.main()
