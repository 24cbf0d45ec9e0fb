#!/usr/bin/env python3
"""In the guest: live heart rate variability of a strap whose RR intervals are scripted.

Each value of `strapline status`, and that of `strapline hrv`, must be the one of intervals that the strap has sent. It
takes two minutes, because DFA-α1 does.
"""

import json
import math
import pathlib
import random
import subprocess
import time

import rig
from ledger import decode
from rig import PROGRAMS, Failure, expect, say, wait_for

WORK = pathlib.Path('/tmp/hrv-test')
CONFIGURATION = WORK / 'strapline.yaml'

# In 1/1024 s, around 60 bpm: neighbours differ by less than the 25 % of an artefact.
SOURCE = random.Random(18)
SERIES = [SOURCE.randint(950, 1110) for _ in range(200)]
PATIENCE_SECONDS = 200
# `status` shows thousandths.
TOLERANCE = 0.0006


def configuration(hub):
    return f'''
straps:
  - name: chest
    destinations:
      - service: pulsoid
        token_file: {hub.token_file}
        address: {hub.address}
outbox:
  path: {WORK}/outbox.sqlite
clock:
  wait_seconds: 0  # the guest's clock is never set
'''


def time_domain(intervals):
    steps = [later - earlier for earlier, later in zip(intervals, intervals[1:])]
    mean = sum(intervals) / len(intervals)
    return {
        'rmssd_ms': math.sqrt(sum(step * step for step in steps) / len(steps)),
        'sdnn_ms': math.sqrt(sum((interval - mean) ** 2 for interval in intervals) / (len(intervals) - 1)),
        'pnn50_percent_of_differences': 100 * sum(abs(step) > 50 for step in steps) / len(steps)}


def alpha1(intervals):
    """Boxes of 4 to 16 beats without overlap, a line removed from each."""
    mean = sum(intervals) / len(intervals)
    profile, total = [], 0.0
    for interval in intervals:
        total += interval - mean
        profile.append(total)
    points = []
    for size in range(4, 17):
        middle = (size - 1) / 2
        spread = sum((x - middle) ** 2 for x in range(size))
        squares, boxes = 0.0, len(profile) // size
        for start in range(0, boxes * size, size):
            box = profile[start:start + size]
            level = sum(box) / size
            slope = sum((x - middle) * (y - level) for x, y in enumerate(box)) / spread
            squares += sum((y - level - slope * (x - middle)) ** 2 for x, y in enumerate(box))
        points.append((math.log(size), math.log(math.sqrt(squares / (boxes * size)))))
    mean_x, mean_y = (sum(values) / len(points) for values in zip(*points))
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / sum((x - mean_x) ** 2 for x, _ in points)


def live():
    """What `strapline status` shows of the strap's variability; None before the first reading."""
    words = [PROGRAMS / 'strapline', 'status', '--json', '--config', CONFIGURATION]
    result = subprocess.run(words, capture_output=True, text=True)
    straps = json.loads(result.stdout)['straps'] if result.returncode == 0 else []
    return straps[0].get('hrv') if straps else None


def sent(strap):
    """The RR intervals of all measurements, in ms."""
    return [interval * 1000 / 1024 for note in strap.sent() for interval in decode(bytes.fromhex(note['bytes']))[3]]


def is_of(window, intervals, values):
    """Whether a window has the values of neighbouring intervals that were sent."""
    count = window['intervals']
    for end in range(count, len(intervals) + 1):
        expected = values(intervals[end - count:end])
        if all(abs(window[name] - value) < TOLERANCE for name, value in expected.items()):
            return True
    return False


def check(window, values, strap):
    """Compares a window that has a value; returns whether it has one."""
    names = values([900.0, 1000.0] * 20).keys()
    if not window or window['gaps'] or any(window.get(name) is None for name in names):
        return False
    # The strap notes a measurement after it was sent.
    deadline = time.monotonic() + 2
    while not is_of(window, sent(strap), values):
        if time.monotonic() > deadline:
            raise Failure(f'no intervals that were sent have these values: {window}')
    return True


def main():
    WORK.mkdir()
    hub = rig.Hub(WORK)
    CONFIGURATION.write_text(configuration(hub))
    rig.start('run', [PROGRAMS / 'strapline', 'run', '--config', CONFIGURATION])
    strap = rig.Strap('--rate', 60)
    strap.command('rr off')
    shown = wait_for('the strap is live', live)
    expect('without RR intervals there is no value', shown == {'rr_intervals': False}, str(shown))

    strap.command('series ' + ','.join(map(str, SERIES)))
    strap.command('rr on')
    measuring = subprocess.Popen(
        [PROGRAMS / 'strapline', 'hrv', '--for', '30s', '--json', '--no-history', '--config', CONFIGURATION],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    counts = {'last_60_s': 0, 'last_300_s': 0, 'last_120_s': 0}
    deadline = time.monotonic() + PATIENCE_SECONDS
    while min(counts.values()) == 0 or counts['last_60_s'] < 20:
        if time.monotonic() > deadline:
            raise Failure(f'not all windows have values: {counts}')
        report = live() or {}
        for name, values in [('last_60_s', time_domain), ('last_300_s', time_domain),
                             ('last_120_s', lambda intervals: {'dfa_alpha1_4_16': alpha1(intervals)})]:
            counts[name] += check(report.get(name), values, strap)
        time.sleep(1)
    say(f'the values of status are those of the strap: {counts}')
    measurement = json.loads(measuring.communicate(timeout=rig.WAIT_SECONDS)[0])
    expect('strapline hrv ends well', measuring.returncode == 0 and measurement['reliable'], str(measurement))
    expect('its values are those of the strap', check(measurement, time_domain, strap), str(measurement))
    rig.stop('run')
    rig.stop('hub')


rig.run(main)
