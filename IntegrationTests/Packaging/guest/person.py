"""A user at a terminal of the guest, who types the guides' commands and answers questions."""

import fcntl
import os
import pty
import re
import select
import subprocess
import termios
import time

from machine import in_process_1
from rig import Failure

NAME = 'me'
HOME = f'/home/{NAME}'
INTERRUPT = '\x03'
# The longest that a guide has a program do is to verify for a minute.
PATIENCE_SECONDS = 180
# The exit code of a shell after Ctrl-C.
INTERRUPTED = 130
# Ctrl-C ends a program, not the lines that follow it; any other failure ends all.
SHELL = '''
set -uo pipefail
trap : INT
trap 'status=$?; [ $status -eq {interrupted} ] || exit $status' ERR
{script}
'''


class Answer:
    """Typed when something is shown: a text, or the result of a function, which can do other things first."""

    def __init__(self, shown, typed, is_certain=True):
        self.shown, self.typed, self.is_certain = re.compile(shown), typed, is_certain


def unless_asked(shown, typed):
    """An answer to a question that may not come."""
    return Answer(shown, typed, is_certain=False)


def answer(shown, typed):
    return Answer(shown, typed)


def interrupt_at(shown):
    return Answer(shown, INTERRUPT)


def type_in(script, answers=()):
    """Runs lines of shell, gives the answers in their order, and returns all that was shown."""
    person, program = pty.openpty()
    script = SHELL.format(interrupted=INTERRUPTED, script=script)
    process = subprocess.Popen(
        in_process_1(
            'runuser', '-u', NAME, '--', 'env', f'--chdir={HOME}', f'HOME={HOME}', f'USER={NAME}', 'TERM=dumb',
            'SYSTEMD_PAGER=cat', 'bash', '-c', script),
        stdin=program, stdout=program, stderr=program, start_new_session=True,
        # The terminal of the new session: what Ctrl-C goes to.
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
    os.close(program)
    shown = _converse(person, script, list(answers))
    ended = process.wait(PATIENCE_SECONDS)
    os.close(person)
    if ended not in (0, INTERRUPTED):
        raise Failure(f'ended with {ended}:{script}\n{shown}')
    return shown


def _converse(terminal, script, answers):
    shown, answered_at = '', 0
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        if not select.select([terminal], [], [], max(0, deadline - time.monotonic()))[0]:
            waits = answers[0].shown.pattern if answers else 'its end'
            raise Failure(f'not within {PATIENCE_SECONDS} s: {waits}{script}\n{shown}')
        try:
            shown += os.read(terminal, 1 << 16).decode(errors='replace').replace('\r\n', '\n')
        except OSError:  # the last program has closed it
            break
        while question := _next(answers, shown, answered_at):
            place, match = question
            typed, answered_at = answers[place].typed, match.end()
            del answers[:place + 1]
            text = typed(match) if callable(typed) else typed
            # The function had a time limit of its own.
            deadline = time.monotonic() + PATIENCE_SECONDS
            if text is not None:
                os.write(terminal, (text if text == INTERRUPT else text + '\n').encode())
    if any(one.is_certain for one in answers):
        raise Failure(f'never shown: {answers[0].shown.pattern}{script}\n{shown}')
    return shown


def _next(answers, shown, start):
    """The answer that is due: the first certain one, or one before it that may not be asked for."""
    for place, one in enumerate(answers):
        if match := one.shown.search(shown, start):
            return place, match
        if one.is_certain:
            return None
    return None
