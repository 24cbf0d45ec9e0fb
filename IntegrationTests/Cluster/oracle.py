"""Nine rules that several hubs keep, whatever dies, about the readings that were accepted, kept and heard.

Times are seconds of one monotonic clock. A reading is (user, measured_at in ms). Each rule returns its problems.
"""
import collections
import dataclasses
import math


@dataclasses.dataclass
class Write:
    """One attempt to send a reading."""
    user: str
    measured_at: int
    rate: int
    sent: float
    # None: no answer came.
    status: int | None = None
    answered: float | None = None

    @property
    def reading(self):
        return self.user, self.measured_at

    @property
    def is_accepted(self):
        return self.status == 200

    @property
    def is_unknown(self):
        """Whether the hub may have kept it without saying so."""
        return self.status is None or self.status >= 500


@dataclasses.dataclass
class Frame:
    """A message of a stream: its kind as in the API."""
    at: float
    kind: str
    user: str | None = None
    measured_at: int | None = None
    rate: int | None = None
    # The number that the test counts up in a member's configuration.
    version: int = 0

    @property
    def reading(self):
        return self.user, self.measured_at


@dataclasses.dataclass
class Socket:
    name: str
    # None: the readings of one user.
    room: str | None
    users: frozenset
    opened: float
    token: str = ""
    # None: open at the end.
    closed: float | None = None
    # The version of each member's configuration that was confirmed before the socket opened.
    versions: dict = dataclasses.field(default_factory=dict)
    frames: list = dataclasses.field(default_factory=list)

    @property
    def readings(self):
        return [frame for frame in self.frames if frame.kind == "heart_rate"]


@dataclasses.dataclass
class Removal:
    """A token that the hub confirmed as removed."""
    token: str
    confirmed: float
    # Whether a hub was cut off from the database then.
    is_cut_off: bool = False


@dataclasses.dataclass
class Use:
    token: str
    sent: float
    status: int | None


@dataclasses.dataclass
class Exchange:
    """An attempt to exchange a device code or an authorization code."""
    code: str
    hub: str
    status: int | None


@dataclasses.dataclass
class Record:
    """All that the load saw."""
    ended: float = 0
    writes: list = dataclasses.field(default_factory=list)
    # (user, measured_at, rate), as the table has them.
    stored: list = dataclasses.field(default_factory=list)
    sockets: list = dataclasses.field(default_factory=list)
    removals: list = dataclasses.field(default_factory=list)
    uses: list = dataclasses.field(default_factory=list)
    exchanges: list = dataclasses.field(default_factory=list)

    @property
    def kept(self):
        return {(user, measured_at): rate for user, measured_at, rate in self.stored}


def accepted_is_kept(record):
    """1. Every accepted reading is in the table."""
    kept = record.kept
    return [f"accepted and lost: {write.reading}" for write in record.writes
            if write.is_accepted and write.reading not in kept]


def kept_was_sent(record):
    """2. Every reading in the table was sent; none is there twice; the first heart rate counts."""
    sent = collections.defaultdict(list)
    for write in record.writes:
        if write.is_accepted or write.is_unknown:
            sent[write.reading].append(write)
    count = collections.Counter((user, measured_at) for user, measured_at, _ in record.stored)
    problems = [f"kept {number} times: {reading}" for reading, number in count.items() if number > 1]
    for user, measured_at, rate in record.stored:
        writes = sent.get((user, measured_at), [])
        if not writes:
            problems.append(f"kept and never sent: {(user, measured_at)}")
            continue
        first = min((write.answered for write in writes if write.is_accepted), default=float("inf"))
        # A write that was sent after another one was accepted comes second.
        if rate not in {write.rate for write in writes if write.sent <= first}:
            problems.append(f"kept with {rate}, which is not the first heart rate: {(user, measured_at)}")
    return problems


def heard_is_kept(record):
    """3. Every reading of a stream is in the table, with its heart rate, and comes once."""
    kept = record.kept
    problems = []
    for socket in record.sockets:
        heard = collections.Counter(frame.reading for frame in socket.readings)
        problems += [f"{socket.name} heard {number} times: {reading}"
                     for reading, number in heard.items() if number > 1]
        problems += [f"{socket.name} heard, and not kept: {frame.reading} {frame.rate}" for frame in socket.readings
                     if kept.get(frame.reading) != frame.rate]
    return problems


def open_stream_is_complete(record, start=1.0, end=5.0):
    """4. A stream hears every accepted reading of its users that was sent while it was open.

    `start` and `end` are the seconds after its first and before its last moment that are not counted.
    """
    problems = []
    accepted = collections.defaultdict(dict)
    for write in record.writes:
        if write.is_accepted:
            known = accepted[write.user].get(write.measured_at)
            # An attempt before may have kept it.
            accepted[write.user][write.measured_at] = (
                min(write.sent, known[0] if known else write.sent), write.answered)
    for write in record.writes:
        if write.is_unknown and write.measured_at in accepted[write.user]:
            sent, answered = accepted[write.user][write.measured_at]
            accepted[write.user][write.measured_at] = (min(sent, write.sent), answered)
    for socket in record.sockets:
        heard = {frame.reading for frame in socket.readings}
        first, last = socket.opened + start, (socket.closed or record.ended) - end
        for user in socket.users:
            problems += [
                f"{socket.name} did not hear {(user, measured_at)}"
                for measured_at, (sent, answered) in accepted[user].items()
                if sent >= first and answered <= last and (user, measured_at) not in heard]
    return problems


