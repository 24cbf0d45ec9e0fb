#!/usr/bin/env python3
"""Raises the direct dependencies, resolves the others again, and writes dependencies.lock.

usage: update.py [PACKAGE…]

Each package that is named gets its newest release below the next major version; `all` stands for every direct
dependency. Without a name Package.swift stays as it is: after an edit of it, the lock is written for what it says.
"""

import json
import re
import subprocess
import sys

import lock as locks
from versions import VersionError, semantic_key

PROGRAMS = ("strapline", "strapline-hub")


def newest(location, version):
    """The newest release of the major version in use."""
    listed = subprocess.run(
        ["git", "ls-remote", "--tags", "--refs", location], stdout=subprocess.PIPE, text=True, check=True)
    releases = [version]
    for tag in re.findall(r"refs/tags/v?(\S+)", listed.stdout):
        try:
            (major, _, _), rest = semantic_key(tag)
        except VersionError:
            continue
        if major == semantic_key(version)[0][0] and rest == (1,) and tag.count(".") == 2:
            releases.append(tag)
    return max(releases, key=semantic_key)


def raise_versions(names):
    """Writes the newest versions of the named packages into Package.swift."""
    direct = locks.read_manifest()
    if unknown := sorted(set(names) - set(direct) - {"all"}):
        raise locks.LockError(f"Package.swift has no dependency {', '.join(unknown)}; it has "
                              f"{', '.join(sorted(direct))}")
    manifest = locks.MANIFEST.read_text(encoding="utf-8")
    for name, (location, version) in sorted(direct.items()):
        if name not in names and "all" not in names:
            continue
        release = newest(location, version)
        if release != version:
            print(f"{name}: {version} -> {release}")
            manifest = re.sub(rf'(url:\s*"{re.escape(location)}",\s*exact:\s*")[^"]+', rf"\g<1>{release}", manifest)
    locks.MANIFEST.write_text(manifest, encoding="utf-8")


def described(folder):
    """A package's manifest as the package manager reads it."""
    described = subprocess.run(["swift", "package", "--package-path", folder, "dump-package"], stdout=subprocess.PIPE,
                               check=True)
    return json.loads(described.stdout)


class Graph:
    """The uses between targets of packages. A package can need another for its tests alone, so no program has it."""

    def __init__(self, manifests):
        """The manifests by the packages' names; this project's own has the name ''."""
        self.names, self.products, self.targets = {}, {}, {}
        for package, manifest in manifests.items():
            # A manifest refers to a package by its name, or by the last part of its location.
            self.names |= {manifest["name"].lower(): package, package: package}
            for product in manifest["products"]:
                self.products[package, product["name"]] = product["targets"]
        for package, manifest in manifests.items():
            traits = enabled_traits(package, manifest, manifests.values())
            for target in manifest["targets"]:
                self.targets[package, target["name"]] = [
                    used for dependency in target["dependencies"] if applies(dependency, traits)
                    for used in self.named(package, manifest, dependency)]

    def named(self, package, manifest, dependency):
        """The targets, each as (package, target), that an entry of a target's dependencies names."""
        [(kind, (name, *rest))] = dependency.items()
        if kind != "product" and any(target["name"] == name for target in manifest["targets"]):
            return [(package, name)]
        if kind == "product" and rest[0]:
            owners = [self.names[rest[0].lower()]] if rest[0].lower() in self.names else []
        else:
            owners = [owner for owner, product in self.products if product == name]
        return [(owner, target) for owner in owners for target in self.products.get((owner, name), [])]

    def below(self, target, seen):
        """Adds a target and all that it uses to `seen`."""
        if target not in seen and target in self.targets:
            seen.add(target)
            for used in self.targets[target]:
                self.below(used, seen)


def enabled_traits(package, manifest, manifests):
    """The enabled traits of a package: its default ones, those of any manifest, and all that these enable."""
    offered = {trait["name"]: trait["enabledTraits"] for trait in manifest.get("traits", [])}
    wanted = ["default"]
    for other in manifests:
        for dependency in other["dependencies"]:
            for source in dependency.get("sourceControl", []):
                if source["identity"] == package:
                    wanted += [trait["name"] for trait in source.get("traits", [])]
    enabled = set()
    while wanted:
        trait = wanted.pop()
        if trait not in enabled:
            enabled.add(trait)
            wanted += offered.get(trait, [])
    return enabled


def applies(dependency, traits):
    """Whether an entry of a target's dependencies counts on Linux, with these traits."""
    [(_, (*_, condition))] = dependency.items()
    condition = condition or {}
    platforms, needed = condition.get("platformNames"), condition.get("traits")
    return (not platforms or "linux" in platforms) and (not needed or bool(traits & set(needed)))


def resolve():
    locks.RESOLVED.unlink(missing_ok=True)
    subprocess.run(["swift", "package", "resolve"], cwd=locks.ROOT, check=True, stdout=sys.stderr)
    resolved = locks.read_resolved()
    checkouts = locks.ROOT / ".build/checkouts"
    folders = {name: next(folder for folder in checkouts.iterdir() if folder.name.lower() == name) for name in resolved}
    manifests = {name: described(folder) for name, folder in folders.items()}
    return lock_of(resolved, {"": described(locks.ROOT)} | manifests)


def lock_of(resolved, manifests):
    graph = Graph(manifests)
    used_by = {name: set() for name in resolved}
    needs = {name: set() for name in resolved}
    for program in PROGRAMS:
        reached = set()
        graph.below(("", program), reached)
        for package, target in reached:
            if package:
                used_by[package].add(program)
                needs[package] |= {other for other, _ in graph.targets[package, target]} - {package}
    return {name: locks.Package(
                name, version, location, tuple(sorted(used_by[name])) or ("none",), tuple(sorted(needs[name])))
            for name, (location, version) in resolved.items()}


def main():
    try:
        raise_versions(sys.argv[1:])
        before = locks.read_lock() if locks.LOCK.exists() else {}
        after = resolve()
        locks.write_lock(after)
        for name in sorted(before.keys() | after.keys()):
            old, new = (packages[name].version if name in packages else "none" for packages in (before, after))
            if old != new:
                print(f"dependencies.lock: {name} {old} -> {new}")
    except locks.LockError as error:
        sys.exit(f"update-dependencies: {error}")


if __name__ == "__main__":
    main()
