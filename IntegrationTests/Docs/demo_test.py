"""The demo with the built programs: its link signs in at the page, and its people work out.

usage: demo_test.py, in a network of its own, with .build/debug/strapline-demo built
"""

import pathlib
import re
import subprocess
import unittest
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
READINGS = 12


class DemoTest(unittest.TestCase):
    def test_demo_printsALinkThatSignsIn_playsAWorkout_andSaysWhatComesNext(self):
        command = [".build/debug/strapline-demo", "--programs", ".build/debug", "--readings", str(READINGS)]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as demo:
            lines, answered = [], False
            for line in demo.stdout:
                lines.append(line)
                link = re.search(r"(http://127\.0\.0\.1:\d+)/#access_token=(\S+)", line)
                if link:
                    # What the page does with the link's token.
                    request = urllib.request.Request(
                        f"{link[1]}/api/v1/token/validate", headers={"Authorization": f"Bearer {link[2]}"})
                    with urllib.request.urlopen(request, timeout=10) as response:
                        answered = b"data:room:read" in response.read()
        text = "".join(lines)
        self.assertEqual(demo.returncode, 0, text)
        self.assertTrue(answered, text)
        rates = [int(rate) for rate in re.findall(r"♥ \w+ +(\d+) bpm", text)]
        self.assertEqual(len(rates), READINGS)
        self.assertGreater(min(rates), 90)
        self.assertGreater(max(rates), 140)
        self.assertIn("None lost", text)
        after = text.split("None lost")[1]
        self.assertIn("sudo strapline setup", after)
        # What it prints for this clone runs in this clone.
        command = re.search(r"\S+/strapline setup", after)[0]
        subprocess.run(["sh", "-c", f"{command} --help"], cwd=ROOT, stdout=subprocess.DEVNULL, check=True)


if __name__ == "__main__":
    unittest.main()
