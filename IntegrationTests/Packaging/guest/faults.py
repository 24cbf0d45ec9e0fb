"""Faults under systemd, and their effects: the program, its threads, bluetoothd, the hub, the power."""

import json
import os
import pathlib
import signal

from account import compare_hub
from machine import (
    CONFIGURATION, GUEST, START_SECONDS, boot, configuration, configure, guest, newest, process_id, received, shown,
    stored, wait_for_readings, wait_until_delivered)

from rig import expect, say, wait_for

READINGS = 8
# The packaged unit waits two minutes, which is long for a test.
WATCHDOG = '[Service]\nWatchdogSec=20\nTimeoutAbortSec=5\n'
DROP_IN = GUEST / 'etc/systemd/system/strapline.service.d/watchdog.conf'


def told_received():
    """The readings that the uploader says it has, in its file or in memory."""
    report = guest('strapline', 'status', '--json', '--config', CONFIGURATION, check=False)
    return json.loads(report)['outbox'].get('received') or 0


def wait_for_restart(restarts):
    wait_for('systemd has started it again', lambda: restarts != shown('NRestarts'), START_SECONDS)


def kill_when_sparing_the_card():
    """With process-crash the last readings are in memory alone. It must survive systemd's cleaning after a crash."""
    configure(configuration() + 'outbox:\n  durability: process-crash\n')
    guest('systemctl', 'restart', 'strapline')
    restarts = shown('NRestarts')
    goal = received() + READINGS
    wait_for('readings are in memory alone', lambda: received() < goal <= told_received(), START_SECONDS)
    goal = told_received()
    os.kill(int(process_id()), signal.SIGKILL)
    wait_for_restart(restarts)
    wait_for('readings in memory are in the file', lambda: received() >= goal, START_SECONDS)
    configure(configuration().replace('process-crash', 'power-loss'))


def stall():
    """systemd's watchdog ends a hung program, and restarts it."""
    DROP_IN.parent.mkdir()
    DROP_IN.write_text(WATCHDOG)
    guest('systemctl', 'daemon-reload')
    guest('systemctl', 'restart', 'strapline')
    restarts = shown('NRestarts')
    wait_for_readings(3)
    before = received()
    os.kill(int(process_id()), signal.SIGSTOP)
    wait_for_restart(restarts)
    expect('it was the watchdog', 'Watchdog timeout' in guest('journalctl', '--no-pager', '-b', '-u', 'strapline'))
    wait_for('it takes readings again', lambda: received() > before, START_SECONDS)
    DROP_IN.unlink()
    guest('systemctl', 'daemon-reload')


def start_without_bluetoothd_and_hub():
    """The service starts all the same, and waits; then readings wait until the hub is there."""
    guest('systemctl', 'stop', 'strapline', 'strapline-hub')
    guest('systemctl', 'mask', '--runtime', '--now', 'bluetooth')
    guest('systemctl', 'start', 'strapline')
    expect('the uploader is ready without bluetoothd and without its hub', shown('ActiveState') == 'active')
    say(shown('StatusText'))
    guest('systemctl', 'unmask', '--runtime', 'bluetooth')
    guest('systemctl', 'start', 'bluetooth')
    wait_for_readings(READINGS)
    last = newest()
    guest('systemctl', 'start', 'strapline-hub')
    wait_until_delivered(last)


def cut_the_power():
    """The host does it at this line, and passes the numbers to the next boot's kernel."""
    wait_until_delivered(newest())
    guest('sh', '-c', f'journalctl -b --no-pager -o short-monotonic >/var/lib/rig/journal-{boot}.log')
    wait_for_readings(READINGS)
    say(f'cut the power: {received()},{stored()}')
    signal.pause()


def look_after_the_power_cut():
    words = dict(word.partition('=')[::2] for word in pathlib.Path('/proc/cmdline').read_text().split())
    kept, delivered = map(int, words['strapline.before'].split(','))
    expect(f'the outbox has the {kept} readings that it had, and {received() - kept} more', received() >= kept)
    expect(f'the hub has the {delivered} readings that it had, and {stored() - delivered} more', stored() >= delivered)
    wait_for_readings(READINGS)
    guest('systemctl', 'stop', 'bluetooth')
    wait_until_delivered(newest())
    compare_hub()
    guest('systemctl', 'start', 'bluetooth')
