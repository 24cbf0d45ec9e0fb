"""A Debian root of one's own, for one test: a layer over one that make-root.sh has made, gone afterwards."""

import os
import shutil
import subprocess
import tempfile

# An emulated root on a busy machine installs for ten minutes.
LONGEST_SECONDS = 1800


class Root:
    def __init__(self, *layers):
        """The uppermost layer first; the last is a whole root."""
        self.layers = layers
        # overlayfs takes no overlay as its upper layer, which the root of a container may be
        self.work = tempfile.mkdtemp(prefix="strapline-root-", dir="/dev/shm")
        self.path = os.path.join(self.work, "root")

    def __enter__(self):
        for folder in "root", "upper", "below":
            os.mkdir(os.path.join(self.work, folder))
        self.upper = os.path.join(self.work, "upper")
        options = f"lowerdir={':'.join(self.layers)},upperdir={self.upper},workdir={self.work}/below"
        subprocess.run(["mount", "-t", "overlay", "overlay", "-o", options, self.path], check=True)
        self._mount("-t", "proc", "proc", to="proc")
        self._mount("--rbind", "/dev", to="dev")
        self._mount("-t", "tmpfs", "tmpfs", to="run")
        # Nothing is started: no systemd runs here.
        self.write("usr/sbin/policy-rc.d", "#!/bin/sh\nexit 101\n", mode=0o755)
        for file in "etc/resolv.conf", "etc/hosts":
            shutil.copy(os.path.join("/", file), self.file(file))
        return self

    def close(self):
        """Written files stay, in .upper, for roots above it."""
        subprocess.run(["umount", "--recursive", "--lazy", self.path], check=True)

    def __exit__(self, *_):
        if os.path.ismount(self.path):
            self.close()
        shutil.rmtree(self.work)

    def _mount(self, *words, to):
        subprocess.run(["mount", *words, self.file(to)], check=True)

    def file(self, path):
        """The path on this machine of one in the root."""
        return os.path.join(self.path, path.lstrip("/"))

    def exists(self, path):
        return os.path.lexists(self.file(path))

    def read(self, path):
        with open(self.file(path), encoding="utf-8") as file:
            return file.read()

    def write(self, path, text, mode=0o644):
        with open(self.file(path), "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(self.file(path), mode)

    def try_run(self, *command, stdin=None):
        """Runs a command in the root, and returns how it ended; both streams are in .stdout."""
        environment = {
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
            "LC_ALL": "C.UTF-8",
            "DEBIAN_FRONTEND": "noninteractive",
            "HOME": "/root",
        }
        environment |= {name: value for name, value in os.environ.items() if name.lower().endswith("_proxy")}
        return subprocess.run(
            ["chroot", self.path, *command], env=environment, input=stdin, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, timeout=LONGEST_SECONDS, check=False)

    def run(self, *command, stdin=None):
        """Runs a command in the root that must end well, and returns what it printed."""
        ended = self.try_run(*command, stdin=stdin)
        if ended.returncode != 0:
            raise AssertionError(f"{' '.join(command)} ended with {ended.returncode}:\n{ended.stdout}")
        return ended.stdout

    def take_in(self, packages):
        """Copies packages into the root, and returns their paths there."""
        os.makedirs(self.file("packages"), exist_ok=True)
        return ["/packages/" + os.path.basename(shutil.copy(package, self.file("packages"))) for package in packages]

    def install(self, *packages, options=()):
        """Installs packages, given as files of this machine, with what they depend on."""
        return self.run("apt-get", "install", "-q", "-y", "--no-install-recommends", *options, *self.take_in(packages))

    def owner(self, path):
        """As in `strapline:bluetooth 700`; the names are the root's."""
        return self.run("stat", "-c", "%U:%G %a", path).strip()
