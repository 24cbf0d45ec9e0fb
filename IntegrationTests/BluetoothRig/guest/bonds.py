"""Straps that want an encrypted link: one that is new, one that has a bond, one that has lost it."""

import time

import rig
from rig import STRAP_ADDRESS, expect, strapline
from scene import CONFIGURATION, MACHINE_SECONDS

# StartNotify may wait for 30 s, and is given 35.
REFUSAL_SECONDS = 40
# Three connections are refused first.
FORGOTTEN_SECONDS = 20

LOST = ['state=disconnected', 'reason=the link was lost']
WANTS_A_BOND = ['state=disconnected', 'strapline pair']


def missing(scene):
    """`pair` runs beside the uploader."""
    command = scene.strap.command
    command('secure on')
    scene.outage('a known strap wants a bond', WANTS_A_BOND,
                 lambda: command('disconnect'), lambda: command('secure off'),
                 reported_in=REFUSAL_SECONDS, live_in=MACHINE_SECONDS)
    command('secure on')
    with scene.ledger.deaf():   # `pair` listens too
        scene.outage('a new strap wants a bond', WANTS_A_BOND, lambda: strapline('forget', STRAP_ADDRESS),
                     until=lambda: strapline('pair', STRAP_ADDRESS),
                     reported_in=REFUSAL_SECONDS, live_in=MACHINE_SECONDS)
    scene.outage('a strap with a bond disconnects', LOST, lambda: command('disconnect'))
    expect('the link is encrypted', scene.strap.status()['encrypted'])


def lost(scene):
    """Reported, and fixed by a user; then fixed by the uploader itself, if it is allowed to."""
    def forget():
        scene.strap.command('forget')
        scene.strap.command('disconnect')

    def mend():
        strapline('forget', STRAP_ADDRESS)
        strapline('pair', STRAP_ADDRESS)

    with scene.ledger.deaf():
        scene.outage('the strap has lost its bond', ['state=disconnected', f'strapline forget {STRAP_ADDRESS}'], forget,
                     until=mend, reported_in=FORGOTTEN_SECONDS, live_in=MACHINE_SECONDS)
    with scene.ledger.deaf():   # while nobody runs
        rig.stop('run')
        CONFIGURATION.write_text(scene.configuration(renews_bond=True))
        scene.start_uploader()
        scene.uploaded(time.monotonic())
    scene.outage('the strap has lost its bond, with renew_bond', ['seems to have lost its bond'], forget,
                 reported_in=FORGOTTEN_SECONDS, live_in=MACHINE_SECONDS)
    expect('the link is encrypted', scene.strap.status()['encrypted'])
