"""The load on a cluster: straps, viewers, administration, programs. Everything is recorded for the oracle."""
import asyncio
import dataclasses
import datetime
import random
import time
import urllib.parse

from clients import HTTPClient, Stream
from oracle import Exchange, Frame, Record, Removal, Socket, Use, Write

WRITE, LATEST = "/api/v1/data", "/api/v1/data/heart_rate/latest"
ADMIN = "/api/hub/v1/admin"
# Seconds: a stream that was silent for longer had no hub or no database behind it, and gets all of it within the other.
PAUSE, CATCH_UP = 1.5, 3.0
READER_SCOPES = ["data:room:read", "data:heart_rate:read"]


def heart_rate(measured_at):
    return 60 + measured_at // 100 % 100


@dataclasses.dataclass
class Person:
    name: str
    profile: str
    user_id: int
    token: str
    room: str
    # Counted up in the member's configuration.
    version: int = 0


@dataclasses.dataclass
class Program:
    """A registered program, which gets its codes at its redirect URI."""
    client: str
    secret: str


@dataclasses.dataclass
class Viewer:
    """The times of the readings that one viewer has heard, over all of its connections."""
    name: str
    # Whether it has a room, and so several readings each second: else a gap of a second is usual.
    has_room: bool
    heard: list = dataclasses.field(default_factory=list)


