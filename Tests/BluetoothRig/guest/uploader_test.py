#!/usr/bin/env python3
"""In the guest: strapline and strapline-hub against real bluetoothd and the emulated strap.

A user in a room, `strapline run` for the strap, `strapline room` to listen. The strap's rate is changed a few times; in
the end every measurement that the strap sent must have come out of the room and of the hub's beats, in order, none twice.
"""

import json
import os
import pathlib
import signal
import socket
import sqlite3
import subprocess
import sys
import time

PROGRAMS = pathlib.Path(sys.argv[1])
SHARE = pathlib.Path(os.environ['RIG_SHARE'])
HERE = pathlib.Path(__file__).parent
WORK = pathlib.Path('/tmp/uploader-test')
DATABASE = WORK / 'hub.sqlite'

RATES = [72, 73, 95, 140, 141, 60]
MEASUREMENTS_PER_RATE = 3
# Cardiogram keeps one beat a second: measurements that are further apart than that each become a beat.
INTERVAL_SECONDS = 1.3
WAIT_SECONDS = 60
STOP_SECONDS = 5


class Failure(Exception):
    pass


def say(text):
    print(f'[{time.monotonic():7.2f}] {text}', flush=True)


def wait_for(what, condition, seconds=WAIT_SECONDS):
    """Polls, for what is waited for is in other processes."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        if time.monotonic() > deadline:
            raise Failure(f'{what}: not within {seconds} s')
        for name, process in processes.items():
            if process.poll() is not None:
                raise Failure(f'{name} ended with exit code {process.returncode}')
        time.sleep(0.05)
    say(what)
    return found


def lines(path):
    """The complete lines of a file that is being written."""
    if not path.exists():
        return []
    text = path.read_text()
    return text[:text.rfind('\n') + 1].splitlines()


class Strap:
    def __init__(self):
        self.sent_log = SHARE / 'strap-sent.jsonl'
        self.process = start(
            'strap', [sys.executable, HERE / 'virtual_strap.py', '--rate', RATES[0], '--sent', self.sent_log])
        wait_for('the strap is there', lambda: os.path.exists('/run/strap.sock'))
        self.command(f'interval {INTERVAL_SECONDS}')

    def command(self, line):
        with socket.socket(socket.AF_UNIX) as control:
            control.connect('/run/strap.sock')
            control.sendall(line.encode() + b'\n')
            answer = json.loads(control.makefile().readline())
        if not answer['ok']:
            raise Failure(f'strap: {line}: {answer["error"]}')
        return answer

    def sent(self):
        return [json.loads(line)['rate'] for line in lines(self.sent_log)]


processes = {}


def start(name, command, **environment):
    """Starts a program; what it prints goes to NAME.out and NAME.err in the shared folder."""
    processes[name] = subprocess.Popen(
        [str(word) for word in command], stdin=subprocess.DEVNULL, stdout=open(SHARE / f'{name}.out', 'w'),
        stderr=open(SHARE / f'{name}.err', 'w'), env=os.environ | environment)
    return processes[name]


def stop(name):
    process = processes.pop(name)
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    try:
        code = process.wait(WAIT_SECONDS)
    except subprocess.TimeoutExpired:
        raise Failure(f'{name} does not stop') from None
    took = time.monotonic() - began
    say(f'{name} stopped after {took:.2f} s with exit code {code}')
    if code != 0 or took > STOP_SECONDS:
        raise Failure(f'{name} must stop with exit code 0 within {STOP_SECONDS} s')


def hub(*words):
    command = [PROGRAMS / 'strapline-hub', *words, '--database', DATABASE, '--json']
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def start_hub():
    """Makes a user in a room; returns the hub's address, the user, the room and a token."""
    user = hub('user', 'add', 'Anna')
    scopes = 'data:heart_rate:write,data:heart_rate:read,data:room:read,cardiogram:beats:write'
    token = hub('token', 'issue', '--user', 'Anna', '--scope', scopes)['access_token']
    room = hub('room', 'create')['room_id']
    hub('room', 'add', room, 'Anna')
    start('hub', [PROGRAMS / 'strapline-hub', 'serve', '--port', '0', '--database', DATABASE])
    address = wait_for('the hub serves', lambda: lines(SHARE / 'hub.out'))[0]
    return address, user, room, token


def configuration(address, user, token_file):
    return f'''
straps:
  - name: chest
    destinations:
      - service: pulsoid
        token_file: {token_file}
        address: {address}
      - service: cardiogram
        user_id: "{user['user_id']}"
        token_file: {token_file}
        address: {address}
        batch_seconds: 2
services:
  pulsoid:
    requests_per_second: 0
outbox:
  path: {WORK}/outbox.sqlite
clock:
  wait_seconds: 0  # nobody sets the guest's clock
'''


def room_rates():
    messages = [json.loads(line) for line in lines(SHARE / 'room.out')]
    return [message['heart_rate']['bpm'] for message in messages if message['kind'] == 'heart_rate']


def beats():
    with sqlite3.connect(f'file:{DATABASE}?mode=ro', uri=True) as database:
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
    address, user, room, token = start_hub()
    token_file = WORK / 'token'
    token_file.touch(mode=0o600)
    token_file.write_text(token)
    config = WORK / 'strapline.yaml'
    config.write_text(configuration(address, user, token_file))

    start('room', [PROGRAMS / 'strapline', 'room', room, '--json', '--address', address], PULSOID_TOKEN=token)
    wait_for('the room is listened to', lambda: 'connected' in lines(SHARE / 'room.err'))
    start('run', [PROGRAMS / 'strapline', 'run', '--config', config])
    strap = Strap()

    for rate in RATES:
        strap.command(f'rate {rate}')
        wait_for(f'{rate} bpm', lambda rate=rate: strap.sent().count(rate) >= MEASUREMENTS_PER_RATE)
    examine(config)
    strap.command('notify off')

    sent = strap.sent()
    wait_for('the room has heard everything', lambda: len(room_rates()) >= len(sent))
    wait_for('the hub has every beat', lambda: len(beats()) >= len(sent))
    stop('run')
    processes.pop('room').terminate()
    stop('hub')
    compare('the readings of the room', room_rates(), sent)
    compare('the beats', beats(), sent)


try:
    main()
    say('passed')
except Failure as failure:
    say(f'FAILED: {failure}')
    sys.exit(1)
finally:
    for process in processes.values():
        process.terminate()
