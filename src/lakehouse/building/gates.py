"""What gates say of loads: the macro `tell_gates` logs a line each at the end of a run."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

# Name of the test -> what its failure means.
GATES = {
    "rejected_share": "a load has more rejected rows than a build lets pass",
    "ended_share": "a full extract would end more records than a build lets pass",
}
_LINE = re.compile(r"gate (?P<test>\w+) (?P<table>\w+) (?P<verdict>fails|warns): (?P<said>.+)")
_LOAD = re.compile(r"load (?P<load>\S+) of ")


@dataclass(frozen=True)
class GateLine:
    """What a gate says of one load.

    Attributes:
        table: the record table, or `all` for a sentence that belongs to none.
        load: its id, empty for a sentence that names none.
    """

    test: str
    table: str
    is_failure: bool
    said: str
    load: str


def gate_line(text: str) -> GateLine | None:
    """Return what a line of the log says of a load; None if it is no line of a gate."""
    found = _LINE.fullmatch(text.strip())
    if found is None:
        return None
    load = _LOAD.match(found["said"])
    return GateLine(
        test=found["test"],
        table=found["table"],
        is_failure=found["verdict"] == "fails",
        said=found["said"],
        load=load["load"] if load else "",
    )


def loads_of(lines: Iterable[GateLine]) -> list[str]:
    """Return the loads that fail, each once."""
    return list(dict.fromkeys(line.load for line in lines if line.is_failure and line.load))
