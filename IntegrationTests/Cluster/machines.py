"""Machines of the cluster: network namespaces on one bridge, so that links can fail. Needs root.

test-cluster.sh runs everything in a network namespace of its own, where the addresses of packaging/cluster are free.
"""
import ctypes
import os
import pathlib
import signal
import subprocess
import sys
import time

# Of `struct timex`, with 64-bit numbers; and of its status.
STATUS_WORD = 10
STA_UNSYNC = 0x40
BRIDGE = "strapline"
# The load, outside of all machines.
OWN_ADDRESS = "10.0.0.254"


def run(*words, check=True):
    return subprocess.run(words, check=check, capture_output=True, text=True, timeout=60).stdout


class Machine:
    """One namespace with one address. All processes in it are its own."""

    def __init__(self, name, address, folder):
        self.name = name
        self.address = address
        self.folder = pathlib.Path(folder) / name
        self.folder.mkdir(mode=0o755)
        self.link = f"v-{name}"
        self.started = []
        self.slow_link = None
        self.remove()
        run("ip", "netns", "add", name)
        run("ip", "link", "add", self.link, "type", "veth", "peer", "name", "eth0", "netns", name)
        run("ip", "link", "set", self.link, "master", BRIDGE, "up")
        run("ip", "-n", name, "addr", "add", f"{address}/24", "dev", "eth0")
        run("ip", "-n", name, "link", "set", "eth0", "up")
        run("ip", "-n", name, "link", "set", "lo", "up")

    def remove(self):
        """Also what a cluster that did not start has left. The kernel takes its time to end a namespace with its
        links."""
        run("ip", "link", "del", self.link, check=False)
        run("ip", "netns", "del", self.name, check=False)

    def start(self, program, words, user=None, environment=None):
        """Starts a program on the machine; its output goes to a file."""
        command = ["ip", "netns", "exec", self.name]
        if user:
            command += ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups"]
        with open(self.folder / f"{program}.log", "ab") as log:
            process = subprocess.Popen(
                [*command, *map(str, words)], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env={**os.environ, **(environment or {})}, start_new_session=True)
        self.started.append(process)
        return process

    def log(self, program):
        path = self.folder / f"{program}.log"
        return path.read_text(errors="replace") if path.exists() else ""

    # MARK: Faults

    def processes(self, containing=""):
        """The machine's processes, those whose command has a text."""
        found = []
        for line in run("ip", "netns", "pids", self.name).split():
            try:
                command = pathlib.Path(f"/proc/{line}/cmdline").read_bytes().replace(b"\0", b" ").decode()
            except (FileNotFoundError, ProcessLookupError):
                continue
            if containing in command:
                found.append(int(line))
        return found

    def send(self, number, containing=""):
        """Sends a signal to the processes; returns their number."""
        count = 0
        for pid in self.processes(containing):
            try:
                os.kill(pid, number)
                count += 1
            except ProcessLookupError:
                pass
        return count

    def kill(self):
        """Ends everything at once, as a power cut does. The link goes first, so that no connection is closed."""
        self.unplug()
        self.send(signal.SIGSTOP)
        self.send(signal.SIGKILL)
        self.reap()

    def reap(self):
        """Takes the ends of programs, which would stay as zombies."""
        self.started = [process for process in self.started if process.poll() is None]

    def unplug(self):
        run("ip", "link", "set", self.link, "down")

    def plug(self):
        run("ip", "link", "set", self.link, "up")

    def drop(self, other, is_one_way=False):
        """Drops all packets from another machine, and those to it unless only one way is cut."""
        run("ip", "netns", "exec", self.name, "iptables", "-A", "INPUT", "-s", other, "-j", "DROP")
        if not is_one_way:
            run("ip", "netns", "exec", self.name, "iptables", "-A", "OUTPUT", "-d", other, "-j", "DROP")

    def heal(self):
        run("ip", "netns", "exec", self.name, "iptables", "-F")
        if self.slow_link:
            run("ip", "link", "set", self.link, "master", BRIDGE)
            self.slow_link.kill()
            self.slow_link.communicate()
            self.slow_link = None
            run("ip", "link", "del", f"d-{self.name}")

    def delay(self, milliseconds):
        """Makes what it sends arrive later."""
        own, far = f"d-{self.name}", f"e-{self.name}"
        run("ip", "link", "add", own, "type", "veth", "peer", "name", far)
        # A link that copies frames adds no checksum and cuts no segment.
        run("ip", "netns", "exec", self.name, "ethtool", "-K", "eth0", "tx", "off", "gso", "off")
        run("ethtool", "-K", far, "tx", "off", "gso", "off")
        self.slow_link = subprocess.Popen(
            [sys.executable, pathlib.Path(__file__).with_name("delayed_link.py"), self.link, own, str(milliseconds)],
            stdout=subprocess.PIPE, text=True)
        if not self.slow_link.stdout.readline():
            raise RuntimeError(f"{self.name} has no slow link")
        run("ip", "link", "set", self.link, "nomaster")
        run("ip", "link", "set", own, "up")
        run("ip", "link", "set", far, "master", BRIDGE, "up")


class Network:
    """The bridge, and the machines at it."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.machines = {}
        run("ip", "link", "set", "lo", "up")
        run("ip", "link", "del", BRIDGE, check=False)
        run("ip", "link", "add", BRIDGE, "type", "bridge")
        run("ip", "addr", "add", f"{OWN_ADDRESS}/24", "dev", BRIDGE)
        run("ip", "link", "set", BRIDGE, "up")

    def add(self, name, address):
        machine = self.machines[name] = Machine(name, address, self.folder)
        return machine

    def close(self):
        for machine in self.machines.values():
            machine.send(signal.SIGKILL)
        deadline = time.monotonic() + 10
        for machine in self.machines.values():
            while machine.processes() and time.monotonic() < deadline:
                machine.send(signal.SIGKILL)
                time.sleep(0.05)
            machine.remove()
        run("ip", "link", "del", BRIDGE, check=False)


def has_synchronised_clock():
    """Whether the kernel knows that a time server has set the clock (adjtimex(2)). Hubs delete nothing without."""
    words = (ctypes.c_int * 64)()
    return ctypes.CDLL(None).adjtimex(words) >= 0 and not words[STATUS_WORD] & STA_UNSYNC


def until(condition, seconds, what):
    """Asks until the condition holds; raises with the name of it when the time is over."""
    deadline = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: not within {seconds} s")
        time.sleep(0.05)
