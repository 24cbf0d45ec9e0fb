"""The words that scripts/lint finds, and those that it leaves."""

import pathlib
import tempfile
import unittest

import support  # noqa: F401
import words
from tree import Tree

RULED_OUT = {
    "Who asks waits. It depends on who asks.": ["headless who", "headless who"],
    "What failed is sent again.": ["headless what"],
    "A list of what is\n waiting": ["headless what"],
    "Whoever asks, for whom it is": ["whoever", "whom"],
    "It waits, for it is early; for those are late.": ["for as because", "for as because"],
    "The service runs anew and mends itself.": ["anew", "mend"],
    "It tells nobody what it was told.": ["tell", "nobody", "tell"],
    "A person may be so old as the end thereof. Meanwhile it waits.": ["a person", "so … as", "thereof", "meanwhile"],
    "The house has a floor, a desk, and makes room.": ["metaphor"] * 4,
}
LEFT = [
    "A caller who asks waits.",
    "Who asks? What is it?",
    "Say what to do, and what happened.",
    "A strap whose token expired, for the second time.",
    "Broadcasts and forecasts; a telltale amendment.",
    "Create a room for this stream.",
    "It has what its parent has.",
]


class WordsTest(unittest.TestCase):
    def test_words_thatTheStyleRulesOut_areFound(self):
        for text, expected in RULED_OUT.items():
            self.assertEqual([rule for _, rule, _ in words.ruled_out(text)], expected, text)

    def test_words_thatAreGoodEnglish_areLeft(self):
        for text in LEFT:
            self.assertEqual(words.ruled_out(text), [], text)

    def found(self, path, text):
        with tempfile.TemporaryDirectory() as folder:
            (pathlib.Path(folder) / path).write_text(text, encoding="utf-8")
            tree = Tree(folder, [])
            tree.paths = [path]
            return [finding.line for finding in words.word_findings(tree)]

    def test_swift_isReadInCommentsAndSentences(self):
        self.assertEqual(self.found("a.swift", 'let anew = "anew"\n/// Runs\n/// anew.\nlet b = "Runs anew"\n'), [3, 4])

    def test_python_isReadInCommentsAndSentences(self):
        self.assertEqual(self.found("a.py", 'anew = "anew"\n# Runs anew.\ndef b():\n    """Runs anew."""\n'), [2, 4])

    def test_markdown_isReadOutsideOfCode(self):
        self.assertEqual(self.found("a.md", "Say `anew`.\n```\nanew\n```\n[Runs](anew.md)\nanew\n"), [6])

    def test_commentsWithHashes_areRead(self):
        self.assertEqual(self.found("a.yaml", "a: anew\n# Runs\n# anew\nb: 1 # anew\n"), [3, 4])


if __name__ == "__main__":
    unittest.main()
