#!/usr/bin/env python3
"""Writes the notes of a release in Markdown, to standard output.

usage: notes.py VERSION SITE CHANGELOG

SITE is the address of the published release folder. The changes are the section of VERSION in CHANGELOG. Without such
a section they are the section Unreleased, with a warning on standard error.
"""

import pathlib
import re
import sys

HEADING = re.compile(r"^## \[([^\]]+)\](.*)$", re.MULTILINE)

BEGINNING = """# Strapline {version}

## Install

On Debian 12 and 13, Raspberry Pi OS (64-bit) and Ubuntu 24.04:

```sh
curl -fsSL {site}/install.sh | sh
sudo strapline setup
```

Other systems: unpack the `tar.gz` of your processor and run `bin/strapline setup`. Containers: `compose.yaml`. Home
Assistant: the folder `home-assistant`. `SHA256SUMS` has the checksum of every file, `SHA256SUMS.asc` its signature.

## Changes
"""


def sections(text):
    """The text of each section by its name."""
    headings = list(HEADING.finditer(text))
    ends = [heading.start() for heading in headings[1:]] + [len(text)]
    return {heading[1]: text[heading.end():end].strip("\n") for heading, end in zip(headings, ends)}


def notes(version, site, changelog):
    found = sections(changelog)
    changes = found.get(version)
    if changes is None:
        print(f"notes: the changelog has no section [{version}]: the notes have its section [Unreleased]",
              file=sys.stderr)
        changes = found.get("Unreleased")
    if not changes:
        raise ValueError(f"the changelog has neither a section [{version}] nor [Unreleased]: add one")
    return BEGINNING.format(version=version, site=site) + "\n" + changes + "\n"


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__.strip())
    version, site, changelog = sys.argv[1:]
    try:
        print(notes(version, site, pathlib.Path(changelog).read_text(encoding="utf-8")), end="")
    except (OSError, ValueError) as error:
        sys.exit(f"notes: {error}")


if __name__ == "__main__":
    main()
