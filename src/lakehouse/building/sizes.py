"""How large tables and raw files are, and with that what a model finds to read."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from math import log, pow
from pathlib import Path
from statistics import median
from typing import Any

from lakehouse.aws import AwsClients, aws_errors, bucket_and_key
from lakehouse.building.athena_statements import Counted
from lakehouse.building.model_runs import table_sizes
from lakehouse.building.state import FULL, INCREMENT
from lakehouse.database import quoted
from lakehouse.errors import ComparisonError
from lakehouse.reviewing.impact import Manifest

STORED = ("table", "incremental", "seed")
# What benchmarks/plan.py measured and wrote.
MEASURED = Path(__file__).with_name("measured.csv")
MEASURED_COLUMNS = ("model", "mode", "input_bytes", "read_per_byte", "stored_per_byte")

Place = tuple[str, str]


@dataclass(frozen=True)
class Size:
    """Rows and bytes of a table; None where it is not known."""

    rows: int | None = None
    bytes: int | None = None


@dataclass(frozen=True)
class Ratio:
    """What a model reads and stores per byte of what it finds to read; None: not known."""

    read: float | None = None
    stored: float | None = None


@dataclass(frozen=True)
class Measured:
    """Ratios of a model, measured at several sizes of what it finds to read.

    Attributes:
        points: (bytes found, ratio), sizes rising and above 0.
    """

    points: tuple[tuple[int, Ratio], ...]

    def at(self, input_bytes: int) -> Ratio:
        """Between two sizes the ratio lies on a line in logarithms, outside it is the nearest one.

        A ratio falls from files that are read whole to files that are read by column, and with
        sums that stay small: by a power of the size rather than by its bytes.
        """
        return Ratio(
            _between([(size, each.read) for size, each in self.points], input_bytes),
            _between([(size, each.stored) for size, each in self.points], input_bytes),
        )


def _between(points: Sequence[tuple[int, float | None]], size: int) -> float | None:
    known = [(at, ratio) for at, ratio in points if ratio is not None]
    # 0 has no logarithm. What read nothing at one size and something at another is left out at
    # the first: too much is told rather than nothing.
    above = [(at, ratio) for at, ratio in known if ratio > 0]
    if not above:
        return 0.0 if known else None
    for (low, low_ratio), (high, high_ratio) in pairwise(above):
        if low <= size <= high:
            share = log(size / low) / log(high / low)
            return low_ratio * pow(high_ratio / low_ratio, share)
    return above[0][1] if size < above[0][0] else above[-1][1]


@dataclass(frozen=True)
class Ratios:
    """What is known of a model's ratio.

    Attributes:
        own: of its last run in this lake, which wins.
        measured: of generated purchases, itself or, where it was not measured, all of its like.
    """

    own: Ratio = Ratio()
    measured: tuple[Measured, ...] = ()

    def at(self, input_bytes: int) -> Ratio:
        """The ratio for so many bytes: its own, else the median of those measured."""
        found = [each.at(input_bytes) for each in self.measured]
        read, stored = self.own.read, self.own.stored
        return Ratio(
            _median([each.read for each in found]) if read is None else read,
            _median([each.stored for each in found]) if stored is None else stored,
        )


def _median(values: Iterable[float | None]) -> float | None:
    known = [each for each in values if each is not None]
    return median(known) if known else None


@dataclass
class SizedLake:
    """The tables of a project with their sizes; those that are not there yet are estimated.

    Attributes:
        tables: (schema, name) -> size of what is there; raw: unique id of a source -> bytes.
        ratios: unique id and mode -> ratios; without them a table that is not there is not known.
    """

    head: Manifest
    tables: Mapping[Place, Size]
    raw: Mapping[str, int]
    ratios: Mapping[tuple[str, str], Ratios] = field(default_factory=dict)

    def size(self, key: str) -> Size | None:
        """Size of a model's table; None if it is not there."""
        return self.tables.get(place_of(self.head.nodes[key]))

    def input_bytes(self, key: str, mode: str) -> int | None:
        """Bytes of all tables that a model reads, through views, and of raw files.

        Of an increment its own table is one of them, into which it is merged. Of raw files that it
        reads through a view of staging it takes new days alone, so those are none of them; a table
        of loads, which looks for what has come, reads all.
        Returns: None if one of them is neither there nor can be estimated.
        """
        found = [self._stored_bytes(each) for each in self._inputs(key, mode)]
        known = [each for each in found if each is not None]
        return sum(known) if len(known) == len(found) else None

    def _inputs(self, key: str, mode: str) -> set[str]:
        inputs, seen = {key} if mode == INCREMENT else set(), set[str]()
        own = self.head.nodes[key]["depends_on"].get("nodes", ())
        left = list(own)
        while left:
            parent = left.pop()
            if parent in seen:
                continue
            seen.add(parent)
            if parent in self.raw:
                inputs |= {parent} if mode == FULL or parent in own else set()
            elif parent in self.head.nodes:
                node = self.head.nodes[parent]
                if node["config"]["materialized"] in STORED:
                    inputs.add(parent)
                else:
                    left += node["depends_on"].get("nodes", ())
        return inputs

    def _stored_bytes(self, key: str) -> int | None:
        if key in self.raw:
            return self.raw[key]
        size = self.size(key)
        if size is not None:
            return size.bytes
        if self.head.nodes[key]["resource_type"] == "seed":
            # Kilobytes: a list that people write.
            return 0
        found = self.input_bytes(key, FULL)
        if found is None:
            return None
        ratio = self.ratios.get((key, FULL), Ratios()).at(found).stored
        return round(found * ratio) if ratio is not None else None


