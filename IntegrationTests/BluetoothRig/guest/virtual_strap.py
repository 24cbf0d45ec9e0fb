#!/usr/bin/env python3
"""A heart rate strap in the range of the kernel's Bluetooth adapter; both are emulated.

The strap is a complete BLE peripheral (Bumble's own host stack: L2CAP, ATT, GATT, SMP) with the Heart Rate, Battery and
Device Information services on a controller of its own. The kernel's adapter is another controller on the same air.

A control socket (UNIX stream; a command a line, answered by a line of JSON) changes what happens while a test runs:

    status                      what the strap sees
    rate N                      beats per minute; above 255 it goes out as uint16
    format 8|16|auto            width of the heart rate field
    rr on|off                   RR intervals in the measurement
    series N,N,…|off            these RR intervals in 1/1024 s, again and again, one in each measurement at its time
    contact yes|no|unsupported  sensor contact bits
    energy N|off                energy expended
    raw HEX|off                 send these exact bytes instead
    battery N                   battery level, notified
    interval SECONDS            time between two measurements
    notify on|off               off: connected and subscribed, but frozen
    broadcast on|off            the heart rate is in the advertisements, as Polar straps have it
    advertise on|off            visible to a scan
    range in|out                out: vanishes silently; a live link dies by supervision timeout
    disconnect [CODE]           ends the link in order (default 0x13)
    secure on|off               subscribing needs an encrypted link
    forget                      the strap forgets its bonds
    reboot                      power cycle: silent loss, advertising again after 2 s
    adapter off|on              unplugs / plugs in the adapter that the kernel has
    second on|off               plugs in / unplugs a second adapter of the kernel, on the same air
    quit

With --sent FILE every measurement to a subscriber in range, or to everybody, is noted there, one JSON object
a line.
"""

import argparse
import asyncio
import json
import os
import struct
import time

from bumble import hci
from bumble.core import UUID, AdvertisingData
from bumble.device import Device, DeviceConfiguration
from bumble.gatt import Characteristic, CharacteristicValue, Service
from bumble.host import Host
from bumble.keys import MemoryKeyStore
from bumble.pairing import PairingConfig, PairingDelegate
from bumble.transport.common import AsyncPipeSink

from virtual_radio import Adapter, Air, RadioController, say

HEART_RATE, BATTERY, DEVICE_INFORMATION = 0x180D, 0x180F, 0x180A
POLAR = 0x006B
READ, NOTIFY = Characteristic.Properties.READ, Characteristic.Properties.NOTIFY
CONTACT_FLAGS = {'yes': 0x06, 'no': 0x04, 'unsupported': 0x00}
REBOOT_SECONDS = 2


def uuid(number):
    return UUID.from_16_bits(number)


def text(number, value):
    return Characteristic(uuid(number), READ, Characteristic.READABLE, value.encode())


