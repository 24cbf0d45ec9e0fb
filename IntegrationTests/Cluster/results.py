"""The table of the cluster's faults: readings accepted, kept and lost, and the longest time without one."""
import dataclasses

HEAD = ("| Fault | Times | Accepted | Kept | Heard | Lost | Codes | Nothing accepted for, at most |"
        " Heard again within | Result |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |")


@dataclasses.dataclass
class Result:
    """One fault, as often as it was tried."""
    name: str
    runs: int = 0
    note: str = ""
    accepted: int = 0
    kept: int = 0
    heard: int = 0
    lost: int = 0
    # Codes that a program has exchanged.
    codes: int = 0
    accepted_gaps: list = dataclasses.field(default_factory=list)
    heard_gaps: list = dataclasses.field(default_factory=list)
    # The rules that did not hold, and how often.
    broken: dict = dataclasses.field(default_factory=dict)
    # The last error of a cluster that could not go on.
    failure: str = ""
    broken_clusters: int = 0

    @property
    def is_good(self):
        return not self.broken and not self.failure

    def add(self, record, times, accepted_gaps, heard_gaps):
        """A part of the runs; the record is None without hubs."""
        self.runs += times
        self.accepted_gaps += accepted_gaps
        self.heard_gaps += heard_gaps
        if record is None:
            return
        self.accepted += len({write.reading for write in record.writes if write.is_accepted})
        self.kept += len(record.stored)
        self.heard += sum(len(socket.readings) for socket in record.sockets)
        self.codes += len({exchange.code for exchange in record.exchanges if exchange.status == 200})

    def break_rules(self, problems):
        """Counts the problems by their rule; returns those that there are."""
        found = {rule: texts for rule, texts in problems.items() if texts}
        for rule, texts in found.items():
            self.broken[rule] = self.broken.get(rule, 0) + len(texts)
        self.lost += len(found.get(1, []))
        return found

    def fail(self, text):
        self.failure = " ".join(text.split())[:200].replace("|", "/")
        self.broken_clusters += 1

    @property
    def verdict(self):
        parts = [self.note] if self.note else []
        parts += [f"BROKEN: {rule} ({number})" for rule, number in self.broken.items()]
        if self.failure:
            parts.append(f"{self.broken_clusters} times the cluster did not go on: {self.failure}")
        return "; ".join(parts) or "all rules hold"

    @property
    def row(self):
        return (f"| {self.name} | {self.runs} | {self.accepted} | {self.kept} | {self.heard} | {self.lost} |"
                f" {self.codes} | {_longest(self.accepted_gaps)} | {_longest(self.heard_gaps)} | {self.verdict} |")

    def __str__(self):
        return (f"{self.name}: {self.runs} times, {self.accepted} accepted, {self.kept} kept, {self.heard} heard,"
                f" {self.lost} lost; accepted again within {_longest(self.accepted_gaps)}, heard again within"
                f" {_longest(self.heard_gaps)}: {self.verdict}")


def _longest(gaps):
    return f"{max(gaps):.2f} s" if gaps else "–"


def table(results):
    """All results, with their sum."""
    total = Result("all")
    for result in results:
        total.runs += result.runs
        for name in ("accepted", "kept", "heard", "lost", "codes"):
            setattr(total, name, getattr(total, name) + getattr(result, name))
        total.broken_clusters += result.broken_clusters
    bad = [result.name for result in results if not result.is_good]
    total.note = f"BROKEN: {', '.join(bad)}" if bad else "all rules hold"
    return "\n".join([HEAD, *(result.row for result in results), total.row]) + "\n"
