#!/usr/bin/env python3
"""Writes a man page, in mdoc(7), from the help of a program.

usage: manual.py ABOUT.mdoc DATE VERSION <DUMP >PAGE.1
       manual.py --configuration HEAD.mdoc EXAMPLE.yaml DATE >PAGE.5

DUMP is the JSON of `PROGRAM --experimental-dump-help` (swift-argument-parser). ABOUT.mdoc adds files, environment and
exit status. DATE is in the form of mdoc's .Dd: November 26, 2026.
"""

import json
import re
import sys
import textwrap


def escaped(text):
    """Text that roff shows unchanged."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return re.sub(r"^([.'])", r"\\&\1", text, flags=re.MULTILINE)


def paragraphs(text):
    """A discussion: indented lines stay lines of their own."""
    for line in text.splitlines():
        if not line.strip():
            yield ".Pp"
        elif line.startswith("  "):
            yield f".Dl {escaped(line.strip())}"
        else:
            # roff wants one sentence a line
            yield from escaped(re.sub(r"(?<=[.:;?!]) (?=[A-Z`])", "\n", line)).splitlines()


def is_shown(argument):
    return argument.get("shouldDisplay", True)


def spelled(name):
    return ("\\-" if name["kind"] == "short" else "\\-\\-") + escaped(name["name"])


def synopsis(argument):
    value = f"Ar {escaped(argument['valueName'])}"
    if argument["kind"] == "positional":
        words = value
    else:
        words = f"Ic {spelled(argument['preferredName'])}"
        words += f" {value}" if argument["kind"] == "option" else ""
    words += " ..." if argument.get("isRepeating") else ""
    return f".Op {words}" if argument.get("isOptional") else f".{words}"


def options(arguments):
    yield ".Bl -tag -width Ds"
    for argument in arguments:
        value = f" Ar {escaped(argument['valueName'])}"
        if argument["kind"] == "positional":
            yield ".It" + value
        else:
            names = " , ".join(f"Ic {spelled(name)}" for name in argument["names"])
            yield f".It {names}" + (value if argument["kind"] == "option" else "")
        if argument.get("abstract"):
            yield from paragraphs(argument["abstract"])
        if argument.get("discussion"):
            yield from paragraphs(argument["discussion"])
        if argument.get("defaultValue"):
            yield f"Default: {escaped(argument['defaultValue'])}."
    yield ".El"


# Every command has them; the page explains them once.
EVERYWHERE = {"help", "version"}


def own_arguments(command):
    return [a for a in command.get("arguments", []) if is_shown(a) and a["valueName"] not in EVERYWHERE]


def commands(command, path):
    """Each command that does something, with all its arguments."""
    for sub in command.get("subcommands", []):
        if sub["commandName"] == "help" or not sub.get("shouldDisplay", True):
            continue
        words = [*path, sub["commandName"]]
        yield f".Ss {escaped(' '.join(words))}"
        arguments = own_arguments(sub)
        if not sub.get("subcommands"):
            yield ".Bd -ragged"
            yield f".Nm {escaped(' '.join(words))}"
            yield from map(synopsis, arguments)
            yield ".Ed"
            yield ".Pp"
        yield from paragraphs(sub.get("abstract", ""))
        if sub.get("discussion"):
            yield ".Pp"
            yield from paragraphs(sub["discussion"])
        if arguments:
            yield from options(arguments)
        yield from commands(sub, words)


def program_page(about, date, version):
    program = json.load(sys.stdin)["command"]
    name = program["commandName"]
    yield f".Dd {date}"
    yield f".Dt {name.upper()} 1"
    yield f".Os strapline {version}"
    yield ".Sh NAME"
    yield f".Nm {name}"
    yield f".Nd {escaped(program['abstract'].rstrip('.'))}"
    yield ".Sh SYNOPSIS"
    yield ".Nm"
    yield ".Ar command"
    yield ".Op Ar argument ..."
    yield ".Nm"
    yield ".Ic help"
    yield ".Op Ar command"
    yield ".Sh DESCRIPTION"
    yield from paragraphs(program.get("discussion") or program["abstract"])
    yield ".Pp"
    yield "Every command has"
    yield ".Ic \\-\\-help ."
    yield ".Ic \\-\\-version"
    yield "shows the version."
    yield ".Sh COMMANDS"
    yield from commands(program, [])
    yield about.rstrip()


COMMENT = re.compile(r"(\s*# )(?=\S)")
# A comment line of at least this length continues in the next one.
FULL_COLUMNS = 100
TERMINAL_COLUMNS = 72


def refolded(lines):
    """The lines of a file, with its comments as wide as a terminal shows them."""
    joined = []
    goes_on = False
    for line in lines:
        comment = COMMENT.match(line)
        if goes_on and comment:
            joined[-1] += " " + line[comment.end():]
        else:
            joined.append(line)
        goes_on = bool(comment) and len(line) >= FULL_COLUMNS
    for line in joined:
        comment = COMMENT.match(line)
        if comment:
            yield from textwrap.wrap(
                line, TERMINAL_COLUMNS, subsequent_indent=comment.group(), break_long_words=False,
                break_on_hyphens=False)
        else:
            yield line


def configuration_page(head, example, date):
    yield f".Dd {date}"
    yield head.rstrip()
    yield ".Bd -literal"
    for line in refolded(example.splitlines()):
        yield escaped(line) or "\\&"
    yield ".Ed"
    yield ".Sh SEE ALSO"
    yield ".Xr strapline 1"


def contents(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


if __name__ == "__main__":
    if sys.argv[1] == "--configuration":
        lines = configuration_page(contents(sys.argv[2]), contents(sys.argv[3]), sys.argv[4])
    else:
        lines = program_page(contents(sys.argv[1]), sys.argv[2], sys.argv[3])
    print("\n".join(line for line in lines if line))
