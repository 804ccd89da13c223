"""Random deliveries of credit proposals, and the loads in which they reach the raw zone.

Many independent histories share one raw zone, so that one dbt run checks them all: each has its own
reference dates and customers, so that no scope and no proposal holds two of them.

Source: docs/domains/credit.md#what-is-delivered, docs/architecture.md#raw-zone.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from credit_oracle import CATEGORIES, DECIMAL_MARKS

COLUMNS = (
    "proposal_id",
    "customer_id",
    "reference_date",
    "person_age",
    "person_income",
    "person_home_ownership",
    "person_emp_length",
    "loan_intent",
    "loan_grade",
    "loan_amnt",
    "loan_int_rate",
    "loan_status",
    "loan_percent_income",
    "cb_person_default_on_file",
    "cb_person_cred_hist_length",
    "sender",
    "content_hash",
)
INGEST_DAYS = tuple(date(2024, 2, 26) + timedelta(days=n) for n in range(7))
FIRST_REFERENCE_DAY = date(2022, 1, 1)
VALUES = {
    "person_home_ownership": ["RENT", "OWN", "MORTGAGE", "OTHER", "HOUSEBOAT", " rent", "Mortgage"],
    "loan_intent": ["PERSONAL", "EDUCATION", "Educação", "medical", "VENTURE", "HOMEIMPROVEMENT"],
    "loan_grade": ["A", "B", "C", "D", "E", "F", "G", "g ", "H"],
    "cb_person_default_on_file": ["Y", "N", "N", "n", "S"],
    "person_age": ["18", "24", "25", "34", "35", "44", "65", "100", "101", "17", "144", "22,5"],
    "person_income": [
        "24999",
        "25000",
        "59000",
        "0",
        "-1",
        "150000",
        "9600",
        "1.000",
        "1e5",
        "25000.000",
        "1.5E5",
    ],
    "person_emp_length": ["0", "0.9", "1", "3.0", "10.25", "11", "60", "86", "87", "123", "-1"],
    "loan_amnt": ["1000", "35000", "5900", "2500", "0", "-5", "1000000000000", "12,5"],
    "loan_int_rate": ["7.99", "8", "11.14", "16.0200001", "100", "100.01", "-0.1", "NaN"],
    "loan_status": ["0", "1", "0", "1", "2", "yes"],
    "loan_percent_income": ["0.59", "0.1", "5.0E-1", "0.10416666666666667", "12", "1000000", "x"],
    "cb_person_cred_hist_length": ["2", "3", "5", "10", "20", "-1", "30"],
}
NOTHING = [None, "", "NA", "null", " NULL ", "\xa0", "\\N", "nA\u200b"]
ODD_DATES = ["2024-02-30", "05/01/2024", "1899-12-31", "20240105", "2024-1-5"]


@dataclass
class Load:
    """One raw file: the rows of one sender that arrived together."""

    sender: str
    ingest_date: str
    load_id: str
    rows: list[dict] = field(default_factory=list)

    @property
    def path(self) -> str:
        return f"credit/proposal/ingest_date={self.ingest_date}/{self.load_id}.parquet"


def loads_of_histories(count: int, seed: int) -> list[Load]:
    loads: dict[tuple, Load] = {}
    for number in range(count):
        for sender, day, slot, rows in deliveries(number, Random(f"{seed}/{number}")):
            place = (sender, day, slot)
            if place not in loads:
                mark = hashlib.sha256(f"{seed}/{place}".encode()).hexdigest()[:12]
                loads[place] = Load(sender, day, f"20240310T120000Z-{mark}")
            load = loads[place]
            for row in rows:
                load.rows.append({**row, "load_id": load.load_id})
    return [loads[place] for place in sorted(loads)]


def deliveries(number: int, rng: Random):
    """(sender, ingest day, slot of its load, rows) of one history."""
    days = [FIRST_REFERENCE_DAY + timedelta(days=2 * number + n) for n in range(2)]
    ids = [f"p{number}-{n}" for n in range(4)]
    states = {}
    for turn in range(rng.randint(2, 6)):
        sender = rng.choice(("default", "default", "parceiro"))
        day, hour = rng.choice(INGEST_DAYS), rng.choice(("08", "09", "17"))
        held = [
            (proposal_id, reference)
            for reference in rng.sample(days, rng.randint(1, 2))
            for proposal_id in rng.sample(ids, rng.randint(1, 4))
        ]
        rows, slot = [], hour
        for place, (proposal_id, reference) in enumerate(held, start=1):
            key = (proposal_id, reference)
            # The same state again, one that differs in a column, or a new one; senders share them.
            if key not in states or rng.random() < 0.1:
                states[key] = first_values(rng)
            elif rng.random() < 0.4:
                name = rng.choice(sorted(states[key]))
                states[key] = {**states[key], name: value_of(name, rng)}
            row = {
                **spelled(states[key], sender, rng),
                "proposal_id": proposal_id if rng.random() < 0.9 else rng.choice(NOTHING),
                "customer_id": rng.choice((f"c{number}-0", f"c{number}-1", None, "")),
                "reference_date": str(reference),
            }
            if rng.random() < 0.02:
                row["reference_date"], slot = rng.choice(ODD_DATES), "23"
            rows.append((place, row))
            if rng.random() < 0.1:  # the proposal stands twice in the file
                twin = {**row, "loan_amnt": "777", "customer_id": row["customer_id"]}
                rows.append((place + 100, rng.choice((dict(row), twin))))
        if rng.random() < 0.15:  # without a reference date: of the day of the delivery
            rows.append((999, {**row, "reference_date": None, "proposal_id": f"x{number}-{turn}"}))
        yield (
            sender,
            str(day),
            slot,
            [
                {
                    **row,
                    "sender": sender,
                    "content_hash": hashlib.sha256(f"{number}/{turn}".encode()).hexdigest(),
                    "recorded_at": f"{day} {slot}:00:00.000000",
                    "ingest_date": str(day),
                    "source_file": f"history-{number:04}-{turn}.csv",
                    "source_row": place,
                }
                for place, row in rows
            ],
        )


def value_of(name: str, rng: Random) -> str | None:
    if rng.random() < 0.12:
        return rng.choice(NOTHING)
    usual = VALUES[name][: max(len(VALUES[name]) - 4, 3)]
    return rng.choice(usual if rng.random() < 0.75 else VALUES[name])


def first_values(rng: Random) -> dict[str, str | None]:
    return {name: value_of(name, rng) for name in VALUES}


def spelled(values: dict[str, str | None], sender: str, rng: Random) -> dict[str, str | None]:
    """The values with the decimal mark of the sender, now and then with that of another."""
    mark = DECIMAL_MARKS[sender]
    return {
        name: text.replace(".", mark)
        if text and name not in CATEGORIES and rng.random() < 0.98
        else text
        for name, text in values.items()
    }
