#!/usr/bin/env python3
"""Checks that Package.swift and dependencies.lock agree, and has the package manager take the versions of the lock.

Where Package.resolved says something else, or is missing, it is written: the commits are those that the repositories'
own tags name, asked for with git, and so a mirror that numbers commits otherwise works too. Nothing is downloaded when
Package.resolved agrees.
"""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import lock as locks

PATIENCE_SECONDS = 120


def commit(package):
    """The commit of a package's version, from its repository."""
    tags = [f"refs/tags/{prefix}{package.version}" for prefix in ("", "v")]
    command = ["git", "ls-remote", package.location, *tags, *(f"{tag}^{{}}" for tag in tags)]
    try:
        ended = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                               timeout=PATIENCE_SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise locks.LockError(f"{package.location} did not answer within {PATIENCE_SECONDS} s; try again") from error
    if ended.returncode != 0:
        raise locks.LockError(f"{package.location} did not answer for {package.name} {package.version}:\n"
                              f"{ended.stderr}Check the network, and git's configuration")
    found = dict(reversed(line.split("\t")) for line in ended.stdout.splitlines())
    for tag in tags:
        # An annotated tag is an object of its own; ^{} is the commit that it names.
        if chosen := found.get(f"{tag}^{{}}", found.get(tag)):
            return chosen
    raise locks.LockError(f"{package.location} has no version {package.version} of {package.name}: "
                          "set another one in Package.swift, and run make update-dependencies")


def pin(packages, path):
    with ThreadPoolExecutor(max_workers=8) as workers:
        commits = dict(zip(packages, workers.map(commit, packages.values())))
    pins = [{"identity": name, "kind": "remoteSourceControl", "location": package.location,
             "state": {"revision": commits[name], "version": package.version}}
            for name, package in sorted(packages.items())]
    # Version 2 has no digest of the manifest in it, which the package manager would compare.
    text = json.dumps({"pins": pins, "version": 2}, indent=2) + "\n"
    # Root may have written the file that is there (sudo make install), and another make may read it.
    part = path.with_name(f"{path.name}.{os.getpid()}")
    part.write_text(text, encoding="utf-8")
    part.replace(path)


def main():
    try:
        lock = locks.read_lock()
        if found := locks.differences(lock, locks.read_manifest()):
            raise locks.LockError("\n".join(found) + "\nThe build would take versions that were not reviewed: "
                                  "run make update-dependencies, and commit dependencies.lock")
        if locks.resolved_differences(lock, locks.read_resolved()):
            pin(lock, locks.RESOLVED)
    except locks.LockError as error:
        sys.exit(f"dependencies: {error}")


if __name__ == "__main__":
    main()
