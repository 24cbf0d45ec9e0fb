"""Three PostgreSQL under Patroni over etcd, with the files of packaging/cluster, and their witness."""
import pathlib
import shutil
import signal
import subprocess
import threading
import time

import oracle
import psycopg2
import yaml
from machines import run, until
from postgres import programs

PACKAGING = pathlib.Path(__file__).resolve().parents[2] / "packaging" / "cluster"
# Of Debian, as on a real machine: a virtual environment's own may lie below a closed home.
PYTHON = "/usr/bin/python3"
PASSWORDS = {"CHANGE-ME-1": "one", "CHANGE-ME-2": "two", "CHANGE-ME-3": "three"}
STATE = """SELECT pg_is_in_recovery(), current_setting('synchronous_standby_names'),
    current_setting('transaction_read_only'),
    (SELECT sender_host FROM pg_stat_wal_receiver WHERE status = 'streaming')"""


class Disk:
    """The disk of a machine: ext4 in a file, through the block layer. So a copy of the file is what a power cut leaves:
    pages that were never synced are not in it."""

    # Each failover leaves up to 16 MB, and PostgreSQL keeps 1 GB. The file is sparse.
    SIZE = "3G"

    def __init__(self, folder):
        self.path, self.image = folder / "data", folder / "disk.img"
        self.kept = folder / "kept.img"

    def make(self):
        self.path.mkdir()
        run("truncate", "--size", self.SIZE, str(self.image))
        # -E: no writes later on, which a copy would have to wait for.
        run("mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=0,lazy_journal_init=0", str(self.image))
        self.mount()

    def mount(self):
        run("mount", "-o", "loop,noatime", str(self.image), str(self.path))

    def unmount(self):
        run("umount", str(self.path), check=False)

    def keep(self):
        """Copies the blocks as they are now."""
        run("cp", "--sparse=always", str(self.image), str(self.kept))

    def lose(self):
        """Goes back to the copy: everything since then, and everything that was in memory only, is gone."""
        until(lambda: subprocess.run(["umount", str(self.path)], check=False, capture_output=True).returncode == 0,
              20, f"{self.path} is not in use")
        self.kept.replace(self.image)
        self.mount()

    def fill(self):
        left = shutil.disk_usage(self.path).free
        run("fallocate", "-l", str(left - left % 4096), str(self.path / "filler"))

    def free(self):
        (self.path / "filler").unlink()


