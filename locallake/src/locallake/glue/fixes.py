"""What the emulator's Glue catalogue gets wrong, one function per gap.

Each one is ready to be dropped when a newer emulator has it right: `tests/glue/test_glue_fixes.py`
also shows each gap in the emulator as it is, and fails when it has gone.
"""

from __future__ import annotations

import copy
import json
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from locallake import ministack
from locallake.settings import Settings

Http = tuple[int, dict[str, str], bytes]
Handler = Callable[[str, str, Mapping[str, str], bytes, Any], Http]
Table = dict[str, Any]

# How Trino marks its own commits in TableInput; Spark's commits keep the documentation themselves.
_TRINO_COMMIT = "trino_table_metadata_info_valid_for"
_VIEW_COMMENT = "Presto View"


class GlueError(Exception):
    """An error as Glue answers it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def install(settings: Settings) -> None:
    """Put the fixes around the emulator's Glue.

    Raises: HookError if the emulator is not the version this was written for.
    """
    from ministack.core import responses
    from ministack.services import glue

    ministack.require(
        glue, "_handle_request_sync", "_databases", "_tables", "_partitions", "_delete_table"
    )
    ministack.require(responses, "AccountRegionScopedDict", "json_response", "error_response_json")
    fixed = FixedCatalogue(
        glue,
        versions=responses.AccountRegionScopedDict(),
        answer=responses.json_response,
        refuse=responses.error_response_json,
    )
    glue._handle_request_sync = fixed.handle
    ministack.on_reset(fixed.forget)


class FixedCatalogue:
    """Glue's calls, mended.

    Args:
        glue: the emulator's module.
        versions: an empty store of table versions, scoped by account and region.
    """

    def __init__(
        self,
        glue: Any,
        *,
        versions: Any,
        answer: Callable[[Any], Http],
        refuse: Callable[[str, str, int], Http],
    ) -> None:
        self._glue = glue
        self._stock: Handler = glue._handle_request_sync
        self._versions = versions
        self._answer = answer
        self._refuse = refuse
        # The emulator works in a thread per call: a copy of a table must fit its update.
        self._writing = threading.RLock()
        self._own: Mapping[str, Callable[[Mapping[str, Any]], Any]] = {
            "GetTableVersions": self.get_table_versions,
            "DeleteTableVersion": self.delete_table_version,
            "BatchDeleteTableVersion": self.batch_delete_table_version,
            "BatchDeletePartition": self.batch_delete_partition,
            "UpdatePartition": self.update_partition,
            "GetPartitions": self.get_partitions,
        }

    def forget(self) -> None:
        self._versions._data.clear()

    def handle(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes, query_params: Any
    ) -> Http:
        action = headers.get("x-amz-target", "").rpartition(".")[2]
        try:
            if action in self._own:
                with self._writing:
                    return self._answer(self._own[action](json.loads(body or b"{}")))
            if action in ("CreateTable", "UpdateTable", "DeleteTable", "BatchDeleteTable"):
                with self._writing:
                    return self._write_table(method, path, headers, body, query_params, action)
        except GlueError as err:
            return self._refuse(err.code, str(err), 400)
        given = self._stock(method, path, headers, body, query_params)
        if action in ("GetTable", "GetTables") and reads_like_trino(headers) and given[0] == 200:
            return self._answer(shown_to_trino(json.loads(given[2])))
        return given

    # ---- Writes of tables

    def _write_table(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes,
        query_params: Any,
        action: str,
    ) -> Http:
        request = json.loads(body or b"{}")
        if action in ("DeleteTable", "BatchDeleteTable"):
            given = self._stock(method, path, headers, body, query_params)
            for name in request.get("TablesToDelete") or [request.get("Name")]:
                if _key(request, name) not in self._glue._tables:
                    self._versions.pop(_key(request, name), None)
            return given
        table_input = request.get("TableInput", {})
        key = _key(request, table_input.get("Name"))
        before = copy.deepcopy(self._glue._tables.get(key))
        if action == "UpdateTable" and before is not None and is_trino_commit(table_input):
            request["TableInput"] = table_input = with_documentation(table_input, before)
            body = json.dumps(request).encode()
        given = self._stock(method, path, headers, body, query_params)
        if given[0] != 200:
            return given
        table = self._glue._tables[key]
        drop_empty_texts(table)
        if action == "CreateTable":
            self._versions[key] = []
        elif before is not None and not request.get("SkipArchive"):
            self._versions[key] = [*self._versions.get(key, []), before]
        return given

    # ---- Table versions (absent in the emulator)

    def get_table_versions(self, request: Mapping[str, Any]) -> Any:
        """All states of a table, the newest first."""
        key = _key(request, request.get("TableName"))
        table = self._table(key)
        states = [*self._versions.get(key, []), table]
        return {
            "TableVersions": [
                {"Table": state, "VersionId": state.get("VersionId", "1")}
                for state in reversed(states)
            ]
        }

    def delete_table_version(self, request: Mapping[str, Any]) -> Any:
        """Forget an older state; the current one stays."""
        key = _key(request, request.get("TableName"))
        self._table(key)
        version = str(request.get("VersionId"))
        kept = [s for s in self._versions.get(key, []) if s.get("VersionId", "1") != version]
        if len(kept) == len(self._versions.get(key, [])):
            raise GlueError("EntityNotFoundException", f"version {version} of {key} not found")
        self._versions[key] = kept
        return {}

    def batch_delete_table_version(self, request: Mapping[str, Any]) -> Any:
        errors = []
        for version in request.get("VersionIds", []):
            try:
                self.delete_table_version({**request, "VersionId": version})
            except GlueError as err:
                detail = {"ErrorCode": err.code, "ErrorMessage": str(err)}
                errors.append(
                    {
                        "TableName": request.get("TableName"),
                        "VersionId": version,
                        "ErrorDetail": detail,
                    }
                )
        return {"Errors": errors}

    # ---- Partitions

    def batch_delete_partition(self, request: Mapping[str, Any]) -> Any:
        """Absent in the emulator."""
        key = _key(request, request.get("TableName"))
        self._table(key)
        partitions = self._glue._partitions.get(key, [])
        errors = []
        for entry in request.get("PartitionsToDelete", []):
            found = [p for p in partitions if p.get("Values") == entry["Values"]]
            if found:
                partitions.remove(found[0])
            else:
                detail = {
                    "ErrorCode": "EntityNotFoundException",
                    "ErrorMessage": "Partition not found.",
                }
                errors.append({"PartitionValues": entry["Values"], "ErrorDetail": detail})
        return {"Errors": errors}

    def update_partition(self, request: Mapping[str, Any]) -> Any:
        """Absent in the emulator; its batch form is there."""
        entry = {
            "PartitionValueList": request.get("PartitionValueList", []),
            "PartitionInput": request.get("PartitionInput", {}),
        }
        body = json.dumps({**request, "Entries": [entry]}).encode()
        status, _, text = self._stock(
            "POST", "/", {"x-amz-target": "AWSGlue.BatchUpdatePartition"}, body, {}
        )
        answer = json.loads(text)
        if status != 200:
            raise GlueError(answer.get("__type", "InvalidInputException"), answer.get("message"))
        for error in answer.get("Errors", []):
            detail = error["ErrorDetail"]
            raise GlueError(detail["ErrorCode"], detail["ErrorMessage"])
        return {}

    def get_partitions(self, request: Mapping[str, Any]) -> Any:
        """The emulator ignores Expression and Segment: a filter of one partition answered all of
        them, and dbt's insert_overwrite deleted them all.
        """
        key = _key(request, request.get("TableName"))
        table = self._table(key)
        if (request.get("Segment") or {}).get("SegmentNumber", 0) != 0:
            return {"Partitions": []}
        partitions = self._glue._partitions.get(key, [])
        expression = (request.get("Expression") or "").strip()
        if expression:
            partitions = matching(partitions, table.get("PartitionKeys", []), expression)
        return {"Partitions": partitions}

    def _table(self, key: str) -> Table:
        table: Table | None = self._glue._tables.get(key)
        if table is None:
            raise GlueError("EntityNotFoundException", f"Table {key.replace('/', '.')} not found.")
        return table


def _key(request: Mapping[str, Any], table: str | None) -> str:
    return f"{request.get('DatabaseName')}/{table}"


# ---- The single gaps


def drop_empty_texts(table: Table) -> None:
    """The emulator stores "" where the request states no Description or Owner.

    An empty Description hides the comment `Presto View` from Trino, so that every view "does not
    exist"; an empty Owner is sent back by dbt-athena, and refused (its minimum length is 1).
    """
    for name in ("Description", "Owner"):
        if table.get(name) == "":
            del table[name]


def is_trino_commit(table_input: Mapping[str, Any]) -> bool:
    """Whether an UpdateTable is Trino's commit of a new state of an Iceberg table."""
    parameters = table_input.get("Parameters") or {}
    location = parameters.get("metadata_location")
    return location is not None and parameters.get(_TRINO_COMMIT) == location


