"""The administration at /admin in a real browser."""

import unittest

from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

from page_case import PageCase


class AdminTest(PageCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin_token = cls.hub.administer("admin-token", "--name", "page")["admin_token"]
        cls.hub.tokens.append(cls.admin_token)

    def sign_in_to_administration(self):
        browser = self.browser
        browser.driver.get(f"{self.hub.address}/admin")
        browser.until_script("return document.activeElement.id === 'token'")
        browser.driver.switch_to.active_element.send_keys(self.admin_token, Keys.ENTER)
        browser.until_script("return !document.getElementById('administration').hidden")

    def status(self, words):
        self.browser.until(lambda: words in self.browser.text("#status"), words)

    def press(self, label):
        self.browser.find(f"button[aria-label='{label}']").click()

    def add(self, name, room, maximum=""):
        browser = self.browser
        browser.find("#add [name=name]").send_keys(name)
        Select(browser.find("#add [name=room]")).select_by_visible_text(room)
        browser.find("#add [name=maximum]").send_keys(maximum)
        browser.find("#add button").click()
        browser.until_script("return document.getElementById('member').open")

    def test_member_is_added_with_links_that_work(self):
        browser = self.browser
        self.sign_in_to_administration()
        browser.find("#add-room [name=name]").send_keys("Gym", Keys.ENTER)
        self.status("Created room Gym.")
        self.add("Zoë", "Gym", "185")
        browser.screenshot("admin-member")
        self.assertEqual(browser.accessibility_violations(), [])
        self.assertGreater(browser.script("return document.querySelectorAll('#code rect').length"), 200)
        link, uploader, overlay = (
            browser.find(f"#{name}").get_attribute("value") for name in ["page-link", "uploader-token", "overlay-link"])
        self.hub.tokens += [link.split("=")[1], uploader]
        browser.find("#overlay-options [name=label]").send_keys("Zoë's heart")
        browser.until_script("return document.getElementById('overlay-link').value.includes('label=')")
        browser.driver.switch_to.frame("preview")
        browser.until(lambda: browser.text("#label") == "Zoë's heart", "the preview")
        browser.driver.switch_to.default_content()
        browser.find("#member .close").click()
        self.status("Added Zoë to Gym.")
        browser.screenshot("admin")
        self.assertEqual(browser.accessibility_violations(), [])
        self.assertEqual(browser.complaints(), [])
        self.assertNotIn(link, browser.driver.page_source)
        browser.driver.get(link)
        self.until_connected(1)
        self.hub.write(uploader, 148)
        self.until_tile("Zoë", bpm="148", state="live", zone="Hard")
        browser.driver.get(overlay)
        browser.until(lambda: self.hub.write(uploader, 149) or browser.text("#bpm") == "149", "the overlay")

    def test_deletion_asks_for_the_name(self):
        browser = self.browser
        self.hub.administer("room", "create", "Pool")
        token = self.hub.administer("member", "add", "Dora", "--room", "Pool")["access_token"]
        self.hub.tokens.append(token)
        self.hub.write(token, 120)
        self.sign_in_to_administration()
        self.press("Delete Dora and all readings")
        browser.until(lambda: "1 reading?" in browser.text("#confirm-title"), "the count")
        self.assertFalse(browser.find("#confirm-yes").is_enabled())
        self.assertEqual(browser.accessibility_violations(), [])
        browser.find("#confirm-input").send_keys("Dora")
        browser.find("#confirm-yes").click()
        self.status("Deleted Dora.")
        self.press("Delete room Pool")
        browser.find("#confirm-input").send_keys(Keys.ESCAPE)
        browser.until_script("return !document.getElementById('confirm').open")
        self.assertIn("Pool", browser.text("#rooms"))

    def test_token_of_a_user_does_not_administer(self):
        browser = self.browser
        browser.driver.get(f"{self.hub.address}/admin#access_token={self.token}")
        browser.until(lambda: "token of the administration" in browser.text("#refused"), "refused")
        self.assertNotIn(self.token, browser.driver.current_url)
        self.assertEqual(browser.script("return Object.values(sessionStorage)"), [])

    def test_narrow_and_dark_screens_are_accessible(self):
        browser = self.browser
        browser.resize(390, 844, is_phone=True)
        browser.prefer(prefers_color_scheme="dark")
        self.sign_in_to_administration()
        self.assertEqual(browser.accessibility_violations(), [])
        self.assertFalse(browser.script(
            "return document.documentElement.scrollWidth > document.documentElement.clientWidth"))
        browser.screenshot("phone-admin")


if __name__ == "__main__":
    unittest.main()
