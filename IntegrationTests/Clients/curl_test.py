"""The services' own examples of curl, as they stand on their pages, but for address and token."""

import json
import pathlib
import re
import subprocess
import unittest

from client_case import ClientCase

DOCUMENTED = pathlib.Path(__file__).parent / "documented"
SERVICES = ["https://dev.pulsoid.net", "https://cardiogr.am"]


class CurlTest(ClientCase):
    def run_example(self, name, token, *further):
        """Returns the status and the body of the answer."""
        script = (DOCUMENTED / f"{name}.sh").read_text(encoding="utf-8").strip()
        for service in SERVICES:
            script = script.replace(service, self.hub.address)
        script = re.sub(r"Bearer [0-9a-f-]{36}", f"Bearer {token}", script)
        options = ["--silent", "--write-out", r"\n%{http_code} %{content_type}", *further]
        output = subprocess.run(
            ["sh", "-c", script + ' "$@"', "sh", *options], check=True, stdout=subprocess.PIPE, text=True).stdout
        body, _, outcome = output.rpartition("\n")
        return outcome.strip(), body

    def test_documented_write_is_stored_and_latest_is_it(self):
        status, body = self.run_example("pulsoid-write", self.writers["Anna"])
        self.assertEqual((status, body), ("200", ""))
        status, body = self.run_example("pulsoid-latest", self.reader)
        self.assertEqual(status, "200 application/json")
        self.assertEqual(json.loads(body), {"measured_at": 1709312400000, "data": {"heart_rate": 75}})
        status, body = self.run_example("pulsoid-latest-text", self.reader)
        self.assertEqual((status.lower(), body), ("200 text/plain; charset=utf-8", "75"))

    def test_token_of_the_documents_is_refused_with_the_code_of_pulsoid(self):
        status, body = self.run_example("pulsoid-latest", "8c4da3ce-7ed7-4a19-a1f1-058498661e45")
        self.assertEqual(status, "401 application/json")
        self.assertEqual(json.loads(body)["error_code"], "7005")

    def test_documented_beats_need_the_documented_header_beside_them(self):
        """Cardiogram's example leaves out the token that the table above it asks for."""
        status, _ = self.run_example("cardiogram-beats", "none")
        self.assertEqual(status, "401 application/json")
        status, body = self.run_example(
            "cardiogram-beats", "none", "--header", f"Authentication: Bearer {self.beats_writer}")
        self.assertEqual(status, "200 application/json")
        self.assertEqual(json.loads(body), {"success": True})


if __name__ == "__main__":
    unittest.main()
