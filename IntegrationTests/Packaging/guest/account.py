"""What the strap has sent, what bluetoothd handed over, what the outbox and the hub have: compared.

- The outbox must have each measurement that bluetoothd handed to an uploader on the bus, once, in order, and no other,
- the strap must have sent no other either, but for the times when no uploader listened: those measurements are lost,
- the hub must have each heart rate of the outbox.
"""

import json

from machine import HUB, OUTBOX, RESULTS, query

from bus_record import BusRecord
from ledger import Ledger, decode, is_heart_rate
from rig import Failure, expect, lines, say

# one before the upgrade, one after, one after the reboot
UPLOADERS = 3


def account():
    record = BusRecord(RESULTS.glob('bus-*.jsonl'))
    ledger = Ledger()
    ledger.deaf_times = record.deaf_times
    for began, ended in ledger.deaf_times:
        say(f'no listener for {(ended - began) / 1000:.1f} s')
    expect(f'{UPLOADERS} uploaders have listened, one after the other', len(record.listeners) == UPLOADERS)
    kept = ledger.kept(OUTBOX)
    say('what bluetoothd handed to the uploader:')
    Ledger().match('the outbox', kept, measurements(record.handed))
    say('what the strap has sent:')
    sent = [json.loads(line) for log in sorted(RESULTS.glob('boot-*/strap-sent.jsonl')) for line in lines(log)]
    ledger.match('the outbox', kept, measurements((note['at_ms'], bytes.fromhex(note['bytes'])) for note in sent))
    compare_hub()


def measurements(packets):
    return [(at, measurement) for at, packet in packets if (measurement := decode(packet))]


def compare_hub():
    shown = [(at, measurement[0]) for at, measurement in Ledger.kept(OUTBOX) if is_heart_rate(measurement)]
    stored = query(HUB, 'SELECT measured_at_ms, heart_rate FROM reading ORDER BY measured_at_ms')
    if stored != shown:
        raise Failure(f'the hub has not what the outbox has\n  hub: {stored}\n  outbox: {shown}')
    say(f'the hub: all {len(stored)} heart rates, none twice')
