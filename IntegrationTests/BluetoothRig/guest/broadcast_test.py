#!/usr/bin/env python3
"""In the guest: a strap that broadcasts its heart rate, and `strapline run` that never connects to it.

The strap's rate is changed. It is taken off and put on again, and carried away for a while. In the end the room must
have
every value that was broadcast with skin contact, in order, none twice.
"""

import json
import pathlib
import time

import rig
from rig import PROGRAMS, Failure, STRAP_ADDRESS, expect, say, strapline, wait_for

WORK = pathlib.Path('/tmp/broadcast-test')
OUTBOX = WORK / 'outbox.sqlite'
VALUES_PER_RATE = 3
LEAVING_RATE, LAST_RATE = 65, 61
# A strap is missed after 10 s.
AWAY_SECONDS = 12
LIVE_SECONDS = 5
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


def compare(what, found, sent):
    if found != sent:
        raise Failure(f'{what} differs from the broadcasts\n  sent: {sent}\n  heard: {found}')
    say(f'{what}: all {len(found)} heart rates, in order, none twice')


def main():
    WORK.mkdir()
    hub, room, log = rig.Hub(WORK), rig.journal('room.out'), rig.journal('run.err')
    config = WORK / 'strapline.yaml'
    config.write_text(configuration(hub))
    hub.listen(room)
    strap = rig.Strap()

    def state(words, since=0, seconds=rig.WAIT_SECONDS):
        return wait_for(words, lambda: log.time_of(f'state={words}', since=since), seconds)

    def worn():
        """The values with skin contact."""
        return [note['rate'] for note in strap.sent() if int(note['bytes'][:2], 16) & CONTACT == CONTACT]

    def broadcasts(count):
        goal = strap.status()['sent'] + count
        wait_for(f'{count} values', lambda: strap.status()['sent'] >= goal)

    def all_heard(rate):
        """Sends a few values of this rate. Returns the sent and the heard ones, once the room has the last of them."""
        strap.command(f'rate {rate}')
        broadcasts(VALUES_PER_RATE)

        def found():
            sent, heard = worn(), rates(room.lines())
            return (sent, heard) if heard.count(rate) >= sent.count(rate) else None
        return wait_for(f'the room has heard {rate} bpm', found)

    rig.start('run', [PROGRAMS / 'strapline', 'run', '--config', config], err=log)
    state('searching')
    strap.command('broadcast on')
    state('live')
    early = len(strap.sent())   # these may have come before the strap was known
    for rate in [72, 73, 140, 60]:
        strap.command(f'rate {rate}')
        broadcasts(VALUES_PER_RATE)
    line = json.loads(strapline('scan', '--seconds', '4', '--json').splitlines()[0])
    expect('the strap is in the scan', line.get('broadcast_bpm') == 60, str(line))

    strap.command('contact no')
    off = time.monotonic()
    state('no contact', since=off)
    broadcasts(2)
    strap.command('contact yes')
    wait_for('live', lambda: log.time_of('state=live', since=off))

    before, heard = all_heard(LEAVING_RATE)
    gone = time.monotonic()
    expect('nearly all', len(before) - len(heard) <= early)
    compare('what the room heard so far', heard, before[-len(heard):])
    strap.command('range out')
    state('disconnected', since=gone, seconds=AWAY_SECONDS)
    expect('nothing is made up', not rates(room.lines(gone + 1)))
    back = time.monotonic()
    strap.command('range in')
    state('live', since=back, seconds=LIVE_SECONDS)
    sent, _ = all_heard(LAST_RATE)
    rig.stop('run')
    after, heard = sent[len(before):], rates(room.lines(back))
    # One more may have been in the air when the strap came back.
    compare('what the room heard after it', heard[-len(after):], after)
    expect('nothing else', len(heard) - len(after) <= 1)
    expect('no connections', strap.status()['connections'] == 0)


rig.run(main)
