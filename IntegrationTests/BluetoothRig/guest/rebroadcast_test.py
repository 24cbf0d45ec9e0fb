#!/usr/bin/env python3
"""In the guest: `strapline run` serves the strap's packets to a reader, while it uploads them.

The strap and the reader share the first adapter's radio; the reader is bleak on a second adapter. What the reader gets
is compared with what the strap sent, byte for byte. It must get nothing while the strap is silent, and the adapter must
be found again after a reader, and after a restart of bluetoothd. The uploader must never take its own sensor for a
strap.
"""

import json
import pathlib
import signal
import subprocess
import sys
import time

import rig
from ledger import Ledger
from rig import HERE, PROGRAMS, SHARE, STRAP_ADDRESS, bluetoothctl, expect, say, wait_for

WORK = pathlib.Path('/tmp/rebroadcast-test')
OUTBOX = WORK / 'outbox.sqlite'
SENSOR = '00:AA:01:00:00:42'
NAME = 'Strapline chest'
# A strap is stale after 10 s without a measurement; then there is nothing to repeat.
STALE_SECONDS = 12


def configuration(hub):
    return f'''
straps:
  - name: chest
    address: "{STRAP_ADDRESS}"
    destinations:
      - service: pulsoid
        token_file: {hub.token_file}
        address: {hub.address}
bluetooth:
  adapter: "{SENSOR}"
outputs:
  - kind: bluetooth
    adapter: "{SENSOR}"
services:
  pulsoid:
    requests_per_second: 0
outbox:
  path: {OUTBOX}
clock:
  wait_seconds: 0  # the guest's clock is never set
log:
  level: debug
'''


class Reader:
    """One connection of the reader."""

    def __init__(self, name, adapter):
        self.name, self.output = name, SHARE / f'{name}.out'
        rig.start(name, [sys.executable, HERE / 'reader.py', adapter, SENSOR])
        wait_for(f'{name} is subscribed', lambda: 'subscribed' in self.events())

    def _all(self):
        return [json.loads(line) for line in rig.lines(self.output)]

    def events(self):
        return [line['event'] for line in self._all() if 'event' in line]

    def connected(self):
        return next(line for line in self._all() if line.get('event') == 'connected')

    def packets(self):
        return [line['bytes'] for line in self._all() if 'bytes' in line]

    def leave(self):
        process = rig.processes.pop(self.name)
        process.send_signal(signal.SIGTERM)
        process.wait(rig.WAIT_SECONDS)
        say(f'{self.name} has left')


def is_part(packets, sent):
    """Whether the packets follow each other in the list of the sent ones."""
    return any(sent[start:start + len(packets)] == packets for start in range(len(sent) - len(packets) + 1))


def sends_in_all_forms(strap, reader):
    """Rates of 8 and 16 bits, with and without RR intervals and energy."""
    for command in ['rate 75', 'format 16', 'energy 1234', 'rr off', 'format 8', 'energy off', 'rr on',
                    'format auto', 'contact unsupported', 'contact yes', 'rate 72']:
        strap.command(command)
        goal = len(reader.packets()) + 2
        wait_for(f'the reader hears it after "{command}"', lambda goal=goal: len(reader.packets()) >= goal)


def compare(reader, strap):
    # In this order: one more may be sent in between.
    heard = reader.packets()
    sent = [note['bytes'] for note in strap.sent()]
    expect(f'{len(heard)} packets, byte for byte as the strap sent them', is_part(heard, sent), f'{heard}\n{sent}')


def silence(strap, reader):
    strap.command('notify off')
    time.sleep(STALE_SECONDS)
    heard = reader.packets()
    sent = [note['bytes'] for note in strap.sent()]
    # The other forms before them fix the place of the equal packets at the end: a repeated one would be one too many.
    expect('nothing comes while the strap is silent', is_part(heard, sent), f'{heard}\n{sent}')
    strap.command('notify on')
    wait_for('the reader hears the strap again', lambda: len(reader.packets()) > len(heard) + 1)


def knows_details(config):
    """Whether the uploader has read the details of the strap, which the reader is to read too."""
    status = subprocess.run(
        [PROGRAMS / 'strapline', 'status', '--json', '--config', config], capture_output=True, text=True)
    straps = json.loads(status.stdout)['straps'] if status.returncode == 0 else []
    return any(strap.get('manufacturer') and strap.get('battery_percent') for strap in straps)


def main():
    WORK.mkdir()
    hub, room, ledger = rig.Hub(WORK), rig.journal('room.out'), Ledger()
    config = WORK / 'strapline.yaml'
    config.write_text(configuration(hub))
    hub.listen(room)
    strap = rig.Strap()
    wait_for('the adapter is there', lambda: SENSOR in bluetoothctl('list'))
    strap.command('second on')
    wait_for('the second adapter is there', lambda: '00:AA:01:00:00:43' in bluetoothctl('list'))
    rig.start('run', [PROGRAMS / 'strapline', 'run', '--config', config])
    wait_for('the strap is listened to', lambda: strap.status()['subscribed'])
    wait_for('its details are known', lambda: knows_details(config))

    reader = Reader('reader', 'hci1')
    seen = reader.connected()
    expect(f'advertised as {NAME}', seen['name'] == NAME, str(seen))
    expect('the details of the strap', bytes.fromhex(seen['manufacturer']) == b'Acme', str(seen))
    expect('its battery', seen['battery'] == '57', str(seen))
    sends_in_all_forms(strap, reader)
    compare(reader, strap)
    with ledger.deaf():     # the uploader leaves the silent link, and connects again
        silence(strap, reader)
    reader.leave()

    again = Reader('reader-again', 'hci1')
    wait_for('a second reader hears it', lambda: len(again.packets()) > 3)
    compare(again, strap)
    again.leave()

    shown = subprocess.run(
        [PROGRAMS / 'strapline', 'scan', '--json', '--all', '--seconds', '5'], capture_output=True, text=True).stdout
    found = [json.loads(line)['address'] for line in shown.splitlines()]
    expect('the scan does not show the sensor', SENSOR not in found and found, shown)
    strap.command('notify off')
    sent = strap.sent()
    wait_for('the last measurement is in the outbox', lambda: ledger.has_last(sent, OUTBOX))
    wait_for('the outbox is empty', lambda: ledger.is_delivered(OUTBOX))
    wait_for('the room has all of it', lambda: ledger.is_shown(OUTBOX, room.lines()))
    rig.stop('run')
    ledger.compare(sent, OUTBOX, room.lines())


rig.run(main)