def order_is_one(record):
    """5. All streams of a room have its readings in one order, whichever hub they are on."""
    problems = []
    rooms = collections.defaultdict(list)
    for socket in record.sockets:
        if socket.room is not None:
            rooms[socket.room].append(socket)
    for room, sockets in rooms.items():
        reference = max(sockets, key=lambda socket: len(socket.readings))
        place = {frame.reading: number for number, frame in enumerate(reference.readings)}
        for socket in sockets:
            places = [place[frame.reading] for frame in socket.readings if frame.reading in place]
            if places != sorted(places):
                problems.append(f"{socket.name} has room {room} in another order than {reference.name}")
    return problems


def members_are_introduced(record):
    """6. A member's first reading comes after `room_updated` and after the member's state, which is no older than the
    one that was confirmed before the stream opened."""
    problems = []
    for socket in record.sockets:
        if socket.room is None:
            continue
        has_room, versions = False, {}
        for frame in socket.frames:
            if frame.kind == "room_updated":
                has_room = True
            elif frame.kind == "room_member_updated":
                versions.setdefault(frame.user, frame.version)
            elif frame.kind == "heart_rate" and frame.user not in versions:
                problems.append(f"{socket.name} heard {frame.user} before the state of that member")
                versions[frame.user] = float("inf")
            elif frame.kind == "heart_rate" and not has_room:
                problems.append(f"{socket.name} heard {frame.user} before room_updated")
                has_room = True
        problems += [f"{socket.name} got an old state of {user}: {version} < {socket.versions[user]}"
                     for user, version in versions.items() if version < socket.versions.get(user, 0)]
    return problems


def removed_token_is_dead(record, bound=0.1, cut_off_bound=2.0):
    """7. No call succeeds with a removed token, and no stream goes on with it, after its removal was confirmed."""
    problems = []
    limits = {removal.token: removal.confirmed + (cut_off_bound if removal.is_cut_off else bound)
              for removal in record.removals}
    for use in record.uses:
        if use.status == 200 and use.sent > limits.get(use.token, float("inf")):
            problems.append(f"token {use.token} worked {use.sent - limits[use.token]:.2f} s too long")
    for socket in record.sockets:
        late = [frame for frame in socket.frames if frame.at > limits.get(socket.token, float("inf"))]
        if late:
            problems.append(f"{socket.name} got {len(late)} frames after the removal of its token")
    return problems


def token_is_limited(record, rate, tokens, moves=0):
    """8. The calls of one token through the proxy are at most 1.01·R·t + 2R, and 2R for each move to another hub, which
    happens when a hub goes or comes back."""
    problems = []
    for token in tokens:
        times = sorted(use.sent for use in record.uses if use.token == token and use.status == 200)
        if times and len(times) > 1.01 * rate * (times[-1] - times[0]) + 2 * rate * (1 + moves):
            problems.append(f"token {token} had {len(times)} calls in {times[-1] - times[0]:.1f} s")
    return problems


def code_is_exchanged_once(record):
    """9. A code is exchanged once, on whichever hub."""
    count = collections.Counter(exchange.code for exchange in record.exchanges if exchange.status == 200)
    return [f"code {code} was exchanged {number} times" for code, number in count.items() if number > 1]


def problems(record, rate=None, tokens=(), moves=0, removal_bound=0.1):
    """The problems by the number of their rule; empty lists for those that hold."""
    return {
        1: accepted_is_kept(record),
        2: kept_was_sent(record),
        3: heard_is_kept(record),
        4: open_stream_is_complete(record),
        5: order_is_one(record),
        6: members_are_introduced(record),
        7: removed_token_is_dead(record, removal_bound),
        8: token_is_limited(record, rate, tokens, moves) if rate else [],
        9: code_is_exchanged_once(record),
    }


def longest_gap(times, start, end):
    """The longest time without an event between `start` and `end`."""
    moments = [start] + sorted(time for time in times if start <= time <= end) + [end]
    return max(later - earlier for earlier, later in zip(moments, moments[1:]))


def percentile(values, share):
    """The smallest value that at least this share of the values does not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * share) - 1)] if ordered else 0.0


def accepting(leading, following):
    """The spans (begin, end, server) in which a server could accept a write.

    `leading` are spans (begin, end, server, address) of primaries; without an address it waits for no standby.
    `following` are spans (begin, end, address) in which a standby received from that address.
    """
    spans = []
    for begin, end, server, address in leading:
        if address is None:
            spans.append((begin, end, server))
            continue
        for first, last, sender in following:
            if sender == address and max(begin, first) < min(end, last):
                spans.append((max(begin, first), min(end, last), server))
    return spans


def overlaps(spans):
    """Pairs of spans (begin, end, server) of different servers that have a moment in common."""
    ordered = sorted(spans)
    return [(one, other) for number, one in enumerate(ordered) for other in ordered[number + 1:]
            if one[2] != other[2] and other[0] < one[1]]


def longest_silence(spans, start, end):
    """The longest time between `start` and `end` that no span (begin, end, server) covers."""
    longest, covered = 0.0, start
    for begin, finish, _ in sorted(spans):
        if finish <= start or begin >= end:
            continue
        longest = max(longest, begin - covered)
        covered = max(covered, finish)
    return max(longest, end - covered)
