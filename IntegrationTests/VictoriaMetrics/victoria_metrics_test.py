"""The destination `influxdb` with a real VictoriaMetrics, as docs/influxdb.md sets it up."""

import json
import pathlib
import shutil
import subprocess
import tempfile
import unittest
import urllib.error
import urllib.request

from processes import PROGRAMS, PROJECT, Bus, Process, Straps, Uploader, free_port, until

CHEST = "C4:11:22:33:44:55"
PROGRAM = PROJECT / ".build/victoria-metrics/usr/bin/victoria-metrics"


class VictoriaMetricsTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="strapline-victoria-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.bus = Bus(self.folder)
        self.addCleanup(self.bus.end)
        self.straps = Straps(self.folder, self.bus)
        self.addCleanup(self.straps.end)
        self.straps.command("add", CHEST, "Polar H10 A1B2C3D4")
        self.address = f"http://127.0.0.1:{free_port()}"
        self.start_server()
        self.addCleanup(lambda: self.server.end())
        self.uploader = Uploader(self.folder, self.bus)
        self.uploader.configure(
            {"chest": CHEST}, destination=f"{{ service: influxdb, address: '{self.address}', database: health }}")
        self.start_uploader()
        self.addCleanup(lambda: self.uploader.end())

    def start_server(self):
        """A measurement that comes twice is kept once, with the option that the documentation names."""
        self.server = Process(self.folder, "victoria-metrics", [
            PROGRAM, f"-storageDataPath={self.folder}/data", f"-httpListenAddr={self.address.removeprefix('http://')}",
            "-dedup.minScrapeInterval=1ms"])
        until(self.is_listening, 30, "the start of VictoriaMetrics")

    def is_listening(self):
        try:
            return self.ask("/health")
        except (urllib.error.URLError, OSError):
            return False

    def ask(self, path):
        with urllib.request.urlopen(self.address + path, timeout=10) as response:
            return response.read().decode()

    def start_uploader(self):
        self.uploader.start()
        until(lambda: self.straps.beat(CHEST, 60), 60, "a link to the strap")

    def stored(self):
        """Each stored heart rate with its time, oldest first."""
        self.ask("/internal/force_flush")
        lines = [json.loads(line) for line in self.ask("/api/v1/export?match[]=heart_rate_bpm").splitlines()]
        return sorted(pair for line in lines for pair in zip(line["timestamps"], line["values"]))

    def received(self):
        """Each heart rate that the uploader has received, in the same form."""
        text = subprocess.run(
            [PROGRAMS / "strapline", "outbox", "export", "--json", "--outbox", self.folder / "outbox.sqlite"],
            capture_output=True, check=True, text=True).stdout
        readings = [json.loads(line) for line in text.splitlines()]
        return sorted((reading["measured_at_ms"], reading["bpm"]) for reading in readings)

    def beat(self, rates):
        for rate in rates:
            self.straps.beat(CHEST, rate)

    def until_all_are_stored(self, count):
        until(lambda: len(self.received()) >= count and self.stored() == self.received(), 60, "the last reading")

    def test_readings_areStoredOnce(self):
        self.beat(range(61, 91))
        self.until_all_are_stored(31)

    def test_readings_whenTheServerIsAway_andTheUploaderIsKilled_areStoredOnce(self):
        self.beat(range(61, 71))
        self.until_all_are_stored(11)
        # Not SIGKILL: it accepts readings some seconds before they are on its disk.
        self.server.end()
        self.beat(range(71, 81))
        until(lambda: len(self.received()) == 21, 30, "ten readings more")
        self.uploader.kill()
        self.start_server()
        self.start_uploader()
        self.until_all_are_stored(22)


if __name__ == "__main__":
    unittest.main()
