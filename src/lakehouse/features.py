"""Features of one delivery: land it in a lake of its own, run dbt, write Parquet by anomesdia.

The lake lies in a temporary directory and is gone when the command ends, whatever it ended with:
nothing that the environment names (LAKEHOUSE_RAW, LAKEHOUSE_DUCKDB) is read or written.
"""

import os
import re
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import chdir, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path

from lakehouse.aws import AwsClients, bucket_and_key
from lakehouse.building.recorded import (
    Recorded,
    RecordedRunError,
    digest_of,
    keep_record,
    read_record,
    record_build,
    run_record,
)
from lakehouse.database import quoted
from lakehouse.errors import AwsError, FeaturesError, UsageError
from lakehouse.extraction.transient import S3TransientZone
from lakehouse.landing.contract import read_contract
from lakehouse.landing.delivery import Delivery
from lakehouse.landing.land import land_delivery
from lakehouse.landing.raw_store import LocalRawStore
from lakehouse.landing.sender import DEFAULT_SENDER
from lakehouse.yaml_file import read_yaml

DOMAIN, ENTITY, MODEL = "credit", "proposal", "feat_credit__proposal"
_DATABASE = "lake.duckdb"
_DBT_WORDS = (
    *("build", "--target", "duckdb", "--select", f"+{MODEL}"),
    # Nobody can accept a load that lies nowhere: see `_check_rejections`.
    *("--exclude", "resource_type:unit_test", "test_name:rejected_share"),
    *("--no-version-check", "--no-use-colors"),
)
# What dbt needs of the project for the features alone: parsing the other domains would take longer
# than everything else.
_PROJECT_PARTS = (
    "dbt_project.yml",
    "profiles.yml",
    "macros",
    f"models/{DOMAIN}",
    "models/_groups.yml",
    f"seeds/{DOMAIN}",
    "seeds/quality",
    "tests/data/generic",
)
# Of a delivery with that many rows no more may be rejected than the project's rejected_share_limit.
_JUDGED_ROWS = 100
# Columns of the features that say of another one what became of its value.
_MARK = re.compile(r"is_(?P<column>\w+)_(?P<kind>invalid|unknown)")
_PARTITION = re.compile(r"[0-9]{8}")


@dataclass(frozen=True)
class WrittenFeatures:
    """What became of a delivery.

    Attributes:
        partitions: per anomesdia (integer yyyymmdd) the address of what was written and its rows.
        rejected_count: rows whose key or date cannot be used; they have no features.
        invalid: by column, how many values were left out because they cannot be.
        unknown: likewise, how many categories the vocabulary does not have.
    """

    partitions: dict[int, tuple[str, int]]
    rejected_count: int = 0
    invalid: Mapping[str, int] = field(default_factory=dict)
    unknown: Mapping[str, int] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


def write_features(
    input_path: str,
    output_path: str,
    *,
    project_dir: Path,
    received_at: datetime,
    clients: AwsClients,
    anomesdia: int | None = None,
    sender: str | None = None,
) -> WrittenFeatures:
    """Write the features of one delivery as <output>/anomesdia=YYYYMMDD/<sender>.parquet.

    A file is replaced whole, so that a run again replaces exactly what this sender had for a date;
    other senders' files and other dates stay. The target is never written.

    Args:
        input_path: a CSV file, or a directory whose *.csv files are one delivery; either may be
            `s3://bucket/…`.
        output_path: a directory or `s3://bucket/prefix`.
        received_at: now, UTC; its day is the reference date of rows that name none.
        anomesdia: the reference date of rows that name none, instead of today; not after today.
    Raises: LakehouseError for a delivery that is not what the contract promises; FeaturesError with
        dbt's own words if the features cannot be built or written.
    Source: docs/domains/credit.md#features-command.
    """
    day = _day_of(anomesdia, received_at) if anomesdia is not None else None
    with tempfile.TemporaryDirectory(prefix="lakehouse-features-") as folder:
        work = Path(folder)
        files = (
            _fetched(input_path, work / "input", clients)
            if _is_on_s3(input_path)
            else _input_files(Path(input_path))
        )
        [landed] = land_delivery(
            [Delivery(entity=ENTITY, path=path) for path in files],
            contract=read_contract(DOMAIN, project_dir=project_dir),
            store=LocalRawStore(work / "raw"),
            received_at=received_at,
            ingest_date=day,
            sender=sender,
        )
        if landed.outcome == "empty":
            return WrittenFeatures({}, warnings=landed.warnings)
        _build(work, project_dir.resolve())
        written, found = _export(work, limit=_rejected_share_limit(project_dir))
        name = f"{sender or DEFAULT_SENDER}.parquet"
        partitions = (
            _put(written, output_path, name, clients)
            if _is_on_s3(output_path)
            else _publish(written, Path(output_path), name)
        )
        return replace(found, partitions=partitions, warnings=landed.warnings)


