"""scripts/check-promises.sh accepts good tables and rejects bad ones."""

import pathlib
import subprocess
import tempfile
import unittest

from support import ROOT

TABLE = "| Promise | Tests |\n| --- | --- |\n"
SWIFT_TEST = "`append_withPowerLoss_syncsTheLogOnce`"
PYTHON_TEST = "`test_promises_whenEachHasATestThatExists_pass`"


class PromisesTest(unittest.TestCase):
    def check(self, text):
        with tempfile.TemporaryDirectory() as folder:
            document = pathlib.Path(folder) / "promises.md"
            document.write_text(text, encoding="utf-8")
            return subprocess.run([ROOT / "scripts/check-promises.sh", document], stderr=subprocess.PIPE, text=True,
                                  check=False)

    def test_promises_whenEachHasATestThatExists_pass(self):
        ended = self.check(f"{TABLE}| One | {SWIFT_TEST} |\n| Two | {PYTHON_TEST} {SWIFT_TEST} |\n")
        self.assertEqual((ended.returncode, ended.stderr), (0, ""))

    def test_promise_whenItHasNoTest_orATestThatDoesNotExist_isRefused(self):
        for row, expected in (
            ("| One | |", "promises without a test"), ("| One | later |", "promises without a test"),
            (f"| One | {SWIFT_TEST} `no_test_ofThisName` |", "no_test_ofThisName, which is no test"),
        ):
            ended = self.check(f"{TABLE}| Zero | {SWIFT_TEST} |\n{row}\n")
            self.assertEqual(ended.returncode, 1, row)
            self.assertIn(expected, ended.stderr)

    def test_document_withoutATableOfPromises_isRefused_andOtherTablesDoNotCount(self):
        ended = self.check("| Word | Meaning |\n| --- | --- |\n| one | two |\n")
        self.assertEqual(ended.returncode, 1)
        self.assertIn("no table of promises", ended.stderr)


if __name__ == "__main__":
    unittest.main()
