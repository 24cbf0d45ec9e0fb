#!/bin/bash
# Looks that every test that docs/promises.md names exists.
set -eu
cd "$(dirname "$0")/.."
missing=0
while read -r name; do
    grep -rqF "func $name(" Tests --include='*.swift' && continue
    echo "docs/promises.md names $name, which is no test" >&2
    missing=1
done < <(grep '^| ' docs/promises.md | grep -oE '`[A-Za-z0-9]+_[A-Za-z0-9_]+`' | tr -d '`' | grep '[A-Z]' | sort -u)
exit "$missing"
