#!/usr/bin/env python3
"""In the guest, at each boot: the packaged service with real bluetoothd and the emulated strap.

The first boot sets the uploader up, and upgrades the package and reboots while it works. The second boot ends it and
compares: see account. Then come the faults, the last of them a power cut. The third boot checks its effects.
"""

import signal

import faults
import machine
from account import account
from machine import RESULTS, boot, configuration, configure, guest, newest, pass_boot, process_id, wait_for_readings

import rig
from ledger import Ledger
from rig import say, wait_for

READINGS = 8


def set_up():
    """As a script would, from the token to the first reading at its destination."""
    command = f'''strapline setup pair service watch --yes --strap chest={rig.STRAP_ADDRESS} \
        --hub http://127.0.0.1:8080 --token-stdin --wait {machine.START_SECONDS} </root/anna.token'''
    say(guest('sh', '-c', command))
    rig.expect('the uploader starts at each boot', guest('systemctl', 'is-enabled', 'strapline') == 'enabled')
    before = process_id()
    again = guest('sh', '-c', command)
    rig.expect('setup that is run again changes nothing', 'unchanged' in again and process_id() == before, again)


def upgrade():
    before = process_id()
    packages = sorted(f'/packages-newer/{path.name}' for path in machine.GUEST.glob('packages-newer/*.deb'))
    say(guest('dpkg', '--install', *packages).splitlines()[-1])
    after = process_id()
    rig.expect(f'the upgrade restarted the uploader: {before}, then {after}', before != after and after != '0')
    say(f'installed: {guest("dpkg-query", "-W", "strapline")}')


def reload():
    """A changed configuration is taken up; the link stays, so nothing may be missing."""
    before = process_id()
    configure(configuration() + 'log:\n  level: debug\n')
    guest('systemctl', 'reload', 'strapline')
    wait_for_readings(3)
    rig.expect('the uploader that was reloaded is the same', process_id() == before)


def first_boot():
    strap = rig.Strap('--rate', '72')
    set_up()
    wait_for_readings(READINGS)
    machine.look_at_service()
    upgrade()
    wait_for_readings(READINGS)
    machine.look_at_service()
    reload()
    strap.command('rate 95')
    wait_for_readings(3)
    # The strap goes on while systemd ends everything, this test with it.
    pass_boot()
    say('reboot')
    guest('sync')
    guest('systemctl', '--no-block', 'reboot')
    signal.pause()


def second_boot():
    strap = rig.Strap('--rate', '140')
    wait_for_readings(READINGS)
    machine.look_at_service()
    # The guest's clock is never set: the uploader waits a minute for it. A strap silent before that would be tried
    # again.
    machine.wait_until_delivered(newest())
    strap.command('notify off')
    wait_for('everything is delivered', lambda: Ledger.is_delivered(machine.OUTBOX))
    account()
    strap.command('notify on')
    faults.kill_when_sparing_the_card()
    faults.stall()
    faults.start_without_bluetoothd_and_hub()
    pass_boot()
    faults.cut_the_power()


def third_boot():
    rig.Strap('--rate', '60')
    faults.look_after_the_power_cut()
    pass_boot()


def main():
    say(f'boot {boot}: systemd is {guest("systemctl", "is-system-running", check=False)}')
    wait_for('the hub serves', lambda: guest('systemctl', 'is-active', 'strapline-hub', check=False) == 'active')
    wait_for('the bus is recorded', lambda: any(map(rig.lines, RESULTS.glob('bus-*.jsonl'))))
    [first_boot, second_boot, third_boot][boot - 1]()


rig.run(main)
