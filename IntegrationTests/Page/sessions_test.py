"""The page at /sessions in a real browser."""

import json
import pathlib
import time
import unittest
import urllib.request

from selenium.webdriver.common.keys import Keys

from page_case import PageCase



class SessionsTest(PageCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.owner = cls.hub.issue("Anna", "data:room:read,data:heart_rate:read,data:statistics:read", "--may-consent")
        cls.now = int(time.time() * 1000)
        # Yesterday at noon in the machine's zone: 20 minutes with RR intervals; before it 5 minutes without.
        local = time.localtime(cls.now / 1000 - 86_400)
        cls.noon = int(time.mktime((*local[:3], 12, 0, 0, 0, 0, -1)) * 1000)
        cls.wear(cls.noon - 7_200_000, 300, lambda second: (95, []))
        cls.wear(cls.noon, 1200, lambda second: (110 + second // 20, [560 + second % 7]))
        # Ten mornings.
        for day in range(1, 11):
            local = time.localtime(cls.now / 1000 - 86_400 * day)
            morning = int(time.mktime((*local[:3], 6, 0, 0, 0, 0, -1)) * 1000)
            cls.wear(morning, 300, lambda second, day=day: (60, [1010 + (20 + 3 * day) * (second % 2)]))

    @classmethod
    def wear(cls, start, seconds, packet):
        readings = []
        for second in range(seconds):
            rate, intervals = packet(second)
            readings.append({"measured_at": start + second * 1000, "heart_rate": rate, "contact": "detected",
                             "rr": intervals})
        for first in range(0, len(readings), 500):
            body = json.dumps({"readings": readings[first:first + 500]}).encode()
            request = urllib.request.Request(
                f"{cls.hub.address}/api/v1/strapline/readings", body,
                {"Authorization": f"Bearer {cls.writers['Anna']}"})
            with urllib.request.urlopen(request, timeout=10) as response:
                assert response.status == 200

    def open(self, token=None):
        """Signs in with a token, and opens the page in the same tab."""
        browser = self.browser
        browser.script("sessionStorage.setItem('strapline.token', arguments[0])", token or self.owner)
        browser.driver.get(f"{self.hub.address}/sessions")
        browser.until_script("return performance.getEntriesByName('strapline-year').length === 1")

    def choose(self, words):
        browser = self.browser
        browser.script("""
            for (const button of document.querySelectorAll("#sessions button")) {
              if (button.textContent.includes(arguments[0])) button.click();
            }""", words)
        browser.until(lambda: browser.text("#duration") == words, words)

    def test_sessions_are_listed_and_the_chosen_one_is_shown_with_curve_and_zones(self):
        browser = self.browser
        self.open()
        self.assertEqual(browser.text("#state"), "")
        lengths = browser.script(
            "return [...document.querySelectorAll('#sessions button')].map((button) => button.children[0].textContent)")
        self.assertEqual(len(lengths), 12)
        self.choose("19:59")
        self.assertEqual(browser.text("#highest"), "169")
        self.assertEqual(browser.text("#lowest"), "110")
        self.assertGreater(browser.script("return document.querySelectorAll('#curve .line').length"), 0)
        zones = browser.script("return [...document.querySelectorAll('#zones li')].map((zone) => zone.textContent)")
        self.assertEqual(len(zones), 6)
        self.assertTrue(zones[1].startswith("Hardfrom 152"), zones)
        self.assertIn("RMSSD", browser.text("#variability"))
        self.assertIn("artefacts", browser.text("#variability-note"))
        browser.screenshot("sessions-desktop")

    def test_session_without_intervals_says_so_and_never_zero(self):
        browser = self.browser
        self.open()
        # Mornings have the same length.
        browser.script("""
            for (const button of document.querySelectorAll("#sessions button")) {
              if (button.textContent.includes("95 bpm")) button.click();
            }""")
        browser.until(lambda: browser.text("#average") == "95", "the session without intervals")
        self.assertEqual(browser.text("#variability"), "No RR intervals")
        self.assertFalse(browser.find('[data-format="rr"]').is_displayed())

    def test_maximum_is_kept_at_the_hub_by_the_own_token_and_in_the_browser_by_another(self):
        browser = self.browser
        self.open()
        self.choose("19:59")
        field = browser.find("#maximum")
        self.assertEqual(field.get_attribute("value"), "190")
        field.clear()
        field.send_keys("170", Keys.TAB)
        browser.until(lambda: "at this hub" in browser.text("#maximum-note"), "saved")
        browser.until(lambda: "from 136" in browser.text("#zones"), "the zones")
        self.open(self.token)
        self.assertEqual(browser.find("#maximum").get_attribute("value"), "170")
        field = browser.find("#maximum")
        field.clear()
        field.send_keys("200", Keys.TAB)
        browser.until(lambda: "in this browser" in browser.text("#maximum-note"), "saved in the browser")
        browser.until(lambda: browser.find("#maximum").get_attribute("value") == "200", "the zones of the browser")
        # Back to the beginning, for the other tests.
        request = urllib.request.Request(
            f"{self.hub.address}/api/hub/v1/profile", b'{"max_heart_rate": null}',
            {"Authorization": f"Bearer {self.owner}"}, method="PUT")
        with urllib.request.urlopen(request, timeout=10) as response:
            self.assertEqual(response.status, 200)

    def test_files_are_saved_under_the_session_s_name(self):
        browser = self.browser
        folder = pathlib.Path(self.hub.folder.name) / "downloads"
        folder.mkdir(exist_ok=True)
        browser.command("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(folder))
        self.open()
        self.choose("19:59")
        for name, begin in [("fit", b""), ("tcx", b"<?xml"), ("csv", b"measured_at,"), ("rr", b"5")]:
            browser.find(f'[data-format="{name}"]').click()
            browser.until(lambda: browser.text("#files-note").startswith("Saved"), name)
            path = folder / browser.text("#files-note")[len("Saved "):-1]
            browser.until(path.exists, path)
            content = path.read_bytes()
            self.assertTrue(content.startswith(begin), content[:50])
            if name == "fit":
                self.assertEqual(content[8:12], b".FIT")
            if name == "csv":
                self.assertEqual(content.count(b"\n"), 1201)
            if name == "rr":
                self.assertEqual(len(content.split()), 1200)

    def test_mornings_and_the_year_are_shown_and_a_day_leads_to_its_sessions(self):
        browser = self.browser
        self.open()
        self.assertRegex(browser.text("#trend-words"), r"^\d+ ms on .*, \d+ ms on average of its seven days$")
        self.assertEqual(browser.script("return document.querySelectorAll('#trend-chart circle').length"), 10)
        year = time.localtime(self.noon / 1000).tm_year
        while int(browser.text("#year-title")) > year:
            browser.find("#year-before").click()
            browser.until(lambda: int(browser.text("#year-title")) <= year, "the year")
        days = browser.script("return document.querySelectorAll('#months button').length")
        self.assertGreaterEqual(days, 1)
        self.assertLessEqual(days, 10)
        browser.script("[...document.querySelectorAll('#months button')].at(-1).click()")
        browser.until(
            lambda: browser.script("return document.querySelectorAll('#sessions [aria-current=true]').length") == 1,
            "a session of the day")
        self.assertIn("session", browser.script(
            "return [...document.querySelectorAll('#months button')].at(-1).getAttribute('aria-label')"))
        # Every day of the year has its place.
        places = browser.script("return document.querySelectorAll('#months li').length")
        self.assertIn(places, [365, 366])

    def test_phone_fits_the_width_and_both_are_accessible(self):
        browser = self.browser
        self.open()
        self.choose("19:59")
        self.assertEqual(browser.accessibility_violations(), [])
        browser.resize(390, 844, is_phone=True)
        browser.until_script("return document.getElementById('curve').children.length > 0")
        self.assertLessEqual(browser.script("return document.documentElement.scrollWidth"), 390)
        self.assertEqual(browser.accessibility_violations(), [])
        browser.screenshot("sessions-phone")
        browser.prefer(prefers_color_scheme="dark")
        self.assertEqual(browser.accessibility_violations(), [])
        browser.screenshot("sessions-phone-dark")

    def test_without_a_token_it_says_where_to_sign_in_and_a_refusal_is_shown(self):
        browser = self.browser
        browser.driver.get(f"{self.hub.address}/sessions")
        browser.until(lambda: "Not signed in" in browser.text("#state"), "not signed in")
        browser.find("a.button").click()
        browser.until_script("return document.activeElement.id === 'token'")
        browser.script("sessionStorage.setItem('strapline.token', arguments[0])", self.writers["Anna"])
        browser.driver.get(f"{self.hub.address}/sessions")
        browser.until(lambda: "insufficient_scope" in browser.text("#state"), "refused")

    def test_room_leads_to_the_sessions(self):
        browser = self.browser
        self.sign_in()
        browser.find("#sessions").click()
        browser.until_script("return document.querySelectorAll('#sessions button').length > 0")

    def test_page_needs_no_other_server_and_complains_of_nothing(self):
        browser = self.browser
        browser.requested_addresses()
        self.open()
        foreign = [address for address in browser.requested_addresses() if not address.startswith(self.hub.address)]
        self.assertEqual([address for address in foreign if not address.startswith(("data:", "blob:"))], [])
        self.assertEqual(browser.complaints(), [])


if __name__ == "__main__":
    unittest.main()
