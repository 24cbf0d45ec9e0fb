"""The page for a room full of people: the wall, the list of a phone, names, order and title."""

import unittest

from page_case import PageCase

LONG_NAMES = ["Mohammed al-Rashid bin Abdulaziz al-Farouqi the Third", "Bartholomäus Schmidtbauer-Wintersteiger"]
SIZES = [1, 2, 12, 40]


class WallTest(PageCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        names = ["Anna", *LONG_NAMES, *(f"Member {number}" for number in range(4, 41))]
        cls.rooms = {}
        cls.members = {}
        for size in SIZES:
            name = f"Room of {size}"
            cls.rooms[size] = cls.hub.administer("room", "create", name)["room_id"]
            roster = cls.hub.database.with_name("roster.csv")
            roster.write_text("".join(f"{each},{name}\n" for each in names[:size]), encoding="utf-8")
            for person in cls.hub.administer("roster", "import", roster)["people"]:
                if person.get("access_token"):
                    cls.members[person["name"]] = person["access_token"]
        cls.hub.until_rooms(cls.token, len(SIZES) + 1)

    def open(self, size, query="", fragment=""):
        self.browser.driver.get(f"{self.hub.address}/page/icon.svg")
        room = self.rooms[size]
        self.browser.driver.get(f"{self.hub.address}/{query}#access_token={self.token}{fragment}")
        self.until_connected(1)
        self.browser.script("location.hash = arguments[0]", f"room={room}")
        self.browser.until_script("return document.querySelectorAll('.tile').length === arguments[0]", size)
        self.browser.until_script("return document.getElementById('connection').dataset.connected === 'true'")

    def boxes(self):
        return self.browser.script("""
            return [...document.querySelectorAll(".tile")].map((tile) => {
              const box = tile.getBoundingClientRect();
              return [box.left, box.top, box.right, box.bottom];
            });""")

    def shown_names(self):
        return self.browser.script(
            "return [...document.querySelectorAll('.tile .name')].map((name) => name.textContent)")

    def write_all(self):
        for number, token in enumerate(self.members.values()):
            self.hub.write(token, 80 + 3 * number % 110)
        self.hub.write(self.writers["Anna"], 124)

    def test_wall_fills_the_screen_with_every_member(self):
        self.browser.resize(1920, 1080)
        for size in SIZES:
            self.open(size, "?view=wall")
            self.write_all()
            self.until_tile("Anna", state="live")
            boxes = self.boxes()
            self.assertTrue(all(left >= 0 and top >= 0 and right <= 1920 and bottom <= 1080
                                for left, top, right, bottom in boxes), f"{size}: {boxes}")
            area = sum((right - left) * (bottom - top) for left, top, right, bottom in boxes)
            self.assertGreater(area, 0.75 * 1920 * 1080, f"{size} members")
            self.assertFalse(self.browser.script(
                "const page = document.documentElement; return page.scrollHeight > page.clientHeight"))
            self.assertEqual([], self.browser.script("""
                return [...document.querySelectorAll(".tile .bpm")].filter((bpm) => {
                  const inner = bpm.getBoundingClientRect(), outer = bpm.closest(".tile").getBoundingClientRect();
                  return inner.left < outer.left || inner.right > outer.right || inner.top < outer.top
                    || inner.bottom > outer.bottom;
                }).map((bpm) => bpm.textContent);"""))
            self.browser.screenshot(f"wall-{size}")

    def test_tile_of_the_wall_has_the_colour_of_its_zone_only_while_it_is_live(self):
        browser = self.browser
        browser.resize(1920, 1080)
        for scheme in ["light", "dark"]:
            browser.prefer(prefers_color_scheme=scheme)
            self.open(12, "?view=wall")
            self.write_all()
            self.until_tile("Anna", bpm="124", state="live", zone="Light")
            self.assertEqual(browser.script("return tileOf('Anna', 'percent').textContent"), "65 %")
            ground = "return getComputedStyle(tileOf('Anna')).backgroundColor"
            live = browser.script(ground)
            self.assertEqual(live, "rgb(15, 107, 102)")
            self.assertEqual(browser.accessibility_violations(), [])
            browser.pass_time(12)
            self.until_tile("Anna", state="stale")
            self.assertNotEqual(browser.script(ground), live)
            self.assertEqual(browser.script("return getComputedStyle(tileOf('Anna')).borderTopStyle"), "dashed")
            self.assertEqual(browser.accessibility_violations(), [])
            browser.script("sessionStorage.clear()")

    def test_wall_is_chosen_with_a_button_and_kept_in_the_address(self):
        browser = self.browser
        self.open(2)
        browser.find("#wall").click()
        self.assertIn("view=wall", browser.driver.current_url)
        self.assertFalse(browser.find("#maximum").is_displayed())
        browser.driver.refresh()
        self.until_connected(2)
        self.assertEqual(browser.find("#wall").get_attribute("aria-pressed"), "true")
        browser.find("#wall").click()
        self.assertNotIn("view=wall", browser.driver.current_url)
        self.assertTrue(browser.find("#maximum").is_displayed())

    def test_tiles_are_sorted_by_name_or_heart_rate(self):
        browser = self.browser
        self.open(12, "?order=name")
        browser.until(lambda: self.shown_names() == sorted(self.shown_names(), key=natural), "by name")
        self.open(12, "?order=rate")
        self.write_all()
        self.hub.write(self.members["Member 9"], 199)
        browser.until(lambda: self.shown_names()[0] == "Member 9", "the highest heart rate first")

    def test_phone_shows_a_class_as_a_list(self):
        self.browser.resize(390, 844, is_phone=True)
        self.open(12)
        self.write_all()
        self.until_tile("Anna", state="live")
        top, bottom = self.boxes()[0][1], self.boxes()[-1][3]
        self.assertLess(bottom - top, 844)
        self.assertFalse(self.browser.script(
            "return document.documentElement.scrollWidth > document.documentElement.clientWidth"))
        self.assertEqual(self.browser.accessibility_violations(), [])
        self.browser.screenshot("phone-class")

    def test_long_names_break_between_words_and_end_after_two_lines(self):
        for width in [390, 1280]:
            self.browser.resize(width, 844)
            self.open(12)
            self.browser.pass_time(0)
            for name in LONG_NAMES:
                lines, broken, below = self.browser.script("""
                    const name = tileOf(arguments[0], "name"), text = name.firstChild;
                    const range = document.createRange();
                    const top = (at) => { range.setStart(text, at); range.setEnd(text, at + 1);
                      return Math.round(range.getBoundingClientRect().top); };
                    const tops = [...text.data].map((_, at) => top(at));
                    const broken = tops.some((each, at) => at > 0 && each !== tops[at - 1]
                      && !/[\\s-]/.test(text.data[at - 1]));
                    const box = name.getBoundingClientRect();
                    const height = parseFloat(getComputedStyle(name).lineHeight);
                    const state = tileOf(arguments[0], "state").getBoundingClientRect();
                    return [Math.round(box.height / height), broken, state.top >= box.bottom - 1];""", name)
                self.assertLessEqual(lines, 2, name)
                self.assertFalse(broken, name)
                self.assertTrue(below, name)

    def test_title_of_the_tab_is_the_own_heart_rate(self):
        browser = self.browser
        self.open(2)
        self.hub.write(self.writers["Anna"], 124)
        browser.until(lambda: browser.driver.title == "♥ 124 Anna", "title")
        browser.pass_time(12)
        browser.until(lambda: browser.driver.title == "Strapline", "no stale heart rate in the title")

    def test_legend_is_in_percent_only_where_members_have_their_own_maximum(self):
        browser = self.browser
        self.open(12)
        self.assertIn("Hard from 152", browser.text("#zones"))
        self.hub.administer("room", "add", self.rooms[12], "Member 5", "--config", '{"max_heart_rate": 180}')
        browser.until(lambda: "Hard from 80 %" in browser.text("#zones"), "percent")
        self.hub.administer("room", "add", self.rooms[12], "Member 5", "--config", "{}")

    def test_link_of_a_screen_is_remembered_if_it_says_so(self):
        browser = self.browser
        self.open(1, "?view=wall", "&remember=1")
        browser.script("sessionStorage.clear()")
        browser.driver.get(f"{self.hub.address}/page/icon.svg")
        browser.driver.get(f"{self.hub.address}/?view=wall")
        self.until_connected(1)
        self.assertFalse(browser.find("#remember-link").is_displayed())

    def test_link_can_be_remembered_later(self):
        browser = self.browser
        self.open(1)
        self.assertEqual(browser.script("return Object.values(localStorage)"), [])
        browser.find("#remember-link").click()
        self.assertEqual(browser.script("return Object.values(localStorage)"), [self.token])
        self.assertFalse(browser.find("#remember-link").is_displayed())

    def setUp(self):
        super().setUp()
        self.browser.command("Page.enable")
        self.helper = self.browser.command("Page.addScriptToEvaluateOnNewDocument", source="""
            window.tileOf = (name, part) => {
              const tile = [...document.querySelectorAll(".tile")].find(
                (each) => each.querySelector(".name").textContent === name);
              return part ? tile.querySelector("." + part) : tile;
            };""")["identifier"]
        self.addCleanup(self.browser.command, "Page.removeScriptToEvaluateOnNewDocument", identifier=self.helper)


def natural(name):
    return [int(word) if word.isdigit() else word.lower() for word in name.split()]


if __name__ == "__main__":
    unittest.main()
