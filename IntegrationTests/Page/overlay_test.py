"""The overlay at /overlay/{profile} in a real browser."""

import unittest
import urllib.parse

from page_case import PageCase


class OverlayTest(PageCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.own_token = cls.hub.issue("Anna", "data:heart_rate:read")
        cls.room_token = cls.hub.issue("Anna", "data:room:read")

    def show(self, profile="Anna", token=None, bpm=120, **query):
        """Opens an overlay and lets it show a heart rate."""
        address = f"{self.hub.address}/overlay/{self.profiles[profile]}?{urllib.parse.urlencode(query)}"
        self.browser.driver.get(f"{address}#access_token={token or self.own_token}")
        self.until_live(profile, bpm)

    def until_live(self, profile="Anna", bpm=120):
        # The stream has only readings after its beginning.
        self.browser.until(lambda: self.hub.write(self.writers[profile], bpm) or self.state() == "live", "live")
        self.browser.until_script("return document.getElementById('bpm').textContent === arguments[0]", str(bpm))
        self.browser.until_script("return getComputedStyle(document.getElementById('overlay')).opacity === '1'")

    def state(self):
        return self.browser.script("return document.getElementById('overlay').dataset.state")

    def heart_rates(self):
        """At how many beats a minute the heart is animated."""
        return self.browser.script(
            "return document.getElementById('heart').getAnimations().map((beat) => beat.playbackRate * 60)")

    def test_ground_is_transparent_and_the_number_is_not(self):
        self.browser.resize(480, 200)
        for style in ["heart", "number", "inside"]:
            self.show(style=style, label="Anna", size="64" if style == "inside" else "96")
            picture = self.browser.screenshot(f"overlay-{style}")
            width, height = picture.size
            corners = [(0, 0), (width - 1, 0), (0, height - 1), (width - 1, height - 1)]
            self.assertEqual([picture.getpixel(corner)[3] for corner in corners], [0, 0, 0, 0])
            self.assertEqual(picture.getextrema()[3], (0, 255))
            self.assertIn((255, 255, 255, 255), {color for _, color in picture.getcolors(width * height)}, "the number")

    def test_heart_beats_at_the_rate_and_follows_it(self):
        self.show(bpm=90)
        self.browser.until(lambda: [round(rate) for rate in self.heart_rates()] == [90], "90 beats a minute")
        self.hub.write(self.writers["Anna"], 180)
        self.browser.until(lambda: [round(rate) for rate in self.heart_rates()] == [180], "180 beats a minute")

    def test_reduced_motion_lets_the_heart_stand_still(self):
        self.browser.prefer(prefers_reduced_motion="reduce")
        self.show()
        self.assertEqual(self.heart_rates(), [])

    def test_old_value_is_dimmed_and_the_heart_stands_still(self):
        self.show()
        self.browser.pass_time(11)
        self.browser.until(lambda: self.state() == "stale", "stale")
        self.browser.until_script("return getComputedStyle(document.getElementById('overlay')).opacity === '0.35'")
        self.assertEqual(self.heart_rates(), [])
        self.browser.screenshot("overlay-stale")
        self.browser.pass_time(25)
        self.browser.until(lambda: self.browser.text("#bpm") == "–", "offline")

    def test_old_value_is_hidden_where_that_is_wished(self):
        self.show(stale="hide")
        self.browser.pass_time(11)
        self.browser.until_script("return getComputedStyle(document.getElementById('overlay')).opacity === '0'")
        self.assertEqual(self.browser.screenshot("overlay-hidden").getextrema()[3], (0, 0))

    def test_size_colours_and_label_are_as_the_address_says(self):
        self.show(size="40", color="00ff00", heart="rebeccapurple", label="<b>Anna</b>", shadow="off")
        style = self.browser.script("""
            const style = (id) => getComputedStyle(document.getElementById(id));
            return [style("bpm").fontSize, style("bpm").color, style("heart").fill, style("texts").textShadow]""")
        self.assertEqual(style, ["40px", "rgb(0, 255, 0)", "rgb(102, 51, 153)", "none"])
        self.assertEqual(self.browser.text("#label"), "<b>Anna</b>")

    def test_member_of_a_room_is_shown_with_a_token_for_rooms(self):
        self.show(profile="Ben", token=self.room_token, bpm=101)
        self.hub.write(self.writers["Anna"], 55)
        self.hub.write(self.writers["Ben"], 102)
        self.browser.until(lambda: self.browser.text("#bpm") == "102", "Ben's")

    def test_member_goes_by_name(self):
        for name, token in [("Anna", self.own_token), ("anna", self.own_token), ("Anna", self.room_token),
                            ("Ben", self.room_token)]:
            self.browser.script("sessionStorage.clear()")
            self.browser.driver.get(f"{self.hub.address}/overlay/{name}#access_token={token}")
            self.until_live(name.capitalize(), 103)

    def test_mistake_in_the_address_is_named_in_plain_words(self):
        for path, token, words in [
                ("Zoë", self.room_token, "No member called Zoë"), ("Ben", self.own_token, "No member called Ben"),
                ("", self.own_token, "names no member"), ("Anna", "", "has no token"),
                ("Anna", "nonsense", "does not know this token"),
                ("Anna", self.writers["Anna"], "data:heart_rate:read")]:
            self.browser.script("sessionStorage.clear()")
            self.browser.driver.get(f"{self.hub.address}/page/icon.svg")
            address = f"{self.hub.address}/overlay/{urllib.parse.quote(path)}"
            self.browser.driver.get(f"{address}#access_token={token}" if token else address)
            self.browser.until(lambda: words in self.browser.text("#trouble"), words)

    def test_long_label_fits_into_the_source(self):
        self.browser.resize(400, 160)
        for style in ["heart", "number", "inside"]:
            label = "The heart of Bartholomäus Schmidtbauer-Wintersteiger"
            self.show(style=style, size="40" if style == "inside" else "56", label=label)
            self.browser.screenshot(f"overlay-label-{style}")
            self.assertEqual(self.browser.script("""
                const page = document.documentElement, box = document.getElementById("label").getBoundingClientRect();
                return [page.scrollWidth > 400, page.scrollHeight > 160, box.right > 400, box.bottom > 160];"""),
                [False, False, False, False], style)

    def test_restart_of_the_hub_is_survived(self):
        self.show(bpm=111)
        self.hub.kill()
        self.browser.until(lambda: self.state() == "stale", "stale")
        self.hub.start()
        self.browser.until(
            lambda: self.hub.write(self.writers["Anna"], 112) or self.browser.text("#bpm") == "112", "live")
        self.assertEqual(self.state(), "live")

    def test_address_without_a_good_token_says_so(self):
        for query in ["", "?access_token=nonsense", f"?access_token={self.writers['Anna']}", "#access_token=nonsense",
                      "#access_token=%C3%BC%20x"]:
            self.browser.script("sessionStorage.clear()")
            self.browser.driver.get(f"{self.hub.address}/overlay/{self.profiles['Anna']}{query}")
            self.browser.until(lambda: self.browser.text("#trouble").startswith("Strapline: "), query)

    def test_token_behind_the_fragment_leaves_the_address_and_survives_a_reload(self):
        self.show(size="40", bpm=121)
        self.assertNotIn(self.own_token, self.browser.driver.current_url)
        self.assertIn("size=40", self.browser.driver.current_url)
        self.browser.driver.refresh()
        self.until_live(bpm=122)
        self.browser.script("location.reload()")
        self.until_live(bpm=123)

    def test_another_token_in_the_address_takes_the_place_of_the_one_before(self):
        self.show(token=self.room_token, bpm=124)
        # OBS goes to the address of its settings when they are changed: the same page, with another fragment.
        other = self.hub.issue("Anna", "data:heart_rate:read")
        self.browser.script("document.title = 'before'; location.hash = arguments[0]", f"access_token={other}")
        self.browser.until_script("return document.title !== 'before'")
        self.until_live(bpm=125)
        self.assertEqual(self.browser.script("return Object.values(sessionStorage)"), [other])

    def test_token_in_the_query_of_an_older_address_still_works(self):
        self.browser.driver.get(
            f"{self.hub.address}/overlay/{self.profiles['Anna']}?access_token={self.own_token}&size=40")
        self.until_live(bpm=126)
        self.browser.driver.refresh()
        self.until_live(bpm=127)

    def test_address_with_its_token_goes_nowhere(self):
        self.browser.requested_addresses()
        self.show(color="red", label="Anna")
        for address in self.browser.requested_addresses()[1:]:
            self.assertTrue(address.startswith((self.hub.address, self.hub.address.replace("http", "ws", 1))), address)
            self.assertNotIn(self.own_token, address)
        self.assertEqual(self.browser.complaints(), [])
        self.assertNotIn(self.own_token, self.hub.log())


if __name__ == "__main__":
    unittest.main()
