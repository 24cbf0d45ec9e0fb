#!/usr/bin/env python3
"""In the guest: strapline scan, pair and forget against real bluetoothd and the emulated strap.

A strap that needs no pairing, one that does, one that has forgotten its bond, and one with another connection.
What bluetoothd knows of it is compared after each command.
"""

import json
import pathlib

import rig
from rig import STRAP_ADDRESS, UNAVAILABLE, bluetoothctl, expect, strapline, wait_for

CONFIGURATION = pathlib.Path('/tmp/strapline.yaml')


def expect_device(**states):
    """Compares Paired, Trusted, Connected."""
    known = bluetoothctl('info', STRAP_ADDRESS)
    for state, value in states.items():
        word = f'{state.capitalize()}: {"yes" if value else "no"}'
        expect(word, word in known, known)


def plain_strap():
    line = json.loads(strapline('scan', '--seconds', '15', '--json').splitlines()[0])
    expect('the strap is in the scan', line['address'] == STRAP_ADDRESS and line['heart_rate_service'], str(line))
    shown = strapline('pair', '--name', 'chest', '--write', str(CONFIGURATION))
    expect('three measurements', shown.count('72 bpm') == 3 and 'Pairing' not in shown, shown)
    expect('the configuration has the strap', f'address: "{STRAP_ADDRESS}"' in CONFIGURATION.read_text())
    expect_device(paired=False, trusted=True, connected=False)
    strapline('forget', STRAP_ADDRESS)
    strapline('forget', STRAP_ADDRESS, code=UNAVAILABLE)


def secure_strap(strap):
    strap.command('secure on')
    shown = strapline('pair', STRAP_ADDRESS)
    expect('paired because the strap wants it', 'Paired.' in shown, shown)
    expect_device(paired=True, trusted=True, connected=False)
    strap.command('forget')
    shown = strapline('pair', STRAP_ADDRESS, code=UNAVAILABLE)
    expect('a lost bond is reported', f'strapline forget {STRAP_ADDRESS}' in shown, shown)
    strapline('forget', STRAP_ADDRESS)
    strapline('pair', STRAP_ADDRESS, '--pair')


def shared_strap():
    wait_for('another program is connected', lambda: (
        bluetoothctl('connect', STRAP_ADDRESS), 'Connected: yes' in bluetoothctl('info', STRAP_ADDRESS))[1])
    shown = strapline('pair', STRAP_ADDRESS)
    expect('listened to beside another', 'connected already' in shown and shown.count('72 bpm') == 3, shown)
    strapline('scan', '--seconds', '2')
    expect_device(connected=True)


def main():
    strap = rig.Strap()
    wait_for('the adapter is there', lambda: 'Controller' in bluetoothctl('list'))
    bluetoothctl('power', 'off')
    plain_strap()
    secure_strap(strap)
    shared_strap()


rig.run(main)
