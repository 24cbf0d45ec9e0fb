"""Takes the pictures of README.md: a hub with simulated readings, its page and its overlay in a headless Chromium.

usage: pictures.py FOLDER
"""

import base64
import concurrent.futures
import io
import math
import pathlib
import sys
import time

from PIL import Image

from browser import Browser
from hub import READ_SCOPES, STATISTICS, Hub

# Name, resting level and height of the intervals in bpm, maximum heart rate.
MEMBERS = [
    ("Anna", 112, 34, 184), ("Ben", 96, 22, 178), ("Chioma", 128, 38, 190),
    ("David", 104, 30, 171), ("Elif", 118, 44, 192), ("Finn", 88, 16, 186),
]
HISTORY_SECONDS = 330
COLOURS = 128


def rate(member, at):
    """A made-up heart rate at a second: intervals that rise quickly and fall slowly, and some noise."""
    index = MEMBERS.index(member)
    _, level, height, _ = member
    phase = (at / (95 + index * 11) + index * 0.19) % 1
    effort = math.sin(phase / 0.4 * math.pi / 2) if phase < 0.4 else math.exp(-(phase - 0.4) * 5)
    noise = math.sin(at * 1.7 + index) + math.sin(at * 0.31 + index * 2) + 2 * math.sin(at * 0.057 + index)
    return round(level + height * effort + noise)


class Gym:
    """A hub with a room whose members train."""

    def __init__(self):
        self.hub = Hub()
        self.profiles = {name: self.hub.add_user(name) for name, *_ in MEMBERS}
        self.writers = {name: self.hub.issue(name, "data:heart_rate:write") for name in self.profiles}
        self.reader = self.hub.issue("Anna", f"{READ_SCOPES},{STATISTICS}")
        room = self.hub.administer("room", "create", "--config", '{"name": "Tuesday class"}')["room_id"]
        for name, _, _, maximum in MEMBERS:
            self.hub.administer("room", "add", room, name, "--config", f'{{"max_heart_rate": {maximum}}}')
        self.hub.start()
        self.hub.until_rooms(self.reader, 1)

    def write(self, member, seconds_ago):
        at = time.time() - seconds_ago
        self.hub.write(self.writers[member[0]], rate(member, at), seconds_ago)

    def train(self):
        """The last minutes of every member."""
        def fill(member):
            for seconds_ago in range(HISTORY_SECONDS, 0, -2):
                self.write(member, seconds_ago)
        with concurrent.futures.ThreadPoolExecutor() as pool:
            list(pool.map(fill, MEMBERS))

    def beat(self):
        for member in MEMBERS:
            self.write(member, 0)


def screenshot(browser, is_transparent=False):
    if is_transparent:
        browser.command("Emulation.setDefaultBackgroundColorOverride", color={"r": 0, "g": 0, "b": 0, "a": 0})
    png = base64.b64decode(browser.command("Page.captureScreenshot", format="png")["data"])
    return Image.open(io.BytesIO(png)).convert("RGBA")


def save(image, path):
    image.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)


def take_page(gym, browser, folder):
    for name, width, height, is_phone, scheme in [
        ("room", 1280, 712, False, "light"), ("phone", 390, 690, True, "dark"),
    ]:
        browser.resize(width, height, is_phone)
        browser.prefer(prefers_color_scheme=scheme, prefers_reduced_motion="reduce")
        # Another page first: a link of which only the part behind # differs loads nothing.
        browser.driver.get(f"{gym.hub.address}/page/icon.svg")
        browser.script("sessionStorage.clear(); localStorage.clear()")
        browser.driver.get(f"{gym.hub.address}/#access_token={gym.reader}")
        browser.until_script("return document.querySelectorAll('.tile').length === arguments[0]", len(MEMBERS))
        gym.beat()
        browser.until_script(
            "return document.querySelectorAll('.tile[data-state=live] .line').length >= arguments[0]", len(MEMBERS))
        image = screenshot(browser)
        save(image.resize((width, height), Image.Resampling.LANCZOS) if is_phone else image, folder / f"{name}.png")


def take_overlays(gym, browser, folder):
    """Three styles of the overlay, on a ground as a stream may have it."""
    width, height = 320, 170
    styles = [
        ("Anna", "label=Anna"), ("Chioma", "style=inside&size=64&label=Chioma"),
        ("Elif", "style=number&color=ffd166&label=Elif")]
    scene = Image.new("RGBA", (width * len(styles), height))
    for y in range(height):
        part = y / height
        colour = (round(24 + 30 * part), round(30 + 34 * part), round(58 + 70 * part), 255)
        scene.paste(colour, (0, y, scene.width, y + 1))
    browser.resize(width, height)
    browser.prefer(prefers_reduced_motion="reduce")
    for index, (name, settings) in enumerate(styles):
        browser.driver.get(f"{gym.hub.address}/overlay/{gym.profiles[name]}?{settings}#access_token={gym.reader}")
        browser.until_script("return document.body.innerText.includes(arguments[0])", name)
        gym.beat()
        browser.until_script(r"return /\d\d/.test(document.body.innerText)")
        overlay = screenshot(browser, is_transparent=True)
        scene.alpha_composite(overlay, (index * width, 0))
    save(scene, folder / "overlay.png")


def main(folder):
    folder.mkdir(exist_ok=True)
    gym = Gym()
    try:
        gym.train()
        browser = Browser()
        try:
            take_page(gym, browser, folder)
            take_overlays(gym, browser, folder)
        finally:
            browser.close()
    finally:
        gym.hub.close()


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
