"""Random histories of purchases, and the loads in which they reach the raw zone.

Many independent histories share one raw zone, so that one dbt run checks them all. They cannot hide
each other's errors: the number of a history is part of its ids and of its source file, and each
history has days of its own for orders and releases, so no GMV bucket holds two histories.

Source: docs/domains/commerce.md#what-is-delivered, docs/architecture.md#raw-zone.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from commerce_oracle import COLUMNS, OPERATIONS

# Received on nine days over the end of a month; the last one stays open in every run.
INGEST_DAYS = tuple(date(2024, 2, 26) + timedelta(days=n) for n in range(9))
MOMENTS = ("00:00:00.000000", "09:30:00.123456", "09:30:00.123456", "23:59:59.999999")
FIRST_GMV_DAY = date(1900, 1, 1)
GMV_DAYS_PER_HISTORY = 70
MOST_HISTORIES = 1040  # so many windows of 70 days lie in the years 1900 to 2099
IDS_PER_HISTORY = 1000

AMOUNTS = [
    Decimal(cents).scaleb(-2)
    for cents in (0, -1000, 5, 5000, 5500, 5550, 240000, 123456, 123456789)
]
STATUSES = ["APROVADA"] * 6 + [None, "EM ANÁLISE", "CANCELADA", "REEMBOLSADA", "ESTORNADA"]
SUBSIDIARIES = [None, "nacional", "nacional", "internacional", "internacional", "latam", "unknown"]
ACCENTED = str.maketrans("aeioucAEIOUC", "áêíõúçÁÊÍÕÚÇ")

NO_VALUE = [None, None, "", "", "  ", "NULL", "null", "\\N", " NULL\u00a0"]
BLANKS = ["", " ", "\t", "\u00a0", "\u2009", "\u3000 ", "\u200b", "\ufeff"]
OFFSET_MINUTES = {"": 0, "Z": 0, "+00": 0, "-03:00": -180, "+0530": 330, "+14": 840}
OFFSETS = sorted(OFFSET_MINUTES)

CODES = {
    operation: [code for code, said in OPERATIONS.items() if said == operation]
    for operation in OPERATIONS.values()
}
UNKNOWN_CODES = ["", " ", "NULL", "t", "i", "delete", "D;"]
# Two of the three files of a day have the column that says what was done.
SLOTS_OF_CHANGES = (1, 2)

UNUSABLE = {
    "id": [
        *("abc", "5 5", "1.5", "11,0", "11.000", "+7", "99999999999999999999", f"{2**63}"),
        *("15e-1", "1e19", "1.23456789E7", "Null", "\u00a05x"),
    ],
    "timestamp": [
        *("", " ", "NULL", " \\N", "null"),
        "2024-02-28T10:00:00+15:00",
        "2024-02-28T10:00:00 Z",
        "2024-02-30 10:00:00",
        "2024-02-28 24:00:00",
        "2024-02-28 10:60:00",
        "2024-02-28 10:00",
        "2024-02-28",
        "2024-02-28 10:00:00.1234567",
        "1899-12-31 23:59:59",
        "2101-01-01 00:00:00",
        "28/02/2024 10:00:00",
    ],
    "date": [
        "2023-02-29",
        "2024-02-30",
        "28/02/2024",
        "2024-2-8",
        "20240228",
        "2024-02-28 00:00:00.000001",
        "2024-02-28T00:00:00-03:00",
        "2024-02-28T03:00:00Z",
        "1899-12-31",
        "2101-01-01",
        "0001-01-01",
        "amanhã",
    ],
    "count": ["1,5", "1.5", "dez", "2.000", "1e10", "2147483648", "-2147483648"],
    "amount": [
        "1.234",
        "1,234",
        "12,345",
        "R$ 10",
        "10,",
        ".5",
        "1 0",
        "2.000",
        "1.00001",
        "+5",
        "--5",
        "1.5E-2",
        "1,5e1",
        "1e20",
        "1.23.456,00",
        "1,234,56",
        "12345,678.90",
        "NaN",
        "-inf",
        "+Infinity",
        "12345678901234567",
        "-12345678901234567,89",
    ],
}


@dataclass
class Load:
    """One raw file: the rows of one entity that arrived together."""

    entity: str
    ingest_date: str
    load_id: str
    rows: list[dict] = field(default_factory=list)

    @property
    def columns(self) -> list[str]:
        """Those of the contract, and of the two of operations what a row has.

        A file has the column that says what was done, or it does not: then all its rows are states.
        """
        of_change = [name for name in ("op", "op_at") if any(name in row for row in self.rows)]
        return [*COLUMNS[self.entity], *of_change]

    @property
    def path(self) -> str:
        return f"commerce/{self.entity}/ingest_date={self.ingest_date}/{self.load_id}.parquet"


def history_of_gmv_date(day: date) -> int:
    return (day - FIRST_GMV_DAY).days // GMV_DAYS_PER_HISTORY


def loads_of_histories(count: int, seed: int, *, with_operations: bool = False) -> list[Load]:
    """The raw zone of histories 0 to count - 1; a smaller count gives the same first histories.

    Args:
        with_operations: rows have `op` and `op_at`, and some say what was before, or that a record
            has ended.
    """
    if count > MOST_HISTORIES:
        raise ValueError(f"{count} histories, but days for {MOST_HISTORIES} only")
    loads = {}
    for number in range(count):
        history = History(number, Random(f"{seed}/{number}"), with_operations=with_operations)
        for row, slot in history.rows():
            place = row["entity"], row["ingest_date"], slot
            if place not in loads:
                content = Random(f"{seed}/{place}").getrandbits(48)
                loads[place] = Load(*place[:2], f"20240310T120000Z-{content:012x}")
            load = loads[place]
            load.rows.append({**row, "load_id": load.load_id})
    return [loads[place] for place in sorted(loads)]


def steps_of_loads(
    loads: list[Load], run_dates: list[str], late_steps: list[int], seed: int
) -> list[list[Load]]:
    """The loads that appear before each run, in any order.

    Most appear on time, before a run of their own day or of the next one; the rest at one of
    `late_steps`, where they rewrite history. Several runs may have one day: each finds more of it.
    A step without late loads shows whether a run with little to do does enough.
    """
    rng = Random(f"{seed}/steps")
    steps = [[] for _ in run_dates]
    for load in loads:
        day = min(day for day in run_dates if load.ingest_date <= day)
        on_time = rng.choice([step for step, date in enumerate(run_dates) if date == day])
        late = [step for step in late_steps if step > on_time]
        steps[rng.choice(late) if late and rng.random() < 0.3 else on_time].append(load)
    for step in steps:
        rng.shuffle(step)
    return steps


class History:
    """Two to four purchases with their items, as a source that repeats and corrects itself."""

    def __init__(self, number: int, rng: Random, *, with_operations: bool):
        self.number, self.rng, self.with_operations = number, rng, with_operations
        ids = [number * IDS_PER_HISTORY + n for n in range(1, rng.randint(2, 4) + 1)]
        self.shape = rng.choice(["event rows", "full model", "mixed", "mixed"])
        self.purchase_ids, self.item_ids = ids, ids
        self.purchase_partitions, self.item_partitions = {
            "event rows": ([None], [None]),
            "full model": ([1], [1, 1, 1, 0]),
            "mixed": ([None, None, 1], [None, None, 0]),
        }[self.shape]
        self.people = [None, ids[0], ids[-1]]
        self.gmv_days = [
            FIRST_GMV_DAY + timedelta(days=number * GMV_DAYS_PER_HISTORY + rng.randrange(68))
            for _ in range(rng.randint(1, 3))
        ]
        first = datetime(2024, 2, 24)
        self.instants = [first + timedelta(seconds=rng.randrange(11 * 86400)) for _ in range(9)]
        self.instants += [first.replace(day=28, hour=10, microsecond=500_000)]
        self.row_number = 0

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    # --- records and what may change in them ---

    def records(self) -> Iterator[tuple[str, dict, int]]:
        """(entity, first values, number of events) of every record."""
        rng = self.rng
        for purchase_id in self.purchase_ids:
            key = {
                "purchase_id": purchase_id,
                "purchase_partition": rng.choice(self.purchase_partitions),
            }
            if self.chance(0.88):
                values = {column: self.value(column) for column in COLUMNS["purchase"]}
                reference = {"prod_item_id": purchase_id} if self.chance(0.6) else {}
                yield "purchase", {**values, **reference, **key}, rng.randint(1, 4)
            if self.chance(0.85):
                values = {"subsidiary": self.value("subsidiary")}
                yield "purchase_extra_info", {**values, **key}, rng.randint(1, 3)
            if self.chance(0.15):
                values = {
                    column: self.value(column)
                    for column, kind in COLUMNS["order_transaction_cost_hist"].items()
                    if kind in ("amount", "date")
                }
                yield "order_transaction_cost_hist", {**values, **key}, rng.randint(1, 2)
        for item_id in self.item_ids:
            if self.chance(0.9):
                yield "product_item", self.first_item(item_id), rng.randint(1, 4)
        if self.shape != "event rows" and self.chance(0.3):
            orphan = {"prod_item_id": self.item_ids[-1] + 5, "prod_item_partition": 0}
            values = {column: self.value(column) for column in ("product_id", "purchase_value")}
            yield "product_item", {**values, **orphan}, rng.randint(1, 3)

    def first_item(self, item_id: int) -> dict:
        values = {column: self.value(column) for column in ("product_id", "item_quantity")}
        values["purchase_value"] = self.value("purchase_value")
        by_item = {
            "prod_item_id": item_id,
            "prod_item_partition": self.value("prod_item_partition"),
        }
        by_purchase = {"purchase_id": self.rng.choice([item_id, *self.purchase_ids])}
        if self.shape == "event rows":
            return {**values, "purchase_id": item_id}
        if self.shape == "full model":
            return {**values, **by_item}
        both = {**by_item, **by_purchase}
        return {**values, **self.rng.choice([by_item, by_purchase, both, both])}

    def value(self, column: str) -> object:
        rng = self.rng
        match column:
            case "prod_item_id":
                return None if self.chance(0.1) else rng.choice(self.item_ids)
            case "prod_item_partition":
                return rng.choice(self.item_partitions)
            case "purchase_id":
                return rng.choice([None, *self.purchase_ids])
            case "buyer_id" | "producer_id" | "product_id":
                return rng.choice(self.people)
            case "order_date" | "order_transaction_cost_date":
                return None if self.chance(0.1) else rng.choice(self.gmv_days)
            case "release_date":
                return None if self.chance(0.12) else rng.choice(self.gmv_days)
            case "purchase_status":
                return rng.choice(STATUSES)
            case "subsidiary":
                return rng.choice([*SUBSIDIARIES, f"s{self.number}"])
            case "item_quantity":
                return rng.choice([None, 0, -1, 1, 2, 3, 120])
            case _ if column.endswith("value"):
                return None if self.chance(0.1) else rng.choice(AMOUNTS)
        return None

    def changed(self, entity: str, values: dict) -> dict:
        """The next state of a record: mostly one column differs, sometimes none does."""
        if self.chance(0.15):
            return values
        # The key of a record stays; an item may pass to another purchase.
        keys = {"purchase_partition", "transaction_datetime", "transaction_date"}
        if entity == "product_item":
            keys |= {"prod_item_id", "prod_item_partition"}
            if self.shape != "mixed" or values.get("prod_item_id") is None:
                keys.add("purchase_id")
        else:
            keys.add("purchase_id")
        column = self.rng.choice([column for column in COLUMNS[entity] if column not in keys])
        if column == "prod_item_partition":
            column = "prod_item_id"  # a switch of the item is more telling
        return {**values, column: self.value(column)}

    # --- rows ---

    def rows(self) -> Iterator[tuple[dict, int]]:
        """(raw row without load_id, slot of its load among the loads of the day)."""
        for entity, values, events in self.records():
            for _ in range(events):
                values = self.changed(entity, values)
                stamp = self.stamp()
                arrival = self.arrival()
                yield self.row(entity, {**values, **stamp}, *arrival), arrival[2]
                if self.chance(0.2):  # the same again, now or on any day
                    again = arrival if self.chance(0.4) else self.arrival()
                    yield self.row(entity, {**values, **stamp}, *again), again[2]
                if self.chance(0.2):  # another content for the same instant
                    values = self.changed(entity, values)
                    other = arrival if self.chance(0.5) else self.arrival()
                    yield self.row(entity, {**values, **stamp}, *other), other[2]
                if self.with_operations and self.chance(0.3):
                    yield from self.change_rows(entity, values, stamp, arrival)

    def change_rows(
        self, entity: str, values: dict, stamp: dict, arrival: tuple[date, str, int]
    ) -> Iterator[tuple[dict, int]]:
        """An end of the record, and what may go with it: an older state, the same row once more."""
        what = "before" if self.chance(0.25) else "delete"
        time = {"transaction_datetime": self.chosen_time(), "transaction_date": None}
        given = {**values, **(stamp if self.chance(0.5) else time)}
        if what == "delete" and self.chance(0.4):
            keys = ("purchase_id", "purchase_partition", "prod_item_id", "prod_item_partition")
            given = {name: value for name, value in given.items() if name in keys or name in time}
        at = arrival if self.chance(0.4) else self.arrival()
        for _ in range(1 if self.chance(0.8) else 2):
            slot = at[2] if at[2] in SLOTS_OF_CHANGES else self.rng.choice(SLOTS_OF_CHANGES)
            ends_at = self.chosen_time() if self.chance(0.3) else None
            row = self.row(entity, given, at[0], at[1], slot, what)
            row["op_at"] = self.spelled("timestamp", ends_at)
            for column in [name for name in COLUMNS[entity] if self.chance(0.02)]:
                if COLUMNS[entity][column] in UNUSABLE:
                    row[column] = self.rng.choice(UNUSABLE[COLUMNS[entity][column]])
            if self.chance(0.15):
                row["transaction_datetime"] = self.rng.choice(["", " ", "noon", "NULL"])
            yield row, slot
            at = self.arrival()
        if self.chance(0.3):  # a source that sends again what it has deleted
            at = self.arrival()
            yield self.row(entity, {**values, **stamp}, *at), at[2]

    def chosen_time(self) -> datetime | None:
        return None if self.chance(0.15) else self.rng.choice(self.instants)

    def stamp(self) -> dict:
        """When the source says it happened; nothing if its delivery has no such column."""
        happened_at = None if self.chance(0.07) else self.rng.choice(self.instants)
        if self.chance(0.8):
            stated = happened_at and happened_at.date()
        else:
            stated = self.rng.choice([None, INGEST_DAYS[0], "not a day"])
        return {"transaction_datetime": happened_at, "transaction_date": stated}

    def arrival(self) -> tuple[date, str, int]:
        """(day, time of day, load slot); now and then a row states its own time of receiving."""
        slot = self.rng.randrange(3)
        moment = self.rng.choice(MOMENTS) if self.chance(0.1) else MOMENTS[slot]
        return self.rng.choice(INGEST_DAYS), moment, slot

    def row(
        self,
        entity: str,
        values: dict,
        day: date,
        moment: str,
        slot: int,
        operation: str = "state",
    ) -> dict:
        texts = {
            column: self.spelled(kind, values.get(column))
            for column, kind in COLUMNS[entity].items()
        }
        if self.chance(0.03):
            for _ in range(self.rng.choice([1, 1, 2])):
                self.spoil(entity, texts)
        self.row_number += 1
        if self.with_operations and slot in SLOTS_OF_CHANGES:
            code = self.rng.choice(CODES[operation])
            texts["op"] = self.rng.choice(UNKNOWN_CODES) if self.chance(0.01) else code
        return {
            "entity": entity,
            **texts,
            "recorded_at": f"{day} {moment}",
            "ingest_date": str(day),
            "source_file": f"history-{self.number:05}.csv",
            "source_row": self.row_number,
        }

    def spelled(self, kind: str, value: object) -> str | None:
        """One of the ways a source may write a value."""
        rng = self.rng
        if isinstance(value, str) and kind == "stated_date":
            return value
        if value is None:
            return None if kind == "timestamp" else rng.choice(NO_VALUE)
        text = self.written(kind, value)
        # Blanks of any kind around a value say nothing.
        return f"{rng.choice(BLANKS)}{text}{rng.choice(BLANKS)}" if self.chance(0.04) else text

    def written(self, kind: str, value: object) -> str:
        rng = self.rng
        match kind:
            case "id" | "count":
                odd = [f"{value}.0", f"{value}.00", f"{value}.0000", f"{value}e0"]
                odd += [f"{Decimal(value):E}"] + ([f"0{value}"] if value >= 0 else [])
                return rng.choice(odd) if self.chance(0.1) else str(value)
            case "amount":
                grouped = f"{value:,}"
                swapped = grouped.translate(str.maketrans(",.", ".,"))
                forms = [str(value), str(value).replace(".", ","), grouped, swapped]
                forms += [form[:-1] for form in forms if form.endswith("0")]
                forms += [str(value)[:-3]] if str(value).endswith(".00") else []
                forms += [f"{value:.4f}", f"{value:.18f}", f"{value:E}"]
                return rng.choice(forms)
            case "timestamp":
                offset = rng.choice(OFFSETS) if self.chance(0.3) else ""
                local = value + timedelta(minutes=OFFSET_MINUTES[offset])
                text = local.isoformat(sep=rng.choice(" T"), timespec="microseconds")
                forms = [text, f"{text}000", text.rstrip("0").rstrip(".")]
                return rng.choice(forms) + offset
            case "date":
                odd = [f"{value}T00:00:00.000Z", f"{value} 00:00:00", f"{value}T03:00:00+03:00"]
                return rng.choice(odd) if self.chance(0.1) else str(value)
            case "status" | "subsidiary":
                plain = value.upper() if kind == "status" else value
                odd = [f" {plain} ", plain.title(), plain.lower(), plain.upper()]
                odd += [plain.translate(ACCENTED)]
                return rng.choice(odd) if self.chance(0.3) else plain
        return str(value)

    def spoil(self, entity: str, texts: dict) -> None:
        """Make one column unusable."""
        fault = self.rng.choice(["key", "key", "product", "column", "column", "column", "column"])
        if fault == "key":
            for column in ("purchase_id", "prod_item_id"):
                if column in texts and (entity == "product_item" or column == "purchase_id"):
                    texts[column] = self.rng.choice(NO_VALUE)
        elif fault == "product" and entity == "product_item":
            texts.update(item_quantity="2", purchase_value="9999999999999999,99")
        else:
            kinds = {column: kind for column, kind in COLUMNS[entity].items() if kind in UNUSABLE}
            kind = self.rng.choice(sorted(set(kinds.values())))
            column = self.rng.choice([name for name in kinds if kinds[name] == kind])
            texts[column] = self.rng.choice(UNUSABLE[kind])
