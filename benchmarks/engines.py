"""Measure Athena (Trino) and Glue (Spark) on the local AWS, beside DuckDB where both can be.

    python benchmarks/engines.py start builds            # a few minutes
    python benchmarks/engines.py merges                  # 50 merges of 20,000 rows into 1,000,000
    python benchmarks/engines.py events --events 1000000
    python benchmarks/engines.py events --events 10000000 --memory 6144

Every part starts services of its own and ends them. Rows are checked against DuckDB: a fast answer
that differs is no answer. Times are of this machine; what they say of AWS are ratios in one run.
"""

import argparse
import json
import os
import re
import resource
import shutil
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import commerce_events
import duckdb
import psutil
import yaml

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent
TESTS = PROJECT / "tests"
sys.path[:0] = [str(PROJECT / "scripts"), str(TESTS), str(TESTS / "engines")]

import local_aws  # noqa: E402
import parity  # noqa: E402
from athena_query import ask  # noqa: E402

from lakehouse.landing.catalogue import raw_table_input  # noqa: E402
from lakehouse.landing.contract import EntityContract, LandingRules  # noqa: E402
from lakehouse.marts.athena import AthenaReader  # noqa: E402

PARTS = ("start", "builds", "merges", "events")
ROWS, MERGED_ROWS = 1_000_000, 20_000
READ_EVERY = 10
BENCH = "bench"
# Small enough to be compared row by row through Athena, and sums of all others.
COMPARED = ("fct_commerce__gmv_daily", "rpt_commerce__gmv_current", "rpt_commerce__top_producers")


@dataclass(frozen=True)
class Services:
    """A local AWS that runs, and clients of it."""

    state: Path
    up_seconds: float
    s3: Any
    glue: Any
    athena: Any

    def memory_gb(self) -> dict[str, float]:
        """Greatest resident memory of each server so far, GB."""
        peaks: dict[str, float] = {}
        for process in psutil.process_iter(["cmdline", "cwd"]):
            folder, words = process.info["cwd"] or "", " ".join(process.info["cmdline"] or [])
            if str(self.state) not in folder + words + _settings_of(process):
                continue
            name = (
                "spark" if "/sessions/" in folder else "trino" if "/trino" in folder else "services"
            )
            peaks[name] = round(peaks.get(name, 0.0) + _peak_bytes(process.pid) / 2**30, 2)
        return peaks


def _settings_of(process: psutil.Process) -> str:
    try:
        return process.environ().get("LOCALLAKE_SETTINGS", "")
    except psutil.Error:
        return ""


def _peak_bytes(pid: int) -> int:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) * 1024 if found else 0


@contextmanager
def services(state: Path, **wanted: Any) -> Iterator[Services]:
    """Start a local AWS with the project's buckets and workgroup; end it afterwards.

    Args:
        wanted: as for `local_aws.services`.
    """
    shutil.rmtree(state, ignore_errors=True)
    began = time.monotonic()
    with local_aws.services(state, **wanted):
        seconds = time.monotonic() - began
        s3, glue, athena = (boto3.client(name) for name in ("s3", "glue", "athena"))
        local_aws.prepare(s3=s3, athena=athena)
        local_aws.make_databases(glue)
        yield Services(state, seconds, s3, glue, athena)


class Spark:
    """A Glue session with the configuration of the project's profile."""

    def __init__(self, glue: Any, warehouse: str) -> None:
        profile = yaml.safe_load((PROJECT / "profiles.yml").read_text())["lakehouse"]["outputs"]
        self._glue, self._name = glue, "bench"
        glue.create_session(
            Id=self._name,
            Role="arn:aws:iam::123456789012:role/bench",
            Command={"Name": "glueetl", "PythonVersion": "3"},
            DefaultArguments={
                "--enable-glue-datacatalog": "true",
                "--datalake-formats": "iceberg",
                "--conf": re.sub(r"\{\{.*?\}\}", warehouse, profile["glue"]["conf"]),
            },
        )
        while (status := self._status()) == "PROVISIONING":
            time.sleep(0.1)
        if status != "READY":
            raise RuntimeError(f"the Glue session is {status}")

    def _status(self) -> str:
        return self._glue.get_session(Id=self._name)["Session"]["Status"]

    def run(self, sql: str) -> list[list[str]]:
        """Return the rows of a statement as texts.

        Raises: RuntimeError with the reason if it fails.
        """
        code = (
            "import json\n"
            f"print(json.dumps([[str(v) for v in r] for r in spark.sql({sql!r}).collect()]))"
        )
        number = self._glue.run_statement(SessionId=self._name, Code=code)["Id"]
        while True:
            found = self._glue.get_statement(SessionId=self._name, Id=number)["Statement"]
            if found["State"] in ("AVAILABLE", "ERROR", "CANCELLED"):
                break
        if found["Output"]["Status"] != "ok":
            raise RuntimeError(f"{found['Output'].get('ErrorValue')}: {sql[:200]}")
        return json.loads(found["Output"]["Data"]["TextPlain"])