class Measurement:
    """What the strap says next, as Heart Rate Measurement (0x2A37)."""

    def __init__(self, rate):
        self.rate, self.format, self.rr, self.contact = rate, 'auto', True, 'yes'
        self.energy, self.raw, self.interval = None, None, 1.0
        self.series, self.beats = None, 0

    def encoded(self):
        if self.raw is not None:
            return self.raw
        wide = self.format == '16' or (self.format == 'auto' and self.rate > 255)
        flags = (0x01 if wide else 0) | CONTACT_FLAGS[self.contact]
        fields = struct.pack('<H', self.rate) if wide else struct.pack('B', min(self.rate, 255))
        if self.energy is not None:
            flags |= 0x08
            fields += struct.pack('<H', self.energy)
        if self.rr and self.rate:
            flags |= 0x10
            intervals = self.intervals()
            fields += struct.pack(f'<{len(intervals)}H', *intervals)
        return bytes([flags]) + fields

    def intervals(self):
        """The next one of the series, or as many equal ones as fit to the rate."""
        if self.series:
            self.beats += 1
            return [self.series[(self.beats - 1) % len(self.series)]]
        beats = max(1, min(3, round(self.rate * self.interval / 60)))
        return [min(65535, 60 * 1024 // self.rate)] * beats

    def seconds(self):
        """Until the next measurement."""
        return self.series[self.beats % len(self.series)] / 1024 if self.series else self.interval

    def broadcast(self, counter):
        """The content of Polar's manufacturer data."""
        return bytes([0x01 | (0x02 if self.contact == 'yes' else 0) | counter % 8 << 2, 0, self.rate])


class Strap:
    def __init__(self, air, options):
        self.air, self.options = air, options
        self.measurement = Measurement(options.rate)
        self.sent_log = open(options.sent, 'w', buffering=1) if options.sent else None
        self.battery, self.sending, self.visible, self.sent = 87, True, True, 0
        self.broadcasting, self.broadcasts = False, 0
        # Held from a measurement to its note.
        self.turn = asyncio.Lock()
        self.connection, self.connections = None, 0
        self.controller = RadioController('strap', link=air, public_address=options.address)
        config = DeviceConfiguration()
        config.load_from_dict({
            'name': options.name, 'address': options.address,
            'advertising_interval': options.advertising_interval, 'keystore': None})
        self.device = Device(config=config, host=Host(self.controller, AsyncPipeSink(self.controller)))
        self.device.keystore = MemoryKeyStore()
        self.device.pairing_config_factory = lambda connection: PairingConfig(
            sc=True, mitm=False, bonding=True, delegate=PairingDelegate(PairingDelegate.NO_OUTPUT_NO_INPUT))
        self._add_services()
        self.device.advertising_data = self.advertisement()
        self.device.scan_response_data = bytes(AdvertisingData([
            (AdvertisingData.COMPLETE_LOCAL_NAME, options.name.encode())]))
        self.device.on('connection', self._connected)

    def advertisement(self):
        data = [(AdvertisingData.FLAGS, bytes([0x06])),
                (AdvertisingData.INCOMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS,
                 struct.pack('<HH', HEART_RATE, BATTERY))]
        if self.broadcasting:
            content = struct.pack('<H', POLAR) + self.measurement.broadcast(self.broadcasts)
            data.append((AdvertisingData.MANUFACTURER_SPECIFIC_DATA, content))
        return bytes(AdvertisingData(data))

    def _add_services(self):
        self.characteristic = Characteristic(
            uuid(0x2A37), NOTIFY, Characteristic.Permissions(0),
            CharacteristicValue(read=lambda connection: self.measurement.encoded()))
        self.battery_level = Characteristic(
            uuid(0x2A19), READ | NOTIFY, Characteristic.READABLE,
            CharacteristicValue(read=lambda connection: bytes([self.battery])))
        chest = Characteristic(uuid(0x2A38), READ, Characteristic.READABLE, bytes([1]))
        self.device.add_services([
            Service(uuid(HEART_RATE), [self.characteristic, chest]),
            Service(uuid(BATTERY), [self.battery_level]),
            Service(uuid(DEVICE_INFORMATION), [text(0x2A29, 'Acme'), text(0x2A24, 'Strap 1'), text(0x2A26, '1.0')])])
        self.configuration = next(
            attribute for attribute in self.device.gatt_server.attributes
            if attribute.type == uuid(0x2902) and attribute.handle > self.characteristic.handle)
        self.plain_permissions = self.configuration.permissions
        self.secure(self.options.secure)

    def _connected(self, connection):
        self.connection = connection
        self.connections += 1
        say(f'connected by {connection.peer_address}')
        connection.on('disconnection', self._disconnected)
        connection.on('pairing', lambda keys: say('paired'))
        connection.on('pairing_failure', lambda reason: say(f'pairing failed: {reason}'))

    def _disconnected(self, reason):
        say(f'disconnected, reason 0x{reason:02X}')
        self.connection = None
        asyncio.get_running_loop().create_task(self.advertise())

    def secure(self, on):
        encryption = Characteristic.Permissions.WRITE_REQUIRES_ENCRYPTION if on else 0
        self.configuration.permissions = self.plain_permissions | encryption

    async def advertise(self):
        if self.connection is None:
            if self.visible:
                await self.device.start_advertising()
            else:
                await self.device.stop_advertising()

    @property
    def is_subscribed(self):
        subscribers = self.device.gatt_server.subscribers.get(self.connection, {})
        return self.connection is not None and any(subscribers.get(self.characteristic.handle, b'\0'))

    async def run(self):
        await self.device.power_on()
        await self.advertise()
        say(f'advertising as {self.options.name} {self.options.address}')
        due = time.monotonic()
        while True:
            # A heart does not wait for a busy machine: delays of a series do not add up.
            begin = due if self.measurement.series else time.monotonic()
            due = max(time.monotonic(), begin + self.measurement.seconds())
            await asyncio.sleep(due - time.monotonic())
            async with self.turn:
                if self.sending and self.is_subscribed:
                    await self.send()
                if self.broadcasting:
                    await self.broadcast()

    async def broadcast(self):
        """Counts on; the value is advertised until the next one."""
        self.broadcasts += 1
        # Before anything is awaited: a command may change it.
        rate, value = self.measurement.rate, self.measurement.encoded()
        self.device.advertising_data = data = self.advertisement()
        await self.device.send_sync_command(hci.HCI_LE_Set_Advertising_Data_Command(advertising_data=data))
        if self.connection is None and self.visible and not self.air.dead:
            self.note(rate, value)

    async def send(self):
        rate, value = self.measurement.rate, self.measurement.encoded()
        try:
            await self.device.notify_subscribers(self.characteristic, value)
        except Exception as error:      # the link may end at any moment
            say(f'not sent: {error!r}')
            return
        if not self.air.dead:
            self.note(rate, value)

    def note(self, rate, value):
        self.sent += 1
        if self.sent_log:
            note = {'at_ms': round(time.time() * 1000), 'rate': rate, 'bytes': value.hex()}
            print(json.dumps(note), file=self.sent_log)


class Control:
    """Performs the commands of the control socket."""

    def __init__(self, options):
        self.air = Air(options.latency)
        self.radio = RadioController('radio', link=self.air, public_address=options.adapter_address)
        self.adapter = Adapter(self.radio)
        self.second = Adapter(RadioController('second', link=self.air, public_address=options.second_address))
        self.strap = Strap(self.air, options)
        self.over = asyncio.Event()

    def vanish(self):
        self.air.dead = True
        for controller in (self.radio, self.strap.controller):
            for connection in list(controller.le_connections.values()):
                controller.supervision_timeout(connection, lambda: self.air.dead)

    def set_rate(self, value): self.strap.measurement.rate = int(value)
    def set_format(self, value): self.strap.measurement.format = value
    def set_rr(self, value): self.strap.measurement.rr = value == 'on'
    def set_contact(self, value): self.strap.measurement.contact = value
    def set_energy(self, value): self.strap.measurement.energy = None if value == 'off' else int(value)
    def set_raw(self, value): self.strap.measurement.raw = None if value == 'off' else bytes.fromhex(value)
    def set_interval(self, value): self.strap.measurement.interval = float(value)
    def set_broadcast(self, value): self.strap.broadcasting = value == 'on'
    def set_secure(self, value): self.strap.secure(value == 'on')
    def do_status(self): pass
    def do_quit(self): self.over.set()

    def set_series(self, value):
        self.strap.measurement.series = None if value == 'off' else [int(number) for number in value.split(',')]

    async def set_notify(self, value):
        """Returns when the measurement that is being sent is noted."""
        self.strap.sending = value == 'on'
        async with self.strap.turn:
            pass

    async def set_battery(self, value):
        self.strap.battery = int(value)
        await self.strap.device.notify_subscribers(self.strap.battery_level, bytes([self.strap.battery]))

    async def set_advertise(self, value):
        self.strap.visible = value == 'on'
        await self.strap.advertise()

    def set_range(self, value):
        if value == 'out':
            self.vanish()
        else:
            self.air.dead = False

    async def do_disconnect(self, code='0x13'):
        if self.strap.connection is None:
            raise ValueError('not connected')
        await self.strap.connection.disconnect(int(code, 0))

    async def do_forget(self):
        await self.strap.device.keystore.delete_all()

    async def do_reboot(self):
        self.vanish()
        await asyncio.sleep(REBOOT_SECONDS)
        self.air.dead = False

    def set_adapter(self, value):
        if value == 'off':
            self.adapter.unplug()       # the strap notices by its supervision timeout
        else:
            self.adapter.plug()

    def set_second(self, value):
        if value == 'off':
            self.second.unplug()
        else:
            self.second.plug()

    async def perform(self, verb, *arguments):
        action = getattr(self, f'set_{verb}', None) or getattr(self, f'do_{verb}', None)
        if action is None:
            raise ValueError(f'unknown command {verb}')
        result = action(*arguments)
        if asyncio.iscoroutine(result):
            await result

    def status(self):
        connection = self.strap.connection
        return {
            'ok': True, 'connected': connection is not None, 'connections': self.strap.connections,
            'encrypted': bool(connection and connection.encryption),
            'subscribed': self.strap.is_subscribed, 'sent': self.strap.sent, 'rate': self.strap.measurement.rate,
            'range': 'out' if self.air.dead else 'in', 'adapter': self.adapter.fd is not None}

    async def serve(self, reader, writer):
        while line := await reader.readline():
            words = line.decode().split()
            if not words:
                continue
            try:
                await self.perform(*words)
                answer = self.status()
            except Exception as error:  # whatever it is, the test is reported
                answer = {'ok': False, 'error': repr(error)}
            say(f'{" ".join(words)} -> {answer.get("error", "ok")}')
            writer.write(json.dumps(answer).encode() + b'\n')
            await writer.drain()
        writer.close()

    async def run(self, path):
        if os.path.exists(path):
            os.unlink(path)
        # Under another name first: a bound socket exists before it listens, and tests wait for the name.
        server = await asyncio.start_unix_server(self.serve, f'{path}.new')
        os.rename(f'{path}.new', path)
        strap = asyncio.create_task(self.strap.run())
        self.adapter.plug()
        await self.over.wait()
        strap.cancel()
        server.close()
        self.adapter.unplug()
        self.second.unplug()


def main():
    parser = argparse.ArgumentParser(description='An emulated strap and adapter; see the file for its commands.')
    parser.add_argument('--name', default='HR Strap')
    parser.add_argument('--address', default='C4:11:22:33:44:55', help='random static address of the strap')
    parser.add_argument('--adapter-address', default='00:AA:01:00:00:42')
    parser.add_argument('--second-address', default='00:AA:01:00:00:43')
    parser.add_argument('--advertising-interval', type=int, default=200, help='milliseconds')
    parser.add_argument('--latency', type=float, default=0.03, help='seconds for anything on a connection')
    parser.add_argument('--rate', type=int, default=72)
    parser.add_argument('--secure', action='store_true', help='subscribing needs an encrypted link')
    parser.add_argument('--sent', help='file for the sent measurements')
    parser.add_argument('--control', default='/run/strap.sock')
    options = parser.parse_args()

    async def run():
        await Control(options).run(options.control)

    asyncio.run(run())


main()
