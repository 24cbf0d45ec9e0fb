"""The MQTT output with a real Home Assistant: what a user sees there. Each test begins and ends with a live strap."""

import pathlib
import shutil
import tempfile
import threading
import time
import unittest

from home_assistant import HomeAssistant, HomeAssistantProcess
from processes import Broker, Bus, Straps, Uploader, until

CHEST, ARM = "C4:11:22:33:44:55", "C4:11:22:33:44:66"
RATE, RMSSD = "sensor.strapline_chest_heart_rate", "sensor.strapline_chest_rmssd"
SDNN, PNN50 = "sensor.strapline_chest_sdnn", "sensor.strapline_chest_pnn50"
BATTERY, CONTACT = "sensor.strapline_chest_battery", "binary_sensor.strapline_chest_skin_contact"
EXPIRE_SECONDS = 10


class Heart(threading.Thread):
    """Sends measurements of the strap, one a second, until it ends."""

    def __init__(self, straps):
        super().__init__(daemon=True)
        self.straps, self.rate, self.contact, self.beats, self.ends = straps, 72, True, True, False
        self.lock = threading.Lock()

    def run(self):
        count = 0
        while not self.ends:
            count += 1
            if self.beats:
                # Intervals that alternate give an RMSSD.
                self.command(self.straps.beat, CHEST, self.rate, 830 if count % 2 else 860, self.contact)
            time.sleep(1)

    def command(self, call, *arguments):
        with self.lock:
            return call(*arguments)


class HomeAssistantTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="strapline-home-assistant-"))
        cls.bus = Bus(cls.folder)
        cls.straps = Straps(cls.folder, cls.bus)
        cls.broker = Broker(cls.folder)
        cls.broker.start()
        cls.process = HomeAssistantProcess(cls.folder)
        cls.process.start()
        cls.home = HomeAssistant(cls.process.port)
        cls.home.setup(cls.broker.port)
        cls.straps.command("add", CHEST, "Polar H10 A1B2C3D4")
        cls.heart = Heart(cls.straps)
        cls.heart.start()
        cls.output = f"{{ kind: mqtt, address: mqtt://127.0.0.1:{cls.broker.port}, expire_seconds: {EXPIRE_SECONDS} }}"
        cls.uploader = Uploader(cls.folder, cls.bus)
        cls.uploader.configure({"chest": CHEST}, [cls.output])
        cls.uploader.start()

    @classmethod
    def tearDownClass(cls):
        cls.heart.ends = True
        cls.heart.join()
        cls.uploader.end()
        cls.process.end()
        cls.broker.end()
        cls.straps.end()
        cls.bus.end()
        shutil.rmtree(cls.folder)

    def setUp(self):
        self.see(RATE, "72", 60)

    def see(self, entity, state, seconds):
        """How long it takes until Home Assistant shows this state of the entity."""
        begin = time.monotonic()
        try:
            until(lambda: self.home.state(entity) == state, seconds, f"{entity} {state}")
        except Exception:
            print(f"\n{entity} is {self.home.state(entity)}\n{self.uploader.process.log.read_text()[-3000:]}")
            raise
        taken = time.monotonic() - begin
        print(f"[{entity.split('.')[1]} {state} after {taken:.1f} s] ", end="", flush=True)
        return taken

    def straps_command(self, *words):
        return self.heart.command(self.straps.command, *words)

    def test_device_whenTheUploaderRuns_hasItsEntities(self):
        self.see(BATTERY, "80", 20)
        self.see(CONTACT, "on", 20)
        states = self.home.states()
        self.assertLessEqual({RATE, RMSSD, SDNN, PNN50, BATTERY, CONTACT}, set(states))
        self.assertEqual(len(states), 7, "with DFA-α1, whose name Home Assistant writes in ASCII")
        self.assertEqual(states[RATE][1]["unit_of_measurement"], "bpm")
        self.assertEqual(states[RATE][1]["state_class"], "measurement")
        self.assertEqual(states[BATTERY][1]["device_class"], "battery")
        until(lambda: self.home.devices()["Strapline chest"]["model"] == "Simulated Strap", 20, "the model")
        device = self.home.devices()["Strapline chest"]
        self.assertEqual(device["connections"], [["bluetooth", CHEST]])
        self.assertEqual(device["manufacturer"], "Example")
        self.assertEqual(device["identifiers"], [["mqtt", "strapline_chest"]])
        until(lambda: self.home.state(RMSSD) not in ("unavailable", "unknown", None), 60, "an RMSSD")
        self.assertGreater(float(self.home.state(RMSSD)), 25)

    def test_rate_whenItChanges_isShownWithinTwoSeconds(self):
        self.heart.rate = 99
        self.see(RATE, "99", 4)
        self.heart.rate = 72

    def test_contact_whenItIsLost_isShownAndTheRateIsNot(self):
        self.heart.contact = False
        self.see(CONTACT, "off", 10)
        self.assertIn(self.home.state(RATE), ("unknown", "unavailable"))
        self.assertEqual(self.home.state(BATTERY), "80")
        self.heart.contact = True
        self.see(CONTACT, "on", 10)

    def test_strap_whenItIsLost_isUnavailableWithinTheExpiry(self):
        self.straps_command("disappear", CHEST)
        self.see(RATE, "unavailable", EXPIRE_SECONDS)
        self.see(BATTERY, "unavailable", EXPIRE_SECONDS)
        self.straps_command("appear", CHEST)

    def test_strap_whenItIsSilent_isUnavailableWithinTheExpiry(self):
        self.heart.beats = False
        self.see(RATE, "unavailable", EXPIRE_SECONDS + 4)
        self.heart.beats = True

    def test_broker_whenItIsKilledAndComesBack_showsTheRateAgain(self):
        self.broker.kill()
        self.see(RATE, "unavailable", 10)
        self.heart.rate = 72
        self.broker.start()
        self.see(RATE, "72", 90)
        self.see(BATTERY, "80", 10)

    def test_homeAssistant_whenItRestartsWithoutAStrap_showsNoStaleRate(self):
        self.addCleanup(setattr, self.heart, "beats", True)
        self.heart.beats = False
        # A heart rate may be shown for as long.
        self.see(RATE, "unavailable", EXPIRE_SECONDS + 5)
        self.process.end()
        self.process.start()
        self.home.wait_until_ready()
        until(lambda: self.home.state(RATE) is not None, 60, "the entity")
        seen = set()
        end = time.monotonic() + 15
        while time.monotonic() < end:
            seen.add(self.home.state(RATE))
            time.sleep(0.2)
        self.assertLessEqual(seen, {"unavailable", "unknown"})

    def test_homeAssistant_whenItRestarts_showsTheRateAgain(self):
        self.process.end()
        self.process.start()
        self.home.wait_until_ready()
        self.see(RATE, "72", 60)
        self.see(BATTERY, "80", 10)
        self.see(CONTACT, "on", 10)

    def test_uploader_whenItIsKilled_isUnavailable(self):
        self.uploader.kill()
        self.see(RATE, "unavailable", 10)
        self.see(BATTERY, "unavailable", 10)
        self.uploader.start()

    def test_uploader_whenItEnds_isUnavailableAndItsDeviceStays(self):
        self.assertEqual(self.uploader.end(), 0)
        self.see(RATE, "unavailable", 5)
        self.assertIn("Strapline chest", self.home.devices())
        self.uploader.start()

    def test_straps_whenOneIsAddedAndRemoved_haveTheirDevices(self):
        self.straps_command("add", ARM, "Polar H10 B")
        self.uploader.configure({"chest": CHEST, "left arm": ARM}, [self.output])
        self.uploader.reload()
        until(lambda: "Strapline left arm" in self.home.devices(), 20, "the second device")
        self.uploader.configure({"chest": CHEST}, [self.output])
        self.uploader.reload()
        until(lambda: "Strapline left arm" not in self.home.devices(), 20, "the end of the second device")
        self.assertIn("Strapline chest", self.home.devices())

    def test_straps_whenOneIsRemovedWhileTheUploaderStands_haveNoOldDevice(self):
        self.uploader.configure({"chest": CHEST, "leg": ARM}, [self.output])
        self.uploader.reload()
        until(lambda: "Strapline leg" in self.home.devices(), 20, "the second device")
        self.uploader.end()
        self.uploader.configure({"chest": CHEST}, [self.output])
        self.uploader.start()
        until(lambda: "Strapline leg" not in self.home.devices(), 20, "the end of the second device")

    def test_output_whenItIsRemoved_leavesNoDevice(self):
        self.uploader.configure({"chest": CHEST}, [])
        self.uploader.reload()
        until(lambda: not self.home.devices(), 20, "the end of the device")
        self.assertEqual(self.home.states(), {})
        self.uploader.configure({"chest": CHEST}, [self.output])
        self.uploader.reload()


if __name__ == "__main__":
    unittest.main()
