"""Build the same raw data on DuckDB, Athena and Glue, and compare every mart row for row.

    make aws-up
    make parity                          # the sample and 1,000 random histories

The data arrives in several steps, so that every table is also built by increments. Nothing of the
lakes that `make build-athena` and `make build-glue` write is touched.
"""

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import boto3
import duckdb

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS.parent / "scripts"), str(TESTS), str(TESTS / "proofs")]

import local_aws  # noqa: E402
from commerce_histories import loads_of_histories, steps_of_loads  # noqa: E402
from commerce_oracle import COLUMNS  # noqa: E402
from lake import DbtServer, Lake  # noqa: E402
from operations import project_with_operations  # noqa: E402

from lakehouse.database import identifier  # noqa: E402
from lakehouse.errors import TableReadError  # noqa: E402
from lakehouse.marts import comparison  # noqa: E402
from lakehouse.marts.athena import AthenaReader, unload_folder  # noqa: E402
from lakehouse.marts.comparison import TableDifference  # noqa: E402
from lakehouse.marts.duckdb import as_texts  # noqa: E402

WORK = local_aws.PROJECT / "target" / "parity"
SAMPLE = local_aws.PROJECT / "data" / "raw"
TARGETS = ("duckdb", *local_aws.TARGETS)
HISTORY_STEPS = (("2024-03-01", "2024-03-04", "2024-03-05"), [1, 2])
SERVERS: dict[Path, DbtServer] = {}
SERVERS_LOCK = threading.Lock()
T = TypeVar("T")
# Random histories reject more than the data tests allow, and must.
MODELS_ONLY = ("--resource-type", "model", "--resource-type", "seed")


@dataclass(frozen=True)
class Step:
    """What a run finds: raw files that are new, and the first open day."""

    files: dict[str, Path]
    run_date: str


@dataclass(frozen=True)
class Case:
    """One set of raw data, built on every target in the same steps.

    Attributes:
        selection: of dbt; empty for the whole project.
        project: whose models are built.
    """

    name: str
    steps: Sequence[Step]
    selection: tuple[str, ...] = ()
    project: Path = local_aws.PROJECT

    @property
    def folder(self) -> Path:
        return WORK / self.name

    @property
    def raw(self) -> Path:
        return self.folder / "raw"

    @property
    def lake(self) -> str:
        return f"parity_{self.name}"


