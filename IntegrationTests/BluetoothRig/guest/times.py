"""The measured times of each fault, as a page of docs/."""

import os

from rig import bluetoothctl


class Times:
    def __init__(self):
        self.rows = []

    def add(self, fault, word, reported_seconds, uploaded_seconds):
        """None: there is no such time for this fault."""
        def shown(seconds):
            return '' if seconds is None else f'{seconds:.2f} s'
        self.rows.append(f'| {fault} | {word} | {shown(reported_seconds)} | {shown(uploaded_seconds)} |')

    def page(self):
        version = bluetoothctl('--version').split()[-1]
        return f'''# How long a fault is felt

Measured by `make bluetooth-times`, which writes this page: one `strapline run`, bluetoothd {version} and Linux
{os.uname().release} in a virtual machine, a strap that sends once a second (debug build). "Reported": from the fault to
the line in the log. The radio notices a silent end of a link after 0.4 s here, on other machines after up to some
seconds. "Uploaded": from the end of the fault, or from the program's start, to the first reading in the room.

| Fault | Reported as | Reported after | Uploaded after |
| --- | --- | --- | --- |
''' + '\n'.join(self.rows) + '\n'
