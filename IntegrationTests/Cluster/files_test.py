#!/usr/bin/env python3
"""The files of packaging/cluster: their own programs accept them, and the names in them exist."""
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
FILES = ROOT / "packaging" / "cluster"


def check(test, program, *words):
    """Runs a program's own check; skips the test without the program. Debian has some outside of PATH."""
    path = shutil.which(program) or shutil.which(program, path="/usr/sbin:/sbin:/usr/local/sbin")
    if path is None:
        test.skipTest(f"{program} is not installed")
    answer = subprocess.run([path, *words], check=False, capture_output=True, text=True)
    test.assertEqual(answer.returncode, 0, answer.stdout + answer.stderr)


class FilesTest(unittest.TestCase):
    def test_haproxy_acceptsItsFile(self):
        check(self, "haproxy", "-c", "-f", str(FILES / "haproxy.cfg"))

    def test_nginx_acceptsItsFile(self):
        with tempfile.TemporaryDirectory() as folder:
            whole = pathlib.Path(folder) / "nginx.conf"
            text = (FILES / "nginx.conf").read_text(encoding="utf-8").replace("listen 80;", "listen 8099;")
            whole.write_text(f"pid {folder}/pid; error_log stderr; events {{}} http {{ access_log off; {text} }}",
                             encoding="utf-8")
            check(self, "nginx", "-t", "-p", folder, "-c", str(whole))

    def test_prometheus_acceptsTheAlerts(self):
        check(self, "promtool", "check", "rules", str(FILES / "alerts.yml"))

    def test_alerts_areInTheDocs(self):
        text = (FILES / "alerts.yml").read_text(encoding="utf-8")
        docs = (ROOT / "docs/many-hubs.md").read_text(encoding="utf-8")
        for alert in re.findall(r"alert: (\w+)", text):
            self.assertIn(alert, docs)

    def test_alerts_nameMetricsOfTheHub(self):
        names = set()
        for path in (ROOT / "Sources/Hub").rglob("*.swift"):
            names.update(re.findall(r"strapline_hub_\w+", path.read_text(encoding="utf-8")))
        for metric in set(re.findall(r"strapline_hub_\w+", (FILES / "alerts.yml").read_text(encoding="utf-8"))):
            self.assertTrue(metric in names, metric)

    def test_docs_nameEachFile(self):
        docs = (ROOT / "docs/many-hubs.md").read_text(encoding="utf-8")
        for path in FILES.iterdir():
            self.assertIn(path.stem if path.stem.startswith("strapline-witness") else path.name, docs)

    def test_patroni_neverConfirmsOnOneDisk(self):
        text = (FILES / "patroni.yml").read_text(encoding="utf-8")
        for line in ("synchronous_mode: quorum", "synchronous_mode_strict: true", 'synchronous_commit: "on"'):
            self.assertIn(line, text)
        self.assertNotRegex(text, r"(?m)^\s*fsync:|full_page_writes")

    def test_passwords_areForTheOperatorToChoose(self):
        passwords = re.findall(r'password: "([^"]*)"', (FILES / "patroni.yml").read_text(encoding="utf-8"))
        self.assertEqual(len(passwords), 3)
        self.assertTrue(all(password.startswith("CHANGE-ME") for password in passwords))


if __name__ == "__main__":
    unittest.main()
