#!/usr/bin/env python3
"""Compares the versions of a build with security/advisories.tsv, and fails if one of them is affected.

It checks the Swift packages of dependencies.lock, the distribution's libraries on this machine that the programs are
linked with, and those of the packages for arm64 (packaging/arm64/*.sha256). It downloads nothing.
"""

import pathlib
import re
import subprocess
import sys
import urllib.parse
from dataclasses import dataclass

import lock as locks
from versions import KEYS, VersionError, contains

ADVISORIES = locks.ROOT / "security/advisories.tsv"
ARM64_LISTS = locks.ROOT / "packaging/arm64"
FIELDS = 7


@dataclass(frozen=True)
class Advisory:
    """One line of the list: which versions of which package are affected by what."""

    kind: str
    package: str
    affected: str
    fixed_in: str
    identifier: str
    summary: str
    source: str


@dataclass(frozen=True)
class Component:
    """A package in a version, and where that is taken from."""

    kind: str
    name: str
    version: str
    place: str


def read_advisories(path=ADVISORIES):
    advisories = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        fields = line.split("\t")
        if len(fields) != FIELDS or not all(fields):
            raise locks.LockError(f"{path.name}:{number}: {FIELDS} fields are expected, separated by tabs")
        advisory = Advisory(*fields)
        if advisory.kind not in KEYS:
            raise locks.LockError(f"{path.name}:{number}: {advisory.kind} is neither swift nor debian")
        try:
            if contains(advisory.affected, advisory.fixed_in, KEYS[advisory.kind]):
                raise locks.LockError(f"{path.name}:{number}: the range holds {advisory.fixed_in}, which is to fix it")
        except VersionError as error:
            raise locks.LockError(f"{path.name}:{number}: {error}") from error
        advisories.append(advisory)
    return advisories


def swift_components(lock):
    return [Component("swift", package.name, package.version, "dependencies.lock") for package in lock.values()]


def installed_components():
    """Debian's packages on this machine, by the source that they are built from; none on another system."""
    form = "${db:Status-Status}\t${source:Package}\t${source:Version}\n"
    try:
        listed = subprocess.run(["dpkg-query", "-W", "-f", form], stdout=subprocess.PIPE, text=True, check=True).stdout
    except OSError:
        return []
    found = {tuple(fields[1:]) for line in listed.splitlines() if (fields := line.split("\t"))[0] == "installed"}
    return [Component("debian", source, version, "this machine") for source, version in sorted(found)]


def listed_components(folder=ARM64_LISTS):
    """Debian's packages of the lists for arm64, by the source: pool/main/c/curl/libcurl4t64_8.14.1-2_arm64.deb."""
    found = set()
    for path in sorted(pathlib.Path(folder).glob("*.sha256")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if match := re.search(r"([^/]+)/[^/_]+_([^/_]+)_[^/_]+\.deb$", line):
                found.add(Component("debian", match[1], urllib.parse.unquote(match[2]), f"packaging/arm64/{path.name}"))
    return sorted(found, key=lambda component: (component.name, component.place))


def hits(components, advisories):
    """Each component that an advisory speaks of, with that advisory."""
    found = []
    for component in components:
        for advisory in advisories:
            if (advisory.kind, advisory.package) == (component.kind, component.name) and contains(
                    advisory.affected, component.version, KEYS[advisory.kind]):
                found.append((component, advisory))
    return found


def advice(component, advisory):
    if component.kind == "swift":
        return (f"Raise it to {advisory.fixed_in} or newer in Package.swift, or the package that asks for it, "
                "and run make update-dependencies")
    if component.place == "this machine":
        return "Run apt-get update and apt-get upgrade"
    return "Run packaging/arm64/update-packages.sh"


def main():
    try:
        advisories = read_advisories()
        components = swift_components(locks.read_lock()) + installed_components() + listed_components()
        found = hits(components, advisories)
    except (locks.LockError, VersionError) as error:
        sys.exit(f"audit: {error}")
    for component, advisory in found:
        print(f"audit: {component.name} {component.version} ({component.place}): "
              f"{advisory.identifier}, {advisory.summary}. {advice(component, advisory)}. "
              f"See {advisory.source}", file=sys.stderr)
    if found:
        sys.exit(1)
    known = {(advisory.kind, advisory.package) for advisory in advisories}
    compared = sum((component.kind, component.name) in known for component in components)
    print(f"audit: {len(advisories)} advisories, {compared} packages that they speak of, none affected")


if __name__ == "__main__":
    main()
