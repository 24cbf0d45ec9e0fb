"""A browser's own WebSocket and fetch, in a page of somebody else's: an overlay in a file, as OBS shows one."""

import pathlib
import tempfile
import unittest

from browser import Browser
from client_case import ALL_KINDS, ClientCase

PAGE = """<!doctype html><meta charset="utf-8"><title>overlay</title><script>
const messages = [];
let state = "connecting";
function follow(address) {
  const stream = new WebSocket(address);
  stream.onopen = () => { state = "open"; };
  stream.onclose = (event) => { state = `closed ${event.code}`; };
  stream.onmessage = (event) => messages.push(event.data);
}
</script>"""


class BrowserTest(ClientCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.browser = Browser()
        cls.addClassCleanup(cls.browser.close)
        cls.folder = tempfile.TemporaryDirectory(prefix="strapline-clients-")
        cls.addClassCleanup(cls.folder.cleanup)
        cls.page = pathlib.Path(cls.folder.name) / "overlay.html"
        cls.page.write_text(PAGE, encoding="utf-8")

    def setUp(self):
        self.browser.driver.get(self.page.as_uri())

    def follow(self, address):
        self.browser.script("follow(arguments[0])", address)
        self.browser.until_script("return state === 'open'")

    def messages(self, count):
        self.browser.until_script("return messages.length >= arguments[0]", count)
        return self.browser.script("return messages")

    def test_websocket_shows_each_reading(self):
        self.follow(f"{self.real_time}?access_token={self.reader}")
        written = [self.write() for _ in range(3)]
        self.assertEqual([self.assert_is_reading(text) for text in self.messages(3)], written)

    def test_websocket_shows_a_room(self):
        self.follow(f"{self.room_stream}?access_token={self.room_reader}&kinds={ALL_KINDS}")
        self.write()
        self.write()
        self.assert_are_of_room(self.messages(4))

    def test_websocket_with_a_bad_token_is_closed(self):
        self.browser.script("follow(arguments[0])", f"{self.real_time}?access_token=nonsense")
        self.browser.until_script("return state === 'closed 1006'")

    def test_websocket_is_told_that_the_token_is_removed_from_the_room(self):
        token = self.hub.issue("Ben", "data:room:read")
        self.follow(f"{self.room_stream}?access_token={token}")
        self.hub.administer("room", "remove", self.room, "Ben")
        self.browser.until_script("return state === 'closed 1008'")
        self.hub.administer("room", "add", self.room, "Ben")

    def test_fetch_reads_latest_and_writes_from_another_origin(self):
        bpm = self.write()
        latest = self.fetch("/api/v1/data/heart_rate/latest", self.reader)
        self.assertEqual(latest["status"], 200)
        self.assertEqual(self.assert_is_reading(latest["text"]), bpm)
        body = '{"measured_at": 1709312400000, "data": {"heart_rate": 75}}'
        self.assertEqual(self.fetch("/api/v1/data", self.writers["Anna"], body), {"status": 200, "text": ""})
        self.assertEqual(self.fetch("/api/v1/data/heart_rate/latest", "nonsense")["status"], 401)

    def fetch(self, path, token, body=None):
        """With the token in a header, which has the browser ask first whether it may (a CORS preflight)."""
        return self.browser.driver.execute_async_script("""
            const [address, token, body, done] = arguments;
            const headers = {Authorization: `Bearer ${token}`};
            if (body) headers["Content-Type"] = "application/json";
            fetch(address, {method: body ? "POST" : "GET", headers, body})
              .then(async (answer) => done({status: answer.status, text: await answer.text()}))
              .catch((error) => done({status: 0, text: String(error)}));""",
            self.hub.address + path, token, body)


if __name__ == "__main__":
    unittest.main()
