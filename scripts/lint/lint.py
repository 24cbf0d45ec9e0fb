#!/usr/bin/env python3
"""Checks layout and words: layers, imports, folders, lengths, type names and the words that the style rules out.

A check may find no more than scripts/lint-baseline.tsv allows for its kind and part of the tree.
"""

import argparse
import collections
import pathlib
import statistics
import sys

import baseline
import layers
import sizes
import words
from findings import KINDS
from tree import Tree, TreeError

ROOT = pathlib.Path(__file__).resolve().parents[2]
MOST_SHOWN = 20
CHECKS = [layers.layer_findings, layers.circle_findings, layers.import_findings, sizes.file_findings,
          sizes.function_findings, sizes.column_findings, words.word_findings, sizes.name_findings]


def all_findings(tree):
    return sorted(finding for check in CHECKS for finding in check(tree))


def is_below(path, folder):
    return folder == "." or path == folder or path.startswith(folder + "/")


def report(tree, folders, kinds):
    found = [finding for finding in all_findings(tree)
             if any(is_below(finding.path, folder.rstrip("/")) for folder in folders)
             and (not kinds or finding.kind in kinds)]
    for finding in found:
        print(finding)
    counts = collections.Counter(finding.kind for finding in found)
    for kind, meaning in KINDS.items():
        if not kinds or kind in kinds:
            print(f"{counts[kind]:6}  {kind:9} {meaning}")


def summary(tree):
    targets = [target for target in tree.targets if target.path.startswith("Sources/")]
    lengths = {path: text.count("\n") for path, text in tree.texts.items()
               if path.endswith(".swift") and path.startswith("Sources/")}
    functions = [lines for path, _, _, lines in sizes.swift_functions(tree) if path.startswith("Sources/")]
    found = collections.Counter()
    for finding in all_findings(tree):
        found[finding.kind] += 1
        if finding.path.startswith("Sources/"):
            found["Sources", finding.kind] += 1
    counts = words.word_counts(tree)
    public = sum(len(sizes.PUBLIC.findall(tree.swift[path].code)) for path in lengths)
    program = sum(1 for path in lengths if any(is_below(path, target.path) for target in targets
                                               if target.name == "strapline"))
    rows = [
        ("Targets in Sources, without C modules", sum(target.kind != "system" for target in targets)),
        ("Swift files in Sources", len(lengths)),
        ("Lines of a file: median, most", f"{statistics.median(lengths.values()):.0f}, {max(lengths.values())}"),
        ("Lines of a function: median, most", f"{statistics.median(functions):.0f}, {max(functions)}"),
        ("Files of `strapline`", program),
        ("`public` declarations", public),
        ("Arrows upwards between areas and targets", found["layer"]),
        ("Folder circles", found["circle"]),
        ("Imports and dependencies that do not match", found["import"]),
        ("Files over 400 lines, functions over 60", f"{found['file']}, {found['function']}"),
        ("Lines over 120 columns: Sources, all", f"{found['Sources', 'columns']}, {found['columns']}"),
        ("Type names that are not unique", found["name"]),
        ("Words ruled out, per 10,000: Sources, all",
         f"{_per_10_000(found['Sources', 'words'], counts, 'Sources')}, {_per_10_000(found['words'], counts, '.')}"),
    ]
    print("| Measure | Value |\n| --- | --- |")
    for name, value in rows:
        print(f"| {name} | {value} |")


def _per_10_000(count, counts, folder):
    words_below = sum(number for path, number in counts.items() if is_below(path, folder))
    return f"{10_000 * count / max(1, words_below):.1f}"


def check(tree, path, lower):
    found = all_findings(tree)
    counts = baseline.counted(found)
    allowed = baseline.read(path)
    if lower:
        allowed = baseline.lowered(counts, allowed) if path.exists() else counts
        baseline.write(path, allowed)
    too_many = baseline.risen(counts, allowed)
    for (kind, part), count, most in too_many:
        shown = [finding for finding in found if (finding.kind, finding.part) == (kind, part)]
        for finding in shown[:MOST_SHOWN]:
            print(finding)
        if len(shown) > MOST_SHOWN:
            print(f"… {len(shown) - MOST_SHOWN} more: scripts/lint/lint.py --kind {kind} --report {part}")
        print(f"lint: {part} has {count} of “{KINDS[kind]}”, and may have {most}", file=sys.stderr)
    return 1 if too_many else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--report", nargs="+", metavar="PATH", help="list the findings below these paths")
    parser.add_argument("--kind", action="append", choices=KINDS, help="with --report: only this kind; repeatable")
    parser.add_argument("--summary", action="store_true", help="print the measures of the tree as a table")
    parser.add_argument("--lower", action="store_true", help="lower the baseline to the counts of today")
    parser.add_argument("--root", type=pathlib.Path, default=ROOT, help="another checkout of this project")
    options = parser.parse_args()
    tree = Tree(options.root)
    try:
        if options.report:
            report(tree, options.report, options.kind)
        elif options.summary:
            summary(tree)
        else:
            sys.exit(check(tree, options.root / "scripts/lint-baseline.tsv", options.lower))
    except (TreeError, baseline.BaselineError) as error:
        sys.exit(f"lint: {error}")


if __name__ == "__main__":
    main()
