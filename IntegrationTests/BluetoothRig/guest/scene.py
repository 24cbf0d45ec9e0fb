"""One `strapline run` with its strap, its hub and a room, and what a fault of any kind has in common with others."""

import pathlib
import time

import rig
from ledger import Ledger
from rig import PROGRAMS, STRAP_ADDRESS, expect, say, wait_for
from times import Times

WORK = pathlib.Path('/tmp/faults-test')
CONFIGURATION = WORK / 'strapline.yaml'
OUTBOX = WORK / 'outbox.sqlite'
HEART_RATE = '"kind":"heart_rate"'

# How soon a fault must be reported, and how soon after its end a reading must be uploaded.
REPORTED_SECONDS, LIVE_SECONDS, MACHINE_SECONDS = 2, 5, 10


class Scene:
    def __init__(self):
        WORK.mkdir()
        self.hub, self.room, self.log = rig.Hub(WORK), rig.journal('room.out'), rig.journal('run.err')
        self.times, self.ledger = Times(), Ledger()
        CONFIGURATION.write_text(self.configuration())
        self.hub.listen(self.room)
        self.start_uploader()
        self.strap = rig.Strap()

    def configuration(self, renews_bond=False):
        return f'''
straps:
  - name: chest
    address: "{STRAP_ADDRESS}"
    renew_bond: {str(renews_bond).lower()}
    destinations:
      - service: pulsoid
        token_file: {self.hub.token_file}
        address: {self.hub.address}
services:
  pulsoid:
    requests_per_second: 0
outbox:
  path: {OUTBOX}
clock:
  wait_seconds: 0  # the guest's clock is never set
log:
  level: debug  # each change of state when it happens; at info, fast changes are logged once a minute
'''

    def start_uploader(self):
        rig.start('run', [PROGRAMS / 'strapline', 'run', '--config', CONFIGURATION], err=self.log)

    def uploaded(self, since, seconds=rig.WAIT_SECONDS):
        """Waits for the first reading in the room; returns when it came."""
        return wait_for('a reading is uploaded', lambda: self.room.time_of(HEART_RATE, since=since), seconds)

    def sends(self, count):
        goal = self.strap.status()['sent'] + count
        wait_for(f'the strap has sent {count}', lambda: self.strap.status()['sent'] >= goal)

    def outage(self, fault, words, begin, end=lambda: None, *, lasts=0, until=lambda: None,
               reported_in=REPORTED_SECONDS,
               live_in=LIVE_SECONDS):
        """A fault from its beginning to the first reading after its end. It ends once it is reported and has lasted."""
        say(f'--- {fault}')
        self.uploaded(since=time.monotonic())
        began = time.monotonic()
        begin()
        reported = wait_for(' '.join(words), lambda: self.log.time_of(*words, since=began), reported_in + lasts)
        expect(f'reported {reported - began:.2f} s after the fault', reported - began <= reported_in)
        time.sleep(max(0, began + lasts - time.monotonic()))
        until()
        ended = time.monotonic()
        end()
        uploaded = self.uploaded(ended, live_in)
        expect(f'uploaded {uploaded - ended:.2f} s after its end', uploaded - ended <= live_in)
        wait_for('live', lambda: self.log.time_of('state=live', since=reported))
        self.times.add(fault, words[0].removeprefix('state='), reported - began, uploaded - ended)

    def finish(self):
        self.strap.command('notify off')
        sent = self.strap.sent()
        wait_for('the outbox is empty', lambda: self.ledger.is_delivered(OUTBOX))
        rig.stop('run')
        self.ledger.compare(sent, OUTBOX, self.room.lines())
