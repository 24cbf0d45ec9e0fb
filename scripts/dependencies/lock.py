"""dependencies.lock: the version of every Swift package that a build takes, those included that other packages ask for.

Package.resolved names commits, which a mirror of a repository may number otherwise; the lock names versions, and so it
is the same everywhere. Package.resolved is made from it (pin.py) and belongs to one machine.
"""

import json
import pathlib
import re
from dataclasses import dataclass

ROOT = pathlib.Path(__file__).resolve().parents[2]
LOCK = ROOT / "dependencies.lock"
MANIFEST = ROOT / "Package.swift"
RESOLVED = ROOT / "Package.resolved"

HEADER = """\
# The version of every Swift package that a build takes. `make` builds with these and no others.
# Written by `make update-dependencies`; a direct dependency's version comes from Package.swift.
# package<TAB>version<TAB>location<TAB>the programs that have it in them<TAB>the packages that it uses there
"""
REQUIREMENT = re.compile(r'\.package\(\s*url:\s*"([^"]+)",\s*([^)]*)\)')
EXACT = re.compile(r'exact:\s*"([^"]+)"')


class LockError(Exception):
    """A mistake in one of the files; the text says which and how to fix it."""


@dataclass(frozen=True)
class Package:
    name: str
    version: str
    location: str
    used_by: tuple = ()
    needs: tuple = ()


def identity(location):
    """The name by which the Swift package manager knows a package: the last part of its location, in small letters."""
    return location.rstrip("/").rsplit("/", 1)[-1].removesuffix(".git").lower()


def read_lock(path=LOCK):
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise LockError(f"{path.name} cannot be read: {error.strerror}; run make update-dependencies") from error
    packages = {}
    for number, line in enumerate(lines, 1):
        if not line or line.startswith("#"):
            continue
        fields = line.split("\t")
        if len(fields) != 5 or not all(fields[:3]):
            raise LockError(f"{path.name}:{number}: five fields are expected, separated by tabs; "
                            "run make update-dependencies")
        name, version, location, used_by, needs = fields
        if name in packages:
            raise LockError(f"{path.name}:{number}: {name} stands there twice; run make update-dependencies")
        packages[name] = Package(name, version, location, tuple(used_by.split()), tuple(needs.split()))
    return packages


def write_lock(packages, path=LOCK):
    lines = ["\t".join((package.name, package.version, package.location, " ".join(package.used_by),
                        " ".join(package.needs))) for _, package in sorted(packages.items())]
    path.write_text(HEADER + "\n".join(lines) + "\n", encoding="utf-8")


def read_manifest(path=MANIFEST):
    """The direct dependencies: by name, the location and the exact version."""
    direct = {}
    for location, requirement in REQUIREMENT.findall(path.read_text(encoding="utf-8")):
        exact = EXACT.fullmatch(requirement.strip())
        if not exact:
            raise LockError(f'{path.name}: {identity(location)} has no exact version ({requirement}), so two '
                            'builds may differ; write exact: "1.2.3" and run make update-dependencies')
        direct[identity(location)] = (location, exact[1])
    if not direct:
        raise LockError(f"{path.name} names no package that this script can read")
    return direct


def read_resolved(path=RESOLVED):
    """The choice of the package manager: by name, the location and the version; empty before the first choice."""
    try:
        pins = json.loads(path.read_text(encoding="utf-8"))["pins"]
        return {pin["identity"]: (pin["location"], pin["state"].get("version")) for pin in pins}
    except FileNotFoundError:
        return {}
    except (ValueError, KeyError, TypeError) as error:
        raise LockError(f"{path.name} cannot be read ({error}); remove it and run make build") from error


def differences(lock, direct):
    """Where the manifest and the lock say different things."""
    found = []
    for name, (location, version) in sorted(direct.items()):
        if name not in lock:
            found.append(f"{name} {version} is in Package.swift and not in dependencies.lock")
        elif (lock[name].location, lock[name].version) != (location, version):
            found.append(f"{name} is {version} from {location} in Package.swift, "
                         f"and {lock[name].version} from {lock[name].location} in dependencies.lock")
    for name, package in sorted(lock.items()):
        found += [f"{name} needs {needed}, which is not in dependencies.lock" for needed in package.needs
                  if needed not in lock]
    return found


def resolved_differences(lock, resolved):
    """Where the package manager's choice and the lock say different things."""
    found = [f"{name} {version} is in Package.resolved and not in dependencies.lock"
             for name, (_, version) in sorted(resolved.items()) if name not in lock]
    for name, package in sorted(lock.items()):
        if name not in resolved:
            found.append(f"{name} {package.version} is in dependencies.lock and not in Package.resolved")
        elif resolved[name] != (package.location, package.version):
            location, version = resolved[name]
            found.append(f"{name} is {package.version} from {package.location} in dependencies.lock, "
                         f"and {version} from {location} in Package.resolved")
    return found
