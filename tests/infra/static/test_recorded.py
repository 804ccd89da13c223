"""Two recordings of the same work agree: what differs from run to run is taken out, names stay."""

import pytest
from infra.applied import recorded

LAKE = "arn:aws:s3:::lakehouse-dev-123456789012"
ID, HEX = "6a5c38eb-0fe8-48ba-8cab-a8eb26e6dfd5", "6a5c38eb0fe848ba8caba8eb26e6dfd5"


@pytest.mark.parametrize(
    ("called", "written"),
    [
        (
            f"{LAKE}-curated/wh/d/fct_a/{ID}/metadata/00001-{ID}.metadata.json",
            f"{LAKE}-curated/wh/d/fct_a/{{id}}/metadata/{{file}}",
        ),
        (
            f"{LAKE}-curated/wh/d/fct_a/{ID}/data/day=2024-01-01/20240101_1_x-{ID}.parquet",
            f"{LAKE}-curated/wh/d/fct_a/{{id}}/data/{{file}}",
        ),
        (
            f"arn:aws:glue:us-east-1:1:table/d/fct_a__dbt_tmp_{ID.replace('-', '_')}",
            "arn:aws:glue:us-east-1:1:table/d/fct_a__dbt_tmp_{id}",
        ),
        (
            f"arn:aws:glue:us-east-1:1:session/lakehouse_dev-{HEX}",
            "arn:aws:glue:us-east-1:1:session/lakehouse_dev-{id}",
        ),
        (
            f"{LAKE}-raw/a/b/ingest_date=2024-01-05/20261121T200411890951Z-cbe3bc99b0be.parquet",
            f"{LAKE}-raw/a/b/ingest_date=2024-01-05/{{load}}.parquet",
        ),
        (
            "arn:aws:secretsmanager:us-east-1:1:secret:lake/source/retail-472aB4",
            "arn:aws:secretsmanager:us-east-1:1:secret:lake/source/retail-{id}",
        ),
        ("arn:aws:glue:us-east-1:1:table/d/fct_a", "arn:aws:glue:us-east-1:1:table/d/fct_a"),
    ],
)
def test_only_what_no_second_run_repeats_is_taken_out(called: str, written: str):
    assert recorded.stable(called) == written
    assert recorded.stable(written) == written


def test_calls_of_roles_are_in_order_and_each_once():
    calls = [
        {"identity": "lakehouse-dev-reader", "action": "s3:GetObject", "resource": "b"},
        {"identity": "lakehouse-dev-reader", "action": "s3:GetObject", "resource": "a"},
        {"identity": "lakehouse-dev-reader", "action": "s3:GetObject", "resource": "a"},
        {"identity": "root", "action": "s3:PutObject", "resource": "a"},
    ]
    assert recorded.by_role(calls) == {"reader": {"s3:GetObject": ["a", "b"]}}
