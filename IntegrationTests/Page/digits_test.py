"""The uploader's digits in a browser, as in a browser source of OBS: the page `/hr.html`, and a text file."""

import pathlib
import shutil
import tempfile
import unittest

from browser import Browser
from processes import Bus, Straps, Uploader, free_port, until

CHEST = "C4:11:22:33:44:55"
READ = "return document.body.innerText.trim()"


class DigitsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="strapline-digits-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.bus = Bus(cls.folder)
        cls.addClassCleanup(cls.bus.end)
        cls.straps = Straps(cls.folder, cls.bus)
        cls.addClassCleanup(cls.straps.end)
        cls.straps.command("add", CHEST, "Polar H10 A1B2C3D4")
        cls.file = cls.folder / "hr.txt"
        port = free_port()
        cls.page = f"http://127.0.0.1:{port}/hr.html"
        cls.uploader = Uploader(cls.folder, cls.bus)
        cls.uploader.configure({"chest": CHEST}, [f"{{ kind: file, path: {cls.file} }}"], metrics_port=port)
        cls.uploader.start()
        cls.addClassCleanup(cls.uploader.end)
        cls.browser = Browser()
        cls.addClassCleanup(cls.browser.close)
        until(lambda: cls.straps.beat(CHEST, 60), 60, "a link to the strap")

    def beats(self, rate):
        """Whether the browser shows the rate: the strap beats each time it is asked."""
        self.straps.beat(CHEST, rate)
        return self.browser.script(READ) == str(rate)

    def reads_file(self, text):
        self.browser.driver.get(self.file.as_uri())
        return self.browser.script(READ) == text

    def test_page_whenTheHeartBeats_showsTheDigits_andNothingWithoutContact(self):
        self.browser.driver.get(self.page)
        self.browser.until(lambda: self.beats(72), "72")
        self.browser.until(lambda: self.beats(118), "118")
        colour = self.browser.script("return getComputedStyle(document.body).backgroundColor")
        self.assertEqual(colour, "rgba(0, 0, 0, 0)", "the page is transparent")
        self.browser.screenshot("digits")

        def shows_nothing():
            self.straps.beat(CHEST, 0, contact=False)
            return self.browser.script(READ) == ""
        self.browser.until(shows_nothing, "nothing without contact")
        self.browser.until(lambda: self.beats(73), "73 again")
        self.assertEqual(self.browser.complaints(), [])

    def test_file_whenABrowserReadsIt_hasTheDigits_andNothingWithoutContact(self):
        def has(text, rate, contact=True):
            self.straps.beat(CHEST, rate, contact=contact)
            return self.reads_file(text)
        self.browser.until(lambda: has("75", 75), "75 in the file")
        self.browser.until(lambda: has("", 0, contact=False), "an empty file")
        self.browser.until(lambda: has("76", 76), "76 in the file")


if __name__ == "__main__":
    unittest.main()
