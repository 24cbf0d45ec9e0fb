"""scripts/check-wide-integers.sh, on sources with and without 128-bit integers."""
import pathlib
import subprocess
import tempfile
import unittest

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "scripts/check-wide-integers.sh"


class WideIntegersTest(unittest.TestCase):
    def status(self, line):
        with tempfile.TemporaryDirectory() as folder:
            sources = pathlib.Path(folder) / "Sources"
            sources.mkdir()
            (sources / "Some.swift").write_text(line + "\n")
            return subprocess.run([SCRIPT, folder], capture_output=True).returncode

    def test_storedProperty_fails(self):
        self.assertEqual(self.status("    private let bits: UInt128"), 1)
        self.assertEqual(self.status("    var sum: Int128 = 0"), 1)

    def test_parameter_fails(self):
        self.assertEqual(self.status("    func take(_ bits: UInt128) async {}"), 1)
        self.assertEqual(self.status("    func take(name: String, bits: Int128) {}"), 1)

    def test_computedPropertyAndComment_pass(self):
        self.assertEqual(self.status("    var bits: UInt128 { UInt128(high) << 64 | UInt128(low) }"), 0)
        self.assertEqual(self.status("    // let bits: UInt128"), 0)


if __name__ == "__main__":
    unittest.main()
