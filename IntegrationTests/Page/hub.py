"""The program strapline-hub, run as its users do, over a database of its own."""

import json
import pathlib
import signal
import subprocess
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = ROOT / ".build/debug/strapline-hub"
STATISTICS = "data:statistics:read"
READ_SCOPES = "data:room:read,data:heart_rate:read"


class Hub:
    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="strapline-page-")
        self.database = pathlib.Path(self.folder.name) / "hub.sqlite"
        self.log_path = pathlib.Path(self.folder.name) / "log"
        self.process = None
        self.port = 0
        self.tokens = []

    def administer(self, *arguments):
        output = subprocess.run(
            [PROGRAM, *arguments, "--json", "--database", self.database],
            check=True, stdout=subprocess.PIPE, text=True)
        return json.loads(output.stdout)

    def add_user(self, name):
        return self.administer("user", "add", name)["profile_id"]

    def issue(self, user, scopes, *options):
        token = self.administer("token", "issue", "--user", user, "--scope", scopes, *options)["access_token"]
        self.tokens.append(token)
        return token

    def start(self):
        """Returns when it listens, again at the port that it had before."""
        with open(self.log_path, "a", encoding="utf-8") as log:
            self.process = subprocess.Popen(
                [PROGRAM, "serve", "--port", str(self.port), "--requests-per-second", "0", "--log-level", "debug",
                 "--database", self.database],
                stdout=subprocess.PIPE, stderr=log, text=True)
        address = self.process.stdout.readline().strip()
        assert address, f"the hub did not start: {self.log()}"
        self.address = address
        self.port = int(address.rsplit(":", 1)[1])

    def until_rooms(self, token, count):
        """Awaits that the hub has noticed the changes: it looks once a second."""
        request = urllib.request.Request(
            f"{self.address}/api/hub/v1/rooms", headers={"Authorization": f"Bearer {token}"})
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            with urllib.request.urlopen(request, timeout=10) as response:
                if len(json.load(response)["rooms"]) == count:
                    return
        raise AssertionError(f"never {count} rooms: {self.log()}")

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.process.stdout.close()

    def close(self):
        self.kill()
        self.folder.cleanup()

    def log(self):
        return self.log_path.read_text(encoding="utf-8")

    def write(self, token, bpm, seconds_ago=0.0):
        """Writes a reading. Returns once the hub has it on disk."""
        at = int((time.time() - seconds_ago) * 1000)
        body = json.dumps({"measured_at": at, "data": {"heart_rate": bpm}}).encode()
        request = urllib.request.Request(
            f"{self.address}/api/v1/data", body, {"Authorization": f"Bearer {token}"})
        with urllib.request.urlopen(request, timeout=10) as response:
            assert response.status == 200
