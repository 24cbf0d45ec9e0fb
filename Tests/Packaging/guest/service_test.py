#!/usr/bin/env python3
"""In the guest, at each boot: the packaged service with real bluetoothd and the emulated strap.

The first boot sets the uploader up, upgrades the package while it is at work, and reboots while it is; the second one takes
it to the end. Then

- the outbox must have each measurement that bluetoothd handed to an uploader on the bus, once, in order, and no other,
- the strap must have sent no other either, but for the times when no uploader listened: what it sends then reaches nobody,
- the hub must have each heart rate of the outbox,
- and an uploader that spares the card, and is killed, must have lost nothing.

Runs with this machine's Python, in a view of this machine's files; the guest's own root is at GUEST there.
"""

import json
import os
import pathlib
import signal
import sqlite3
import subprocess
import sys

GUEST = pathlib.Path('/mnt')
RESULTS = GUEST / 'var/lib/rig'

boot = len(list(RESULTS.glob('boot-*'))) + 1
os.environ['RIG_SHARE'] = str(RESULTS / f'boot-{boot}')
(RESULTS / f'boot-{boot}').mkdir()
sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / 'BluetoothRig/guest'))
# rig takes the folder of the programs from the command line; here they are the guest's.
sys.argv[1:] = [str(GUEST / 'usr/bin')]

import rig  # noqa: E402
from bus_record import BusRecord  # noqa: E402
from ledger import Ledger, decode, is_heart_rate  # noqa: E402
from rig import Failure, say, wait_for  # noqa: E402

OUTBOX = GUEST / 'var/lib/strapline/outbox.sqlite'
HUB = GUEST / 'var/lib/strapline-hub/hub.sqlite'
CONFIGURATION = '/etc/strapline/strapline.yaml'
# one before the upgrade, one after, one after the reboot
UPLOADERS = 3
READINGS = 8
# A strap that listens is found again within this, by a machine that is loaded.
START_SECONDS = 120


