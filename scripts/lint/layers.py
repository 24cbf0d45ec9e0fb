"""Arrows between areas, targets and folders: they point one way only, and each has its import."""

import collections
import re

from findings import Finding

# Lowest first. An area uses the ones before it, except those that it may not.
AREAS = ["Formats", "System", "Network", "Bluetooth", "Uploader", "Tools", "Hub", "Programs"]
FORBIDDEN = {"System": {"Formats"}, "Hub": {"Bluetooth", "Uploader", "Tools"}}
# These come with Swift and the system.
SYSTEM_MODULES = {
    "Dispatch", "Foundation", "FoundationEssentials", "FoundationNetworking", "Glibc", "Musl", "PackageDescription",
    "RegexBuilder", "Swift", "Synchronization", "Testing", "XCTest", "_Concurrency",
}
TYPES = {"struct", "class", "enum", "actor", "protocol", "typealias"}


def layer_findings(tree):
    places = {target.name: target for target in tree.targets}
    for target in tree.targets:
        if not target.path.startswith("Sources/"):
            continue
        if target.area is not None and target.area not in AREAS:
            yield Finding("layer", target.path, 1, f"the area {target.area} is not in scripts/lint/layers.py")
            continue
        for name in target.dependencies:
            used = places.get(name)
            if used is None:
                continue
            if used.path.startswith("Tests/"):
                yield Finding("layer", target.path, 1, f"{target.name} uses {name}, which is a part of the tests")
            elif target.area in AREAS and used.area in AREAS and (
                    AREAS.index(used.area) > AREAS.index(target.area)
                    or used.area in FORBIDDEN.get(target.area, ())):
                yield Finding("layer", target.path, 1,
                              f"{target.name} ({target.area}) uses {name} ({used.area}), which is no layer below")


def import_findings(tree):
    places = {target.name: target for target in tree.targets}
    for target in tree.targets:
        if target.kind == "system":
            continue
        declared = {name.replace("-", "_") for name in target.dependencies}
        imported = set()
        for path in tree.files(target):
            for line, module in tree.swift[path].imports():
                imported.add(module)
                if module not in declared and module not in SYSTEM_MODULES and module != target.module:
                    yield Finding("import", path, line, f"{target.name} does not declare {module} in Package.swift")
        for name in target.dependencies:
            # A test may start a program without importing it.
            started = name in places and places[name].kind == "executable"
            if name.replace("-", "_") not in imported and not started:
                yield Finding("import", target.path, 1, f"{target.name} declares {name} and never imports it")


class Symbols:
    """Which files declare a name, and which files name it."""

    def __init__(self, tree):
        self.tree = tree
        self.owner = {path: target for target in tree.targets for path in tree.files(target)}
        self.identifiers = {path: set(re.findall(r"\b[A-Za-z_]\w*", source.code))
                            for path, source in tree.swift.items()}
        self.members = {path: set(re.findall(r"\.[ \t\n]*([A-Za-z_]\w*)", source.code))
                        for path, source in tree.swift.items()}
        self.calls = {path: set(re.findall(r"\b([A-Za-z_]\w*)[ \t]*\(", source.code))
                      for path, source in tree.swift.items()}
        # (name, is a type): the files that declare it.
        self.places = collections.defaultdict(set)
        self.top_level = set()
        for path, declarations in tree.declarations.items():
            for item in declarations:
                if item.private or item.scope == "body" or item.kind in ("extension", "init", "deinit", "subscript"):
                    continue
                if not path.startswith("Sources/"):
                    continue
                is_type = item.kind in TYPES or item.kind == "associatedtype"
                self.places[item.name, is_type].add(path)
                if item.scope == "file":
                    self.top_level.add((item.name, path))
        self.kinds = {}
        for path, declarations in tree.declarations.items():
            for item in declarations:
                self.kinds.setdefault((path, item.name), item)
        self._reach = self._reachable()

    def _reachable(self):
        direct = {target.name: set(target.dependencies) for target in self.tree.targets}
        found = {}

        def visit(name):
            if name not in found:
                found[name] = set()
                for used in direct.get(name, ()):
                    found[name] |= {used} | visit(used)
            return found[name]

        for name in direct:
            visit(name)
        return found

    def names(self, target):
        """Name, whether it is a type, and the files of `target` that declare it; ambiguous names are left out."""
        own = set(self.tree.files(target))
        for (name, is_type), paths in self.places.items():
            here = paths & own
            if not here or len(name) < 3:
                continue
            top = all((name, path) in self.top_level for path in here)
            if not (is_type and top):
                if paths - own or not is_type and self._is_foreign(name, target):
                    continue
            yield name, is_type, here

    def _is_foreign(self, name, target):
        """Whether a target uses a member of this name that cannot be the one of `target`."""
        for path, members in self.members.items():
            owner = self.owner.get(path)
            if (owner is not None and name in members and owner is not target
                    and target.name not in self._reach.get(owner.name, ())):
                return True
        return False

    def users(self, name, is_type, declared, target):
        for path in self.tree.files(target):
            if path in declared:
                continue
            if is_type:
                used = name in self.identifiers[path]
            else:
                item = self.kinds[next(iter(declared)), name]
                used = name in self.members[path] or (item.kind == "func" and name in self.calls[path]) or (
                    item.scope == "file" and name in self.identifiers[path])
            # A name that a file declares itself, privately or locally, is most likely its own.
            if used and (path, name) not in self.kinds:
                yield path


