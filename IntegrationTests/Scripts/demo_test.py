"""scripts/demo.sh prints one line for each step of the build, and the reason of one that fails."""

import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]

SWIFT = """#!/bin/sh
i=0
while [ $i -lt 200 ]; do echo "Compiling part $i of $*"; i=$((i + 1)); done
mkdir -p .build/debug
printf '#!/bin/sh\\necho "demo: $*"\\n' >.build/debug/strapline-demo
chmod +x .build/debug/strapline-demo
case "$*" in *"$BROKEN"*) echo "error: no such thing" >&2; exit 1 ;; esac
"""


class DemoTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        (self.folder / "scripts").mkdir()
        (self.folder / "bin").mkdir()
        shutil.copy(ROOT / "scripts/demo.sh", self.folder / "scripts")
        for name in "scripts/setup.sh", "scripts/check-dependencies.sh":
            self.write(name, "#!/bin/sh\necho noise\n")
        self.write("bin/swift", SWIFT)

    def write(self, name, text):
        (self.folder / name).write_text(text, encoding="utf-8")
        (self.folder / name).chmod(0o755)

    def run_demo(self, *arguments, broken="no product"):
        environment = {**os.environ, "PATH": f"{self.folder}/bin:{os.environ['PATH']}", "BROKEN": broken}
        return subprocess.run([self.folder / "scripts/demo.sh", *arguments], env=environment, check=False,
                              capture_output=True, text=True)

    def test_build_printsOneLineForEachStep_andTheRestIsInTheLog(self):
        ended = self.run_demo("--readings", "20")
        lines = [line for line in ended.stdout.splitlines() if line]
        self.assertEqual([line[:5] for line in lines[:-1]], [f"[{number}/5]" for number in range(1, 6)])
        self.assertEqual(lines[-1], "demo: --programs .build/debug --readings 20")
        self.assertEqual((ended.returncode, ended.stderr), (0, ""))
        log = (self.folder / ".build/demo.log").read_text(encoding="utf-8")
        self.assertEqual(log.count("Compiling part 199"), 3)

    def test_build_thatFails_showsTheEndOfItsLog(self):
        ended = self.run_demo(broken="--product strapline-hub")
        self.assertEqual(ended.returncode, 70)
        self.assertEqual(len(ended.stdout.splitlines()), 3)
        self.assertIn("error: no such thing", ended.stderr)
        self.assertIn(".build/demo.log", ended.stderr)
        self.assertLess(len(ended.stderr.splitlines()), 25)


if __name__ == "__main__":
    unittest.main()
