#!/bin/bash
# Holds every shell script of the repository against shellcheck; ends with 1 where it finds fault with one. Two of its
# rules are off: SC2016, because text in single quotes that another shell expands is meant so, and SC1091, because
# what a script reads from elsewhere is not there yet.
set -eu
cd "$(dirname "$0")/.."
command -v shellcheck >/dev/null || { echo "check-shell: no shellcheck here: run scripts/setup.sh" >&2; exit 69; }
mapfile -t scripts < <(
    grep -rlIE --exclude-dir='.build*' --exclude-dir=.git '^(#!.*[/ ](ba|da)?sh( |$)|# shellcheck shell=)' .
)
[ ${#scripts[@]} -gt 0 ] || { echo "check-shell: found no shell script" >&2; exit 70; }
shellcheck --external-sources --exclude=SC1091,SC2016 "${scripts[@]}"
