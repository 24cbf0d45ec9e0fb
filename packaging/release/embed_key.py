#!/usr/bin/env python3
"""Writes install.sh with the public key and the address of a release, to standard output.

usage: embed_key.py INSTALL KEY SITE VERSION
"""

import pathlib
import re
import sys


def main():
    if len(sys.argv) != 5:
        sys.exit(__doc__.strip())
    script, key = (pathlib.Path(path).read_text(encoding="utf-8") for path in sys.argv[1:3])
    site, version = sys.argv[3:]
    for name, value in ("site", site), ("release", version):
        script, count = re.subn(rf"^    {name}=.*$", f"    {name}={value}", script, flags=re.M)
        if count != 1:
            sys.exit(f"embed_key: install.sh sets {name} {count} times, not once")
    place = "    # The release puts its public key here.\n"
    if script.count(place) != 1:
        sys.exit("embed_key: install.sh has no place for the key")
    print(script.replace(place, "    cat <<'KEY'\n" + key.strip() + "\nKEY\n"), end="")


if __name__ == "__main__":
    main()
