"""The add-ons against the rules of Home Assistant's Supervisor.

usage: addon_test.py FOLDER, in a Python that has PyYAML

The rules are those of the developer documentation (developers.home-assistant.io, "App configuration") and of the
Supervisor's own validation (supervisor/apps/validate.py and options.py, as of 2026), as far as these add-ons use them:
known keys and their types, slugs, options that fit their schema, ports, images, maps, translations. Keys at their
default are refused too, as the add-on linter does, and values that the Supervisor calls deprecated.

The start script of the uploader runs here too, with options as the Supervisor writes them.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
import urllib.parse

import yaml

# The Supervisor calls the others deprecated: armhf, armv7, i386.
ARCHITECTURES = {"aarch64", "amd64"}
# `config` is deprecated.
MAPS = {"addon_config", "addons", "all_addon_configs", "backup", "data", "homeassistant_config", "media",
        "share", "ssl"}
REQUIRED = {"name": str, "version": str, "slug": str, "description": str, "arch": list}
OPTIONAL = {
    "url": str, "image": str, "startup": str, "boot": str, "init": bool, "stage": str, "ports": dict,
    "ports_description": dict, "webui": str, "ingress": bool, "host_network": bool, "host_dbus": bool, "devices": list,
    "udev": bool, "map": list, "environment": dict, "privileged": list, "apparmor": bool, "options": dict,
    "schema": dict, "timeout": int, "backup": str, "backup_exclude": list, "homeassistant": str, "services": list}
DEFAULTS = {"startup": "application", "boot": "auto", "init": True, "stage": "stable", "ingress": False,
            "host_network": False, "host_dbus": False, "udev": False, "apparmor": True, "timeout": 10, "backup": "hot"}
# The types of an option, and what their values match.
ELEMENT = re.compile(
    r"^(?:bool|email|url|port|device(?:\(subsystem=[a-z]+\))?|str(?:\(\d*,\d*\))?|password(?:\(\d*,\d*\))?"
    r"|int(?:\((?:-?\d+)?,(?:-?\d+)?\))?|float(?:\((?:-?\d*\.?\d+)?,(?:-?\d*\.?\d+)?\))?"
    r"|match\(.*\)|list\(.+\))\??$")


# The options of a user with two straps, as the Supervisor saves them.
STRAPS = {
    "straps": [
        {"name": "anna", "address": "c4:11:22:33:44:55", "server": "http://homeassistant.local:8080",
         "token": 'anna"s $(token)'},
        {"name": "ben", "device_name": 'Polar H10 "7"', "service": "cardiogram", "user_id": "7", "token": "ben's"},
    ],
    "log_level": "debug",
}


def load(path):
    with open(path, encoding="utf-8") as file:
        return yaml.safe_load(file)


def fits(value, element):
    """Whether a value is one of an element of a schema."""
    kind = element.removesuffix("?")
    if kind == "bool":
        return isinstance(value, bool)
    if kind.startswith("list("):
        return value in kind[5:-1].split("|")
    if kind.startswith("match("):
        return isinstance(value, str) and re.match(kind[6:-1], value) is not None
    if kind == "url":
        address = urllib.parse.urlparse(value)
        return bool(address.scheme and address.netloc)
    if kind == "port":
        return isinstance(value, int) and 1 <= value <= 65535
    if kind.startswith("int"):
        return isinstance(value, int)
    return isinstance(value, str)


def mistakes(options, schema, place="root"):
    """What the Supervisor finds in the options that a user has saved. Unknown ones it drops with a warning."""
    found = [f"{place}: {name} is unknown" for name in options if name not in schema]
    for name, element in schema.items():
        value = options.get(name)
        kind = element[0] if isinstance(element, list) else element
        if name not in options:
            if not (isinstance(kind, str) and kind.endswith("?")):
                found.append(f"{place}: {name} is missing")
            continue
        for entry in value if isinstance(element, list) else [value]:
            if isinstance(kind, dict):
                found += mistakes(entry, kind, name)
            elif entry is None or not fits(entry, kind):
                found.append(f"{place}: {name}: {entry} is no {kind}")
    return found


class AddonTest(unittest.TestCase):
    folder = None

    def addons(self):
        found = sorted(path.parent for path in self.folder.glob("*/config.yaml"))
        self.assertEqual([path.name for path in found], ["strapline", "strapline-hub"])
        return found

    def each(self):
        for addon in self.addons():
            with self.subTest(addon.name):
                yield addon, load(addon / "config.yaml")

    def test_repository_namesItsMaintainer(self):
        self.assertLessEqual({"name", "url", "maintainer"}, set(load(self.folder / "repository.yaml")))

    def test_keys_areKnown_haveTheirType_andNotTheirDefault(self):
        for _, config in self.each():
            self.assertLessEqual(set(REQUIRED), set(config))
            for key, value in config.items():
                kind = {**REQUIRED, **OPTIONAL}.get(key)
                self.assertIsNotNone(kind, f"{key} is no key of an add-on")
                self.assertIsInstance(value, kind, key)
                self.assertNotEqual(value, DEFAULTS.get(key, object()), f"{key} has its default")

    def test_values_areOfTheirPattern(self):
        for addon, config in self.each():
            self.assertRegex(config["slug"], r"^[-_.A-Za-z0-9]+$")
            self.assertRegex(config["version"], r"^\d+\.\d+\.\d+$")
            self.assertLessEqual(set(config["arch"]), ARCHITECTURES)
            self.assertRegex(config["image"], r"^([a-zA-Z\-\.:\d{}]+/)*?([\-\w{}]+)/([\-\w{}]+)$")
            self.assertTrue(config["image"].endswith(f"/{{arch}}-addon-{addon.name}"))
            self.assertIn(config.get("backup", "hot"), {"hot", "cold"})
            self.assertTrue(10 <= config.get("timeout", 10) <= 300)
            if "webui" in config:
                self.assertRegex(config["webui"], r"^(?:https?|\[PROTO:\w+\])://\[HOST\]:\[PORT:\d+\].*$")
            for volume in config.get("map", []):
                self.assertIn(volume["type"], MAPS)
                self.assertLessEqual(set(volume), {"type", "read_only", "path"})
            for port, host in config.get("ports", {}).items():
                self.assertRegex(port, r"^\d+/(tcp|udp)$")
                self.assertTrue(host is None or 1 <= host <= 65535)
            self.assertEqual(set(config.get("ports", {})), set(config.get("ports_description", {})))

    def test_options_fitTheirSchema(self):
        for _, config in self.each():
            self.check_schema(config["schema"])
            # A required option without a default would be missing at once.
            self.assertEqual(mistakes(config["options"], config["schema"]), [])

    def check_schema(self, schema):
        for element in schema.values():
            if isinstance(element, list):
                self.assertEqual(len(element), 1, "a list has one kind of entries")
                element = element[0]
                self.assertNotIsInstance(element, list, "a list may not directly contain another list")
            if isinstance(element, dict):
                self.check_schema(element)
            else:
                self.assertRegex(element, ELEMENT)

    def test_optionsOfUsers_areAccepted_andMistakesRefused(self):
        schema = load(self.folder / "strapline/config.yaml")["schema"]
        self.assertEqual(mistakes(STRAPS, schema), [])
        for change, message in (
            ({"address": "C4:11:22:33:44"}, "address"), ({"server": "heart.local"}, "server"),
            ({"service": "polsoid"}, "service"), ({"name": "my strap"}, "name"), ({"token": None}, "token"),
            ({"pin": "1234"}, "pin is unknown"),
        ):
            found = mistakes({"straps": [{**STRAPS["straps"][0], **change}]}, schema)
            self.assertEqual(len(found), 1, found)
            self.assertIn(message, found[0])
        self.assertEqual(mistakes({"straps": [{"name": "anna"}]}, schema), ["straps: token is missing"])

    def test_texts_areThere_andTranslationsNameEveryOption(self):
        for addon, config in self.each():
            for name in "run.sh", "DOCS.md", "translations/en.yaml", "translations/de.yaml":
                self.assertTrue((addon / name).is_file(), name)
            for path in (addon / "translations").iterdir():
                texts = load(path)
                self.check_translation(texts["configuration"], config["schema"], path)
                self.assertEqual(set(texts.get("network", {})), set(config.get("ports", {})))

    def check_translation(self, texts, schema, path):
        self.assertEqual(set(texts), set(schema), path)
        for name, text in texts.items():
            kind = schema[name][0] if isinstance(schema[name], list) else schema[name]
            self.assertEqual(set(text) - {"fields"}, {"name", "description"}, path)
            if isinstance(kind, dict):
                self.check_translation(text["fields"], kind, path)

    @unittest.skipUnless(shutil.which("jq"), "there is no jq here")
    def test_start_writesTheConfigurationOfTheOptions_andPrivateTokens(self):
        with tempfile.TemporaryDirectory() as folder:
            ended = self.start(folder, STRAPS)
            self.assertEqual(ended.returncode, 0, ended.stdout)
            written = json.loads(pathlib.Path(folder, "strapline.yaml").read_text(encoding="utf-8"))
            self.assertEqual(ended.stdout.strip(), f"run --config {folder}/strapline.yaml")
            self.assertEqual(written["straps"], [
                {"name": "anna", "address": "C4:11:22:33:44:55", "destinations": [
                    {"service": "pulsoid", "token_file": f"{folder}/tokens/0",
                     "address": "http://homeassistant.local:8080"}]},
                {"name": "ben", "device_name": "Polar H10 \"7\"", "destinations": [
                    {"service": "cardiogram", "token_file": f"{folder}/tokens/1", "user_id": "7"}]},
            ])
            self.assertEqual(written["log"], {"level": "debug"})
            for number, strap in enumerate(STRAPS["straps"]):
                path = pathlib.Path(folder, "tokens", str(number))
                self.assertEqual(path.read_text(encoding="utf-8"), f"{strap['token']}\n")
                self.assertEqual(path.stat().st_mode & 0o777, 0o600)
                self.assertNotIn(strap["token"], json.dumps(written) + ended.stdout)

    @unittest.skipUnless(shutil.which("jq"), "there is no jq here")
    def test_start_withOptionsThatCannotWork_namesThem(self):
        anna, ben = STRAPS["straps"]
        for straps, message in (
            ([], "There is no strap yet"), ([{**anna, "token": ""}, ben], "There is no token for anna"),
            ([anna, {**ben, "name": "anna"}], "Two straps have the name anna"),
        ):
            with tempfile.TemporaryDirectory() as folder:
                ended = self.start(folder, {"straps": straps})
                self.assertEqual(ended.returncode, 78, ended.stdout)
                self.assertIn(message, ended.stdout)

    def start(self, folder, options):
        """Runs the start script with its folder elsewhere, and a stand-in for the uploader."""
        script = (self.folder / "strapline/run.sh").read_text(encoding="utf-8")
        self.assertEqual(script.count("=/data/"), 3)
        pathlib.Path(folder, "options.json").write_text(json.dumps(options), encoding="utf-8")
        program = pathlib.Path(folder, "strapline")
        program.write_text('#!/bin/sh\necho "$@"\n', encoding="utf-8")
        program.chmod(0o755)
        return subprocess.run(
            ["sh", "-s"], input=script.replace("=/data/", f"={folder}/"), text=True, check=False,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env={"PATH": f"{folder}:{os.environ['PATH']}"})

    def test_scripts_readOnlyOptionsOfTheSchema(self):
        for addon, config in self.each():
            script = (addon / "run.sh").read_text(encoding="utf-8")
            asked = set(re.findall(r"\$\(option (\w+)\)", script))
            self.assertLessEqual(asked, set(config["schema"]))
            if asked:
                self.assertEqual(asked, set(config["schema"]))


if __name__ == "__main__":
    AddonTest.folder = pathlib.Path(sys.argv.pop(1))
    unittest.main(verbosity=2)
