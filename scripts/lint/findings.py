"""What a check finds."""

from dataclasses import dataclass

# In the order of the report.
KINDS = {
    "layer": "an arrow that leads upwards, between areas or targets",
    "circle": "folders of one target that use each other",
    "import": "an import without its dependency, or a dependency without an import",
    "file": "a file with more than 400 lines",
    "function": "a function with more than 60 lines",
    "columns": "a line with more than 120 columns",
    "words": "a word that the style rules out",
    "name": "a type name that stands for another type too",
}


@dataclass(frozen=True, order=True)
class Finding:
    kind: str
    path: str
    line: int
    message: str

    @property
    def part(self):
        """The folder or file at the top of the tree: the baseline counts by these."""
        return self.path.split("/")[0]

    def __str__(self):
        return f"{self.path}:{self.line}: {self.kind}: {self.message}"
