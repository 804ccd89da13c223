"""Random deliveries of index compositions: many indexes, few sessions each, in every odd order.

An index is a history of its own, so one lake holds all of them. Deliveries of a session differ
in form (with sectors or without), language, content and what is wrong with them.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from market_oracle import COLUMNS, Row

FIRST_DAY = date(2025, 1, 6)
DAYS, SLOTS = 5, 4
TICKERS = [f"{name}{digit}" for name in ("ABCD", "EFGH", "IJKL", "MNOP") for digit in (3, 4, 11)]
SECTORS = ["Bens Indls / Máqs", "Cons N  Básico / Alimentos", "Diversos"]
# Fixed width, collapsed, half collapsed, an unknown mark, class and level.
TYPES = [
    "ON      NM",
    "ON",
    "PN  EJ  N1",
    "PNA ATZ N1",
    "UNT     N2",
    "ON EJ NM",
    "UNT N2",
    "PN  ERJ",
    "ON  XQZ NM",
    "PNC     N1",
    "PNX     N1",
    "DR3",
    "ON  ED  MA",
]


@dataclass(frozen=True)
class Load:
    """One landing call: the sessions of many indexes that arrived at one time."""

    load_id: str
    ingest_date: str
    rows: tuple[Row, ...]

    def write(self, raw: Path) -> None:
        folder = raw / "market" / "carteira" / f"ingest_date={self.ingest_date}"
        folder.mkdir(parents=True, exist_ok=True)
        names = [*COLUMNS, "recorded_at", "load_id", "source_file"]
        schema = pa.schema(
            [(name, pa.string()) for name in names]
            + [("source_row", pa.int64()), ("is_full_extract", pa.bool_())]
        )
        kept = [{name: row[name] for name in schema.names} for row in self.rows]
        pq.write_table(pa.Table.from_pylist(kept, schema), folder / f"{self.load_id}.parquet")


def written(value: Decimal | int, language: str, decimals: int) -> str:
    text = f"{value:,.{decimals}f}"
    return text.translate(str.maketrans(",.", ".,")) if language == "pt-br" else text


def day_written(day: date, language: str) -> str:
    return day.strftime("%d/%m/%y" if language == "pt-br" else "%m/%d/%y")


def loads_of_indexes(count: int, seed: int) -> list[Load]:
    """All loads of `count` indexes, in the order of their time."""
    slots: dict[tuple[int, int], list[Row]] = {}
    for number in range(count):
        random = Random(f"{seed}/{number}")
        for session, deliveries in index_history(random).items():
            places = random.sample([(d, s) for d in range(DAYS) for s in range(SLOTS)], 4)
            places = sorted(places[: len(deliveries)])
            for place, composition in zip(places, deliveries, strict=True):
                slots.setdefault(place, []).extend(
                    delivered(random, f"IX{number:03d}", session, composition)
                )
    loads = []
    for (day, slot), rows in sorted(slots.items()):
        ingest_date = (FIRST_DAY + timedelta(days=day)).isoformat()
        load_id = f"{ingest_date.replace('-', '')}T{8 + slot:02d}0000000000Z-{day:06d}{slot:06d}"
        provenance = {
            "recorded_at": f"{ingest_date} {8 + slot:02d}:00:00.000000",
            "load_id": load_id,
            "ingest_date": ingest_date,
            "is_full_extract": True,
        }
        loads.append(Load(load_id, ingest_date, tuple({**row, **provenance} for row in rows)))
    return loads


def index_history(random: Random) -> dict[date, list[dict[str, Any]]]:
    """Sessions of an index, each with one to four compositions in the order of their delivery."""
    day = date(2024, 12, 26) + timedelta(days=random.randrange(20))
    shares = {
        ticker: {
            "asset": f"{ticker[:4]} S/A",
            "type": random.choice(TYPES),
            "segment": random.choice(SECTORS),
            "part": Decimal(random.randrange(1, 30_000)) / 1000,
            "quantity": random.randrange(1, 6_000_000_000),
        }
        for ticker in random.sample(TICKERS, random.randint(2, 6))
    }
    history = {}
    for _ in range(random.randint(1, 5)):
        shares = moved(random, shares)
        composition = {"shares": shares, "reductor": Decimal(random.randrange(1, 10**15)) / 10**8}
        deliveries = [composition]
        while len(deliveries) < 4 and random.random() < 0.55:
            composition = corrected(random, composition)
            deliveries.append(composition)
        history[day] = deliveries
        day += timedelta(days=random.choice([1, 1, 1, 3, 4]))
    return history


def moved(random: Random, shares: dict[str, Row]) -> dict[str, Row]:
    """The composition of the next session: weights move, shares leave, enter and come back."""
    answer = {
        ticker: {
            **share,
            "part": max(Decimal(0), share["part"] + Decimal(random.choice([-7, 0, 9])) / 1000),
        }
        for ticker, share in shares.items()
        if len(shares) < 2 or random.random() < 0.85
    }
    if random.random() < 0.4 or not answer:
        ticker = random.choice(TICKERS)
        answer[ticker] = {
            "asset": f"{ticker[:4]}  NOVA",
            "type": random.choice(TYPES),
            "segment": random.choice(SECTORS),
            "part": Decimal(random.randrange(1, 5000)) / 1000,
            "quantity": random.choice([0, 7, 2**31 + 5, 4_273_841_357]),
        }
    return answer


def corrected(random: Random, composition: Row) -> Row:
    """The next delivery of a session: the same again, or something else in it."""
    kind = random.choice(["same", "same", "shares", "reductor", "type", "asset"])
    shares = composition["shares"]
    if kind == "shares":
        return {**composition, "shares": moved(random, shares)}
    if kind == "reductor":
        return {**composition, "reductor": composition["reductor"] + 1}
    if kind == "same":
        return composition
    ticker = random.choice(sorted(shares))
    other = {"type": random.choice(TYPES), "asset": f"{ticker} NOVO"}
    return {**composition, "shares": {**shares, ticker: {**shares[ticker], kind: other[kind]}}}


def delivered(random: Random, indice: str, session: date, composition: Row) -> list[Row]:
    """Raw rows of one delivery: in one language and one form, sometimes with faults."""
    language = random.choice(["pt-br", "en-us"])
    has_sectors = random.random() < 0.6
    shares = composition["shares"]
    sector_sums: dict[str, Decimal] = {}
    for share in shares.values():
        sector_sums[share["segment"]] = (
            sector_sums.get(share["segment"], Decimal(0)) + share["part"]
        )
    header = {
        "indice": indice,
        "idioma": language,
        "header_date": day_written(session, language),
        "header_text": "Total",
        "header_part": written(sum(s["part"] for s in shares.values()), language, 3),
        "header_reductor": written(composition["reductor"], language, 8),
        "header_theorical_qty": written(sum(s["quantity"] for s in shares.values()), language, 0),
        "header_part_acum": None,
        "header_text_reductor": "Redutor",
        "total_records": str(len(shares)),
    }
    file = f"{indice}-{session.isoformat()}"
    rows = []
    tickers = sorted(shares, key=lambda ticker: random.random())
    if random.random() < 0.08:
        tickers.append(random.choice(tickers))
    pages = random.choice([1, 1, 2])
    for place, ticker in enumerate(tickers):
        share = shares[ticker]
        rows.append(
            {
                **header,
                "segment": share["segment"] if has_sectors else None,
                "cod": ticker,
                "asset": share["asset"].replace("  ", random.choice([" ", "  "])),
                "type": share["type"],
                "part": written(share["part"], language, 3),
                "part_acum": written(sector_sums[share["segment"]], language, 3)
                if has_sectors
                else None,
                "theorical_qty": written(share["quantity"], language, 0),
                "source_file": f"{file}-{place % pages + 1}.json",
                "source_row": place // pages + 1,
            }
        )
    if random.random() < 0.12:
        spoil(random, random.choice(rows))
    if len(tickers) > len(shares) and random.random() < 0.5:
        rows[-1]["part"] = written(shares[tickers[-1]]["part"] + 1, language, 3)
    odd = Random(f"{file}/{len(rows)}/{language}")
    return [oddly_written(odd, row) for row in rows]


def oddly_written(random: Random, row: Row) -> Row:
    """The same row, now and then with blanks around a value or a marker where there is none."""
    blanks = ("", " ", "\t", "\u00a0", "\u2009", "\u200b", "\ufeff")
    nothing = ("", " ", "NULL", "null", "\\N")
    named = ("cod", "asset", "type", "segment", "part", "part_acum", "theorical_qty", "header_date")
    written = dict(row)
    for name in named:
        if random.random() < 0.05:
            text = row[name]
            written[name] = (
                f"{random.choice(blanks)}{text}{random.choice(blanks)}"
                if text
                else random.choice(nothing)
            )
    return written


def spoil(random: Random, row: Row) -> None:
    """Make one row unusable; landing would refuse it, but anyone may write into the raw zone."""
    column, text = random.choice(
        [
            ("cod", ""),
            ("cod", None),
            ("part", "1,2,3"),
            ("part", None),
            ("part", "101" if row["idioma"] == "pt-br" else "101.000"),
            ("theorical_qty", "4.27.384"),
            ("theorical_qty", ""),
            ("header_reductor", "x"),
            ("header_reductor", "0"),
            ("header_date", "31/31/25"),
            ("header_date", None),
            ("part_acum", "abc"),
        ]
    )
    row[column] = text