class Load:
    """Runs until `stop()`. `addresses` has the proxy, or each hub where there is none: pairs of host and port."""

    # Loads of this process.
    count = 0

    def __init__(self, addresses, people, admin_token, viewers, pace=1.0, program=None):
        self.addresses, self.program = addresses, program
        self.people, self.admin_token, self.pace = people, admin_token, pace
        self.by_profile = {person.profile: person for person in people}
        self.record = Record()
        self.viewers = [Viewer(f"viewer {number}", number % 3 != 2) for number in range(viewers)]
        self.reader_tokens = {}
        self.is_cut_off = False
        self.greedy_token = None
        self.is_going = True
        self.is_writing = True
        self.tasks = []

    @property
    def rooms(self):
        return sorted({person.room for person in self.people})

    def members(self, room):
        return [person for person in self.people if person.room == room]

    # MARK: Life

    async def start(self):
        """Issues the tokens of the viewers, and starts everything."""
        for room in self.rooms:
            self.reader_tokens[room] = await self.issue(self.members(room)[0], READER_SCOPES)
        self.greedy_token = await self.issue(self.people[0], ["data:heart_rate:read"])
        running = [self.write(person) for person in self.people]
        running += [self.view(viewer, number) for number, viewer in enumerate(self.viewers)]
        running += [self.write_backlog(self.people[-1]), self.administer(), self.remove_tokens(), self.be_greedy(),
                    self.authorize_devices()]
        if self.program:
            running.append(self.authorize_program())
        self.tasks = [asyncio.create_task(one) for one in running]
        self.began = time.monotonic()

    async def stop(self):
        """Ends the writers first, so that the streams hear the last reading."""
        self.is_writing = False
        await asyncio.sleep(2)
        self.is_going = False
        self.record.ended = time.monotonic()
        waiting = set(self.tasks)
        while waiting:
            # Again and again: asyncio.wait_for of Python 3.11 may lose a cancellation.
            for task in waiting:
                task.cancel()
            _, waiting = await asyncio.wait(waiting, timeout=1)
        for task in self.tasks:
            if not task.cancelled() and task.exception():
                raise task.exception()

    def client(self):
        return HTTPClient(self.addresses)

    # MARK: Straps

    async def write(self, person):
        """A strap with one reading each second, sent until it is accepted."""
        client = self.client()
        await asyncio.sleep(random.random() * self.pace)
        while self.is_writing:
            begin = time.monotonic()
            await self.send(client, person, int(time.time() * 1000))
            await asyncio.sleep(max(0.0, self.pace - (time.monotonic() - begin)))

    async def write_backlog(self, person):
        """An uploader that comes back after hours, and sends its backlog, oldest first. Each load has hours of its own:
        a reading of an earlier load would be accepted, and be no new one."""
        client = self.client()
        Load.count += 1
        measured_at = int(time.time() * 1000) - 3 * 3_600_000 * Load.count
        while self.is_writing:
            await self.send(client, person, measured_at)
            measured_at += 1000
            # Below the limit of its token, which its live readings share.
            await asyncio.sleep(0.1)

    async def send(self, client, person, measured_at):
        while self.is_writing:
            write = Write(person.profile, measured_at, heart_rate(measured_at), time.monotonic())
            self.record.writes.append(write)
            body = {"measured_at": measured_at, "data": {"heart_rate": write.rate}}
            status, _ = await client.call("POST", WRITE, person.token, body)
            write.status, write.answered = status, time.monotonic()
            if status == 200:
                return
            await asyncio.sleep(0.1 + random.random() * 0.2)

    # MARK: Viewers

    async def view(self, viewer, number):
        """Every second viewer leaves and comes back; every third one has the readings of one member only."""
        room = self.rooms[number % len(self.rooms)]
        while self.is_going:
            token = self.reader_tokens[room]
            stay = 5 + random.random() * 10 if number % 2 else None
            if viewer.has_room:
                await self.read(viewer, room, self.members(room), room_path(room), token, stay)
            else:
                await self.read(viewer, None, self.members(room)[:1], "/api/v1/data/real_time", token, stay)
            await asyncio.sleep(0.05 + random.random() * 0.2)

    async def read(self, viewer, room, members, path, token, stay):
        """One connection, recorded from its upgrade to its last message."""
        versions = {person.profile: person.version for person in members}
        status, stream = await Stream.open(*random.choice(self.addresses), path, token)
        if stream is None:
            return status
        name = f"{viewer.name} at {time.monotonic() - self.began:.1f} s" if viewer else "removed"
        socket = Socket(name, room, frozenset(versions), time.monotonic(), token, versions=versions)
        self.record.sockets.append(socket)
        leaves = time.monotonic() + stay if stay else float("inf")
        last = flows_since = time.monotonic()
        try:
            async for message in stream.messages():
                frame = self.frame(message, members)
                socket.frames.append(frame)
                if viewer and frame.kind == "heart_rate":
                    viewer.heard.append(frame.at)
                if frame.at - last > PAUSE:
                    flows_since = frame.at
                last = frame.at
                # After a pause it stays until it has everything that it missed.
                if frame.at > max(leaves, flows_since + CATCH_UP):
                    stream.close()
                    break
        finally:
            # The load may end it too.
            if self.is_going:
                socket.closed = socket.frames[-1].at if socket.frames else socket.opened
        return status

    @staticmethod
    def frame(message, members):
        now = time.monotonic()
        kind = message.get("kind")
        if kind is None:
            return Frame(now, "heart_rate", members[0].profile, message["measured_at"], message["data"]["heart_rate"])
        payload = message[kind]
        profile = payload.get("profile_id")
        if kind == "heart_rate":
            return Frame(now, kind, profile, message_time(message["timestamp"]), payload["bpm"])
        return Frame(now, kind, profile, version=int(payload.get("config", {}).get("version", 0)))

    # MARK: Administration

    async def issue(self, person, scopes, **options):
        """A token, issued until it works."""
        client = self.client()
        while True:
            body = {"user": person.name, "scopes": scopes, **options}
            status, answer = await client.json("POST", f"{ADMIN}/tokens", self.admin_token, body)
            if status == 201:
                client.close()
                return answer["access_token"]
            await asyncio.sleep(0.2)

    async def administer(self):
        """Every 5 s a member gets another configuration."""
        client = self.client()
        while self.is_going:
            person = random.choice(self.people)
            version = person.version + 1
            path = f"{ADMIN}/rooms/{person.room}/members/{person.name}"
            status, _ = await client.call("PUT", path, self.admin_token, {"config": {"version": version}})
            if status == 200:
                person.version = version
            await asyncio.sleep(5)

    async def remove_tokens(self):
        """Every 5 s a token that reads and calls is removed, and used for some seconds more."""
        client, count = self.client(), 0
        while self.is_going:
            person = random.choice(self.people)
            count += 1
            label = f"removed {count}"
            token = await self.issue(person, READER_SCOPES, label=label)
            path = room_path(person.room)
            reading = asyncio.create_task(self.read(None, person.room, self.members(person.room), path, token, None))
            using = asyncio.create_task(self.use(token, 6))
            await asyncio.sleep(2)
            await self.remove(client, person, label, token)
            await using
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)

    async def remove(self, client, person, label, token):
        """Removes the tokens with a label, which an issue without an answer may have made several of."""
        while self.is_going:
            status, answer = await client.json("GET", f"{ADMIN}/tokens?user={person.name}", self.admin_token)
            numbers = [row["token_id"] for row in answer.get("tokens", []) if row["label"] == label]
            for number in numbers:
                await client.call("DELETE", f"{ADMIN}/tokens/{number}", self.admin_token)
            if status == 200 and not numbers:
                return
            # Removed now, or by an attempt whose answer was lost: the list above decides.
            self.record.removals = [one for one in self.record.removals if one.token != token]
            self.record.removals.append(Removal(token, time.monotonic(), self.is_cut_off))

    async def use(self, token, seconds):
        client = self.client()
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.is_going:
            use = Use(token, time.monotonic(), None)
            use.status, _ = await client.call("GET", "/api/v1/token/validate", token)
            self.record.uses.append(use)
            await asyncio.sleep(0.1)
        client.close()

    async def be_greedy(self):
        """One token calls faster than its limit allows."""
        client = self.client()
        while self.is_going:
            use = Use(self.greedy_token, time.monotonic(), None)
            use.status, _ = await client.call("GET", LATEST, self.greedy_token)
            self.record.uses.append(use)
            await asyncio.sleep(0.02)

    # MARK: Programs

    async def authorize_devices(self):
        """Device flows: their calls have no token, so that the proxy spreads them over the hubs."""
        token = await self.issue(self.people[0], ["data:heart_rate:read", "profile:read"], may_consent=True)
        client, others = self.client(), [self.client(), self.client()]
        while self.is_going:
            form = {"client_id": "strapline-hub", "scope": "profile:read"}
            status, answer = await client.json("POST", "/oauth2/device_authorization", form=form)
            if status == 200:
                consent = {"user_code": answer["user_code"], "access_token": token, "decision": "allow"}
                await client.call("POST", "/oauth2/device_authorization_consent", form=consent)
                exchange = {"grant_type": "urn:ietf:params:oauth:grant-type:device_code",
                            "device_code": answer["device_code"], "client_id": "strapline-hub"}
                await self.exchange(answer["device_code"], exchange, others)
            await asyncio.sleep(4)

    async def authorize_program(self):
        """Authorization codes, at the address that a redirect names."""
        scopes = ["data:heart_rate:read", "data:heart_rate:write"]
        token = await self.issue(self.people[0], scopes, may_consent=True)
        client, others = self.client(), [self.client(), self.client()]
        while self.is_going:
            form = {"response_type": "code", "client_id": self.program.client, "scope": ",".join(scopes),
                    "decision": "allow", "access_token": token}
            status, _ = await client.call("POST", "/auth", form=form)
            address = urllib.parse.urlsplit(client.headers.get("location", ""))
            codes = urllib.parse.parse_qs(address.query).get("code", [])
            if status == 303 and codes:
                exchange = {"grant_type": "authorization_code", "code": codes[0], "client_id": self.program.client,
                            "client_secret": self.program.secret}
                await self.exchange(codes[0], exchange, others)
            await asyncio.sleep(4)

    async def exchange(self, code, form, clients):
        """Two programs exchange each code, by turns one after the other and at once: then both may be refused."""
        calls = [client.call("POST", "/oauth2/token", form=form) for client in clients]
        if len(self.record.exchanges) % 4 == 0:
            answers = [await call for call in calls]
        else:
            answers = await asyncio.gather(*calls)
        self.record.exchanges += [
            Exchange(code, f"program {number}", status) for number, (status, _) in enumerate(answers)]


def room_path(room):
    return f"/api/v2/data/rooms/{room}/real_time?kinds=heart_rate,room_updated,room_member_updated"


def message_time(text):
    """Milliseconds of a timestamp as the hub writes it: 2024-03-01T16:40:00.123Z."""
    return round(datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 1000)

