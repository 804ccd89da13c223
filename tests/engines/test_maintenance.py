"""The tables are made compact: fewer files, the same rows, and the next increment finds its way."""

import local_aws
import parity
import pytest

MERGED = "int_commerce__purchase_history"


@pytest.mark.parametrize("target", local_aws.TARGETS)
def test_compact_tables_have_fewer_files_and_the_same_rows(aws, built, target):
    lake = local_aws.settings(target, lake=built.case.lake)
    schema = f"{lake['LAKEHOUSE_SCHEMA_PREFIX']}_commerce"
    before = files_of(aws, schema, MERGED)

    parity.run_dbt(built.case, target, "run-operation", "compact_tables", run_date="2026-01-01")

    after = files_of(aws, schema, MERGED)
    # The second build was a merge, which left files that say which rows are gone.
    assert any(is_delete for is_delete, _ in before)
    assert not any(is_delete for is_delete, _ in after)
    assert len(after) < len(before)
    compared = parity.compare(built.case, reader=aws.reader, targets=[target])
    told = [text for _, _, difference in compared if difference for text in difference.sentences()]
    assert told == []


def files_of(aws, schema: str, table: str) -> list[tuple[bool, str]]:
    """Whether it holds deletes, and path, of each file of the newest snapshot."""
    rows = aws.reader.query(
        f'select cast(content <> 0 as varchar), file_path from "{schema}"."{table}$files"'
    )
    return [(is_delete == "true", path) for is_delete, path in rows]