def place_of(node: Mapping[str, Any]) -> Place:
    return node["schema"], node["name"]


def stored_tables(head: Manifest) -> Iterator[dict[str, Any]]:
    return (node for node in head.nodes.values() if node["config"]["materialized"] in STORED)


@cache
def measured_ratios() -> Mapping[tuple[str, str], Measured]:
    """What was measured once, for lakes that know nothing of themselves yet."""
    points: dict[tuple[str, str], list[tuple[int, Ratio]]] = {}
    with MEASURED.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            ratio = Ratio(*(float(row[name]) if row[name] else None for name in _RATIO_COLUMNS))
            place = row["model"], row["mode"]
            points.setdefault(place, []).append((int(row["input_bytes"]), ratio))
    return {place: Measured(tuple(each)) for place, each in points.items()}


_RATIO_COLUMNS = MEASURED_COLUMNS[3:]


def ratios_of(
    head: Manifest,
    runs: Mapping[str, Mapping[str, Mapping[str, Any]]],
    measured: Mapping[tuple[str, str], Measured],
) -> dict[tuple[str, str], Ratios]:
    """Unique id and mode -> ratios: of the lake's own runs, else measured once, else of its like.

    Record tables (`meta.entity`) are made by the same macros, each of which reads what came at
    several places: one that was not measured is taken for the median of those that were.
    """
    own = run_ratios(runs)
    records = {key for key, node in head.nodes.items() if node["config"]["meta"].get("entity")}
    found: dict[tuple[str, str], Ratios] = {}
    for mode in (FULL, INCREMENT):
        alike = tuple(each for (key, of), each in measured.items() if key in records and of == mode)
        for key in head.nodes:
            place = (key, mode)
            usual = alike if key in records else ()
            its = (measured[place],) if place in measured else usual
            found[place] = Ratios(own.get(place, Ratio()), its)
    return found


