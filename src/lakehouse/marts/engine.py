"""Which engine keeps the tables."""

from collections.abc import Mapping
from pathlib import Path

from lakehouse.aws import AwsClients, poll_seconds
from lakehouse.database import database_file
from lakehouse.marts.athena import AthenaReader, unload_folder
from lakehouse.marts.duckdb import DuckDbReader
from lakehouse.marts.rows import TableReader


def open_reader(settings: Mapping[str, str], clients: AwsClients) -> TableReader:
    """Open the tables of the engine that LAKEHOUSE_TARGET names; Athena reads what Glue wrote.

    Raises: AwsError if there is no AWS client to be had.
    """
    if settings.get("LAKEHOUSE_TARGET", "duckdb") == "duckdb":
        return DuckDbReader(Path(database_file(settings)))
    return AthenaReader(
        athena=clients.athena(),
        glue=clients.glue(),
        s3=clients.s3(),
        workgroup=settings.get("LAKEHOUSE_ATHENA_WORKGROUP", "lakehouse_dev"),
        unloads=unload_folder(
            settings.get("LAKEHOUSE_ATHENA_RESULTS", "s3://lakehouse-dev-results/athena")
        ),
        poll_seconds=poll_seconds(settings),
    )
