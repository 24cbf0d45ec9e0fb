#!/usr/bin/env python3
"""Copies the shared libraries of programs out of a Debian root, so that the programs run on any Linux.

usage: bundle.py [--packages NAME,...] ROOT ARCHITECTURE FOLDER PROGRAM...

ROOT is the Debian root with the libraries: / or a root of another architecture. With --packages it adds the libraries
of these packages, which a program loads by itself when it needs them. FOLDER gets:

  lib/           the libraries, and the dynamic loader
  licenses/      the copyright file of each package that a library comes from
  packages.json  those packages with their versions

Only the files of ROOT are read; no program of ROOT runs.
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

TRIPLETS = {"amd64": "x86_64-linux-gnu", "arm64": "aarch64-linux-gnu"}
LOADERS = {"amd64": "ld-linux-x86-64.so.2", "arm64": "ld-linux-aarch64.so.1"}


class BundleError(Exception):
    """A library or its package is missing."""


def output(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout


def needed(file):
    """The names of the libraries that a program or a library loads when it starts."""
    return re.findall(r"\(NEEDED\).*\[(.+)\]", output("readelf", "--dynamic", "--wide", str(file)))


def soname(library):
    return re.findall(r"\(SONAME\).*\[(.+)\]", output("readelf", "--dynamic", "--wide", str(library)))


class DebianRoot:
    """The libraries of one architecture in a Debian root."""

    def __init__(self, path, architecture):
        self.path = pathlib.Path(path)
        self.architecture = architecture
        # A root whose packages are unpacked only, not installed, does not know which package a file is from.
        self.knows_packages = any((self.path / "var/lib/dpkg/info").glob("libc6*.list"))
        self.folders = [self.path / "usr/lib" / TRIPLETS[architecture], self.path / "lib" / TRIPLETS[architecture]]

    def resolved(self, file):
        """The file behind symbolic links, which are absolute within the root."""
        for _ in range(20):
            if not file.is_symlink():
                return file
            target = os.readlink(file)
            file = self.path / target.lstrip("/") if target.startswith("/") else file.parent / target
        raise BundleError(f"too many symbolic links at {file}")

    def library(self, name):
        for folder in self.folders:
            if os.path.lexists(folder / name):
                return self.resolved(folder / name)
        raise BundleError(f"{self.path} has no {name} for {self.architecture}: install its package there")

    def libraries_of(self, package):
        """The names under which programs load the libraries of a package."""
        for listed in f"{package}:{self.architecture}.list", f"{package}.list":
            path = self.path / "var/lib/dpkg/info" / listed
            if path.exists():
                files = [self.path / line.lstrip("/") for line in path.read_text(encoding="utf-8").splitlines()]
                folder = re.compile(rf"/{TRIPLETS[self.architecture]}$")
                libraries = [file for file in files if folder.search(str(file.parent)) and ".so." in file.name]
                return sorted({name for file in libraries for name in soname(self.resolved(file))})
        raise BundleError(f"{self.path} has no package {package} for {self.architecture}: install it there")

    def closure(self, programs, packages=()):
        """Every library that the programs load, directly and indirectly, and those of the packages, by name."""
        found = {}
        waiting = [name for program in programs for name in needed(program)] + [LOADERS[self.architecture]]
        waiting += [name for package in packages for name in self.libraries_of(package)]
        while waiting:
            name = waiting.pop()
            if name not in found:
                found[name] = self.library(name)
                waiting.extend(needed(found[name]))
        return dict(sorted(found.items()))

    def package(self, file):
        """The package that has the file, with its version. dpkg knows some files below /lib, others below /usr/lib."""
        database = f"--admindir={self.path / 'var/lib/dpkg'}"
        tail = f"{TRIPLETS[self.architecture]}/{file.name}"
        for path in f"/usr/lib/{tail}", f"/lib/{tail}":
            listed = subprocess.run(["dpkg-query", database, "-S", path], stdout=subprocess.PIPE,
                                    stderr=subprocess.DEVNULL, text=True, check=False).stdout
            owner = re.search(rf"^([^:,\s]+)(?::\S+)?: {re.escape(path)}$", listed, re.MULTILINE)
            if owner:
                version = output("dpkg-query", database, "-W", "-f", "${Version}", f"{owner[1]}:{self.architecture}")
                return owner[1], version
        raise BundleError(f"no package of {self.path} has {file}")


def bundle(root, folder, programs, packages=()):
    """Copies the libraries, with the licences and the versions of their packages."""
    (folder / "lib").mkdir(parents=True, exist_ok=True)
    (folder / "licenses").mkdir(exist_ok=True)
    listed = folder / "packages.json"
    versions = json.loads(listed.read_text()) if listed.exists() else {}
    for name, file in root.closure(programs, packages).items():
        shutil.copyfile(file, folder / "lib" / name)
        os.chmod(folder / "lib" / name, 0o755)
        if not root.knows_packages:
            continue
        package, version = root.package(file)
        versions[package] = version
        text = root.resolved(root.path / "usr/share/doc" / package / "copyright")
        if text.exists():
            shutil.copyfile(text, folder / "licenses" / package)
    listed.write_text(json.dumps(versions, indent=2, sort_keys=True) + "\n")


def main():
    parser = argparse.ArgumentParser(usage=__doc__.strip())
    parser.add_argument("--packages", default="")
    parser.add_argument("root")
    parser.add_argument("architecture", choices=TRIPLETS)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("programs", nargs="+")
    given = parser.parse_args()
    try:
        bundle(DebianRoot(given.root, given.architecture), given.folder, given.programs,
               [name for name in given.packages.split(",") if name])
    except (BundleError, OSError, subprocess.CalledProcessError) as error:
        sys.exit(f"bundle: {error}")


if __name__ == "__main__":
    main()
