"""What the landing tests share: the real contract, files written on the spot, raw read back."""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from fake_aws import FakeAws, running

from lakehouse.landing.contract import DomainContract, EntityContract, Shape, read_contract
from lakehouse.landing.delivery import Delivery
from lakehouse.landing.land import LandedLoad, land_delivery
from lakehouse.landing.raw_store import CLAIMS, LocalRawStore

PROJECT_DIR = Path(__file__).parents[2]
NOON = datetime(2024, 5, 6, 12, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture(scope="session")
def project_dir() -> Path:
    return PROJECT_DIR


@pytest.fixture(scope="session")
def sample_dir() -> Path:
    return PROJECT_DIR / "data" / "source" / "commerce"


@pytest.fixture(scope="session")
def contract() -> DomainContract:
    """Commerce with one thin shape per feed, so that a test of values names no other columns.

    The key is required, the rest optional. The shapes that the project declares:
    test_land_columns.py, and every test of the command.
    """
    declared = read_contract("commerce", project_dir=PROJECT_DIR)
    return replace(
        declared,
        entities={
            name: replace(entity, rules=replace(entity.rules, shapes=(thin_shape(entity),)))
            for name, entity in declared.entities.items()
        },
    )


def thin_shape(entity: EntityContract) -> Shape:
    """The shape that asks for a purchase_id, of items for nothing."""
    required = () if entity.name == "product_item" else ("purchase_id",)
    return Shape("", required, tuple(name for name in entity.columns if name not in required))


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    return tmp_path / "raw"


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write a delivered file: text or bytes as they are, other content by the suffix."""

    def write_file(name: str, content: str | bytes | pa.Table | Sequence[Sequence[str]]) -> Path:
        path = tmp_path / "delivered" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, pa.Table):
            pq.write_table(content, path)
        elif isinstance(content, bytes):
            path.write_bytes(content)
        elif isinstance(content, str):
            path.write_bytes(content.encode())
        else:
            text = io.StringIO(newline="")
            csv.writer(text).writerows(content)
            path.write_bytes(text.getvalue().encode())
        return path

    return write_file


@pytest.fixture
def land(raw: Path, contract: DomainContract) -> Callable[..., list[LandedLoad]]:
    """Land (entity, path) pairs at noon of 6 May 2024 unless told otherwise."""

    def land_files(*files: tuple[str, Path], **options: Any) -> list[LandedLoad]:
        options = {
            "contract": contract,
            "store": LocalRawStore(raw),
            "received_at": NOON,
            **options,
        }
        return land_delivery([Delivery(entity, path) for entity, path in files], **options)

    return land_files


@pytest.fixture
def raw_rows(raw: Path) -> Callable[[str], list[dict[str, Any]]]:
    """Read back all raw rows of an entity, in the order of the files' names, with their day."""

    def read_rows(entity: str) -> list[dict[str, Any]]:
        return [
            {**row, "ingest_date": path.parent.name.removeprefix("ingest_date=")}
            for path in sorted(raw.glob(f"commerce/{entity}/*/*.parquet"))
            for row in pq.ParquetFile(path).read().to_pylist()
        ]

    return read_rows


@pytest.fixture
def left_behind(raw: Path) -> Callable[[], list[str]]:
    """Everything below the raw root but claims, directories and hidden names included."""
    return lambda: sorted(
        str(path.relative_to(raw))
        for path in raw.rglob("*")
        if path.relative_to(raw).parts[0] != CLAIMS
    )


@pytest.fixture
def with_rules(contract: DomainContract) -> Callable[..., DomainContract]:
    """The commerce contract with other landing rules for one entity."""

    def changed(entity: str, *, has_full_extract_column: bool = False, **rules: Any):
        old: EntityContract = contract.entities[entity]
        new = replace(
            old,
            rules=replace(old.rules, **rules),
            has_full_extract_column=has_full_extract_column,
        )
        return replace(contract, entities={**contract.entities, entity: new})

    return changed


@pytest.fixture
def fake_aws(monkeypatch) -> Iterator[FakeAws]:
    """An empty S3 and Glue that the environment's settings lead to; raw lies in s3://lake."""
    fake = FakeAws()
    with running(fake) as environment:
        for name, value in {
            **environment,
            "LAKEHOUSE_RAW": "s3://lake/zone/raw/",
            "LAKEHOUSE_RAW_DATABASE": "lake_raw",
        }.items():
            monkeypatch.setenv(name, value)
        yield fake
