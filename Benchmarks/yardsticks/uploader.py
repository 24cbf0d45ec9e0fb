"""The yardstick for `make bench`: the script that a user who knows Python well would write for one strap.

    PULSOID_TOKEN=... python3 uploader.py STRAP_ADDRESS DATABASE BASE_URL

A reading is on stable storage before it is sent, is sent in order over a kept connection, and is passed by the cursor
once Pulsoid has answered 200.
"""

import asyncio
import os
import signal
import sqlite3
import sys
import time

import aiohttp
from dbus_fast import BusType, Message, MessageType
from dbus_fast.aio import MessageBus

HEART_RATE_MEASUREMENT = "00002a37-0000-1000-8000-00805f9b34fb"
OBJECT_MANAGER = "org.freedesktop.DBus.ObjectManager"
PROPERTIES = "org.freedesktop.DBus.Properties"


def heart_rate(packet: bytes) -> int:
    """The rate in a Heart Rate Measurement; 0 where the strap says that it has no contact with the skin."""
    flags = packet[0]
    rate = int.from_bytes(packet[1:3], "little") if flags & 0x01 else packet[1]
    return 0 if flags & 0x06 == 0x04 else rate


class Queue:
    def __init__(self, path: str) -> None:
        self.db = sqlite3.connect(path, isolation_level=None)
        self.db.executescript(
            """
            PRAGMA journal_mode = WAL;
            CREATE TABLE IF NOT EXISTS readings(
                id INTEGER PRIMARY KEY AUTOINCREMENT, measured_at_ms INTEGER NOT NULL, packet BLOB NOT NULL,
                heart_rate INTEGER NOT NULL);
            CREATE TABLE IF NOT EXISTS cursor(delivered INTEGER NOT NULL);
            INSERT INTO cursor SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM cursor);
            """
        )
        (self.delivered,) = self.db.execute("SELECT delivered FROM cursor").fetchone()
        self.appended = asyncio.Event()
        self.appended.set()

    def append(self, packet: bytes) -> None:
        self.db.execute("PRAGMA synchronous = FULL")
        self.db.execute(
            "INSERT INTO readings(measured_at_ms, packet, heart_rate) VALUES (?, ?, ?)",
            (time.time_ns() // 1_000_000, packet, heart_rate(packet)),
        )
        self.appended.set()

    async def next(self) -> tuple[int, int, int]:
        while True:
            self.appended.clear()
            row = self.db.execute(
                "SELECT id, measured_at_ms, heart_rate FROM readings"
                " WHERE id > ? AND heart_rate > 0 ORDER BY id LIMIT 1",
                (self.delivered,),
            ).fetchone()
            if row:
                return row
            await self.appended.wait()

    def advance(self, reading: int) -> None:
        # A power cut that takes the cursor back only has the last readings sent twice: it need not be synced.
        self.db.execute("PRAGMA synchronous = NORMAL")
        self.db.execute("UPDATE cursor SET delivered = ?", (reading,))
        self.delivered = reading


class Strap:
    def __init__(self, bus: MessageBus, address: str) -> None:
        self.bus = bus
        self.address = address
        self.disconnected = asyncio.Event()

    async def call(self, path: str, interface: str, member: str, signature: str = "", *body: object) -> Message:
        reply = await self.bus.call(
            Message(
                destination="org.bluez",
                path=path,
                interface=interface,
                member=member,
                signature=signature,
                body=list(body),
            )
        )
        if reply.message_type == MessageType.ERROR:
            raise RuntimeError(f"{member}: {reply.error_name}: {reply.body}")
        return reply

    async def find(self, below: str, interface: str, name: str, wanted: str) -> str:
        (objects,) = (await self.call("/", OBJECT_MANAGER, "GetManagedObjects")).body
        for path, interfaces in objects.items():
            properties = interfaces.get(interface, {})
            if path.startswith(below) and name in properties and properties[name].value.lower() == wanted.lower():
                return path
        raise RuntimeError(f"BlueZ has no {interface} with {name} {wanted}")

    async def device_flag(self, name: str) -> bool:
        reply = await self.call(self.device, PROPERTIES, "Get", "ss", "org.bluez.Device1", name)
        return reply.body[0].value

    async def subscribe(self, received) -> None:
        self.device = await self.find("/org/bluez/", "org.bluez.Device1", "Address", self.address)
        rule = (
            "type='signal',sender='org.bluez',interface='org.freedesktop.DBus.Properties',"
            f"member='PropertiesChanged',path_namespace='{self.device}'"
        )
        await self.bus.call(
            Message(
                destination="org.freedesktop.DBus",
                path="/org/freedesktop/DBus",
                interface="org.freedesktop.DBus",
                member="AddMatch",
                signature="s",
                body=[rule],
            )
        )
        if not await self.device_flag("Connected"):
            await self.call(self.device, "org.bluez.Device1", "Connect")
        async with asyncio.timeout(30):
            while not await self.device_flag("ServicesResolved"):
                await asyncio.sleep(0.1)
        characteristic = await self.find(
            self.device, "org.bluez.GattCharacteristic1", "UUID", HEART_RATE_MEASUREMENT
        )

        def on_message(message: Message) -> None:
            if message.message_type != MessageType.SIGNAL or message.member != "PropertiesChanged":
                return
            changed = message.body[1]
            if message.path == characteristic and "Value" in changed:
                received(changed["Value"].value)
            elif message.path == self.device and "Connected" in changed and not changed["Connected"].value:
                self.disconnected.set()

        self.bus.add_message_handler(on_message)
        await self.call(characteristic, "org.bluez.GattCharacteristic1", "StartNotify")


async def upload(queue: Queue, base_url: str, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    timeout = aiohttp.ClientTimeout(total=10)
    async with aiohttp.ClientSession(base_url, headers=headers, timeout=timeout) as session:
        wait = 0.5
        while True:
            reading, measured_at_ms, rate = await queue.next()
            body = {"measured_at": measured_at_ms, "data": {"heart_rate": rate}}
            try:
                async with session.post("/api/v1/data", json=body) as response:
                    if response.status in (401, 403):
                        sys.exit(f"Pulsoid does not take the token: {await response.text()}")
                    response.raise_for_status()
                    await response.read()
            except (aiohttp.ClientError, asyncio.TimeoutError) as error:
                print(f"Pulsoid: {error!r}; again in {wait} s", file=sys.stderr)
                await asyncio.sleep(wait)
                wait = min(wait * 2, 60)
            else:
                queue.advance(reading)
                wait = 0.5


async def main() -> None:
    address, database, base_url = sys.argv[1:]
    queue = Queue(database)
    bus = await MessageBus(bus_type=BusType.SYSTEM).connect()
    strap = Strap(bus, address)
    await strap.subscribe(queue.append)
    uploading = asyncio.create_task(upload(queue, base_url, os.environ["PULSOID_TOKEN"]))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, uploading.cancel)
    gone = asyncio.create_task(strap.disconnected.wait())
    await asyncio.wait([uploading, gone], return_when=asyncio.FIRST_COMPLETED)
    if gone.done():
        sys.exit("the strap has disconnected")
    if not uploading.cancelled():
        uploading.result()


asyncio.run(main())
