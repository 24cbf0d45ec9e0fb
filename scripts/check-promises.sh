#!/bin/bash
# Checks the tables of promises in docs/promises.md and docs/security.md: each row names at least one test, and each
# test that it names exists, in Swift or in Python.
# usage: check-promises.sh [DOCUMENT…]
set -eu
cd "$(dirname "$0")/.."
[ $# -gt 0 ] || set -- docs/promises.md docs/security.md

# The rows of the tables whose last column is "Tests".
promises() {
    awk '/^\|/ { if (!inside) { inside = 1; counts = /\| *Tests *\|$/; next }
                 if (counts && !/^\|[-| :]*$/) print; next }
         { inside = 0 }' "$1"
}

exists() {
    grep -rqF "func $1(" Tests --include='*.swift' || grep -rqF "def $1(" IntegrationTests --include='*.py'
}

status=0
for document in "$@"; do
    rows=$(promises "$document")
    if [ -z "$rows" ]; then
        echo "$document has no table of promises whose last column is \"Tests\"" >&2
        status=1
    fi
    while IFS= read -r row; do
        cells=${row%|*}
        names=$(grep -oE '`[A-Za-z0-9]+_[A-Za-z0-9_]+`' <<<"${cells##*|}" | tr -d '`' || true)
        if [ -z "$names" ] && [ -n "$row" ]; then
            echo "$document promises without a test: $row" >&2
            status=1
        fi
        for name in $names; do
            exists "$name" && continue
            echo "$document names $name, which is no test" >&2
            status=1
        done
    done <<<"$rows"
done
exit "$status"
