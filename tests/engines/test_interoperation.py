"""One catalogue, two engines: each reads and increments the tables that the other built."""

import local_aws
import parity
import pytest

# Received rows, histories and a mart that are merged, and a mart that is replaced.
CHAIN = ("--select", "+fct_commerce__purchase_version", "+rpt_commerce__top_producers")
MARTS = 3


@pytest.mark.parametrize("owner", local_aws.TARGETS)
def test_tables_of_one_engine_are_incremented_by_the_other(aws, built, owner, corrected):
    other = next(target for target in local_aws.TARGETS if target != owner)

    parity.run_dbt(corrected, other, "run", *CHAIN, run_date="2026-01-01", tables_of=owner)

    found = list(parity.compare(corrected, reader=aws.reader, targets=[owner]))
    assert len(found) == MARTS
    assert [text for _, _, told in found if told for text in told.sentences()] == []


@pytest.fixture(scope="module")
def corrected(built) -> parity.Case:
    """A further delivery, of which DuckDB's tables know already."""
    step = built.case.steps[2]
    parity.land(built.case, step)
    parity.run_dbt(built.case, "duckdb", "run", *CHAIN, run_date=step.run_date)
    return built.case