def sample_case(name: str = "sample") -> Case:
    """Return the published sample in three steps.

    The earlier half of each feed's days, then all, then a delivery of commerce that corrects it.
    """
    halves: tuple[dict[str, Path], dict[str, Path]] = ({}, {})
    for entity in sorted(SAMPLE.glob("*/*")):
        days = sorted(entity.glob("ingest_date=*"))
        for number, day in enumerate(days):
            for file in day.glob("*.parquet"):
                key = file.relative_to(SAMPLE).as_posix()
                halves[number >= len(days) // 2][key] = file
    correction = correction_of(WORK / name / "generated")
    return Case(name, [Step(files, "2026-01-01") for files in (*halves, correction)])


def correction_of(folder: Path, *, load: str = "0123456789ab") -> dict[str, Path]:
    """Write a delivery that repeats, corrects, takes back and adds: key in the raw zone -> file.

    Args:
        load: end of its load_id; the same delivery as another load, of the same day, has another.
    """
    day, load_id = "2023-08-01", f"20261121T090000000000Z-{load}"
    stamp = {"recorded_at": f"{day} 01:00:00.000000", "load_id": load_id, "source_file": "new.csv"}
    known = {
        "purchase_id": "69",
        "buyer_id": "160001",
        "prod_item_id": "18",
        "producer_id": "96967",
        "order_date": "2023-02-26",
        "release_date": "2023-02-28",
        "transaction_datetime": "2023-02-26 03:00:00",
        "transaction_date": "2023-02-26",
    }
    late = {"buyer_id": "777", "transaction_datetime": f"{day} 00:30:00", "transaction_date": day}
    item = {"product_id": "373737", "item_quantity": "2"}
    rows = {
        "purchase": [
            known,
            {**known, **late, "purchase_id": "55", "release_date": None},
            {**known, **late, "purchase_id": "70", "prod_item_id": "19"},
            # Of a day that is long closed, so between two states that are known.
            {**known, "purchase_id": "56", "transaction_datetime": "2023-01-26 00:00:30.5"},
        ],
        "product_item": [
            {**item, **late, "purchase_id": "70", "purchase_value": "1.234,56"},
            {**item, **late, "purchase_id": "69", "purchase_value": "2000,01"},
        ],
        "purchase_extra_info": [{**late, "purchase_id": "70", "subsidiary": "nacional"}],
    }
    lake = Lake(folder)
    shutil.rmtree(lake.raw, ignore_errors=True)
    files = {}
    for entity, delivered in rows.items():
        key = f"commerce/{entity}/ingest_date={day}/{load_id}.parquet"
        numbered = [{**row, **stamp, "source_row": n} for n, row in enumerate(delivered, start=1)]
        lake.write_raw(key, COLUMNS[entity], numbered)
        files[key] = lake.raw / key
    return files


def history_case(
    count: int, seed: int, *, name: str = "histories", with_operations: bool = False
) -> Case:
    """Return random histories of commerce, in three steps of which two bring late loads.

    Args:
        with_operations: they hold deletions, and the project that is built declares operations.
    """
    quality = ("+fct_quality__row_accounting", "+fct_quality__rejected_row")
    steps = _history_steps(WORK / name / "generated", count, seed, with_operations=with_operations)
    project = local_aws.PROJECT
    if with_operations:
        project = WORK / name / "project"
        shutil.rmtree(project, ignore_errors=True)
        project_with_operations(project)
    return Case(name, steps, ("path:models/commerce", *quality), project)


def mixed_case(count: int, seed: int, *, name: str) -> Case:
    """Return the sample and random histories in one raw zone: one build proves both.

    The histories' first step comes with the first half of the sample, the others with the second.
    """
    first, second, correction = sample_case(name).steps
    histories = [step.files for step in _history_steps(WORK / name / "histories", count, seed)]
    steps = [
        Step({**first.files, **histories[0]}, first.run_date),
        Step({**second.files, **histories[1], **histories[2]}, second.run_date),
        correction,
    ]
    return Case(name, steps)


def _history_steps(
    folder: Path, count: int, seed: int, *, with_operations: bool = False
) -> list[Step]:
    generated = Lake(folder)
    shutil.rmtree(folder, ignore_errors=True)
    days, late_steps = HISTORY_STEPS
    steps = []
    histories = loads_of_histories(count, seed, with_operations=with_operations)
    loads = steps_of_loads(histories, list(days), late_steps, seed)
    for day, arrived in zip(days, loads, strict=True):
        for load in arrived:
            generated.write_raw(load.path, load.columns, load.rows)
        steps.append(Step({load.path: generated.raw / load.path for load in arrived}, day))
    return steps


def forget(case: Case, *, s3: Any, glue: Any) -> None:
    """Drop what an earlier comparison of the same name left: files, schemas, raw tables."""
    shutil.rmtree(case.raw, ignore_errors=True)
    (case.folder / "lakehouse.duckdb").unlink(missing_ok=True)
    for base in _databases(case, glue):
        glue.delete_database(Name=base)
    for bucket, keys in _files(case, s3):
        s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": key} for key in keys]})


def names_in(case: Case, *, s3: Any, glue: Any) -> list[str]:
    """Every table of the case's lakes, `database.table`, and every file, its key."""
    tables = [
        f"{base}.{table['Name']}"
        for base in _databases(case, glue)
        for page in glue.get_paginator("get_tables").paginate(DatabaseName=base)
        for table in page["TableList"]
    ]
    return tables + [key for _, keys in _files(case, s3) for key in keys]


def _databases(case: Case, glue: Any) -> list[str]:
    pages = glue.get_paginator("get_databases").paginate()
    names = [base["Name"] for page in pages for base in page["DatabaseList"]]
    return [name for name in names if name.startswith(f"{case.lake}_")]


def _files(case: Case, s3: Any) -> Iterator[tuple[str, list[str]]]:
    """(bucket, keys) of at most a thousand files each."""
    folder = case.lake.replace("_", "-")
    for bucket in local_aws.BUCKETS[:2]:
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=folder):
            if found := page.get("Contents"):
                yield bucket, [file["Key"] for file in found]