def _is_on_s3(address: str) -> bool:
    return address.startswith("s3://")


def _zone(address: str, clients: AwsClients) -> S3TransientZone:
    bucket, prefix = bucket_and_key(address)
    if not bucket:
        raise UsageError(f"{address} names no bucket; give s3://bucket/prefix")
    return S3TransientZone(bucket, prefix.strip("/"), s3=clients.s3())


def _fetched(address: str, folder: Path, clients: AwsClients) -> list[Path]:
    """Copy what lies at an address of S3, an object or the *.csv objects right below it."""
    parent, _, name = address.rstrip("/").rpartition("/")
    below = _zone(address, clients)
    keys = [arrival.key for arrival in below.list("") if "/" not in arrival.key]
    keys = sorted(key for key in keys if key.lower().endswith(".csv"))
    zone = below
    if not keys and parent != "s3:/":
        zone = _zone(parent, clients)
        keys = [arrival.key for arrival in zone.list(name) if arrival.key == name]
    if not keys:
        raise UsageError(f"{address}: no such object, and no .csv below it; check --input-path")
    folder.mkdir()
    for key in keys:
        zone.fetch(key, folder / key)
    return [folder / key for key in keys]


def _day_of(anomesdia: int, now: datetime) -> date:
    text = str(anomesdia)
    try:
        if not _PARTITION.fullmatch(text):
            raise ValueError(text)
        day = date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError as err:
        raise UsageError(f"'{text}' is no day as YYYYMMDD; correct --anomesdia") from err
    if day > now.astimezone(UTC).date():
        raise UsageError(f"{text} lies after today (UTC); correct --anomesdia")
    return day


def _input_files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    files = sorted(file for file in path.iterdir() if file.suffix.lower() == ".csv")
    if not files:
        raise UsageError(f"{path}: no .csv file in the directory; check --input-path")
    return files


def _build(work: Path, project_dir: Path) -> None:
    """Build the features and what lies above them, with the data tests on the way.

    By the statements that dbt sent for an earlier delivery, where nothing has changed since; by dbt
    itself the first time, and whenever a delivery is not green.

    Raises: FeaturesError with the part of dbt's output that names the failures.
    """
    files = _project_files(project_dir)
    digest = digest_of(files, root=project_dir, settings=_DBT_WORDS)
    kept = project_dir / "target" / "features" / f"{digest}.json"
    if (recorded := read_record(kept)) is not None:
        with chdir(work), suppress(RecordedRunError):
            run_record(
                recorded,
                Path(_DATABASE),
                memory_limit=os.environ.get("LAKEHOUSE_DUCKDB_MEMORY"),
            )
            return
        for left in (_DATABASE, f"{_DATABASE}.wal"):
            (work / left).unlink(missing_ok=True)
    recorded = _run_dbt(work, project_dir, files)
    if recorded is not None:
        keep_record(recorded, kept)


def _project_files(project_dir: Path) -> list[Path]:
    """What dbt needs of the project for the features alone."""
    # Descriptions may lean on the words of any domain.
    found = set(project_dir.glob("models/**/_*docs.md"))
    for part in (project_dir / name for name in _PROJECT_PARTS):
        found |= {path for path in part.rglob("*") if path.is_file()} if part.is_dir() else {part}
    # Metrics ask for a calendar, which is another domain's.
    return sorted(path for path in found if not path.name.endswith("__metrics.yml"))


def _run_dbt(work: Path, project_dir: Path, files: Sequence[Path]) -> Recorded | None:
    project = work / "project"
    for file in files:
        # Copied, because dbt does not follow links to directories.
        place = project / file.relative_to(project_dir)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, place)
    words = [*_DBT_WORDS, "--project-dir", str(project), "--profiles-dir", str(project)]
    words += ["--target-path", str(work / "target"), "--log-path", str(work / "logs")]
    # What is recorded may follow from nothing that the digest does not know.
    kept = {n: v for n, v in os.environ.items() if not n.startswith(("DBT_", "LAKEHOUSE_"))}
    given = {"LAKEHOUSE_TARGET": "duckdb", "LAKEHOUSE_RAW": "raw", "LAKEHOUSE_DUCKDB": _DATABASE}
    if memory := os.environ.get("LAKEHOUSE_DUCKDB_MEMORY"):
        given["LAKEHOUSE_DUCKDB_MEMORY"] = memory
    built = record_build(words, directory=work, database=_DATABASE, environment={**kept, **given})
    if not built.is_success:
        said = built.said[max(built.said.find("Completed with"), 0) :]
        raise FeaturesError(f"dbt could not build the features; it says:\n{said[-4000:].strip()}")
    return built.recorded


