"""Proxies in front of the hub and of the uploader's metrics, in common configurations. None of them shows heart rates
without a token, whatever a client behind it claims to be. The hub works behind each, below a path too."""

import http.client
import pathlib
import json
import re
import shutil
import socket
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.parse
import urllib.request

from browser import Browser
from client_case import ClientCase
from hub import ROOT

HEART_RATE = "heart_rate_bpm"
FORGED = [
    {}, {"Host": "hub.example"}, {"Host": "localhost"}, {"Host": "localhost:9464"}, {"Host": "127.0.0.1"},
    {"Host": "127.0.0.1:8080"}, {"Host": "[::1]"}, {"Host": "localhost:evil.example"},
    {"Host": "localhost", "X-Forwarded-For": "127.0.0.1"}, {"Host": "localhost", "X-Real-IP": "127.0.0.1"},
    {"Host": "localhost", "Forwarded": "for=127.0.0.1;host=localhost"},
    {"Host": "localhost", "X-Forwarded-Host": "localhost"},
    {"Host": "localhost", "X-Forwarded-Proto": "http"}, {"Host": "localhost", "CF-Connecting-IP": "127.0.0.1"},
    {"Host": "localhost", "X-Client-IP": "127.0.0.1"}, {"Host": "localhost", "True-Client-IP": "127.0.0.1"},
    {"Host": "localhost", "Via": "1.1 localhost"}, {"Host": "localhost", "Sec-Fetch-Site": "same-origin"},
    {"Host": "localhost", "Origin": "http://localhost"}, {"Host": "localhost", "Connection": "close, X-Forwarded-For"},
]


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def get(port, path="/metrics", headers=None):
    """The status and the body, with exactly these headers beside a `Host`."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    headers = headers or {}
    connection.putrequest("GET", path, skip_host="Host" in headers, skip_accept_encoding=True)
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders()
    response = connection.getresponse()
    body = response.read().decode()
    connection.close()
    return response.status, body


def await_port(port):
    deadline = time.monotonic() + 30
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            assert time.monotonic() < deadline, f"nothing listens at {port}"


class Proxies:
    """Debian's nginx and haproxy, and a forwarder of a few lines, each on a port of its own before `target`."""

    def __init__(self, case, target):
        self.folder = pathlib.Path(case.enterClassContext(tempfile.TemporaryDirectory(prefix="strapline-proxies-")))
        self.target = target
        self.ports = {}
        # Below which path a proxy serves the hub, where that is not the root.
        self.prefixes = {"nginx as documented": "/heart"}
        self.start_nginx(case)
        self.start_haproxy(case)
        self.start_forwarder(case)
        for port in self.ports.values():
            await_port(port)

    def start_nginx(self, case):
        """Debian's default with `proxy_pass` alone; as in docs/hub.md; and with a path and headers of its own."""
        documented = re.search(r"```nginx\n(.*?)```", (ROOT / "docs/hub.md").read_text(encoding="utf-8"), re.S).group(1)
        documented = documented.replace("http://127.0.0.1:8080", f"http://127.0.0.1:{self.target}")
        locations = {
            "nginx, proxy_pass alone": f"location / {{ proxy_pass http://127.0.0.1:{self.target}; }}",
            "nginx as documented": documented,
            "nginx with a fixed Host": f"location / {{ proxy_pass http://127.0.0.1:{self.target}; "
                                       "proxy_set_header Host localhost; proxy_http_version 1.1; "
                                       "proxy_set_header X-Forwarded-For $remote_addr; }",
        }
        servers = []
        for name, location in locations.items():
            self.ports[name] = free_port()
            servers.append(f"server {{ listen 127.0.0.1:{self.ports[name]}; {location} }}")
        path = self.folder / "nginx.conf"
        path.write_text(f"""
            daemon off; pid {self.folder}/nginx.pid; error_log {self.folder}/nginx.log; worker_processes 1;
            events {{ worker_connections 64; }}
            http {{
              access_log off; client_body_temp_path {self.folder}/body; proxy_temp_path {self.folder}/proxy;
              fastcgi_temp_path {self.folder}/fastcgi; uwsgi_temp_path {self.folder}/uwsgi;
              scgi_temp_path {self.folder}/scgi;
              map $http_upgrade $connection_upgrade {{ default upgrade; "" close; }}
              {" ".join(servers)}
            }}""", encoding="utf-8")
        self.run(case, [shutil.which("nginx") or "/usr/sbin/nginx", "-e", self.folder / "nginx.log", "-c", path])

    def start_haproxy(self, case):
        self.ports["haproxy in TCP mode"] = free_port()
        path = self.folder / "haproxy.cfg"
        path.write_text(f"""
defaults
    mode tcp
    timeout connect 5s
    timeout client 30s
    timeout server 30s
listen hub
    bind 127.0.0.1:{self.ports["haproxy in TCP mode"]}
    server hub 127.0.0.1:{self.target}
""", encoding="utf-8")
        self.run(case, [shutil.which("haproxy") or "/usr/sbin/haproxy", "-f", path])

    def start_forwarder(self, case):
        """Like stunnel, socat or `ssh -R`: bytes come in here and go out there."""
        server = socket.create_server(("127.0.0.1", 0))
        case.addClassCleanup(server.close)
        self.ports["a TCP forwarder"] = server.getsockname()[1]

        def copy(source, sink):
            try:
                while data := source.recv(1 << 16):
                    sink.sendall(data)
                sink.shutdown(socket.SHUT_WR)
            except OSError:
                pass

        def forward(client):
            with client, socket.create_connection(("127.0.0.1", self.target)) as target:
                back = threading.Thread(target=copy, args=(target, client), daemon=True)
                back.start()
                copy(client, target)
                back.join()

        def serve():
            while True:
                try:
                    client, _ = server.accept()
                except OSError:
                    return
                threading.Thread(target=forward, args=(client,), daemon=True).start()
        threading.Thread(target=serve, daemon=True).start()

    def run(self, case, command):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        case.addClassCleanup(process.wait)
        case.addClassCleanup(process.terminate)


