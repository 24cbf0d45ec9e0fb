"""How versions compare: by the rules of semver.org for Swift packages, by dpkg's for Debian's."""

import itertools
import shutil
import subprocess
import unittest

import support  # noqa: F401
from versions import VersionError, contains, debian_key, semantic_key

# In the order of semver.org, 11.4, with what people write besides.
SEMANTIC_ORDER = [
    "0.9.9", "1.0.0-0", "1.0.0-2", "1.0.0-10", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta",
    "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0", "1.0.1-rc.1", "1.0.1", "1.2.0", "1.10.0", "2.0.0", "10.0.0",
]
DEBIAN_ORDER = [
    "1.0~~", "1.0~rc1-1", "1.0~rc1-2", "1.0", "1.0-1~deb12u1", "1.0-1", "1.0-1+deb12u1", "1.0-1+deb12u2",
    "1.0-1+deb12u10", "1.0-2", "1.0A", "1.0a", "1.0+git", "1.0.1", "1.9", "1.10", "7.88.1-9", "7.88.1-10",
    "7.88.1-10+deb12u15", "1:0.1",
]


class VersionsTest(unittest.TestCase):
    def test_semanticVersions_compareInTheOrderOfTheSpecification(self):
        for (i, a), (j, b) in itertools.product(enumerate(SEMANTIC_ORDER), repeat=2):
            self.assertEqual(semantic_key(a) < semantic_key(b), i < j, (a, b))

    def test_semanticVersions_whenWrittenOtherwise_areTheSame(self):
        for text in "v1.2.0", "1.2", "1.2.0+build.7":
            self.assertEqual(semantic_key(text), semantic_key("1.2.0"), text)

    def test_debianVersions_compareInDpkgsOrder(self):
        for (i, a), (j, b) in itertools.product(enumerate(DEBIAN_ORDER), repeat=2):
            self.assertEqual(debian_key(a) < debian_key(b), i < j, (a, b))
        self.assertEqual(debian_key("0:1.0-0"), debian_key("1.0"))

    @unittest.skipUnless(shutil.which("dpkg"), "needs dpkg")
    def test_debianVersions_compareAsDpkgSays(self):
        for a, b in zip(DEBIAN_ORDER, DEBIAN_ORDER[1:]):
            subprocess.run(["dpkg", "--compare-versions", a, "lt", b], check=True)

    def test_range_holdsItsLowerBoundAndNotItsUpperOne(self):
        for version, expected in (
            ("1.9.9", False), ("2.0.0", True), ("2.99.9", True), ("2.100.0", False), ("3.0.0", False),
        ):
            self.assertEqual(contains(">=2.0.0 <2.100.0", version, semantic_key), expected, version)

    def test_range_whenAPreReleaseOfTheFix_isStillAffected(self):
        self.assertTrue(contains("<2.100.0", "2.100.0-beta.1", semantic_key))
        self.assertFalse(contains("<2.100.0", "2.100.0", semantic_key))

    def test_range_withAlternatives_holdsWhatAnyOfThemHolds(self):
        alternatives = "<1.4.1, >=1.5.0 <1.9.1, =1.10.0"
        held = [text for text in ("1.4.0", "1.4.1", "1.5.0", "1.9.1", "1.10.0", "1.10.1")
                if contains(alternatives, text, semantic_key)]
        self.assertEqual(held, ["1.4.0", "1.5.0", "1.10.0"])

    def test_range_ofEverything_holdsEveryVersion(self):
        self.assertTrue(contains("*", "0.0.1", semantic_key))

    def test_range_ofDebian_knowsUpdatesOfARelease(self):
        for version, expected in ("7.88.1-10+deb12u9", True), ("7.88.1-10+deb12u15", False), ("8.14.1-2", False):
            self.assertEqual(contains("<7.88.1-10+deb12u15", version, debian_key), expected, version)

    def test_range_whenItCannotBeRead_isAnError(self):
        for text in "", "2.0.0", "<", "<x", ">=1.0.0, ", "=>1.0.0", ">=9.0.0 <x":
            with self.assertRaises(VersionError, msg=text):
                contains(text, "1.0.0", semantic_key)


if __name__ == "__main__":
    unittest.main()
