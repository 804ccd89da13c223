"""The tables are made compact: fewer files, the same rows, and the next increment finds its way."""

import local_aws
import parity
import pytest
from conftest import Aws, Built, sentences

MERGED = "int_commerce__purchase_history"
# Whether it holds deletes, and path.
File = tuple[bool, str]


@pytest.mark.parametrize("target", local_aws.TARGETS)
def test_compact_tables_have_fewer_files_and_the_same_rows(aws, built, compacted, target):
    before, after = compacted[target]

    # The second build was a merge, which left files that say which rows are gone.
    assert any(is_delete for is_delete, _ in before)
    assert not any(is_delete for is_delete, _ in after)
    assert len(after) < len(before)
    compared = parity.compare(built.case, reader=aws.reader, targets=[target])
    assert sentences(compared) == []


@pytest.fixture(scope="module")
def compacted(aws: Aws, built: Built) -> dict[str, tuple[list[File], list[File]]]:
    """The files of a merged table before and after all tables were made compact, by target."""

    def compact(target: str) -> tuple[list[File], list[File]]:
        before = files_of(aws, built, target)
        arguments = ("run-operation", "compact_tables")
        parity.run_dbt(built.case, target, *arguments, run_date="2026-01-01")
        return before, files_of(aws, built, target)

    return parity.beside_each_other(local_aws.TARGETS, compact)


def files_of(aws: Aws, built: Built, target: str) -> list[File]:
    """The files of the newest snapshot."""
    lake = local_aws.settings(target, lake=built.case.lake)
    schema = f"{lake['LAKEHOUSE_SCHEMA_PREFIX']}_commerce"
    rows = aws.reader.query(
        f'select cast(content <> 0 as varchar), file_path from "{schema}"."{MERGED}$files"'
    )
    return [(is_delete == "true", path) for is_delete, path in rows]
