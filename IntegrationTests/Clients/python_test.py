"""Python's clients: websockets, websocket-client, aiohttp, requests, requests-oauthlib."""

import json
import os
import re
import time
import unittest
import unittest.mock

import aiohttp
import requests
import websocket
import websockets
import websockets.sync.client
from oauthlib.oauth2 import DeviceClient
from requests_oauthlib import OAuth2Session

from client_case import ALL_KINDS, PATIENCE_SECONDS, PROGRAMS, ClientCase


class WebsocketsTest(ClientCase):
    def test_token_in_the_address_opens_the_stream(self):
        with websockets.sync.client.connect(f"{self.real_time}?access_token={self.reader}") as stream:
            for _ in range(3):
                bpm = self.write()
                self.assertEqual(self.assert_is_reading(stream.recv(timeout=PATIENCE_SECONDS)), bpm)

    def test_token_in_the_header_opens_the_stream_as_plain_text(self):
        address = f"{self.real_time}?response_mode=text_plain_only_heart_rate"
        headers = {"Authorization": f"Bearer {self.reader}"}
        with websockets.sync.client.connect(address, additional_headers=headers) as stream:
            bpm = self.write()
            self.assertEqual(stream.recv(timeout=PATIENCE_SECONDS), str(bpm))

    def test_own_ping_is_answered(self):
        with websockets.sync.client.connect(f"{self.real_time}?access_token={self.reader}") as stream:
            self.assertTrue(stream.ping("strapline").wait(PATIENCE_SECONDS))

    def test_room_begins_with_what_it_is(self):
        address = f"{self.room_stream}?access_token={self.room_reader}&kinds={ALL_KINDS}"
        with websockets.sync.client.connect(address) as stream:
            self.write()
            self.write()
            self.assert_are_of_room([stream.recv(timeout=PATIENCE_SECONDS) for _ in range(4)])

    def test_token_that_is_not_good_is_refused_before_the_stream(self):
        with self.assertRaises(websockets.InvalidStatus) as refusal:
            websockets.sync.client.connect(f"{self.real_time}?access_token=nonsense")
        self.assertEqual(refusal.exception.response.status_code, 401)
        self.assertEqual(json.loads(refusal.exception.response.body)["error_code"], "7005")

    def test_program_of_the_package_shows_the_stream(self):
        lines = self.read_stream(
            [PROGRAMS / "websockets", f"{self.real_time}?access_token={self.reader}"], messages=8)
        readings = [re.search(r"\{.*\}", line) for line in lines]
        self.assert_follow_one_another([self.assert_is_reading(found[0]) for found in readings if found])


class WebsocketClientTest(ClientCase):
    def test_stream_is_read(self):
        stream = websocket.create_connection(
            self.real_time, header=[f"Authorization: Bearer {self.reader}"], timeout=PATIENCE_SECONDS)
        self.addCleanup(stream.close)
        for _ in range(3):
            bpm = self.write()
            self.assertEqual(self.assert_is_reading(stream.recv()), bpm)

    def test_wsdump_shows_the_stream(self):
        lines = self.read_stream(
            [PROGRAMS / "wsdump", "--raw", f"{self.real_time}?access_token={self.reader}"])
        self.assert_follow_one_another([self.assert_is_reading(line) for line in lines if line.startswith("{")])


class AiohttpTest(ClientCase, unittest.IsolatedAsyncioTestCase):
    async def test_stream_latest_and_write_work_in_one_session(self):
        async with aiohttp.ClientSession() as session:
            reads = {"Authorization": f"Bearer {self.reader}"}
            async with session.ws_connect(self.real_time, headers=reads, heartbeat=10) as stream:
                reading = {"measured_at": int(time.time() * 1000), "data": {"heart_rate": 222}}
                writes = {"Authorization": f"Bearer {self.writers['Anna']}"}
                async with session.post(f"{self.hub.address}/api/v1/data", json=reading, headers=writes) as answer:
                    self.assertEqual(answer.status, 200)
                self.assertEqual(json.loads(await stream.receive_str(timeout=PATIENCE_SECONDS)), reading)
                latest = f"{self.hub.address}/api/v1/data/heart_rate/latest"
                async with session.get(latest, headers=reads) as answer:
                    self.assertEqual(await answer.json(), reading)


class RequestsTest(ClientCase):
    def test_beats_are_posted(self):
        beats = {"beats": [{"start": 1546025628, "end": 1546025628, "value": 60}]}
        address = f"{self.hub.address}/heart/oauth/users/1/beats"
        answer = requests.post(
            address, json=beats, headers={"Authentication": f"Bearer {self.beats_writer}"}, timeout=PATIENCE_SECONDS)
        self.assertEqual((answer.status_code, answer.json()), (200, {"success": True}))

    def test_token_is_validated(self):
        answer = requests.get(
            f"{self.hub.address}/api/v1/token/validate", headers={"Authorization": f"Bearer {self.reader}"},
            timeout=PATIENCE_SECONDS)
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(answer.json()["scopes"], ["data:heart_rate:read"])
        self.assertEqual(answer.json()["profile_id"], self.profiles["Anna"])


class OAuthTest(ClientCase):
    """The device flow and the refresh as OAuth's own library for Python does them."""

    @unittest.mock.patch.dict(os.environ, OAUTHLIB_INSECURE_TRANSPORT="1")  # as its manual says for http
    def test_device_is_let_in_and_its_token_renewed(self):
        form = {"client_id": "strapline-hub", "scope": "data:heart_rate:read"}
        device = requests.post(
            f"{self.hub.address}/oauth2/device_authorization", data=form, timeout=PATIENCE_SECONDS).json()
        consent = {"user_code": device["user_code"], "access_token": self.owner, "decision": "allow"}
        page = requests.post(device["verification_uri"], data=consent, timeout=PATIENCE_SECONDS)
        self.assertEqual(page.status_code, 200)

        client = DeviceClient("strapline-hub")
        body = client.prepare_request_body(device["device_code"], include_client_id=True)
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = requests.post(
            f"{self.hub.address}/oauth2/token", data=body, headers=headers, timeout=PATIENCE_SECONDS)
        token = client.parse_request_body_response(answer.text)
        self.assertEqual(self.latest_status(token["access_token"]), 200)

        session = OAuth2Session("strapline-hub", token=token)
        renewed = session.refresh_token(f"{self.hub.address}/oauth2/token", client_id="strapline-hub")
        self.assertNotEqual(renewed["access_token"], token["access_token"])
        self.assertEqual(self.latest_status(token["access_token"]), 401)
        self.assertEqual(self.latest_status(renewed["access_token"]), 200)

    def setUp(self):
        self.write()

    def latest_status(self, token):
        return requests.get(
            f"{self.hub.address}/api/v1/data/heart_rate/latest", headers={"Authorization": f"Bearer {token}"},
            timeout=PATIENCE_SECONDS).status_code


if __name__ == "__main__":
    unittest.main()
