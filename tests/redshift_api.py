"""Redshift's Data API over a real PostgreSQL: its calls, its batches as transactions, its SQL.

What PostgreSQL does not have is put in its place: COPY loads the same Parquet file, DISTSTYLE is
left out, `to role x` is `to x`, and `strtol` is a function. Everything else runs as it was sent.
"""

import io
import json
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

import psycopg
import pyarrow.parquet as pq
from fake_aws import FakeAws, handler_for

_COPY = re.compile(
    r"copy (?P<table>\S+) from \'s3://(?P<object>[^\']+)\' "
    r"iam_role '(?P<role>[^']+)' format as parquet"
)
STRTOL = """
    create function strtol(text, int) returns bigint immutable language sql
    as $$ select ('x' || lpad($1, 16, '0'))::bit(64)::bigint where $2 = 16 $$
"""


@dataclass
class RedshiftApi:
    """Statements by id, and what was sent.

    Attributes:
        connect: a connection as the publisher, to the database that stands for Redshift's.
        batches: the SQL of every batch, as sent.
    """

    connect: Callable[[], psycopg.Connection]
    objects: dict[str, bytes]
    batches: list[list[str]] = field(default_factory=list)
    requests: list[dict[str, Any]] = field(default_factory=list)
    told: dict[str, dict[str, Any]] = field(default_factory=dict)
    results: dict[str, list[list[dict[str, Any]]]] = field(default_factory=dict)

    def call(self, action: str, request: dict[str, Any]) -> dict[str, Any]:
        if action == "DescribeStatement":
            told = self.told[request["Id"]]
            # As the service does: a statement is not finished when it is first asked after.
            return {**told, "Status": "STARTED"} if told.pop("is_new", False) else told
        if action == "GetStatementResult":
            return {"Records": self.results[request["Id"]], "ColumnMetadata": []}
        self.requests.append(request)
        statements = request.get("Sqls") or [request["Sql"]]
        if "Sqls" in request:
            assert len(statements) <= 40, "ValidationException: at most 40 statements"
            self.batches.append(statements)
        name = str(uuid.uuid4())
        self.told[name] = {"Id": name, "is_new": True, **self._run(name, statements)}
        return {"Id": name}

    def _run(self, name: str, statements: list[str]) -> dict[str, Any]:
        done: list[dict[str, Any]] = []
        with self.connect() as opened:
            for number, sql in enumerate(statements, start=1):
                told = {"Id": f"{name}:{number}", "QueryString": sql}
                try:
                    cursor = self._execute(opened, sql)
                    if cursor is not None and cursor.description:
                        self.results[name] = [list(map(_field, row)) for row in cursor]
                except psycopg.Error as err:
                    opened.rollback()
                    done.append({**told, "Status": "FAILED", "Error": str(err)})
                    return {"Status": "FAILED", "Error": str(err), "SubStatements": done}
                done.append({**told, "Status": "FINISHED"})
        return {"Status": "FINISHED", "SubStatements": done}

    def _execute(self, opened: psycopg.Connection, sql: str) -> psycopg.Cursor | None:
        if match := _COPY.fullmatch(sql):
            rows = pq.ParquetFile(io.BytesIO(self.objects[match["object"]])).read()
            with opened.cursor().copy(f"copy {match['table']} from stdin") as copy:
                for row in rows.to_pylist():
                    copy.write_row(tuple(row.values()))
            return None
        sql = re.sub(r" diststyle (all|auto)$", "", sql)
        return opened.execute(re.sub(r" to role ", " to ", sql))


def handler(aws: FakeAws, api: RedshiftApi) -> type[BaseHTTPRequestHandler]:
    """A server of S3, secrets and the Data API."""

    class Handler(handler_for(aws)):
        def do_POST(self):
            service, _, action = self.headers["X-Amz-Target"].partition(".")
            if service != "RedshiftData":
                return super().do_POST()
            self.answer(200, json.dumps(api.call(action, json.loads(self.body()))).encode())

    return Handler


def _field(value: object) -> dict[str, Any]:
    if value is None:
        return {"isNull": True}
    return {"longValue": value} if isinstance(value, int) else {"stringValue": str(value)}
