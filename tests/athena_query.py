"""A statement on Athena, asked by a test: publishing reads whole tables, and needs none."""

import time
from typing import Any

from lakehouse.errors import TableReadError


def ask(athena: Any, workgroup: str, sql: str) -> list[tuple[str | None, ...]]:
    """Run a statement to its end; returns its rows, a page at most.

    Raises: TableReadError with Athena's reason if it fails.
    """
    name = athena.start_query_execution(QueryString=sql, WorkGroup=workgroup)["QueryExecutionId"]
    while True:
        execution = athena.get_query_execution(QueryExecutionId=name)["QueryExecution"]
        if execution["Status"]["State"] not in ("QUEUED", "RUNNING"):
            break
        time.sleep(0.1)
    if execution["Status"]["State"] != "SUCCEEDED":
        raise TableReadError(execution["Status"]["StateChangeReason"])
    rows = athena.get_query_results(QueryExecutionId=name)["ResultSet"]["Rows"]
    texts = [tuple(cell.get("VarCharValue") for cell in row["Data"]) for row in rows]
    return texts[execution["StatementType"] == "DML" :]
