"""The generated pages of the reference: from the programs' help, the example configuration and openapi.json."""

import json
import re
import subprocess
import textwrap

# Every command has them.
EVERYWHERE = {"help", "version"}
USAGE_COLUMNS = 80


def pages(root):
    """Each page's file name and text."""
    yield "strapline.md", program_page(root, "strapline")
    yield "strapline-hub.md", program_page(root, "strapline-hub")
    yield "configuration.md", configuration_page(root)
    yield "hub-http.md", interface_page(root)


def program_page(root, name):
    dump = subprocess.run(
        [root / ".build/debug" / name, "--experimental-dump-help"], check=True, stdout=subprocess.PIPE, text=True)
    program = json.loads(dump.stdout)["command"]
    lines = [f"# `{name}`", "", f"Generated from `{name} --help`.", ""]
    lines += described(program)
    for command, words in commands(program, [name]):
        heading = f"{'#' * min(len(words), 4)} `{' '.join(words)}`"
        lines += ["", heading, "", *described(command), *usage(command, words)]
    return "\n".join(lines) + "\n"


def commands(command, words):
    """Every command below this one, with the words that choose it."""
    for sub in command.get("subcommands", []):
        if sub["commandName"] != "help" and sub.get("shouldDisplay", True):
            path = [*words, sub["commandName"]]
            yield sub, path
            yield from commands(sub, path)


def described(command):
    lines = [escaped(command.get("abstract", ""))]
    if command.get("discussion"):
        lines += ["", *discussion(command["discussion"])]
    return lines


def discussion(text):
    """Prose stays prose; indented lines are code."""
    in_code = False
    for line in text.splitlines():
        if line.strip() and (line.startswith("  ") != in_code):
            yield from ("```", "") if in_code else ("", "```text")
            in_code = not in_code
        yield line[2:] if in_code else escaped(line)
    if in_code:
        yield "```"


def usage(command, words):
    arguments = [argument for argument in command.get("arguments", [])
                 if argument.get("shouldDisplay", True) and argument["valueName"] not in EVERYWHERE]
    if command.get("subcommands"):
        return
    # An argument and its value stay together.
    line = " ".join([*words, *(spelled(argument).replace(" ", "\N{NO-BREAK SPACE}") for argument in arguments)])
    lines = textwrap.wrap(line, USAGE_COLUMNS, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False)
    yield from ("", "```text", *(line.replace("\N{NO-BREAK SPACE}", " ") for line in lines), "```")
    if arguments:
        yield from ("", "| Argument | Meaning | Default |", "| --- | --- | --- |")
    for argument in arguments:
        meaning = " ".join(filter(None, [argument.get("abstract"), argument.get("discussion")]))
        values = argument.get("allValues") or []
        meaning += f" One of {', '.join(f'`{value}`' for value in values)}." if values else ""
        default = f"`{argument['defaultValue']}`" if argument.get("defaultValue") else ""
        yield f"| {names(argument)} | {cell(meaning)} | {cell(default)} |"


def spelled(argument):
    """An argument as in a line of usage."""
    value = f"<{argument['valueName']}>"
    if argument["kind"] == "positional":
        text = value
    else:
        text = dashed(argument["preferredName"]) + (f" {value}" if argument["kind"] == "option" else "")
    text += " …" if argument.get("isRepeating") else ""
    return f"[{text}]" if argument.get("isOptional") else text


def names(argument):
    if argument["kind"] == "positional":
        return f"`<{argument['valueName']}>`"
    value = f" <{argument['valueName']}>" if argument["kind"] == "option" else ""
    return ", ".join(f"`{dashed(name)}{value}`" for name in argument["names"])


def dashed(name):
    return ("-" if name["kind"] == "short" else "--") + name["name"]


def escaped(text):
    return re.sub(r"<([\w-]+)>", r"&lt;\1&gt;", text)


def cell(text):
    return re.sub(r"\s+", " ", escaped(text)).replace("|", "\\|")


def configuration_page(root):
    """The example configuration, with a heading for each of its sections."""
    lines = [
        "# `strapline.yaml`", "",
        "Generated from `packaging/strapline.example.yaml`. Every key is here.",
        "A line that is commented out shows the default.", "",
        "`strapline check` explains a configuration and finds its mistakes."]
    example = (root / "packaging/strapline.example.yaml").read_text(encoding="utf-8").strip()
    for section in example.split("\n\n")[1:]:
        name = re.search(r"^(?:# )?([a-z]+):", section, re.MULTILINE)[1]
        lines += ["", f"## `{name}`", "", "```yaml", section, "```"]
    return "\n".join(lines) + "\n"


def interface_page(root):
    """The hub's calls, as its OpenAPI document has them."""
    [document_path] = (root / "Sources").rglob("openapi.json")
    document = json.loads(document_path.read_text(encoding="utf-8"))
    lines = [
        "# HTTP API of the hub", "",
        "Generated from the hub's OpenAPI document, which every hub serves at `/openapi.json`.",
        "[The hub's API](../hub-api.md) explains the choices, and has the calls that are the hub's own.", "",
        escaped(document["info"]["description"])]
    for tag in document["tags"]:
        lines += ["", f"## {tag['name']}"]
        for path, item in document["paths"].items():
            for method, call in item.items():
                if isinstance(call, dict) and tag["name"] in call.get("tags", []):
                    lines += call_lines(document, method, path, call)
    lines += ["", "## Shapes"]
    for name, schema in document["components"]["schemas"].items():
        lines += ["", f"### {name}", "", "```json", json.dumps(schema, indent=2), "```"]
    return "\n".join(lines) + "\n"


def call_lines(document, method, path, call):
    yield from ("", f"### `{method.upper()} {path}`", "", escaped(call.get("summary", "")) + ".")
    if call.get("description"):
        yield from ("", escaped(call["description"]))
    if call.get("parameters"):
        yield from ("", "| Parameter | In | Meaning |", "| --- | --- | --- |")
    for parameter in call.get("parameters", []):
        parameter = resolved(document, parameter)
        required = "" if parameter.get("required") else " (optional)"
        yield f"| `{parameter['name']}`{required} | {parameter['in']} | {cell(parameter.get('description', ''))} |"
    body = resolved(document, call.get("requestBody", {}))
    if body:
        yield from ("", f"Body: {contents(body)}.")
    yield from ("", "| Status | Meaning | Body |", "| --- | --- | --- |")
    for status, response in call["responses"].items():
        response = resolved(document, response)
        yield f"| {status} | {cell(response.get('description', ''))} | {contents(response)} |"


def resolved(document, value):
    """What a reference stands for."""
    while "$ref" in value:
        target = document
        for part in value["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        value = target
    return value


def contents(value):
    """The media types of a body, each with a link to its shape."""
    shown = []
    for media, content in value.get("content", {}).items():
        name = content.get("schema", {}).get("$ref", "").rsplit("/", 1)[-1]
        link = f"[{name}](#{name.lower()})" if name else ""
        shown.append(link if link and media == "application/json" else f"`{media}` {link}".strip())
    return ", ".join(shown)
