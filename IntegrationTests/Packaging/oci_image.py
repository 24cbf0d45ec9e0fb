"""An image of an OCI layout, unpacked, and its programs run with chroot or as a container."""

import contextlib
import hashlib
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import time
import urllib.request

CHROOT = shutil.which("chroot")
WAIT_SECONDS = 60


def output(*command, **options):
    ended = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, **options)
    if ended.returncode != 0:
        raise AssertionError(f"{' '.join(map(str, command))} ended with {ended.returncode}:\n{ended.stdout}")
    return ended.stdout


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Image:
    """An image of an OCI layout, unpacked, whose programs run with chroot."""

    def __init__(self, layout, architecture):
        self.layout = pathlib.Path(layout)
        index = json.loads((self.layout / "index.json").read_bytes())
        manifest = self.blob(index["manifests"][0])
        if "manifests" in manifest:
            [descriptor] = [one for one in manifest["manifests"] if one["platform"]["architecture"] == architecture]
            manifest = self.blob(descriptor)
        self.image = self.blob(manifest["config"])
        self.config = self.image["config"]
        self.layers = manifest["layers"]

    def path(self, descriptor):
        path = self.layout / "blobs" / descriptor["digest"].replace(":", "/")
        data = path.read_bytes()
        assert "sha256:" + hashlib.sha256(data).hexdigest() == descriptor["digest"], path
        assert len(data) == descriptor["size"], path
        return path

    def blob(self, descriptor):
        return json.loads(self.path(descriptor).read_bytes())

    def unpack(self, folder):
        self.unpack_files(folder)
        output("mount", "--rbind", "/dev", os.path.join(folder, "dev"))
        output("mount", "-t", "proc", "proc", os.path.join(folder, "proc"))

    def unpack_files(self, folder):
        """Without /dev and /proc of this machine: a container has its own."""
        for layer in self.layers:
            output("tar", "--extract", "--gzip", "--same-owner", "--same-permissions", "--numeric-owner", "--file",
                   self.path(layer), "--directory", folder)
        os.makedirs(os.path.join(folder, "dev"), exist_ok=True)
        os.makedirs(os.path.join(folder, "proc"), exist_ok=True)
        self.root = folder

    def command(self, *arguments, entrypoint=None, user=None):
        """The words that run the image with other arguments than its own, as a container engine would."""
        words = [*(self.config.get("Entrypoint", []) if entrypoint is None else entrypoint),
                 *(arguments or self.config.get("Cmd", []))]
        return ["env", "-i", *self.config["Env"], CHROOT, f"--userspec={user or self.config['User']}", self.root,
                *words]

    def run(self, *arguments, **options):
        return output(*self.command(*arguments, **options), timeout=120)


class Container:
    """An image run by runc as compose.yaml says: a read-only root, no capabilities, no new privileges.

    It has the network of this machine, so that a test can reach its server. `mounts` are folders of this machine. The
    files of the image are unpacked without /dev and /proc.
    """

    def __init__(self, image, bundle, mounts, user=None):
        self.image, self.bundle, self.mounts = image, bundle, mounts
        self.user = user or image.config["User"]
        self.runc = ["runc", "--root", f"{bundle}/state"]
        # The kernel's control group of this name is the machine's.
        self.name = f"strapline-{os.path.basename(bundle)}-{os.getpid()}"

    def command(self, *arguments):
        uid, gid = map(int, self.user.split(":"))
        specification = {
            "ociVersion": "1.0.0",
            "root": {"path": self.image.root, "readonly": True},
            "process": {
                "user": {"uid": uid, "gid": gid}, "cwd": "/", "env": self.image.config["Env"], "noNewPrivileges": True,
                "args": [*self.image.config["Entrypoint"], *arguments]},
            "mounts": [
                {"destination": "/proc", "type": "proc", "source": "proc"},
                {"destination": "/dev", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "mode=755"]},
                {"destination": "/tmp", "type": "tmpfs", "source": "tmpfs"},
                {"destination": "/run", "type": "tmpfs", "source": "tmpfs"},
                *({"destination": inside, "type": "bind", "source": outside, "options": ["bind", "rw"]}
                  for inside, outside in self.mounts.items())],
            "linux": {"namespaces": [{"type": "pid"}, {"type": "mount"}, {"type": "ipc"}, {"type": "uts"}]}}
        pathlib.Path(self.bundle, "config.json").write_text(json.dumps(specification), encoding="utf-8")
        return [*self.runc, "run", "--bundle", self.bundle, self.name]

    def end(self):
        output(*self.runc, "kill", self.name, "TERM")


@contextlib.contextmanager
def process(command, log):
    with open(log, "wb") as file:
        started = subprocess.Popen(command, stdout=file, stderr=subprocess.STDOUT)
    try:
        yield started
    finally:
        if started.poll() is None:
            started.send_signal(signal.SIGTERM)
        started.wait(timeout=WAIT_SECONDS)


def answer(address, started, log):
    """The body of a page, as soon as the server answers."""
    end = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            with urllib.request.urlopen(address, timeout=10) as response:
                return response.read().decode()
        except OSError as error:
            if started.poll() is not None or time.monotonic() > end:
                shown = pathlib.Path(log).read_text(encoding="utf-8", errors="replace")
                raise AssertionError(f"{address}: {error}\n{shown}") from error
            time.sleep(0.1)
