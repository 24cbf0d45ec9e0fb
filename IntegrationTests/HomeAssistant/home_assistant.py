"""A real Home Assistant, and what it shows over its REST and WebSocket interfaces."""

import asyncio
import pathlib
import sys
import time

import aiohttp

from processes import Process, TestError, free_port


class HomeAssistantProcess:
    """Home Assistant without a screen. Its configuration stays between two starts."""

    SETTINGS = """homeassistant:
  name: Test
  unit_system: metric
  time_zone: UTC
  latitude: 0
  longitude: 0
http:
  server_host: 127.0.0.1
  server_port: {port}
logger:
  default: warning
  logs:
    homeassistant.components.mqtt: debug
recorder:
  commit_interval: 1
history:
config:
"""

    def __init__(self, folder):
        self.folder, self.port, self.process = folder, free_port(), None
        self.config = folder / "home-assistant"
        self.config.mkdir()
        (self.config / "configuration.yaml").write_text(self.SETTINGS.format(port=self.port), encoding="utf-8")

    def start(self):
        program = pathlib.Path(sys.executable).with_name("hass")
        # It would install packages at its start.
        self.process = Process(self.folder, "home-assistant", [program, "-c", self.config, "--skip-pip"],
                               {"PYTHONUNBUFFERED": "1"})

    def end(self):
        self.process.end(seconds=60)


class HomeAssistant:
    """A client of a running Home Assistant."""

    def __init__(self, port):
        self.url, self.token = f"http://127.0.0.1:{port}", None

    def setup(self, broker_port):
        """Makes the first user, and adds MQTT with the broker."""
        asyncio.run(self._setup(broker_port))

    def states(self):
        """The entities of MQTT: their states and attributes by their ids."""
        registry, states = self._commands("config/entity_registry/list", "get_states")
        ids = {entity["entity_id"] for entity in registry if entity["platform"] == "mqtt"}
        return {state["entity_id"]: (state["state"], state["attributes"])
                for state in states if state["entity_id"] in ids}

    def devices(self):
        """The devices of MQTT by their names."""
        (registry,) = self._commands("config/device_registry/list")
        return {device["name"]: device for device in registry
                if any(pair[0] == "mqtt" for pair in device["identifiers"])}

    def state(self, entity):
        """The state of an entity, or None if there is no such entity."""
        return self.states().get(entity, (None, None))[0]

    def wait_until_ready(self, seconds=120):
        """Returns when it answers, and has read its entities."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                return self.states()
            except (aiohttp.ClientError, OSError, KeyError, TypeError) as error:
                if time.monotonic() > deadline:
                    raise TestError(f"Home Assistant does not answer: {error}") from error
                time.sleep(0.3)

    def _commands(self, *types):
        return asyncio.run(self._websocket(types))

    async def _websocket(self, types):
        async with aiohttp.ClientSession() as http, http.ws_connect(self.url + "/api/websocket") as stream:
            await stream.receive_json()
            await stream.send_json({"type": "auth", "access_token": self.token})
            if (await stream.receive_json())["type"] != "auth_ok":
                raise TestError("Home Assistant rejects the token")
            results = []
            for number, command in enumerate(types, 1):
                await stream.send_json({"id": number, "type": command})
                results.append((await stream.receive_json())["result"])
            return results

    async def _setup(self, broker_port):
        async with aiohttp.ClientSession() as http:
            await self._until_answering(http)
            client = self.url + "/"
            user = {"name": "Test", "username": "test", "password": "test-only", "language": "en", "client_id": client}
            code = (await self._call(http, "/api/onboarding/users", json=user))["auth_code"]
            form = {"grant_type": "authorization_code", "code": code, "client_id": client}
            self.token = (await self._call(http, "/auth/token", data=form))["access_token"]
            flow = await self._call(http, "/api/config/config_entries/flow", json={"handler": "mqtt"})
            answer = {"broker": "127.0.0.1", "port": broker_port}
            entry = await self._call(http, f"/api/config/config_entries/flow/{flow['flow_id']}", json=answer)
            if entry["type"] != "create_entry":
                raise TestError(f"Home Assistant does not take the broker: {entry.get('errors')}")

    async def _until_answering(self, http, seconds=240):
        deadline = time.monotonic() + seconds
        while True:
            try:
                async with http.get(self.url + "/api/onboarding") as response:
                    if response.status == 200:
                        return
            except (aiohttp.ClientError, OSError):
                pass
            if time.monotonic() > deadline:
                raise TestError("Home Assistant does not start")
            await asyncio.sleep(0.3)

    async def _call(self, http, path, **body):
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        async with http.post(self.url + path, headers=headers, **body) as response:
            if response.status >= 300:
                raise TestError(f"{path}: {response.status} {(await response.text())[:300]}")
            return await response.json()
