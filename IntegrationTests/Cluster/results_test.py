#!/usr/bin/env python3
"""The table counts what the loads saw, over several parts."""
import unittest

from oracle import Exchange, Record, Write
from results import Result, table


def record(count):
    found = Record(ended=10.0)
    found.writes = [Write("anna", number, 60, number, 200, number + 0.1) for number in range(count)]
    # Sent twice, accepted twice: one reading.
    found.writes.append(Write("anna", 0, 60, 0.5, 200, 0.6))
    found.stored = [("anna", number, 60) for number in range(count)]
    found.exchanges = [Exchange("c", "one", 200), Exchange("c", "other", 400)]
    return found


class ResultsTest(unittest.TestCase):
    def test_parts_areAdded_andTheLongestGapIsShown(self):
        result = Result("hub-killed")
        result.add(record(3), 2, [0.1, 0.25], [1.0, 1.5])
        result.add(record(4), 1, [0.2], [1.2])
        self.assertEqual((result.runs, result.accepted, result.kept, result.codes), (3, 7, 7, 2))
        self.assertIn("| hub-killed | 3 | 7 | 7 | 0 | 0 | 2 | 0.25 s | 1.50 s | all rules hold |", table([result]))

    def test_lostReadings_andOtherBrokenRules_areCounted(self):
        result = Result("postmaster", runs=1)
        self.assertEqual(result.break_rules({1: ["a", "b"], 2: [], "heard gap": ["c"]}), {1: ["a", "b"],
                                                                                          "heard gap": ["c"]})
        self.assertFalse(result.is_good)
        self.assertEqual(result.lost, 2)
        text = table([Result("hub-killed", runs=1), result])
        self.assertIn("BROKEN: 1 (2); BROKEN: heard gap (1)", text)
        self.assertTrue(text.splitlines()[-1].endswith("| BROKEN: postmaster |"), text)

    def test_clusterThatCouldNotGoOn_isShown_inOneLine(self):
        result = Result("power-cut", runs=1)
        result.fail("TimeoutError: two standbys\nfollow | again")
        self.assertFalse(result.is_good)
        self.assertEqual(len(table([result]).splitlines()), 4)
        self.assertIn("1 times the cluster did not go on: TimeoutError: two standbys follow / again", table([result]))

    def test_skippedFault_isNoProblem(self):
        result = Result("hub-clock-far", note="skipped: no compiler")
        self.assertTrue(result.is_good)
        self.assertIn("| hub-clock-far | 0 | 0 | 0 | 0 | 0 | 0 | – | – | skipped: no compiler |",
                      table([result]))


if __name__ == "__main__":
    unittest.main()