def timed(work: Callable[..., Any], *given: Any, **named: Any) -> tuple[float, Any]:
    began = time.monotonic()
    answer = work(*given, **named)
    return round(time.monotonic() - began, 2), answer


def start(work: Path) -> dict[str, Any]:
    """Return the seconds until each engine answers its first statement."""
    with services(work / "start") as aws:
        first_query, _ = timed(_asked, aws, "select 1")
        session, spark = timed(Spark, aws.glue, "s3://lakehouse-dev-curated/start")
        first_statement, _ = timed(spark.run, "select 1")
        return {
            "services and Trino": round(aws.up_seconds, 1),
            "first Athena query": first_query,
            "Glue session": session,
            "first Spark statement": first_statement,
            "memory_gb": aws.memory_gb(),
        }


def builds(work: Path) -> dict[str, Any]:
    """Return the seconds of a build of the sample and of an increment, per engine, one by one."""
    with services(work / "builds") as aws:
        case = parity.sample_case("bench")
        parity.forget(case, s3=aws.s3, glue=aws.glue)
        seconds: dict[str, list[float]] = {target: [] for target in parity.TARGETS}
        for step in case.steps[:2]:
            parity.land(case, step)
            for target in parity.TARGETS:
                arguments = ("build", *parity.MODELS_ONLY)
                took, _ = timed(parity.run_dbt, case, target, *arguments, run_date=step.run_date)
                seconds[target].append(took)
        return {"seconds": seconds, "different": _different(aws, case), "memory_gb": _memory(aws)}


def events(work: Path, count: int, memory_mb: int) -> dict[str, Any]:
    """Return the seconds of commerce's models over `count` events and 20,000 more, per engine.

    Args:
        memory_mb: heap of Trino and of Spark.
    """
    folder = work / f"events-{count}"
    shutil.rmtree(folder, ignore_errors=True)
    total = commerce_events.generate_history(folder / "raw", events=count, work=folder)
    commerce_events.generate_increment(folder / "increment", events=count, work=folder)
    steps = [
        parity.Step(
            {
                path.relative_to(folder / name).as_posix(): path
                for path in sorted((folder / name).rglob("*.parquet"))
            },
            "2026-01-01",
        )
        for name in ("raw", "increment")
    ]
    case = parity.Case(f"events{count}", steps, ("path:models/commerce",))
    with services(work / "events", engine_memory_mb=memory_mb) as aws:
        parity.forget(case, s3=aws.s3, glue=aws.glue)
        seconds: dict[str, list[float]] = {target: [] for target in parity.TARGETS}
        written: dict[str, list[int]] = {target: [] for target in local_aws.TARGETS}
        for step in steps:
            parity.land(case, step)
            for target in parity.TARGETS:
                before = _stored_bytes(aws.s3, _curated(case, target))
                run_date = step.run_date
                parity.run_dbt(case, target, "seed", "--select", "path:seeds", run_date=run_date)
                arguments = ("run", "--select", *case.selection)
                took, _ = timed(parity.run_dbt, case, target, *arguments, run_date=run_date)
                seconds[target].append(took)
                if target in written:
                    now = _stored_bytes(aws.s3, _curated(case, target))
                    written[target].append(now - before)
        return {
            "events": total,
            "engine_memory_mb": memory_mb,
            "seconds": seconds,
            "written_bytes": written,
            "different": _different(aws, case, only=COMPARED),
            "memory_gb": _memory(aws),
        }


def _curated(case: parity.Case, target: str) -> str:
    if target == "duckdb":
        return "-"
    return local_aws.settings(target, lake=case.lake)["LAKEHOUSE_CURATED"].split("/", 3)[3]


def _different(aws: Services, case: parity.Case, only: Sequence[str] = ()) -> int:
    compared = parity.compare(case, reader=_reader(aws), only=only)
    return len([difference for _, _, difference in compared if difference is not None])


