"""Checks the commands of README.md and docs/ against the programs, and the links between the pages.

A fenced block ```sh run``` is run here, all blocks of a document in one shell, with an empty home and a network of its
own. A block ```sh elsewhere``` needs another machine, or repeats another page. All others are typed in a guest with
systemd and a strap (IntegrationTests/Packaging/guest/guides.py). In every block each command of ours must exist, with
the given options.
"""

import contextlib
import fcntl
import os
import re
import shlex
import signal
import socket
import struct
import subprocess
import tempfile
import unittest

import help_text
from documents import DOCUMENTS, ROOT, blocks, broken_links, missing_paths, typed, unknown_names

PROGRAMS = ROOT / ".build/debug"
PATIENCE_SECONDS = 120
OURS = {"strapline", "strapline-hub"}


def commands(words, text):
    """The commands of a block, each as a list of words."""
    text = typed(words, text).replace("\\\n", " ").replace("$(", "\n")
    for line in text.splitlines():
        line = re.sub(r"(^|\s)#.*", "", line)
        for command in re.split(r"\||&&|;|\bthen\b", line):
            try:
                parts = shlex.split(command.replace(")", " "))
            except ValueError:
                parts = command.split()
            while parts and (parts[0] in {"sudo", "!"} or parts[0].startswith("-") or "=" in parts[0]):
                parts = parts[2:] if parts[0] == "-u" else parts[1:]
            if parts:
                yield parts


def help_of(program, words):
    """The help of a command, with the words that choose it."""
    chosen = []
    text = run_help(program, chosen)
    for word in words:
        if not re.fullmatch(r"[a-z-]+", word) or not re.search(
                rf"\n  (?:[a-z-]+, )*{word}[ ,]", text.partition("SUBCOMMANDS:")[2] + " "):
            break
        chosen.append(word)
        text = run_help(program, chosen)
    return text, chosen


def run_help(program, chosen):
    result = subprocess.run([PROGRAMS / program, *chosen, "--help"], stdout=subprocess.PIPE, text=True, check=True)
    return re.sub(r"\n(  [a-z-]+)\n", r"\n\1 \n", result.stdout)


class DocumentsTest(unittest.TestCase):
    def test_commands_exist_and_have_their_options(self):
        targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
        checked = 0
        for document in DOCUMENTS:
            for words, number, text in blocks(document, "sh", "console"):
                for command in commands(words, text):
                    with self.subTest(f"{document.name}:{number} {' '.join(command)}"):
                        if command[0] == "make":
                            self.assertIn(command[1], targets)
                        elif command[0] in OURS:
                            checked += 1
                            self.check(command)
        self.assertGreater(checked, 40)

    def check(self, command):
        text, chosen = help_of(command[0], command[1:])
        if "SUBCOMMANDS:" in text:
            self.assertTrue(len(command) == 1 + len(chosen) or command[1 + len(chosen)].startswith("-")
                            or "(default)" in text, "no such command")
        for option in command[1:]:
            if option.startswith("--"):
                name = option.partition("=")[0]
                self.assertRegex(text, rf"(?<![\w-]){re.escape(name)}(?![\w-])")

    def test_help_of_every_command_is_as_in_its_snapshot(self):
        for program in help_text.PROGRAMS:
            with self.subTest(program):
                expected = (help_text.FOLDER / f"{program}.txt").read_text(encoding="utf-8")
                self.assertEqual(
                    help_text.snapshot(program), expected, "if it is right, run IntegrationTests/Docs/help_text.py")

    def test_links_paths_and_names_lead_somewhere(self):
        for document in [*DOCUMENTS, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"]:
            with self.subTest(document.name):
                self.assertEqual(broken_links(document), [])
                self.assertEqual(missing_paths(document), [])
                self.assertEqual(unknown_names(document), [])

    def test_architecture_names_every_target(self):
        text = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
        targets = {path.name for path in (ROOT / "Sources").glob("*/*") if path.is_dir()}
        # Module maps of C libraries share a word.
        missing = [name for name in sorted(targets) if f"`{name}`" not in text and not re.match("C[A-Z]", name)]
        self.assertEqual(missing, [])

    def test_every_other_block_is_typed_in_the_guest(self):
        source = (ROOT / "IntegrationTests/Packaging/guest/guides_test.py").read_text(encoding="utf-8")
        calls = re.findall(r"guides\.(?:follow|take)\(\s*'([^']+)',\s*'([^']+)'", source)
        left = [(document.name, typed(words, text)) for document in DOCUMENTS
                for words, _, text in blocks(document, "sh", "console")
                if not {"run", "elsewhere"} & set(words) and typed(words, text)]
        for name, beginning in calls:
            found = [block for block in left if block[0] == name and block[1].startswith(beginning)]
            self.assertTrue(found, f"{name} has no other block that begins with: {beginning}")
            left.remove(found[0])
        self.assertEqual(left, [])

    def test_blocks_that_can_be_run_do_what_they_say(self):
        ran = 0
        for document in DOCUMENTS:
            script = "\n".join(text for words, _, text in blocks(document, "sh") if "run" in words[1:])
            if not script:
                continue
            ran += 1
            with self.subTest(document.name):
                self.run_script(script)
        self.assertGreater(ran, 2)

    def run_script(self, script):
        with tempfile.TemporaryDirectory(prefix="strapline-docs-") as home:
            environment = {"HOME": home, "PATH": f"{PROGRAMS}:{os.environ['PATH']}", "LANG": "C.UTF-8"}
            process = subprocess.Popen(
                ["bash", "-euo", "pipefail", "-c", script], cwd=home, env=environment, stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True)
            try:
                # A server in the background keeps the output open, so await the shell alone.
                status = process.wait(PATIENCE_SECONDS)
            finally:
                # Ends the servers in the background.
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
            self.assertEqual(status, 0, process.communicate()[0])


def lift_loopback():
    """Switches the loopback interface of the new network on."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        set_interface_flags, is_up = 0x8914, 0x1
        fcntl.ioctl(any_socket, set_interface_flags, struct.pack("16sh", b"lo", is_up))


if __name__ == "__main__":
    lift_loopback()
    unittest.main()
