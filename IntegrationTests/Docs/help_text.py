"""Snapshots of the help of every command, in help/PROGRAM.txt. A changed text shows in the diff of its commit.

usage: help_text.py    writes the snapshots again, from the programs in .build/debug
"""

import json
import os
import pathlib
import subprocess

from documents import ROOT

FOLDER = pathlib.Path(__file__).parent / "help"
PROGRAMS = ["strapline", "strapline-hub"]


def run(program, *arguments):
    result = subprocess.run(
        [ROOT / ".build/debug" / program, *arguments], check=True, stdout=subprocess.PIPE, text=True,
        env=os.environ | {"COLUMNS": "80"})
    return result.stdout


def commands(command, words=()):
    """Every command, with the words that choose it."""
    yield words
    for sub in command.get("subcommands", []):
        if sub["commandName"] != "help":
            yield from commands(sub, (*words, sub["commandName"]))


def snapshot(program):
    command = json.loads(run(program, "--experimental-dump-help"))["command"]
    texts = [f"$ {' '.join([program, *words])} --help\n{run(program, *words, '--help')}" for words in commands(command)]
    return "\n".join(texts)


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name in PROGRAMS:
        (FOLDER / f"{name}.txt").write_text(snapshot(name), encoding="utf-8")
