"""Lengths of files, functions and lines, and type names that are not unique."""

import ast
import collections
import re

from findings import Finding

MOST_LINES = 400
MOST_FUNCTION_LINES = 60
MOST_COLUMNS = 120
TYPES = {"struct", "class", "enum", "actor", "protocol", "typealias"}
PUBLIC = re.compile(r"\bpublic\b(?!\s+import\b)")
PROGRAM_TEXT = (".swift", ".py", ".sh")


def file_findings(tree):
    for path, text in tree.texts.items():
        # The package's manifest is a list, and can be in one file only.
        if path != "Package.swift" and path.endswith(PROGRAM_TEXT) and (lines := text.count("\n")) > MOST_LINES:
            yield Finding("file", path, 1, f"{lines} lines")


def swift_functions(tree):
    """Path, name, first line and number of lines of each function."""
    for path, declarations in tree.declarations.items():
        for item in declarations:
            if item.last_line is not None and item.kind in ("func", "init", "deinit", "subscript", "var"):
                yield path, item.name, item.first_line, item.last_line - item.first_line + 1


def python_functions(tree):
    for path, text in tree.texts.items():
        if path.endswith(".py"):
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                    yield path, node.name, node.lineno, node.end_lineno - node.lineno + 1


def function_findings(tree):
    for functions in swift_functions(tree), python_functions(tree):
        for path, name, line, lines in functions:
            if lines > MOST_FUNCTION_LINES:
                yield Finding("function", path, line, f"{name} has {lines} lines")


def column_findings(tree):
    for path, text in tree.texts.items():
        if path.endswith((*PROGRAM_TEXT, "Makefile")) or _is_shell(path, text):
            lines = text.split("\n")
        elif path.endswith(".md"):
            lines = ["" if line.startswith("|") else _without_links(line) for line in text.split("\n")]
        else:
            continue
        for number, line in enumerate(lines, 1):
            if len(line) > MOST_COLUMNS:
                yield Finding("columns", path, number, f"{len(line)} columns")


def _is_shell(path, text):
    return "." not in path.rsplit("/", 1)[-1] and re.match(r"#!.*[/ ](ba|da)?sh\b", text) is not None


def _without_links(line):
    return re.sub(r"\]\([^)]*\)|<?https?://\S+", "]", line)


def name_findings(tree):
    """A name is counted once for each type that has it besides the first."""
    places = collections.defaultdict(list)
    for path, declarations in tree.declarations.items():
        for item in declarations:
            if item.kind in TYPES and item.scope == "file" and not item.private and path.startswith("Sources/"):
                places[item.name].append((path, item.first_line))
    for name, found in sorted(places.items()):
        for path, line in sorted(found)[1:]:
            yield Finding("name", path, line, f"{name} is also in {sorted(found)[0][0]}")
