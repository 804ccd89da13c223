"""The rows of a query as Athena hands them out: pages of GetQueryResults, and the result object."""

from __future__ import annotations

from typing import Any

from locallake.athena import values
from locallake.athena.trino_client import QueryResult


def column_info(name: str, given: values.Type) -> dict[str, Any]:
    """One entry of `ResultSetMetadata.ColumnInfo`."""
    precision, scale = values.precision_and_scale(given)
    return {
        "CatalogName": "hive",
        "SchemaName": "",
        "TableName": "",
        "Name": name,
        "Label": name,
        "Type": values.athena_type(given),
        "Precision": precision,
        "Scale": scale,
        "Nullable": "UNKNOWN",
        "CaseSensitive": given.name in ("varchar", "char"),
    }


def result_page(answer: QueryResult, *, is_dml: bool, start: int, size: int) -> dict[str, Any]:
    """One page of GetQueryResults.

    Args:
        start: entries that earlier pages showed.
        size: entries of this page. The header row is an entry, as in Athena.
    """
    headers = [answer.columns] if is_dml and answer.columns else []
    first, end = start - len(headers), start + size - len(headers)
    entries = [*headers[start : start + size], *answer.rows[max(first, 0) : max(end, 0)]]
    shown = start + len(entries)
    columns = zip(answer.columns, answer.types, strict=True)
    return {
        "UpdateCount": answer.update_count,
        "ResultSet": {
            # A NULL is a Datum without a value.
            "Rows": [
                {"Data": [{} if v is None else {"VarCharValue": v} for v in row]} for row in entries
            ],
            "ResultSetMetadata": {"ColumnInfo": [column_info(n, t) for n, t in columns]},
        },
        **({"NextToken": str(shown)} if shown < len(headers) + len(answer.rows) else {}),
    }


def result_file(answer: QueryResult, *, is_dml: bool) -> bytes:
    """The content of the result object: CSV with every value quoted and NULL left empty."""
    if is_dml:
        rows = (answer.columns, *answer.rows) if answer.columns else ()
        return "".join(",".join(map(_csv_value, row)) + "\n" for row in rows).encode()
    return "".join("\t".join(value or "" for value in row) + "\n" for row in answer.rows).encode()


def _csv_value(value: str | None) -> str:
    return "" if value is None else '"' + value.replace('"', '""') + '"'
