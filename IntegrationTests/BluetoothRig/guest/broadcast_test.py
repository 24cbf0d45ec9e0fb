#!/usr/bin/env python3
"""In the guest: a strap that broadcasts its heart rate, and `strapline run` that never connects to it.

The strap's rate is changed. It is taken off and put on again, and carried away for a while. In the end the room must
have the values that were broadcast with skin contact, in order, none twice, and nearly all of them.
"""

import json
import pathlib
import time

import rig
from rig import PROGRAMS, Failure, STRAP_ADDRESS, expect, say, strapline, wait_for

WORK = pathlib.Path('/tmp/broadcast-test')
OUTBOX = WORK / 'outbox.sqlite'
VALUES_PER_RATE = 3
# Some may be lost. A scan of another program ends and restarts that of the uploader.
MOST_LOST, MOST_LOST_BY_SCAN = 2, 6
LEAVING_RATE, LAST_RATE = 65, 61
# A value may be in the air or in a program for so long.
UNDER_WAY_SECONDS = 3
# The strap feels the skin, in the flags of a measurement.
CONTACT = 6


def configuration(hub):
    return f'''
straps:
  - name: chest
    address: "{STRAP_ADDRESS}"
    mode: broadcast
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
  wait_seconds: 0  # the guest's clock is never set
log:
  level: debug  # each change of state when it happens; at info, fast changes are logged once a minute
'''


def rates(messages):
    messages = [json.loads(line) for line in messages]
    return [message['heart_rate']['bpm'] for message in messages if message['kind'] == 'heart_rate']


def up_to(rate, values):
    """The values before the first one of this rate; None without one."""
    return values[:values.index(rate)] if rate in values else None


def compare(what, heard, sent, most_lost):
    """A broadcast has no answer, and the kernel loses some when another program starts or ends a scan."""
    rest = iter(sent)
    if not all(any(value == rate for rate in rest) for value in heard) or len(sent) - len(heard) > most_lost:
        raise Failure(f'{what} differs from the broadcasts\n  sent: {sent}\n  heard: {heard}')
    say(f'{what}: {len(heard)} of {len(sent)} heart rates, in order, none twice')


class Test:
    def __init__(self):
        WORK.mkdir()
        self.hub, self.room, self.log = rig.Hub(WORK), rig.journal('room.out'), rig.journal('run.err')
        config = WORK / 'strapline.yaml'
        config.write_text(configuration(self.hub))
        self.hub.listen(self.room)
        self.strap = rig.Strap()
        rig.start('run', [PROGRAMS / 'strapline', 'run', '--config', config], err=self.log)

    def state(self, words, since=0):
        return wait_for(words, lambda: self.log.time_of(f'state={words}', since=since))

    def worn(self):
        """The values with skin contact."""
        return [note['rate'] for note in self.strap.sent() if int(note['bytes'][:2], 16) & CONTACT == CONTACT]

    def broadcasts(self, count):
        goal = self.strap.status()['sent'] + count
        wait_for(f'{count} values', lambda: self.strap.status()['sent'] >= goal)

    def all_heard(self, rate):
        """Sends a few values of this rate, and then of the next. Once the room has heard one of those, none before them
        is on its way. Returns the sent and the heard ones before them."""
        self.strap.command(f'rate {rate}')
        self.broadcasts(VALUES_PER_RATE)
        self.strap.command(f'rate {rate + 1}')
        heard = wait_for(
            f'the room has heard {rate + 1} bpm', lambda: up_to(rate + 1, rates(self.room.lines())))
        return up_to(rate + 1, self.worn()), heard

    def change_rate(self):
        """Returns how many values may have come before the uploader knew the strap."""
        self.state('searching')
        self.strap.command('broadcast on')
        self.state('live')
        early = len(self.strap.sent())
        for rate in [72, 73, 140, 60]:
            self.strap.command(f'rate {rate}')
            self.broadcasts(VALUES_PER_RATE)
        shown = strapline('scan', '--seconds', '15', '--json')
        found = [json.loads(line) for line in shown.splitlines() if line.startswith('{')]
        expect('the strap is in the scan', any(device.get('broadcast_bpm') == 60 for device in found), shown)
        return early

    def take_off_and_put_on(self):
        off = time.monotonic()
        self.strap.command('contact no')
        self.state('no contact', since=off)
        self.broadcasts(2)
        self.strap.command('contact yes')
        wait_for('live', lambda: self.log.time_of('state=live', since=off))

    def carry_away(self, early):
        before, heard = self.all_heard(LEAVING_RATE)
        compare('what the room heard so far', heard, before, early + MOST_LOST_BY_SCAN + MOST_LOST)
        self.strap.command('range out')
        gone, before = time.monotonic(), self.worn()
        self.state('disconnected', since=gone)
        expect('nothing is made up', not rates(self.room.lines(gone + UNDER_WAY_SECONDS)))
        back = time.monotonic()
        self.strap.command('range in')
        self.state('live', since=back)
        sent, _ = self.all_heard(LAST_RATE)
        heard = up_to(LAST_RATE + 1, rates(self.room.lines(back)))
        rig.stop('run')
        # The last one from before may have been in the air when the strap came back.
        after = before[-1:] + sent[len(before):]
        compare('what the room heard after it', heard, after, 1 + MOST_LOST)

    def run(self):
        early = self.change_rate()
        self.take_off_and_put_on()
        self.carry_away(early)
        expect('no connections', self.strap.status()['connections'] == 0)


rig.run(lambda: Test().run())
