#!/usr/bin/env python3
"""Runs the faults on a cluster under load, and holds the record against the nine rules. test-cluster.sh calls it.

    run.py [--count 20] [--straps 60] [--viewers 90] [--proxy nginx] [FAULT …]      (`backup` is one of them)

Without hubs (--database-only) it only asks which server could accept a write, and how soon.
"""
import argparse
import asyncio
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import traceback

import oracle
from database import Database, PrimaryWatch
from faults import Faults
from hubs import Hubs
from load import Load
from machines import Network, until
from postgres import programs

RESULTS = pathlib.Path(".build/cluster/results.md")
# Requests a second of a token: the hub's default.
RATE = 20
SHOWN = 5


class Run:
    """One cluster, all faults."""

    def __init__(self, options, folder):
        self.options = options
        self.network = Network(folder)
        self.database = Database(self.network)
        self.hubs = Hubs(self.network, self.database, options.proxy)
        self.faults = Faults(self.database, self.hubs)
        self.people, self.admin_token = [], None
        self.lines = []

    def start(self):
        self.database.start()
        print(f"{time.strftime('%T')} the database has two standbys", flush=True)
        if self.options.database_only:
            return
        self.people, self.admin_token = self.hubs.make_people(self.options.straps, room_size=10)
        self.hubs.start()
        print(f"{time.strftime('%T')} three hubs serve {len(self.people)} straps", flush=True)

    def try_all(self):
        """Returns the number of faults with a problem."""
        wanted = [name for name in self.options.faults if name != "backup"]
        has_backup = not self.options.faults or "backup" in self.options.faults
        chosen = [fault for fault in self.faults.all() if not self.options.faults or fault.name in wanted]
        unknown = set(wanted) - {fault.name for fault in chosen}
        if unknown:
            names = ", ".join(fault.name for fault in self.faults.all())
            sys.exit(f"run.py: no fault {', '.join(sorted(unknown))}. There are: {names}")
        failed = 0
        for fault in chosen:
            hindrance = fault.hindrance()
            if hindrance:
                self.report(fault.name, f"skipped: {hindrance}")
                continue
            try:
                tried = self.try_database(fault) if self.options.database_only else asyncio.run(self.try_fault(fault))
            except (TimeoutError, OSError, RuntimeError) as error:
                traceback.print_exc()
                self.keep_logs(fault.name)
                self.report(fault.name, f"failed: {error}")
                # The cluster is no longer what the next fault expects.
                return failed + 1
            failed += not tried
        if has_backup and not self.options.database_only:
            failed += not self.try_backup()
        return failed

    # MARK: Backup

    def try_backup(self):
        """Dumps the database as docs/many-hubs.md says, restores it beside itself, and compares every reading."""
        primary = until(self.database.primary, 30, "a primary")
        dump = self.network.folder / "strapline.dump"
        environment = {"PGPASSFILE": str(self.database.pgpass), "PGUSER": "postgres", "PGHOST": primary.address}
        checksum = ("SELECT count(*), md5(string_agg(concat_ws(':', user_id, measured_at_ms, heart_rate), ','"
                    " ORDER BY user_id, measured_at_ms)) FROM reading")
        for words in (["pg_dump", "--format=custom", f"--file={dump}", self.hubs.url],
                      ["psql", "-X", "-d", "postgres", "-c", "CREATE DATABASE restored OWNER hub"],
                      ["pg_restore", "--no-owner", "--role=hub", "--dbname=restored", dump]):
            subprocess.run([programs() / words[0], *words[1:]], check=True, capture_output=True, env=environment)
        original, restored = (self.database.ask(primary, checksum, database=name) for name in ("strapline", "restored"))
        self.database.ask(primary, "DROP DATABASE restored")
        is_good = original == restored and original is not None
        self.report("backup", f"{original and original[0][0]} readings dumped and restored: "
                              + ("the same" if is_good else f"BROKEN: {original} {restored}"))
        return is_good

    # MARK: With hubs

    async def try_fault(self, fault):
        """The fault as often as asked for, under one load. Returns whether all rules held."""
        load = Load([(self.hubs.proxy.address, 80)], self.people, self.admin_token, self.options.viewers)
        load.is_cut_off = fault.cuts_off
        # Those of the faults before.
        earlier = set(await asyncio.to_thread(self.hubs.stored, self.people))
        watches = [PrimaryWatch(self.database, node) for node in self.database.nodes]
        for watch in watches:
            watch.start()
        await load.start()
        await asyncio.sleep(4)
        accepted_gaps, heard_gaps = [], []
        for number in range(self.options.count):
            begin = time.monotonic()
            await asyncio.to_thread(fault.begin)
            await asyncio.sleep(fault.lasts)
            await asyncio.to_thread(fault.end)
            await asyncio.sleep(3)
            end = time.monotonic()
            accepted = [write.answered for write in load.record.writes if write.is_accepted]
            accepted_gaps.append(oracle.longest_gap(accepted, begin, end))
            heard_gaps.append(oracle.percentile(
                [oracle.longest_gap(viewer.heard, begin, end) for viewer in load.viewers if viewer.has_room], 0.99))
            print(f"{time.strftime('%T')} {fault.name} {number + 1}/{self.options.count}: nothing accepted for"
                  f" {accepted_gaps[-1]:.2f} s, heard by 99 of 100 viewers within {heard_gaps[-1]:.2f} s", flush=True)
        await load.stop()
        for watch in watches:
            watch.is_going = False
        stored = await asyncio.to_thread(
            until, lambda: self.hubs.stored(self.people) or None, 30, "the table is read")
        load.record.stored = [row for row in stored if row not in earlier]
        problems = oracle.problems(load.record, RATE, [load.greedy_token], moves=fault.moves * self.options.count)
        both = oracle.overlaps([span for watch in watches for span in watch.closed_spans()])
        if both:
            problems["two primaries"] = [f"{one[2]} and {other[2]} could accept at once" for one, other in both]
        if max(accepted_gaps) > fault.limit:
            problems["accepted gap"] = [f"{max(accepted_gaps):.2f} s, and {fault.limit} s is the limit"]
        if max(heard_gaps) > fault.heard:
            problems["heard gap"] = [f"{max(heard_gaps):.2f} s, and {fault.heard} s is the limit"]
        return self.judge(fault, load.record, problems, accepted_gaps, heard_gaps)

    def judge(self, fault, record, problems, accepted_gaps, heard_gaps):
        found = {rule: texts for rule, texts in problems.items() if texts}
        accepted = {write.reading for write in record.writes if write.is_accepted}
        heard = sum(len(socket.readings) for socket in record.sockets)
        self.report(
            fault.name,
            f"{len(accepted)} accepted, {len(record.stored)} kept, {heard} heard, "
            f"{len(found.get(1, []))} lost; accepted again within {min(accepted_gaps):.2f} to {max(accepted_gaps):.2f}"
            f" s, heard again within {min(heard_gaps):.2f} to {max(heard_gaps):.2f} s: "
            + ("all rules hold" if not found else "BROKEN: " + ", ".join(map(str, found))))
        for rule, texts in found.items():
            for text in texts[:SHOWN]:
                print(f"    {rule}: {text}")
            if len(texts) > SHOWN:
                print(f"    {rule}: and {len(texts) - SHOWN} more")
        if found:
            self.keep_logs(fault.name)
        return not found

    # MARK: Without hubs

    def try_database(self, fault):
        """Asks only which server could accept a write, and for how long none could."""
        watches = [PrimaryWatch(self.database, node) for node in self.database.nodes]
        for watch in watches:
            watch.start()
        time.sleep(1)
        gaps = []
        for number in range(self.options.count):
            begin = time.monotonic()
            fault.begin()
            time.sleep(fault.lasts)
            fault.end()
            time.sleep(1)
            gaps.append(oracle.longest_silence([span for watch in watches for span in watch.closed_spans()],
                                               begin, time.monotonic()))
            print(f"{time.strftime('%T')} {fault.name} {number + 1}/{self.options.count}: no server could accept for"
                  f" {gaps[-1]:.2f} s", flush=True)
        for watch in watches:
            watch.is_going = False
        both = oracle.overlaps([span for watch in watches for span in watch.closed_spans()])
        is_good = not both and max(gaps) <= fault.limit
        verdict = "all rules hold" if is_good else f"BROKEN: {fault.limit} s and one primary are the limits"
        self.report(fault.name, f"no server could accept for {min(gaps):.2f} to {max(gaps):.2f} s,"
                                f" {len(both)} times two: {verdict}")
        return is_good

    # MARK: Reports

    def report(self, name, text):
        print(f"{name}: {text}", flush=True)
        self.lines.append(f"| {name} | {self.options.count} | {text} |")

    def keep_logs(self, name):
        folder = RESULTS.parent / "logs" / name
        shutil.rmtree(folder, ignore_errors=True)
        for machine in self.network.machines.values():
            for log in machine.folder.glob("*.log"):
                (folder / machine.name).mkdir(parents=True, exist_ok=True)
                shutil.copy(log, folder / machine.name / log.name)
        print(f"    the logs are in {folder}")

    def write_results(self):
        RESULTS.parent.mkdir(parents=True, exist_ok=True)
        RESULTS.write_text("\n".join(["| Fault | Times | Result |", "| --- | ---: | --- |", *self.lines]) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--straps", type=int, default=60)
    parser.add_argument("--viewers", type=int, default=90)
    parser.add_argument("--proxy", choices=("haproxy", "nginx"), default="haproxy")
    parser.add_argument("--database-only", action="store_true")
    parser.add_argument("faults", nargs="*", metavar="FAULT")
    options = parser.parse_args()
    # Every user must be able to enter it.
    folder = tempfile.mkdtemp(prefix="strapline-cluster-", dir="/tmp")
    pathlib.Path(folder).chmod(0o755)
    run = Run(options, folder)
    try:
        run.start()
        failed = run.try_all()
        run.write_results()
    except BaseException:
        run.keep_logs("start")
        raise
    finally:
        run.network.close()
        run.database.close()
        shutil.rmtree(folder, ignore_errors=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