class HubProxyTest(ClientCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = cls.hub.administer("admin-token", "--name", "prometheus")["admin_token"]
        # The hub learns of it at the first use, as long as this address was not refused too often: the tests below
        # see to that.
        status, body = get(cls.hub.port, headers={"Authorization": f"Bearer {cls.admin}"})
        assert status == 200, body
        cls.proxies = Proxies(cls, cls.hub.port)

    def test_metrics_are_shown_to_nobody_without_a_token(self):
        for name, port in {"directly": self.hub.port, **self.proxies.ports}.items():
            for headers in FORGED:
                with self.subTest(proxy=name, headers=headers):
                    self.write()
                    status, body = get(port, self.proxies.prefixes.get(name, "") + "/metrics", headers)
                    # nginx itself refuses a Host that is none, and the hub slows an address that is refused too often.
                    self.assertIn(status, [400, 401, 429])
                    self.assertNotIn(HEART_RATE, body)

    def test_metrics_are_shown_to_the_administration_through_every_proxy(self):
        for name, port in self.proxies.ports.items():
            with self.subTest(proxy=name):
                self.write()
                path = self.proxies.prefixes.get(name, "") + "/metrics"
                status, body = get(port, path, {"Authorization": f"Bearer {self.admin}"})
                self.assertEqual(status, 200, body)
                self.assertIn(HEART_RATE, body)

    def test_hub_works_through_every_proxy(self):
        for name, port in self.proxies.ports.items():
            with self.subTest(proxy=name):
                bpm = self.write()
                path = self.proxies.prefixes.get(name, "") + "/api/v1/data/heart_rate/latest"
                status, body = get(port, f"{path}?response_mode=text_plain_only_heart_rate",
                                   {"Authorization": f"Bearer {self.reader}"})
                self.assertEqual((status, body), (200, str(bpm)))


class BelowAPathTest(ClientCase):
    """The page, the overlay and a login in a browser, through nginx as docs/hub.md sets it up, below /heart/."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.token = cls.hub.issue("Anna", "data:room:read,data:heart_rate:read")
        cls.address = f"http://127.0.0.1:{Proxies(cls, cls.hub.port).ports['nginx as documented']}/heart"
        cls.browser = Browser()
        cls.addClassCleanup(cls.browser.close)

    def setUp(self):
        self.browser.requested_addresses()
        self.browser.complaints()

    def assert_all_below_the_path(self):
        own = (self.address + "/", self.address.replace("http", "ws", 1) + "/")
        addresses = self.browser.requested_addresses()
        self.assertGreater(len(addresses), 3)
        self.assertEqual([address for address in addresses if not address.startswith(own)], [])
        self.assertEqual([address for address in addresses[1:] if self.token in address], [])
        self.assertEqual(self.browser.complaints(), [])

    def until_shown(self, element):
        self.browser.until(
            lambda: self.hub.write(self.writers["Anna"], 99) or self.browser.text(element) == "99", "the heart rate")

    def test_page_shows_the_room(self):
        self.browser.driver.get(f"{self.address}/#access_token={self.token}")
        self.until_shown(".tile .bpm")
        self.browser.script("document.querySelector('.tile .more').click()")
        self.browser.until_script("return document.querySelectorAll('#history .line, #history .line-dot').length > 0")
        self.assert_all_below_the_path()

    def test_overlay_shows_the_heart_rate(self):
        self.browser.driver.get(f"{self.address}/overlay/{self.profiles['Anna']}?size=40#access_token={self.token}")
        self.until_shown("#bpm")
        self.assert_all_below_the_path()

    def test_login_is_allowed_on_the_page_that_it_names(self):
        form = urllib.parse.urlencode({"client_id": "strapline-hub", "scope": "data:heart_rate:read"}).encode()
        with urllib.request.urlopen(f"{self.address}/oauth2/device_authorization", form, timeout=10) as response:
            login = json.load(response)
        self.assertTrue(login["verification_uri"].startswith(self.address + "/oauth2/"), login["verification_uri"])
        self.browser.driver.get(login["verification_uri_complete"])
        self.browser.find("button[value=deny]").click()
        self.browser.until(lambda: self.browser.text("h1") == "Denied", "denied")
        self.assertTrue(self.browser.driver.current_url.startswith(self.address + "/"))


class UploaderCase(unittest.TestCase):
    """An uploader with metrics, and every proxy before them."""

    token = None

    @classmethod
    def setUpClass(cls):
        folder = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory(prefix="strapline-uploader-")))
        cls.port = free_port()
        configuration = folder / "strapline.yaml"
        (folder / "token").write_text("token\n", encoding="utf-8")
        (folder / "token").chmod(0o600)
        (folder / "metrics.token").write_text(f"{cls.token}\n", encoding="utf-8")
        (folder / "metrics.token").chmod(0o600)
        token_file = f", token_file: {folder}/metrics.token" if cls.token else ""
        configuration.write_text(f"""
metrics: {{ address: "127.0.0.1:{cls.port}"{token_file} }}
outbox: {{ path: {folder}/outbox.sqlite }}
straps:
  - name: chest
    destinations: [{{ service: pulsoid, address: "http://127.0.0.1:9", token_file: {folder}/token }}]
""", encoding="utf-8")
        process = subprocess.Popen(
            [ROOT / ".build/debug/strapline", "run", "--config", configuration],
            env={"DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={folder}/no-bus", "PATH": "/usr/bin"},
            stderr=subprocess.DEVNULL)
        cls.addClassCleanup(process.wait)
        cls.addClassCleanup(process.kill)
        await_port(cls.port)
        cls.proxies = Proxies(cls, cls.port)

    def get(self, name, headers):
        return get(self.proxies.ports[name], self.proxies.prefixes.get(name, "") + "/metrics", headers)


class UploaderWithTokenProxyTest(UploaderCase):
    """With `metrics.token_file` nothing else counts."""

    token = "sesame-open-the-metrics"

    def test_metrics_are_shown_to_nobody_without_the_token(self):
        for name in self.proxies.ports:
            for headers in FORGED + [{"Host": f"localhost:{self.port}"}, {"Authorization": "Bearer sesame"}]:
                with self.subTest(proxy=name, headers=headers):
                    status, body = self.get(name, headers)
                    self.assertIn(status, [400, 401])
                    self.assertNotIn("strapline_strap", body)

    def test_metrics_are_shown_to_whoever_has_the_token_through_every_proxy(self):
        for name in self.proxies.ports:
            with self.subTest(proxy=name):
                status, body = self.get(name, {"Authorization": f"Bearer {self.token}"})
                self.assertEqual(status, 200)
                self.assertIn("strapline_strap_state", body)


class UploaderProxyTest(UploaderCase):
    """Without a token, no proxy that shows itself is answered."""

    def test_programs_on_this_machine_read_the_metrics(self):
        for host in [f"127.0.0.1:{self.port}", f"localhost:{self.port}"]:
            status, body = get(self.port, headers={"Host": host})
            self.assertEqual(status, 200)
            self.assertIn("strapline_strap_state", body)
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=10) as response:
            self.assertEqual(response.read(), b"ok\n")

    def test_proxies_that_show_themselves_are_refused(self):
        for name in self.proxies.ports:
            if not name.startswith("nginx"):
                continue
            for headers in FORGED + [{"Host": f"localhost:{self.port}"}]:
                with self.subTest(proxy=name, headers=headers):
                    status, body = self.get(name, headers)
                    self.assertIn(status, [400, 403])
                    self.assertNotIn("strapline_strap", body)

    def test_names_of_outside_and_foreign_headers_are_refused_behind_a_forwarder(self):
        """A forwarder shows nothing of itself. A client that only forges a local Host looks like a program on this
        machine: docs/monitoring.md says so, and asks for a token there."""
        def is_as_a_local_one(headers):
            return (headers.get("Host") in ["localhost", "127.0.0.1", "[::1]"]
                    and set(headers) <= {"Host", "Connection", "Sec-Fetch-Site"})
        for name in ["haproxy in TCP mode", "a TCP forwarder"]:
            for headers in FORGED:
                if is_as_a_local_one(headers):
                    continue
                with self.subTest(proxy=name, headers=headers):
                    status, body = self.get(name, headers)
                    self.assertIn(status, [400, 403])
                    self.assertNotIn("strapline_strap", body)


if __name__ == "__main__":
    unittest.main()
