"""The processes of a test: a bus, simulated straps, a broker and the uploader."""

import os
import pathlib
import shutil
import signal
import socket
import subprocess
import time

PROJECT = pathlib.Path(__file__).resolve().parents[2]
PROGRAMS = pathlib.Path(os.environ.get("STRAPLINE_PROGRAMS", PROJECT / ".build/debug"))


class TestError(Exception):
    """A process did not do its part."""


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def until(condition, seconds, what):
    """The first true value of `condition`."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise TestError(f"{what} did not happen in {seconds} s")
        time.sleep(0.1)


class Process:
    """A program whose output goes to a file."""

    def __init__(self, folder, name, command, environment=None, **options):
        self.log = folder / f"{name}.log"
        with self.log.open("a", encoding="utf-8") as log:
            self.process = subprocess.Popen(command, stderr=log, env={**os.environ, **(environment or {})},
                                            **{"stdout": log, "stdin": subprocess.DEVNULL, **options})

    def end(self, number=signal.SIGTERM, seconds=20):
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(seconds)

    def send(self, number):
        self.process.send_signal(number)

    def logged(self, text):
        return text in self.log.read_text(encoding="utf-8", errors="replace")


class Bus:
    """A private message bus in place of the system's."""

    def __init__(self, folder):
        self.address = f"unix:path={folder}/bus"
        self.process = subprocess.Popen(
            ["dbus-daemon", "--session", "--nofork", "--nosyslog", f"--address={self.address}", "--print-address=1"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.process.stdout.readline()

    def end(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


class Straps:
    """The simulated straps."""

    def __init__(self, folder, bus):
        self.process = Process(folder, "straps", [PROGRAMS / "strap-simulator", bus.address], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, text=True, bufsize=1).process
        self._answer()

    def _answer(self):
        answer = self.process.stdout.readline().strip()
        if answer not in ("ok", "no"):
            raise TestError(f"the simulator of straps has ended: {answer}")
        return answer == "ok"

    def command(self, *words):
        print(*words, file=self.process.stdin, flush=True)
        return self._answer()

    def beat(self, address, rate, rr=1000, contact=True):
        """A measurement with one RR interval, in milliseconds; whether somebody listens."""
        units = rr * 1024 // 1000
        flags = 0x10 | (0x06 if contact else 0x04)
        return self.command("notify", address, bytes([flags, rate, units & 255, units >> 8]).hex())

    def end(self):
        self.process.stdin.close()
        self.process.wait(10)
        self.process.stdout.close()


class Broker:
    """mosquitto, without anything that survives its end."""

    def __init__(self, folder):
        self.folder, self.port, self.process = folder, free_port(), None
        self.file = folder / "mosquitto.conf"
        self.file.write_text(f"user root\nlistener {self.port} 127.0.0.1\nallow_anonymous true\npersistence false\n",
                             encoding="utf-8")

    def start(self):
        program = shutil.which("mosquitto", path=os.environ["PATH"] + ":/usr/sbin")
        if not program:
            raise TestError("mosquitto is missing: run make setup")
        self.process = Process(self.folder, "mosquitto", [program, "-c", self.file])
        until(self.listens, 10, "the start of the broker")

    def listens(self):
        with socket.socket() as client:
            return client.connect_ex(("127.0.0.1", self.port)) == 0

    def kill(self):
        self.process.end(signal.SIGKILL)

    def end(self):
        self.process.end()


class Uploader:
    """`strapline run`."""

    def __init__(self, folder, bus):
        self.folder, self.bus, self.process = folder, bus, None
        self.file = folder / "strapline.yaml"

    def configure(self, straps, outputs=(), metrics_port=None,
                  destination="{ service: http, address: http://127.0.0.1:9/ }"):
        """Writes the configuration. Without a destination the readings go to an address where nothing listens."""
        lines = ["clock: { wait_seconds: 0 }", f"outbox: {{ path: {self.folder}/outbox.sqlite }}", "straps:"]
        for name, address in straps.items():
            lines += [f"  - name: {name}", f'    address: "{address}"', "    destinations:", f"      - {destination}"]
        if outputs:
            lines += ["outputs:"] + [f"  - {output}" for output in outputs]
        if metrics_port:
            lines += [f"metrics: {{ address: 127.0.0.1:{metrics_port} }}"]
        self.file.write_text("\n".join(lines) + "\n", encoding="utf-8")

    def start(self):
        self.process = Process(self.folder, "strapline", [PROGRAMS / "strapline", "run", "--config", self.file],
                               {"DBUS_SYSTEM_BUS_ADDRESS": self.bus.address, "XDG_STATE_HOME": str(self.folder),
                                "XDG_RUNTIME_DIR": str(self.folder)})

    def reload(self):
        self.process.send(signal.SIGHUP)

    def kill(self):
        self.process.end(signal.SIGKILL)

    def end(self):
        return self.process.end()
