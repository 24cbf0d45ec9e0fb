"""The commands in README.md and docs/."""

import functools
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def blocks(document, *languages):
    """The fenced blocks of these languages: the words of the fence, the number of the first line, the text."""
    found, fence = [], None
    for number, line in enumerate(document.read_text(encoding="utf-8").splitlines(), 1):
        if not line.lstrip().startswith("```"):
            if fence:
                fence[2].append(line)
        elif fence:
            if fence[0][0] in languages:
                found.append((fence[0], fence[1], "\n".join(fence[2])))
            fence = None
        else:
            fence = (line.strip().strip("`").split() or [""], number + 1, [])
    return found


def typed(words, text):
    """The lines of a block to type: of a console those with a prompt."""
    if words[0] != "console":
        return text
    return "\n".join(line[2:] for line in text.splitlines() if line.startswith("$ "))


def anchors(document):
    """The anchors of a page, as GitHub and the site make them of its headings."""
    text = re.sub(r"^```.*?^```", "", document.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def broken_links(document):
    """The links to files and headings that do not exist."""
    found = []
    for link in re.findall(r"\]\(([^)\s]+)\)", document.read_text(encoding="utf-8")):
        if ":" in link:
            continue
        path, _, anchor = link.partition("#")
        target = (document.parent / path).resolve() if path else document
        if not target.exists() or (anchor and anchor not in anchors(target)):
            found.append(link)
    return found


def missing_paths(document):
    """The paths of the repository in backticks that do not exist."""
    text = document.read_text(encoding="utf-8")
    paths = re.findall(r"`((?:Sources|Tests|IntegrationTests|Benchmarks|packaging|scripts|docs|udev)/[\w./+-]*)`", text)
    return sorted({path for path in paths if not (ROOT / path).exists()})


def unknown_names(document):
    """The names in backticks, such as `DeliveryMachine`, that occur nowhere in the code."""
    code = _code()
    names = set(re.findall(r"`([A-Z][a-z]+[A-Z]\w+)`", document.read_text(encoding="utf-8")))
    return sorted(names - code)


@functools.cache
def _code():
    """Every word of the code."""
    files = [path for folder in ("Sources", "Tests", "IntegrationTests", "Benchmarks", "packaging")
             for path in (ROOT / folder).rglob("*") if path.suffix in {".swift", ".py", ".service", ".sh", ".yml"}]
    files.append(ROOT / "Package.swift")
    return {word for path in files for word in re.findall(r"\w+", path.read_text(encoding="utf-8"))}
