#!/usr/bin/env python3
"""In the guest: strapline and strapline-hub against real bluetoothd and the emulated strap.

A user in a room, `strapline run` for the strap, `strapline room` to listen. The strap's rate is changed a few times; in
the end the room and the hub's beats must have every measurement of the strap, in order, none twice.
"""

import json
import pathlib
import sqlite3
import subprocess

import rig
from rig import PROGRAMS, SHARE, Failure, say, wait_for

WORK = pathlib.Path('/tmp/uploader-test')

RATES = [72, 73, 95, 140, 141, 60]
MEASUREMENTS_PER_RATE = 3
# Cardiogram keeps one beat a second: measurements that are further apart than that each become a beat, also if a busy
# machine stamps one of them late.
INTERVAL_SECONDS = 2


def configuration(hub):
    return f'''
straps:
  - name: chest
    destinations:
      - service: pulsoid
        token_file: {hub.token_file}
        address: {hub.address}
      - service: cardiogram
        user_id: "{hub.user_id}"
        token_file: {hub.token_file}
        address: {hub.address}
        batch_seconds: 2
services:
  pulsoid:
    requests_per_second: 0
outbox:
  path: {WORK}/outbox.sqlite
clock:
  wait_seconds: 0  # the guest's clock is never set
'''


def room_rates(room):
    messages = [json.loads(line) for line in room.lines()]
    return [message['heart_rate']['bpm'] for message in messages if message['kind'] == 'heart_rate']


def beats(hub):
    with sqlite3.connect(f'file:{hub.database}?mode=ro', uri=True) as database:
        return [round(value) for (value,) in database.execute('SELECT value FROM beat ORDER BY start_s')]


def examine(config):
    """The doctor sees the strap that the uploader holds, and nothing wrong."""
    doctor = subprocess.run(
        [PROGRAMS / 'strapline', 'doctor', '--config', config, '--json'], capture_output=True, text=True)
    (SHARE / 'doctor.out').write_text(doctor.stdout)
    findings = json.loads(doctor.stdout)['findings']
    levels = {finding['check']: finding['level'] for finding in findings}
    wrong = [finding['sentence'] for finding in findings if finding['level'] == 'problem']
    expected = ['bus', 'bluetoothd', 'bluez-version', 'adapter', 'strap', 'service', 'token', 'outbox']
    if doctor.returncode != 0 or any(levels.get(check) != 'ok' for check in expected):
        raise Failure(f'the doctor ends with {doctor.returncode}: {wrong or levels}')
    say(f'the doctor finds nothing wrong in {len(findings)} things')


def compare(what, found, sent):
    if found != sent:
        raise Failure(f'{what} are not what the strap sent\n  sent: {sent}\n  {what}: {found}')
    say(f'{what}: all {len(found)} measurements, in order, none twice')


def main():
    WORK.mkdir()
    hub, room = rig.Hub(WORK), rig.journal('room.out')
    config = WORK / 'strapline.yaml'
    config.write_text(configuration(hub))
    hub.listen(room)
    rig.start('run', [PROGRAMS / 'strapline', 'run', '--config', config])
    strap = rig.Strap('--rate', RATES[0])
    strap.command(f'interval {INTERVAL_SECONDS}')

    def sent():
        return [measurement['rate'] for measurement in strap.sent()]

    for rate in RATES:
        strap.command(f'rate {rate}')
        wait_for(f'{rate} bpm', lambda rate=rate: sent().count(rate) >= MEASUREMENTS_PER_RATE)
    examine(config)
    strap.command('notify off')

    wait_for('the room has heard everything', lambda: len(room_rates(room)) >= len(sent()))
    wait_for('the hub has every beat', lambda: len(beats(hub)) >= len(sent()))
    rig.stop('run')
    rig.processes.pop('room').terminate()
    rig.stop('hub')
    compare('the readings of the room', room_rates(room), sent())
    compare('the beats', beats(hub), sent())


rig.run(main)
