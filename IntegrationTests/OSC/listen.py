"""Prints each OSC message that comes to a port, as python-osc understands it and in the words of oscdump."""

import sys

from pythonosc.dispatcher import Dispatcher
from pythonosc.osc_server import BlockingOSCUDPServer

TYPES = {bool: None, int: "i", float: "f", str: "s"}


def word(value):
    if isinstance(value, bool):
        return "#T" if value else "#F"
    return f"{value:.6f}" if isinstance(value, float) else str(value)


def show(address, *values):
    types = "".join(TYPES[type(value)] or ("T" if value else "F") for value in values)
    print("0", address, types, *map(word, values), flush=True)


def serve(port, address="127.0.0.1"):
    dispatcher = Dispatcher()
    dispatcher.set_default_handler(show)
    BlockingOSCUDPServer((address, port), dispatcher).serve_forever()


if __name__ == "__main__":
    serve(int(sys.argv[1]))
