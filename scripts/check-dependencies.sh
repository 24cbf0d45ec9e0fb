#!/bin/bash
# Checks that Package.swift, dependencies.lock and Package.resolved name the same versions, and writes
# Package.resolved where it is missing or differs; see scripts/dependencies/check.py.
set -eu
cd "$(dirname "$0")"
PYTHONDONTWRITEBYTECODE=1 exec dependencies/check.py
