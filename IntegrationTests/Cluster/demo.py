#!/usr/bin/env python3
"""Three databases, three hubs and a proxy under load, in the terminal: kill any of them with a key.

    demo.py [--straps 300] [--viewers 500] [--keys "5:1 20:1 …"]

With --keys it presses a key at each second, without a terminal, and ends after the last one: `q`.
"""
import argparse
import asyncio
import collections
import contextlib
import pathlib
import select
import shutil
import signal
import sys
import tempfile
import termios
import threading
import time
import tty

import oracle
from database import Database, PrimaryWatch
from hubs import Hubs
from load import Load
from machines import Network

KEYS = {"1": "pg1", "2": "pg2", "3": "pg3", "a": "hub1", "b": "hub2", "c": "hub3", "p": "lb", "w": "w"}
NAMES = {"lb": "proxy", "w": "witness"}
SHOWN_EVENTS = 8
RECENT = 30


class HubWatch(threading.Thread):
    """Asks a hub's /healthz twice a second."""

    def __init__(self, hubs, machine):
        super().__init__(daemon=True)
        self.hubs, self.machine = hubs, machine
        self.state = "starts"

    def run(self):
        while True:
            status = self.hubs.health(self.machine)
            self.state = {200: "serves", None: "does not answer"}.get(status, f"answers {status}")
            time.sleep(0.5)


