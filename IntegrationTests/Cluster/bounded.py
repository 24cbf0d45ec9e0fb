#!/usr/bin/env python3
"""The short form of test-cluster: one PostgreSQL with a second copy of its log, and two hubs.

Under load one hub is killed, the other one ended, the server restarted, and the second copy taken away for a while. The
record is held against the nine rules. It needs the standard library only, listens on loopback, and takes half a minute.
"""
import asyncio
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

import oracle
from load import Load, Person, Program
from postgres import Server, programs

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = pathlib.Path(os.environ.get("STRAPLINE_PROGRAMS", ROOT / ".build/debug")) / "strapline-hub"
STRAPS, VIEWERS = 12, 12
SHOWN = 5
# A removed token may work at the other hub for so long. A hub that hears nothing of the server for 2 s accepts nothing;
# the rest is for a machine that also compiles.
REMOVAL_SECONDS = 4


def free_port():
    """A port below those that the kernel gives away: nothing takes it while its hub is down."""
    while True:
        port = random.randrange(20_000, 32_768)
        with socket.socket() as trial:
            try:
                trial.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port


class Hub:
    """A hub at a port of its own."""

    def __init__(self, name, url, folder):
        self.name, self.url, self.log_path = name, url, folder / f"{name}.log"
        self.process, self.port = None, 0

    def start(self):
        self.port = self.port or free_port()
        with open(self.log_path, "a", encoding="utf-8") as log:
            self.process = subprocess.Popen(
                [PROGRAM, "serve", "--port", str(self.port), "--streams-per-token", "0", "--database", self.url],
                stdout=subprocess.PIPE, stderr=log, text=True)
        line = self.process.stdout.readline().strip()
        if not line:
            sys.exit(f"bounded: {self.name} did not start:\n{self.log_path.read_text(encoding='utf-8')}")

    def end(self, number):
        self.process.send_signal(number)
        self.process.wait()
        self.process.stdout.close()


def administer(url, *words):
    answer = subprocess.run([PROGRAM, *words, "--json", "--database", url], check=False, capture_output=True, text=True)
    if answer.returncode:
        sys.exit(f"bounded: strapline-hub {' '.join(words)}: {answer.stderr}")
    return json.loads(answer.stdout)


def make_people(url, folder):
    token = administer(url, "init", "--user", "chief", "--room", "Office")["admin_token"]
    people = []
    for room_name in ("Left", "Right"):
        room = administer(url, "room", "create", room_name)["room_id"]
        roster = folder / f"{room_name}.csv"
        roster.write_text("name\n" + "".join(f"{room_name}{number}\n" for number in range(STRAPS // 2)))
        for row in administer(url, "roster", "import", str(roster), "--room", room)["people"]:
            people.append(Person(row["name"], row["profile_id"], row["user_id"], row["access_token"], room))
    program = administer(url, "client", "add", "App", "--id", "app", "--secret",
                         "--redirect-uri", "https://app.example/back")
    return people, token, Program(program["client_id"], program["client_secret"])


async def disturb(server, hubs):
    """All that goes wrong, with time in between in which everything must be well again."""
    await asyncio.sleep(3)
    await asyncio.to_thread(hubs[0].end, signal.SIGKILL)
    await asyncio.sleep(2)
    await asyncio.to_thread(hubs[0].start)
    await asyncio.sleep(2)
    await asyncio.to_thread(hubs[1].end, signal.SIGTERM)
    await asyncio.sleep(1)
    await asyncio.to_thread(hubs[1].start)
    await asyncio.sleep(2)
    await asyncio.to_thread(server.restart)
    await asyncio.sleep(4)
    # Nothing may be accepted while one disk only has it.
    server.stop_receiver()
    await asyncio.sleep(1)
    begin = time.monotonic()
    await asyncio.sleep(2)
    end = time.monotonic()
    await asyncio.to_thread(server.start_receiver)
    await asyncio.sleep(5)
    return begin, end


async def try_it(server, hubs, people, token, program):
    """The record, and the span in which there was one copy only."""
    load = Load([("127.0.0.1", hub.port) for hub in hubs], people, token, VIEWERS, pace=0.5, program=program)
    await load.start()
    single = await disturb(server, hubs)
    await load.stop()
    return load, single


def judge(load, single, stored):
    """Prints the verdict; returns whether it is good."""
    record = load.record
    record.stored = stored
    # Each hub counts a token's calls by itself: without the proxy a token has the limit at each.
    problems = oracle.problems(
        record, rate=2 * 20, tokens=[load.greedy_token], removal_bound=REMOVAL_SECONDS)
    problems["single copy"] = [
        f"accepted with one copy: {write.reading}" for write in record.writes
        if write.is_accepted and single[0] < write.sent and write.answered < single[1]]
    accepted = {write.reading for write in record.writes if write.is_accepted}
    heard = sum(len(stream.readings) for stream in record.sockets)
    codes = {exchange.code for exchange in record.exchanges if exchange.status == 200}
    print(f"bounded: {len(accepted)} accepted, {len(stored)} kept, {heard} heard, {len(problems[1])} lost,"
          f" {len(codes)} codes exchanged")
    for rule, texts in problems.items():
        for text in texts[:SHOWN]:
            print(f"bounded: rule {rule}: {text}")
        if len(texts) > SHOWN:
            print(f"bounded: rule {rule}: and {len(texts) - SHOWN} more")
    return bool(accepted and heard and codes) and not any(problems.values())


def main():
    try:
        programs()
    except FileNotFoundError as error:
        print(f"bounded: skipped: {error}")
        return
    folder = pathlib.Path(tempfile.mkdtemp(prefix="strapline-bounded-", dir="/tmp"))
    folder.chmod(0o755)
    server = Server(folder / "server")
    hubs = []
    try:
        server.start()
        people, token, program = make_people(server.url, folder)
        hubs = [Hub(f"hub{number}", server.url, folder) for number in (1, 2)]
        for hub in hubs:
            hub.start()
        load, single = asyncio.run(try_it(server, hubs, people, token, program))
        profiles = {str(person.user_id): person.profile for person in people}
        rows = server.query("SELECT user_id, measured_at_ms, heart_rate FROM reading")
        stored = [(profiles[user], int(measured_at), int(rate)) for user, measured_at, rate in rows if user in profiles]
        is_good = judge(load, single, stored)
        if not is_good:
            for hub in hubs:
                print(f"== {hub.name}\n{hub.log_path.read_text(encoding='utf-8')[-3000:]}")
    finally:
        for hub in hubs:
            if hub.process and hub.process.poll() is None:
                hub.end(signal.SIGKILL)
        server.close()
        shutil.rmtree(folder, ignore_errors=True)
    sys.exit(0 if is_good else 1)


if __name__ == "__main__":
    main()
