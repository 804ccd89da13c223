"""Redshift's Data API over a real PostgreSQL: its calls, its batches as transactions, its SQL.

What PostgreSQL does not have is put in its place: COPY loads the same Parquet file, DISTSTYLE is
left out, `to role x` is `to x`, a disabled password is none, `strtol` is a function and `svv_roles`
a view. Everything else runs as it was sent.
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
PREPARED = """
    create view svv_roles as select rolname as role_name from pg_roles;
    create function strtol(text, int) returns bigint immutable language sql
    as $$ select ('x' || lpad($1, 16, '0'))::bit(64)::bigint where $2 = 16 $$;
"""


@dataclass
class RedshiftApi:
    """Statements by id, and what was sent.

    Attributes:
        connect: a connection as the publisher, to the database that stands for Redshift's.
        batches: the SQL of every batch, as sent.
        connect_as_owner: the same for who logs in by a secret.
    """

    connect: Callable[[], psycopg.Connection]
    objects: dict[str, bytes]
    connect_as_owner: Callable[[], psycopg.Connection] | None = None
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
        connect = self.connect
        if "SecretArn" in request:
            assert self.connect_as_owner is not None, "a secret, and no owner to log in as"
            connect = self.connect_as_owner
        kept = {key: request[key] for key in ("Database", "WorkgroupName") if key in request}
        outcome = self._run(name, statements, connect)
        self.told[name] = {"Id": name, "is_new": True, **kept, **outcome}
        return {"Id": name}

    def content_of(self, name: str, role: str) -> bytes:
        """An object of S3 as COPY reads it, `bucket/key`, with the role that it names."""
        return self.objects[name]

    def _run(
        self, name: str, statements: list[str], connect: Callable[[], psycopg.Connection]
    ) -> dict[str, Any]:
        done: list[dict[str, Any]] = []
        with connect() as opened:
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
            content = self.content_of(match["object"], match["role"])
            rows = pq.ParquetFile(io.BytesIO(content)).read()
            with opened.cursor().copy(f"copy {match['table']} from stdin") as copy:
                for row in rows.to_pylist():
                    copy.write_row(tuple(row.values()))
            return None
        sql = re.sub(r" diststyle (all|auto)$", "", sql)
        sql = sql.replace("password disable", "password null")
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
