"""What the documents tell people to type."""

import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[2]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def blocks(document, *languages):
    """The fenced blocks of these languages: the words behind the fence, the number of the first line, the text."""
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
    """What of a block is typed: of a console all that stands behind a prompt."""
    if words[0] != "console":
        return text
    return "\n".join(line[2:] for line in text.splitlines() if line.startswith("$ "))
