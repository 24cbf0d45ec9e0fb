#!/usr/bin/env python3
"""In the guest: the first hour of a new user, from install.sh to the first heartbeat in the room, and back.

The guest has the folder /release of a release, the dependencies of the packages, and no network.
"""

import json
import time

import machine
from machine import GUEST, guest, pass_boot, wait_for_readings

import rig
from rig import say, wait_for

READINGS = 3
INSTALL = ('sh', '/release/install.sh')


def main():
    rig.Strap('--rate', '72')
    begin = time.monotonic()
    shown = guest(*INSTALL, '--with-hub')
    rig.expect('install.sh ends with the next command', shown.splitlines()[-1].strip() == 'strapline setup', shown)
    wait_for('the hub serves', lambda: guest('systemctl', 'is-active', 'strapline-hub', check=False) == 'active')

    made = json.loads(machine.hub_command('init', '--user', 'anna', '--address', 'http://127.0.0.1:8080', '--json'))
    (GUEST / 'root/anna.token').write_text(made['uploader_token'])
    (GUEST / 'root/reader.token').write_text(made['reader_token'])
    say(guest('sh', '-c', f'''strapline setup pair service watch --yes --strap chest={rig.STRAP_ADDRESS} \
        --hub http://127.0.0.1:8080 --token-stdin --wait {machine.START_SECONDS} </root/anna.token'''))
    wait_for_readings(READINGS)
    room = guest('sh', '-c', f'''timeout {machine.START_SECONDS} strapline room {made['room_id']} \
        --address http://127.0.0.1:8080 --token-file /root/reader.token | grep -m 1 -w 72''')
    rig.expect('the heartbeat is in the room', '72' in room, room)
    say(f'from the first command to heartbeats in the room: {time.monotonic() - begin:.0f} s, 4 commands')

    shown = guest(*INSTALL, '--uninstall')
    stay = '--uninstall --purge' in shown and machine.OUTBOX.exists()
    rig.expect('without a terminal the readings stay', stay, shown)
    guest(*INSTALL, '--uninstall', '--purge')
    elsewhere = [word for folder in ('/release', '/packages', '/proc', '/sys', '/var/log', '/var/lib/rig')
                 for word in ('-not', '-path', f'{folder}*')]
    left = guest('find', '/', '-xdev', '-iname', '*strapline*', *elsewhere)
    rig.expect('nothing is left', left == '', left)
    pass_boot()


rig.run(main)