def run_ratios(runs: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> dict[Any, Ratio]:
    """Unique id and mode -> what the last runs of a lake read and stored (`read_runs`)."""
    return {
        (key, mode): Ratio(
            *(_ratio(run.get(part), run.get("input_bytes")) for part in _MEASURED_PARTS)
        )
        for key, modes in runs.items()
        for mode, run in modes.items()
    }


_MEASURED_PARTS = ("scanned_bytes", "stored_bytes")


def measured_runs(
    counted: Mapping[str, Counted],
    manifest: Path,
    environment: Mapping[str, str],
    project_dir: Path,
) -> Callable[[str, str], dict[str, int | None]]:
    """Return what `keep_state` keeps of a run on Athena: bytes read, of how many, and stored.

    Raises: AwsError, ComparisonError.
    """
    head = Manifest.read(manifest)
    lake = SizedLake(
        head,
        iceberg_sizes({node["schema"] for node in stored_tables(head)}),
        raw_bytes(head, environment, project_dir),
    )

    def measured(key: str, mode: str) -> dict[str, int | None]:
        size = lake.size(key)
        found = counted.get(key)
        return {
            "statements": found.statements if found else None,
            "scanned_bytes": found.scanned_bytes if found else None,
            "input_bytes": lake.input_bytes(key, mode),
            "stored_bytes": size.bytes if size else None,
        }

    return measured


def _ratio(part: int | None, whole: int | None) -> float | None:
    return part / whole if part is not None and whole else None


def duckdb_sizes(database: Path) -> dict[Place, Size]:
    """Raises: ComparisonError if the file cannot be read."""
    import duckdb

    with duckdb.connect(":memory:") as lake:
        try:
            lake.execute(f"attach {quoted(database)} as lake (read_only)")
            found = table_sizes(lake, "lake")
        except duckdb.Error as err:
            raise ComparisonError(f"{database} cannot be read: {err}") from err
    return {place: Size(rows, size) for place, (rows, size) in found.items()}


def iceberg_sizes(schemas: Iterable[str]) -> dict[Place, Size]:
    """Rows and bytes as the newest snapshot of each Iceberg table sums them up.

    Raises: AwsError.
    """
    clients = AwsClients("planning")
    glue, s3 = clients.glue(), clients.s3()
    found: dict[Place, Size] = {}
    with aws_errors("the Glue catalogue"):
        for schema in sorted(schemas):
            try:
                pages = list(glue.get_paginator("get_tables").paginate(DatabaseName=schema))
            except glue.exceptions.EntityNotFoundException:
                continue
            for table in (each for page in pages for each in page["TableList"]):
                location = table.get("Parameters", {}).get("metadata_location")
                if not location:
                    continue
                bucket, key = bucket_and_key(location)
                body = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
                found[schema, table["Name"]] = _snapshot_size(json.loads(body))
    return found


def _snapshot_size(metadata: Mapping[str, Any]) -> Size:
    current = metadata.get("current-snapshot-id")
    for snapshot in metadata.get("snapshots", ()):
        if snapshot["snapshot-id"] == current:
            said = snapshot.get("summary", {})
            rows, size = said.get("total-records"), said.get("total-files-size")
            gone = int(said.get("total-position-deletes") or 0)
            return Size(
                rows=int(rows) - gone if rows is not None else None,
                bytes=int(size) if size is not None else None,
            )
    return Size(rows=0, bytes=0)


def raw_bytes(head: Manifest, environment: Mapping[str, str], project_dir: Path) -> dict[str, int]:
    """Unique id of a source -> bytes of all its raw files. Raises: AwsError."""
    raw = environment.get("LAKEHOUSE_RAW") or str(project_dir / "data" / "raw")
    found: dict[str, int] = {}
    for node in head.nodes.values():
        for source in node["depends_on"].get("nodes", ()):
            if source.startswith("source.") and source not in found:
                domain, entity = source.split(".")[-2:]
                found[source] = sum(_file_sizes(raw, f"{domain}/{entity}/"))
    return found


def _file_sizes(raw: str, folder: str) -> Iterator[int]:
    if not raw.startswith("s3://"):
        yield from (path.stat().st_size for path in (Path(raw) / folder).rglob("*.parquet"))
        return
    bucket, prefix = bucket_and_key(f"{raw.rstrip('/')}/{folder}")
    with aws_errors(raw):
        pages = AwsClients("planning").s3().get_paginator("list_objects_v2")
        for page in pages.paginate(Bucket=bucket, Prefix=prefix):
            yield from (each["Size"] for each in page.get("Contents", ()))
