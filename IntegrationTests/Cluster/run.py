#!/usr/bin/env python3
"""Runs the faults on a cluster under load, and holds the record against the nine rules. test-cluster.sh calls it.

    run.py [--count 20] [--straps 60] [--viewers 90] [--proxy nginx] [FAULT …]      (`backup` is one of them)

It may run for hours: it writes its table after every part, and makes a new cluster after a fault that broke the old
one. Without hubs (--database-only) it only asks which server could accept a write, and how soon.
"""
import argparse
import asyncio
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback

import oracle
import psycopg2
from database import Database, PrimaryWatch, accepting_spans
from faults import Faults
from hubs import Hubs
from load import Load
from machines import Network, until
from postgres import programs
from results import Result, table

RESULTS = pathlib.Path(".build/cluster/results.md")
# Requests a second of a token: the hub's default.
RATE = 20
# Repetitions of a fault under one load: its record is in memory.
BATCH = 10
# Seconds for one repetition, beside the fault's own time.
LONGEST = 300
# Clusters that one fault may break.
MOST_BROKEN = 3
SHOWN = 5
# Of a cluster that did not do what it should.
ERRORS = (TimeoutError, OSError, RuntimeError, LookupError, ValueError, TypeError, subprocess.SubprocessError,
          psycopg2.Error)


class Cluster:
    """Three databases, three hubs and a proxy, with straps and a program."""

    def __init__(self, options):
        # Every user must be able to enter it.
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="strapline-cluster-", dir="/tmp"))
        self.folder.chmod(0o755)
        self.network = Network(self.folder)
        self.database = Database(self.network)
        self.hubs = Hubs(self.network, self.database, options.proxy)
        self.faults = Faults(self.database, self.hubs)
        self.people, self.admin_token, self.program = [], None, None
        self.options = options

    def start(self):
        self.database.start()
        print(f"{time.strftime('%T')} the database has two standbys", flush=True)
        if self.options.database_only:
            return
        self.people, self.admin_token = self.hubs.make_people(self.options.straps, room_size=10)
        self.program = self.hubs.make_program()
        self.hubs.start()
        print(f"{time.strftime('%T')} three hubs serve {len(self.people)} straps", flush=True)

    def load(self):
        return Load([(self.hubs.proxy.address, 80)], self.people, self.admin_token, self.options.viewers,
                    program=self.program)

    def keep_logs(self, name):
        folder = RESULTS.parent / "logs" / name
        shutil.rmtree(folder, ignore_errors=True)
        for machine in self.network.machines.values():
            for log in machine.folder.glob("*.log"):
                (folder / machine.name).mkdir(parents=True, exist_ok=True)
                shutil.copy(log, folder / machine.name / log.name)
        print(f"    the logs are in {folder}", flush=True)

    def close(self):
        self.network.close()
        self.database.close()
        shutil.rmtree(self.folder, ignore_errors=True)