def guest(*command, check=True):
    """Runs a command where process 1 is: systemctl does nothing in another root."""
    ended = subprocess.run(
        ['nsenter', '--target', '1', '--mount', '--root', '--wd=/', *command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True)
    if check and ended.returncode != 0:
        raise Failure(f'{" ".join(command)} ended with {ended.returncode}:\n{ended.stdout}')
    return ended.stdout.strip()


def set_up():
    """As a script would, from the token to the first reading at its destination."""
    command = f'''strapline setup pair service watch --yes --strap chest={rig.STRAP_ADDRESS} --hub http://127.0.0.1:8080 \
        --token-stdin --wait {START_SECONDS} </root/anna.token'''
    say(guest('sh', '-c', command))
    rig.expect('the uploader starts at each boot', guest('systemctl', 'is-enabled', 'strapline') == 'enabled')
    before = process_id()
    again = guest('sh', '-c', command)
    rig.expect('setup that is run again changes nothing', 'unchanged' in again and process_id() == before, again)


def process_id():
    return guest('systemctl', 'show', '--property=MainPID', '--value', 'strapline.service')


def query(database, text):
    with sqlite3.connect(f'file:{database}?mode=ro', uri=True) as connection:
        return connection.execute(text).fetchall()


def received():
    try:
        return query(OUTBOX, 'SELECT count(*) FROM reading')[0][0]
    except sqlite3.Error:
        return 0


def wait_for_readings(more, seconds=START_SECONDS):
    goal = received() + more
    wait_for(f'{more} more readings in the outbox', lambda: received() >= goal, seconds)


def look_at_service():
    for unit in 'strapline', 'strapline-hub', 'bluetooth':
        state = guest('systemctl', 'is-active', unit, check=False)
        if state != 'active':
            log = guest('journalctl', '--no-pager', '-b', '-u', unit, check=False)
            raise Failure(f'{unit} is {state}\n{log}')
        say(f'{unit} is active')
    for unit in 'strapline', 'strapline-hub':
        for name in 'NRestarts', 'StatusText':
            say(f'{unit} {name}: {guest("systemctl", "show", "-P", name, unit)}')
    say(guest('strapline', 'status', '--config', CONFIGURATION, check=False))


def upgrade():
    before = process_id()
    packages = sorted(f'/packages-newer/{path.name}' for path in GUEST.glob('packages-newer/*.deb'))
    say(guest('dpkg', '--install', *packages).splitlines()[-1])
    after = process_id()
    rig.expect(f'the upgrade restarted the uploader: {before}, then {after}', before != after and after != '0')
    say(f'installed: {guest("dpkg-query", "-W", "strapline")}')


def reload():
    """A changed configuration is taken up; the link stays, so nothing may be missing."""
    before = process_id()
    with open(f'{GUEST}{CONFIGURATION}', 'a') as file:
        file.write('log:\n  level: debug\n')
    guest('systemctl', 'reload', 'strapline')
    wait_for_readings(3)
    rig.expect('the uploader that was reloaded is the same', process_id() == before)


def compare():
    record = BusRecord(RESULTS.glob('bus-*.jsonl'))
    ledger = Ledger()
    ledger.deaf_times = record.deaf_times
    for began, ended in ledger.deaf_times:
        say(f'nobody listened for {(ended - began) / 1000:.1f} s')
    rig.expect(f'{UPLOADERS} uploaders have listened, one after the other', len(record.listeners) == UPLOADERS)
    kept = ledger.kept(OUTBOX)
    say('what bluetoothd handed to the uploader:')
    Ledger().match('the outbox', kept, measurements(record.handed))
    say('what the strap has sent:')
    sent = [json.loads(line) for log in sorted(RESULTS.glob('boot-*/strap-sent.jsonl')) for line in rig.lines(log)]
    ledger.match('the outbox', kept, measurements((note['at_ms'], bytes.fromhex(note['bytes'])) for note in sent))
    shown = [(at, measurement[0]) for at, measurement in kept if is_heart_rate(measurement)]
    stored = query(HUB, 'SELECT measured_at_ms, heart_rate FROM reading ORDER BY measured_at_ms')
    if stored != shown:
        raise Failure(f'the hub has not what the outbox has\n  hub: {stored}\n  outbox: {shown}')
    say(f'the hub: all {len(stored)} heart rates, none twice')


def measurements(packets):
    return [(at, measurement) for at, packet in packets if (measurement := decode(packet))]


def told_received():
    report = guest('strapline', 'status', '--json', '--config', CONFIGURATION, check=False)
    return json.loads(report)['outbox'].get('received') or 0


def crash(strap):
    """With process-crash the last readings are in memory alone, which has to outlive what systemd clears after a crash."""
    with open(f'{GUEST}{CONFIGURATION}', 'a') as file:
        file.write('outbox:\n  durability: process-crash\n')
    guest('systemctl', 'restart', 'strapline')
    restarts = guest('systemctl', 'show', '-P', 'NRestarts', 'strapline')
    strap.command('notify on')
    goal = received() + READINGS
    wait_for('readings are in memory alone', lambda: received() < goal <= told_received(), START_SECONDS)
    goal = told_received()
    os.kill(int(process_id()), signal.SIGKILL)
    wait_for('systemd has started it again', lambda: restarts != guest('systemctl', 'show', '-P', 'NRestarts', 'strapline'))
    wait_for('what was in memory is in the file', lambda: received() >= goal, START_SECONDS)


def first_boot():
    strap = rig.Strap('--rate', '72')
    set_up()
    wait_for_readings(READINGS)
    look_at_service()
    upgrade()
    wait_for_readings(READINGS)
    look_at_service()
    reload()
    strap.command('rate 95')
    wait_for_readings(3)
    # The strap goes on while systemd ends everything, this test with it.
    (RESULTS / f'boot-{boot}/passed').touch()
    say('reboot')
    os.sync()
    guest('systemctl', '--no-block', 'reboot')
    signal.pause()


def last_boot():
    strap = rig.Strap('--rate', '140')
    wait_for_readings(READINGS)
    look_at_service()
    # Nobody sets the guest's clock: the uploader waits a minute for that. A strap that falls silent before would be tried anew.
    backlog, = query(OUTBOX, 'SELECT max(id) FROM reading')[0]
    wait_for('the backlog is delivered', lambda: query(OUTBOX, 'SELECT min(cursor) FROM lane')[0][0] >= backlog, START_SECONDS)
    strap.command('notify off')
    wait_for('everything is delivered', lambda: Ledger.is_delivered(OUTBOX))
    compare()
    crash(strap)


def main():
    say(f'boot {boot}: systemd is {guest("systemctl", "is-system-running", check=False)}')
    wait_for('the hub serves', lambda: guest('systemctl', 'is-active', 'strapline-hub', check=False) == 'active')
    wait_for('the bus is recorded', lambda: any(map(rig.lines, RESULTS.glob('bus-*.jsonl'))))
    first_boot() if boot == 1 else last_boot()
    (RESULTS / f'boot-{boot}/passed').touch()


rig.run(main)
