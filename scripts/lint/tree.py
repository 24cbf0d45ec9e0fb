"""The files that git tracks, and the package's targets."""

import json
import os
import pathlib
import subprocess
from dataclasses import dataclass, field
from functools import cached_property

from swift_source import SwiftSource

# Bytes and texts that others wrote, or that must stay as they are.
EXCLUDED = ("Corpora/", "Vectors/", "/Seeds/", "IntegrationTests/Clients/documented/")


class TreeError(Exception):
    pass


@dataclass
class Target:
    name: str
    path: str
    kind: str
    # Names of targets and products.
    dependencies: list = field(default_factory=list)
    products: set = field(default_factory=set)

    @property
    def module(self):
        return self.name.replace("-", "_")

    @property
    def area(self):
        """`Sources/Network/DBus` is in Network; None for targets elsewhere."""
        parts = self.path.split("/")
        return parts[1] if parts[0] == "Sources" and len(parts) == 3 else None


class Tree:
    def __init__(self, root, targets=None):
        self.root = pathlib.Path(root)
        self._targets = targets

    @cached_property
    def paths(self):
        command = ["git", "-C", str(self.root), "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
        listed = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout.decode().split("\0")
        return sorted({path for path in listed if path and not any(part in path for part in EXCLUDED)
                       and (self.root / path).is_file() and not (self.root / path).is_symlink()})

    @cached_property
    def texts(self):
        """Of every file that is text."""
        found = {}
        for path in self.paths:
            try:
                found[path] = (self.root / path).read_text(encoding="utf-8")
            except UnicodeDecodeError:
                continue
        return found

    @cached_property
    def swift(self):
        return {path: SwiftSource(text) for path, text in self.texts.items() if path.endswith(".swift")}

    @cached_property
    def declarations(self):
        return {path: source.declarations() for path, source in self.swift.items()}

    @cached_property
    def targets(self):
        return read_targets(self.root) if self._targets is None else self._targets

    def files(self, target):
        """The Swift files of a target."""
        inner = [other.path + "/" for other in self.targets
                 if other is not target and other.path.startswith(target.path + "/")]
        return [path for path in self.swift if path.startswith(target.path + "/")
                and not any(path.startswith(folder) for folder in inner)]


def read_targets(root):
    # Without the settings that leave targets out.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("STRAPLINE_")}
    ended = subprocess.run(["swift", "package", "--package-path", str(root), "dump-package"], env=environment,
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if ended.returncode != 0:
        raise TreeError(f"Package.swift cannot be read:\n{ended.stderr.decode()}")
    return targets_in(json.loads(ended.stdout))


def targets_in(manifest):
    found = []
    for entry in manifest["targets"]:
        default = ("Tests/" if entry["type"] == "test" else "Sources/") + entry["name"]
        target = Target(entry["name"], (entry.get("path") or default).rstrip("/"), entry["type"])
        for dependency in entry["dependencies"]:
            for kind, value in dependency.items():
                target.dependencies.append(value[0])
                if kind == "product":
                    target.products.add(value[0])
        found.append(target)
    return found
