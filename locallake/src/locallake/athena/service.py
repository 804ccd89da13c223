"""Athena's query calls, answered by Trino: state, results, errors, cancel, result files."""

from __future__ import annotations

import asyncio
import contextvars
import logging
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

from locallake import faults
from locallake.athena import create_table, plans, statements, values, workgroups
from locallake.athena.catalogue import Catalogue
from locallake.athena.results import result_file, result_page
from locallake.athena.trino_client import QueryError, QueryResult, TrinoClient
from locallake.errors import LocallakeError
from locallake.settings import HIVE_CATALOG

_log = logging.getLogger("locallake.athena")

# Athena runs more at once; one machine does not profit from it.
_RUNNING_AT_ONCE = 8
_LONGEST_REASON = 2_000
_CANCEL_SECONDS = 0.05
_SCAN_LIMIT = "query_max_scan_physical_bytes"

Http = tuple[int, dict[str, str], bytes]


def athena_error(err: BaseException) -> dict[str, Any]:
    """`Status.AthenaError` of a failed query.

    233 is the one number that clients act on: dbt-athena repeats the statement.
    Source: Athena user guide, "Athena error catalog".
    """
    name = err.name if isinstance(err, QueryError) else ""
    ours = isinstance(err, QueryError) and err.blame in ("INTERNAL_ERROR", "INSUFFICIENT_RESOURCES")
    conflict = name == faults.COMMIT_CONFLICT
    return {
        "ErrorCategory": 1 if ours else 2,
        "ErrorType": 233 if conflict else 1,
        "Retryable": conflict,
        "ErrorMessage": str(err)[:_LONGEST_REASON],
    }


class _RunningQuery:
    """A query on its way. Whoever ends it first says how it ended: the engine, or a stop."""

    def __init__(self, execution: dict[str, Any]) -> None:
        self._execution = execution
        self._lock = threading.Lock()
        self.engine_id: Callable[[], str | None] = lambda: None
        self.ended = threading.Event()

    @property
    def stopped(self) -> bool:
        return bool(self._execution["Status"]["State"] == "CANCELLED")

    def begin(self) -> bool:
        """Whether it still is to be run."""
        return self._turn("RUNNING", "", of=("QUEUED",))

    def finish(self, state: str, reason: str = "", **more: Any) -> bool:
        """End it, with more members of its Status; False if it had ended already."""
        return self._turn(state, reason, of=("QUEUED", "RUNNING"), **more)

    def _turn(self, state: str, reason: str, *, of: tuple[str, ...], **more: Any) -> bool:
        status = self._execution["Status"]
        with self._lock:
            if status["State"] not in of:
                return False
            status |= more
            if state != "RUNNING":
                status["StateChangeReason"] = reason[:_LONGEST_REASON]
                status["CompletionDateTime"] = int(time.time())
            # Last: who polls sees it only when everything else is in place.
            status["State"] = state
            return True


