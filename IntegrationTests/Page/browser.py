"""Headless Chromium through its WebDriver, with what the tests ask of it."""

import base64
import io
import json
import pathlib

from PIL import Image
from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

import axe_playwright_python

SCREENSHOTS = pathlib.Path(__file__).resolve().parents[2] / ".build/page/screenshots"
AXE = (pathlib.Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
# For a busy machine; on a quiet one everything comes at once.
PATIENCE_SECONDS = 30


class Browser:
    def __init__(self):
        options = Options()
        options.binary_location = "/usr/bin/chromium"
        # No sandbox, for CI runs as root; the only pages that it opens are the hub's.
        for argument in ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--lang=en-GB",
                         "--hide-scrollbars"]:
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        self.driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
        self.driver.set_script_timeout(PATIENCE_SECONDS)
        self.resize(1280, 800)

    def close(self):
        self.driver.quit()

    def resize(self, width, height, is_phone=False):
        self.command("Emulation.setDeviceMetricsOverride",
                     width=width, height=height, deviceScaleFactor=2 if is_phone else 1, mobile=is_phone)

    def prefer(self, **features):
        """Media features by name with _ for -: prefers_color_scheme="dark". None given: as the browser has them."""
        self.command("Emulation.setEmulatedMedia", features=[
            {"name": name.replace("_", "-"), "value": value} for name, value in features.items()])

    def command(self, name, **parameters):
        return self.driver.execute_cdp_cmd(name, parameters)

    def script(self, text, *arguments):
        return self.driver.execute_script(text, *arguments)

    def find(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def text(self, selector):
        return self.find(selector).text

    def until(self, condition, what):
        """Awaits a condition that is asked again and again."""
        return WebDriverWait(self.driver, PATIENCE_SECONDS, poll_frequency=0.05).until(lambda _: condition(), what)

    def until_script(self, text, *arguments):
        return self.until(lambda: self.script(text, *arguments), text)

    def pass_time(self, seconds):
        """Moves the page's clock, which it looks at each second."""
        self.script("const now = Date.now.bind(Date), by = arguments[0]; Date.now = () => now() + by", seconds * 1000)

    def screenshot(self, name):
        """Keeps the picture, and returns it, transparent where the page has painted nothing."""
        self.command("Emulation.setDefaultBackgroundColorOverride", color={"r": 0, "g": 0, "b": 0, "a": 0})
        png = base64.b64decode(self.command("Page.captureScreenshot", format="png")["data"])
        self.command("Emulation.setDefaultBackgroundColorOverride")
        (SCREENSHOTS / f"{name}.png").write_bytes(png)
        return Image.open(io.BytesIO(png)).convert("RGBA")

    def accessibility_violations(self):
        """What axe-core finds against WCAG 2.2 A and AA and its own good practice."""
        self.script(AXE)
        results = self.driver.execute_async_script("axe.run(document).then(arguments[arguments.length - 1])")
        return [f"{violation['id']}: {node['target']} {node['failureSummary']}"
                for violation in results["violations"] for node in violation["nodes"]]

    def requested_addresses(self):
        """Every address that was asked for since this was called last."""
        events = [json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")]
        requests = [event["params"]["request"]["url"] for event in events
                    if event["method"] == "Network.requestWillBeSent"]
        return requests + [
            event["params"]["url"] for event in events if event["method"] == "Network.webSocketCreated"]

    def complaints(self):
        """What the browser has complained of since this was called last, but for a hub that is not there."""
        return [entry["message"] for entry in self.driver.get_log("browser")
                if entry["level"] == "SEVERE" and "ERR_CONNECTION" not in entry["message"]]