def _reader(aws: Services) -> AthenaReader:
    return parity.reader_of(aws.athena, aws.glue, aws.s3)


def _asked(aws: Services, sql: str) -> list[tuple[str | None, ...]]:
    return ask(aws.athena, local_aws.WORKGROUP, sql)


def _memory(aws: Services) -> dict[str, float]:
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    return {**aws.memory_gb(), "dbt": round(peak / 2**30, 2)}


def _stored_bytes(s3: Any, prefix: str, *, bucket: str = local_aws.BUCKETS[1]) -> int:
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    return sum(found["Size"] for page in pages for found in page.get("Contents", []))


# The rows are made once, as Parquet, so that every engine merges the same.
BASE = """
select
    md5(n || '') as record_key,
    cast(timestamp '2021-01-01' + to_minutes(n * 525600 // {rows}) as varchar) as happened_at,
    cast(hash(n) % 250000 as bigint) as buyer_id,
    cast((hash(n + 1) % 10000000) / 100 as decimal(18, 2)) || '' as amount,
    ['APROVADA', 'EM ANALISE', 'CANCELADA'][cast(1 + hash(n + 2) % 3 as bigint)] as status,
    md5((n + 7) || '') || md5((n + 8) || '') as content,
    false as is_removed
from range({rows}) as numbers (n)
"""
# Of a delivery 60 % corrects the newest month, 20 % any time, 15 % is new and 5 % is taken back.
MERGED = """
select
    md5(n || '') as record_key,
    cast(timestamp '2021-01-01' + to_minutes(least(n, {rows} - 1) * 525600 // {rows}) as varchar)
        as happened_at,
    cast(hash(n) % 250000 as bigint) as buyer_id,
    cast((hash(n + {batch} * 31) % 10000000) / 100 as decimal(18, 2)) || '' as amount,
    'REEMBOLSADA' as status,
    md5((n + {batch}) || '') || md5((n + 8) || '') as content,
    drawn >= 95 as is_removed
from (
    select distinct on (n) * from (
        select
            d % 100 as drawn,
            case
                when d % 100 < 60
                    then {rows} - 1 - cast(hash(d * {batch}) % ({rows} // 12) as bigint)
                when d % 100 < 80 then cast(hash(d * {batch} + 5) % {rows} as bigint)
                when d % 100 < 95 then {rows} + {batch} * {merged} + d
                else cast(hash(d * {batch} + 9) % {rows} as bigint)
            end as n
        from range({merged}) as draws (d)
    ) as drawn order by n, drawn
) as delivered
"""
COLUMNS = ("record_key", "happened_at", "buyer_id", "amount", "status", "content", "is_removed")
TYPED = (
    "record_key, cast(happened_at as {timestamp}) as happened_at, buyer_id, "
    "cast(amount as decimal(18, 2)) as amount, status, content, is_removed"
)
READ = "select count(*), sum(amount), count(distinct buyer_id), max(length(content)) from {table}"


def merges(work: Path, count: int) -> dict[str, Any]:
    """Return bytes written by merges, and the time of a whole read before and after them."""
    folder = work / "merges"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with services(folder / "state") as aws, duckdb.connect() as connection:
        _merge_source(aws, connection, folder, count)
        expected = _expected(connection, count)
        spark = Spark(aws.glue, f"s3://{local_aws.BUCKETS[1]}/{BENCH}-glue")
        return {
            "rows": ROWS,
            "merged_rows": MERGED_ROWS,
            "merges": count,
            "athena": _merged_on_athena(aws, count, expected),
            "glue": _merged_on_glue(aws, spark, count, expected),
            "memory_gb": aws.memory_gb(),
        }


