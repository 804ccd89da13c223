"""Files of changes as three programs write them, each after its public documentation.

AWS DMS: "Using Amazon S3 as a target for AWS Database Migration Service",
    https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Target.S3.html
Debezium: "New Record State Extraction",
    https://debezium.io/documentation/reference/stable/transformations/event-flattening.html
Delta Lake: "Change data feed", https://docs.delta.io/latest/delta-change-data-feed.html
"""

import csv
import io
import json
from collections.abc import Iterable, Mapping
from datetime import datetime

import pyarrow as pa

Row = Mapping[str, str | None]
Change = tuple[str, Row]  # what was done (insert, update, delete), and the row after or before it


def dms_csv(
    changes: Iterable[Change], *, has_names: bool = True, timestamp_column: str | None = None
) -> str:
    """A file of ongoing changes of AWS DMS: the operation is its first column.

    Args:
        has_names: the endpoint setting AddColumnName.
        timestamp_column: TimestampColumnName; the time of each commit, here a minute after another.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    for number, (kind, row) in enumerate(changes):
        stamps = [f"2024-01-02 11:{number:02}:00.000000"] if timestamp_column else []
        if number == 0 and has_names:
            writer.writerow(["Op", *([timestamp_column] if timestamp_column else []), *row])
        writer.writerow([kind[0].upper(), *stamps, *(value or "" for value in row.values())])
    return text.getvalue()


def dms_full_load(rows: Iterable[Row], *, has_names: bool = True) -> str:
    """A file of the full load of AWS DMS, without IncludeOpForFullLoad: no operation."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    for number, row in enumerate(rows):
        if number == 0 and has_names:
            writer.writerow(row)
        writer.writerow([value or "" for value in row.values()])
    return text.getvalue()


def debezium_lines(changes: Iterable[Change], *, adds_op: bool = True) -> str:
    """Events unwrapped with delete.tombstone.handling.mode=rewrite, one object per line.

    Args:
        adds_op: add.fields=op,source.ts_ms.
    """
    codes = {"insert": "c", "update": "u", "delete": "d", "truncate": "t"}
    lines = []
    for number, (kind, row) in enumerate(changes):
        event: dict[str, object] = {**row, "__deleted": "true" if kind == "delete" else "false"}
        if adds_op:
            event |= {"__op": codes[kind], "__source_ts_ms": 1704189600000 + number}
        lines.append(json.dumps(event))
    return "\n".join(lines) + "\n"


def debezium_envelope(changes: Iterable[Change], *, has_schema: bool = False) -> str:
    """Events as the connector sends them, with schemas.enable or without."""
    lines = []
    for kind, row in changes:
        event: dict[str, object] = {
            "before": None if kind == "insert" else row,
            "after": None if kind == "delete" else row,
            "source": {"connector": "postgresql"},
            "op": {"insert": "c", "update": "u", "delete": "d"}[kind],
            "ts_ms": 1704189600000,
        }
        lines.append(json.dumps({"schema": {}, "payload": event} if has_schema else event))
    return "\n".join(lines) + "\n"


def delta_changes(changes: Iterable[tuple[str, Row, Row | None]]) -> pa.Table:
    """Rows of a change data feed: of an update the row before it and the row after it.

    Args:
        changes: (what was done, the row, of an update the row before).
    """
    rows = []
    for number, (kind, row, before) in enumerate(changes):
        committed = {
            "_commit_version": number + 1,
            "_commit_timestamp": datetime(2024, 1, 2, 11, number),
        }
        if before is not None:
            rows.append({**before, "_change_type": "update_preimage", **committed})
        said = "update_postimage" if kind == "update" else kind
        rows.append({**row, "_change_type": said, **committed})
    return pa.Table.from_pylist(rows)
