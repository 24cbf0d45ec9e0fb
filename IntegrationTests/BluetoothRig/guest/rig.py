"""What the tests in the guest share: programs that are started and stopped, the strap's control socket, the hub.

A test is a program that is given the folder of strapline and strapline-hub, and ends with `rig.run(main)`.
"""

import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import time
import urllib.request

from journal import Journal

PROGRAMS = pathlib.Path(sys.argv[1])
SHARE = pathlib.Path(os.environ['RIG_SHARE'])
HERE = pathlib.Path(__file__).parent

STRAP_ADDRESS = 'C4:11:22:33:44:55'
# The longest run of a program without input is a search of 30 s.
WAIT_SECONDS = 60
# They promise 5 s. The machine may be busy.
STOP_SECONDS = 15
UNAVAILABLE = 69


class Failure(Exception):
    pass


def say(text):
    print(f'[{time.monotonic():7.2f}] {text}', flush=True)


def expect(what, condition, text=''):
    if not condition:
        raise Failure(f'{what}: not so\n{text}')
    say(what)


def wait_for(what, condition, seconds=WAIT_SECONDS):
    """Polls, because the condition depends on other processes."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        if time.monotonic() > deadline:
            raise Failure(f'{what}: not within {seconds} s')
        for name, process in processes.items():
            if process.poll() is not None:
                raise Failure(f'{name} ended with exit code {process.returncode}')
        time.sleep(0.02)
    say(what)
    return found


def lines(path):
    """The complete lines of a file that is being written."""
    if not path.exists():
        return []
    text = path.read_text()
    return text[:text.rfind('\n') + 1].splitlines()


# Programs that run beside the test, by their names. One that ends while something is waited for fails the test.
processes = {}


def start(name, command, out=None, err=None, stdin=subprocess.DEVNULL, **environment):
    """Starts a program; what it prints goes to NAME.out and NAME.err in the shared folder, or to a journal."""
    processes[name] = process = subprocess.Popen(
        [str(word) for word in command], stdin=stdin, text=True, env=os.environ | environment,
        stdout=subprocess.PIPE if out else open(SHARE / f'{name}.out', 'a'),
        stderr=subprocess.PIPE if err else open(SHARE / f'{name}.err', 'a'))
    if out:
        out.follow(process.stdout)
    if err:
        err.follow(process.stderr)
    return process


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


def kill(name):
    process = processes.pop(name)
    process.kill()
    process.wait()


def journal(name):
    return Journal(SHARE / name)


def strapline(*words, code=0):
    """Runs a command without a terminal; returns what it printed."""
    result = subprocess.run(
        [PROGRAMS / 'strapline', *words], stdin=subprocess.DEVNULL, capture_output=True, text=True,
        timeout=WAIT_SECONDS)
    say(f'strapline {" ".join(map(str, words))}: exit code {result.returncode}')
    if result.returncode != code:
        raise Failure(f'exit code {code} was expected\n{result.stdout}{result.stderr}')
    return result.stdout + result.stderr


def bluetoothctl(*words):
    return subprocess.run(
        ['bluetoothctl', *words], stdin=subprocess.DEVNULL, capture_output=True, text=True,
        timeout=WAIT_SECONDS).stdout


class Strap:
    """The emulated strap, and the adapter that comes with it."""

    def __init__(self, *options):
        self.sent_log = SHARE / 'strap-sent.jsonl'
        start('strap', [sys.executable, HERE / 'virtual_strap.py', '--sent', self.sent_log, *options])
        wait_for('the strap is there', lambda: os.path.exists('/run/strap.sock'))

    def command(self, line):
        with socket.socket(socket.AF_UNIX) as control:
            control.connect('/run/strap.sock')
            control.sendall(line.encode() + b'\n')
            answer = json.loads(control.makefile().readline())
        if not answer['ok']:
            raise Failure(f'strap: {line}: {answer["error"]}')
        return answer

    def status(self):
        return self.command('status')

    def sent(self):
        return [json.loads(line) for line in lines(self.sent_log)]


class Hub:
    """A running strapline-hub with the user Anna, who has a token for everything and is in a room."""

    def __init__(self, work):
        self.database = work / 'hub.sqlite'
        self.user_id = self._do('user', 'add', 'Anna')['user_id']
        scopes = 'data:heart_rate:write,data:heart_rate:read,data:room:read,cardiogram:beats:write'
        self.token = self._do('token', 'issue', '--user', 'Anna', '--scope', scopes)['access_token']
        self.room = self._do('room', 'create')['room_id']
        self._do('room', 'add', self.room, 'Anna')
        self.serve(port=0)
        self.address = lines(SHARE / 'hub.out')[0]
        self.token_file = work / 'token'
        self.token_file.touch(mode=0o600)
        self.token_file.write_text(self.token)

    def _do(self, *words):
        command = [PROGRAMS / 'strapline-hub', *words, '--database', self.database, '--json']
        return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)

    def serve(self, port=None):
        """Starts it, again at its own address."""
        port = self.address.rpartition(':')[2] if port is None else port
        before = len(lines(SHARE / 'hub.out'))
        start('hub', [PROGRAMS / 'strapline-hub', 'serve', '--port', str(port), '--database', self.database])
        wait_for('the hub serves', lambda: len(lines(SHARE / 'hub.out')) > before)

    def get(self, path):
        request = urllib.request.Request(self.address + path, headers={'Authorization': f'Bearer {self.token}'})
        with urllib.request.urlopen(request, timeout=WAIT_SECONDS) as response:
            return response.read()

    def listen(self, messages):
        """Has the room's messages written into a journal."""
        command = [PROGRAMS / 'strapline', 'room', self.room, '--json', '--address', self.address]
        start('room', command, out=messages, PULSOID_TOKEN=self.token)
        wait_for('the room is listened to', lambda: 'connected' in lines(SHARE / 'room.err'))


def run(main):
    try:
        main()
        say('passed')
    except Failure as failure:
        say(f'FAILED: {failure}')
        sys.exit(1)
    finally:
        for process in processes.values():
            process.terminate()
