"""Announces itself as VRChat does (OSCQuery over DNS-SD), with three parameters, and prints each message it gets."""

import socket

from listen import serve
from pythonoscquery.osc_query_service import OSCQueryService
from pythonoscquery.shared.osc_access import OSCAccess
from pythonoscquery.shared.osc_address_space import OSCAddressSpace
from pythonoscquery.shared.osc_path_node import OSCPathNode

PARAMETERS = {"HR": 0, "isHRConnected": False, "VRCOSC/Heartrate/Value": 0}


def own_address():
    """The address of this machine in its network: a datagram socket sends nothing when it connects."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("224.0.0.251", 5353))
        return probe.getsockname()[0]


def free_port(kind):
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("", 0))
        return probe.getsockname()[1]


def main():
    space = OSCAddressSpace()
    for name, value in PARAMETERS.items():
        space.add_node(OSCPathNode(f"/avatar/parameters/{name}", value=value, access=OSCAccess.READWRITE_VALUE))
    port = free_port(socket.SOCK_DGRAM)
    service = OSCQueryService(space, "VRChat-Client-1A2b3C", free_port(socket.SOCK_STREAM), port, own_address())
    service.start()
    print("0 announced", flush=True)
    serve(port, "0.0.0.0")


main()
