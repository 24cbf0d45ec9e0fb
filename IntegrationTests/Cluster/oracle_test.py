#!/usr/bin/env python3
"""The oracle finds each broken rule, and no other one."""
import unittest

import oracle
from oracle import Exchange, Frame, Record, Removal, Socket, Use, Write


def rate(measured_at):
    return 60 + measured_at % 100


def accepted(user, measured_at, sent, took=0.01, **other):
    return Write(user, measured_at, other.pop("rate", rate(measured_at)), sent, 200, sent + took, **other)


def heard(user, measured_at, at):
    return Frame(at, "heart_rate", user, measured_at, rate(measured_at))


def room_socket(name, frames, opened=0.0, **other):
    introduction = [Frame(opened, "room_updated"), Frame(opened, "room_member_updated", "anna", version=1),
                    Frame(opened, "room_member_updated", "ben", version=1)]
    return Socket(name, "gym", frozenset(["anna", "ben"]), opened, frames=introduction + frames, **other)


def good():
    """A record without a problem: three accepted readings, an attempt without an answer, two streams."""
    record = Record(ended=100.0)
    record.writes = [accepted("anna", 1, 10.0), accepted("ben", 1, 10.1), accepted("anna", 2, 20.0),
                     Write("ben", 2, rate(2), 20.0)]
    record.stored = [("anna", 1, rate(1)), ("ben", 1, rate(1)), ("anna", 2, rate(2)), ("ben", 2, rate(2))]
    frames = [heard("anna", 1, 10.1), heard("ben", 1, 10.2), heard("anna", 2, 20.1), heard("ben", 2, 20.2)]
    record.sockets = [room_socket("one", frames), room_socket("two", list(frames))]
    return record