def run_dbt(
    case: Case, target: str, *arguments: str, run_date: str, tables_of: str | None = None
) -> str:
    """Run dbt on a target of the case; returns what it printed.

    Args:
        tables_of: the target whose tables are written, if not its own.
    Raises: subprocess.CalledProcessError if it fails.
    """
    folder = case.folder / target
    folder.mkdir(parents=True, exist_ok=True)
    places = ["--target-path", str(folder), "--log-path", str(folder / "logs")]
    variables = ["--vars", json.dumps({"run_date": run_date})]
    words = ["lakehouse", "dbt", *arguments, *places, *variables]
    done = run_command(case, target, words, tables_of=tables_of)
    printed = done.stdout + done.stderr
    (folder / "printed.txt").write_text(printed)
    if done.returncode:
        raise subprocess.CalledProcessError(done.returncode, f"dbt on {target}", printed)
    return printed


def run_command(
    case: Case, target: str, words: list[str], *, tables_of: str | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command of `lakehouse`, or of dbt, with the settings of a target of the case."""
    given = _settings(case, target, tables_of or target)
    environment = {**os.environ, **given}
    return _server(case, given).run(words, environment=environment, directory=case.project)


def parsed_nodes(case: Case, target: str) -> dict[str, dict[str, Any]]:
    """The nodes of the manifest that every command on a target starts from, as it was parsed."""
    manifest = _parsed(case, _settings(case, target, target)) / "target" / "manifest.json"
    return json.loads(manifest.read_text())["nodes"]


def _settings(case: Case, target: str, tables_of: str) -> dict[str, str]:
    if target == "duckdb":
        return {
            "LAKEHOUSE_TARGET": "duckdb",
            "LAKEHOUSE_RAW": str(case.raw),
            "LAKEHOUSE_DUCKDB": str(case.folder / "lakehouse.duckdb"),
        }
    return {**local_aws.settings(tables_of, lake=case.lake), "LAKEHOUSE_TARGET": target}


def _server(case: Case, given: Mapping[str, str]) -> DbtServer:
    """The process that runs dbt with some settings: the names of a lake among them are parsed."""
    parsed = _parsed(case, given)
    with SERVERS_LOCK:
        if parsed not in SERVERS:
            SERVERS[parsed] = DbtServer(case.project, parsed, given)
        return SERVERS[parsed]


def _parsed(case: Case, given: Mapping[str, str]) -> Path:
    """Where the process that runs dbt with some settings keeps what it parsed."""
    key = json.dumps([str(case.project), given], sort_keys=True)
    return case.folder / "parsed" / hashlib.sha256(key.encode()).hexdigest()[:12]


def land(case: Case, step: Step) -> None:
    """Copy the files of a step to the raw zones and register their days."""
    for key, file in step.files.items():
        (case.raw / key).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, case.raw / key)
    local_aws.register(case.raw, lake=case.lake, project=case.project)


def build(
    case: Case, step: Step, *, restricted_to: Sequence[str] = MODELS_ONLY
) -> dict[str, float]:
    """Run every target once; returns the seconds of each.

    Args:
        restricted_to: arguments of dbt that leave something out.
    """
    arguments = ["build", *restricted_to]
    if case.selection:
        seeds = ("path:seeds",) if step is case.steps[0] else ()
        arguments += ["--select", *case.selection, *seeds]

    def run(target: str) -> float:
        began = time.monotonic()
        run_dbt(case, target, *arguments, run_date=step.run_date)
        return time.monotonic() - began

    return beside_each_other(TARGETS, run)


def beside_each_other(targets: Sequence[str], run: Callable[[str], T]) -> dict[str, T]:
    """Return what `run` returns for each target; all of them run at once."""
    with ThreadPoolExecutor(len(targets)) as pool:
        return dict(zip(targets, pool.map(run, targets), strict=True))


def is_mart(node: dict[str, Any]) -> bool:
    """Whether a node of the manifest is one of the tables that are compared."""
    return node["resource_type"] == "model" and "marts" in node["fqn"]


def reader_of(athena: Any, glue: Any, s3: Any) -> AthenaReader:
    """Return what publishing reads with, for the lakes of the local AWS."""
    results = local_aws.settings("athena")["LAKEHOUSE_ATHENA_RESULTS"]
    return AthenaReader(
        athena=athena,
        glue=glue,
        s3=s3,
        workgroup=local_aws.WORKGROUP,
        unloads=unload_folder(results),
    )


def marts(case: Case) -> list[tuple[str, str, list[str]]]:
    """Return (schema, name, key) of the marts that the case has built on DuckDB so far."""
    nodes = json.loads((case.folder / "duckdb" / "manifest.json").read_text())["nodes"]
    with duckdb.connect(str(case.folder / "lakehouse.duckdb"), read_only=True) as connection:
        stored = connection.execute(
            "select table_schema, table_name from information_schema.tables"
        )
        built = set(stored.fetchall())
    return sorted(
        (node["schema"], node["name"], node["config"]["meta"]["grain"])
        for node in nodes.values()
        if is_mart(node) and (node["schema"], node["name"]) in built
    )


def compare(
    case: Case,
    *,
    reader: AthenaReader,
    targets: Sequence[str] = local_aws.TARGETS,
    only: Sequence[str] = (),
) -> Iterator[tuple[str, int, TableDifference | None]]:
    """Compare every mart of the lakes with DuckDB's: (table, rows, difference or None).

    Args:
        only: names of marts; none for all.
    """
    with duckdb.connect(str(case.folder / "lakehouse.duckdb"), read_only=True) as connection:
        for schema, name, key in marts(case):
            if only and name not in only:
                continue
            expected = identifier(schema, name)
            # `sql` fails while an earlier statement's rows are not all read; `execute` drops them.
            (count,) = connection.execute(f"select count(*) from {expected}").fetchall()[0]
            for target in targets:
                place = local_aws.settings(target, lake=case.lake)["LAKEHOUSE_SCHEMA_PREFIX"]
                table = f"{target}: {schema}.{name}"
                found = difference(
                    table, connection, expected, reader, (f"{place}_{schema}", name), key
                )
                yield table, count, None if found.is_equal else found


def difference(
    table: str,
    connection: duckdb.DuckDBPyConnection,
    expected: str,
    reader: AthenaReader,
    place: tuple[str, str],
    key: Sequence[str],
) -> TableDifference:
    """Compare a table of DuckDB with one of a lake: values as texts, so a scale counts too."""
    try:
        texts = as_texts(connection, expected)
        actual = reader.copy(connection, "actual", *place)
        return comparison.compare(connection, table, texts, actual, key=key)
    except TableReadError as err:
        return comparison.unreadable(table, err)


def run_case(case: Case, *, reader: AthenaReader, s3: Any, glue: Any) -> int:
    """Build and compare step by step, printing a line per table; returns the number that differ."""
    forget(case, s3=s3, glue=glue)
    different = 0
    for number, step in enumerate(case.steps, start=1):
        land(case, step)
        seconds = build(case, step)
        told = ", ".join(f"{target} {value:.0f} s" for target, value in seconds.items())
        print(f"{case.name}, step {number} of {len(case.steps)}: {told}", flush=True)
        rows, tables, wrong = 0, 0, 0
        for _, count, found in compare(case, reader=reader):
            rows, tables = rows + count, tables + 1
            if found is not None:
                wrong += 1
                print("\n".join(found.sentences(before="on DuckDB", after="there")), flush=True)
        print(f"  {tables} tables with {rows} rows compared, {wrong} different", flush=True)
        different += wrong
    return different


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--histories", type=int, default=1000, help="0 leaves them out")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-sample", action="store_true")
    parser.add_argument(
        "--operations",
        action="store_true",
        help="histories with deletions alone, of a project that declares operations",
    )
    parsed = parser.parse_args(arguments)
    if (parsed.no_sample or parsed.operations) and not parsed.histories:
        parser.error("with --histories 0 there is nothing but the sample to compare")
    try:
        local_aws.require_local(os.environ)
    except local_aws.NotLocalError as err:
        print(f"error: {err}", file=sys.stderr)
        return 1
    s3, glue, athena = (boto3.client(name) for name in ("s3", "glue", "athena"))
    local_aws.prepare(s3=s3, athena=athena)
    reader = reader_of(athena, glue, s3)
    if parsed.operations:
        case = history_case(parsed.histories, parsed.seed, name="operations", with_operations=True)
    elif parsed.no_sample:
        case = history_case(parsed.histories, parsed.seed)
    elif parsed.histories:
        case = mixed_case(parsed.histories, parsed.seed, name="parity")
    else:
        case = sample_case()
    try:
        different = run_case(case, reader=reader, s3=s3, glue=glue)
    except subprocess.CalledProcessError as err:
        print(f"error: {err.cmd} failed:\n{err.output[-4000:]}", file=sys.stderr)
        return 1
    print(f"{different} differences")
    return 1 if different else 0


if __name__ == "__main__":
    raise SystemExit(main())
