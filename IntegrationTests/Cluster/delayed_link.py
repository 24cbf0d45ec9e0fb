"""A slow link: what a machine sends arrives later. The kernel needs no netem for it.

    delayed_link.py MACHINE_LINK BRIDGE_LINK MILLISECONDS

It carries each frame from the one link to the other, late, and back at once, until it is ended. It prints a line when
it listens. Both ends must leave neither checksums nor the cutting of segments to the link.
"""
import collections
import select
import socket
import sys
import time

ALL_PROTOCOLS = 0x0003
SOL_PACKET, PACKET_IGNORE_OUTGOING = 263, 23
SO_RCVBUFFORCE = 33
BUFFER_BYTES = 16 << 20
LONGEST_FRAME = 1 << 16


def opened(link):
    """A socket that gets the frames of the other end of a link, and none that it sends itself."""
    opening = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ALL_PROTOCOLS))
    opening.setsockopt(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)
    opening.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, BUFFER_BYTES)
    opening.bind((link, 0))
    return opening


def received(link):
    """A frame; None if the link was down in between."""
    try:
        return link.recv(LONGEST_FRAME)
    except OSError:
        return None


def send(frame, link):
    try:
        link.send(frame or b"")
    except OSError:
        pass    # the link is down: the frame is lost, as on a real one


def main():
    machine, bridge, delay = opened(sys.argv[1]), opened(sys.argv[2]), float(sys.argv[3]) / 1000
    waiting = collections.deque()
    print("ready", flush=True)
    while True:
        now = time.monotonic()
        while waiting and waiting[0][0] <= now:
            send(waiting.popleft()[1], bridge)
        readable, _, _ = select.select([machine, bridge], [], [], waiting[0][0] - now if waiting else None)
        if machine in readable:
            waiting.append((time.monotonic() + delay, received(machine)))
        if bridge in readable:
            send(received(bridge), machine)


if __name__ == "__main__":
    main()
