"""One catalogue, two engines: each reads and increments the tables that the other built."""

import local_aws
import parity
import pytest
from conftest import Aws, sentences

MARTS = ("fct_commerce__purchase", "fct_commerce__purchase_version", "rpt_commerce__top_producers")


@pytest.mark.parametrize("owner", local_aws.TARGETS)
def test_tables_of_one_engine_are_incremented_by_the_other(
    aws: Aws, incremented: parity.Case, owner: str
):
    found = list(parity.compare(incremented, reader=aws.reader, targets=[owner], only=MARTS))

    assert len(found) == len(MARTS)
    assert sentences(found) == []


def test_a_view_of_athena_becomes_a_table_of_glue_and_a_view_again(
    aws: Aws, incremented: parity.Case
):
    schema = (
        f"{local_aws.settings('athena', lake=incremented.lake)['LAKEHOUSE_SCHEMA_PREFIX']}_quality"
    )
    day = incremented.steps[2].run_date

    def stored() -> tuple[str, list[tuple[str | None, ...]]]:
        table = aws.glue.get_table(DatabaseName=schema, Name="int_quality__load")["Table"]
        columns = "count(*), count(distinct load_key), sum(row_count), max(last_recorded_at)"
        return table["TableType"], aws.ask(f"select {columns} from {schema}.int_quality__load")

    _, before = stored()
    assert int(before[0][0]) > 100
    kinds = {"glue": "EXTERNAL_TABLE", "athena": "VIRTUAL_VIEW"}
    for engine in ("athena", "glue", "glue", "athena"):
        words = ("run", "--select", "int_quality__load")
        parity.run_dbt(incremented, engine, *words, run_date=day, tables_of="athena")
        assert stored() == (kinds[engine], before)
