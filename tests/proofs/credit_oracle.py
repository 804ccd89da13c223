"""What the credit tables must hold, recomputed by brute force from the received rows.

An independent reading of the credit rules in plain Python: no SQL, no incremental logic. The
declared bands and vocabularies are its input, like the rows.

Source: docs/domains/credit.md#rules, docs/architecture.md#history-semantics,
docs/architecture.md#nothing-is-lost.
"""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext

import delivered_texts

Raw = Mapping[str, object]

DECIMAL_MARKS = {"default": ".", "parceiro": ","}
INTEGERS = ("person_age", "person_income", "loan_amnt", "cb_person_cred_hist_length", "loan_status")
DECIMALS = ("person_emp_length", "loan_int_rate")
NUMBERS = (
    "person_age",
    "person_income",
    "person_emp_length",
    "loan_amnt",
    "loan_int_rate",
    "loan_percent_income",
    "cb_person_cred_hist_length",
)
CATEGORIES = ("person_home_ownership", "loan_intent", "loan_grade", "cb_person_default_on_file")
SIX = Decimal("0.000001")
TWELVE = Decimal("0.000000000001")
FLOOR = Decimal("0.0001")


@dataclass(frozen=True)
class Row:
    """One accepted row: what it says of the proposal `key` = (sender, anomesdia, proposal_id)."""

    key: tuple[str, int, str]
    values: dict
    recorded_at: str
    load_id: str
    ingest_date: str
    place: tuple[str, int]

    @property
    def content(self) -> tuple:
        return tuple(sorted(self.values.items(), key=lambda item: item[0]))

    @property
    def received(self) -> tuple:
        return (self.recorded_at, self.load_id, *self.place)


@dataclass(frozen=True)
class Version:
    """A state of a proposal at one sender, in force from `known_from` until before `known_to`."""

    row: Row
    known_from: str
    known_to: str | None

    def holds(self, day: str | None) -> bool:
        if day is None:
            return self.known_to is None
        return self.known_from <= day and (self.known_to is None or self.known_to > day)


# --- reading one row ---------------------------------------------------------------------------


def stated(text: str | None) -> str | None:
    plain = delivered_texts.kept(text)
    return None if (plain or "").upper() in ("", "NULL", "NA") else plain


def number(text: str | None, mark: str) -> Decimal | None:
    """A number in the decimal mark of its sender, with at most 12 digits before and 18 after it."""
    match = re.fullmatch(r"-?[0-9]+(?:([.,])[0-9]+)?([eE][+-]?[0-9]{1,2})?", text or "")
    if not match or match[1] not in (None, mark):
        return None
    pointed = text.replace(",", ".")
    try:
        value = delivered_texts.with_exponent(pointed) if match[2] else Decimal(pointed)
    except ValueError:
        return None
    with localcontext(prec=200):
        is_exact = value == value.quantize(Decimal(1).scaleb(-18))
    return value if is_exact and abs(value) < 10**12 else None


def category(text: str | None) -> str | None:
    return delivered_texts.capital(delivered_texts.key(text))


def reference_day(text: str | None, ingest_date: str) -> str | None:
    if text is None:
        return ingest_date
    try:
        return str(delivered_texts.day(text))
    except ValueError:
        return None


def is_possible(name: str, value: Decimal, age: Decimal | None) -> bool:
    match name:
        case "person_age":
            return 18 <= value <= 100
        case "person_emp_length":
            return 0 <= value <= (100 if age is None else age) - 14
        case "person_income" | "loan_amnt":
            return value > 0
        case "loan_int_rate":
            return 0 <= value <= 100
        case "loan_status":
            return value in (0, 1)
    return value >= 0


def read_row(raw: Raw) -> Row | None:
    """The accepted row; None where the date cannot be used."""
    sender = raw["sender"]
    mark = DECIMAL_MARKS[sender]
    day = reference_day(stated(raw.get("reference_date")), raw["ingest_date"])
    if day is None:
        return None
    values: dict = {"customer_id": stated(raw.get("customer_id"))}
    for name in CATEGORIES:
        values[name] = category(stated(raw.get(name)))
    invalid = set()
    for name in (*INTEGERS, *DECIMALS):  # the age first: employment is judged by it
        text = stated(raw.get(name))
        value = number(text, mark)
        if value is not None and name in INTEGERS and value != int(value):
            value = None
        if value is not None and name in DECIMALS:
            value = value.quantize(SIX, ROUND_HALF_UP)
        if value is not None and not is_possible(name, value, values.get("person_age")):
            value = None
        if text is not None and value is None:
            invalid.add(name)
        values[name] = value
    amount, income = values["loan_amnt"], values["person_income"]
    text = stated(raw.get("loan_percent_income"))
    differs = False
    if text is not None and amount is not None and income is not None:
        said = number(text, mark)
        if said is not None and abs(said) >= 10**6:
            said = None
        with localcontext(prec=60):
            differs = said is None or abs(said * income - amount) * 100 > income
    values["invalid"] = frozenset(invalid)
    values["differs"] = differs
    derived = hashlib.md5(f"{raw['content_hash']}/{raw['source_row']}".encode()).hexdigest()
    proposal_id = stated(raw.get("proposal_id")) or derived
    return Row(
        key=(sender, int(day.replace("-", "")), proposal_id),
        values=values,
        recorded_at=raw["recorded_at"],
        load_id=raw["load_id"],
        ingest_date=raw["ingest_date"],
        place=(raw["source_file"], raw["source_row"]),
    )


