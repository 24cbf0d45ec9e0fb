"""The rules for dependencies.lock, and the messages if it, Package.swift and Package.resolved differ."""

import json
import pathlib
import subprocess
import tempfile
import unittest

import support  # noqa: F401, I001
import check
import lock as locks
import update

LOCATION = "https://example.org/owner/"


def package(name, version="1.0.0", needs=()):
    return locks.Package(name, version, LOCATION + name, ("strapline",), needs)


class LockTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))

    def write(self, name, text):
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def test_repository_pinsEveryDependency_andItsLockAgrees(self):
        lock, direct = locks.read_lock(), locks.read_manifest()
        self.assertEqual(locks.differences(lock, direct), [])
        self.assertGreater(len(lock), len(direct))

    def test_lock_whenWritten_readsTheSame(self):
        packages = {"a": package("a", needs=("b",)), "b": package("b")}
        locks.write_lock(packages, self.folder / "lock")
        self.assertEqual(locks.read_lock(self.folder / "lock"), packages)

    def test_lock_whenALineCannotBeRead_isAnErrorWithItsNumber(self):
        for line in "a\t1.0.0", "a\t\tx\t\t", "a\t1\tx\tp\t\n" * 2:
            with self.assertRaisesRegex(locks.LockError, r"lock:\d+: "):
                locks.read_lock(self.write("lock", line))

    def test_manifest_whenARequirementIsARange_isRefused(self):
        for requirement in 'from: "1.5.0"', '"3.12.0"..<"5.0.0"', 'branch: "main"', 'revision: "abc"':
            path = self.write("Package.swift", f'.package(url: "{LOCATION}a.git", {requirement}),')
            with self.assertRaisesRegex(locks.LockError, "a has no exact version"):
                locks.read_manifest(path)

    def test_manifest_whenExact_isRead(self):
        path = self.write("Package.swift", f'.package(url: "{LOCATION}A.git", exact: "1.2.3"),')
        self.assertEqual(locks.read_manifest(path), {"a": (LOCATION + "A.git", "1.2.3")})

    def test_differences_nameWhatIsMissing_whatIsOfAnotherVersion_andWhatIsFromElsewhere(self):
        lock = {"a": package("a", needs=("gone",)), "b": package("b")}
        direct = {"a": (LOCATION + "a", "2.0.0"), "b": ("https://elsewhere.example/b", "1.0.0"),
                  "c": (LOCATION + "c", "1.0.0")}
        found = locks.differences(lock, direct)
        self.assertEqual([text.split()[0] for text in found], ["a", "b", "c", "a"])

    def test_resolvedDifferences_seeATransitiveVersionThatMoved_andAPackageThatCameInBesides(self):
        lock = {"a": package("a", needs=("b",)), "b": package("b")}
        resolved = {"a": (LOCATION + "a", "1.0.0"), "b": (LOCATION + "b", "1.0.1"), "new": (LOCATION + "new", "1.0.0")}
        self.assertEqual([text.split()[0] for text in locks.resolved_differences(lock, resolved)], ["new", "b"])
        resolved = {name: (p.location, p.version) for name, p in lock.items()}
        self.assertEqual(locks.resolved_differences(lock, resolved), [])

    def test_pin_takesTheCommitThatTheTagNames_fromARepositoryWithPlainAndAnnotatedTags(self):
        repository = self.folder / "repository"
        git = ["git", "-C", str(repository), "-c", "user.name=a", "-c", "user.email=a@example.org"]
        subprocess.run(["git", "init", "-q", str(repository)], check=True)
        subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", "one"], check=True)
        subprocess.run([*git, "tag", "1.0.0"], check=True)
        subprocess.run([*git, "tag", "-a", "-m", "two", "v2.0.0"], check=True)
        head = subprocess.run([*git, "rev-parse", "HEAD"], stdout=subprocess.PIPE, text=True, check=True)
        commit = head.stdout.strip()
        versions = (("a", "1.0.0"), ("b", "2.0.0"))
        lock = {name: locks.Package(name, version, str(repository)) for name, version in versions}
        check.pin(lock, self.folder / "Package.resolved")
        self.assertEqual(locks.resolved_differences(lock, locks.read_resolved(self.folder / "Package.resolved")), [])
        pins = json.loads((self.folder / "Package.resolved").read_text(encoding="utf-8"))["pins"]
        self.assertEqual({pin["state"]["revision"] for pin in pins}, {commit})
        with self.assertRaisesRegex(locks.LockError, "has no version 3.0.0"):
            check.pin({"c": locks.Package("c", "3.0.0", str(repository))}, self.folder / "Package.resolved")
        self.assertEqual(update.newest(str(repository), "1.0.0"), "1.0.0")


class GraphTest(unittest.TestCase):
    @staticmethod
    def manifest(name, targets, products=(), traits=(), dependencies=()):
        return {
            "name": name, "dependencies": list(dependencies),
            "targets": [{"name": target, "dependencies": list(uses)} for target, uses in targets.items()],
            "products": [{"name": product, "targets": [product]} for product in products],
            "traits": [{"name": trait, "enabledTraits": enables} for trait, enables in traits],
        }

    @staticmethod
    def product(name, owner, platforms=(), traits=()):
        condition = {"platformNames": list(platforms), "traits": list(traits)} if platforms or traits else None
        return {"product": [name, owner, None, condition]}

    def test_lock_saysWhichProgramHasWhat_withoutWhatTestsOtherSystemsAndTraitsThatAreOffNeed(self):
        manifests = {
            "": self.manifest("strapline", {
                "strapline": [{"byName": ["Core", None]}], "Core": [self.product("A", "a")],
                "strapline-hub": [], "Tests": [self.product("OnlyTests", "c")]}),
            "a": self.manifest(
                "a", {"A": [self.product("B", "b", ["linux", "macos"]), self.product("Apple", "d", ["ios"]),
                            self.product("Off", "e", traits=["Extra"]), self.product("On", "f", traits=["Usual"])],
                      "ATests": [self.product("OnlyTests", "c")]},
                ["A"], [("default", ["Usual"]), ("Usual", []), ("Extra", [])]),
            "b": self.manifest("b", {"B": []}, ["B"]),
            "c": self.manifest("c", {"OnlyTests": []}, ["OnlyTests"]),
            "d": self.manifest("d", {"Apple": []}, ["Apple"]),
            "e": self.manifest("e", {"Off": []}, ["Off"]),
            "f": self.manifest("f", {"On": []}, ["On"]),
        }
        lock = update.lock_of({name: (LOCATION + name, "1.0.0") for name in "abcdef"}, manifests)
        self.assertEqual({name: package.used_by for name, package in lock.items()},
                         {"a": ("strapline",), "b": ("strapline",), "c": ("none",), "d": ("none",), "e": ("none",),
                          "f": ("strapline",)})
        self.assertEqual(lock["a"].needs, ("b", "f"))


if __name__ == "__main__":
    unittest.main()
