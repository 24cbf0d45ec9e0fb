"""Reads Swift source text: code, comments and string literals apart, and the declarations in the code.

This is no compiler. It knows enough of the grammar to find declarations, their access and their length.
"""

import bisect
import re
from dataclasses import dataclass

TOKEN = re.compile(r'//|/\*|(?P<hashes>#*)(?P<quotes>"""|")|[()]')
TYPES = {"struct", "class", "enum", "actor", "protocol", "typealias"}
FUNCTIONS = {"func", "init", "deinit", "subscript"}
DECLARATION = re.compile(
    r"(?P<brace>[{}])"
    r"|(?<![.\w`])(?P<kind>struct|class|enum|actor|protocol|typealias|extension|associatedtype|func|var|let|case)"
    r"(?!\s+(?:func|var|let|subscript)\b)[ \t\n]+(?P<name>`?[A-Za-z_][\w.]*`?|[-+*/<>=!&|^~%]+)"
    r"|(?<![.\w`])(?P<bodied>init|deinit|subscript)(?=[?!]?[ \t]*[(<{])")
PRIVATE = re.compile(r"\b(private|fileprivate)\b(?!\()")
IMPORT = re.compile(
    r"^[ \t]*(?:@\w+(?:\([^)]*\))?[ \t]+)*(?:(?:public|package|internal|fileprivate|private)[ \t]+)?"
    r"import[ \t]+(?:(?:struct|class|enum|protocol|typealias|func|var|let)[ \t]+)?(\w+)", re.MULTILINE)


@dataclass(frozen=True)
class Declaration:
    kind: str
    name: str
    # "file", "type" (a member), or "body" (local to a function).
    scope: str
    private: bool
    first_line: int
    # None without braces.
    last_line: int | None


class SwiftSource:
    def __init__(self, text):
        self.text = text
        self._starts = [0] + [match.end() for match in re.finditer("\n", text)]
        self._mask = list(text)
        # Pairs of the first line and the text. Comments on lines that follow each other are one.
        self.comments = []
        self.strings = []
        self._read_code(0, in_string=False)
        self.code = "".join(self._mask)
        self.comments = _joined(self.comments)

    def line(self, offset):
        return bisect.bisect_right(self._starts, offset)

    def _blank(self, start, end):
        for index in range(start, end):
            if self._mask[index] != "\n":
                self._mask[index] = " "

    def _read_code(self, at, in_string):
        """Reads to the end, or to the parenthesis that ends an interpolation; returns the offset behind it."""
        depth = 0
        while match := TOKEN.search(self.text, at):
            at = match.end()
            token = match.group()
            if token == "//":
                end = self.text.find("\n", at)
                end = len(self.text) if end < 0 else end
                alone = not self.text[self._starts[self.line(at) - 1]:match.start()].strip()
                self.comments.append((self.line(at), self.text[at:end].lstrip("/"), alone))
                self._blank(match.start(), end)
                at = end
            elif token == "/*":
                end = self.text.find("*/", at)
                end = len(self.text) if end < 0 else end + 2
                self.comments.append((self.line(at), self.text[at:end - 2], False))
                self._blank(match.start(), end)
                at = end
            elif token == "(":
                depth += 1
            elif token == ")":
                if in_string and depth == 0:
                    return at
                depth -= 1
            else:
                at = self._read_string(at, match["hashes"], match["quotes"])
        return len(self.text)

    def _read_string(self, start, hashes, quotes):
        part = re.compile(re.escape(quotes + hashes) + r"|\\" + hashes + r"(\(|.)" + ("|\n" if quotes == '"' else ""),
                          re.DOTALL)
        pieces = []
        at = start
        while match := part.search(self.text, at):
            pieces.append(self.text[at:match.start()])
            self._blank(at, match.end() - (len(quotes + hashes) if match[1] is None else 0))
            at = match.end()
            if match[1] == "(":
                at = self._read_code(at, in_string=True)
                pieces.append("0")
            elif match[1] is None:
                break
            else:
                pieces.append("\n" if match[1] == "\n" else " ")
        self.strings.append((self.line(start), "".join(pieces)))
        return at if match else len(self.text)

    def imports(self):
        """Pairs of a line and a module."""
        return [(self.line(match.start(1)), match[1]) for match in IMPORT.finditer(self.code)]

    def declarations(self):
        found = []
        # What each open brace belongs to: a kind, whether it is private, and the declaration's place in `found`.
        stack = []
        pending = None
        for match in DECLARATION.finditer(self.code):
            if match["brace"] == "{":
                stack.append(pending or ("block", False, None))
                pending = None
                continue
            if match["brace"] == "}":
                pending = None
                if stack and (place := stack.pop()[2]) is not None:
                    found[place] = Declaration(**{**vars(found[place]), "last_line": self.line(match.start())})
                continue
            kind = match["kind"] or match["bodied"]
            name = (match["name"] or kind).strip("`")
            outer = stack[-1][0] if stack else "file"
            scope = "file" if not stack else "type" if outer in TYPES or outer == "extension" else "body"
            if kind == "case" and outer != "enum":
                continue
            before = self.code[self.code.rfind("\n", 0, match.start()) + 1:match.start()]
            private = bool(PRIVATE.search(before)) or any(item[1] for item in stack)
            line = self.line(match.start())
            found.append(Declaration(kind, name, scope, private, line, None))
            if kind in FUNCTIONS or kind in TYPES or kind in ("extension", "var") and scope != "body":
                pending = (kind, private, len(found) - 1)
            if kind == "case":
                for other in re.finditer(r",[ \t\n]*(\w+)", _without_parentheses(self._rest_of_line(match.end()))):
                    found.append(Declaration(kind, other[1], scope, private, line, None))
        return found

    def _rest_of_line(self, at):
        end = self.code.find("\n", at)
        return self.code[at:len(self.code) if end < 0 else end]


def _without_parentheses(text):
    while (shorter := re.sub(r"\([^()]*\)", "", text)) != text:
        text = shorter
    return text


def _joined(comments):
    joined = []
    last = None
    for line, text, alone in comments:
        if alone and last == line - 1:
            joined[-1] = (joined[-1][0], joined[-1][1] + "\n" + text)
        else:
            joined.append((line, text))
        last = line if alone else None
    return joined