# --- histories ---------------------------------------------------------------------------------


@dataclass
class Knowledge:
    """All versions, and for the accounting the last state and the present one of each key."""

    versions: dict[tuple, list[Version]]
    current: dict[tuple, tuple]
    last: dict[tuple, tuple]


def know(rows: Iterable[Row], incomplete: set[tuple[str, str]]) -> Knowledge:
    """Follow every scope (sender and date) delivery by delivery, day by day.

    Args:
        incomplete: (load, day) of deliveries in which a date could not be read; they end nothing.
    """
    scopes: dict[tuple, dict[tuple, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        delivery = (row.load_id, row.ingest_date)
        scopes[row.key[:2]][delivery].append(row)
    known = Knowledge(defaultdict(list), {}, {})
    for deliveries in scopes.values():
        ordered = sorted(
            deliveries.items(), key=lambda item: (min(r.recorded_at for r in item[1]), item[0])
        )
        state: dict[tuple, Row] = {}
        at_end_of_day: dict[str, dict[tuple, Row]] = {}
        for (load_id, day), delivered in ordered:
            held = {}
            for row in sorted(delivered, key=lambda row: row.place):
                held[row.key] = row
            state = {**({} if (load_id, day) not in incomplete else state), **held}
            known.last.update({key: row.content for key, row in held.items()})
            at_end_of_day[day] = state
        known.current.update({key: row.content for key, row in state.items()})
        open_since: dict[tuple, tuple[str, Row]] = {}
        for day, now in sorted(at_end_of_day.items()):
            for key, (since, row) in list(open_since.items()):
                if key not in now or now[key].content != row.content:
                    known.versions[key].append(Version(row, since, day))
                    del open_since[key]
            for key, row in now.items():
                if key not in open_since:
                    open_since[key] = (day, row)
        for key, (since, row) in open_since.items():
            known.versions[key].append(Version(row, since, None))
    return known


def proposals_on(known: Knowledge, day: str | None) -> dict[tuple[str, int], Row]:
    """(proposal_id, anomesdia) -> the row in force; of two senders the first by name."""
    found: dict[tuple[str, int], Row] = {}
    for (_, anomesdia, proposal_id), versions in known.versions.items():
        for version in versions:
            if version.holds(day):
                key = (proposal_id, anomesdia)
                if key not in found or version.row.key[0] < found[key].key[0]:
                    found[key] = version.row
    return found


# --- the tables --------------------------------------------------------------------------------


def snake(value: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", value.lower())


def band(bands: list[dict], value: Decimal | None) -> str:
    if value is None:
        return "missing"
    [code] = [
        entry["code"]
        for entry in bands
        if (entry["lower"] is None or value >= Decimal(str(entry["lower"])))
        and (entry["upper"] is None or value < Decimal(str(entry["upper"])))
    ]
    return code


def category_code(vocabulary: list[str], value: str | None) -> str:
    if value is None:
        return "missing"
    return snake(value) if value in vocabulary else "other"


def codes_of(vocabulary: list[str]) -> list[str]:
    return [*(snake(value) for value in vocabulary if value != "OTHER"), "other", "missing"]


def ratio(numerator: Decimal | int, denominator: Decimal | int) -> Decimal:
    with localcontext(prec=60):
        return (Decimal(numerator) / Decimal(denominator)).quantize(SIX, ROUND_HALF_UP)


def features_of(row: Row, declared: Mapping) -> dict:
    values = dict(row.values)
    amount, income = values["loan_amnt"], values["person_income"]
    values["loan_percent_income"] = None if None in (amount, income) else ratio(amount, income)
    columns: dict = {
        "proposal_id": row.key[2],
        "anomesdia": row.key[1],
        "customer_id": values["customer_id"],
        "sender": row.key[0],
        **{name: values[name] for name in NUMBERS},
    }
    for name, bands in declared["bands"].items():
        columns[f"{name}_band_code"] = band(bands, values[name])
    for name in CATEGORIES:
        given = category_code(declared["vocabulary"][name], values[name])
        for code in codes_of(declared["vocabulary"][name]):
            columns[f"{name}_{code}"] = int(code == given)
    for name in NUMBERS:
        if name != "loan_percent_income":
            columns[f"is_{name}_invalid"] = name in values["invalid"]
    columns["is_loan_percent_income_different"] = values["differs"]
    for name in CATEGORIES:
        value = values[name]
        columns[f"is_{name}_unknown"] = (
            value is not None and value not in declared["vocabulary"][name]
        )
    return columns


def label_date(versions: list[Version]) -> str:
    """First day of the last run of versions with the target that holds now."""
    ordered = sorted(versions, key=lambda version: version.known_from)
    target, day = ordered[-1].row.values["loan_status"], ordered[-1].known_from
    for version in reversed(ordered):
        if version.row.values["loan_status"] != target:
            break
        day = version.known_from
    return day


def profile(features: list[dict], declared: Mapping) -> list[dict]:
    by_day = defaultdict(list)
    for row in features:
        by_day[row["anomesdia"]].append(row)
    found, before = [], None
    for day, rows in sorted(by_day.items()):
        for name in (*NUMBERS, *CATEGORIES):
            given = None
            if name in declared["bands"]:
                codes = [*(entry["code"] for entry in declared["bands"][name]), "missing"]

                def count(some, code, name=name):
                    return sum(row[f"{name}_band_code"] == code for row in some)
            elif name in CATEGORIES:
                codes = codes_of(declared["vocabulary"][name])

                def count(some, code, name=name):
                    return sum(row[f"{name}_{code}"] for row in some)
            else:
                codes = []
            if name in NUMBERS:
                given = [row[name] for row in rows if row[name] is not None]
                nulls = len(rows) - len(given)
            else:
                nulls = count(rows, "missing")
            index = None
            if before is not None and codes:
                index = Decimal(0)
                with localcontext(prec=50):
                    for code in codes:
                        p = max(Decimal(count(rows, code)) / len(rows), FLOOR)
                        q = max(Decimal(count(by_day[before], code)) / len(by_day[before]), FLOOR)
                        index += ((p - q) * (p / q).ln()).quantize(TWELVE, ROUND_HALF_UP)
                    index = index.quantize(SIX, ROUND_HALF_UP)
            base = {"anomesdia": day, "feature_name": name}
            found.append(
                {
                    **base,
                    "category_code": "-",
                    "row_count": len(rows),
                    "category_ratio": None,
                    "null_ratio": ratio(nulls, len(rows)),
                    "mean_value": ratio(sum(given), len(given)) if given else None,
                    "previous_anomesdia": before if codes else None,
                    "stability_index": index,
                }
            )
            for code in codes:
                number_of = count(rows, code)
                found.append(
                    {
                        **base,
                        "category_code": code,
                        "row_count": number_of,
                        "category_ratio": ratio(number_of, len(rows)),
                        "null_ratio": None,
                        "mean_value": None,
                        "previous_anomesdia": None,
                        "stability_index": None,
                    }
                )
        before = day
    return found


def accounting(raws: list[Raw], rows: list[Row], known: Knowledge) -> list[dict]:
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for raw in raws:
        counts[raw["ingest_date"]]["received"] += 1
    seen = set()
    for row in sorted(rows, key=lambda row: row.received):
        day, content = counts[row.ingest_date], row.content
        if (row.key, content) in seen:
            day["repeated"] += 1
            continue
        seen.add((row.key, content))
        day["accepted"] += 1
        if row.key in known.current:
            day["current" if known.current[row.key] == content else "superseded"] += 1
        else:
            day["deleted" if known.last[row.key] == content else "superseded"] += 1
    names = ("received", "accepted", "repeated", "current", "superseded", "deleted")
    return [
        {"ingest_date": date.fromisoformat(day), **{f"{n}_count": states[n] for n in names}}
        for day, states in counts.items()
    ]


def expected_tables(received: Iterable[Raw], declared: Mapping) -> dict:
    """All tables by model name, and the training set."""
    received = list(received)
    read = [(raw, read_row(raw)) for raw in received]
    rows = [row for _, row in read if row is not None]
    incomplete = {(raw["load_id"], raw["ingest_date"]) for raw, row in read if row is None}
    known = know(rows, incomplete)
    present = proposals_on(known, None)
    features = [features_of(row, declared) for row in present.values()]
    newest: dict = {}
    for row in features:
        customer = row["customer_id"]
        order = (row["anomesdia"], row["proposal_id"])
        if customer is not None and (
            customer not in newest
            or order > (newest[customer]["anomesdia"], newest[customer]["proposal_id"])
        ):
            newest[customer] = row
    targets, training = [], []
    by_day: dict[str, dict] = {}
    for (proposal_id, anomesdia), row in present.items():
        if row.values["loan_status"] is None:
            continue
        day = label_date(known.versions[row.key])
        label = {
            "proposal_id": proposal_id,
            "anomesdia": anomesdia,
            "loan_status": int(row.values["loan_status"]),
            "label_date": date.fromisoformat(day),
        }
        targets.append(label)
        by_day.setdefault(day, proposals_on(known, day))
        as_of = by_day[day].get((proposal_id, anomesdia))
        if as_of is not None and anomesdia <= int(day.replace("-", "")):
            training.append({**features_of(as_of, declared), **label})
    return {
        "feat_credit__proposal": features,
        "feat_credit__customer_latest": list(newest.values()),
        "feat_credit__proposal_target": targets,
        "feat_credit__profile": profile(features, declared),
        "fct_quality__row_accounting": accounting(received, rows, known),
        "training_set": training,
    }
