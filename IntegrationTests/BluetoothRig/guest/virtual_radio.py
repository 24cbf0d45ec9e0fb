"""An emulated Bluetooth LE radio for the Linux kernel: the air, the controllers, and the adapter that plugs one in.

Bumble (https://google.github.io/bumble/) emulates controllers that speak HCI to a host. The kernel becomes the host of
one of them through /dev/vhci; see virtual_strap.py for the other.
"""

import asyncio
import collections
import os
import sys
import time

from bumble import hci, ll
from bumble.controller import Controller
from bumble.link import LocalLink

STARTED = time.monotonic()


def say(text):
    print(f'[strap {time.monotonic() - STARTED:8.3f}] {text}', file=sys.stderr, flush=True)


class Air(LocalLink):
    """The link between the controllers, with a switch that makes it go dead.

    Everything on a connection takes `latency` seconds, as connection events do. Without it bluetoothd
    sees the ATT socket and mgmt's Device Connected at the same time, may take them in the wrong order,
    says "already connected" and never signals Connected=true on D-Bus.
    """

    def __init__(self, latency=0.03):
        super().__init__()
        self.dead = False
        self.latency, self.queue = latency, collections.deque()

    def later(self, function, *args):           # strictly first in, first out
        self.queue.append((function, args))
        asyncio.get_running_loop().call_later(self.latency, self._deliver)

    def _deliver(self):
        function, args = self.queue.popleft()
        if not self.dead:
            function(*args)

    def _carries(self, sender_address, receiver_address):
        return not self.dead and self.find_le_controller(receiver_address) is not None

    def send_acl_data(self, sender_controller, destination_address, transport, data):
        connection = sender_controller.le_connections.get(destination_address)
        receiver = self.find_le_controller(destination_address)
        if connection is None or receiver is None:
            return
        # The sender's address *on this connection*: the kernel connects with its public address, and
        # stock LocalLink would name the random one.
        source = connection.self_address
        self.later(receiver.on_link_acl_data, source, transport, data)

    def send_advertising_pdu(self, sender_controller, packet):
        if not self.dead:
            super().send_advertising_pdu(sender_controller, packet)

    def send_ll_control_pdu(self, sender_address, receiver_address, packet):
        if self._carries(sender_address, receiver_address):
            receiver = self.find_le_controller(receiver_address)
            self.later(receiver.on_ll_control_pdu, sender_address, packet)


