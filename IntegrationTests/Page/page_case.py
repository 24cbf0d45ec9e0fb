"""What the tests of the page share: one hub and one browser, and a room with two members."""

import unittest

from browser import Browser
from hub import READ_SCOPES, STATISTICS, Hub


class PageCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.hub = Hub()
        cls.addClassCleanup(cls.hub.folder.cleanup)
        cls.profiles = {name: cls.hub.add_user(name) for name in ["Anna", "Ben"]}
        cls.writers = {name: cls.hub.issue(name, "data:heart_rate:write") for name in cls.profiles}
        cls.token = cls.hub.issue("Anna", f"{READ_SCOPES},{STATISTICS}")
        cls.room = cls.hub.administer("room", "create", "--config", '{"name": "Living room"}')["room_id"]
        cls.hub.administer("room", "add", cls.room, "Anna", "--config", '{"max_heart_rate": 180}')
        cls.hub.administer("room", "add", cls.room, "Ben")
        cls.hub.start()
        cls.addClassCleanup(cls.hub.kill)
        cls.browser = Browser()
        cls.addClassCleanup(cls.browser.close)

    def setUp(self):
        self.browser.resize(1280, 800)
        self.browser.prefer()
        self.browser.driver.get(f"{self.hub.address}/page/icon.svg")
        self.browser.script("sessionStorage.clear(); localStorage.clear()")
        self.browser.complaints()

    def sign_in(self, members=2):
        self.browser.driver.get(f"{self.hub.address}/#access_token={self.token}")
        self.until_connected(members)

    def until_connected(self, members=2):
        self.browser.until_script("return document.getElementById('connection').dataset.connected === 'true'")
        self.browser.until_script("return document.querySelectorAll('.tile').length >= arguments[0]", members)

    def tile(self, name):
        """What the tile of a member shows, by the classes of its parts."""
        return self.browser.script("""
            for (const tile of document.querySelectorAll(".tile")) {
              const text = (part) => tile.querySelector("." + part).textContent;
              if (text("name") !== arguments[0]) continue;
              return { bpm: text("bpm"), text: text("state"), zone: text("zone-name"), state: tile.dataset.state,
                color: getComputedStyle(tile.querySelector(".bpm")).color,
                lines: tile.querySelectorAll(".line").length };
            }""", name)

    def until_tile(self, name, **expected):
        def matches():
            tile = self.tile(name)
            return tile is not None and all(tile[key] == value for key, value in expected.items()) and tile
        return self.browser.until(matches, f"{name}: {expected}, last seen {self.tile(name)}")

    def fill_last_minutes(self):
        """A session of some minutes for both members, up to now."""
        for second in range(240, 0, -3):
            self.hub.write(self.writers["Anna"], 118 + (240 - second) // 8 + second % 5, second)
            self.hub.write(self.writers["Ben"], 96 + second % 7 - second // 40, second)
