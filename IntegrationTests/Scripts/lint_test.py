"""The checks of scripts/lint for layout and lengths, on small trees."""

import pathlib
import subprocess
import tempfile
import textwrap
import unittest

import support  # noqa: F401
import baseline
import layers
import sizes
from findings import Finding
from swift_source import SwiftSource
from tree import Target, Tree, targets_in


class TreeCase(unittest.TestCase):
    def tree(self, files, targets=()):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        root = pathlib.Path(folder.name)
        for path, text in files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(textwrap.dedent(text), encoding="utf-8")
        subprocess.run(["git", "init", "--quiet", str(root)], check=True)
        return Tree(root, list(targets))

    def messages(self, findings):
        return [finding.message for finding in findings]


class SwiftSourceTest(unittest.TestCase):
    def test_source_separatesCodeCommentsAndStrings(self):
        source = SwiftSource('let a = "one \\(call("in", b) /* c */) two" // three\n'
                             '/// four\n/// five\nlet d = #"\\(e) "f"#\n')
        self.assertEqual(source.comments, [(1, " c "), (1, " three"), (2, " four\n five")])
        self.assertEqual(source.strings, [(1, "in"), (1, "one 0 two"), (4, '\\(e) "f')])
        self.assertIn("call(", source.code)
        self.assertNotIn("three", source.code)
        self.assertEqual(source.code.count("\n"), 4)

    def test_multilineString_isOneText(self):
        source = SwiftSource('let a = """\n    func one() { "quoted" }\n    """\nfunc two() {}\n')
        self.assertEqual([item.name for item in source.declarations()], ["a", "two"])

    def test_declarations_haveScopeAccessAndLength(self):
        source = SwiftSource(textwrap.dedent("""\
            public struct Strap {
                private var name: String
                var isNear: Bool {
                    true
                }
                class func make() -> Strap {
                    let local = 1
                    return Strap(local)
                }
                enum Kind { case chest(Int, Int), arm }
            }
            private extension Strap { func hidden() {} }
            """))
        found = {item.name: item for item in source.declarations() if item.kind != "extension"}
        self.assertEqual(found["Strap"].scope, "file")
        self.assertTrue(found["name"].private)
        self.assertEqual((found["isNear"].first_line, found["isNear"].last_line), (3, 5))
        self.assertEqual((found["make"].first_line, found["make"].last_line), (6, 9))
        self.assertEqual(found["local"].scope, "body")
        self.assertEqual((found["chest"].scope, found["arm"].scope), ("type", "type"))
        self.assertTrue(found["hidden"].private)


class LayersTest(TreeCase):
    def test_layer_whenAnAreaUsesOneAbove_isFound(self):
        targets = [Target("DBus", "Sources/Network/DBus", "regular", ["Timing", "BlueZ"]),
                   Target("Timing", "Sources/System/Timing", "regular", ["Packet"]),
                   Target("Packet", "Sources/Formats/Packet", "regular"),
                   Target("BlueZ", "Sources/Bluetooth/BlueZ", "regular", ["DBus"]),
                   Target("Hub", "Sources/Hub/Hub", "regular", ["BlueZ", "Kit"]),
                   Target("Kit", "Tests/Support/Kit", "regular", ["Hub"]),
                   Target("Other", "Sources/Elsewhere/Other", "regular")]
        self.assertEqual(self.messages(layers.layer_findings(self.tree({}, targets))), [
            "DBus (Network) uses BlueZ (Bluetooth), which is no layer below",
            "Timing (System) uses Packet (Formats), which is no layer below",
            "Hub (Hub) uses BlueZ (Bluetooth), which is no layer below",
            "Hub uses Kit, which is a part of the tests",
            "the area Elsewhere is not in scripts/lint/layers.py",
        ])

    def test_import_whenUndeclaredOrUnused_isFound(self):
        targets = [Target("A", "Sources/System/A", "regular", ["B", "C", "a-program"]),
                   Target("a-program", "Sources/Programs/a-program", "executable")]
        tree = self.tree({"Sources/System/A/A.swift": """\
            public import B
            @testable internal import struct D.Type
            import Foundation
            // import C
            """}, targets)
        self.assertEqual(self.messages(layers.import_findings(tree)),
                         ["A does not declare D in Package.swift", "A declares C and never imports it"])

    def folders(self, files):
        target = Target("T", "Sources/System/T", "regular")
        return self.messages(layers.circle_findings(self.tree(
            {f"Sources/System/T/{path}": text for path, text in files.items()}, [target])))

    def test_folders_whenTheyUseEachOther_areACircle(self):
        found = self.folders({"Model/Strap.swift": "struct Strap { func pairNow() { Scanner() } }",
                              "Scan/Scanner.swift": "struct Scanner {}\nfunc run(a: Box) { a.pairNow() }"})
        self.assertEqual(found, ["Model and Scan use each other: Model → Scan by Scanner in Strap.swift; "
                                 "Scan → Model by pairNow in Scanner.swift"])

    def test_folders_whenThreeUseEachOtherInTurn_areACircle(self):
        self.assertEqual(self.folders({"A/A.swift": "struct Aaa { let b: Bbb }",
                                       "B/B.swift": "struct Bbb { let c: Ccc }",
                                       "C/C.swift": "struct Ccc { let a: Aaa }"}),
                         ["A, B, C use each other in a circle"])

    def test_folders_whenArrowsPointOneWay_areNoCircle(self):
        self.assertEqual(self.folders({"Top.swift": "let all = Scanner()", "Model/Strap.swift": "struct Strap {}",
                                       "Scan/Scanner.swift": "struct Scanner { let strap: Strap }"}), [])

    def test_folders_whenANameIsAmbiguous_areNoCircle(self):
        self.assertEqual(self.folders({"A/A.swift": "struct Aaa { func begin() {}; let b: Bbb }",
                                       "B/B.swift": "struct Bbb { func begin() {}; func go(x: X) { x.begin() } }"}), [])

    def test_fileOfTheTop_whenAFolderUsesIt_usesNoFolder(self):
        self.assertEqual(self.folders({"Version.swift": "struct Version { let c: Command }",
                                       "Metrics/Page.swift": "let page = Version.self",
                                       "Commands/Command.swift": "struct Command {}"}),
                         ["Metrics uses it, and it uses Commands: Metrics → Version.swift by Version in Page.swift; "
                          "Version.swift → Commands by Command in Version.swift"])

    def test_manifest_isReadWithPathsAndProducts(self):
        targets = targets_in({"targets": [
            {"name": "A", "type": "regular", "dependencies": [
                {"byName": ["B", None]}, {"product": ["NIOCore", "n", None]}]},
            {"name": "BTests", "type": "test", "path": "Tests/X/BTests", "dependencies": []}]})
        self.assertEqual([(target.path, target.dependencies) for target in targets],
                         [("Sources/A", ["B", "NIOCore"]), ("Tests/X/BTests", [])])


