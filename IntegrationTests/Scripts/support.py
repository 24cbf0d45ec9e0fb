"""Lets the tests import the modules of scripts/dependencies and scripts/lint."""

import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "scripts/dependencies"), str(ROOT / "scripts/lint")]