class RadioController(Controller):
    """Bumble's controller plus what a real one does and Bumble's leaves out."""

    # Bluetooth 4.2-like: legacy advertising and scanning only, and no LL privacy
    le_features = (hci.LeFeatureMask.LE_ENCRYPTION
                   | hci.LeFeatureMask.CONNECTION_PARAMETERS_REQUEST_PROCEDURE
                   | hci.LeFeatureMask.PERIPHERAL_INITIATED_FEATURE_EXCHANGE
                   | hci.LeFeatureMask.LE_PING
                   | hci.LeFeatureMask.LE_DATA_PACKET_LENGTH_EXTENSION)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.timeouts = {}      # connection handle -> supervision timeout in seconds
        self.seen = set()       # for duplicate filtering

    # A reset ends everything without a word to the other side
    def on_hci_reset_command(self, command):
        self.drop_everything()
        return super().on_hci_reset_command(command)

    def drop_everything(self):
        for connection in list(self.le_connections.values()):
            peer = self.link.find_le_controller(connection.peer_address)
            theirs = peer and peer.le_connections.get(connection.self_address)
            if theirs:
                peer.supervision_timeout(theirs)
        self.le_connections.clear()
        self.pending_le_connection = None
        self.le_scan_enable = False
        self.le_legacy_advertiser.stop()

    # Cancelling a pending connection has to be answered with a Connection Complete (0x02)
    def on_hci_le_create_connection_cancel_command(self, command):
        if self.pending_le_connection is None:
            return hci.HCI_StatusReturnParameters(hci.HCI_ErrorCode.COMMAND_DISALLOWED_ERROR)
        pending, self.pending_le_connection = self.pending_le_connection, None
        asyncio.get_running_loop().call_soon(self.send_hci_packet, hci.HCI_LE_Connection_Complete_Event(
            status=hci.HCI_ErrorCode.UNKNOWN_CONNECTION_IDENTIFIER_ERROR, connection_handle=0,
            role=hci.Role.CENTRAL, peer_address_type=pending.peer_address_type,
            peer_address=pending.peer_address, connection_interval=0, peripheral_latency=0,
            supervision_timeout=0, central_clock_accuracy=0))
        return hci.HCI_StatusReturnParameters(hci.HCI_ErrorCode.SUCCESS)

    # Supervision timeouts, as the central asked for them (units of 10 ms)
    def create_le_connection(self, peer_address):
        pending = self.pending_le_connection
        super().create_le_connection(peer_address)
        connection = self.le_connections.get(pending.peer_address)
        if connection:
            self.timeouts[connection.handle] = getattr(pending, 'supervision_timeout', 42) / 100

    def on_le_connect_ind(self, packet):
        super().on_le_connect_ind(packet)
        connection = self.le_connections.get(packet.initiator_address)
        if connection:
            self.timeouts[connection.handle] = packet.timeout / 100

    def on_hci_le_connection_update_command(self, command):
        self.timeouts[command.connection_handle] = command.supervision_timeout / 100
        return super().on_hci_le_connection_update_command(command)

    def on_ll_control_pdu(self, sender_address, packet):
        connection = self.le_connections.get(sender_address)
        if connection is None:
            return
        if isinstance(packet, ll.ConnectionUpdateInd):
            self.timeouts[connection.handle] = packet.timeout / 100
        super().on_ll_control_pdu(sender_address, packet)

    # Duplicate filter and real scan responses
    def on_hci_le_set_scan_enable_command(self, command):
        self.seen.clear()
        return super().on_hci_le_set_scan_enable_command(command)

    def on_advertising_pdu(self, pdu):
        if self.le_scan_enable:
            key = (bytes(pdu.advertiser_address), bytes(pdu.data))
            if not (self.filter_duplicates and key in self.seen):
                self.seen.add(key)
                kind = hci.HCI_LE_Advertising_Report_Event.EventType
                replies = [(kind.ADV_IND, pdu.data)]
                if self.le_scan_type == 1:
                    sender = self.link.find_le_controller(pdu.advertiser_address)
                    if sender is not None:
                        replies.append((kind.SCAN_RSP, sender.le_legacy_advertiser.scan_response_data))
                for event_type, data in replies:
                    self.send_hci_packet(hci.HCI_LE_Advertising_Report_Event([
                        hci.HCI_LE_Advertising_Report_Event.Report(
                            event_type=event_type, address_type=pdu.advertiser_address.address_type,
                            address=pdu.advertiser_address, data=data, rssi=-60)]))
        pending = self.pending_le_connection
        if pending is not None and pending.peer_address == pdu.advertiser_address:
            self.create_le_connection(pdu.advertiser_address)

    def supervision_timeout(self, connection, still_dead=lambda: True):
        """Nothing comes from the peer any more: end the link when its supervision timeout is over."""
        wait = self.timeouts.get(connection.handle, 0.42)

        def over():
            if still_dead() and self.le_connections.get(connection.peer_address) is connection:
                say(f'{self.name}: supervision timeout after {wait:.2f} s')
                self.on_le_disconnected(connection, hci.HCI_ErrorCode.CONNECTION_TIMEOUT_ERROR)

        asyncio.get_running_loop().call_later(wait, over)


class Adapter:
    """/dev/vhci: gives the kernel an HCI adapter whose controller is ours."""

    def __init__(self, controller, path='/dev/vhci'):
        self.controller, self.path, self.fd = controller, path, None

    def plug(self):
        self.fd = os.open(self.path, os.O_RDWR | os.O_NONBLOCK)
        os.write(self.fd, bytes([0xFF, 0x00]))          # vendor packet: create a primary controller
        self.controller.host = self
        asyncio.get_running_loop().add_reader(self.fd, self._readable)
        say('adapter plugged in')

    def unplug(self):
        if self.fd is None:
            return
        asyncio.get_running_loop().remove_reader(self.fd)
        os.close(self.fd)
        self.fd = None
        self.controller.host = None
        self.controller.drop_everything()
        say('adapter unplugged')

    def _readable(self):
        try:
            packet = os.read(self.fd, 4096)             # one read, one packet
        except BlockingIOError:
            return
        if not packet:
            return
        if packet[0] == 0xFF:
            say(f'kernel made hci{packet[2] | packet[3] << 8}')
            return
        try:
            self.controller.on_packet(packet)
        except Exception as error:                      # an HCI command Bumble does not know
            say(f'controller: {error!r} on {packet.hex()}')

    def on_packet(self, packet):                        # controller -> kernel
        if self.fd is not None:
            os.write(self.fd, packet)
