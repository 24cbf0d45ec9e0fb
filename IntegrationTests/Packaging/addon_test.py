"""The add-ons against the rules of Home Assistant's Supervisor.

usage: addon_test.py FOLDER, in a Python that has PyYAML

The rules are those of the developer documentation (developers.home-assistant.io, "App configuration") and of the
Supervisor's own validation, as far as these add-ons use them: known keys and their types, slugs, options that fit their
schema, ports, images, maps, translations. Keys at their default are refused too, as the add-on linter does.
"""

import pathlib
import re
import sys
import unittest

import yaml

ARCHITECTURES = {"aarch64", "amd64", "armhf", "armv7", "i386"}
MAPS = {"addon_config", "addons", "all_addon_configs", "backup", "config", "data", "homeassistant_config", "media",
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
    r"^(?:bool|email|url|port|device(?:\(.+\))?|str(?:\(\d*,\d*\))?|password(?:\(\d*,\d*\))?|int(?:\(-?\d*,-?\d*\))?"
    r"|float(?:\(.*\))?|match\(.*\)|list\(.+\))\??$")


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
        return isinstance(value, str) and re.match(r"^https?://[^/\s]+", value) is not None
    if kind.startswith(("int", "port")):
        return isinstance(value, int)
    return isinstance(value, str)


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
            self.check(config["options"], config["schema"])

    def check(self, options, schema):
        for name, value in options.items():
            self.assertIn(name, schema)
            element = schema[name]
            if isinstance(element, list):
                for entry in value:
                    self.check(entry, element[0])
            else:
                self.assertTrue(fits(value, element), f"{name}: {value} is no {element}")
        for name, element in schema.items():
            for one in element[0].values() if isinstance(element, list) else [element]:
                self.assertRegex(one, ELEMENT)
            if isinstance(element, str) and not element.endswith("?"):
                self.assertIn(name, options, "an option without a default must be optional")

    def test_texts_areThere_andTranslationsNameEveryOption(self):
        for addon, config in self.each():
            for name in "run.sh", "DOCS.md", "translations/en.yaml", "translations/de.yaml":
                self.assertTrue((addon / name).is_file(), name)
            for path in (addon / "translations").iterdir():
                texts = load(path)
                self.assertEqual(set(texts["configuration"]), set(config["schema"]), path)
                for text in texts["configuration"].values():
                    self.assertEqual(set(text), {"name", "description"})
                self.assertEqual(set(texts.get("network", {})), set(config.get("ports", {})))

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
