#!/usr/bin/env python3
"""In the guest: one workout through a wrong clock, an outage, and the death of both programs.

The machine starts with a clock that is forty days late, and without a hub. `strapline run` is killed in the middle, the
clock is set, the hub comes, and is killed while it receives. Then the files of the session must have each RR interval
that the strap sent to a listener, in order, at the true time: the uploader's (FIT read by fitdecode) and the hub's.
"""

import ctypes
import json
import pathlib
import random
import time

import fitdecode

import rig
from ledger import Ledger, decode
from rig import PROGRAMS, SHARE, Failure, expect, say, strapline, wait_for

WORK = pathlib.Path('/tmp/sessions-test')
CONFIGURATION = WORK / 'strapline.yaml'
OUTBOX = WORK / 'outbox.sqlite'

LATE_SECONDS = 40 * 86_400
# Around 160 bpm in 1/1024 s. A session needs two minutes.
SOURCE = random.Random(18)
SERIES = [SOURCE.randint(350, 420) for _ in range(600)]
PART = 110
PATIENCE_SECONDS = 120
LONGEST_SECONDS = 400
# By clock_settime(2), adjtimex(2) and linux/timex.h.
CLOCK_REALTIME = 0
ADJ_MAXERROR, ADJ_ESTERROR, ADJ_STATUS = 0x4, 0x8, 0x10
TIMEX_LONGS = 26


def configuration(hub):
    return f'''
straps:
  - name: chest
    destinations:
      - service: pulsoid
        token_file: {hub.token_file}
        address: {hub.address}
services:
  pulsoid:
    requests_per_second: 0
outbox:
  path: {OUTBOX}
clock:
  wait_seconds: 600
'''


def move_clock(seconds):
    time.clock_settime(CLOCK_REALTIME, time.time() + seconds)


def mark_synchronised():
    """Does what a time daemon does after it has set the clock."""
    fields = (ctypes.c_long * TIMEX_LONGS)()
    fields[0] = ADJ_MAXERROR | ADJ_ESTERROR | ADJ_STATUS
    if ctypes.CDLL(None, use_errno=True).adjtimex(fields) < 0:
        raise Failure(f'adjtimex: error {ctypes.get_errno()}')


def kept():
    return [measurement for _, measurement in Ledger.kept(OUTBOX)]


def undelivered():
    return Ledger.undelivered(OUTBOX)


def start_uploader():
    rig.start('run', [PROGRAMS / 'strapline', 'run', '--config', CONFIGURATION])


def fit_content(path):
    """The RR intervals in ms, and the times of the records."""
    intervals, times = [], []
    with fitdecode.FitReader(path, check_crc=fitdecode.CrcCheck.RAISE) as reader:
        for frame in reader:
            if isinstance(frame, fitdecode.FitDataMessage) and frame.name == 'hrv':
                values = frame.get_value('time')
                values = values if isinstance(values, (list, tuple)) else [values]
                intervals += [round(1000 * value) for value in values if value is not None]
            elif isinstance(frame, fitdecode.FitDataMessage) and frame.name == 'record':
                times.append(frame.get_value('timestamp').timestamp())
    return intervals, times


def text_intervals(text):
    return [int(line) for line in text.splitlines() if line.strip()]