def _merge_source(
    aws: Services, connection: duckdb.DuckDBPyConnection, folder: Path, count: int
) -> None:
    aws.glue.create_database(DatabaseInput={"Name": BENCH})
    sizes = {"rows": ROWS, "merged": MERGED_ROWS}
    connection.execute(f"create table base as {BASE.format(**sizes)}")
    connection.execute("create table delta as select *, 0 as batch from base limit 0")
    for batch in range(1, count + 1):
        connection.execute(
            f"insert into delta select *, {batch} from ({MERGED.format(batch=batch, **sizes)})"
        )
    columns = tuple((name, _stored_type(name)) for name in COLUMNS)
    batches = [("base", 0), *(("delta", batch) for batch in range(1, count + 1))]
    for name in ("base", "delta"):
        location = f"s3://{local_aws.BUCKETS[0]}/{BENCH}/{name}/"
        entity = EntityContract(name, COLUMNS, LandingRules(("parquet",)), stored_types=columns)
        table = raw_table_input(entity, location)
        aws.glue.create_table(DatabaseName=BENCH, TableInput=table)
    for name, batch in batches:
        file = folder / f"{name}-{batch}.parquet"
        chosen = f"select {', '.join(COLUMNS)} from {name}"
        chosen += f" where batch = {batch}" if name == "delta" else ""
        connection.execute(f"copy ({chosen}) to '{file}' (format parquet)")
        key = f"{BENCH}/{name}/ingest_date={batch}/rows.parquet"
        aws.s3.upload_file(str(file), local_aws.BUCKETS[0], key)
        found = aws.glue.get_table(DatabaseName=BENCH, Name=name)["Table"]["StorageDescriptor"]
        place = f"s3://{local_aws.BUCKETS[0]}/{BENCH}/{name}/ingest_date={batch}/"
        aws.glue.create_partition(
            DatabaseName=BENCH,
            TableName=name,
            PartitionInput={
                "Values": [str(batch)],
                "StorageDescriptor": {**found, "Location": place},
            },
        )


def _stored_type(column: str) -> str:
    return {"buyer_id": "bigint", "is_removed": "boolean"}.get(column, "string")


def _expected(connection: duckdb.DuckDBPyConnection, count: int) -> list[list[str]]:
    """Merge on DuckDB and return what the whole read must answer."""
    connection.execute("create table merged as select * from base")
    for batch in range(1, count + 1):
        connection.execute(
            f"""merge into merged as target
            using (select * exclude batch from delta where batch = {batch}) as src
            on target.record_key = src.record_key
            when matched and src.is_removed then delete
            when matched then update by name
            when not matched and not src.is_removed then insert by name"""
        )
    sql = READ.format(
        table="(select * replace (cast(amount as decimal(18, 2)) as amount) from merged)"
    )
    return [[str(value) for value in row] for row in connection.execute(sql).fetchall()]


def _merged_on_athena(aws: Services, count: int, expected: list[list[str]]) -> dict[str, Any]:
    folder = f"{BENCH}-athena"

    def create(name: str, source: str) -> str:
        return (
            f'create table "awsdatacatalog"."{BENCH}"."{name}" with (table_type=\'iceberg\', '
            f"is_external=false, location='s3://{local_aws.BUCKETS[1]}/{folder}/{name}', "
            "format='parquet', partitioning=ARRAY['month(happened_at)']) as "
            f"select {TYPED.format(timestamp='timestamp(6)')} from {BENCH}.{source}"
        )

    return _measured_merges(
        lambda sql: [list(row) for row in _asked(aws, sql)],
        lambda name: _stored_bytes(aws.s3, f"{folder}/{name}/"),
        create=create,
        source=f"{BENCH}.delta",
        timestamp="timestamp(6)",
        table=lambda name: f'"{BENCH}"."{name}_athena"',
        maintain=lambda name: [
            f"optimize {BENCH}.{name}_athena rewrite data using bin_pack",
            f"vacuum {BENCH}.{name}_athena",
        ],
        count=count,
        expected=expected,
        suffix="_athena",
    )


def _merged_on_glue(
    aws: Services, spark: Spark, count: int, expected: list[list[str]]
) -> dict[str, Any]:
    folder = f"{BENCH}-glue"

    def create(name: str, source: str) -> str:
        return (
            f"create table {BENCH}.{name} using iceberg partitioned by (months(happened_at)) "
            f"location 's3://{local_aws.BUCKETS[1]}/{folder}/{name}' as "
            f"select {TYPED.format(timestamp='timestamp_ntz')} from spark_catalog.{BENCH}.{source}"
        )

    return _measured_merges(
        spark.run,
        lambda name: _stored_bytes(aws.s3, f"{folder}/{name}/"),
        create=create,
        source=f"spark_catalog.{BENCH}.delta",
        timestamp="timestamp_ntz",
        table=lambda name: f"{BENCH}.{name}_glue",
        maintain=lambda name: [
            f"call glue_catalog.system.rewrite_data_files(table => '{BENCH}.{name}_glue', "
            "options => map('delete-file-threshold', '1'))",
            "call glue_catalog.system.rewrite_position_delete_files("
            f"table => '{BENCH}.{name}_glue', options => map('rewrite-all', 'true'))",
        ],
        count=count,
        expected=expected,
        suffix="_glue",
    )