def folder_graphs(tree, symbols, target):
    """For each folder of a target that has folders: its path, and the arrows between its entries."""
    files = tree.files(target)
    folders = collections.defaultdict(set)
    for path in files:
        parts = path[len(target.path) + 1:].split("/")
        for depth in range(len(parts) - 1):
            folders["/".join([target.path, *parts[:depth]])].add(parts[depth])
    uses = list(symbols.names(target)) if folders else []
    used_by = [(name, declared, list(symbols.users(name, is_type, declared, target)))
               for name, is_type, declared in uses]
    for folder in sorted(folders):
        arrows = collections.defaultdict(set)
        for name, declared, users in used_by:
            homes = {entry(folder, path) for path in declared}
            if len(homes) != 1 or None in homes:
                continue
            home = homes.pop()
            for path in users:
                user = entry(folder, path)
                if user not in (None, home):
                    arrows[user, home].add((name, path))
        yield folder, folders[folder], arrows


def entry(folder, path):
    if not path.startswith(folder + "/"):
        return None
    return path[len(folder) + 1:].split("/")[0]


def circle_findings(tree, symbols=None):
    symbols = symbols or Symbols(tree)
    for target in tree.targets:
        if target.path.startswith("Sources/") and target.kind != "system":
            for folder, folders, arrows in folder_graphs(tree, symbols, target):
                yield from _circles(folder, folders, arrows)


def _circles(folder, folders, arrows):
    paired = set()
    for (one, other), names in sorted(arrows.items()):
        if one < other and one in folders and other in folders and (other, one) in arrows:
            paired |= {one, other}
            yield Finding("circle", folder, 1, f"{one} and {other} use each other: "
                          f"{_example(one, other, names)}; {_example(other, one, arrows[other, one])}")
    for circle in _strongly_connected(arrows):
        if len(circle & folders) > 1 and not circle & paired:
            yield Finding("circle", folder, 1, f"{', '.join(sorted(circle))} use each other in a circle")
    for file in sorted({name for arrow in arrows for name in arrow} - folders):
        above = sorted(one for one, other in arrows if other == file and one in folders)
        below = sorted(other for one, other in arrows if one == file and other in folders)
        if above and below:
            yield Finding("circle", f"{folder}/{file}", 1, f"{above[0]} uses it, and it uses {below[0]}: "
                          f"{_example(above[0], file, arrows[above[0], file])}; "
                          f"{_example(file, below[0], arrows[file, below[0]])}")


def _example(user, used, names):
    shown = sorted({f"{name} in {path.rsplit('/', 1)[1]}" for name, path in names})
    return f"{user} → {used} by {', '.join(shown[:4])}" + (f" and {len(shown) - 4} more" if len(shown) > 4 else "")


def _strongly_connected(arrows):
    forward = collections.defaultdict(set)
    for one, other in arrows:
        forward[one].add(other)
    reach = {}
    for start in list(forward):
        seen, waiting = set(), [start]
        while waiting:
            for following in forward.get(waiting.pop(), ()):
                if following not in seen:
                    seen.add(following)
                    waiting.append(following)
        reach[start] = seen
    groups = {frozenset({one} | {other for other in reach[one] if one in reach.get(other, ())}) for one in reach}
    return [group for group in groups if len(group) > 1]
