"""The pages while the hub is busy: they wait as its `Retry-After` says, and send the request again."""

import json
import time
import unittest
import urllib.request

from selenium.webdriver.common.keys import Keys

from page_case import PageCase

# Refuses the next requests of a page whose path has a text, in place of the hub, and notes each request. With the
# status 0 there is no answer. `refusals` of the tab are those from its next page on.
BUSY = """
    window.refusals = JSON.parse(sessionStorage.getItem("refusals")) ?? { count: 0 };
    window.requests = [];
    const send = window.fetch.bind(window);
    window.fetch = async (address, options = {}) => {
      const { count, status, text, retryAfter, body } = window.refusals;
      const path = new URL(address, location.href).pathname;
      if (!path.includes("/api/")) return send(address, options);
      const isRefused = count > 0 && path.includes(text);
      window.requests.push({ path, method: options.method ?? "GET", at: performance.now(), isRefused });
      if (!isRefused) return send(address, options);
      window.refusals.count--;
      if (status === 0) throw new TypeError("Failed to fetch");
      const headers = retryAfter ? { "retry-after": retryAfter } : {};
      return new Response(body ?? '{"error_message": "the hub is busy"}', { status, headers });
    };
    """


class BusyTest(PageCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin_token = cls.hub.administer("admin-token", "--name", "page")["admin_token"]
        cls.hub.tokens.append(cls.admin_token)
        # Six sessions of 3 to 8 minutes, an hour apart.
        cls.lengths = list(range(3, 9))
        for hours, minutes in enumerate(cls.lengths, 1):
            start = int(time.time() - hours * 3600) * 1000
            readings = [{"measured_at": start + second * 1000, "heart_rate": 100} for second in range(60 * minutes)]
            request = urllib.request.Request(
                f"{cls.hub.address}/api/v1/strapline/readings", json.dumps({"readings": readings}).encode(),
                {"Authorization": f"Bearer {cls.writers['Anna']}"})
            with urllib.request.urlopen(request, timeout=10) as response:
                assert response.status == 200

    def setUp(self):
        super().setUp()
        added = self.browser.command("Page.addScriptToEvaluateOnNewDocument", source=BUSY)
        self.addCleanup(
            self.browser.command, "Page.removeScriptToEvaluateOnNewDocument", identifier=added["identifier"])

    def refuse(self, status, count=2, text="/api/", retry_after="1"):
        self.browser.script(
            "window.requests = []; window.refusals = { count: arguments[0], status: arguments[1], text: arguments[2], "
            "retryAfter: arguments[3] }", count, status, text, retry_after)

    def refuse_from_the_next_page_on(self, status, count=3, text="/api/", body="<html>a proxy</html>"):
        self.browser.script(
            "sessionStorage.setItem('refusals', JSON.stringify(arguments[0]))",
            {"status": status, "count": count, "text": text, "body": body})

    def requests(self):
        return self.browser.script("return window.requests")

    def waits(self):
        """The seconds from each refusal to the next request of the same path."""
        requests = self.requests()
        return [
            (next(later["at"] for later in requests[place + 1:] if later["path"] == request["path"])
             - request["at"]) / 1000
            for place, request in enumerate(requests) if request["isRefused"]]

    def open_sessions(self):
        browser = self.browser
        browser.script("sessionStorage.setItem('strapline.token', arguments[0])", self.token)
        browser.driver.get(f"{self.hub.address}/sessions")
        browser.until_script("return performance.getEntriesByName('strapline-year').length === 1")

    def click_all(self, times=5):
        """Clicks on each session of the list, again and again, as fast as a program can; on the oldest one last."""
        self.browser.script("""
            for (let time = 0; time < arguments[0]; time++) {
              const count = document.querySelectorAll("#sessions button").length;
              for (let place = 0; place < count; place++) document.querySelectorAll("#sessions button")[place].click();
            }""", times)

    def until_oldest(self):
        browser = self.browser
        browser.until(lambda: browser.text("#duration") == f"{self.lengths[-1] - 1}:59", "the oldest session")
        browser.until(lambda: browser.text("#state") == "", "no failure")
        chosen = browser.script("return [...document.querySelectorAll('#sessions button')].map("
                                "(button) => button.getAttribute('aria-current'))")
        self.assertEqual(chosen, ["false"] * (len(chosen) - 1) + ["true"])

    def test_many_clicks_on_sessions_send_few_requests_and_show_the_last_one(self):
        self.open_sessions()
        self.refuse(429, count=0)
        self.click_all()
        self.until_oldest()
        details = [request for request in self.requests() if "/sessions/" in request["path"]]
        self.assertEqual(len(details), 2, details)

    def test_sessions_wait_while_the_hub_is_busy_and_say_so(self):
        browser = self.browser
        self.open_sessions()
        for status in [429, 503]:
            browser.find("#sessions button").click()
            self.refuse(status)
            self.click_all(times=1)
            browser.until(lambda: "busy: trying again in" in browser.text("#state"), "it says why it waits")
            self.until_oldest()
            waits = self.waits()
            self.assertEqual(len(waits), 2)
            self.assertGreaterEqual(min(waits), 1)

    def test_days_years_and_files_are_not_lost_while_the_hub_is_busy(self):
        browser = self.browser
        self.open_sessions()
        self.refuse(503, text="/calendar")
        year = int(browser.text("#year-title"))
        for _ in range(3):
            browser.script("document.getElementById('year-before').click()")
        browser.until(lambda: browser.text("#year-title") == str(year - 3), "the year")
        self.assertLessEqual(len(self.requests()), 4)
        browser.command("Browser.setDownloadBehavior", behavior="deny")
        self.refuse(429, text="/export")
        browser.script("for (const button of document.querySelectorAll('#files button:not([hidden])')) button.click()")
        browser.until(lambda: sum("/export" in request["path"] and not request["isRefused"]
                                  for request in self.requests()) == 3, "all three files")
        browser.until(lambda: browser.text("#files-note").startswith("Saved"), "saved")
        browser.until(lambda: browser.text("#state") == "", "no failure")

    def test_hub_that_stays_busy_is_shown_in_its_own_words(self):
        browser = self.browser
        self.open_sessions()
        self.refuse(429, count=1, retry_after="3600")
        browser.find("#sessions button").click()
        browser.until(lambda: browser.text("#state") == "the hub is busy", "refused")
        self.assertEqual(len(self.requests()), 1)

    def test_history_of_a_member_waits_for_a_proxy_without_retry_after(self):
        browser = self.browser
        self.fill_last_minutes()
        self.sign_in()
        browser.until_script("return document.querySelectorAll('.tile .line').length >= 2")
        self.refuse(503, count=1, text="/readings", retry_after=None)
        browser.find(".tile .more").click()
        browser.until_script("return document.querySelectorAll('#history .line').length > 0")
        self.assertGreaterEqual(min(self.waits()), 1)

    def test_administration_waits_and_creates_nothing_twice(self):
        browser = self.browser
        browser.driver.get(f"{self.hub.address}/admin")
        browser.until_script("return document.activeElement.id === 'token'")
        self.refuse(503, text="/admin/")
        browser.driver.switch_to.active_element.send_keys(self.admin_token, Keys.ENTER)
        browser.until_script("return !document.getElementById('administration').hidden")
        self.refuse(429, count=1, text="/admin/rooms")
        browser.find("#add-room [name=name]").send_keys("Gym", Keys.ENTER)
        browser.until(lambda: "Created room Gym." in browser.text("#status"), "created")
        # A proxy may answer 503 after the hub has created it.
        self.refuse(503, count=1, text="/admin/rooms")
        browser.find("#add-room [name=name]").send_keys("Pool", Keys.ENTER)
        browser.until(lambda: browser.text("#status") == "the hub is busy", "refused")
        self.assertEqual([request["method"] for request in self.requests()], ["POST"])

    def saved(self, key):
        return self.browser.script("return sessionStorage.getItem(arguments[0])", key)

    def test_administration_keeps_its_token_while_the_hub_does_not_answer(self):
        browser = self.browser
        browser.script("sessionStorage.setItem('strapline.admin /', arguments[0])", self.admin_token)
        # No network, and proxies before a hub that is off: the last answers for others, too.
        for status in [0, 502, 403]:
            self.refuse_from_the_next_page_on(status, count=1000, text="/admin/")
            browser.driver.get(f"{self.hub.address}/admin")
            browser.until(lambda: "does not answer. Trying again" in browser.text("#status"), "it says so")
            self.assertFalse(browser.find("#add").is_displayed())
            browser.script("window.refusals.count = 0")
            browser.until(lambda: browser.find("#add").is_displayed(), "the administration")
            self.assertEqual(browser.text("#status"), "")
            self.assertEqual(self.saved("strapline.admin /"), self.admin_token)
        browser.driver.refresh()
        browser.until(lambda: "Trying again" in browser.text("#status"), "it says so")
        self.assertEqual(browser.accessibility_violations(), [])
        browser.find("#sign-out").click()
        browser.until_script("return document.activeElement.id === 'token'")
        self.assertIsNone(self.saved("strapline.admin /"))

    def test_administration_forgets_a_token_that_the_hub_does_not_know(self):
        browser = self.browser
        browser.script("sessionStorage.setItem('strapline.admin /', arguments[0])", self.admin_token + "x")
        browser.driver.get(f"{self.hub.address}/admin")
        browser.until(lambda: browser.text("#refused").startswith("The hub refuses:"), "refused")
        self.assertIsNone(self.saved("strapline.admin /"))

    def test_room_and_sessions_open_as_soon_as_the_hub_answers(self):
        browser = self.browser
        for status in [0, 502, 403]:
            browser.script("sessionStorage.setItem('strapline.token', arguments[0])", self.token)
            self.refuse_from_the_next_page_on(status, count=2)
            browser.driver.get(self.hub.address)
            self.until_connected()
            self.assertEqual(self.saved("strapline.token"), self.token)
            for text in ["/profile", "/calendar"]:
                self.refuse_from_the_next_page_on(status, count=2, text=text)
                browser.driver.get(f"{self.hub.address}/sessions")
                browser.until_script("return performance.getEntriesByName('strapline-year').length === 1")
                self.assertEqual(len(self.waits()), 2)
                browser.until(lambda: browser.text("#state") == "", "no failure")


if __name__ == "__main__":
    unittest.main()
