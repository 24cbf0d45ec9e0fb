"""Words and turns of phrase that the style rules out, in comments, texts and docs."""

import collections
import io
import json
import re
import tokenize

from findings import Finding

# These name the words that they look for.
EXCLUDED = ("scripts/lint/words.py", "IntegrationTests/Scripts/lint_words_test.py")
# A pronoun that stands for a noun that is not there follows one of these.
WITHOUT_NOUN = (r"(?:\A\s*|[.:;!?(\"“—]\s*|\b(?:of|to|by|for|and|or|with|from|than|as|is|are|was|were|not|only|if"
                r"|that|when|but|asks?|asked|says?|said|sees?|knows?|learns?|finds?|at|on|in)\s+)")
VERB = (r"(?:is|are|was|were|has|had|does|did|can|cannot|could|may|might|must|should|will|would|comes?|came|goes|went"
        r"|(?!its\b|this\b|us\b|was\b|happens\b|happened\b|process\b|\w+ss\b)\w{3,}s|(?!happened\b|need\b)\w{2,}ed)\b")
# CAST( is SQL.
RULES = {
    "headless who": WITHOUT_NOUN + r"who(?:se)?\b(?![^.?!]*\?)",
    "headless what": r"(?<!\?\s)\bwhat\s+" + VERB + r"(?![^.?!]*\?)",
    "whoever": r"\bwho(?:so|m)?ever\b|\bwhatsoever\b",
    "whom": r"\bwhom\b",
    "for as because": r"[,;:—]\s+for\s+(?:(?:it|they|he|she|there|nothing|we|you|I)\s+\w+"
                      r"|(?:this|that|these|those|one|nobody)\s+" + VERB + ")",
    "anew": r"\banew\b",
    "mend": r"\bmend(?:s|ed|ing)?\b",
    "tell": r"\btell(?:s|ing)?\b|\b(?:un)?told\b",
    "nobody": r"\bnobody\b",
    "a person": r"\ba person\b",
    "so … as": r"\bso\s+\w+\s+as\b",
    "thereof": r"\b(?:there|where)(?:of|in|upon|to)\b",
    "meanwhile": r"\bmeanwhile\b",
    "metaphor": r"\b(?:house|houses|floor|floors|theatre|desks?|cast(?!\()|casts|sights?)\b"
                r"|\bmak(?:e|es|ing) room\b",
}
PATTERNS = {name: re.compile(pattern, re.IGNORECASE | re.MULTILINE) for name, pattern in RULES.items()}
WORD = re.compile(r"[A-Za-z][A-Za-z'’-]*")
HASH_COMMENT = re.compile(r"(?:^|[ \t])#+(?!!)[ \t]?(.*)")
QUOTED = re.compile(r'"((?:[^"\\\n]|\\.)*)"' + r"|'([^'\n]*)'")
HASH_COMMENTED = (".sh", ".yaml", ".yml", ".service", ".default", ".sysusers", ".tmpfiles", ".rules", "Makefile",
                  ".cfg", ".conf", ".toml")


def passages(tree, path):
    """Pairs of a first line and a text that a person reads."""
    text = tree.texts[path]
    if path in EXCLUDED or path == "LICENSE":
        return []
    if path.endswith(".swift"):
        source = tree.swift[path]
        return source.comments + _sentences(source.strings)
    if path.endswith(".py"):
        return _python(text)
    if path.endswith(".md"):
        return _markdown(text)
    if path.endswith(".mdoc"):
        return [(number, "" if line.startswith('.\\"') else re.sub(r"^\.\w+", "", line))
                for number, line in enumerate(text.split("\n"), 1)]
    if path.endswith(".html"):
        without = re.sub(r"<(script|style)\b.*?</\1>|<[^>]*>", lambda match: re.sub(r"[^\n]", " ", match.group()), text,
                         flags=re.DOTALL)
        return [(1, without)]
    if path.endswith((".js", ".css", ".c", ".h")):
        comments = [(text.count("\n", 0, match.start()) + 1, match.group())
                    for match in re.finditer(r"/\*.*?\*/|(?<!:)//[^\n]*", text, re.DOTALL)]
        return comments + _quoted(text)
    if path.endswith("openapi.json"):
        return [(1, sentence) for sentence in _descriptions(json.loads(text))]
    if path.endswith(HASH_COMMENTED) or text.startswith("#!"):
        return _hash_comments(text) + (_quoted(text) if not path.endswith((".yaml", ".yml")) else [])
    return []


def _sentences(strings):
    """Without those that are one word: a key, a name, an option."""
    return [(line, text) for line, text in strings if len(text.split()) > 1]


def _quoted(text):
    return _sentences([(text.count("\n", 0, match.start()) + 1, match[1] or match[2] or "")
                       for match in QUOTED.finditer(text)])


def _hash_comments(text):
    found = []
    last = None
    for number, line in enumerate(text.split("\n"), 1):
        match = HASH_COMMENT.search(line)
        if match and last == number - 1 and line.lstrip().startswith("#"):
            found[-1] = (found[-1][0], found[-1][1] + "\n" + match[1])
        elif match:
            found.append((number, match[1]))
        last = number if match else None
    return found


def _python(text):
    found = _hash_comments("\n".join(line if line.lstrip().startswith("#") else "" for line in text.split("\n")))
    strings = [(token.start[0], re.sub(r"^\w*(\"\"\"|'''|\"|')|(\"\"\"|'''|\"|')$", "", token.string))
               for token in tokenize.generate_tokens(io.StringIO(text).readline) if token.type == tokenize.STRING]
    return found + _sentences(strings)


def _markdown(text):
    inside = False
    lines = []
    for line in text.split("\n"):
        fence = re.match(r"[ \t]*(```|~~~)", line) is not None
        inside ^= fence
        lines.append("" if inside or fence else re.sub(r"\]\([^)]*\)|https?://\S+|<!--.*?-->", "]", line))
    return [(1, "\n".join(lines))]


def _descriptions(value):
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in ("description", "summary") and isinstance(inner, str):
                yield inner
            else:
                yield from _descriptions(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _descriptions(inner)


def without_code(text):
    """What stands between backticks is a name, or a quotation."""
    return re.sub(r"(`+)[^`]+\1", lambda match: "0" + "\n" * match.group().count("\n"), text)


def ruled_out(text):
    """Triples of an offset, a rule and the words, without two for the same words."""
    found = {}
    for name, pattern in PATTERNS.items():
        for match in pattern.finditer(text):
            shown = " ".join(match.group().split())
            offset = match.end() - len(match.group().lstrip(' \t\n.:;!?("“—'))
            found.setdefault(offset, (match.start(), name, shown))
    return sorted(found.values())


def word_findings(tree):
    for path in tree.texts:
        for first, text in passages(tree, path):
            text = without_code(text)
            for offset, rule, words in ruled_out(text):
                line = first + text.count("\n", 0, offset)
                yield Finding("words", path, line, f"{rule}: “{words}”")


def word_counts(tree):
    """The words that a person reads, by the part of the tree."""
    counts = collections.Counter()
    for path in tree.texts:
        counts[path] = sum(len(WORD.findall(without_code(text))) for _, text in passages(tree, path))
    return counts
