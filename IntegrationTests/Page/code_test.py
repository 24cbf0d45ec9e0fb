"""Signing in on a screen without a keyboard: the screen shows a code, and a phone allows it."""

import json
import unittest

from hub import READ_SCOPES
from page_case import PageCase

CODE = "return document.getElementById('code-text').textContent"
RENEWAL = "return JSON.parse(localStorage.getItem('strapline.token.renewal'))"


class CodeTest(PageCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.allowing = cls.hub.issue("Anna", READ_SCOPES, "--may-consent")

    def show_code(self):
        self.browser.driver.get(f"{self.hub.address}/#code")
        self.browser.until(lambda: self.browser.script(CODE), "a code")
        return self.browser.script(CODE)

    def decide(self, code, decision):
        """In another tab, as the phone does."""
        driver = self.browser.driver
        screen = driver.current_window_handle
        driver.switch_to.new_window("tab")
        driver.get(f"{self.hub.address}/oauth2/device_authorization_consent")
        self.browser.find("#user_code").send_keys(code)
        self.browser.find("button").click()
        self.browser.until(lambda: driver.find_elements("css selector", f"button[value={decision}]"), decision)
        if decision == "allow":
            self.browser.find("#access_token").send_keys(self.allowing)
        self.browser.find(f"button[value={decision}]").click()
        self.browser.until(lambda: not driver.find_elements("css selector", "form"), "the phone's last page")
        driver.close()
        driver.switch_to.window(screen)

    def test_screen_whenThePhoneAllows_showsTheRoom_andDoesSoAfterARestart(self):
        code = self.show_code()
        self.assertIn("/oauth2/device_authorization_consent", self.browser.text("#code-address"))
        self.browser.screenshot("code")
        self.assertEqual(self.browser.accessibility_violations(), [])
        self.decide(code, "allow")
        self.until_connected()
        # A new tab has a session of its own, as a browser after a restart.
        self.browser.driver.switch_to.new_window("tab")
        self.browser.driver.get(self.hub.address)
        self.until_connected()

    def test_screen_whoseNetworkWantsASignIn_keepsItsToken(self):
        browser = self.browser
        self.decide(self.show_code(), "allow")
        self.until_connected()
        before = browser.script(RENEWAL)
        added = browser.command("Page.addScriptToEvaluateOnNewDocument", source="""
            const send = window.fetch.bind(window);
            window.fetch = (address, options) =>
              String(address).includes("oauth2/token") ? Promise.resolve(new Response("<html>Wi-Fi</html>"))
                : send(address, options);
            """)
        self.addCleanup(
            browser.command, "Page.removeScriptToEvaluateOnNewDocument", identifier=added["identifier"])
        browser.script("localStorage.setItem('strapline.token.renewal', arguments[0])",
                       json.dumps({**before, "dueAt": 0}))
        browser.driver.refresh()
        self.until_connected()
        self.assertEqual(browser.script("return localStorage.getItem('strapline.token')"), before["accessToken"])
        self.assertEqual(browser.script(RENEWAL)["refreshToken"], before["refreshToken"])

    def test_screen_whenItsTokenIsDue_renewsItByItself(self):
        self.decide(self.show_code(), "allow")
        self.until_connected()
        before = self.browser.script(RENEWAL)
        self.browser.script("localStorage.setItem('strapline.token.renewal', arguments[0])",
                            json.dumps({**before, "dueAt": 0}))
        self.browser.driver.refresh()
        self.until_connected()
        after = self.browser.script(RENEWAL)
        self.assertNotEqual(after["accessToken"], before["accessToken"])
        self.assertEqual(self.browser.script("return localStorage.getItem('strapline.token')"), after["accessToken"])

    def test_screen_whenItSignsOut_isForgottenByTheHub(self):
        self.decide(self.show_code(), "allow")
        self.until_connected()
        token = self.browser.script(RENEWAL)["accessToken"]
        self.browser.find("#sign-out").click()
        self.browser.until(lambda: self.browser.script(CODE), "another code, as the address says")
        self.assertIsNone(self.browser.script(RENEWAL))
        self.browser.until_script(
            "return fetch('api/v1/token/validate', {headers: {authorization: `Bearer ${arguments[0]}`}})"
            ".then((response) => response.status === 401)", token)

    def test_screen_whenThePhoneDenies_saysSo_andShowsTheForm(self):
        self.decide(self.show_code(), "deny")
        self.browser.until(lambda: "did not allow" in self.browser.text("#refused"), "the reason")
        self.assertTrue(self.browser.find("#token").is_displayed())

    def test_screen_whenCancelled_showsTheForm(self):
        self.browser.driver.get(self.hub.address)
        self.browser.find("#code-begin").click()
        self.browser.until(lambda: self.browser.script(CODE), "a code")
        self.browser.find("#code-cancel").click()
        self.browser.until(lambda: self.browser.find("#token").is_displayed(), "the form")


if __name__ == "__main__":
    unittest.main()
