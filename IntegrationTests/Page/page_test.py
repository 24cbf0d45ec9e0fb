"""The page at / in a real browser."""

import time
import unittest
import urllib.parse

from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

from page_case import PageCase


class PageTest(PageCase):
    def test_sign_in_with_the_keyboard_alone_shows_the_room_and_leaves_no_token_in_the_address(self):
        browser = self.browser
        browser.driver.get(self.hub.address)
        browser.until_script("return document.activeElement.id === 'token'")
        browser.screenshot("sign-in")
        browser.driver.switch_to.active_element.send_keys(self.token, Keys.ENTER)
        self.until_connected()
        self.assertEqual(browser.text("#room-name"), "Living room")
        self.assertNotIn(self.token, browser.driver.current_url)
        self.assertEqual(browser.script("return Object.values(sessionStorage)"), [self.token])
        self.assertEqual(browser.script("return Object.values(localStorage)"), [])

    def test_token_that_is_to_be_remembered_outlives_the_tab(self):
        browser = self.browser
        browser.driver.get(self.hub.address)
        browser.until_script("return document.activeElement.id === 'token'")
        browser.driver.switch_to.active_element.send_keys(self.token, Keys.TAB, Keys.SPACE, Keys.ENTER)
        self.until_connected()
        browser.script("sessionStorage.clear(); location.reload()")
        self.until_connected()
        browser.find("#sign-out").click()
        browser.until_script("return document.activeElement.id === 'token'")
        self.assertEqual(browser.script("return Object.values(localStorage)"), [])

    def test_token_of_a_link_is_taken_out_of_the_address(self):
        self.sign_in()
        self.assertNotIn(self.token, self.browser.driver.current_url)
        # Once more, with the page open.
        self.browser.script("document.title = 'before'")
        self.browser.script("location.hash = arguments[0]", f"access_token={self.token}")
        self.browser.until_script("return document.title !== 'before'")
        self.until_connected()
        self.assertNotIn(self.token, self.browser.driver.current_url)

    def remember(self, token):
        """Signs in for good, like a user, and closes the tab."""
        browser = self.browser
        browser.driver.get(self.hub.address)
        browser.until_script("return document.activeElement.id === 'token'")
        browser.driver.switch_to.active_element.send_keys(token, Keys.TAB, Keys.SPACE, Keys.ENTER)
        self.until_connected()

    def follow_link(self, token):
        """A link is opened in a new document, as from a mail."""
        self.browser.driver.get(f"{self.hub.address}/page/icon.svg")
        self.browser.driver.get(f"{self.hub.address}/#access_token={urllib.parse.quote(token)}")

    def storage(self):
        return self.browser.script("return [Object.values(localStorage), Object.values(sessionStorage)]")

    def test_link_with_a_bad_token_leaves_a_remembered_one_as_it_was(self):
        self.remember(self.token)
        expired = self.hub.issue("Ben", "data:room:read", "--expires-in", "1s")
        time.sleep(1.1)
        for token in ["garbage", "two words", "ü", self.writers["Ben"], expired]:
            self.follow_link(token)
            self.until_connected()
            self.browser.until(
                lambda: "does not take the token of this link" in self.browser.text("#link-refused"), token)
            self.assertEqual(self.storage(), [[self.token], []])
            self.assertNotIn("access_token", self.browser.driver.current_url)

    def test_link_with_a_good_token_asks_before_it_takes_the_place_of_a_remembered_one(self):
        browser = self.browser
        ben = self.hub.issue("Ben", "data:room:read")
        self.remember(self.token)
        self.follow_link(ben)
        browser.until(lambda: browser.text("#link-name") == "Ben", "asked")
        self.assertEqual(self.storage(), [[self.token], []])
        browser.screenshot("link")
        self.assertEqual(browser.accessibility_violations(), [])
        browser.driver.switch_to.active_element.send_keys(Keys.ESCAPE)
        self.until_connected()
        self.assertEqual(self.storage(), [[self.token], []])
        self.follow_link(ben)
        browser.until(lambda: browser.text("#link-name") == "Ben", "asked again")
        browser.find("#link-keep").click()
        self.until_connected()
        self.assertEqual(self.storage(), [[self.token], []])
        self.follow_link(ben)
        browser.until(lambda: browser.text("#link-name") == "Ben", "asked once more")
        browser.find("#link-use").click()
        self.until_connected()
        self.assertEqual(self.storage(), [[self.token], [ben]])
        # Signing out ends what the link began, and no more.
        browser.find("#sign-out").click()
        browser.until(lambda: self.storage() == [[self.token], []], "the remembered token is left")
        self.until_connected()

    def test_link_with_a_token_that_expires_later_does_not_take_the_remembered_one_with_it(self):
        browser = self.browser
        self.remember(self.token)
        self.follow_link(self.hub.issue("Ben", "data:room:read", "--expires-in", "6s"))
        browser.until(lambda: browser.text("#link-name") == "Ben", "asked")
        browser.find("#link-use").click()
        browser.until(lambda: self.storage() == [[self.token], []], "expired")
        self.until_connected()

    def test_link_with_the_remembered_token_asks_nothing(self):
        self.remember(self.token)
        self.follow_link(self.token)
        self.until_connected()
        self.assertFalse(self.browser.script("return document.getElementById('link').open"))

    def test_token_that_is_not_good_is_told(self):
        browser = self.browser
        for token, words in [
            ("nonsense", "token_not_found"), ("ü", "characters"), (self.writers["Anna"], "data:room:read"),
        ]:
            browser.driver.get(self.hub.address)
            browser.until_script("return document.activeElement.id === 'token'")
            browser.driver.switch_to.active_element.send_keys(token, Keys.ENTER)
            browser.until(lambda: words in browser.text("#refused"), words)
            self.assertEqual(browser.script("return sessionStorage.length + localStorage.length"), 0)

    def test_written_heart_rate_is_shown_live_with_its_zone(self):
        self.fill_last_minutes()
        self.sign_in()
        self.hub.write(self.writers["Anna"], 148)
        self.hub.write(self.writers["Ben"], 92)
        anna = self.until_tile("Anna", bpm="148", state="live", zone="Hard")
        self.assertGreater(anna["lines"], 0)
        # 92 of 190, which is the page's own maximum; Anna's is 180, from her configuration.
        self.until_tile("Ben", bpm="92", state="live", zone="Rest")
        self.browser.screenshot("room-light")
        self.browser.prefer(prefers_color_scheme="dark")
        self.browser.screenshot("room-dark")

    def test_maximum_heart_rate_moves_the_zones(self):
        self.sign_in()
        self.hub.write(self.writers["Ben"], 120)
        self.until_tile("Ben", zone="Light")
        maximum = self.browser.find("#maximum")
        maximum.send_keys(Keys.CONTROL, "a")
        maximum.send_keys("150", Keys.TAB)
        self.until_tile("Ben", zone="Hard")
        # Anna has a maximum of her own.
        self.assertIn("Hard from 80 %", self.browser.text("#zones"))

    def test_value_that_grows_old_is_stale_then_offline_and_looks_so(self):
        self.sign_in()
        self.hub.write(self.writers["Anna"], 131)
        live = self.until_tile("Anna", bpm="131", state="live")
        self.browser.pass_time(10)
        stale = self.until_tile("Anna", bpm="131", state="stale", zone="")
        self.assertIn("No value for", stale["text"])
        self.assertNotEqual(stale["color"], live["color"])
        self.browser.screenshot("room-stale")
        self.browser.pass_time(20)
        offline = self.until_tile("Anna", bpm="–", state="offline")
        self.assertIn("Offline since", offline["text"])
        self.browser.screenshot("room-offline")
        self.hub.write(self.writers["Anna"], 132, seconds_ago=-30)
        self.until_tile("Anna", bpm="132", state="live")

    def test_reading_that_was_measured_long_ago_is_never_live(self):
        self.sign_in()
        self.hub.write(self.writers["Ben"], 77, seconds_ago=0)
        self.until_tile("Ben", bpm="77")
        self.hub.write(self.writers["Ben"], 166, seconds_ago=90)
        self.hub.write(self.writers["Ben"], 78, seconds_ago=0)
        self.until_tile("Ben", bpm="78", state="live")

    def test_hub_that_restarts_is_found_again_and_nothing_is_live_meanwhile(self):
        browser = self.browser
        self.sign_in()
        self.hub.write(self.writers["Anna"], 141)
        self.until_tile("Anna", state="live")
        self.hub.kill()
        stale = self.until_tile("Anna", state="stale")
        self.assertIn("Not connected", stale["text"])
        self.assertIn("trying again", browser.text("#connection"))
        browser.screenshot("room-not-connected")
        self.hub.start()
        # Written before the page is back: it asks for what it has missed.
        self.hub.write(self.writers["Ben"], 99)
        self.until_connected()
        self.until_tile("Ben", bpm="99")
        self.hub.write(self.writers["Anna"], 142)
        self.until_tile("Anna", bpm="142", state="live")

    def test_members_come_and_go(self):
        carl = self.hub.add_user("Carl")
        self.sign_in()
        self.hub.administer("room", "add", self.room, "Carl", "--config", '{"name": "Charlie"}')
        self.until_tile("Charlie", state="offline")
        self.hub.administer("room", "remove", self.room, carl)
        self.browser.until(lambda: self.tile("Charlie") is None, "Charlie is gone")

    def test_rooms_are_chosen_and_the_choice_is_kept_in_the_address(self):
        browser = self.browser
        other = self.hub.administer("room", "create", "--config", '{"name": "Garage"}')["room_id"]
        self.hub.administer("room", "add", other, "Anna")
        self.hub.until_rooms(self.token, 2)
        # Which of the two rooms comes first is a matter of luck, and this one has one member.
        self.sign_in(members=1)
        for name in ["Living room", "Garage"]:
            Select(browser.find("#room-select")).select_by_visible_text(name)
            browser.until(lambda: browser.text("#room-name") == name, name)
        self.assertIn(other, browser.driver.current_url)
        self.hub.write(self.writers["Anna"], 121)
        self.until_tile("Anna", bpm="121", state="live")
        self.assertIsNone(self.tile("Ben"))
        browser.driver.refresh()
        browser.until(lambda: browser.text("#room-name") == "Garage", "Garage")
        self.hub.administer("room", "remove", other, "Anna")
        browser.until(lambda: browser.text("#room-name") == "Living room", "the room that is left")

    def test_who_is_in_no_room_is_told_and_sees_the_room_once_added(self):
        browser = self.browser
        self.hub.add_user("Dora")
        token = self.hub.issue("Dora", "data:room:read")
        browser.driver.get(f"{self.hub.address}/#access_token={token}")
        browser.until(lambda: "room add" in browser.text("#empty"), "the next step")
        self.hub.administer("room", "add", self.room, "Dora")
        browser.until(lambda: self.tile("Dora") is not None, "Dora")
        self.assertFalse(browser.find("#empty").is_displayed())
        self.hub.administer("room", "remove", self.room, "Dora")

    def test_token_that_expires_leads_back_to_signing_in(self):
        browser = self.browser
        token = self.hub.issue("Anna", "data:room:read", "--expires-in", "4s")
        browser.driver.get(f"{self.hub.address}/#access_token={token}")
        browser.until(lambda: "token_expired" in browser.text("#refused"), "expired")
        self.assertEqual(browser.script("return sessionStorage.length"), 0)

    def test_history_tells_minimum_average_and_maximum_by_keyboard(self):
        browser = self.browser
        self.fill_last_minutes()
        self.sign_in()
        browser.script("document.querySelector('.tile .more').focus()")
        browser.driver.switch_to.active_element.send_keys(Keys.ENTER)
        browser.until_script("return document.querySelectorAll('#history .line').length > 0")
        rates = [int(browser.text(f"#history .{name}")) for name in ["minimum", "average", "maximum"]]
        self.assertEqual(rates, sorted(rates))
        self.assertGreaterEqual(rates[0], 30)
        self.assertLessEqual(rates[2], 250)
        browser.screenshot("history-light")
        self.assertEqual(browser.accessibility_violations(), [])
        browser.prefer(prefers_color_scheme="dark")
        browser.screenshot("history-dark")
        self.assertEqual(browser.accessibility_violations(), [])
        browser.driver.switch_to.active_element.send_keys(Keys.ESCAPE)
        browser.until_script("return !document.getElementById('history').open")
        self.assertTrue(browser.script("return document.activeElement.matches('.tile .more')"))

    def test_narrow_screens_never_scroll_sideways(self):
        browser = self.browser
        overflow = "return document.documentElement.scrollWidth > document.documentElement.clientWidth"
        for width, height in [(320, 568), (390, 844), (844, 390)]:
            browser.resize(width, height, is_phone=True)
            browser.driver.get(self.hub.address)
            browser.until_script("return !document.getElementById('sign-in').hidden")
            self.assertFalse(browser.script(overflow))
            browser.screenshot(f"phone-{width}-sign-in")
            self.sign_in()
            self.hub.write(self.writers["Anna"], 152)
            self.until_tile("Anna", bpm="152", state="live")
            self.assertFalse(browser.script(overflow))
            browser.screenshot(f"phone-{width}-room")
            browser.script("document.querySelector('.tile .more').click()")
            browser.until_script("return document.querySelectorAll('#history .line').length > 0")
            self.assertFalse(browser.script(
                "const box = document.getElementById('history'); return box.scrollWidth > box.clientWidth"))
            browser.screenshot(f"phone-{width}-history")
            browser.script("sessionStorage.clear()")

    def test_light_and_dark_are_accessible_in_every_state(self):
        browser = self.browser
        grounds = {}
        for scheme in ["light", "dark"]:
            browser.prefer(prefers_color_scheme=scheme)
            browser.driver.get(self.hub.address)
            browser.until_script("return !document.getElementById('sign-in').hidden")
            self.assertEqual(browser.accessibility_violations(), [])
            grounds[scheme] = browser.screenshot(f"sign-in-{scheme}").getpixel((4, 4))
            self.sign_in()
            self.hub.write(self.writers["Anna"], 150)
            self.until_tile("Anna", bpm="150", state="live")
            self.assertEqual(browser.accessibility_violations(), [])
            browser.pass_time(12)
            self.until_tile("Anna", state="stale")
            self.assertEqual(browser.accessibility_violations(), [])
            browser.pass_time(30)
            self.until_tile("Anna", state="offline")
            self.assertEqual(browser.accessibility_violations(), [])
            browser.script("sessionStorage.clear()")
        self.assertGreater(sum(grounds["light"][:3]), 600)
        self.assertLess(sum(grounds["dark"][:3]), 150)

    def test_zone_colours_stand_out_from_their_ground(self):
        """WCAG 1.4.11: three to one for everything but text."""
        for scheme in ["light", "dark"]:
            self.browser.prefer(prefers_color_scheme=scheme)
            self.browser.driver.get(self.hub.address)
            colors = self.browser.script("""
                const probe = document.body.appendChild(document.createElement("p"));
                const color = (name) => {
                  probe.style.color = `var(--${name})`;
                  return getComputedStyle(probe).color.match(/[0-9.]+/g).slice(0, 3).map(Number);
                };
                const names = ["surface", "ground", "accent", "quiet",
                  "zone-0", "zone-1", "zone-2", "zone-3", "zone-4", "zone-5"];
                return Object.fromEntries(names.map((name) => [name, color(name)]));""")
            for ground in ["surface", "ground"]:
                for name in set(colors) - {"surface", "ground"}:
                    self.assertGreaterEqual(contrast(colors[name], colors[ground]), 3, f"{scheme}: {name} on {ground}")

    def test_reduced_motion_moves_nothing(self):
        self.browser.prefer(prefers_reduced_motion="reduce")
        self.sign_in()
        self.hub.write(self.writers["Anna"], 133)
        self.until_tile("Anna", bpm="133", state="live")
        self.assertEqual(self.browser.script("return document.getAnimations().length"), 0)

    def test_nothing_is_asked_of_anybody_else_and_nothing_is_complained_of(self):
        browser = self.browser
        browser.requested_addresses()
        self.sign_in()
        browser.script("document.querySelector('.tile .more').click()")
        browser.until_script("return document.getElementById('history').open")
        own = (self.hub.address + "/", self.hub.address.replace("http", "ws", 1) + "/")
        addresses = browser.requested_addresses()
        self.assertGreater(len(addresses), 10)
        self.assertEqual([address for address in addresses if not address.startswith(own)], [])
        self.assertEqual(browser.complaints(), [])

    def test_log_of_the_hub_has_no_token(self):
        self.sign_in()
        log = self.hub.log()
        self.assertIn("/api/hub/v1/rooms", log)
        self.assertEqual([token for token in self.hub.tokens if token in log], [])


def contrast(one, other):
    """The contrast of two colours (WCAG 2, relative luminance)."""
    def luminance(color):
        linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
                  for value in (channel / 255 for channel in color)]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    dark, light = sorted([luminance(one), luminance(other)])
    return (light + 0.05) / (dark + 0.05)


if __name__ == "__main__":
    unittest.main()
