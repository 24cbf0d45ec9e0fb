"""What the system bus carried in the guest, as `busctl --json=short monitor` has noted it, a boot a file."""

import json
import math

NOBODY = ''
# Measurements on the air at the end of a link are lost.
AIR_MILLISECONDS = 250


class Listener:
    """A program with the strap's measurements, from its StartNotify until it ends the link or leaves the bus."""

    def __init__(self, path, began):
        self.path, self.began, self.ended = path, began, math.inf
        self.handed = []

    def end(self, at):
        self.ended = min(at, self.ended)


class BusRecord:
    def __init__(self, files):
        boots = sorted(filter(None, map(self._messages, files)), key=lambda messages: messages[0][0])
        self.listeners = []
        for messages in boots:
            self._follow(messages)

    @staticmethod
    def _messages(file):
        text = file.read_text()
        # The last line may have been cut short, and the first is a greeting.
        lines = text[:text.rfind('\n') + 1].splitlines()
        notes = [json.loads(line) for line in lines if line.startswith('{')]
        return [(note['timestamp-realtime'] / 1000, note) for note in notes if 'timestamp-realtime' in note]

    def _follow(self, messages):
        present = {}  # by their names on the bus, which are those of one boot
        for at, message in messages:
            sender, path, data = message['sender'], message.get('path'), message['payload']['data']
            match message.get('member'):
                case 'StartNotify' if sender not in present or present[sender].ended < at:
                    present[sender] = Listener(path, at)
                    self.listeners.append(present[sender])
                case 'Disconnect' if sender in present:
                    present[sender].end(at)
                case 'NameOwnerChanged' if data[0] in present and data[2] == NOBODY:
                    present.pop(data[0]).end(at)
                case 'PropertiesChanged' if 'Value' in data[1]:
                    for listener in present.values():
                        if listener.path == path:
                            listener.handed.append((at, bytes(data[1]['Value']['data'])))

    @property
    def handed(self):
        """(milliseconds, bytes) of each measurement that bluetoothd signalled while a program listened."""
        return [measurement for listener in self.listeners for measurement in listener.handed]

    @property
    def deaf_times(self):
        """The times without a listener, between the first listener and the last."""
        return [(gone.ended - AIR_MILLISECONDS, new.began) for gone, new in zip(self.listeners, self.listeners[1:])]