class Demo:
    """The cluster, its load and its picture."""

    def __init__(self, options, folder):
        self.options = options
        self.network = Network(folder)
        self.database = Database(self.network)
        self.hubs = Hubs(self.network, self.database)
        self.dead = set()
        self.events = collections.deque(maxlen=SHOWN_EVENTS)
        self.load = None
        self.busy = set()

    def start(self):
        print("[1/3] Start three databases, their Patroni and etcd, and the witness", flush=True)
        self.database.start()
        print(f"[2/3] Make {self.options.straps} straps in rooms of ten", flush=True)
        people, token = self.hubs.make_people(self.options.straps, room_size=10)
        print("[3/3] Start three hubs and the proxy", flush=True)
        self.hubs.start()
        self.load = Load([(self.hubs.proxy.address, 80)], people, token, self.options.viewers)
        self.databases = [PrimaryWatch(self.database, node) for node in self.database.nodes]
        self.hub_watches = [HubWatch(self.hubs, machine) for machine in self.hubs.machines]
        for watch in self.databases + self.hub_watches:
            watch.start()

    # MARK: Keys

    def press(self, key):
        """Kills what the key names, or brings it back. Returns whether to go on."""
        if key in ("q", "\x03"):
            return False
        name = KEYS.get(key)
        if name and name not in self.busy:
            self.busy.add(name)
            threading.Thread(target=self.change, args=(name,), daemon=True).start()
        return True

    def change(self, name):
        machine = self.network.machines[name]
        shown = NAMES.get(name, name)
        try:
            if name not in self.dead:
                self.dead.add(name)
                self.note(f"{shown}: its machine loses power")
                machine.kill()
                return
            machine.plug()
            machine.reap()
            if name.startswith("pg"):
                self.database.restart(machine)
            elif name.startswith("hub"):
                self.hubs.start_hub(machine)
            elif name == "w":
                self.database.start_witness()
            else:
                self.hubs.start_proxy()
            self.dead.discard(name)
            self.note(f"{shown}: its machine is back")
        finally:
            self.busy.discard(name)

    def note(self, text):
        self.events.append(f"{self.clock()}  {text}")

    def clock(self):
        seconds = int(time.monotonic() - self.load.began)
        return f"{seconds // 60:02}:{seconds % 60:02}"

    # MARK: Picture

    async def run(self):
        await self.load.start()
        known = {}
        script = parse(self.options.keys)
        with terminal(self.options.keys is None):
            while True:
                await asyncio.sleep(0.25)
                self.note_changes(known)
                if self.options.keys is None:
                    print("\x1b[H\x1b[J" + "\r\n".join(self.lines()), end="", flush=True)
                if not all(self.press(key) for key in self.pressed(script)):
                    break
        await self.load.stop()
        return self.verdict()

    def pressed(self, script):
        if self.options.keys is None:
            ready, _, _ = select.select([sys.stdin], [], [], 0)
            return [sys.stdin.read(1)] if ready else []
        now = time.monotonic() - self.load.began
        keys = [key for second, key in script if second <= now]
        script[:] = [entry for entry in script if entry[0] > now]
        return keys

    def note_changes(self, known):
        for watch in self.databases:
            if watch.state == "primary" and known.get("primary") not in (None, watch.node.name):
                self.note(f"{watch.node.name} is the primary")
            if watch.state == "primary":
                known["primary"] = watch.node.name

    def lines(self):
        record, now = self.load.record, time.monotonic()
        accepted = [write.answered for write in record.writes if write.is_accepted]
        heard = sum(len(viewer.heard) for viewer in self.load.viewers)
        recent = [time for time in accepted if time > now - RECENT]
        pause = oracle.longest_gap(recent, max(now - RECENT, self.load.began), now)
        waiting = sum(write.status is None and write.answered is None for write in record.writes[-2000:])
        quiet = sum(not viewer.heard or viewer.heard[-1] < now - 3 for viewer in self.load.viewers)
        return [
            f"Strapline on several machines   {self.clock()}          q: end it and see the verdict", "",
            "Databases   " + self.row(self.databases, "123", lambda watch: watch.node.name),
            "Hubs        " + self.row(self.hub_watches, "abc", lambda watch: watch.machine.name),
            "Others      " + "   ".join(
                f"[{key}] {NAMES[name]} {'dead' if name in self.dead else 'runs'}"
                for key, name in (("p", "lb"), ("w", "w"))),
            "", f"{len(self.load.people)} straps: {len(accepted):,} readings accepted, {waiting} on their way;"
                f" longest pause of the last {RECENT} s: {pause:.1f} s",
            f"{len(self.load.viewers)} viewers: {heard:,} readings heard; {quiet} have heard none for 3 s", "",
            *self.events,
        ]

    def row(self, watches, keys, name):
        return "   ".join(
            f"[{key}] {name(watch)} {'dead' if name(watch) in self.dead else watch.state}"
            for key, watch in zip(keys, watches))

    def verdict(self):
        record = self.load.record
        problems = {}
        # A cluster that was left without a primary has no table to read.
        stored = self.hubs.stored(self.load.people) if self.database.primary() else None
        accepted = {write.reading for write in record.writes if write.is_accepted}
        heard = sum(len(socket.readings) for socket in record.sockets)
        print(f"\nAccepted: {len(accepted):,} readings. Heard: {heard:,}.")
        if stored is None:
            print("Kept: not known, because there is no primary. Bring two databases back before you end it.")
            return False
        record.stored = stored
        problems = {rule: texts for rule, texts in oracle.problems(record).items() if texts}
        print(f"Kept: {len(stored):,}. Lost: {len(problems.get(1, []))}.")
        for rule, texts in problems.items():
            print(f"Rule {rule} is broken {len(texts)} times: {texts[0]}")
        if not problems:
            print("All nine rules hold: no reading lost, doubled or out of order.")
        return not problems


def parse(keys):
    """Pairs of a second and a key."""
    pairs = [entry.split(":") for entry in (keys or "").split()]
    return sorted((float(second), key) for second, key in pairs)


@contextlib.contextmanager
def terminal(is_one):
    """Reads single keys, and puts the terminal back."""
    if not is_one:
        yield
        return
    before = termios.tcgetattr(sys.stdin)
    tty.setraw(sys.stdin)
    try:
        yield
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--straps", type=int, default=300)
    parser.add_argument("--viewers", type=int, default=500)
    parser.add_argument("--keys")
    options = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="strapline-cluster-", dir="/tmp")
    pathlib.Path(folder).chmod(0o755)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    demo = Demo(options, folder)
    try:
        demo.start()
        is_good = asyncio.run(demo.run())
    finally:
        demo.network.close()
        demo.database.close()
        shutil.rmtree(folder, ignore_errors=True)
    sys.exit(0 if is_good else 1)


if __name__ == "__main__":
    main()
