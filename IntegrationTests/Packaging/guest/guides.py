"""The blocks of the guides, each typed once."""

import pathlib
import re
import sys

from person import type_in

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / 'Docs'))

from documents import DOCUMENTS, blocks, typed  # noqa: E402
from rig import STRAP_ADDRESS, Failure, say  # noqa: E402

# Run by another test, or on another machine.
ELSEWHERE = {'run', 'elsewhere'}


class Guides:
    """The blocks that are left to be typed."""

    def __init__(self):
        self.left = {
            (document.name, number): typed(words, text)
            for document in DOCUMENTS for words, number, text in blocks(document, 'sh', 'console')
            if not ELSEWHERE & set(words) and typed(words, text)
        }
        # The guides' placeholders and their values.
        self.places = {'C4:11:22:33:44:55': STRAP_ADDRESS}
        self.writing_token = self.reading_token = ''

    def note(self, shown):
        """Remembers the room and the tokens that the hub's init has shown."""
        self.places['ROOM_ID'] = re.search(r'and room ([\w-]+)', shown)[1]
        self.writing_token = re.search(r'its token,.*:\s+([\w-]{20,})', shown)[1]
        self.reading_token = re.search(r'\(token ([\w-]{20,})', shown)[1]

    def take(self, document, beginning):
        """The block of a document that begins so, once."""
        found = [place for place, text in self.left.items() if place[0] == document and text.startswith(beginning)]
        if not found:
            raise Failure(f'{document} has no other block that begins with: {beginning}')
        text = self.left.pop(found[0])
        for place, value in self.places.items():
            text = text.replace(place, value)
        say(f'{document}:{found[0][1]} {beginning}')
        return text

    def follow(self, document, beginning, *answers):
        return type_in(self.take(document, beginning), answers)
