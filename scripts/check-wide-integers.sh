#!/bin/bash
# Checks that no stored property and no parameter is a 128-bit integer: Swift 6.3 loses the stack of an async function
# that takes one (docs/decisions/0015-optimised-programs.md). Computed properties and local variables are fine.
#   check-wide-integers.sh [FOLDER]    the project's folder; by default this one
set -euo pipefail
cd "${1:-$(dirname "$0")/..}"

found=$(grep -rnE --include='*.swift' '(let|var) +[A-Za-z]+ *: *U?Int128\b *(=|$)|[(,] *([A-Za-z_]+ +)?[A-Za-z]+ *: *U?Int128\b' \
    Sources | grep -vE '^[^:]+:[0-9]+: *//|static let|init\(bits: UInt128\)' || true)
[ -z "$found" ] && exit 0
echo "$found" >&2
echo 'check-wide-integers: store two UInt64 in place of a 128-bit integer, and pass none to a function.' >&2
exit 1
