"""One PostgreSQL on this machine, with a second copy of its log: what a test needs of a cluster at the least."""
import os
import pathlib
import pwd
import signal
import subprocess
import time

RECEIVER = "receiver"


def programs():
    """The folder of PostgreSQL's programs."""
    versions = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/postgres"),
                      key=lambda path: int(path.parts[-3]))
    if not versions:
        raise FileNotFoundError("no /usr/lib/postgresql/*/bin/postgres: install postgresql")
    return versions[-1].parent


def as_owner(words):
    """PostgreSQL does not run as root: root's servers belong to the user postgres."""
    if os.getuid() != 0:
        return list(map(str, words))
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", *map(str, words)]


class Server:
    """A server on a Unix socket. A commit waits until pg_receivewal has it in a second folder."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.data, self.received = self.folder / "data", self.folder / "received"
        self.process = self.receiver = None
        for path in (self.folder, self.data, self.received):
            path.mkdir(mode=0o700, exist_ok=True)
            if os.getuid() == 0:
                owner = pwd.getpwnam("postgres")
                os.chown(path, owner.pw_uid, owner.pw_gid)
        self.run("initdb", "-D", self.data, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--no-locale")

    @property
    def url(self):
        return f"postgres://postgres@{str(self.folder).replace('/', '%2F')}/postgres"

    def run(self, program, *words):
        return subprocess.run(
            as_owner([programs() / program, *words]), check=True, capture_output=True, text=True).stdout

    def query(self, sql):
        """The rows as lists of texts."""
        text = self.run("psql", "-X", "-q", "-A", "-t", "-F", "\t", "-h", self.folder, "-U", "postgres",
                        "-d", "postgres", "-c", sql)
        return [line.split("\t") for line in text.splitlines()]

    def start(self):
        self.process = self._spawn(
            "postgres", "-D", self.data, "-k", self.folder, "-c", "listen_addresses=", "-c", "shared_buffers=32MB",
            "-c", f"synchronous_standby_names=ANY 1 ({RECEIVER})")
        self._until("SELECT 1", "1")
        self.start_receiver()

    def start_receiver(self):
        self.receiver = self._spawn(
            "pg_receivewal", "-D", self.received, "--synchronous", "--status-interval=1", "-d",
            f"host={self.folder} user=postgres application_name={RECEIVER}")
        self._until("SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'quorum'", "1")

    def stop(self):
        """Ends it at once, as a crash does; the receiver goes on."""
        if self.process:
            self.process.send_signal(signal.SIGCONT)
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait()
            self.process = None

    def stop_receiver(self):
        if self.receiver:
            self.receiver.kill()
            self.receiver.wait()
            self.receiver = None

    def restart(self):
        self.stop_receiver()
        self.stop()
        self.start()

    def close(self):
        self.stop_receiver()
        self.stop()

    def _spawn(self, program, *words):
        with open(self.folder / f"{program}.log", "ab") as log:
            return subprocess.Popen(as_owner([programs() / program, *words]), stdin=subprocess.DEVNULL, stdout=log,
                                    stderr=log)

    def _until(self, sql, answer, seconds=30):
        deadline = time.monotonic() + seconds
        while True:
            try:
                if self.query(sql) == [[answer]]:
                    return
            except subprocess.CalledProcessError as error:
                if time.monotonic() > deadline:
                    raise TimeoutError(error.stderr) from error
            if time.monotonic() > deadline:
                raise TimeoutError(sql)
            time.sleep(0.05)