def milliseconds(measurements):
    return [(interval * 1000 + 512) // 1024 for measurement in measurements for interval in measurement[3]]


def compare(what, found, sent):
    if found != sent:
        at = next((at for at, (one, other) in enumerate(zip(found, sent)) if one != other), min(len(found), len(sent)))
        raise Failure(f'{what} has {len(found)} RR intervals, {len(sent)} were sent; from {at} on they differ:\n'
                      f'  {found[at:at + 5]}\n  {sent[at:at + 5]}')
    say(f'{what}: all {len(found)} RR intervals that were sent, in order, none twice')


class Workout:
    """What happens to it, and the RR intervals that must be in its files."""

    def __init__(self):
        WORK.mkdir()
        self.hub = rig.Hub(WORK)
        rig.kill('hub')
        CONFIGURATION.write_text(configuration(self.hub))
        move_clock(-LATE_SECONDS)
        start_uploader()
        self.strap = rig.Strap('--rate', '160')
        self.strap.command('series ' + ','.join(map(str, SERIES)))
        wait_for('the uploader listens', lambda: self.strap.status()['subscribed'])

    def sent(self):
        return [decode(bytes.fromhex(note['bytes'])) for note in self.strap.sent()]

    @staticmethod
    def goes_on(count):
        goal = len(kept()) + count
        wait_for(f'{count} more are kept', lambda: len(kept()) >= goal, PATIENCE_SECONDS)

    def loses_its_uploader(self):
        """Returns how many measurements were kept before."""
        say('--- the uploader is killed')
        status = strapline('status', '--config', CONFIGURATION)
        expect('uploads wait for the clock', 'waiting for the clock' in status, status)
        wait_for('all that the strap sent is kept', lambda: len(kept()) == len(self.sent()))
        rig.kill('run')
        heard = len(kept())
        start_uploader()
        wait_for('the strap is heard again', lambda: len(kept()) > heard)
        return heard

    def gets_its_time(self):
        """Returns when the machine was started, by the right clock."""
        say('--- the clock is set')
        move_clock(LATE_SECONDS)
        mark_synchronised()
        return time.time() - time.monotonic()

    def is_delivered(self):
        say('--- the hub comes, and is killed while it receives')
        expect('nothing is delivered without a hub', undelivered() == len(kept()), str(undelivered()))
        self.hub.serve()
        wait_for('some are delivered', lambda: undelivered() < len(kept()))
        rig.kill('hub')
        self.goes_on(PART // 2)
        self.hub.serve()
        self.strap.command('notify off')
        wait_for('everything is delivered', lambda: undelivered() == 0)
        rig.stop('run')

    def intervals(self, heard):
        """Without those between the death of the uploader and its next subscription."""
        again = len(self.sent()) - (len(kept()) - heard)
        expect(f'{again - heard} were sent while no program listened', heard <= again <= heard + PART // 4)
        return milliseconds(self.sent()[:heard] + self.sent()[again:])


def compare_exports(expected, started):
    for name, ending in ('fit', 'fit'), ('rr', 'txt'):
        strapline('session', 'export', '--format', name, '--output', SHARE / f'session.{ending}',
                  '--config', CONFIGURATION)
    intervals, times = fit_content(SHARE / 'session.fit')
    compare('the FIT file', intervals, expected)
    compare('the text file', text_intervals((SHARE / 'session.txt').read_text()), expected)
    expect('each record has its true time', started <= times[0] and times[-1] <= time.time()
           and sorted(times) == times and times[-1] - times[0] < LONGEST_SECONDS, f'{times}, started {started}')


def compare_with_hub(hub, expected):
    sessions = json.loads(hub.get('/api/hub/v1/sessions'))['sessions']
    expect('the hub has one session', len(sessions) == 1, str(sessions))
    path = f'/api/hub/v1/sessions/{sessions[0]["start"]}/export'
    compare("the hub's text file", text_intervals(hub.get(f'{path}?format=rr').decode()), expected)
    (SHARE / 'hub.fit').write_bytes(hub.get(path))
    compare("the hub's FIT file", fit_content(SHARE / 'hub.fit')[0], expected)


def main():
    workout = Workout()
    workout.goes_on(PART)
    heard = workout.loses_its_uploader()
    workout.goes_on(PART)
    started = workout.gets_its_time()
    workout.goes_on(PART)
    workout.is_delivered()
    expected = workout.intervals(heard)
    compare('the outbox', milliseconds(kept()), expected)
    compare_exports(expected, started)
    compare_with_hub(workout.hub, expected)
    rig.stop('hub')


rig.run(main)
