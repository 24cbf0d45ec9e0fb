"""scripts/check-secrets.sh finds sources of random bytes that can be zeros."""

import pathlib
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]


class SecretsTest(unittest.TestCase):
    def check(self, line, path="Sources/Hub/HubServer/Some.swift"):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            (folder / "Sources/Programs/strapline-hub").mkdir(parents=True)
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / "Sources/Hub").mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(line + "\n", encoding="utf-8")
            return subprocess.run(
                [ROOT / "scripts/check-secrets.sh", folder], check=False, capture_output=True, text=True)

    def test_sourceOfRandomBytes_isFound_withItsPlace(self):
        for line in ["let id = UUID().uuidString", "let id = UUID.init()", "let id: UUID = .init()", "random()",
                     'open("/dev/urandom", O_RDONLY)']:
            for path in ["Sources/Hub/HubServer/Some.swift", "Sources/Programs/strapline/Some.swift"]:
                found = self.check(line, path)
                self.assertEqual(found.returncode, 1, line)
                self.assertIn(f"{path}:1:", found.stderr)
        self.assertEqual(self.check("var generator = SystemRandomNumberGenerator()").returncode, 1)

    def test_whatIsNone_passes(self):
        for line in ["// UUID() would be zeros", 'let uuid = "UUID"', "let mask: MaskKey = .random()"]:
            self.assertEqual(self.check(line).returncode, 0, line)
        jitter = "var generator = SystemRandomNumberGenerator()"
        self.assertEqual(self.check(jitter, "Sources/System/Timing/Backoff.swift").returncode, 0)

    def test_repository_passes(self):
        checked = subprocess.run([ROOT / "scripts/check-secrets.sh"], check=False, capture_output=True, text=True)
        self.assertEqual((checked.returncode, checked.stderr), (0, ""))


if __name__ == "__main__":
    unittest.main()
