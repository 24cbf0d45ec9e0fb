#!/usr/bin/env python3
"""In the guest: a reader of a heart rate sensor, as a watch or a game is one: bleak on an adapter of its own.

    reader.py ADAPTER ADDRESS

Finds the sensor at ADDRESS, connects, and prints lines of JSON: what it advertises and what it can read, then the bytes
of each notification. Ends on SIGTERM, or when the link is lost.
"""

import asyncio
import json
import signal
import sys

from bleak import BleakClient, BleakScanner

SEARCH_SECONDS = 30
HEART_RATE = '0000180d-0000-1000-8000-00805f9b34fb'
MEASUREMENT = '00002a37-0000-1000-8000-00805f9b34fb'
READABLE = {'location': '2a38', 'manufacturer': '2a29', 'model': '2a24', 'battery': '2a19'}


def say(**values):
    print(json.dumps(values), flush=True)


async def read(client, number):
    try:
        return bytes(await client.read_gatt_char(f'0000{number}-0000-1000-8000-00805f9b34fb')).hex()
    except Exception as error:  # the sensor does not know it
        return str(error)


async def main():
    adapter, address = sys.argv[1:]
    over = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, over.set)
    found = {}

    def fits(device, advertisement):
        if device.address == address:
            found.update(name=advertisement.local_name, services=advertisement.service_uuids)
        return device.address == address and HEART_RATE in advertisement.service_uuids

    device = await BleakScanner.find_device_by_filter(fits, SEARCH_SECONDS, bluez={'adapter': adapter})
    if device is None:
        sys.exit(f'no sensor at {address}')
    async with BleakClient(device, lambda client: over.set(), bluez={'adapter': adapter}) as client:
        details = {name: await read(client, number) for name, number in READABLE.items()}
        say(event='connected', **found, **details)
        await client.start_notify(MEASUREMENT, lambda characteristic, value: say(bytes=bytes(value).hex()))
        say(event='subscribed')
        await over.wait()


asyncio.run(main())
