"""Trino's client: one statement in, text out, cancellable.

Runs in the emulator environment (the only one that has `trino`).
"""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from locallake import loopback
from locallake.athena import values
from locallake.errors import LocallakeError
from locallake.settings import HIVE_CATALOG

USER = "athena"


@dataclass(frozen=True)
class QueryResult:
    """What a statement gave.

    Args:
        rows: n rows, each value as Athena prints it, None for NULL.
        update_count: rows written; 0 for statements that write none.
        scanned_bytes: read from S3.
    """

    columns: tuple[str, ...] = ()
    types: tuple[values.Type, ...] = ()
    rows: tuple[tuple[str | None, ...], ...] = ()
    update_count: int = 0
    scanned_bytes: int = 0


class QueryError(LocallakeError):
    """A statement that Trino refused or gave up.

    Args:
        name: Trino's name of the error: `TYPE_MISMATCH`, `ICEBERG_COMMIT_ERROR`.
        blame: `USER_ERROR`, `INTERNAL_ERROR`, `INSUFFICIENT_RESOURCES` or `EXTERNAL`.
    """

    def __init__(self, name: str, message: str, blame: str) -> None:
        super().__init__(message if name == "SYNTAX_ERROR" else f"{name}: {message}")
        self.name = name
        self.blame = blame


class TrinoClient:
    """Trino on one port of this machine."""

    def __init__(self, port: int) -> None:
        self._port = port

    def run(
        self,
        statement: str,
        *,
        schema: str,
        session: Mapping[str, str],
        on_start: Callable[[Callable[[], str | None]], None] = lambda query_id: None,
    ) -> QueryResult:
        """Run one statement to its end. Blocks.

        Args:
            on_start: is given a function that tells Trino's id of the query, None until it has one.
        Raises: QueryError if Trino refuses or fails it, or does not answer.
        """
        import requests
        from trino import exceptions

        connection = self._connection(schema, session)
        try:
            cursor = connection.cursor()
            on_start(lambda: cursor.query_id)
            cursor.execute(statement)
            rows = cursor.fetchall()
            return _answer(cursor, rows)
        except exceptions.TrinoQueryError as err:
            raise QueryError(err.error_name, reason(err), err.error_type) from err
        except (exceptions.Error, exceptions.HttpError, requests.RequestException) as err:
            raise QueryError(
                "ENGINE_UNAVAILABLE",
                f"Trino on port {self._port} does not answer as it should ({err}): "
                "see `locallake status`",
                "INTERNAL_ERROR",
            ) from err
        finally:
            connection.close()

    def cancel(self, query_id: str) -> None:
        """End a query; one that has ended already is left alone."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self._port}/v1/query/{query_id}",
            method="DELETE",
            headers={"X-Trino-User": USER},
        )
        try:
            loopback.open_url(request, timeout=10).close()
        except urllib.error.HTTPError as err:
            if err.code != 404:
                raise

    def _connection(self, schema: str, session: Mapping[str, str]) -> Any:
        from trino import dbapi

        return dbapi.connect(
            host="127.0.0.1",
            port=self._port,
            user=USER,
            catalog=HIVE_CATALOG,
            schema=schema,
            source="locallake",
            timezone="UTC",
            session_properties=dict(session),
            # Trino's own text of decimals, dates and timestamps: Python's types would lose digits.
            legacy_primitive_types=True,
        )


def reason(err: Any) -> str:
    """The message of a TrinoQueryError, with what caused it in the end.

    Trino says that a file could not be written; why stands only in the chain of causes.
    """
    cause, last = (err.failure_info or {}).get("cause"), None
    while cause:
        last, cause = cause.get("message") or last, cause.get("cause")
    return err.message if not last or last in err.message else f"{err.message}: {last}"


def _answer(cursor: Any, rows: list[list[Any]]) -> QueryResult:
    described = cursor.description or []
    types = tuple(values.types_of(described))
    scanned = (cursor.stats or {}).get("physicalInputBytes", 0)
    if cursor.update_type is not None:
        # Trino answers a write with one row that counts; Athena answers with none.
        count = cursor.rowcount
        return QueryResult(update_count=max(count, 0), scanned_bytes=scanned)
    texts = tuple(
        tuple(values.text_of(value, given) for value, given in zip(row, types, strict=True))
        for row in rows
    )
    return QueryResult(tuple(d[0] for d in described), types, texts, 0, scanned)
