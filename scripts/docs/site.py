"""Collects the pages of the documentation site.

usage: site.py FOLDER

FOLDER gets README.md, CONTRIBUTING.md, CHANGELOG.md and docs/ at their paths in the repository, so their links work
unchanged. It also gets every file of the repository that one of them links to, and the generated reference.
"""

import pathlib
import re
import shutil
import sys

import reference

ROOT = pathlib.Path(__file__).resolve().parents[2]
BEGINNINGS = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"]
LINK = re.compile(r"\]\(([^)#\s:]+)(?:#[^)\s]*)?\)")
FENCE = re.compile(r"^(\s*```[\w-]+) .*$", re.MULTILINE)


def linked(page):
    """The files of the repository that a page links to."""
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        path = (page.parent / target).resolve()
        if path.is_file() and path.is_relative_to(ROOT):
            yield path


def pages():
    """Every file of the site that is in the repository."""
    waiting = [ROOT / name for name in BEGINNINGS] + [path for path in (ROOT / "docs").rglob("*") if path.is_file()]
    found = set()
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        found.add(path)
        if path.suffix == ".md":
            waiting.extend(linked(path))
    return sorted(found)


def without_marks(text):
    """The text with its fences as Markdown knows them: ```sh run``` is for the tests."""
    return FENCE.sub(r"\1", text)


def main(folder):
    shutil.rmtree(folder, ignore_errors=True)
    for path in pages():
        target = folder / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".md":
            target.write_text(without_marks(path.read_text(encoding="utf-8")), encoding="utf-8")
        else:
            shutil.copy(path, target)
    for name, text in reference.pages(ROOT):
        target = folder / "docs/reference" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
