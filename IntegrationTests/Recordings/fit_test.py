"""FIT and TCX files of SessionCommandTests, read by public decoders.

Three decoders of FIT read each file whole, with its checksums. They read the RR intervals that the strap sent.
"""

import json
import pathlib
import tempfile
import unittest

import fitdecode
import fitparse
import tcxparser
from garmin_fit_sdk import Decoder, Stream
from lxml import etree

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDER = ROOT / ".build/recordings/files"
SPACE = "{http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2}"
REQUIRED = ["file_id", "device_info", "event", "record", "lap", "session", "activity"]


class Content:
    """The messages of a file, by one decoder."""

    def __init__(self):
        self.names, self.rates, self.times, self.intervals, self.session, self.device = [], [], [], [], {}, {}

    def add(self, name, value_of):
        self.names.append(name)
        if name == "record":
            self.rates.append(value_of("heart_rate"))
            self.times.append(value_of("timestamp"))
        elif name == "hrv":
            values = value_of("time")
            values = values if isinstance(values, (list, tuple)) else [values]
            self.intervals += [round(1000 * value) for value in values if value is not None]
        elif name == "session":
            self.session = {key: value_of(key) for key in ("max_heart_rate", "avg_heart_rate", "sport")}
        elif name == "device_info":
            self.device = {key: value_of(key) for key in ("manufacturer", "product_name", "serial_number")}


def read_with_garmin(path):
    if not Decoder(Stream.from_file(path)).check_integrity():
        raise ValueError("a wrong checksum or length")
    # A stream is at its end after check_integrity(): read() needs another one.
    messages, errors = Decoder(Stream.from_file(path)).read()
    if errors:
        raise errors[0]
    content = Content()
    for key, group in messages.items():
        for message in group:
            content.add(str(key).removesuffix("_mesgs"), message.get)
    return content


def read_with_fitdecode(path):
    content = Content()
    with fitdecode.FitReader(path, check_crc=fitdecode.CrcCheck.RAISE) as reader:
        for frame in reader:
            if isinstance(frame, fitdecode.FitDataMessage):
                content.add(frame.name, lambda key, frame=frame: frame.get_value(key, fallback=None))
    return content


def read_with_fitparse(path):
    content = Content()
    for message in fitparse.FitFile(path, check_crc=True).get_messages():
        content.add(message.name, message.get_value)
    return content


READERS = {"garmin-fit-sdk": read_with_garmin, "fitdecode": read_with_fitdecode, "fitparse": read_with_fitparse}


class FileCase(unittest.TestCase):
    def files(self, ending):
        files = sorted(FOLDER.glob(f"*.{ending}"))
        self.assertGreaterEqual(len(files), 4, f"make test-fit writes the files of {FOLDER}")
        return files

    def sent(self, path):
        return json.loads((path.parent / (path.name + ".sent.json")).read_text())


class FITTest(FileCase):
    def test_decoders_read_the_intervals_that_were_sent(self):
        for path in self.files("fit"):
            for name, read in READERS.items():
                with self.subTest(file=path.name, decoder=name):
                    content = read(str(path))
                    self.assertEqual(content.intervals, self.sent(path))
                    self.assertNotIn(None, content.rates)
                    self.assertNotIn(255, content.rates)
                    self.assertEqual(content.session["max_heart_rate"], max(content.rates))
                    self.assertEqual(content.session["sport"], "training")
                    self.assertEqual(content.device["product_name"], "H10")
                    self.assertIn(content.device["manufacturer"], ("polar_electro", 123))
                    self.assertEqual(content.device["serial_number"], 0xA1B2C3D4)

    def test_messages_are_those_of_an_activity_in_order(self):
        for path in self.files("fit"):
            with self.subTest(file=path.name):
                content = read_with_fitdecode(str(path))
                self.assertEqual(content.names[0], "file_id")
                self.assertEqual([name for name in REQUIRED if name not in content.names], [])
                self.assertEqual(content.names[-3:], ["lap", "session", "activity"])
                self.assertTrue(all(later > earlier for earlier, later in zip(content.times, content.times[1:])))

    def test_seconds_without_a_heart_rate_have_no_record(self):
        by_name = {path.name: read_with_fitdecode(str(path)) for path in self.files("fit")}
        self.assertEqual(len(by_name["plain.fit"].times), 900)
        self.assertEqual(len(by_name["gap.fit"].times), 870)
        self.assertEqual(len(by_name["off.fit"].times), 896)
        self.assertEqual(by_name["plain.fit"].names.count("event"), 2)
        self.assertEqual(by_name["gap.fit"].names.count("event"), 4)

    def test_damage_is_found_by_every_decoder(self):
        path = self.files("fit")[0]
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        with tempfile.NamedTemporaryFile(suffix=".fit") as damaged:
            damaged.write(data)
            damaged.flush()
            for name, read in READERS.items():
                with self.subTest(decoder=name), self.assertRaises(Exception):
                    read(damaged.name)


class TCXTest(FileCase):
    def test_tcx_has_the_heart_rates_of_the_fit_file(self):
        for path in self.files("tcx"):
            with self.subTest(file=path.name):
                rates = [int(value.text) for value in etree.parse(path).iterfind(
                    f".//{SPACE}Trackpoint/{SPACE}HeartRateBpm/{SPACE}Value")]
                self.assertEqual(rates, read_with_fitdecode(str(path.with_suffix(".fit"))).rates)
                parsed = tcxparser.TCXParser(str(path))
                self.assertEqual(parsed.hr_max, max(rates))
                self.assertEqual(parsed.activity_type, "other")

    def test_tcx_follows_garmins_schema(self):
        schema = etree.XMLSchema(etree.parse(FOLDER.parent / "tcx.xsd"))
        for path in self.files("tcx"):
            with self.subTest(file=path.name):
                schema.assertValid(etree.parse(path))


if __name__ == "__main__":
    unittest.main()
