#!/usr/bin/env python3
"""Runs a command beside a PostgreSQL whose commits wait for a second copy: with_server.py FOLDER COMMAND …

DATABASE and POSTMASTER in the command's environment are the server's address and its process.
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from postgres import Server, programs


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__.splitlines()[0])
    try:
        programs()
    except FileNotFoundError as error:
        sys.exit(f"with_server: {error}")
    # PostgreSQL's user must be able to enter every folder above it, and a socket's path is short.
    folder = pathlib.Path(tempfile.mkdtemp(prefix="strapline-server-", dir=sys.argv[1]))
    folder.chmod(0o755)
    server = Server(folder / "server")
    try:
        server.start()
        environment = {**os.environ, "DATABASE": server.url, "POSTMASTER": str(server.process.pid)}
        status = subprocess.run(sys.argv[2:], check=False, env=environment).returncode
    finally:
        server.close()
        shutil.rmtree(folder, ignore_errors=True)
    sys.exit(status)


if __name__ == "__main__":
    main()
