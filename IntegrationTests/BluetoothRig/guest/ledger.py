"""Compares the strap's measurements with those of the outbox and of the room."""

import contextlib
import datetime
import json
import sqlite3
import struct
import time

from rig import Failure, say

# From the strap's note of a measurement to strapline's stamp. A busy machine may stamp it late, but the next one comes
# after a second.
STAMP_MILLISECONDS = range(-250, 700)


def decode(packet):
    """(bpm, contact, energy, RR intervals) of a Heart Rate Measurement; None when it is cut short."""
    flags, at = packet[0], 1
    try:
        bpm, = struct.unpack_from('<H' if flags & 1 else 'B', packet, at)
        at += 1 + (flags & 1)
        energy = None
        if flags & 8:
            energy, = struct.unpack_from('<H', packet, at)
            at += 2
    except struct.error:
        return None
    count = (len(packet) - at) // 2 if flags & 16 else 0
    return bpm, flags >> 1 & 3, energy, struct.unpack_from(f'<{count}H', packet, at)


def is_heart_rate(measurement):
    bpm, contact, _, _ = measurement
    return bpm > 0 and contact != 2


class Ledger:
    def __init__(self):
        self.deaf_times = []

    @contextlib.contextmanager
    def deaf(self):
        """While this lasts the strap may send what strapline cannot hear."""
        began = time.time()
        yield
        self.deaf_times.append((began * 1000, time.time() * 1000))

    def may_be_missing(self, at):
        return any(began <= at <= ended for began, ended in self.deaf_times)

    @staticmethod
    def undelivered(outbox):
        with sqlite3.connect(f'file:{outbox}?mode=ro', uri=True) as database:
            last, = database.execute('SELECT max(id) FROM reading').fetchone()
            cursor, = database.execute('SELECT min(cursor) FROM lane').fetchone()
        return (last or 0) - (cursor or 0)

    @classmethod
    def is_delivered(cls, outbox):
        return cls.undelivered(outbox) == 0

    @classmethod
    def has_last(cls, sent, outbox):
        """Whether the outbox has the last measurement: then none is on its way."""
        last, kept = sent[-1], cls.kept(outbox)
        return bool(kept) and kept[-1][0] >= last['at_ms'] + STAMP_MILLISECONDS.start and (
            kept[-1][1] == decode(bytes.fromhex(last['bytes'])))

    @classmethod
    def is_shown(cls, outbox, messages):
        """Whether the room has shown as many heart rates as the outbox has."""
        return len(list(cls.seen(messages))) >= sum(is_heart_rate(measurement) for _, measurement in cls.kept(outbox))

    def compare(self, sent, outbox, messages):
        sent = [(note['at_ms'], decode(bytes.fromhex(note['bytes']))) for note in sent]
        sent = [(at, measurement) for at, measurement in sent if measurement]
        kept = self.kept(outbox)
        self.match('the outbox', kept, sent)
        shown = [(at, measurement[0]) for at, measurement in kept if is_heart_rate(measurement)]
        seen = sorted(self.seen(messages))
        if seen != shown:
            raise Failure(f'the room is not what the outbox has\n  room: {seen}\n  outbox: {shown}')
        say(f'the room: all {len(seen)} heart rates, none twice')

    @staticmethod
    def kept(outbox):
        with sqlite3.connect(f'file:{outbox}?mode=ro', uri=True) as database:
            rows = database.execute('SELECT wall_ms, bpm, contact, energy_kj, rr FROM reading ORDER BY id').fetchall()
        return [(at, (bpm, contact, energy, struct.unpack(f'<{len(rr or b"") // 2}H', rr or b'')))
                for at, bpm, contact, energy, rr in rows]

    @staticmethod
    def seen(messages):
        for message in map(json.loads, messages):
            if message['kind'] == 'heart_rate':
                at = datetime.datetime.fromisoformat(message['timestamp'])
                yield round(at.timestamp() * 1000), message['heart_rate']['bpm']

    def match(self, what, found, sent):
        """Both in the order of time. Each that was found must have been sent; few that were sent may be missing."""
        missing, rest = [], list(found)
        for at, measurement in sent:
            if rest and rest[0][1] == measurement and rest[0][0] - at in STAMP_MILLISECONDS:
                rest.pop(0)
            else:
                missing.append((at, measurement))
        if rest:
            raise Failure(f'{what} has what the strap did not send, or in another order, from {rest[0]} on')
        lost = [note for note in missing if not self.may_be_missing(note[0])]
        if lost:
            raise Failure(f'{what} lacks {lost}')
        say(f'{what}: all {len(found)} measurements, in order, none twice; {len(missing)} sent without a listener')