def _export(work: Path, *, limit: float) -> tuple[list[tuple[int, Path, int]], WrittenFeatures]:
    """Copy the table to files of a day each, and count what the command reports."""
    # Imported late: the other commands never open a database.
    import duckdb

    written: list[tuple[int, Path, int]] = []
    with duckdb.connect(str(work / _DATABASE), read_only=True) as lake:
        rejected, received = lake.execute(
            "select count_if(reason_code is not null), count(*) "
            f"from {DOMAIN}.int_{DOMAIN}__{ENTITY}"
        ).fetchall()[0]
        _check_rejections(rejected, received, limit)
        table = f"{DOMAIN}.{MODEL}"
        counts = lake.execute(
            f"select anomesdia, count(*) from {table} group by anomesdia order by anomesdia"
        ).fetchall()
        for day, count in counts:
            path = work / f"{day}.parquet"
            # anomesdia is the name of the directory, is_removed only serves the merge.
            lake.execute(
                f"copy (select * exclude (anomesdia, is_removed) from {table} "
                f"where anomesdia = {day} order by proposal_id) to {quoted(path)} "
                "(format parquet, compression zstd)"
            )
            written.append((day, path, count))
        columns = [name for name, *_ in lake.execute(f"describe {table}").fetchall()]
        marks = [mark for mark in map(_MARK.fullmatch, columns) if mark]
        sums = ", ".join(f"count_if({mark[0]})" for mark in marks)
        totals = lake.execute(f"select {sums} from {table}").fetchall()[0]
    found: dict[str, dict[str, int]] = {"invalid": {}, "unknown": {}}
    for mark, total in zip(marks, totals, strict=True):
        if total:
            found[mark["kind"]][mark["column"]] = total
    return written, WrittenFeatures({}, rejected, found["invalid"], found["unknown"])


def _rejected_share_limit(project_dir: Path) -> float:
    """What the project lets pass in a lake, too."""
    project = read_yaml(project_dir / "dbt_project.yml")
    return float(project["vars"]["rejected_share_limit"])


def _check_rejections(rejected: int, received: int, limit: float) -> None:
    """Refuse a delivery of which too much cannot be used; a small one is judged by who reads it.

    Raises: FeaturesError that names the limit.
    """
    if received >= _JUDGED_ROWS and rejected > limit * received:
        raise FeaturesError(
            f"{rejected} of {received} rows are rejected, more than {limit:.0%} "
            f"(as rejected_share in a lake), so nothing is written; correct the file, or land it "
            f"into a lake to see each row's reason"
        )


def _put(
    written: Sequence[tuple[int, Path, int]], address: str, name: str, clients: AwsClients
) -> dict[int, tuple[str, int]]:
    """Put one object after the other: S3 has no rename of several. Each is replaced whole."""
    zone = _zone(address, clients)
    partitions: dict[int, tuple[str, int]] = {}
    for day, path, count in written:
        key = f"anomesdia={day}/{name}"
        try:
            zone.put(key, path.read_bytes())
        except AwsError as err:
            hint = "; earlier dates are written: run again" if partitions else ""
            raise FeaturesError(f"{err}{hint}") from err
        partitions[day] = (zone.address(key), count)
    return partitions


def _publish(
    written: Sequence[tuple[int, Path, int]], output_path: Path, name: str
) -> dict[int, tuple[str, int]]:
    """Copy files beside their places, then rename all of them into it."""
    partitions: dict[int, tuple[str, int]] = {}
    moves = []
    try:
        for day, path, count in written:
            target = output_path / f"anomesdia={day}" / name
            target.parent.mkdir(parents=True, exist_ok=True)
            # A rename is atomic only within one file system; readers skip names with a dot.
            beside = target.with_name(f".{name}.{os.getpid()}")
            shutil.copyfile(path, beside)
            moves.append((beside, target))
            partitions[day] = (str(target), count)
        for beside, target in moves:
            os.replace(beside, target)
    except OSError as err:
        raise FeaturesError(
            f"{output_path}: cannot write ({err}); free space or permit, then run again"
        ) from err
    finally:
        for beside, _ in moves:
            beside.unlink(missing_ok=True)
    return partitions