def with_documentation(table_input: Mapping[str, Any], before: Mapping[str, Any]) -> Table:
    """Trino's commit with the description, column comments and foreign parameters that it wipes.

    Real Athena keeps them. What the commit states itself wins.
    """
    storage = dict(table_input.get("StorageDescriptor") or {})
    known = {
        column["Name"]: column["Comment"]
        for column in (before.get("StorageDescriptor") or {}).get("Columns", ())
        if column.get("Comment")
    }
    storage["Columns"] = [
        {**column, "Comment": column.get("Comment") or known.get(column["Name"])}
        if column.get("Comment") or column["Name"] in known
        else column
        for column in storage.get("Columns", ())
    ]
    parameters = {**(before.get("Parameters") or {}), **(table_input.get("Parameters") or {})}
    kept = {
        name: before[name]
        for name in ("Description", "Owner")
        if before.get(name) and not table_input.get(name)
    }
    return {**table_input, **kept, "StorageDescriptor": storage, "Parameters": parameters}


def reads_like_trino(headers: Mapping[str, str]) -> bool:
    """Whether a reader may be Trino: the AWS SDK for Java. Spark uses it too, undisturbed."""
    return "aws-sdk-java" in headers.get("user-agent", "")


def shown_to_trino(answer: dict[str, Any]) -> dict[str, Any]:
    """A description on a view, as dbt's persist_docs writes it, hides the view from Trino."""
    tables = answer.get("TableList", [answer["Table"]] if "Table" in answer else [])
    for table in tables:
        if table.get("TableType") == "VIRTUAL_VIEW":
            table.pop("Description", None)
            table["Parameters"] = {**(table.get("Parameters") or {}), "comment": _VIEW_COMMENT}
    return answer


