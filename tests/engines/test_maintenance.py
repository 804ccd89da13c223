"""The tables are made compact: fewer files, the same rows, and the next increment finds its way."""

import local_aws
import parity
import pytest
from conftest import Aws, Built, Rows, sentences

pytestmark = pytest.mark.long

MERGED = "int_commerce__purchase"
# The files of the newest snapshot (whether it holds deletes, path), and the rows.
Stored = tuple[list[tuple[bool, str]], Rows]


@pytest.mark.parametrize("target", local_aws.TARGETS)
def test_compact_tables_have_fewer_files_and_the_same_rows(aws, built, compacted, target):
    (before, rows_before), (after, rows_after) = compacted[target]
    assert rows_before.rows

    # The second build was a merge, which left files that say which rows are gone.
    assert any(is_delete for is_delete, _ in before)
    assert not any(is_delete for is_delete, _ in after)
    assert len(after) < len(before)
    compared = list(parity.compare(built.case, reader=aws.reader, targets=[target]))
    assert len(compared) == len(built.marts)
    assert sentences(compared) == []
    assert rows_after == rows_before
    assert not aws.pending_faults()


@pytest.fixture(scope="module")
def compacted(aws: Aws, built: Built) -> dict[str, tuple[Stored, Stored]]:
    """A merged table before and after all tables were made compact, by target."""
    # Athena stops after 100 partitions, and is to be asked again.
    aws.fault("ICEBERG_OPTIMIZE_MORE_RUNS_NEEDED", text="optimize", times=2)

    def compact(target: str) -> tuple[Stored, Stored]:
        before = stored(aws, built, target)
        arguments = ("run-operation", "compact_tables")
        parity.run_dbt(built.case, target, *arguments, run_date="2026-01-01")
        return before, stored(aws, built, target)

    return parity.beside_each_other(local_aws.TARGETS, compact)


def stored(aws: Aws, built: Built, target: str) -> Stored:
    schema = built.nodes[target][f"model.lakehouse.{MERGED}"]["schema"]
    files = aws.ask(
        f'select cast(content <> 0 as varchar), file_path from "{schema}"."{MERGED}$files"'
    )
    rows = built.rows(aws, target, f"model.lakehouse.{MERGED}")
    return [(is_delete == "true", path) for is_delete, path in files], rows
