#!/usr/bin/env python3
"""The witness concludes only what its answers allow, and never ends the lease of another leader."""
import base64
import http.server
import importlib.machinery
import importlib.util
import json
import pathlib
import sys
import threading
import types
import unittest

try:
    import psycopg2 as _
except ImportError:
    # The conclusions need no driver.
    sys.modules["psycopg2"] = types.ModuleType("psycopg2")
    sys.modules["psycopg2"].extensions = types.ModuleType("extensions")
PATH = pathlib.Path(__file__).resolve().parents[2] / "packaging" / "cluster" / "strapline-witness"
LOADER = importlib.machinery.SourceFileLoader("witness", str(PATH))
witness = importlib.util.module_from_spec(importlib.util.spec_from_loader("witness", LOADER))
sys.dont_write_bytecode = True
LOADER.exec_module(witness)

PRIMARY, RECEIVES, HAS_LOST = (False, None), (True, True), (True, False)


def encoded(text):
    return base64.b64encode(text.encode()).decode()


class VerdictTest(unittest.TestCase):
    def test_threeMissesInARow_askTheStandbys(self):
        verdict = witness.Verdict(3)
        steps = [verdict.after(None) for _ in range(4)]
        self.assertEqual(steps, ["wait", "wait", "ask standbys", "ask standbys"])

    def test_anAnswerInBetween_beginsAgain(self):
        verdict = witness.Verdict(3)
        steps = [verdict.after(answer) for answer in (None, None, PRIMARY, None, None)]
        self.assertEqual(steps, ["wait"] * 5)

    def test_leaderThatIsAStandby_isReadAgain(self):
        self.assertEqual(witness.Verdict(3).after(RECEIVES), "read leader")

    def test_primaryIsLost_onlyIfAStandbyHasLostItToo(self):
        lost = witness.Verdict.is_lost
        self.assertTrue(lost([HAS_LOST, RECEIVES]))
        self.assertTrue(lost([None, HAS_LOST]))
        for answers in ([RECEIVES, RECEIVES], [None, None], [None, RECEIVES], [], [PRIMARY, None]):
            self.assertFalse(lost(answers), answers)


class FakeEtcd(http.server.BaseHTTPRequestHandler):
    """Answers from the server's table; keeps the calls."""

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.calls.append((self.path, body))
        answer = json.dumps(self.server.answers[self.path]).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *arguments):
        pass


class EtcdTest(unittest.TestCase):
    def setUp(self):
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), FakeEtcd)
        self.server.calls, self.server.answers = [], {}
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)
        endpoint = f"http://127.0.0.1:{self.server.server_port}"
        self.options = types.SimpleNamespace(etcd=[endpoint], namespace="/service/", scope="hub", etcd_ca=None)
        self.etcd = witness.Etcd(self.options)

    def test_leaderAndMembers_areRead(self):
        self.server.answers["/v3/kv/range"] = {"kvs": [{"value": encoded("pg1"), "lease": "77"}]}
        self.assertEqual(self.etcd.leader(), ("pg1", "77"))
        self.assertEqual(self.server.calls[0][1]["key"], encoded("/service/hub/leader"))
        member = {"key": encoded("/service/hub/members/pg1"),
                  "value": encoded('{"conn_url": "postgres://10.0.0.1:5433/postgres"}')}
        self.server.answers["/v3/kv/range"] = {"kvs": [member]}
        self.assertEqual(self.etcd.members(), {"pg1": ("10.0.0.1", 5433)})
        self.server.answers["/v3/kv/range"] = {}
        self.assertEqual(self.etcd.leader(), (None, None))

    def test_leaseEnds_onlyIfThisOneLeads(self):
        self.server.answers["/v3/lease/revoke"] = {}
        for answer in ({}, {"kvs": [{"value": encoded("pg2"), "lease": "78"}]}, {"kvs": [{"value": encoded("pg1")}]}):
            self.server.answers["/v3/kv/range"] = answer
            self.assertFalse(self.etcd.fence("pg1"))
        self.assertNotIn("/v3/lease/revoke", [path for path, _ in self.server.calls])
        self.server.answers["/v3/kv/range"] = {"kvs": [{"value": encoded("pg1"), "lease": "77"}]}
        self.assertTrue(self.etcd.fence("pg1"))
        self.assertEqual(self.server.calls[-1], ("/v3/lease/revoke", {"ID": "77"}))

    def test_servers_whoseAddressStays_keepTheirConnection(self):
        def member(name, port):
            return {"key": encoded(f"/service/hub/members/{name}"),
                    "value": encoded(f'{{"conn_url": "postgres://10.0.0.1:{port}/postgres"}}')}
        self.server.answers["/v3/kv/range"] = {"kvs": [member("pg1", 1), member("pg2", 2), member("pg3", 3)]}
        before = witness.find_servers(self.etcd, {}, self.options)
        self.server.answers["/v3/kv/range"] = {"kvs": [member("pg1", 1), member("pg2", 9), member("pg4", 4)]}
        after = witness.find_servers(self.etcd, before, self.options)
        self.assertEqual(sorted(after), ["pg1", "pg2", "pg4"])
        self.assertIs(after["pg1"], before["pg1"])
        self.assertIsNot(after["pg2"], before["pg2"])
        self.etcd.endpoints = ["http://127.0.0.1:1"]
        self.assertIs(witness.find_servers(self.etcd, after, self.options), after)

    def test_memberOfTheWatchedMachine_isAskedLast(self):
        self.options.etcd = ["http://10.0.0.1:2379", "http://10.0.0.2:2379", "http://10.0.0.3:2379"]
        etcd = witness.Etcd(self.options)
        etcd.avoid("10.0.0.1")
        self.assertEqual(etcd.endpoints[-1], "http://10.0.0.1:2379")
        self.assertEqual(len(etcd.endpoints), 3)

    def test_memberThatIsDead_isPassedOver(self):
        self.server.answers["/v3/kv/range"] = {}
        self.options.etcd = ["http://127.0.0.1:1", *self.options.etcd]
        etcd = witness.Etcd(self.options)
        self.assertEqual(etcd.leader(), (None, None))
        # The next call begins with the one that answered.
        self.assertEqual(etcd.endpoints[0], self.options.etcd[1])
        self.options.etcd = ["http://127.0.0.1:1"]
        with self.assertRaises(witness.EtcdAway):
            witness.Etcd(self.options).leader()


if __name__ == "__main__":
    unittest.main()
