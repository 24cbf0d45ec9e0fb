"""The faults of the cluster, with the limits that must hold then.

Each fault has `begin`, which breaks something, and `end`, which puts it back. `limit` is the longest time in seconds in
which nothing may be accepted, and `heard` the longest one without a reading for 99 of 100 viewers.
"""
import dataclasses
import json
import shutil
import signal
import subprocess
import time

from machines import has_synchronised_clock, until

# The group of the hubs' advisory locks; 0 is the one of the tables.
HUB_LOCKS = 0x53744862


@dataclasses.dataclass
class Fault:
    name: str
    limit: float
    heard: float
    begin: object
    end: object
    # Seconds between the two.
    lasts: float = 3.0
    # Why it cannot be tried on this machine; None if it can.
    hindrance: object = lambda: None
    # How often a token meets another hub, at most.
    moves: int = 2
    # Whether a hub is without the database: tokens die within 2 s instead of 0.1 s.
    cuts_off: bool = False


class Faults:
    """All faults of one cluster. The victim of the last `begin` is kept for its `end`."""

    def __init__(self, database, hubs):
        self.database, self.hubs = database, hubs
        self.victim = self.second = self.session = self.command = None
        self.stopped = []
        self.turn = 0

    def all(self):
        return [
            Fault("hub-killed", 2, 5, lambda: self.stop_hub(signal.SIGKILL), self.restart_hub),
            Fault("hub-stopped", 2, 5, lambda: self.stop_hub(signal.SIGTERM), self.restart_hub),
            Fault("hub-machine", 4, 5, self.kill_hub_machine, self.restart_hub),
            Fault("postmaster", 5, 5, self.kill_postmaster, self.until_whole, lasts=5, cuts_off=True),
            Fault("primary-machine", 5, 5, self.kill_primary, self.restart_database, lasts=8, cuts_off=True),
            Fault("primary-machine-without-witness", 25, 25, self.kill_primary_without_witness,
                  self.restart_with_witness, lasts=26, cuts_off=True),
            Fault("standby-machine", 0.25 + 1, 0.25 + 1, self.kill_standby, self.restart_database, lasts=5),
            Fault("etcd-member", 1.25, 1.25, self.kill_etcd, self.restart_etcd, lasts=5),
            Fault("witness", 1.25, 1.25, self.kill_witness, self.restart_witness),
            Fault("all-databases", 60, 60, self.kill_all, self.restart_all, lasts=3, cuts_off=True),
            Fault("power-cut", 60, 60, self.database.cut_power, self.restart_all, lasts=1, cuts_off=True),
            Fault("standby-disk-full", 1.25, 1.25, self.fill_standby, self.free_disk, lasts=8),
            # Nothing is accepted while it is full. Nothing needs a restart afterwards.
            Fault("primary-disk-full", 15, 15, self.fill_primary, self.free_disk, lasts=8, cuts_off=True),
            Fault("false-alarm", 5, 5, self.end_lease, self.until_whole, cuts_off=True),
            Fault("proxy-restarted", 3, 5, self.kill_proxy, self.restart_proxy, lasts=0.5),
            Fault("primary-alone", 5, 5, self.isolate_primary, self.heal_primary, lasts=8, cuts_off=True),
            Fault("primary-with-one-hub", 5, 13, self.isolate_primary_with_hub, self.heal_primary, lasts=8,
                  cuts_off=True),
            # The streams of the hub are silent for as long as this lasts, and hear everything afterwards.
            Fault("hub-alone", 3, 11, self.isolate_hub, self.heal_hub, lasts=6, cuts_off=True),
            Fault("hub-alone-one-way", 3, 11, lambda: self.isolate_hub(is_one_way=True), self.heal_hub, lasts=6,
                  cuts_off=True),
            Fault("primary-frozen", 5, 5, self.freeze_primary, self.resume_primary, lasts=10, cuts_off=True),
            Fault("standby-slow", 1.25, 1.25, self.slow_standby, self.heal_standby, lasts=5),
            Fault("primary-slow", 5, 5, self.slow_primary, self.heal_standby, lasts=5,
                  cuts_off=True),
            Fault("wait-cancelled", 8, 8, self.cancel_waits, self.restart_standbys, lasts=3, cuts_off=True),
            Fault("hub-clock-behind", 2, 5, lambda: self.skew(-30), self.restart_hub, moves=4,
                  hindrance=self.no_compiler),
            Fault("hub-clock-ahead", 2, 5, lambda: self.skew(30), self.restart_hub, moves=4,
                  hindrance=self.no_compiler),
            Fault("hub-clock-far", 2, 5, self.skew_far, self.restart_hub, lasts=0, hindrance=self.no_compiler),
            Fault("rolling-upgrade", 2, 5, self.roll, lambda: None, lasts=0, moves=6),
            Fault("newer-tables", 2, 5, self.roll_beside_newer_tables, lambda: None, lasts=0, moves=6),
            Fault("failover-during-upgrade", 5, 5, self.kill_primary_during_roll, self.restart_database, lasts=0,
                  moves=6, cuts_off=True),
            Fault("failover-during-migration", 5, 5, self.kill_primary_during_migration, self.end_migration, lasts=8,
                  moves=4, cuts_off=True),
            Fault("failover-during-retention", 5, 5, self.kill_primary_during_retention, self.restart_database,
                  lasts=8, moves=6, cuts_off=True,
                  hindrance=lambda: None if has_synchronised_clock() else "no time server has set this clock"),
            Fault("failover-during-removal", 5, 5, self.kill_primary_during_removal, self.end_removal, lasts=8,
                  cuts_off=True),
        ]

    # MARK: Hubs

    def next_hub(self):
        self.turn += 1
        return self.hubs.machines[self.turn % len(self.hubs.machines)]

    def stop_hub(self, number):
        self.victim = self.next_hub()
        self.hubs.stop_hub(self.victim, number)

    def kill_hub_machine(self):
        self.victim = self.next_hub()
        self.victim.kill()

    def restart_hub(self):
        self.hubs.stop_hub(self.victim)
        until(lambda: not self.victim.processes("strapline-hub"), 20, f"{self.victim.name} ends")
        self.hubs.restart_hub(self.victim)

    def named(self, name):
        return next(fault for fault in self.all() if fault.name == name)

    def roll(self):
        for machine in self.hubs.machines:
            self.victim = machine
            self.hubs.stop_hub(machine)
            self.restart_hub()

    def roll_beside_newer_tables(self):
        """The first hub of a later version has added to the tables. The others go on, and can start again."""
        self.ask_hubs_database(
            """ALTER TABLE token ADD COLUMN IF NOT EXISTS later text;
            ALTER TABLE reading ADD COLUMN IF NOT EXISTS later text;
            CREATE TABLE IF NOT EXISTS later (id bigint);
            GRANT ALL ON later TO hub;
            INSERT INTO hub_migration (name) VALUES ('P99 later') ON CONFLICT DO NOTHING""")
        self.roll()

    def kill_primary_during_roll(self):
        for number, machine in enumerate(self.hubs.machines):
            self.hubs.stop_hub(machine)
            until(lambda: not machine.processes("strapline-hub"), 20, f"{machine.name} ends")
            if number == 1:
                self.kill_primary()
            self.hubs.keep_starting(machine)

    def skew(self, seconds):
        self.victim = self.next_hub()
        self.hubs.stop_hub(self.victim)
        until(lambda: not self.victim.processes("strapline-hub"), 20, f"{self.victim.name} ends")
        self.hubs.start_hub(self.victim, seconds)
        self.hubs.until_healthy(self.victim)

    def skew_far(self):
        """A hub whose clock is ten minutes off does not serve."""
        self.victim = self.next_hub()
        self.hubs.stop_hub(self.victim)
        until(lambda: not self.victim.processes("strapline-hub"), 20, f"{self.victim.name} ends")
        process = self.hubs.start_hub(self.victim, 600)
        until(lambda: process.poll() is not None, 20, f"{self.victim.name} refuses to start")

    @staticmethod
    def no_compiler():
        return None if shutil.which("cc") else "there is no C compiler for a hub's wrong clock"

    def isolate_hub(self, is_one_way=False):
        self.victim = self.next_hub()
        for node in self.database.nodes:
            self.victim.drop(node.address, is_one_way)

    def heal_hub(self):
        self.victim.heal()
        self.hubs.until_healthy(self.victim)

    def kill_proxy(self):
        self.hubs.proxy.send(signal.SIGKILL)

    def restart_proxy(self):
        self.hubs.proxy.reap()
        self.hubs.start_proxy()

    # MARK: Database

    def take_primary(self):
        self.victim = until(self.database.primary, 30, "a primary")
        return self.victim

    def kill_postmaster(self):
        # The first line of the file is the number of the process.
        path = self.take_primary().disk.path / "pg" / "postmaster.pid"
        subprocess.run(["kill", "-9", path.read_text().split()[0]], check=False)

    def kill_primary(self):
        self.take_primary().kill()

    def kill_primary_without_witness(self):
        self.kill_witness()
        self.kill_primary()

    def restart_with_witness(self):
        self.restart_database()
        self.restart_witness()

    def ask_hubs_database(self, sql, values=()):
        rows = self.database.ask(until(self.database.primary, 30, "a primary"), sql, values, database="strapline")
        if rows is None:
            raise RuntimeError(f"the primary did not answer: {sql}")
        return rows

    def add_readings(self, name, count, days_ago):
        self.ask_hubs_database(
            """INSERT INTO reading (user_id, measured_at_ms, heart_rate)
                SELECT id, (extract(epoch FROM clock_timestamp()) - %s * 86400)::bigint * 1000 + n, 60
                FROM "user", generate_series(1, %s) AS n WHERE name = %s ON CONFLICT DO NOTHING""",
            (days_ago, count, name))

    def kill_primary_during_removal(self):
        self.turn += 1
        name = f"leaving{self.turn}"
        self.hubs.administer("user", "add", name)
        self.add_readings(name, 20_000, days_ago=1)
        # The command ends by itself, with the old primary or with the next one.
        self.command = subprocess.Popen(
            [self.hubs.program, "user", "remove", name, "--yes", "--database", self.hubs.url],
            env=self.hubs.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.kill_primary()

    def end_removal(self):
        try:
            self.command.wait(timeout=60)
        except subprocess.TimeoutExpired as error:
            self.command.kill()
            raise TimeoutError("the removal of a user hangs") from error
        self.restart_database()

    def kill_primary_during_retention(self):
        """Each hub deletes for all when it has just started and gets the lock."""
        self.add_readings("chief", 30_000, days_ago=400)
        self.roll()
        count = self.count_old()
        until(lambda: self.count_old() < count, 30, "old measurements are deleted")
        self.kill_primary()

    def count_old(self):
        return self.ask_hubs_database(
            """SELECT count(*) FROM reading JOIN "user" ON user_id = id WHERE name = 'chief'
                AND measured_at_ms < (extract(epoch FROM clock_timestamp()) - 380 * 86400)::bigint * 1000""")[0][0]

    def kill_primary_during_migration(self):
        """A hub of a later version adds a table, and the next one waits for it."""
        self.second = self.next_hub()
        self.hubs.stop_hub(self.second)
        until(lambda: not self.second.processes("strapline-hub"), 20, f"{self.second.name} ends")
        primary = until(self.database.primary, 30, "a primary")
        self.session = self.database.connect(primary, database="strapline")
        with self.session.cursor() as cursor:
            cursor.execute(f"BEGIN; SELECT pg_advisory_xact_lock({HUB_LOCKS}, 0); CREATE TABLE half (id bigint)")
        self.hubs.start_hub(self.second)
        waiting = f"SELECT 1 FROM pg_locks WHERE classid = {HUB_LOCKS} AND objid = 0 AND NOT granted"
        until(lambda: self.ask_hubs_database(waiting), 30, "a hub waits for the tables")
        self.kill_primary()

    def end_migration(self):
        self.session.close()
        self.restart_database()
        self.hubs.keep_starting(self.second)
        if self.ask_hubs_database("SELECT to_regclass('half')") != [(None,)]:
            raise RuntimeError("half of a migration is left")

    def restart_database(self):
        self.database.restart(self.victim)
        self.until_whole()

    def until_whole(self):
        self.database.until_whole()

    def kill_standby(self):
        self.turn += 1
        standbys = self.database.standbys()
        self.victim = standbys[self.turn % len(standbys)]
        self.victim.kill()

    def kill_all(self):
        for node in self.database.nodes:
            node.kill()

    def restart_all(self):
        for node in self.database.nodes:
            self.database.restart(node)
        self.until_whole()

    def fill_standby(self):
        self.victim = self.database.standbys()[0]
        self.victim.disk.fill()

    def fill_primary(self):
        self.take_primary().disk.fill()

    def free_disk(self):
        self.victim.disk.free()
        self.until_whole()

    def kill_etcd(self):
        self.turn += 1
        self.victim = self.database.nodes[self.turn % 3]
        self.victim.send(signal.SIGKILL, "etcd --data-dir")

    def restart_etcd(self):
        self.victim.reap()
        self.database.start_etcd(self.victim)
        self.until_whole()

    def kill_witness(self):
        self.database.witness_machine.send(signal.SIGKILL)

    def restart_witness(self):
        self.database.witness_machine.reap()
        self.database.start_witness()

    def end_lease(self):
        """What the witness does, while the primary is well."""
        endpoints = ",".join(f"http://{node.address}:2379" for node in self.database.nodes)
        etcdctl = ["etcdctl", "--endpoints", endpoints]
        environment = {"ETCDCTL_API": "3", "PATH": "/usr/bin:/bin"}
        answer = subprocess.run([*etcdctl, "get", "/service/strapline/leader", "-w", "json"], check=True,
                                capture_output=True, env=environment)
        lease = json.loads(answer.stdout)["kvs"][0]["lease"]
        subprocess.run([*etcdctl, "lease", "revoke", f"{lease:x}"], check=True, capture_output=True, env=environment)

    def isolate_primary(self):
        primary = self.take_primary()
        for machine in self.database.network.machines.values():
            if machine is not primary:
                primary.drop(machine.address)

    def isolate_primary_with_hub(self):
        primary = self.take_primary()
        hub = self.next_hub()
        for machine in self.database.network.machines.values():
            if machine not in (primary, hub):
                primary.drop(machine.address)

    def heal_primary(self):
        self.victim.heal()
        self.until_whole()

    def freeze_primary(self):
        self.database.freeze(self.take_primary())

    def resume_primary(self):
        self.database.resume(self.victim)
        self.until_whole()

    def slow_standby(self):
        self.victim = self.database.standbys()[0]
        self.victim.delay(200)

    def slow_primary(self):
        self.take_primary().delay(200)

    def heal_standby(self):
        self.victim.heal()
        self.until_whole()

    def cancel_waits(self):
        """Both standbys go, and an operator ends the waits of the commits: none of them may be accepted."""
        primary = self.take_primary()
        self.stopped = [node for node in self.database.nodes if node is not primary]
        for node in self.stopped:
            self.database.freeze(node)
        end = time.monotonic() + 2
        while time.monotonic() < end:
            self.database.ask(primary, "SELECT pg_cancel_backend(pid) FROM pg_stat_activity"
                                       " WHERE wait_event = 'SyncRep'")
            time.sleep(0.05)

    def restart_standbys(self):
        for node in self.stopped:
            self.database.resume(node)
        self.until_whole()