def _measured_merges(
    run: Callable[[str], list[list[str]]],
    stored_bytes: Callable[[str], int],
    *,
    create: Callable[[str, str], str],
    source: str,
    timestamp: str,
    table: Callable[[str], str],
    maintain: Callable[[str], list[str]],
    count: int,
    expected: list[list[str]],
    suffix: str,
) -> dict[str, Any]:
    created, _ = timed(run, create(f"merged{suffix}", "base"))
    base_bytes = stored_bytes(f"merged{suffix}")
    # What changed, as the engine itself writes it: one delivery as a table of its own.
    run(create(f"changed{suffix}", "delta where ingest_date = '1'"))
    changed_bytes = stored_bytes(f"changed{suffix}")
    merged, read = table("merged"), READ.format(table=table("merged"))

    def read_seconds() -> float:
        return statistics.median(timed(run, read)[0] for _ in range(3))

    reads = {0: read_seconds()}
    written, seconds = [], []
    for batch in range(1, count + 1):
        before = stored_bytes(f"merged{suffix}")
        took, _ = timed(run, _merge(merged, source, batch, timestamp))
        seconds.append(took)
        written.append(stored_bytes(f"merged{suffix}") - before)
        if batch % READ_EVERY == 0 or batch == count:
            reads[batch] = read_seconds()
    found = run(read)
    if found != expected:
        raise RuntimeError(f"after the merges {merged} answers {found}, DuckDB {expected}")
    maintained = sum(timed(run, sql)[0] for sql in maintain("merged"))
    after = read_seconds()
    if run(read) != expected:
        raise RuntimeError(f"the maintenance of {merged} changed its rows")
    return {
        "create_seconds": created,
        "base_bytes": base_bytes,
        "changed_bytes": changed_bytes,
        "written_bytes": int(statistics.median(written)),
        "ratio": round(statistics.median(written) / changed_bytes, 2),
        "merge_seconds": [
            round(statistics.median(seconds[:5]), 2),
            round(statistics.median(seconds[-5:]), 2),
        ],
        "read_seconds": reads,
        "maintenance_seconds": round(maintained, 2),
        "read_seconds_after_maintenance": after,
    }


def _merge(table: str, source: str, batch: int, timestamp: str) -> str:
    updates = ", ".join(f"{name} = src.{name}" for name in COLUMNS)
    return (
        f"merge into {table} as target using (select {TYPED.format(timestamp=timestamp)} "
        f"from {source} where ingest_date = '{batch}') as src "
        "on target.record_key = src.record_key "
        "when matched and src.is_removed then delete "
        f"when matched then update set {updates} "
        f"when not matched and not src.is_removed then insert ({', '.join(COLUMNS)}) "
        f"values ({', '.join(f'src.{name}' for name in COLUMNS)})"
    )


def page(results: Mapping[str, Any]) -> str:
    """Return the results as Markdown."""
    lines = ["# Athena and Glue on the local AWS: measured", ""]
    for part, result in results.items():
        lines += [f"## {part}", "", "```json", json.dumps(result, indent=2), "```", ""]
    return "\n".join(lines)


def main() -> None:
    """Measure the parts asked for and put them into the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="+", choices=PARTS)
    parser.add_argument("--events", type=int, nargs="+", default=[1_000_000])
    usual = local_aws.locallake.Wanted.engine_memory_mb
    parser.add_argument("--memory", type=int, default=usual, metavar="MB", help="of each engine")
    parser.add_argument("--merges", type=int, default=50)
    parser.add_argument("--folder", type=Path, default=HERE / "work" / "engines")
    parser.add_argument("--results", type=Path, default=HERE / "results")
    options = parser.parse_args()
    work = options.folder.resolve()
    work.mkdir(parents=True, exist_ok=True)
    path = options.results / "engines.json"
    for part in options.parts:
        given = {"load_before": round(os.getloadavg()[0], 1)}
        if part == "start":
            found = {"start": start(work)}
        elif part == "builds":
            found = {"builds": builds(work)}
        elif part == "merges":
            found = {"merges": merges(work, options.merges)}
        else:
            found = {f"events {n}": events(work, n, options.memory) for n in options.events}
        results = json.loads(path.read_text()) if path.exists() else {}
        results |= {name: {**given, **result} for name, result in found.items()}
        path.write_text(json.dumps(results, indent=2) + "\n")
        (options.results / "engines.md").write_text(page(results))


if __name__ == "__main__":
    main()