class Database:
    """The machines pg1 to pg3, and w for the witness."""

    def __init__(self, network):
        self.network = network
        # The user postgres may not enter the folder of this environment.
        self.packages = network.folder / "packages"
        shutil.copytree(pathlib.Path(yaml.__file__).parents[1], self.packages)
        self.nodes = [network.add(f"pg{number}", f"10.0.0.{number}") for number in (1, 2, 3)]
        for node in self.nodes:
            node.disk = Disk(node.folder)
        self.witness_machine = network.add("w", "10.0.0.9")
        self.pgpass = network.folder / "pgpass"
        users = {"postgres": "one", "hub": "hub", "witness": "witness"}
        self.pgpass.write_text("".join(f"*:*:*:{user}:{password}\n" for user, password in users.items()))
        self.pgpass.chmod(0o600)

    # MARK: Start and end

    def start(self):
        """Makes the cluster and its roles; returns when both standbys are in the quorum."""
        for node in self.nodes:
            self._configure(node)
            self.start_etcd(node)
        for node in self.nodes:
            self.start_patroni(node)
        until(lambda: self.primary() and self.standby_count() == 2, 60, "two standbys follow")
        self._make_roles()
        self.start_witness()

    def start_etcd(self, node):
        settings = {}
        for line in (PACKAGING / "etcd.env").read_text().splitlines():
            if line and not line.startswith("#"):
                name, _, value = line.partition("=")
                is_own = name not in ("ETCD_INITIAL_CLUSTER", "ETCD_INITIAL_CLUSTER_TOKEN")
                settings[name] = value.replace("10.0.0.1:", f"{node.address}:") if is_own else value
        settings["ETCD_NAME"] = node.name
        folder = node.disk.path / "etcd"
        if folder.exists():
            settings["ETCD_INITIAL_CLUSTER_STATE"] = "existing"
        node.start("etcd", ["etcd", "--data-dir", folder], environment=settings)

    def start_patroni(self, node):
        """Like its unit: after a failure it is started again. It ends when its etcd does not answer at the start."""
        forever = 'until "$0" "$@"; do sleep 2; done'
        node.start("patroni", ["sh", "-c", forever, PYTHON, "-m", "patroni", node.folder / "patroni.yml"],
                   user="postgres", environment={"PYTHONPATH": str(self.packages)})

    def start_witness(self):
        endpoints = [word for node in self.nodes for word in ("--etcd", f"http://{node.address}:2379")]
        return self.witness_machine.start(
            "witness", [PYTHON, PACKAGING / "strapline-witness", *endpoints],
            environment={"PYTHONPATH": str(self.packages), "PGPASSFILE": str(self.pgpass)})

    def restart(self, node):
        """Brings a machine back that was killed."""
        node.plug()
        node.reap()
        self.start_etcd(node)
        self.start_patroni(node)

    def until_whole(self, seconds=120):
        """Returns when there is a primary with two standbys, all on its timeline."""
        until(lambda: self.standby_count() == 2, seconds, "two standbys follow again")

    def _configure(self, node):
        text = (PACKAGING / "patroni.yml").read_text()
        for placeholder, password in PASSWORDS.items():
            text = text.replace(placeholder, password)
        lines = [line.replace("10.0.0.1", node.address).replace("pg1", node.name)
                 if "# this machine" in line else line for line in text.splitlines()]
        settings = yaml.safe_load("\n".join(lines))
        run_folder = node.folder / "run"
        run_folder.mkdir()
        node.disk.make()
        for folder in (run_folder, node.disk.path):
            shutil.chown(folder, "postgres", "postgres")
        settings["postgresql"].update(
            data_dir=str(node.disk.path / "pg"), bin_dir=str(programs()), pgpass=str(run_folder / "pgpass"))
        settings["postgresql"]["parameters"]["unix_socket_directories"] = str(run_folder)
        settings["etcd3"]["hosts"].sort(key=lambda host: host != f"{node.address}:2379")
        path = node.folder / "patroni.yml"
        path.write_text(yaml.safe_dump(settings))
        shutil.chown(path, "postgres", "postgres")
        path.chmod(0o600)

    def _make_roles(self):
        primary = self.primary()
        passwords = "ALTER ROLE hub PASSWORD 'hub'; ALTER ROLE witness PASSWORD 'witness';"
        for words in (["-f", str(PACKAGING / "roles.sql")], ["-c", passwords]):
            subprocess.run([programs() / "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", primary.address,
                            "-U", "postgres", "-d", "postgres", *words],
                           check=True, capture_output=True, env={"PGPASSFILE": str(self.pgpass)})

    # MARK: Questions

    def connect(self, node, user="postgres", database="postgres", **options):
        connection = psycopg2.connect(
            host=node.address, user=user, dbname=database, passfile=str(self.pgpass), connect_timeout=2,
            tcp_user_timeout=2000, application_name="test-cluster", **options)
        connection.autocommit = True
        return connection

    def ask(self, node, sql, values=(), **options):
        """The rows of one statement; None if the server does not answer."""
        try:
            connection = self.connect(node, options="-c statement_timeout=5s", **options)
        except psycopg2.Error:
            return None
        try:
            with connection.cursor() as cursor:
                cursor.execute(sql, values)
                return cursor.fetchall() if cursor.description else []
        except psycopg2.Error:
            return None
        finally:
            connection.close()

    def primaries(self):
        return [node for node in self.nodes if self.ask(node, "SELECT pg_is_in_recovery()") == [(False,)]]

    def primary(self):
        """The machine of the only primary; None while there is none."""
        found = self.primaries()
        return found[0] if len(found) == 1 else None

    def standbys(self):
        primary = self.primary()
        return [node for node in self.nodes if node is not primary]

    def standby_count(self):
        primary = self.primary()
        rows = primary and self.ask(
            primary, "SELECT count(*) FROM pg_stat_replication WHERE sync_state IN ('sync', 'quorum')"
                     " AND state = 'streaming'")
        return rows[0][0] if rows else 0

    # MARK: Faults

    def cut_power(self):
        """Ends all machines at one moment. Their disks keep only the blocks that had reached them."""
        for number in (signal.SIGSTOP, signal.SIGKILL):
            for node in self.nodes:
                node.send(number)
            if number == signal.SIGSTOP:
                for node in self.nodes:
                    node.disk.keep()
        for node in self.nodes:
            node.reap()
            node.disk.lose()

    def close(self):
        for node in self.nodes:
            node.disk.unmount()

    def freeze(self, node):
        node.send(signal.SIGSTOP, "patroni")
        return node.send(signal.SIGSTOP, "postgres")

    def resume(self, node):
        node.send(signal.SIGCONT)


class Spans:
    """Times in which something had one value; None is no value."""

    def __init__(self):
        self.all = []
        self.value = None

    def note(self, value, at):
        if value is not None and value == self.value:
            self.all[-1][1] = at
        elif value is not None:
            self.all.append([at, at, value])
        self.value = value


class PrimaryWatch(threading.Thread):
    """Asks a server every 20 ms whether it is a primary, or else which one it follows."""

    def __init__(self, database, node):
        super().__init__(daemon=True)
        self.database, self.node = database, node
        # The value is whether it waits for a standby, and the address of the primary.
        self.leading, self.following = Spans(), Spans()
        self.state = "starts"
        self.is_going = True

    def run(self):
        connection = None
        while self.is_going:
            try:
                connection = connection or self.database.connect(self.node)
                asked = time.monotonic()
                with connection.cursor() as cursor:
                    cursor.execute(STATE)
                    in_recovery, names, read_only, sender = cursor.fetchone()
                self.state = "standby" if in_recovery else "primary"
                self.leading.note(bool(names) if not in_recovery and read_only == "off" else None, asked)
                self.following.note(sender, asked)
            except psycopg2.Error:
                connection = None
                self.state = "does not answer"
                self.leading.note(None, 0)
                self.following.note(None, 0)
            time.sleep(0.02)


def accepting_spans(watches):
    """The spans (begin, end, server) in which a server could accept a write.

    A primary with standby names takes statements, and confirms none while no standby receives from it. Its own list of
    standbys is no proof: after a freeze it names those that have left.
    """
    return oracle.accepting(
        [(begin, end, watch.node.name, watch.node.address if waits else None)
         for watch in watches for begin, end, waits in watch.leading.all],
        [tuple(span) for watch in watches for span in watch.following.all])