class Run:
    """All faults, on one cluster as long as none breaks it."""

    def __init__(self, options):
        self.options = options
        self.cluster = None
        self.results = []

    def whole_cluster(self):
        if self.cluster is None:
            self.cluster = Cluster(self.options)
            try:
                self.cluster.start()
            except BaseException:
                self.cluster.keep_logs("start")
                raise
        return self.cluster

    def close(self):
        if self.cluster is not None:
            self.cluster.close()
        self.cluster = None

    def try_all(self):
        """Returns the number of faults with a problem."""
        known = {fault.name: fault for fault in self.whole_cluster().faults.all()}
        wanted = self.options.faults or [*known, "backup"]
        unknown = [name for name in wanted if name not in known and name != "backup"]
        if unknown:
            sys.exit(f"run.py: no fault {', '.join(unknown)}. There are: {', '.join(known)}, backup")
        for name in wanted:
            if name == "backup":
                if not self.options.database_only:
                    self.note(self.try_backup())
                continue
            hindrance = known[name].hindrance()
            self.note(Result(name, note=f"skipped: {hindrance}") if hindrance else self.try_fault(name))
        return sum(not result.is_good for result in self.results)

    def note(self, result):
        self.results.append(result)
        print(result, flush=True)
        self.write_results()

    def write_results(self, unfinished=None):
        RESULTS.parent.mkdir(parents=True, exist_ok=True)
        RESULTS.write_text(table(self.results + ([unfinished] if unfinished else [])), encoding="utf-8")

    def try_fault(self, name):
        """The fault as often as asked for, some of it under one load."""
        result = Result(name)
        while result.runs < self.options.count and result.broken_clusters < MOST_BROKEN:
            try:
                cluster = self.whole_cluster()
                fault = cluster.faults.named(name)
                times = min(BATCH, self.options.count - result.runs)
                if self.options.database_only:
                    self.try_database(cluster, fault, times, result)
                else:
                    asyncio.run(asyncio.wait_for(
                        self.try_under_load(cluster, fault, times, result), times * (fault.lasts + LONGEST)))
            except ERRORS as error:
                traceback.print_exc()
                result.fail(f"{type(error).__name__}: {error}")
                self.drop_cluster(name)
            self.write_results(unfinished=result)
        return result

    def drop_cluster(self, name):
        """The cluster is no longer what the next fault expects."""
        try:
            if self.cluster is not None:
                self.cluster.keep_logs(name)
        finally:
            self.close()

    # MARK: Backup

    def try_backup(self):
        """Dumps the database as docs/many-hubs.md says, restores it beside itself, and compares every reading."""
        result = Result("backup", runs=1)
        try:
            cluster = self.whole_cluster()
            primary = until(cluster.database.primary, 30, "a primary")
            dump = cluster.folder / "strapline.dump"
            environment = {"PGPASSFILE": str(cluster.database.pgpass), "PGUSER": "postgres", "PGHOST": primary.address}
            checksum = ("SELECT count(*), md5(string_agg(concat_ws(':', user_id, measured_at_ms, heart_rate), ','"
                        " ORDER BY user_id, measured_at_ms)) FROM reading")
            for words in (["pg_dump", "--format=custom", f"--file={dump}", cluster.hubs.url],
                          ["psql", "-X", "-d", "postgres", "-c", "CREATE DATABASE restored OWNER hub"],
                          ["pg_restore", "--no-owner", "--role=hub", "--dbname=restored", dump]):
                subprocess.run([programs() / words[0], *words[1:]], check=True, capture_output=True, env=environment,
                               timeout=600)
            original, restored = (
                cluster.database.ask(primary, checksum, database=name) for name in ("strapline", "restored"))
            cluster.database.ask(primary, "DROP DATABASE restored")
        except ERRORS as error:
            result.fail(f"{type(error).__name__}: {error}")
            self.drop_cluster("backup")
            return result
        result.accepted = original[0][0] if original else 0
        result.kept = restored[0][0] if restored else 0
        if original != restored or not original:
            result.break_rules({"the restored readings": [f"{original} and {restored}"]})
        return result

    # MARK: With hubs

    async def try_under_load(self, cluster, fault, times, result):
        """The fault some times under one load."""
        load = cluster.load()
        load.is_cut_off = fault.cuts_off
        # Those of the loads before.
        earlier = set(await asyncio.to_thread(cluster.hubs.stored, cluster.people))
        watches = [PrimaryWatch(cluster.database, node) for node in cluster.database.nodes]
        for watch in watches:
            watch.start()
        accepted_gaps, heard_gaps = [], []
        try:
            await load.start()
            await asyncio.sleep(4)
            for _ in range(times):
                begin = time.monotonic()
                await asyncio.to_thread(fault.begin)
                await asyncio.sleep(fault.lasts)
                await asyncio.to_thread(fault.end)
                await asyncio.sleep(3)
                end = time.monotonic()
                accepted = [write.answered for write in load.record.writes if write.is_accepted]
                accepted_gaps.append(oracle.longest_gap(accepted, begin, end))
                heard_gaps.append(oracle.percentile(
                    [oracle.longest_gap(viewer.heard, begin, end) for viewer in load.viewers if viewer.has_room],
                    0.99))
                print(f"{time.strftime('%T')} {fault.name} {result.runs + len(accepted_gaps)}/{self.options.count}:"
                      f" nothing accepted for {accepted_gaps[-1]:.2f} s, heard by 99 of 100 viewers within"
                      f" {heard_gaps[-1]:.2f} s", flush=True)
        finally:
            await load.stop()
            for watch in watches:
                watch.is_going = False
        stored = await asyncio.to_thread(
            until, lambda: cluster.hubs.stored(cluster.people) or None, 30, "the table is read")
        load.record.stored = [row for row in stored if row not in earlier]
        problems = oracle.problems(load.record, RATE, [load.greedy_token], moves=fault.moves * times)
        both = oracle.overlaps(accepting_spans(watches))
        problems["two primaries"] = [f"{one[2]} and {other[2]} could accept at once" for one, other in both]
        self.judge_gaps(fault, accepted_gaps, heard_gaps, problems)
        result.add(load.record, times, accepted_gaps, heard_gaps)
        self.show(cluster, fault, result.break_rules(problems))

    @staticmethod
    def judge_gaps(fault, accepted_gaps, heard_gaps, problems):
        if max(accepted_gaps) > fault.limit:
            problems["accepted gap"] = [f"{max(accepted_gaps):.2f} s, and {fault.limit} s is the limit"]
        if heard_gaps and max(heard_gaps) > fault.heard:
            problems["heard gap"] = [f"{max(heard_gaps):.2f} s, and {fault.heard} s is the limit"]

    @staticmethod
    def show(cluster, fault, found):
        for rule, texts in found.items():
            for text in texts[:SHOWN]:
                print(f"    {rule}: {text}")
            if len(texts) > SHOWN:
                print(f"    {rule}: and {len(texts) - SHOWN} more")
        if found:
            cluster.keep_logs(fault.name)

    # MARK: Without hubs

    def try_database(self, cluster, fault, times, result):
        """Asks only which server could accept a write, and for how long none could."""
        watches = [PrimaryWatch(cluster.database, node) for node in cluster.database.nodes]
        for watch in watches:
            watch.start()
        gaps = []
        try:
            time.sleep(1)
            for _ in range(times):
                begin = time.monotonic()
                fault.begin()
                time.sleep(fault.lasts)
                fault.end()
                time.sleep(1)
                gaps.append(oracle.longest_silence(accepting_spans(watches), begin, time.monotonic()))
                print(f"{time.strftime('%T')} {fault.name} {result.runs + len(gaps)}/{self.options.count}: no server"
                      f" could accept for {gaps[-1]:.2f} s", flush=True)
        finally:
            for watch in watches:
                watch.is_going = False
        both = oracle.overlaps(accepting_spans(watches))
        problems = {"two primaries": [f"{one[2]} and {other[2]} could accept at once" for one, other in both]}
        self.judge_gaps(fault, gaps, [], problems)
        result.add(None, times, gaps, [])
        self.show(cluster, fault, result.break_rules(problems))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--straps", type=int, default=60)
    parser.add_argument("--viewers", type=int, default=90)
    parser.add_argument("--proxy", choices=("haproxy", "nginx"), default="haproxy")
    parser.add_argument("--database-only", action="store_true")
    parser.add_argument("faults", nargs="*", metavar="FAULT")
    # A stop at night leaves the table of the faults before it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    run = Run(parser.parse_args())
    try:
        failed = run.try_all()
    finally:
        run.write_results()
        print(RESULTS.read_text(encoding="utf-8"), flush=True)
        run.close()
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
