"""FIT files of SessionCommandTests, imported by GoldenCheetah: a desktop program, here without a screen.

A new athlete has a rule that imports a folder in the background. The imported activity is a JSON file.
"""

import json
import os
import pathlib
import platform
import shutil
import subprocess
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
FILES = ROOT / ".build/recordings/files"
PACKAGES = ROOT / ".build/recordings/goldencheetah"
ARCHITECTURE = f"{platform.machine()}-linux-gnu"
LIBRARIES = PACKAGES / "usr/lib" / ARCHITECTURE
PATIENCE_SECONDS = 120

FOLDERS = ["activities", "bookmarks", "cache", "calendar", "config", "downloads", "imports", "logs", "media", "planned",
           "quarantine", "records", "snippets", "temp", "tempActivities", "workouts"]
# Of version 3.5: the questions of the first start are answered.
SETTINGS = """[General]
id={00000000-0000-4000-8000-000000000001}
safeexit=true
versionused=3990

[opendata]
allowed=N
runcount=1

[upgradesuccess]
folder=true
"""
ALL_FILES_IN_BACKGROUND = 6
RULE = """<autoimportrules><rule><directory>{}</directory><importrule>{}</importrule>
<copyFilesOnImport>1</copyFilesOnImport></rule></autoimportrules>
"""


def environment(home):
    own = {"QT_QPA_PLATFORM": "offscreen", "HOME": str(home), "XDG_RUNTIME_DIR": str(home)}
    if PACKAGES.exists():
        own |= {"LD_LIBRARY_PATH": f"{LIBRARIES}:{PACKAGES}/lib/{ARCHITECTURE}",
                "QT_PLUGIN_PATH": str(LIBRARIES / "qt5/plugins")}
    return os.environ | own


def imported(path):
    """The activity that GoldenCheetah has made of a file. The program is ended then."""
    program = PACKAGES / "usr/bin/GoldenCheetah" if PACKAGES.exists() else shutil.which("GoldenCheetah")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        athlete = folder / "athletes/anna"
        for each in FOLDERS:
            (athlete / each).mkdir(parents=True)
        (folder / "import").mkdir()
        shutil.copy(path, folder / "import")
        (athlete / "config/athlete-general.ini").write_text(SETTINGS)
        (athlete / "config/autoimport.xml").write_text(RULE.format(folder / "import", ALL_FILES_IN_BACKGROUND))
        with open(folder / "log", "w+", encoding="utf-8") as log:
            process = subprocess.Popen(
                [program, "--debug", folder / "athletes", "anna"], env=environment(folder), stdin=subprocess.DEVNULL,
                stdout=log, stderr=subprocess.STDOUT)
            try:
                return until_imported(athlete, process)
            except TimeoutError as error:
                raise AssertionError(f"{path.name} is not imported: {(folder / 'log').read_text()}") from error
            finally:
                process.kill()
                process.wait()


def until_imported(athlete, process):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        has_ended = process.poll() is not None
        for path in athlete.glob("*ctivities/*.json"):
            try:
                return json.loads(path.read_text(encoding="utf-8-sig"))["RIDE"]
            except ValueError:
                pass  # It is being written.
        if has_ended:
            break
        time.sleep(0.1)
    raise TimeoutError


class GoldenCheetahTest(unittest.TestCase):
    def test_files_are_imported_with_every_heart_rate_and_interval(self):
        files = sorted(FILES.glob("*.fit"))
        self.assertGreaterEqual(len(files), 4, f"make test-fit writes the files of {FILES}")
        for path in files:
            with self.subTest(file=path.name):
                ride = imported(path)
                intervals = [sample["VALUES"][0] for series in ride["XDATA"] if series["NAME"].strip() == "HRV"
                             for sample in series["SAMPLES"]]
                self.assertEqual(intervals, json.loads((path.parent / (path.name + ".sent.json")).read_text()))
                self.assertTrue(all(0 < sample["HR"] < 255 for sample in ride["SAMPLES"]))
                self.assertEqual([interval["NAME"].strip() for interval in ride["INTERVALS"]], ["Lap 1"])

    def test_gap_of_heart_rates_is_a_gap(self):
        seconds = [sample["SECS"] for sample in imported(FILES / "gap.fit")["SAMPLES"]]
        gaps = [later - earlier for earlier, later in zip(seconds, seconds[1:]) if later - earlier > 1]
        self.assertEqual(len(gaps), 1)
        self.assertGreaterEqual(gaps[0], 30)


if __name__ == "__main__":
    unittest.main()
