"""Random shops, and the loads in which they reach the raw zone.

A shop has employees, categories and sales that change behind our back: entered late with old dates,
corrected back and forth, renamed, deleted, entered again. What is delivered is the state of that
moment: whole, in part, twice, with spoiled rows, two files at a time. All sales of a shop share the
loads, so each shop is a raw zone of its own, and a few hundred sales have fates of their own.

Source: docs/domains/retail.md#what-is-delivered, docs/architecture.md#raw-zone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from retail_oracle import COLUMNS, SENTENCE

INGEST_DAYS = tuple(date(2024, 2, 26) + timedelta(days=n) for n in range(8))
MOMENTS = ("00:00:00.000000", "09:30:00.123456", "09:30:00.123456", "23:59:59.999999")

AMOUNTS = ["21636", "3312.00", "0", "-12.50", "0.01", "7", "7.00", "1.234,56", "9999999999.99"]
AMOUNTS += ["917025", "100", "100", "-100", "5,5", "2496.10", "7.0000", "1.0E2", " 100\u00a0"]
DATES = ["2023-01-31", "2023-02-01", "2023-02-28", "2023-03-01", "2023-12-31", "2024-01-01"]
DATES += ["2024-02-29", "2023-01-05", "2022-06-30", "2022-12-31", "2020-02-29", "2019-12-30"]
# A year that begins on a Thursday, the day that decides to which year an ISO week belongs.
DATES += ["2015-01-01", "2015-12-31", "2015-12-31T00:00:00.000Z", "2014-12-31T21:00:00-03:00"]
UNUSABLE = {
    "id": ["abc", "5 5", "1.5", "11,0", "11.000", "+7", f"{2**63}", "99999999999999999999"],
    "date": [
        "2023-02-29",
        "28/02/2024",
        "2024-2-8",
        "2024-02-28T00:00:00-03:00",
        "1899-12-31",
        "amanhã",
    ],
    "amount": [
        "1.234",
        "R$ 10",
        "10,",
        "1e11",
        "2.000",
        "1 0",
        "NaN",
        "-Infinity",
        "10000000000",
        "9" * 30,
    ],
    "name": ["", " ", "\u00a0\r\n", "\\N", " NULL", None],
}
KEYS = ("id", "id_venda")
BLANKS = ["", "", "", " ", "\n", "\t ", "\u00a0", "\u200b", "\ufeff\u2009"]


@dataclass(frozen=True)
class Load:
    """One raw file: what one landing call wrote for one entity and day."""

    entity: str
    path: str
    rows: list[dict]

    @property
    def ingest_date(self) -> str:
        return self.rows[0]["ingest_date"]


class Shop:
    """The source of truth that only this module sees."""

    def __init__(self, rng: Random, sales: int) -> None:
        self.rng = rng
        self.first_number = 1
        self.state = {
            "funcionario": {str(n): [f"Pessoa {n}"] for n in range(1, 5)},
            "categoria": {str(n): [f"Categoria {n}"] for n in range(1, 6)},
            "venda": {},
        }
        self.enter(sales // 2)

    def new_sale(self) -> list[str]:
        rng = self.rng
        return [
            str(rng.choice([1, 1, 2, 3, 4, 5, 6, 7, 40])),
            str(rng.choice([1, 2, 3, 4, 5, 6, 50])),
            rng.choice(DATES),
            rng.choice(AMOUNTS),
        ]

    def enter(self, count: int) -> None:
        for number in range(self.first_number, self.first_number + count):
            self.state["venda"][str(number)] = self.new_sale()
        self.first_number += count

    def change(self, sales: int) -> None:
        rng, venda = self.rng, self.state["venda"]
        self.enter(rng.randint(0, sales))
        for number in rng.sample(sorted(venda), len(venda) // 6):
            fate = rng.random()
            if fate < 0.35:
                del venda[number]
            else:
                # Few amounts and dates: a correction often goes back to what was known before.
                position = rng.choice([0, 1, 2, 3, 3])
                venda[number][position] = self.new_sale()[position]
        if rng.random() < 0.5:
            venda[str(rng.randint(1, self.first_number - 1))] = self.new_sale()
        for entity in ("funcionario", "categoria"):
            for _ in range(rng.randint(0, 2)):
                key = str(rng.randint(1, 7))
                if entity == "categoria" and rng.random() < 0.6 and len(self.state[entity]) > 2:
                    self.state[entity].pop(key, None)
                else:
                    self.state[entity][key] = [f"{entity} {key} {rng.choice('áb')}"]


def spoiled(rng: Random, row: dict, spare_key: bool) -> dict:
    names = [name for name in row if not (spare_key and name in KEYS)]
    name = rng.choice(names)
    kind = "name" if name.startswith("nome") else "id" if name.startswith("id") else None
    kind = kind or ("date" if name == "data_venda" else "amount")
    value = rng.choice([*UNUSABLE[kind], "", None])
    if name == "nome" and rng.random() < 0.3:
        value = f" {SENTENCE}\n"
    return {**row, name: value}


def delivered_rows(rng: Random, shop: Shop, entity: str, is_whole: bool, bad: float) -> list[dict]:
    state = shop.state[entity]
    keys = sorted(state, key=int)
    if not is_whole:
        recent = keys[-len(keys) // 4 :] if entity == "venda" else []
        keys = sorted({*recent, *rng.sample(keys, len(keys) // 4)}, key=int) or keys[:1]
    rows = [dict(zip(COLUMNS[entity], [key, *state[key]], strict=True)) for key in keys]
    if entity != "venda":
        name = COLUMNS[entity][1]
        rows = [
            {**row, name: f"{rng.choice(BLANKS)}{row[name]}{rng.choice(BLANKS)}"} for row in rows
        ]
    # One unreadable key keeps a full extract from deleting: only some deliveries may have one.
    spare_key = rng.random() < 0.7
    result = []
    for row in rows:
        result.append(spoiled(rng, row, spare_key) if rng.random() < bad else row)
        if entity == "venda" and rng.random() < 0.03:
            other = dict(zip(COLUMNS[entity], [row["id_venda"], *shop.new_sale()], strict=True))
            result.append(rng.choice([row, other]))
    return result


def loads_of_shop(seed: str, *, sales: int = 400, loads: int = 30) -> list[Load]:
    """About one load in ten repeats an earlier one as a new delivery; days are not in order."""
    rng = Random(seed)
    shop = Shop(rng, sales)
    found: list[Load] = []
    days = sorted(rng.choice(INGEST_DAYS) for _ in range(loads))
    # A few loads are landed under an older day than what was known by then.
    for place in rng.sample(range(loads), loads // 6):
        days[place] = rng.choice(INGEST_DAYS)
    for number, day in enumerate(days):
        shop.change(sales // loads)
        entity = rng.choice(["venda", "venda", "venda", "categoria", "funcionario"])
        is_whole = entity == "categoria" or (entity == "venda" and rng.random() < 0.5)
        rows = delivered_rows(rng, shop, entity, is_whole, bad=rng.choice([0, 0.05, 0.15]))
        earlier = [load for load in found if load.entity == entity]
        if earlier and rng.random() < 0.1:
            again = rng.choice(earlier)
            rows = [{name: row[name] for name in COLUMNS[entity]} for row in again.rows]
            is_whole = again.rows[0].get("is_full_extract", False)
        found.append(as_load(rng, entity, number, day, rows, is_whole))
    return found


def as_load(
    rng: Random, entity: str, number: int, day: date, rows: list[dict], is_whole: bool
) -> Load:
    """Random ids, because the order of loads must not hang on the order in which they land."""
    load_id = f"20240401T{rng.randrange(10**6):06d}000000Z-{number:012x}"
    recorded_at = f"{day} {rng.choice(MOMENTS)}"
    ends = len(rows) if rng.random() < 0.8 else rng.randint(0, len(rows))
    places: Iterator = (
        ("a.csv", n + 1) if n < ends else ("b.csv", n - ends + 1) for n in range(len(rows))
    )
    whole = {} if entity == "funcionario" else {"is_full_extract": is_whole}
    raw = [
        {
            "entity": entity,
            **row,
            "recorded_at": recorded_at,
            "ingest_date": day.isoformat(),
            "load_id": load_id,
            "source_file": source_file,
            "source_row": source_row,
            **whole,
        }
        for row, (source_file, source_row) in zip(rows, places, strict=True)
    ]
    return Load(entity, f"retail/{entity}/ingest_date={day}/{load_id}.parquet", raw)
