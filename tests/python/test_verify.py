"""Raw files bear a digest of their values, and `lakehouse verify` finds those that changed."""

import hashlib
import struct
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner, Result

from lakehouse.cli import app
from lakehouse.landing import delivery, raw_files
from lakehouse.landing.digest import METADATA_KEY, digest_of

HEADER = (
    "transaction_datetime,purchase_id,buyer_id,prod_item_id,order_date,release_date,producer_id"
)
ROWS = f"{HEADER}\n2024-01-05 10:00:00,1,,,,,\n,2,,,,,\n"


@pytest.fixture
def run(raw: Path, project_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.setenv("LAKEHOUSE_RAW", str(raw))

    def run_command(*arguments: str) -> Result:
        return CliRunner().invoke(app, [*arguments, "--project-dir", str(project_dir)])

    return run_command


@pytest.fixture
def landed(raw: Path, run, write) -> Path:
    assert run("land", "commerce", f"purchase={write('p.csv', ROWS)}").exit_code == 0
    [path] = raw.glob("commerce/purchase/*/*.parquet")
    return path


def by_hand(columns: dict[str, list[str | None]]) -> str:
    """The digest as its description says, without a table."""
    found = hashlib.sha256()
    for name, values in columns.items():
        found.update(name.encode() + b"\0")
        for value in values:
            found.update(struct.pack("<i", -1 if value is None else len(value.encode())))
        for value in values:
            found.update((value or "").encode())
    return found.hexdigest()


def test_a_digest_is_what_its_description_says_however_the_values_lie():
    columns = {"a": ["x", None, "", "ção", "y"], "b": [None] * 5}
    table = pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})
    assert digest_of(table) == by_hand(columns)
    split = pa.concat_tables([table.slice(0, 2), table.slice(2, 1), table.slice(3)])
    assert digest_of(split) == digest_of(table)
    tail = {name: values[2:] for name, values in columns.items()}
    assert digest_of(table.slice(2)) == by_hand(tail)
    numbers = pa.table({"n": pa.array([1, None, -3]), "t": pa.array([True, False, None])})
    assert digest_of(numbers) == by_hand({"n": ["1", None, "-3"], "t": ["true", "false", None]})
    assert digest_of(table.slice(0, 0)) == by_hand({"a": [], "b": []})


def digests_of(file: pq.ParquetFile) -> str:
    """The digest of a file as its description says, from those of its row groups."""
    groups = [digest_of(file.read_row_group(number)) for number in range(file.num_row_groups)]
    return hashlib.sha256(b"".join(map(bytes.fromhex, groups))).hexdigest()


def test_a_landed_file_bears_its_digest_and_is_as_landed(run, landed):
    file = pq.ParquetFile(landed)
    assert file.metadata.metadata[METADATA_KEY].decode() == digests_of(file)
    result = run("verify", "commerce")
    assert result.exit_code == 0
    assert "1 raw files: 1 as landed, 0 changed, 0 unsigned" in result.stdout


def test_a_file_of_many_row_groups_is_known_by_all_of_them(run, raw, write, monkeypatch):
    monkeypatch.setattr(raw_files, "_GROUP_ROWS", 2)
    monkeypatch.setattr(delivery, "_CHUNK_BYTES", 16)
    many = ROWS + "".join(f",{number},,,,,\n" for number in range(3, 30))
    assert run("land", "commerce", f"purchase={write('p.csv', many)}").exit_code == 0
    [landed] = raw.glob("commerce/purchase/*/*.parquet")
    file = pq.ParquetFile(landed)
    assert file.num_row_groups > 1
    assert file.metadata.metadata[METADATA_KEY].decode() == digests_of(file)
    assert run("verify").exit_code == 0
    groups = [file.read_row_group(number) for number in range(file.num_row_groups)]
    with pq.ParquetWriter(landed, file.schema_arrow) as writer:
        for group in reversed(groups):
            writer.write_table(group)
        writer.add_key_value_metadata(file.metadata.metadata)
    assert run("verify").exit_code == 1


def test_a_file_signed_as_one_before_row_groups_were_is_still_known(run, landed):
    table = pq.ParquetFile(landed).read()
    for values, code in ((table, 0), (table.slice(0, 1), 1)):
        signed = values.replace_schema_metadata({b"lakehouse.sha256": digest_of(table).encode()})
        pq.write_table(signed, landed, row_group_size=1)
        result = run("verify")
        assert (result.exit_code, "0 unsigned" in result.stdout) == (code, True)


def test_the_tracked_sample_is_as_landed(run, monkeypatch, project_dir):
    monkeypatch.setenv("LAKEHOUSE_RAW", str(project_dir / "data" / "raw"))
    assert run("verify").exit_code == 0


@pytest.mark.parametrize("change", ["value", "bytes", "cut"])
def test_a_file_that_changed_is_named_and_fails(run, landed, raw, change):
    file = pq.ParquetFile(landed)
    table = file.read()
    if change == "value":
        place = table.schema.get_field_index("purchase_id")
        other = table.set_column(place, "purchase_id", pa.array(["1", "3"]))
        pq.write_table(other.replace_schema_metadata(file.metadata.metadata), landed)
    elif change == "bytes":
        content = bytearray(landed.read_bytes())
        content[40] ^= 0xFF
        landed.write_bytes(content)
    else:
        landed.write_bytes(landed.read_bytes()[:-20])
    result = run("verify")
    assert result.exit_code == 1
    assert f"error: {landed.relative_to(raw)}: " in result.stderr
    assert "1 changed" in result.stdout
    assert "land their deliveries again" in result.stderr


def test_a_file_without_a_digest_is_no_fault(run, landed):
    table = pq.ParquetFile(landed).read().replace_schema_metadata(None)
    pq.write_table(table, landed.with_name("other.parquet"))
    result = run("verify")
    assert result.exit_code == 0
    assert "2 raw files: 1 as landed, 0 changed, 1 unsigned" in result.stdout


def test_an_unknown_domain_is_refused(run):
    result = run("verify", "shop")
    assert result.exit_code != 0
    assert "shop" in result.stderr
