"""What `make audit` finds, and that its list can be read."""

import pathlib
import tempfile
import unittest

import support  # noqa: F401
import audit
import lock as locks

LINE = "swift\tswift-nio\t<2.100.0\t2.100.0\tCVE-2026-28980\twithout limit\thttps://example.org/1"


class AuditTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))

    def advisories(self, *lines):
        path = self.folder / "advisories.tsv"
        path.write_text("# a comment\n" + "\n".join(lines) + "\n", encoding="utf-8")
        return audit.read_advisories(path)

    def found(self, *components):
        return [(component.name, advisory.identifier)
                for component, advisory in audit.hits(components, self.advisories(LINE))]

    def test_repository_isBuiltFromNothingThatIsKnownToBeBad(self):
        advisories = audit.read_advisories()
        self.assertGreater(len(advisories), 30)
        self.assertEqual(audit.hits(audit.swift_components(locks.read_lock()), advisories), [])

    def test_repository_knowsTheAdvisoriesOfTheVersionsThatItOnceTook(self):
        old = {"swift-nio": "2.90.0", "swift-nio-ssl": "2.30.0", "swift-crypto": "3.12.0", "swift-nio-extras": "1.30.0",
               "swift-nio-http2": "1.43.0", "async-http-client": "1.9.0"}
        components = [audit.Component("swift", name, version, "") for name, version in old.items()]
        found = {component.name for component, _ in audit.hits(components, audit.read_advisories())}
        self.assertEqual(found, set(old))

    def test_component_whenInAnAffectedRange_isFound_alsoAsAPreReleaseOfTheFix(self):
        for version in "1.0.0", "2.99.0", "2.100.0-beta.1":
            found = self.found(audit.Component("swift", "swift-nio", version, ""))
            self.assertEqual(found, [("swift-nio", "CVE-2026-28980")], version)

    def test_component_whenFixed_orOfAnotherNameOrKind_isNotFound(self):
        self.assertEqual(self.found(
            audit.Component("swift", "swift-nio", "2.100.0", ""),
            audit.Component("swift", "swift-nio-ssl", "1.0.0", ""),
            audit.Component("debian", "swift-nio", "1.0.0-1", "")), [])

    def test_list_whenALineCannotBeTrue_isRefused(self):
        for line in (
            LINE.replace("<2.100.0", "<2.x"), LINE.replace("swift\t", "npm\t", 1), LINE.rsplit("\t", 1)[0],
            LINE.replace("<2.100.0", "<2.100.1"), LINE.replace("\t2.100.0\t", "\t\t"),
        ):
            with self.assertRaisesRegex(locks.LockError, r"advisories.tsv:2: ", msg=line):
                self.advisories(line)

    def test_packagesForArm64_areComparedByTheirSource(self):
        (self.folder / "sysroot.sha256").write_text(
            "# a comment\n" + "0" * 64 + "  pool/main/c/curl/libcurl4t64_8.14.1-2%2bdeb13u1_arm64.deb\n"
            + "1" * 64 + "  pool/main/c/curl/libcurl4-openssl-dev_8.14.1-2%2bdeb13u1_arm64.deb\n", encoding="utf-8")
        self.assertEqual(audit.listed_components(self.folder), [
            audit.Component("debian", "curl", "8.14.1-2+deb13u1", "packaging/arm64/sysroot.sha256")])


if __name__ == "__main__":
    unittest.main()
