"""What the retail tables must hold, recomputed by brute force from the received rows.

An independent reading of the retail rules in plain Python: no SQL, no incremental logic. The source
is played again delivery by delivery, its state kept at the end of every day; everything else is
read off these states.

Source: docs/domains/retail.md#rules, docs/architecture.md#history-semantics,
docs/architecture.md#nothing-is-lost.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal, localcontext

import delivered_texts

Raw = Mapping[str, object]
Table = list[dict[str, object]]

COLUMNS = {
    "funcionario": ("id", "nome"),
    "categoria": ("id", "nome_categoria"),
    "venda": ("id_venda", "id_funcionario", "id_categoria", "data_venda", "venda"),
}
PERSONAL = ("nome",)
SENTENCE = "The argument is not correct"
UNKNOWN = "desconhecido"
LADDER = (
    "missing_key",
    "unparsable_key",
    "unparsable_date",
    "missing_value",
    "unparsable_amount",
    "amount_out_of_range",
)
CENT = Decimal("0.01")
MILLIONTH = Decimal("0.000001")
MONTHS = [
    *("janeiro", "fevereiro", "março", "abril", "maio", "junho"),
    *("julho", "agosto", "setembro", "outubro", "novembro", "dezembro"),
]
WEEKDAYS = [
    *("segunda-feira", "terça-feira", "quarta-feira", "quinta-feira", "sexta-feira"),
    *("sábado", "domingo"),
]


@dataclass
class Row:
    """One received row as it is understood."""

    raw: Raw
    reason: str | None
    key: int | None
    content: tuple | None
    flags: list[str] = field(default_factory=list)
    status: str = "rejected"

    @property
    def place(self) -> tuple:
        return tuple(self.raw[name] for name in ("load_id", "source_file", "source_row"))


@dataclass(frozen=True)
class Version:
    content: tuple
    known_from: date
    known_to: date | None


# Reading texts


def read_integer(text: str | None) -> int | None:
    try:
        return delivered_texts.whole_number(text or "")
    except ValueError:
        return None


def read_date(text: str | None) -> date | None:
    try:
        return delivered_texts.day(text or "")
    except ValueError:
        return None


def read_amount(text: str) -> Decimal | str:
    """The amount, or the reason why there is none."""
    try:
        value = delivered_texts.amount(text)
    except delivered_texts.OutOfRangeError:
        return "amount_out_of_range"
    except ValueError:
        return "unparsable_amount"
    return value if abs(value) < 10**10 else "amount_out_of_range"


read_name = delivered_texts.kept


def understood(delivered: Raw) -> Row:
    raw = {
        name: delivered_texts.given(value) if name in COLUMNS[delivered["entity"]] else value
        for name, value in delivered.items()
    }
    keys = ["id_venda", "id_funcionario", "id_categoria"] if raw["entity"] == "venda" else ["id"]
    ids = {name: read_integer(raw[name]) for name in keys}
    reasons = {
        "missing_key": any(raw[name] in (None, "") for name in keys),
        "unparsable_key": any(raw[name] and ids[name] is None for name in keys),
    }
    flags = []
    if raw["entity"] == "venda":
        day, amount = read_date(raw["data_venda"]), read_amount(raw["venda"] or "0")
        reasons |= {
            "unparsable_date": bool(raw["data_venda"]) and day is None,
            "missing_value": raw["data_venda"] in (None, "") or raw["venda"] in (None, ""),
            "unparsable_amount": amount == "unparsable_amount",
            "amount_out_of_range": amount == "amount_out_of_range",
        }
        content = (*ids.values(), day, amount)
        if isinstance(amount, Decimal) and amount <= 0:
            flags = ["non_positive_amount"]
    else:
        name = read_name(raw[COLUMNS[raw["entity"]][1]])
        if raw["entity"] == "funcionario" and name == SENTENCE:
            name = None
        reasons["missing_value"] = name is None
        content = (ids["id"], name)
    reason = next((code for code in LADDER if reasons.get(code)), None)
    return Row(
        delivered, reason, ids[keys[0]], None if reason else content, [] if reason else flags
    )


# The source, played again


@dataclass
class History:
    """All rows of an entity with their fate, and the versions of its records by key."""

    rows: list[Row]
    versions: dict[int, list[Version]]

    @property
    def current(self) -> dict[int, Version]:
        return {
            key: versions[-1]
            for key, versions in self.versions.items()
            if versions and versions[-1].known_to is None
        }


def play(received: Iterable[Raw]) -> History:
    rows = [understood(raw) for raw in received]
    deliveries = defaultdict(list)
    for row in rows:
        deliveries[row.raw["load_id"], row.raw["ingest_date"]].append(row)
    in_order = sorted(
        deliveries.items(), key=lambda item: (min(r.raw["recorded_at"] for r in item[1]), item[0])
    )
    state: dict[int, tuple] = {}
    last_held: dict[int, tuple] = {}
    at_end_of: dict[date, dict[int, tuple]] = {}
    for (_, day), delivered in in_order:
        held = {row.key for row in delivered if row.key is not None}
        if any(row.raw.get("is_full_extract") for row in delivered) and all(
            row.key is not None for row in delivered
        ):
            state = {key: content for key, content in state.items() if key in held}
        accepted = sorted(
            (row for row in delivered if not row.reason),
            key=lambda row: (row.raw["source_file"], row.raw["source_row"]),
        )
        for row in accepted:
            state[row.key] = last_held[row.key] = row.content
            others = {other.content for other in accepted if other.key == row.key}
            row.flags += ["conflict"] * (len(others) > 1)
        at_end_of[date.fromisoformat(day)] = dict(state)

    versions: dict[int, list[Version]] = defaultdict(list)
    for day, known in sorted(at_end_of.items()):
        for key in known.keys() | versions.keys():
            held = versions[key][-1] if versions[key] and not versions[key][-1].known_to else None
            if held and known.get(key) != held.content:
                versions[key][-1] = Version(held.content, held.known_from, day)
                held = None
            if not held and key in known:
                versions[key].append(Version(known[key], day, None))

    seen = set()
    for row in sorted(rows, key=lambda row: (row.raw["recorded_at"], *row.place)):
        if row.reason:
            continue
        if (row.key, row.content) in seen:
            row.status = "repeated"
        elif state.get(row.key) == row.content:
            row.status = "current"
        elif row.key not in state and last_held[row.key] == row.content:
            row.status = "deleted"
        else:
            row.status = "superseded"
        seen.add((row.key, row.content))
    return History(rows, {key: found for key, found in versions.items() if found})


# Tables


def expected_tables(received: Iterable[Raw]) -> dict[str, Table]:
    """Every table of the domain as lists of rows, from the raw rows."""
    received = list(received)
    people, categories, sales = (
        play(raw for raw in received if raw["entity"] == entity) for entity in COLUMNS
    )
    venda = [
        {
            "id_venda": key,
            "id_funcionario": version.content[1],
            "id_categoria": version.content[2],
            "data_venda": version.content[3],
            "venda": version.content[4],
            "last_changed": version.known_from,
        }
        for key, version in sales.current.items()
    ]
    funcionario = dimension(people, "id_funcionario", "nome", venda)
    categoria = dimension(categories, "id_categoria", "nome_categoria", venda)
    calendar = calendar_of(venda)
    detailed = detailed_sales(venda, funcionario, categoria, calendar)
    tables = {
        "dim_retail__funcionario": funcionario,
        "dim_retail__categoria": categoria,
        "dim_retail__funcionario_version": versions_of(people, ["id_funcionario", "nome"]),
        "dim_retail__categoria_version": versions_of(
            categories, ["id_categoria", "nome_categoria"]
        ),
        "dim_retail__data": calendar,
        "fct_retail__venda": venda,
        "fct_retail__venda_version": versions_of(
            sales, ["id_venda", "id_funcionario", "id_categoria", "data_venda", "venda"]
        ),
        "rpt_retail__venda_detalhada": detailed,
        "rpt_retail__maiores_vendas": largest_sales(detailed),
        "int_retail__row_status": statuses(people, categories, sales),
    }
    for name, period in (
        ("dia", "day"),
        ("mes", "month"),
        ("trimestre", "quarter"),
        ("ano", "year"),
    ):
        tables[f"rpt_retail__vendas_por_{name}"] = report(venda, period)
    for name, members, label in (
        ("funcionario", funcionario, "nome"),
        ("categoria", categoria, "nome_categoria"),
    ):
        names = {member[f"id_{name}"]: member[label] for member in members}
        tables[f"rpt_retail__vendas_por_{name}_mes"] = [
            {**row, label: names[row[f"id_{name}"]]} for row in report(venda, "month", f"id_{name}")
        ]
    return tables


def versions_of(history: History, columns: list[str]) -> Table:
    return [
        {
            **dict(zip(columns, version.content, strict=True)),
            "known_from": version.known_from,
            "known_to": version.known_to,
        }
        for versions in history.versions.values()
        for version in versions
    ]


def dimension(history: History, id_column: str, name_column: str, venda: Table) -> Table:
    members = history.current.keys() | {sale[id_column] for sale in venda}
    table = []
    for key in members:
        versions = history.versions.get(key, [])
        last = versions[-1] if versions else None
        table.append(
            {
                id_column: key,
                name_column: last.content[1] if last else UNKNOWN,
                "first_seen": versions[0].known_from if last else None,
                "last_changed": (last.known_to or last.known_from) if last else None,
                "is_active": bool(last and last.known_to is None),
                "is_unknown": last is None,
            }
        )
    return table


def calendar_of(venda: Table) -> Table:
    if not venda:
        return []
    years = [sale["data_venda"].year for sale in venda]
    day, table = date(min(years), 1, 1), []
    while day.year <= max(years):
        iso = day.isocalendar()
        table.append(
            {
                "data_calendario": day,
                "ano": day.year,
                "trimestre": (day.month + 2) // 3,
                "mes": day.month,
                "nome_mes": MONTHS[day.month - 1],
                "ano_mes": day.isoformat()[:7],
                "ano_semana": iso.year,
                "semana": iso.week,
                "dia_da_semana": iso.weekday,
                "nome_dia_da_semana": WEEKDAYS[iso.weekday - 1],
            }
        )
        day += timedelta(days=1)
    return table


def detailed_sales(venda: Table, funcionario: Table, categoria: Table, calendar: Table) -> Table:
    people = {row["id_funcionario"]: row for row in funcionario}
    categories = {row["id_categoria"]: row for row in categoria}
    days = {row["data_calendario"]: row for row in calendar}
    return [
        {
            **{name: value for name, value in sale.items() if name != "last_changed"},
            **{
                name: days[sale["data_venda"]][name]
                for name in ("ano", "trimestre", "mes", "nome_mes", "nome_dia_da_semana")
            },
            "nome": people[sale["id_funcionario"]]["nome"],
            "nome_categoria": categories[sale["id_categoria"]]["nome_categoria"],
        }
        for sale in venda
    ]


def largest_sales(detailed: Table) -> Table:
    columns = [
        "id_venda",
        "data_venda",
        "id_funcionario",
        "nome",
        "id_categoria",
        "nome_categoria",
        "venda",
    ]
    in_order = sorted(detailed, key=lambda sale: (-sale["venda"], sale["id_venda"]))
    return [
        {"posicao": place, **{name: sale[name] for name in columns}}
        for place, sale in enumerate(in_order[:5], start=1)
    ]


def exact(numerator: Decimal, denominator: Decimal | int) -> Decimal:
    with localcontext() as context:
        context.prec = 60
        return (Decimal(numerator) / Decimal(denominator)).quantize(MILLIONTH, ROUND_HALF_UP)


def against(numerator: Decimal | None, whole: Decimal | None) -> Decimal | None:
    """A ratio to a positive amount that decimal(18,6) can hold."""
    if numerator is None or whole is None or whole <= 0 or abs(numerator) >= whole * 10**11:
        return None
    return exact(numerator, whole)


def period_of(day: date, period: str) -> tuple[int, ...]:
    """A place on the calendar that can be counted: consecutive periods differ by one."""
    return {
        "day": day.toordinal(),
        "month": day.year * 12 + day.month - 1,
        "quarter": day.year * 4 + (day.month - 1) // 3,
        "year": day.year,
    }[period]


def period_columns(number: int, period: str) -> dict[str, object]:
    if period == "day":
        return {"data_venda": date.fromordinal(number)}
    if period == "month":
        return {"ano_mes": f"{number // 12:04d}-{number % 12 + 1:02d}"}
    if period == "quarter":
        return {"ano": number // 4, "trimestre": number % 4 + 1}
    return {"ano": number}


def report(venda: Table, period: str, member: str | None = None) -> Table:
    amounts = defaultdict(list)
    for sale in venda:
        amounts[period_of(sale["data_venda"], period), sale[member] if member else None].append(
            sale["venda"]
        )
    totals = {key: sum(found, Decimal(0)) for key, found in amounts.items()}
    table = []
    for (number, who), total in totals.items():
        peers = {key: other for key, other in totals.items() if member is None or key[0] == number}
        before = totals.get((number - 1, who))
        change = None if before is None else total - before
        # The earlier period, or the smaller member, wins a tie.
        better = [key for key, other in peers.items() if (-other, key) < (-total, (number, who))]
        row = {
            **period_columns(number, period),
            **({member: who} if member else {}),
            "venda_count": len(amounts[number, who]),
            "total_amount": total,
            "media_venda": exact(total, len(amounts[number, who])),
            "participacao_ratio": against(total, sum(peers.values(), Decimal(0))),
            "posicao": len(better) + 1,
            "variacao_amount": change,
            "variacao_ratio": against(change, before),
        }
        if period == "month" and not member:
            row["is_melhor_mes"] = not better
        table.append(row)
    return table


def statuses(people: History, categories: History, sales: History) -> Table:
    table = []
    for entity, history in (("funcionario", people), ("categoria", categories), ("venda", sales)):
        for row in history.rows:
            flags = list(row.flags)
            if entity == "venda" and not row.reason:
                known = row.content[1] in people.versions and row.content[2] in categories.versions
                flags += ["unknown_reference"] * (not known)
            table.append(
                {
                    "entity": entity,
                    **{
                        name: row.raw[name]
                        for name in ("load_id", "ingest_date", "source_file", "source_row")
                    },
                    "row_status": row.status,
                    "reason_code": row.reason,
                    "rejected_row": masked(row.raw) if row.reason else None,
                    "flags": ",".join(flags) or None,
                }
            )
    return table


def masked(raw: Raw) -> str:
    values = {
        name: "***" if name in PERSONAL and raw[name] is not None else raw[name]
        for name in sorted(COLUMNS[raw["entity"]])
    }
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))
