#!/usr/bin/env python3
"""In the guest: strapline scan, pair and forget against real bluetoothd and the emulated strap.

A strap that needs no pairing, one that does, one that has forgotten its bond, and one that somebody else is connected to.
What bluetoothd knows of it is compared after each command.
"""

import json
import os
import pathlib
import socket
import subprocess
import sys
import time

PROGRAM = pathlib.Path(sys.argv[1]) / 'strapline'
SHARE = pathlib.Path(os.environ['RIG_SHARE'])
HERE = pathlib.Path(__file__).parent
CONFIGURATION = pathlib.Path('/tmp/strapline.yaml')

ADDRESS = 'C4:11:22:33:44:55'
# What a machine without a person gives a program at most: the longest is a search of 30 s.
WAIT_SECONDS = 60
UNAVAILABLE = 69


class Failure(Exception):
    pass


def say(text):
    print(f'[{time.monotonic():7.2f}] {text}', flush=True)


def wait_for(what, condition):
    """Polls, for what is waited for is in other processes."""
    deadline = time.monotonic() + WAIT_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise Failure(f'{what}: not within {WAIT_SECONDS} s')
        time.sleep(0.05)
    say(what)


def command(line):
    with socket.socket(socket.AF_UNIX) as control:
        control.connect('/run/strap.sock')
        control.sendall(line.encode() + b'\n')
        answer = json.loads(control.makefile().readline())
    if not answer['ok']:
        raise Failure(f'strap: {line}: {answer["error"]}')


def strapline(*words, code=0):
    """Runs a command without a terminal; returns what it printed."""
    result = subprocess.run(
        [PROGRAM, *words], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=WAIT_SECONDS)
    say(f'strapline {" ".join(words)}: exit code {result.returncode}')
    if result.returncode != code:
        raise Failure(f'exit code {code} was expected\n{result.stdout}{result.stderr}')
    return result.stdout + result.stderr


def bluetoothctl(*words):
    return subprocess.run(
        ['bluetoothctl', *words], stdin=subprocess.DEVNULL, capture_output=True, text=True,
        timeout=WAIT_SECONDS).stdout


def expect(what, condition, text=''):
    if not condition:
        raise Failure(f'{what}: not so\n{text}')
    say(what)


def expect_device(**states):
    """Compares Paired, Trusted, Connected."""
    known = bluetoothctl('info', ADDRESS)
    for state, value in states.items():
        word = f'{state.capitalize()}: {"yes" if value else "no"}'
        expect(word, word in known, known)


def plain_strap():
    line = json.loads(strapline('scan', '--seconds', '4', '--json').splitlines()[0])
    expect('the strap is in the scan', line['address'] == ADDRESS and line['heart_rate_service'], str(line))
    shown = strapline('pair', '--name', 'chest', '--write', str(CONFIGURATION))
    expect('three measurements', shown.count('72 bpm') == 3 and 'Pairing' not in shown, shown)
    expect('the configuration has the strap', f'address: "{ADDRESS}"' in CONFIGURATION.read_text())
    expect_device(paired=False, trusted=True, connected=False)
    strapline('forget', ADDRESS)
    strapline('forget', ADDRESS, code=UNAVAILABLE)


def secure_strap():
    command('secure on')
    shown = strapline('pair', ADDRESS)
    expect('paired because the strap wants it', 'Paired.' in shown, shown)
    expect_device(paired=True, trusted=True, connected=False)
    command('forget')
    shown = strapline('pair', ADDRESS, code=UNAVAILABLE)
    expect('a lost bond is told', f'strapline forget {ADDRESS}' in shown, shown)
    strapline('forget', ADDRESS)
    strapline('pair', ADDRESS, '--pair')


def shared_strap():
    bluetoothctl('connect', ADDRESS)
    expect_device(connected=True)
    shown = strapline('pair', ADDRESS)
    expect('listened to beside another', 'connected already' in shown and shown.count('72 bpm') == 3, shown)
    strapline('scan', '--seconds', '2')
    expect_device(connected=True)


def main():
    with open(SHARE / 'strap.err', 'w') as log:
        strap = subprocess.Popen([sys.executable, HERE / 'virtual_strap.py'], stdin=subprocess.DEVNULL, stderr=log)
    try:
        wait_for('the strap is there', lambda: os.path.exists('/run/strap.sock'))
        wait_for('the adapter is there', lambda: 'Controller' in bluetoothctl('list'))
        bluetoothctl('power', 'off')
        plain_strap()
        secure_strap()
        shared_strap()
    finally:
        strap.kill()


try:
    main()
    say('passed')
except Failure as failure:
    say(f'FAILED: {failure}')
    sys.exit(1)
