"""What the tests of foreign clients share: one hub, two people who wear straps, and a reader of each stream."""

import json
import os
import pathlib
import select
import subprocess
import sys
import time
import unittest

from hub import Hub

PROGRAMS = pathlib.Path(sys.prefix) / "bin"
PATIENCE_SECONDS = 60
# Well below the 20 requests a second that Pulsoid allows a token, and so does the hub.
PAUSE_SECONDS = 0.1


class ClientCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.hub = Hub()
        cls.addClassCleanup(cls.hub.folder.cleanup)
        cls.profiles = {name: cls.hub.add_user(name) for name in ["Anna", "Ben"]}
        cls.writers = {name: cls.hub.issue(name, "data:heart_rate:write") for name in cls.profiles}
        cls.reader = cls.hub.issue("Anna", "data:heart_rate:read")
        cls.owner = cls.hub.issue("Anna", "data:heart_rate:read", "--may-consent")
        cls.room_reader = cls.hub.issue("Anna", "data:room:read")
        cls.beats_writer = cls.hub.issue("Anna", "cardiogram:beats:write")
        cls.room = cls.hub.administer("room", "create", "--config", '{"name": "Gym"}')["room_id"]
        for name in cls.profiles:
            cls.hub.administer("room", "add", cls.room, name, "--config", json.dumps({"name": name}))
        cls.hub.start()
        cls.addClassCleanup(cls.hub.kill)
        cls.stream_address = cls.hub.address.replace("http", "ws", 1)
        cls.real_time = f"{cls.stream_address}/api/v1/data/real_time"
        cls.room_stream = f"{cls.stream_address}/api/v2/data/rooms/{cls.room}/real_time"
        cls.last_bpm = 60

    def write(self, name="Anna"):
        """Writes the next reading, one beat faster than the one before. Returns its rate."""
        type(self).last_bpm += 1
        self.hub.write(self.writers[name], self.last_bpm)
        return self.last_bpm

    def read_stream(self, command, messages=4, environment=None):
        """Runs a program that prints each message of a stream on a line of its own. Writes readings until it has
        printed some, and returns those. A program cannot report its connection: the first readings may come earlier."""
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, **(environment or {})})
        try:
            seen = b""
            deadline = time.monotonic() + PATIENCE_SECONDS
            while seen.count(b"\n") < messages:
                self.assertLess(time.monotonic(), deadline, f"{command[0]} has printed only {seen}")
                self.write()
                if select.select([process.stdout], [], [], PAUSE_SECONDS)[0]:
                    part = os.read(process.stdout.fileno(), 1 << 16)
                    self.assertTrue(part, f"{command[0]} has ended after {seen}")
                    seen += part
            return seen.decode().splitlines()[:messages]
        finally:
            process.kill()
            process.communicate()

    def assert_follow_one_another(self, rates):
        """None is left out once a client is connected."""
        self.assertEqual(rates, list(range(rates[0], rates[0] + len(rates))))

    def assert_is_reading(self, text):
        """A message of the real-time stream as Pulsoid's page has it, and nothing else. Returns its rate."""
        message = json.loads(text)
        self.assertEqual(set(message), {"measured_at", "data"})
        self.assertEqual(set(message["data"]), {"heart_rate"})
        self.assertLess(abs(message["measured_at"] / 1000 - time.time()), PATIENCE_SECONDS)
        return message["data"]["heart_rate"]

    def assert_are_of_room(self, texts):
        """The messages with which a room's stream begins when all kinds are asked for and Anna's heart beats."""
        messages = [json.loads(text) for text in texts]
        self.assertEqual([message["kind"] for message in messages[:3]],
                         ["room_updated", "room_member_updated", "heart_rate"])
        self.assertEqual(messages[0]["room_updated"], {"room_id": self.room, "config": {"name": "Gym"}})
        anna = self.profiles["Anna"]
        self.assertEqual(messages[1]["room_member_updated"], {"profile_id": anna, "config": {"name": "Anna"}})
        beats = [message["heart_rate"] for message in messages[2:]]
        self.assertEqual({beat["profile_id"] for beat in beats}, {anna})
        self.assert_follow_one_another([beat["bpm"] for beat in beats])


ALL_KINDS = "heart_rate,room_updated,room_member_updated,room_member_removed"
