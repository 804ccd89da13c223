"""What Athena counted of the statements that a run sent, per model and seed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from lakehouse.aws import AwsClients, aws_errors

_STARTED = re.compile(r"Athena query (\S+) started")
_COUNTED = ("model.", "seed.")


@dataclass(frozen=True)
class Counted:
    """What the statements of a node took.

    Attributes:
        statements: those that read, for each of which something is paid at least.
        scanned_bytes: without what is paid at least.
    """

    statements: int
    scanned_bytes: int


class SentStatements:
    """Collects from dbt's events which statements a node sent: an event's callback.

    The adapter reports one statement of a node, and of an increment not the one that reads most.
    """

    def __init__(self) -> None:
        self._nodes: dict[str, str] = {}

    def __call__(self, event: Any) -> None:
        if event.info.name != "AdapterEventDebug":
            return
        found = _STARTED.search(event.info.msg)
        node = event.data.node_info.unique_id
        if found and node.startswith(_COUNTED):
            self._nodes[found[1]] = node

    def counted(self) -> dict[str, Counted]:
        """Ask Athena; returns unique id -> what it counted. Raises: AwsError."""
        totals: dict[str, Counted] = {}
        if not self._nodes:
            return totals
        athena = AwsClients("what the models read").athena()
        with aws_errors("what the models read"):
            for statement, node in self._nodes.items():
                # One by one: a role that may ask for many at once would be one of its own.
                answer = athena.get_query_execution(QueryExecutionId=statement)
                statistics = answer["QueryExecution"].get("Statistics", {})
                scanned = statistics.get("DataScannedInBytes", 0)
                was = totals.get(node, Counted(0, 0))
                totals[node] = Counted(was.statements + (scanned > 0), was.scanned_bytes + scanned)
        return totals
