"""What `gmv_as_of` calls final never changes, and it calls a day so as soon as that is known.

Several runs in a day, each followed by more loads of that day; the answers are the oracle's after
each of them.
"""

import json
import os
from datetime import date, timedelta
from pathlib import Path
from random import Random

from commerce_oracle import COLUMNS, Settings, expected_tables
from lake import NO_UNIT_TESTS, Lake

SEED = int(os.environ.get("LAKEHOUSE_PROOF_SEED", "1"))
FIRST = date(2024, 3, 1)
DAYS = [FIRST + timedelta(days=n) for n in range(4)]
PURCHASES = 12
# (day, what is built): a part of the project is no run that passes.
WHOLE, PART = None, "+fct_commerce__gmv_daily"
RUNS = [
    (DAYS[0], PART),
    (DAYS[0], WHOLE),
    (DAYS[1], WHOLE),
    (DAYS[1], WHOLE),
    (DAYS[2], PART),
    (DAYS[2], WHOLE),
]


def loads_of_step(step: int, day: date) -> list[dict]:
    """Raw rows that arrive before a run: new states of some purchases, of that day or of before."""
    rng = Random(f"{SEED}/{step}")
    rows = []
    for entity in ("purchase", "product_item", "purchase_extra_info"):
        for number in rng.sample(range(1, PURCHASES + 1), k=8):
            on = FIRST + timedelta(days=rng.randint(-3, (day - FIRST).days))
            values = {
                "purchase_id": str(number),
                "transaction_datetime": f"{on} 10:{step:02d}:{number:02d}",
                "prod_item_id": str(number),
                "buyer_id": "1",
                "order_date": str(FIRST),
                "release_date": rng.choice([None, str(FIRST), str(on)]),
                "producer_id": "7",
                "product_id": "9",
                "item_quantity": "1",
                "purchase_value": rng.choice(["10.00", "25.50", "99.99"]),
                "subsidiary": rng.choice(["nacional", "internacional"]),
            }
            rows.append(
                {
                    **{name: values[name] for name in COLUMNS[entity] if name in values},
                    "entity": entity,
                    "ingest_date": str(day),
                    "recorded_at": f"{day} {step + 1:02d}:00:00.000000",
                    "load_id": f"{day:%Y%m%d}T{step:02d}0000000000Z-{0:012d}",
                    "source_file": f"{entity}.csv",
                    "source_row": number,
                    "is_full_extract": False,
                }
            )
    return rows


def land(lake: Lake, rows: list[dict]) -> None:
    for entity in {row["entity"] for row in rows}:
        delivered = [row for row in rows if row["entity"] == entity]
        day, load = delivered[0]["ingest_date"], delivered[0]["load_id"]
        path = f"commerce/{entity}/ingest_date={day}/{load}.parquet"
        lake.write_raw(path, COLUMNS[entity], delivered)


def answers(lake: Lake) -> list[tuple]:
    """(day, GMV date, subsidiary, amount, count, is_final) of every day that is asked for."""
    asked = " union all ".join(
        f"select '{day}' as known_on, answer.* from ({{{{ gmv_as_of('{day}') }}}}) as answer"
        for day in DAYS
    )
    said = lake.dbt("show", "--inline", asked, "--output", "json", "--limit", "-1")
    shown = json.loads(said[said.index("{\n") :])["show"]
    return sorted(
        (
            row["known_on"],
            row["gmv_date"][:10],
            row["subsidiary"],
            round(row["gmv_amount"] * 100),
            row["purchase_count"],
            row["is_final"],
        )
        for row in shown
    )


def expected_answers(received: list[dict], passed_on: date | None) -> list[tuple]:
    daily = expected_tables(received, Settings())["fct_commerce__gmv_daily"]
    return sorted(
        (
            str(day),
            str(row["gmv_date"]),
            row["subsidiary"],
            round(row["gmv_amount"] * 100),
            row["purchase_count"],
            passed_on is not None and day < passed_on,
        )
        for day in DAYS
        for row in daily
        if row["purchase_count"]
        and row["known_from"] <= day
        and (row["known_to"] is None or day < row["known_to"])
    )


def test_a_day_is_final_once_a_run_of_a_later_day_has_passed(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.dbt("seed")
    received: list[dict] = []
    passed_on, final, moved = None, {}, 0
    for step, (day, selected) in enumerate(RUNS):
        arrived = loads_of_step(step, day)
        land(lake, arrived)
        received += arrived
        variables = {"run_date": str(day)}
        if selected is WHOLE:
            done = lake.build(*NO_UNIT_TESTS, "--exclude", "path:tests/macros", variables=variables)
            assert done.returncode == 0, done.stdout + done.stderr
            passed_on = day
        else:
            lake.dbt("run", "--select", selected, variables=variables)

        found = answers(lake)
        assert found == expected_answers(received, passed_on), f"run {step} of {day}"
        by_day = {str(day): [row[:-1] for row in found if row[0] == str(day)] for day in DAYS}
        assert {day: by_day[day] for day in final} == final, "a final day changed"
        final = {row[0]: by_day[row[0]] for row in found if row[-1]}
        moved += by_day != expected_by_day(received[: -len(arrived)])

    assert set(final) == {str(day) for day in DAYS[:2]}
    assert moved == len(RUNS), "the loads are too tame"


def expected_by_day(received: list[dict]) -> dict[str, list[tuple]]:
    rows = expected_answers(received, None) if received else []
    return {str(day): [row[:-1] for row in rows if row[0] == str(day)] for day in DAYS}
