"""What each model of a build took, kept in the DuckDB file: seconds, rows, bytes.

`lakehouse build` notes it when dbt is done, so that no run of dbt pays for it, and a build that
finds nothing new notes nothing. Athena and Glue keep their own history of statements.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lakehouse.database import identifier, quoted

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

SCHEMA, TABLE = "quality", "model_run"
_COLUMNS = """
    run_started_at timestamp, resource_type varchar, domain varchar, model_name varchar,
    run_status varchar, run_seconds decimal(12, 3), row_count bigint, stored_bytes bigint
"""


@dataclass(frozen=True)
class ModelRun:
    """What one model or seed took in one build.

    Attributes:
        started_at: of the build, UTC without zone.
        kind: model or seed.
        status: dbt's: success, error, skipped, ….
        row_count: of the table afterwards; None for a view, or where it was not built.
        stored_bytes: of the blocks that hold it, which small tables share; None likewise.
    """

    started_at: datetime
    kind: str
    domain: str
    name: str
    status: str
    seconds: float
    row_count: int | None
    stored_bytes: int | None


def note_model_runs(results: Iterable[Any], *, database: Path, started_at: datetime) -> int:
    """Add a row for each model and seed that dbt reports; returns how many.

    Args:
        results: dbt's own.
        started_at: of the build, UTC with zone.
    Raises: duckdb.Error if the file cannot be written.
    """
    # Imported late: a build on another engine does not need them.
    import duckdb
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    nodes = [r for r in results if str(r.node.resource_type) in ("model", "seed")]
    if not nodes or not database.is_file():
        return 0
    # dbt keeps the file open until the program ends, and a file is open once in a program.
    DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]
    with duckdb.connect(":memory:") as connection:
        connection.execute(f"attach {quoted(database)} as lake")
        connection.execute("checkpoint lake")
        sizes = table_sizes(connection, "lake")
        moment = started_at.replace(tzinfo=None)
        runs = [_run(result, moment, sizes) for result in nodes]
        connection.execute(f"create schema if not exists lake.{SCHEMA}")
        connection.execute(f"create table if not exists lake.{SCHEMA}.{TABLE} ({_COLUMNS})")
        connection.executemany(
            f"insert into lake.{SCHEMA}.{TABLE} values (?, ?, ?, ?, ?, ?, ?, ?)",
            [astuple(run) for run in runs],
        )
    return len(runs)


def _run(
    result: Any, started_at: datetime, sizes: Mapping[tuple[str, str], tuple[int, int]]
) -> ModelRun:
    node = result.node
    rows, stored = sizes.get((node.schema, node.alias), (None, None))
    return ModelRun(
        started_at=started_at,
        kind=str(node.resource_type),
        domain=node.schema,
        name=node.name,
        status=str(result.status),
        seconds=round(float(result.execution_time), 3),
        row_count=rows,
        stored_bytes=stored,
    )


def table_sizes(
    connection: DuckDBPyConnection, alias: str
) -> dict[tuple[str, str], tuple[int, int]]:
    """Return schema and table -> rows and bytes, without reading a table.

    Args:
        alias: under which the file is attached. What was not yet written to it counts for nothing.
    """
    block_size = connection.execute(
        "select block_size from pragma_database_size() where database_name = ?", [alias]
    ).fetchall()[0][0]
    found = {}
    for schema, table, rows in connection.execute(
        "select schema_name, table_name, estimated_size from duckdb_tables() "
        "where database_name = ?",
        [alias],
    ).fetchall():
        name = identifier(alias, schema, table)
        blocks = connection.execute(
            f"select count(distinct block_id) from pragma_storage_info({quoted(name)}) "
            "where block_id >= 0"
        ).fetchall()[0][0]
        found[schema, table] = (rows, blocks * block_size)
    return found