_NUMBERS = {
    "int": "integer",
    "integer": "integer",
    "bigint": "bigint",
    "smallint": "smallint",
    "tinyint": "tinyint",
    "date": "date",
}


def matching(
    partitions: Sequence[Table], keys: Sequence[Mapping[str, str]], expression: str
) -> list[Table]:
    """The partitions whose values satisfy a filter, compared as their types compare.

    Args:
        expression: as GetPartitions takes it: `month = '2026-01' and (day > 3 or day in (1, 2))`.
    Raises: GlueError if it cannot be evaluated.
    """
    import duckdb

    columns = ", ".join(_quoted(key["Name"]) for key in keys)
    typed = ", ".join(
        f"cast({_quoted(key['Name'])} as {_key_type(key.get('Type', 'string'))}) as "
        f"{_quoted(key['Name'])}"
        for key in keys
    )
    with duckdb.connect(config={"enable_external_access": "false"}) as connection:
        connection.execute(
            f"create table given (place bigint, {columns.replace(',', ' varchar,')} varchar)"
        )
        rows = [[place, *partition.get("Values", [])] for place, partition in enumerate(partitions)]
        if rows:
            connection.executemany(
                f"insert into given values ({', '.join('?' * (len(keys) + 1))})", rows
            )
        try:
            found = connection.execute(
                f"select place from (select place, {typed} from given) as p "
                f"where ({expression}) order by place"
            ).fetchall()
        except duckdb.Error as err:
            raise GlueError(
                "InvalidInputException", f"Unsupported expression '{expression}': {err}"
            ) from err
    return [partitions[place] for (place,) in found]


def _key_type(hive_type: str) -> str:
    name = hive_type.lower()
    return name if name.startswith("decimal") else _NUMBERS.get(name, "varchar")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