class SizesTest(TreeCase):
    def test_lengths_atTheLimit_areNotFound(self):
        body = "    call()\n"
        tree = self.tree({"Sources/T/At.swift": "func at() {\n" + body * 58 + "}\n" + "\n" * 340,
                          "Sources/T/Over.swift": "func over() {\n" + body * 59 + "}\n" + "\n" * 340,
                          "scripts/over.py": "def over():\n" + "    x = 1\n" * 60})
        self.assertEqual([finding.path for finding in sizes.file_findings(tree)], ["Sources/T/Over.swift"])
        self.assertEqual(self.messages(sizes.function_findings(tree)), ["over has 61 lines", "over has 61 lines"])

    def test_columns_leaveOutTablesAndLinks(self):
        long = "x " * 60
        tree = self.tree({"a.md": f"| {long} |\n[{'x' * 100}](https://example.org/{'y' * 40})\n{long}y\n",
                          "b.sh": f"# {long}\n", "c.yaml": f"# {long}\n", "tool": f"#!/bin/sh\n# {long}\n"})
        self.assertEqual([(finding.path, finding.line) for finding in sizes.column_findings(tree)],
                         [("a.md", 3), ("b.sh", 1), ("tool", 2)])

    def test_typeName_whenTwoTypesHaveIt_isFoundOnce(self):
        tree = self.tree({"Sources/A/A.swift": "struct Room {}\nprivate struct Own {}\nstruct O { enum Kind {} }",
                          "Sources/B/B.swift": "enum Room {}\nprivate struct Own {}\nstruct P { enum Kind {} }"})
        self.assertEqual(self.messages(sizes.name_findings(tree)), ["Room is also in Sources/A/A.swift"])


class BaselineTest(unittest.TestCase):
    FOUND = [Finding("words", "docs/a.md", 1, "tell"), Finding("words", "docs/a.md", 2, "tell"),
             Finding("file", "Sources/a.swift", 1, "")]

    def test_count_whenItRises_isReported(self):
        counts = baseline.counted(self.FOUND)
        self.assertEqual(baseline.risen(counts, {("words", "docs"): 2, ("file", "Sources"): 1}), [])
        self.assertEqual(baseline.risen(counts, {("words", "docs"): 1}),
                         [(("file", "Sources"), 1, 0), (("words", "docs"), 2, 1)])

    def test_lowered_neverRises(self):
        allowed = {("words", "docs"): 5, ("file", "Sources"): 0, ("circle", "Sources"): 3}
        self.assertEqual(baseline.lowered(baseline.counted(self.FOUND), allowed),
                         {("words", "docs"): 2, ("file", "Sources"): 0})

    def test_file_isReadAsItWasWritten(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "baseline.tsv"
            self.assertEqual(baseline.read(path), {})
            baseline.write(path, {("words", "docs"): 2})
            self.assertEqual(baseline.read(path), {("words", "docs"): 2})
            path.write_text("words docs 2\n", encoding="utf-8")
            with self.assertRaises(baseline.BaselineError):
                baseline.read(path)


if __name__ == "__main__":
    unittest.main()
