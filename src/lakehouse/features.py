"""Features of one delivery: land it in a lake of its own, run dbt, write Parquet by anomesdia.

The lake lies in a temporary directory and is gone when the command ends, whatever it ended with:
nothing that the environment names (LAKEHOUSE_RAW, LAKEHOUSE_DUCKDB) is read or written.
"""

import os
import re
import shutil
import tempfile
from collections.abc import Sequence
from contextlib import chdir, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import yaml

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
from lakehouse.errors import FeaturesError, UsageError
from lakehouse.landing.contract import read_contract
from lakehouse.landing.delivery import Delivery
from lakehouse.landing.land import land_delivery
from lakehouse.landing.raw_store import LocalRawStore
from lakehouse.landing.sender import DEFAULT_SENDER

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
_PARTITION = re.compile(r"[0-9]{8}")


@dataclass(frozen=True)
class WrittenFeatures:
    """What became of a delivery.

    Attributes:
        partitions: per anomesdia (integer yyyymmdd) the file written and its rows.
        rejected_count: rows whose key or date cannot be used; they have no features.
    """

    partitions: dict[int, tuple[Path, int]]
    rejected_count: int
    warnings: tuple[str, ...] = ()


def write_features(
    input_path: Path,
    output_path: Path,
    *,
    project_dir: Path,
    received_at: datetime,
    anomesdia: int | None = None,
    sender: str | None = None,
) -> WrittenFeatures:
    """Write the features of one delivery as <output>/anomesdia=YYYYMMDD/<sender>.parquet.

    A file is replaced whole, so that a run again replaces exactly what this sender had for a date;
    other senders' files and other dates stay. The target is never written.

    Args:
        input_path: a CSV file, or a directory whose *.csv files are one delivery.
        received_at: now, UTC; its day is the reference date of rows that name none.
        anomesdia: the reference date of rows that name none, instead of today; not after today.
    Raises: LakehouseError for a delivery that is not what the contract promises; FeaturesError with
        dbt's own words if the features cannot be built or written.
    Source: docs/domains/credit.md#features-command.
    """
    day = _day_of(anomesdia, received_at) if anomesdia is not None else None
    files = _input_files(input_path)
    with tempfile.TemporaryDirectory(prefix="lakehouse-features-") as folder:
        work = Path(folder)
        [landed] = land_delivery(
            [Delivery(entity=ENTITY, path=path) for path in files],
            contract=read_contract(DOMAIN, project_dir=project_dir),
            store=LocalRawStore(work / "raw"),
            received_at=received_at,
            ingest_date=day,
            sender=sender,
        )
        if landed.outcome == "empty":
            return WrittenFeatures({}, 0, landed.warnings)
        _build(work, project_dir.resolve())
        return WrittenFeatures(
            *_export(
                work,
                output_path,
                sender or DEFAULT_SENDER,
                limit=_rejected_share_limit(project_dir),
            ),
            landed.warnings,
        )


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
    return sorted(found)


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


def _export(
    work: Path, output_path: Path, sender: str, *, limit: float
) -> tuple[dict[int, tuple[Path, int]], int]:
    """Copy the table to files beside their places, then rename all of them into it."""
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
    return _publish(written, output_path, f"{sender}.parquet"), rejected


def _rejected_share_limit(project_dir: Path) -> float:
    """What the project lets pass in a lake, too."""
    project = yaml.safe_load((project_dir / "dbt_project.yml").read_text(encoding="utf-8"))
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


def _publish(
    written: Sequence[tuple[int, Path, int]], output_path: Path, name: str
) -> dict[int, tuple[Path, int]]:
    partitions: dict[int, tuple[Path, int]] = {}
    moves = []
    try:
        for day, path, count in written:
            target = output_path / f"anomesdia={day}" / name
            target.parent.mkdir(parents=True, exist_ok=True)
            # A rename is atomic only within one file system; readers skip names with a dot.
            beside = target.with_name(f".{name}.{os.getpid()}")
            shutil.copyfile(path, beside)
            moves.append((beside, target))
            partitions[day] = (target, count)
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
