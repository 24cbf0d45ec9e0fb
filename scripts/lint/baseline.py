"""How many findings of a kind each part of the tree may still have. A count may fall; it never rises."""

import collections


class BaselineError(Exception):
    pass


def counted(findings):
    return collections.Counter((finding.kind, finding.part) for finding in findings)


def read(path):
    if not path.exists():
        return {}
    allowed = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        fields = line.split("\t")
        if len(fields) != 3 or not fields[2].isdecimal():
            raise BaselineError(f"{path}:{number}: not a kind, a part of the tree and a number, with tabs between")
        allowed[fields[0], fields[1]] = int(fields[2])
    return allowed


def risen(counts, allowed):
    """The kind and part of each count that is higher than it may be, with both numbers."""
    return [(key, count, allowed.get(key, 0)) for key, count in sorted(counts.items()) if count > allowed.get(key, 0)]


def lowered(counts, allowed):
    return {key: min(count, counts[key]) for key, count in allowed.items() if counts.get(key)}


def write(path, allowed):
    lines = ["# Findings of scripts/lint/lint.py that are left: kind, part of the tree, number. Lower it with --lower."]
    lines += [f"{kind}\t{part}\t{count}" for (kind, part), count in sorted(allowed.items())]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
