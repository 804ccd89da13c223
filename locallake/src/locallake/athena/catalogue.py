"""The Glue catalogue as the Athena service sees it: calls inside the emulator's own process."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from locallake.athena.plans import Column, Kind, StatementError, TableName

_UPDATABLE = (
    "Name",
    "Description",
    "Owner",
    "Retention",
    "StorageDescriptor",
    "PartitionKeys",
    "ViewOriginalText",
    "ViewExpandedText",
    "TableType",
    "Parameters",
)


def kind_of(entry: Mapping[str, Any]) -> Kind:
    """What a table of the catalogue is to Athena."""
    if entry.get("TableType") == "VIRTUAL_VIEW":
        return "view"
    table_type = (entry.get("Parameters") or {}).get("table_type", "")
    return "iceberg" if table_type.upper() == "ICEBERG" else "hive"


def table_input(entry: Mapping[str, Any]) -> dict[str, Any]:
    """A table as UpdateTable takes it back."""
    return {key: entry[key] for key in _UPDATABLE if entry.get(key) not in (None, "")}


def _described(column: Column) -> dict[str, str]:
    comment = {"Comment": column.comment} if column.comment else {}
    return {"Name": column.name, "Type": column.type, **comment}


class Catalogue:
    """Glue of the account and region that the current context names.

    Args:
        glue: the emulator's module. Calls go through its dispatcher, so that whatever else is
            hooked there (fixes, the mirror's counter) sees them.
    """

    def __init__(self, glue: Any) -> None:
        self._glue = glue

    def call(self, action: str, **request: Any) -> dict[str, Any]:
        """Raises: StatementError with Glue's own words if the call fails."""
        status, _, body = self._glue._handle_request_sync(
            "POST",
            "/",
            {"x-amz-target": f"AWSGlue.{action}"},
            json.dumps(request).encode(),
            {},
        )
        answer: dict[str, Any] = json.loads(body or b"{}")
        if status != 200:
            reason = answer.get("message") or answer.get("Message") or answer
            raise StatementError(f"{answer.get('__type', action)}: {reason}")
        return answer

    def table(self, schema: str, table: str) -> dict[str, Any] | None:
        try:
            found: dict[str, Any] = self.call("GetTable", DatabaseName=schema, Name=table)["Table"]
            return found
        except StatementError as err:
            if str(err).startswith("EntityNotFoundException"):
                return None
            raise

    def kind_of(self, schema: str, table: str) -> Kind | None:
        entry = self.table(schema, table)
        return None if entry is None else kind_of(entry)

    def has_database(self, name: str) -> bool:
        return any(entry["Name"] == name for entry in self.call("GetDatabases")["DatabaseList"])

    def create_schema(self, schema: str) -> None:
        self.call("CreateDatabase", DatabaseInput={"Name": schema})

    def drop_table(self, name: TableName, *, if_exists: bool) -> None:
        if self.table(name.schema, name.table) is None:
            if if_exists:
                return
            raise StatementError(
                f"EntityNotFoundException: Table {name.schema}.{name.table} not found"
            )
        self.call("DeleteTable", DatabaseName=name.schema, Name=name.table)

    def drop_schema(self, schema: str, *, if_exists: bool, cascade: bool) -> None:
        if not self.has_database(schema):
            if if_exists:
                return
            raise StatementError(f"SCHEMA_NOT_FOUND: Database does not exist: {schema}")
        if not cascade and self.call("GetTables", DatabaseName=schema)["TableList"]:
            raise StatementError(f"Database {schema} is not empty. One or more tables exist.")
        self.call("DeleteDatabase", Name=schema)

    def alter_columns(self, name: TableName, columns: Iterable[Column], *, replace: bool) -> None:
        entry = self._existing(name)
        storage = dict(entry.get("StorageDescriptor") or {})
        kept = [] if replace else list(storage.get("Columns", ()))
        storage["Columns"] = [*kept, *map(_described, columns)]
        self._update(name, {**table_input(entry), "StorageDescriptor": storage})

    def set_view_columns(self, name: TableName, columns: Iterable[Column]) -> None:
        """Trino writes one column `dummy` for a view; Athena writes the real ones."""
        self.alter_columns(name, columns, replace=True)

    def properties(self, name: TableName) -> dict[str, str]:
        return self._existing(name).get("Parameters") or {}

    def set_properties(self, name: TableName, properties: Mapping[str, str]) -> None:
        entry = self._existing(name)
        parameters = {**(entry.get("Parameters") or {}), **properties}
        self._update(name, {**table_input(entry), "Parameters": parameters})

    def _existing(self, name: TableName) -> dict[str, Any]:
        entry = self.table(name.schema, name.table)
        if entry is None:
            raise StatementError(
                f"EntityNotFoundException: Table {name.schema}.{name.table} not found"
            )
        return entry

    def _update(self, name: TableName, changed: Mapping[str, Any]) -> None:
        self.call("UpdateTable", DatabaseName=name.schema, TableInput=dict(changed))