class OracleTest(unittest.TestCase):
    def found(self, record, **options):
        return sorted(rule for rule, problems in oracle.problems(record, **options).items() if problems)

    def test_record_withoutAProblem_hasNone(self):
        self.assertEqual(self.found(good(), rate=10, tokens=["t"]), [])

    def test_rule1_acceptedAndLost(self):
        record = good()
        record.writes.append(accepted("anna", 3, 30.0))
        self.assertIn(1, self.found(record))

    def test_rule1_unknownAndLost_isNoProblem(self):
        record = good()
        record.writes.append(Write("anna", 3, rate(3), 30.0))
        record.writes.append(Write("anna", 4, rate(4), 30.0, 503, 30.1))
        self.assertEqual(self.found(record), [])

    def test_rule2_keptAndNeverSent_keptTwice_secondRate(self):
        for row in [("anna", 9, 70), ("anna", 1, rate(1))]:
            record = good()
            record.stored.append(row)
            self.assertIn(2, self.found(record), row)
        record = good()
        record.writes.append(accepted("anna", 1, 50.0, rate=200))
        self.assertEqual(self.found(record), [])
        record.stored[0] = ("anna", 1, 200)
        self.assertIn(2, self.found(record))

    def test_rule2_refusedAndKept(self):
        record = good()
        record.writes.append(Write("anna", 7, rate(7), 40.0, 401, 40.1))
        record.stored.append(("anna", 7, rate(7)))
        self.assertIn(2, self.found(record))

    def test_rule3_heardAndNotKept_heardTwice_otherRate(self):
        for frame in [heard("anna", 8, 30.0), heard("anna", 1, 30.0), Frame(30.0, "heart_rate", "ben", 2, 1)]:
            record = good()
            record.sockets[0].frames.append(frame)
            self.assertIn(3, self.found(record), frame)

    def test_rule4_openStreamThatMissesAReading(self):
        record = good()
        del record.sockets[1].frames[-2]
        self.assertEqual(self.found(record), [4])

    def test_rule4_sentBeforeItOpened_orAfterItClosed_isNoProblem(self):
        record = good()
        record.sockets.append(room_socket("late", [heard("anna", 2, 20.1), heard("ben", 2, 20.2)], opened=15.0))
        record.sockets.append(room_socket("left", [heard("anna", 1, 10.1), heard("ben", 1, 10.2)], closed=15.0))
        self.assertEqual(self.found(record), [])

    def test_rule4_repeatedWrite_countsFromItsFirstAttempt(self):
        record = good()
        # The first attempt kept it, before the stream opened; the answer was lost.
        record.writes.append(Write("anna", 3, rate(3), 30.0))
        record.writes.append(accepted("anna", 3, 40.0))
        record.stored.append(("anna", 3, rate(3)))
        for socket in record.sockets:
            socket.frames.append(heard("anna", 3, 30.0))
        record.sockets.append(room_socket("later", [], opened=35.0))
        self.assertEqual(self.found(record), [])

    def test_rule5_anotherOrder(self):
        record = good()
        frames = record.sockets[1].frames
        frames[3], frames[4] = frames[4], frames[3]
        self.assertEqual(self.found(record), [5])

    def test_rule6_readingBeforeTheRoom_beforeTheMember_oldState(self):
        record = good()
        del record.sockets[0].frames[0]
        self.assertEqual(self.found(record), [6])
        record = good()
        del record.sockets[0].frames[1]
        self.assertEqual(self.found(record), [6])
        record = good()
        record.sockets[0].versions = {"anna": 2}
        self.assertEqual(self.found(record), [6])

    def test_rule7_tokenThatWorksAfterItsRemoval(self):
        record = good()
        record.removals = [Removal("t", 50.0)]
        record.uses = [Use("t", 49.0, 200), Use("t", 50.05, 200), Use("t", 51.0, 401)]
        self.assertEqual(self.found(record), [])
        record.uses.append(Use("t", 50.2, 200))
        self.assertEqual(self.found(record), [7])
        record.removals = [Removal("t", 50.0, is_cut_off=True)]
        self.assertEqual(self.found(record), [])

    def test_rule7_streamThatGoesOn(self):
        record = good()
        record.sockets[0].token = "t"
        record.removals = [Removal("t", 15.0)]
        self.assertIn(7, self.found(record))

    def test_rule8_tooManyCalls(self):
        record = good()
        record.uses = [Use("t", number / 10, 200) for number in range(200)]
        self.assertEqual(self.found(record, rate=10, tokens=["t"]), [])
        record.uses = [Use("t", number / 20, 200) for number in range(800)]
        self.assertEqual(self.found(record, rate=10, tokens=["t"]), [8])
        self.assertEqual(self.found(record, rate=10, tokens=["t"], moves=20), [])

    def test_rule9_codeExchangedTwice(self):
        record = good()
        record.exchanges = [Exchange("c", "hub1", 200), Exchange("c", "hub2", 400), Exchange("d", "hub1", 200)]
        self.assertEqual(self.found(record), [])
        record.exchanges.append(Exchange("c", "hub3", 200))
        self.assertEqual(self.found(record), [9])

    def test_figures(self):
        self.assertEqual(oracle.longest_gap([1, 2, 5, 6], 0, 7), 3)
        self.assertEqual(oracle.longest_gap([], 0, 7), 7)
        self.assertEqual(oracle.percentile([3, 1, 2], 0.99), 3)
        self.assertEqual(oracle.percentile(range(1, 101), 0.99), 99)
        self.assertEqual(oracle.percentile([], 0.5), 0.0)
        self.assertEqual(oracle.longest_silence([(0, 3, "pg1"), (5, 9, "pg2"), (8, 10, "pg1")], 1, 10), 2)
        self.assertEqual(oracle.longest_silence([], 1, 10), 9)
        self.assertEqual(len(oracle.overlaps([(0, 5, "pg1"), (4, 6, "pg2"), (5, 9, "pg1")])), 2)
        self.assertEqual(oracle.overlaps([(0, 5, "pg1"), (5, 6, "pg2"), (7, 9, "pg1")]), [])

    def test_primary_withStandbyNames_acceptsOnlyWhileAStandbyReceivesFromIt(self):
        leading = [(0, 10, "pg1", "10.0.0.1"), (6, 20, "pg2", "10.0.0.2")]
        following = [(0, 4, "10.0.0.1"), (7, 20, "10.0.0.2")]
        self.assertEqual(oracle.accepting(leading, following), [(0, 4, "pg1"), (7, 20, "pg2")])
        self.assertEqual(oracle.overlaps(oracle.accepting(leading, following)), [])
        # Another standby still confirms for the old one.
        both = oracle.accepting(leading, [*following, (3, 9, "10.0.0.1")])
        self.assertEqual(oracle.overlaps(both), [((3, 9, "pg1"), (7, 20, "pg2"))])

    def test_primary_withoutStandbyNames_acceptsAlone(self):
        self.assertEqual(oracle.accepting([(0, 5, "pg1", None)], []), [(0, 5, "pg1")])


if __name__ == "__main__":
    unittest.main()
