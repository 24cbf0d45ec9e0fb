"""Small clients of the hub's API for many connections at once: HTTP and WebSocket, with the standard library only."""
import asyncio
import base64
import json
import os
import random
import struct
import urllib.parse

FAILURES = (OSError, EOFError, asyncio.TimeoutError, asyncio.IncompleteReadError, ValueError)


class HTTPClient:
    """One connection to one of the addresses, pairs of host and port, and to the next one after a failure. One call at
    a time."""

    def __init__(self, addresses, seconds=3.0):
        self.addresses, self.seconds = list(addresses), seconds
        random.shuffle(self.addresses)
        self.reader = self.writer = None
        # Of the last answer, with names in lower case.
        self.headers = {}

    async def call(self, method, path, token=None, body=None, form=None):
        """The status and the body of the answer; (None, b"") without one in time."""
        try:
            status, answer = await asyncio.wait_for(self._call(method, path, token, body, form), self.seconds)
        except FAILURES:
            status, answer = None, b""
        if status in (None, 502, 503, 504):
            self.close()
            self.addresses.append(self.addresses.pop(0))
        return status, answer

    async def json(self, method, path, token=None, body=None, form=None):
        status, answer = await self.call(method, path, token, body, form)
        try:
            return status, json.loads(answer)
        except ValueError:
            return status, {}

    async def _call(self, method, path, token, body, form):
        if self.writer is None or self.writer.is_closing():
            self.reader, self.writer = await asyncio.open_connection(*self.addresses[0])
        payload = b""
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self.addresses[0][0]}:{self.addresses[0][1]}"]
        if token:
            lines.append(f"Authorization: Bearer {token}")
        if form is not None:
            payload = urllib.parse.urlencode(form).encode()
            lines.append("Content-Type: application/x-www-form-urlencoded")
        elif body is not None:
            payload = json.dumps(body).encode()
            lines.append("Content-Type: application/json")
        lines += [f"Content-Length: {len(payload)}", "", ""]
        self.writer.write("\r\n".join(lines).encode() + payload)
        status, headers = await _head(self.reader)
        self.headers = headers
        answer = await self._body(status, headers)
        if headers.get("connection", "").lower() == "close":
            self.close()
        return status, answer

    async def _body(self, status, headers):
        if status in (204, 304):
            return b""
        if headers.get("transfer-encoding", "").lower() == "chunked":
            parts = []
            while size := int((await self.reader.readline()).split(b";")[0], 16):
                parts.append(await self.reader.readexactly(size))
                await self.reader.readline()
            await self.reader.readline()
            return b"".join(parts)
        return await self.reader.readexactly(int(headers.get("content-length", 0)))

    def close(self):
        if self.writer is not None:
            self.writer.close()
        self.reader = self.writer = None


class Stream:
    """A WebSocket that is read. Iterate over `messages`, which end with the connection."""

    def __init__(self, reader, writer):
        self.reader, self.writer = reader, writer

    @classmethod
    async def open(cls, host, port, path, token, seconds=3.0):
        """Returns the status, and the stream if it is 101; (None, None) without an answer in time."""
        try:
            return await asyncio.wait_for(cls._open(host, port, path, token), seconds)
        except FAILURES:
            return None, None

    @classmethod
    async def _open(cls, host, port, path, token):
        reader, writer = await asyncio.open_connection(host, port)
        key = base64.b64encode(os.urandom(16)).decode()
        lines = [f"GET {path} HTTP/1.1", f"Host: {host}:{port}", "Upgrade: websocket", "Connection: Upgrade",
                 f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13", f"Authorization: Bearer {token}", "", ""]
        writer.write("\r\n".join(lines).encode())
        try:
            status, _ = await _head(reader)
        except BaseException:
            writer.close()
            raise
        if status != 101:
            writer.close()
            return status, None
        return status, cls(reader, writer)

    async def messages(self, silence=30.0):
        """The JSON messages, until the connection ends or is silent for too long."""
        try:
            while True:
                first, second = await asyncio.wait_for(self.reader.readexactly(2), silence)
                length = second & 127
                if length == 126:
                    length, = struct.unpack("!H", await self.reader.readexactly(2))
                elif length == 127:
                    length, = struct.unpack("!Q", await self.reader.readexactly(8))
                payload = await self.reader.readexactly(length)
                opcode = first & 15
                if opcode == 1:
                    yield json.loads(payload)
                elif opcode == 8:
                    return
                elif opcode == 9:
                    self._send(10, payload)
        except FAILURES:
            return
        finally:
            self.close()

    def _send(self, opcode, payload):
        mask = os.urandom(4)
        masked = bytes(byte ^ mask[number % 4] for number, byte in enumerate(payload))
        self.writer.write(bytes([128 | opcode, 128 | len(payload)]) + mask + masked)

    def close(self):
        self.writer.close()


async def _head(reader):
    line = await reader.readline()
    if not line:
        raise EOFError("closed before an answer")
    headers = {}
    while (header := (await reader.readline()).strip()):
        name, _, value = header.decode("latin-1").partition(":")
        headers[name.strip().lower()] = value.strip()
    return int(line.split()[1]), headers
