"""Attaches the DuckDB file that LAKEHOUSE_DUCKDB names, whatever the file is called.

A plugin of dbt-duckdb, named in profiles.yml. dbt parses a project anew when a value of its profile
changes, and the path of the database is such a value; here it reaches the connection alone. Models
know the file as the database `lakehouse`. DuckDB stores views without that name, so a file can be
renamed, and opened under its own.
"""

import os
from typing import Any

from dbt.adapters.duckdb.credentials import DuckDBCredentials
from dbt.adapters.duckdb.plugins import BasePlugin
from dbt_common.exceptions import DbtRuntimeError
from duckdb import DuckDBPyConnection, IOException

from lakehouse.building.alias import ALIAS
from lakehouse.database import database_file, open_elsewhere, quoted

# `lakehouse plan` sets it: DuckDB itself then sees to it that nothing is changed.
READ_ONLY = "LAKEHOUSE_DUCKDB_READ_ONLY"


class Plugin(BasePlugin):
    """Makes the connection in memory a connection to the file."""

    def update_connection_config(self, creds: DuckDBCredentials, config: dict[str, Any]) -> None:
        """Spill beside the file, as DuckDB does for a database that it opens first."""
        config.setdefault("temp_directory", f"{database_file()}.tmp")

    def configure_connection(self, conn: DuckDBPyConnection) -> None:
        """Attach the file, before dbt looks for the alias that the profile promises.

        Raises: DbtRuntimeError if it cannot be opened, above all while another program has it.
        """
        path = database_file()
        is_only_read = os.environ.get(READ_ONLY) == "1"
        try:
            conn.execute(f"attach {quoted(path)} as {ALIAS}{' (read_only)' * is_only_read}")
        except IOException as err:
            if held := open_elsewhere(str(err)):
                raise DbtRuntimeError(
                    f"{path} {held.how}: close it there, then run again ({err})"
                ) from err
            raise DbtRuntimeError(
                f"{path} cannot be opened as a DuckDB database: name another file in "
                f"LAKEHOUSE_DUCKDB, or move this one away and build anew ({err})"
            ) from err

    def configure_cursor(self, cursor: DuckDBPyConnection) -> None:
        """Make `commerce.table` mean the file's, as it does where the file is opened by itself."""
        cursor.execute(f"use {ALIAS}")
