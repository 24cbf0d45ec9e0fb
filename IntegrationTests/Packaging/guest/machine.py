"""The guest as its administrator sees it: its services, and the data of its programs.

Tests run with this machine's Python, in a view of this machine's files; the guest's own root is at GUEST there.
"""

import os
import pathlib
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

from rig import Failure, expect, say, wait_for  # noqa: E402

OUTBOX = GUEST / 'var/lib/strapline/outbox.sqlite'
HUB = GUEST / 'var/lib/strapline-hub/hub.sqlite'
CONFIGURATION = '/etc/strapline/strapline.yaml'
HUB_DATABASE = ('--database', '/var/lib/strapline-hub/hub.sqlite')
# A strap that listens is found again within this, by a machine that is loaded.
START_SECONDS = 120


def pass_boot():
    """Reports success to the host."""
    (RESULTS / f'boot-{boot}/passed').touch()


def in_process_1(*command):
    """The command where process 1 is: systemctl does nothing in another root."""
    return ['nsenter', '--target', '1', '--mount', '--root', '--wd=/', *command]


def guest(*command, check=True):
    ended = subprocess.run(in_process_1(*command), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if check and ended.returncode != 0:
        raise Failure(f'{" ".join(command)} ended with {ended.returncode}:\n{ended.stdout}')
    return ended.stdout.strip()


def hub_command(*words):
    return guest('runuser', '-u', 'strapline-hub', '--', 'strapline-hub', *words, *HUB_DATABASE)


def shown(name, unit='strapline'):
    """What systemd says of a unit."""
    return guest('systemctl', 'show', '-P', name, unit)


def process_id():
    return shown('MainPID')


def configuration():
    return (GUEST / CONFIGURATION[1:]).read_text()


def configure(text):
    """The file stays whose it is."""
    (GUEST / CONFIGURATION[1:]).write_text(text)


def query(database, text):
    with sqlite3.connect(f'file:{database}?mode=ro', uri=True) as connection:
        return connection.execute(text).fetchall()


def received():
    """The readings in the outbox's file."""
    try:
        return query(OUTBOX, 'SELECT count(*) FROM reading')[0][0]
    except sqlite3.Error:
        return 0


def stored():
    """The readings in the hub's file."""
    return query(HUB, 'SELECT count(*) FROM reading')[0][0]


def wait_for_readings(more, seconds=START_SECONDS):
    goal = received() + more
    wait_for(f'{more} more readings in the outbox', lambda: received() >= goal, seconds)


def wait_until_delivered(id):
    wait_for(
        f'the backlog is delivered, to reading {id}', lambda: query(OUTBOX, 'SELECT min(cursor) FROM lane')[0][0] >= id,
        START_SECONDS)


def newest():
    return query(OUTBOX, 'SELECT max(id) FROM reading')[0][0]


def look_at_service():
    for unit in 'strapline', 'strapline-hub', 'bluetooth':
        state = guest('systemctl', 'is-active', unit, check=False)
        log = '' if state == 'active' else guest('journalctl', '--no-pager', '-b', '-u', unit, check=False)
        expect(f'{unit} is active', state == 'active', f'{state}\n{log}')
    for unit in 'strapline', 'strapline-hub':
        for name in 'NRestarts', 'StatusText':
            say(f'{unit} {name}: {shown(name, unit)}')
    say(guest('strapline', 'status', '--config', CONFIGURATION, check=False))
