"""What a running program prints, each line with the time at which it came."""

import threading
import time


class Journal:
    """Collects the lines of one program, also over its restarts, and copies them to a file."""

    def __init__(self, path):
        self.path, self.entries = path, []

    def follow(self, stream):
        threading.Thread(target=self._read, args=(stream,), daemon=True).start()

    def _read(self, stream):
        with open(self.path, 'a', buffering=1) as copy:
            for line in stream:
                self.entries.append((time.monotonic(), line.rstrip('\n')))
                copy.write(line)

    def lines(self, since=0):
        return [line for at, line in list(self.entries) if at >= since]

    def time_of(self, *words, since=0):
        """When the first line with all the words came, else None."""
        times = (at for at, line in list(self.entries) if at >= since and all(word in line for word in words))
        return next(times, None)
