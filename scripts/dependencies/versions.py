"""Compares versions of Swift packages (semver.org, 2.0.0) and Debian's (deb-version(7)), also with ranges."""

import re

SEMANTIC = re.compile(
    r"v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z.-]+)?")
CONDITION = re.compile(r"(<=|>=|<|>|=)(\S+)")


class VersionError(ValueError):
    """A text that is no version, or no range."""


def semantic_key(text):
    """A key that sorts versions of Swift packages. A missing minor or patch number is 0, build metadata is ignored."""
    match = SEMANTIC.fullmatch(text)
    if not match:
        raise VersionError(f"{text!r} is no semantic version")
    numbers = tuple(int(part or 0) for part in match.group(1, 2, 3))
    if match[4] is None:
        return numbers, (1,)
    # A pre-release comes before its release, a number before a word, and a shorter list before a longer one.
    words = tuple((0, int(word), "") if word.isdigit() else (1, 0, word) for word in match[4].split("."))
    return numbers, (0, words)


def debian_key(text):
    """A key that sorts Debian's versions as dpkg does."""
    match = re.fullmatch(r"(?:(\d+):)?([0-9][A-Za-z0-9.+~:-]*?)(?:-([A-Za-z0-9.+~]+))?", text)
    if not match:
        raise VersionError(f"{text!r} is no version of a Debian package")
    return int(match[1] or 0), _debian_part(match[2]), _debian_part(match[3] or "0")


def _debian_part(text):
    """Words and numbers by turns: ~ comes before the end, the end before letters, letters before all else."""
    key = []
    for word, number in re.findall(r"(\D*)(\d*)", text):
        if word or number:
            key.append((*(_debian_character(character) for character in word), 0))
            key.append(int(number or 0))
    return tuple(key) + ((0,),)


def _debian_character(character):
    if character == "~":
        return -1
    return ord(character) if character.isalpha() else ord(character) + 256


KEYS = {"swift": semantic_key, "debian": debian_key}


def contains(version_range, version, key):
    """Whether a range holds a version.

    A range is one alternative or several, separated by commas. The conditions of an alternative are separated by
    spaces, and all must hold: `>=2.0.0 <2.29.1, >=2.30.0 <2.39.1`. `*` holds every version.
    """
    wanted = key(version)
    alternatives = [alternative.split() for alternative in version_range.split(",")]
    if not all(alternatives):
        raise VersionError(f"the range {version_range!r} has an empty alternative")
    # Each condition is read, so that a mistake behind one that does not hold is found too.
    return any([all([_holds(condition, wanted, key) for condition in conditions]) for conditions in alternatives])


def _holds(condition, version, key):
    if condition == "*":
        return True
    match = CONDITION.fullmatch(condition)
    if not match:
        raise VersionError(f"{condition!r} is no condition: write <, <=, >, >= or = and a version")
    bound = key(match[2])
    return {
        "<": version < bound, "<=": version <= bound, ">": version > bound, ">=": version >= bound,
        "=": version == bound,
    }[match[1]]
