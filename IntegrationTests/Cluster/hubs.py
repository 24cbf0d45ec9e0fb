"""Three hubs on machines of their own, and the proxy before them, with the files of packaging/cluster."""
import json
import os
import pathlib
import signal
import subprocess
import urllib.error
import urllib.request

from database import PACKAGING
from load import Person, Program
from machines import until

ROOT = PACKAGING.parents[1]
PORT = 8080
# Without a proxy of the environment.
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Hubs:
    """The machines hub1 to hub3, and lb for the proxy."""

    def __init__(self, network, database, proxy="haproxy"):
        self.network, self.database, self.proxy_program = network, database, proxy
        self.program = pathlib.Path(os.environ.get("STRAPLINE_PROGRAMS", ROOT / ".build/debug")) / "strapline-hub"
        self.machines = [network.add(f"hub{number}", f"10.0.0.1{number}") for number in (1, 2, 3)]
        self.proxy = network.add("lb", "10.0.0.20")
        hosts = ",".join(node.address for node in database.nodes)
        self.url = f"postgres://hub@{hosts}/strapline"
        self.environment = {"PGPASSFILE": str(database.pgpass)}

    def administer(self, *words):
        """A command of the administration, as on any machine that reaches the database."""
        answer = subprocess.run(
            [self.program, *words, "--json", "--database", self.url], check=False, capture_output=True, text=True,
            env=self.environment, timeout=120)
        if answer.returncode:
            raise RuntimeError(f"strapline-hub {' '.join(words)}: {answer.stderr}")
        return json.loads(answer.stdout)

    def make_people(self, count, room_size):
        """Users with tokens in rooms; returns them and a token of the administration."""
        admin_token = self.administer("init", "--user", "chief", "--room", "Office")["admin_token"]
        people = []
        for number in range((count + room_size - 1) // room_size):
            room = self.administer("room", "create", f"Room {number}")["room_id"]
            names = [f"strap{place}" for place in range(number * room_size, min(count, (number + 1) * room_size))]
            roster = self.network.folder / "roster.csv"
            roster.write_text("name\n" + "\n".join(names) + "\n")
            for row in self.administer("roster", "import", str(roster), "--room", room)["people"]:
                people.append(Person(row["name"], row["profile_id"], row["user_id"], row["access_token"], room))
        return people, admin_token

    def make_program(self):
        answer = self.administer("client", "add", "App", "--id", "app", "--secret",
                                 "--redirect-uri", "https://app.example/back")
        return Program(answer["client_id"], answer["client_secret"])

    # MARK: Life

    def start(self):
        for machine in self.machines:
            self.start_hub(machine)
        self.start_proxy()
        until(lambda: self.health(self.proxy, 80) == 200, 20, "the proxy serves")
        until(lambda: all(self.health(machine) == 200 for machine in self.machines), 30, "three hubs serve")

    def start_hub(self, machine, clock_offset_seconds=0):
        words = [self.program, "serve", "--host", machine.address, "--port", PORT, "--database", self.url,
                 "--streams-per-token", "0", "--trusted-proxy", self.proxy.address]
        environment = dict(self.environment)
        if clock_offset_seconds:
            environment |= {"LD_PRELOAD": self.clock_library(), "CLOCK_OFFSET_SECONDS": str(clock_offset_seconds)}
        return machine.start("hub", words, environment=environment)

    def clock_library(self):
        library = self.network.folder / "clock_offset.so"
        if not library.exists():
            source = pathlib.Path(__file__).parent / "clock_offset.c"
            subprocess.run(["cc", "-shared", "-fPIC", "-Wall", "-Werror", "-o", library, source], check=True)
        return str(library)

    def restart_hub(self, machine):
        machine.plug()
        machine.reap()
        self.start_hub(machine)
        self.until_healthy(machine)

    def keep_starting(self, machine, seconds=60):
        """Starts a hub until it serves, as systemd does: without a primary it gives up after some seconds."""
        def serves():
            if not machine.processes("strapline-hub"):
                machine.reap()
                self.start_hub(machine)
            return self.health(machine) == 200
        until(serves, seconds, f"{machine.name} serves")

    def until_healthy(self, machine, seconds=30):
        until(lambda: self.health(machine) == 200, seconds, f"{machine.name} serves")

    def start_proxy(self):
        """haproxy or nginx, with the file of packaging/cluster."""
        folder = self.proxy.folder
        if self.proxy_program == "haproxy":
            path = folder / "haproxy.cfg"
            # Fewer connections: their files would be beyond the limit of a user.
            path.write_text((PACKAGING / "haproxy.cfg").read_text().replace("maxconn 120000", "maxconn 5000"))
            self.proxy.start("haproxy", ["haproxy", "-db", "-f", path])
            return
        path = folder / "nginx.conf"
        path.write_text(f"daemon off; user root; pid {folder}/nginx.pid; error_log stderr;"
                        " worker_rlimit_nofile 20000; events { worker_connections 10000; }"
                        f" http {{ access_log off; include {PACKAGING / 'nginx.conf'}; }}\n")
        self.proxy.start("nginx", ["/usr/sbin/nginx", "-p", folder, "-c", path])

    def health(self, machine, port=PORT):
        """The status of /healthz; None without an answer."""
        try:
            with OPENER.open(f"http://{machine.address}:{port}/healthz", timeout=3) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return None

    def stop_hub(self, machine, number=signal.SIGTERM):
        machine.send(number, "strapline-hub")

    def stored(self, people):
        """(profile, measured_at, rate) of all readings, from the primary."""
        profiles = {person.user_id: person.profile for person in people}
        rows = self.database.ask(self.database.primary(), "SELECT user_id, measured_at_ms, heart_rate FROM reading",
                                 database="strapline")
        return [(profiles[user], measured_at, rate) for user, measured_at, rate in rows if user in profiles]
