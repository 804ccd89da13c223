"""A value in any form that other tools write is one number, from the file to the report."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from lake import OF_COMMERCE, Lake

DAY, MIDNIGHT, TEN = date(2024, 1, 2), datetime(2024, 1, 2), datetime(2024, 1, 2, 10)
PLAIN_TIME, PLAIN_DATE, PLAIN_AMOUNT = pa.timestamp("us"), pa.date32(), pa.decimal128(18, 2)
# purchase -> type of the time, of the dates and of the amount, as Parquet files of other tools
# have them: Spark's instants, Spark's and PostgreSQL's decimals, pandas' midnights.
TYPED = {
    1: (pa.timestamp("us", "UTC"), PLAIN_DATE, PLAIN_AMOUNT),
    2: (pa.timestamp("ns", "America/Sao_Paulo"), PLAIN_DATE, PLAIN_AMOUNT),
    3: (PLAIN_TIME, PLAIN_DATE, pa.decimal128(38, 18)),
    4: (PLAIN_TIME, PLAIN_DATE, pa.decimal128(18, 4)),
    5: (PLAIN_TIME, PLAIN_DATE, pa.decimal128(10, 3)),
    6: (PLAIN_TIME, pa.timestamp("ns"), PLAIN_AMOUNT),
    7: (PLAIN_TIME, pa.timestamp("ms", "UTC"), pa.float64()),
}
# purchase -> transaction_datetime, release_date, purchase_value, subsidiary, all in one CSV.
PLAIN = ("2024-01-02 10:00:00", "2024-01-02", "50.00", "nacional")
WRITTEN = {
    10: ("2024-01-02T10:00:00.000Z", "2024-01-02T00:00:00.000Z", "5.0E1", "nacional"),
    11: ("2024-01-02T07:00:00-03:00", "2024-01-01T21:00:00-03:00", "50.0000", "nacional"),
    12: ("2024-01-02 10:00:00.123456000+00", "2024-01-02 00:00:00", "0.5E+2", "nacional"),
    13: (" 2024-01-02 10:00:00\t", "\u00a02024-01-02 ", "\u200950,00\u2009", "nacional\u200b"),
    14: (*PLAIN[:3], "\ufeffnacional"),
    15: (*PLAIN[:3], "nacional\u2009"),
    16: (*PLAIN[:3], "NACIONAL"),
    17: (*PLAIN[:3], "Nac\u0131onal"),
    20: (*PLAIN[:3], "NULL"),
    21: (*PLAIN[:3], "\\N"),
    22: (PLAIN[0], "NULL", *PLAIN[2:]),
    23: (PLAIN[0], " \\N ", *PLAIN[2:]),
    24: (*PLAIN[:2], "null", PLAIN[3]),
}
REJECTED = {
    30: ("NULL", *PLAIN[1:]),
    31: (PLAIN[0], "2024-01-02T00:00:00-03:00", *PLAIN[2:]),
    32: (PLAIN[0], "2024-01-02T03:00:00Z", *PLAIN[2:]),
    33: (*PLAIN[:2], "2.000", PLAIN[3]),
    34: (*PLAIN[:2], "1.234567E1", PLAIN[3]),
}


def parquet_files(folder: Path) -> list[str]:
    """Files of each purchase of TYPED, as arguments of `lakehouse land`."""
    arguments = []
    for number, (time, day, amount) in TYPED.items():
        stamp = TEN.replace(tzinfo=UTC) if time.tz else TEN
        on = DAY if day == PLAIN_DATE else MIDNIGHT.replace(tzinfo=UTC if day.tz else None)
        value = 50.0 if pa.types.is_floating(amount) else Decimal(50)
        key = {"transaction_datetime": pa.array([stamp], time), "purchase_id": [number]}
        files = {
            "purchase": {
                **key,
                "buyer_id": [number],
                "prod_item_id": pa.array([None], pa.int64()),
                "order_date": pa.array([on], day),
                "release_date": pa.array([on], day),
                "producer_id": pa.array([float(number)], pa.float64()),
            },
            "product_item": {
                **key,
                "product_id": [number],
                "item_quantity": [1],
                "purchase_value": pa.array([value], amount),
            },
            "purchase_extra_info": {**key, "subsidiary": ["nacional"]},
        }
        for entity, columns in files.items():
            path = folder / f"{entity}_{number}.parquet"
            pq.write_table(pa.table(columns), path)
            arguments.append(f"{entity}={path}")
    return arguments


def json_files(folder: Path) -> list[str]:
    """The files of purchase 8, whose amount is a JSON number with zeros that say nothing."""
    key = {"transaction_datetime": "2024-01-02T10:00:00.000Z", "purchase_id": 8}
    dates = {"order_date": "2024-01-02", "release_date": "2024-01-02"}
    people = {"buyer_id": 8, "prod_item_id": None, "producer_id": 8}
    files = {
        "purchase": json.dumps({**key, **dates, **people}),
        "product_item": json.dumps({**key, "product_id": 8, "item_quantity": 1})[:-1]
        + ', "purchase_value": 50.000}',
        "purchase_extra_info": json.dumps({**key, "subsidiary": "nacional"}),
    }
    arguments = []
    for entity, text in files.items():
        path = folder / f"{entity}_8.json"
        path.write_text(text + "\n")
        arguments.append(f"{entity}={path}")
    return arguments


def csv_files(folder: Path) -> list[str]:
    """The three files of WRITTEN and REJECTED."""
    lines = {
        "purchase": [
            "transaction_datetime,purchase_id,buyer_id,prod_item_id,order_date,release_date,producer_id"
        ],
        "product_item": [
            "transaction_datetime,purchase_id,product_id,item_quantity,purchase_value"
        ],
        "purchase_extra_info": ["transaction_datetime,purchase_id,subsidiary"],
    }
    for number, (time, release, value, subsidiary) in {**WRITTEN, **REJECTED}.items():
        lines["purchase"].append(f"{time},{number},{number},NULL,2024-01-02,{release},{number}")
        lines["product_item"].append(f'{time},{number},{number},1,"{value}"')
        lines["purchase_extra_info"].append(f"{time},{number},{subsidiary}")
    arguments = []
    for entity, rows in lines.items():
        path = folder / f"{entity}.csv"
        path.write_text("\n".join(rows) + "\n", encoding="utf-8")
        arguments.append(f"{entity}={path}")
    return arguments


@pytest.fixture(scope="module")
def lake(tmp_path_factory, other_domains) -> Lake:
    lake = Lake(tmp_path_factory.mktemp("values"))
    lake.begin_with(other_domains)
    files = [*parquet_files(lake.folder), *json_files(lake.folder), *csv_files(lake.folder)]
    landed = lake.land("commerce", *files, "--ingest-date", "2024-01-02")
    assert landed.returncode == 0, landed.stderr
    # Half of these rows are here to be rejected: no matter for the gate.
    lake.dbt("build", *OF_COMMERCE, variables={"rejected_share_limit": 1})
    return lake


def purchases(lake: Lake, condition: str) -> dict[int, tuple]:
    rows = lake.query(
        "select purchase_id, gmv_date, subsidiary, gmv_amount from commerce.fct_commerce__purchase "
        f"where {condition}"
    )
    return {row[0]: row[1:] for row in rows}


def test_each_form_of_a_value_counts_as_the_plain_one(lake):
    fifty = (DAY, "nacional", Decimal("50.00"))
    expected = dict.fromkeys([*TYPED, 8, *range(10, 17)], fifty)
    assert purchases(lake, "purchase_id < 17") == expected


def test_a_letter_that_only_looks_alike_is_a_bucket_of_its_own(lake):
    assert purchases(lake, "purchase_id = 17") == {17: (DAY, "nac\u0131onal", Decimal("50.00"))}


def test_a_null_marker_is_no_value(lake):
    found = lake.query(
        "select purchase_id, subsidiary, gmv_amount, gmv_exclusion_reason "
        "from commerce.fct_commerce__purchase where purchase_id between 20 and 24 order by all"
    )
    assert found == [
        (20, "unknown", Decimal("50.00"), None),
        (21, "unknown", Decimal("50.00"), None),
        (22, "nacional", None, "not_paid"),
        (23, "nacional", None, "not_paid"),
        (24, "nacional", None, "item_without_value"),
    ]


def test_what_is_not_exact_is_rejected_with_its_reason(lake):
    found = lake.query(
        "select entity, reason_code, count(*) from quality.fct_quality__rejected_row "
        "group by all order by all"
    )
    assert found == [
        ("product_item", "unparsable_amount", 2),
        ("product_item", "unparsable_timestamp", 1),
        ("purchase", "unparsable_date", 2),
        ("purchase", "unparsable_timestamp", 1),
        ("purchase_extra_info", "unparsable_timestamp", 1),
    ]
    delivered = lake.query(
        "select row_json from quality.fct_quality__rejected_row where entity = 'purchase' "
        "and reason_code = 'unparsable_timestamp'"
    )
    assert json.loads(delivered[0][0])["transaction_datetime"] == "NULL"
