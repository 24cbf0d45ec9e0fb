"""Runs a program of an image in a container: a program for strapline-demo, which starts it as one of this machine.

usage: in_container.py LAYOUT ROOT FOLDER ARGUMENT...

ROOT has the files of the image in LAYOUT. The container has FOLDER, and the caller's system bus where compose.yaml has
it. It runs as root without capabilities, because FOLDER is root's.
"""

import os
import platform
import re
import sys
import tempfile

from oci_image import Container, Image

ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}


def main():
    layout, root, folder, *arguments = sys.argv[1:]
    image = Image(layout, ARCHITECTURES[platform.machine()])
    image.root = root
    mounts = {folder: folder}
    if bus := re.match(r"unix:path=([^,]+)", os.environ.get("DBUS_SYSTEM_BUS_ADDRESS", "")):
        mounts["/run/dbus/system_bus_socket"] = bus[1]
    command = Container(image, tempfile.mkdtemp(dir=os.path.dirname(folder)), mounts, user="0:0").command(*arguments)
    os.execvp(command[0], command)


if __name__ == "__main__":
    main()