class AthenaService:
    """Athena's API for queries: what the emulator's own functions are replaced with.

    Args:
        athena, s3: the emulator's modules.
        parse_ddl: the emulator's own reader of `create external table`.
        faults_file: where failures on demand are written; it need not be there.
        denied: (IAM action, database) → AWS's refusal to the one who asked last; None if allowed.
    """

    def __init__(
        self,
        athena: Any,
        s3: Any,
        *,
        catalogue: Catalogue,
        engine: TrinoClient,
        parse_ddl: Callable[[str], Any],
        start: Callable[[Mapping[str, Any]], Http],
        refuse: Callable[..., Http],
        answer: Callable[[Mapping[str, Any]], Http],
        faults_file: Path,
        denied: Callable[[str, str], str | None] = lambda action, database: None,
    ) -> None:
        self._athena = athena
        self._s3 = s3
        self._catalogue = catalogue
        self._engine = engine
        self._parse_ddl = parse_ddl
        self._start = start
        self._refuse = refuse
        self._answer = answer
        self._faults = faults_file
        self._metastore = plans.Metastore(catalogue.has_database, denied)
        self._running: dict[str, _RunningQuery] = {}
        self._threads = ThreadPoolExecutor(_RUNNING_AT_ONCE, thread_name_prefix="athena")

    # ---- Calls

    def start_query_execution(self, request: Mapping[str, Any]) -> Http:
        """StartQueryExecution: the workgroup's rules, the statement's grammar, the queue."""
        workgroup = self._athena._workgroups.get(request.get("WorkGroup", "primary"))
        try:
            governed = workgroups.governed(request, workgroup)
        except workgroups.RequestError as err:
            return self._refuse("InvalidRequestException", str(err), 400)
        if request.get("ExecutionParameters"):
            return self._refuse(
                "InvalidRequestException",
                "ExecutionParameters are not done by this endpoint: write the values down",
                400,
            )
        try:
            statements.check_submission(request.get("QueryString", ""))
        except plans.StatementError as err:
            return self._refuse(
                "InvalidRequestException",
                str(err),
                400,
                extra={"AthenaErrorCode": "MALFORMED_QUERY"},
            )
        bucket = urlparse(governed["ResultConfiguration"]["OutputLocation"]).netloc
        if bucket not in self._s3._buckets:
            # Later, a statement that writes would have committed before the results are refused.
            return self._refuse(
                "InvalidRequestException", f"Unable to verify/create output bucket {bucket}", 400
            )
        if faults.take(self._faults, faults.THROTTLED, request.get("QueryString", "")):
            return self._refuse(faults.THROTTLED, "Rate exceeded (on demand)", 400)
        return self._start(governed)

    def stop_query_execution(self, request: Mapping[str, Any]) -> Http:
        """StopQueryExecution: also the engine's query ends, and writes nothing."""
        query_id = request.get("QueryExecutionId", "")
        execution = self._athena._executions.get(query_id)
        if execution is None:
            return self._refuse("InvalidRequestException", f"Query {query_id} not found", 400)
        running = self._running.get(query_id)
        if running is None:
            # Not in its thread yet, or ended: the engine has nothing to cancel.
            running = _RunningQuery(execution)
            running.ended.set()
        self._stop(running)
        return self._answer({})

    def get_query_results(self, request: Mapping[str, Any]) -> Http:
        query_id = request.get("QueryExecutionId", "")
        execution = self._athena._executions.get(query_id)
        if execution is None:
            return self._refuse("InvalidRequestException", f"Query {query_id} not found", 400)
        state = execution["Status"]["State"]
        if state != "SUCCEEDED":
            reason = execution["Status"].get("StateChangeReason", "")
            text = f"Query did not finish successfully. Final query state: {state} {reason}".strip()
            return self._refuse("InvalidRequestException", text, 400)
        token = request.get("NextToken") or "0"
        size = request.get("MaxResults", 1000)
        if not token.isdigit() or not 1 <= size <= 1000:
            return self._refuse("InvalidRequestException", "NextToken or MaxResults is wrong", 400)
        return self._answer(
            result_page(
                execution["_results"],
                is_dml=execution["StatementType"] == "DML",
                start=int(token),
                size=size,
            )
        )

    async def execute(
        self, query_id: str, query: str, database: str, ddl: Any, catalog: str | None = None
    ) -> None:
        """Run what StartQueryExecution queued; the outcome is left in the execution."""
        execution = self._athena._executions.get(query_id)
        if execution is None:
            return
        running = self._running.setdefault(query_id, _RunningQuery(execution))
        # Account and region live in context variables: the thread must see the caller's.
        context = contextvars.copy_context()
        loop = asyncio.get_running_loop()
        try:
            await loop.run_in_executor(
                self._threads, context.run, self._execute, execution, query, database, running
            )
        finally:
            running.ended.set()
            self._running.pop(query_id, None)

    def forget(self) -> None:
        """End what still runs: its results would be written into emptied stores."""
        for running in list(self._running.values()):
            self._stop(running)

    def _stop(self, running: _RunningQuery) -> None:
        if running.finish("CANCELLED", "Query was cancelled by user"):
            # Not one of the queries' own threads: those may all be taken by what is to be stopped.
            threading.Thread(target=self._cancel, args=(running,), daemon=True).start()

    def _cancel(self, running: _RunningQuery) -> None:
        """Cancel whatever the engine runs of a query until its thread has ended.

        The engine's id comes with its first answer, and a query may be several statements.
        """
        cancelled, is_told = None, False
        while not running.ended.is_set():
            engine_id = running.engine_id()
            if engine_id not in (None, cancelled):
                try:
                    self._engine.cancel(engine_id)
                    cancelled = engine_id
                except Exception:
                    # It runs on, and would commit: asked again.
                    if not is_told:
                        _log.exception("Trino's query %s is not cancelled yet", engine_id)
                    is_told = True
            running.ended.wait(_CANCEL_SECONDS)

    # ---- In a thread of its own

    def _execute(
        self, execution: dict[str, Any], query: str, database: str, running: _RunningQuery
    ) -> None:
        if not running.begin():
            return
        began = time.monotonic()
        try:
            self._keep(execution, self._run(execution, query, database, running), running)
        except Exception as err:
            # A defect of ours must end the query too, or the client waits for ever.
            if not isinstance(err, LocallakeError):
                _log.exception("query %s", execution["QueryExecutionId"])
            running.finish("FAILED", str(err), AthenaError=athena_error(err))
        elapsed_ms = int((time.monotonic() - began) * 1000)
        execution["Statistics"]["EngineExecutionTimeInMillis"] = elapsed_ms
        execution["Statistics"]["TotalExecutionTimeInMillis"] = elapsed_ms

    def _keep(self, execution: dict[str, Any], answer: QueryResult, running: _RunningQuery) -> None:
        if running.stopped:
            return
        is_dml = execution["StatementType"] == "DML"
        location = urlparse(execution["ResultConfiguration"]["OutputLocation"])
        written = self._s3._put_object(
            location.netloc,
            location.path.lstrip("/"),
            result_file(answer, is_dml=is_dml),
            {"content-type": "application/octet-stream"},
        )
        if written[0] >= 300:
            reason = f"no results at {location.geturl()}: {written[2].decode(errors='replace')}"
            if answer.columns:
                raise plans.StatementError(reason)
            # What the statement wrote is committed: FAILED would deny it.
            _log.warning("query %s: %s", execution["QueryExecutionId"], reason)
        execution["_results"] = answer
        execution["Statistics"]["DataScannedInBytes"] = answer.scanned_bytes
        running.finish("SUCCEEDED")

    def _run(
        self, execution: dict[str, Any], query: str, database: str, running: _RunningQuery
    ) -> QueryResult:
        location = execution["ResultConfiguration"]["OutputLocation"]
        for name in (faults.COMMIT_CONFLICT, faults.MORE_RUNS):
            if faults.take(self._faults, name, query):
                raise QueryError(name, "as a fault on demand", "EXTERNAL")
        workgroup = self._athena._workgroups.get(execution["WorkGroup"]) or {}
        plan = statements.plan(
            query,
            database=database,
            kind_of=self._catalogue.kind_of,
            metastore=self._metastore,
            results_folder=f"{location.rpartition('/')[0]}/tables/{execution['QueryExecutionId']}",
            location_enforced=workgroups.location_enforced(workgroup),
        )
        match plan:
            case plans.TrinoStatements(sent, session, view, iceberg_query):
                if iceberg_query is not None:
                    described = self._described(execution, iceberg_query, database, running)
                    create_table.check_iceberg_types(described.columns, described.types)
                answer = self._ask(execution, sent, database, session, running)
                if view is not None:
                    self._describe_view(execution, view, running)
                return answer
            case plans.Unload():
                return self._unload(execution, plan, database, running)
            case plans.Vacuum(table):
                # What ALTER TABLE set lies in the catalogue here, what CTAS set in the table.
                set_later = self._catalogue.properties(table).get(statements.SNAPSHOT_AGE)
                asked = () if set_later else (statements.snapshot_age_query(table),)
                stated = self._ask(execution, asked, database, {}, running).rows if asked else ()
                at_creation = stated[0][0] if stated else None
                age = int(set_later or at_creation or statements.SNAPSHOT_AGE_SECONDS)
                sent = statements.vacuum_statements(table, age)
                self._ask(execution, sent, database, {}, running)
            case plans.CreateExternalTable(statement):
                self._create_external_table(statement, database)
            case plans.DropHiveTable(table, if_exists):
                self._catalogue.drop_table(table, if_exists=if_exists)
            case plans.DropSchema(schema, if_exists, cascade):
                self._catalogue.drop_schema(schema, if_exists=if_exists, cascade=cascade)
            case plans.AlterHiveColumns(table, columns, replace):
                self._catalogue.alter_columns(table, columns, replace=replace)
            case plans.SetProperties(table, properties):
                self._catalogue.set_properties(table, properties)
        return QueryResult()

    def _ask(
        self,
        execution: Mapping[str, Any],
        statements: tuple[str, ...],
        schema: str,
        session: Mapping[str, str],
        running: _RunningQuery,
    ) -> QueryResult:
        limit_bytes = workgroups.scan_limit(self._athena._workgroups.get(execution["WorkGroup"]))
        limits = {} if limit_bytes is None else {_SCAN_LIMIT: f"{limit_bytes}B"}
        answer = QueryResult()
        for statement in statements:
            if running.stopped:
                return QueryResult()

            def remember(engine_id: Callable[[], str | None]) -> None:
                running.engine_id = engine_id

            answer = self._engine.run(
                statement, schema=schema, session={**session, **limits}, on_start=remember
            )
            # Trino looks once a second and misses short queries. A write that it missed stays: its
            # rows are committed, and FAILED would deny it.
            if limit_bytes is not None and answer.columns and answer.scanned_bytes > limit_bytes:
                raise QueryError(
                    "EXCEEDED_SCAN_LIMIT",
                    f"{answer.scanned_bytes} bytes scanned, the workgroup allows {limit_bytes}",
                    "INSUFFICIENT_RESOURCES",
                )
        return answer

    def _described(
        self, execution: Mapping[str, Any], query: str, schema: str, running: _RunningQuery
    ) -> QueryResult:
        """The columns of a query, and no row."""
        # The break ends a comment that may stand last.
        statement = f"select * from ({query}\n) where false"
        return self._ask(execution, (statement,), schema, {}, running)

    def _unload(
        self, execution: dict[str, Any], plan: plans.Unload, schema: str, running: _RunningQuery
    ) -> QueryResult:
        """Files at a location that was empty, and a manifest of them beside the results."""
        if self._objects(plan.location):
            raise plans.StatementError(
                "HIVE_PATH_ALREADY_EXISTS: Target directory already exists: " + plan.location
            )
        self._catalogue.create_schema(plan.table.schema)
        try:
            create = plan.create
            answer = self._ask(execution, create.statements, schema, create.session, running)
        finally:
            # The entries only: an external table leaves its files.
            self._catalogue.drop_schema(plan.table.schema, if_exists=True, cascade=True)
        location = execution["ResultConfiguration"]["OutputLocation"]
        manifest = urlparse(f"{location.removesuffix('.csv')}-manifest.csv")
        listed = "".join(f"{name}\n" for name in self._objects(plan.location))
        self._s3._put_object(manifest.netloc, manifest.path.lstrip("/"), listed.encode(), {})
        execution["Statistics"]["DataManifestLocation"] = manifest.geturl()
        return answer

    def _objects(self, location: str) -> list[str]:
        """Full names of the objects at or below a location, in order."""
        place = urlparse(location)
        prefix = place.path.lstrip("/").rstrip("/")
        bucket = self._s3._buckets.get(place.netloc)
        if bucket is None:
            raise plans.StatementError(f"HIVE_FILESYSTEM_ERROR: no bucket {place.netloc}")
        found = (key for key in bucket["objects"] if key == prefix or key.startswith(f"{prefix}/"))
        return [f"s3://{place.netloc}/{key}" for key in sorted(found)]

    def _describe_view(
        self, execution: Mapping[str, Any], view: plans.TableName, running: _RunningQuery
    ) -> None:
        query = f"select * from {view.within(HIVE_CATALOG)}"
        answer = self._described(execution, query, view.schema, running)
        pairs = zip(answer.columns, answer.types, strict=True)
        columns = [plans.Column(name, values.hive_type(given)) for name, given in pairs]
        self._catalogue.set_view_columns(view, columns)

    def _create_external_table(self, statement: str, database: str) -> None:
        ddl = self._parse_ddl(statement)
        if ddl is None:
            raise plans.StatementError("this form of CREATE EXTERNAL TABLE is not understood")
        try:
            self._athena._run_ddl(ddl, database)
        except ValueError as err:
            raise plans.StatementError(str(err)) from err
