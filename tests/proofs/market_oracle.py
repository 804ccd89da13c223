"""What the tables of market must hold, from raw rows in plain Python, delivery by delivery.

Shares no code and no method with the models: those sort rows by windows, this replays deliveries.

Source: docs/domains/market.md#rules, docs/architecture.md#history-semantics,
docs/architecture.md#nothing-is-lost.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext
from itertools import groupby
from typing import Any

import delivered_texts

COLUMNS = [
    "indice",
    "idioma",
    "header_date",
    "header_text",
    "header_part",
    "header_part_acum",
    "header_text_reductor",
    "header_reductor",
    "header_theorical_qty",
    "total_records",
    "segment",
    "cod",
    "asset",
    "type",
    "part",
    "part_acum",
    "theorical_qty",
]
SHARE_CLASSES = ("ON", "PN", *(f"PN{letter}" for letter in "ABCDEFGH"), "UNT", "CI")
SHARE_CLASSES += ("DR1", "DR2", "DR3", "DRN", "DRE")
WEEKDAYS = (
    "segunda-feira",
    "terça-feira",
    "quarta-feira",
    "quinta-feira",
    "sexta-feira",
    "sábado",
    "domingo",
)
Row = dict[str, Any]


def number(text: str, language: str, decimals: int) -> Decimal | None:
    group, mark = (".", ",") if language == "pt-br" else (",", ".")
    whole, _, fraction = text.partition(mark)
    groups = whole.split(group)
    is_grouped = len(groups) > 1 and (
        1 <= len(groups[0]) <= 3 and all(len(part) == 3 for part in groups[1:])
    )
    if not (len(groups) == 1 or is_grouped) or not "".join(groups).isdigit():
        return None
    if mark in text and not (fraction.isdigit() and len(fraction) <= decimals):
        return None
    return Decimal("".join(groups) + "." + (fraction or "0"))


def session_date(text: str, language: str) -> date | None:
    found = re.fullmatch(r"(\d\d)/(\d\d)/(\d\d)", text)
    if not found:
        return None
    first, second, year = map(int, found.groups())
    try:
        return date(2000 + year, *((second, first) if language == "pt-br" else (first, second)))
    except ValueError:
        return None


def words_of_type(text: str | None) -> tuple[str | None, str | None, str | None]:
    """Class, mark and level, for types of one to three words."""
    words = (delivered_texts.kept(text) or "").split(" ")
    words = [word for word in words if word]
    if not words:
        return None, None, None
    if len(words) == 3:
        return words[0], words[1], words[2]
    if len(words) == 2:
        is_level = words[1] in ("NM", "N2", "N1")
        return words[0], None if is_level else words[1], words[1] if is_level else None
    return words[0], None, None


def typed(raw: Row) -> Row:
    """One raw row with its key, its scope, its reason of rejection and its content."""
    language = raw["idioma"]
    header_date = delivered_texts.given(raw["header_date"])
    day = session_date(header_date or "", language)
    ticker, indice = delivered_texts.kept(raw["cod"]), delivered_texts.kept(raw["indice"])
    given = {
        "participacao_pct": (raw["part"], 3),
        "quantidade_teorica": (raw["theorical_qty"], 0),
        "redutor": (raw["header_reductor"], 8),
        "participacao_cabecalho_pct": (raw["header_part"], 3),
        "quantidade_cabecalho": (raw["header_theorical_qty"], 0),
        "participacao_setor_pct": (raw["part_acum"], 3),
    }
    given = {name: (delivered_texts.given(text), n) for name, (text, n) in given.items()}
    numbers = {name: number(text or "", language, n) for name, (text, n) in given.items()}
    reason = None
    if not (ticker and indice and header_date):
        reason = "missing_key"
    elif day is None:
        reason = "unparsable_date"
    elif not all(given[name][0] for name in given if name != "participacao_setor_pct"):
        reason = "missing_value"
    elif any(numbers[name] is None and given[name][0] for name in given):
        reason = "unparsable_number"
    elif numbers["participacao_pct"] > 100 or numbers["redutor"] == 0:
        reason = "number_out_of_range"
    share_class, mark, level = words_of_type(raw["type"])
    content = None
    if reason is None:
        content = {
            "ativo": delivered_texts.kept(raw["asset"]),
            "classe_acao": share_class,
            "marca_evento": mark,
            "nivel_governanca": level,
            "setor": delivered_texts.kept(raw["segment"]),
            **numbers,
        }
    scope = (indice, day) if indice and day else None
    return {
        **raw,
        "scope": scope,
        "key": (*scope, ticker) if scope and ticker else None,
        "reason": reason,
        "content": content,
        "place": (raw["load_id"], raw["source_file"], raw["source_row"]),
    }


def as_value(content: Row | None) -> tuple | None:
    return tuple(content.values()) if content else None


def replayed(rows: list[Row]) -> tuple[dict[tuple, Row], dict[tuple, str]]:
    """Replay the deliveries of one session.

    Returns: the row that began the state of each share that the session still holds, and per
        share what it last was.
    """
    deliveries: dict[tuple, list[Row]] = defaultdict(list)
    for row in rows:
        deliveries[row["load_id"], row["ingest_date"]].append(row)
    in_order = sorted(
        deliveries.items(), key=lambda item: (min(r["recorded_at"] for r in item[1]), item[0])
    )
    state: dict[tuple, Row] = {}
    last: dict[tuple, tuple] = {}
    began: dict[tuple, Row] = {}
    has_sectors = False
    for _, of_day in groupby(in_order, key=lambda item: item[0][1]):
        for _, delivered in of_day:
            knows_sectors = any(row["content"] and row["content"]["setor"] for row in delivered)
            if has_sectors and not knows_sectors:
                continue
            has_sectors = has_sectors or knows_sectors
            accepted = [row for row in delivered if row["reason"] is None]
            for row in sorted(accepted, key=lambda row: (row["source_file"], row["source_row"])):
                state[row["key"]] = row
                last[row["key"]] = as_value(row["content"])
            if all(row["key"] for row in delivered):
                named = {row["key"] for row in delivered}
                state = {key: row for key, row in state.items() if key in named}
        # Only what holds at the end of a day is a state; one that goes on keeps its first row.
        began = {
            key: began[key]
            if key in began and as_value(began[key]["content"]) == as_value(row["content"])
            else row
            for key, row in state.items()
        }
    return began, last


def expected_tables(raw_rows: Iterable[Row], run_date: date) -> dict[str, list[Row]]:
    """Rows of each table; columns in any order, values as DuckDB gives them."""
    rows = [typed(raw) for raw in raw_rows]
    by_scope: dict[tuple, list[Row]] = defaultdict(list)
    for row in rows:
        if row["scope"]:
            by_scope[row["scope"]].append(row)
    state: dict[tuple, Row] = {}
    last: dict[tuple, tuple] = {}
    for of_scope in by_scope.values():
        held, had = replayed(of_scope)
        state |= held
        last |= had
    shares = compared_shares(state)
    return {
        "int_market__row_status": row_statuses(rows, state, last),
        "fct_market__carteira_diaria": [daily(share) for share in shares],
        "fct_market__pregao": sessions(shares),
        "rpt_market__carteira_atual": newest(shares, run_date),
        "rpt_market__resumo_por_setor": by_sector(shares),
        "rpt_market__resumo_por_classe": by_class(shares),
        "dim_market__ticker": by_ticker(shares),
    }


def row_statuses(rows: list[Row], state: dict[tuple, Row], last: dict[tuple, tuple]) -> list[Row]:
    answer, seen = [], set()
    contents = defaultdict(set)
    for row in rows:
        if row["reason"] is None:
            contents[row["key"], row["load_id"], row["ingest_date"]].add(as_value(row["content"]))
    for row in sorted(rows, key=lambda row: (row["recorded_at"], row["place"])):
        status, flags = "rejected", []
        if row["reason"] is None:
            content, key = as_value(row["content"]), row["key"]
            now = as_value(state[key]["content"]) if key in state else None
            if (key, content) in seen:
                status = "repeated"
            elif content == now:
                status = "current"
            elif now is None and content == last.get(key):
                status = "deleted"
            else:
                status = "superseded"
            seen.add((key, content))
            if row["content"]["quantidade_teorica"] == 0:
                flags.append("non_positive_quantity")
            if len(contents[key, row["load_id"], row["ingest_date"]]) > 1:
                flags.append("conflict")
            if row["content"]["classe_acao"] not in SHARE_CLASSES or row["content"][
                "nivel_governanca"
            ] not in (None, "NM", "N2", "N1"):
                flags.append("unknown_category")
        answer.append(
            {
                "load_id": row["load_id"],
                "source_file": row["source_file"],
                "source_row": row["source_row"],
                "row_status": status,
                "reason_code": row["reason"],
                "flags": ",".join(flags) or None,
            }
        )
    return answer


def compared_shares(state: dict[tuple, Row]) -> list[Row]:
    """The shares of every session with their neighbours; the session has one header."""
    compositions: dict[tuple, dict[str, Row]] = defaultdict(dict)
    for (indice, day, ticker), row in state.items():
        compositions[indice, day][ticker] = row
    shares = []
    for (indice, day), composition in compositions.items():
        days = sorted(other for name, other in compositions if name == indice)
        place = days.index(day)
        before = compositions[indice, days[place - 1]] if place else None
        after = compositions[indice, days[place + 1]] if place + 1 < len(days) else None
        newest_row = max(composition.values(), key=lambda row: (row["recorded_at"], row["place"]))
        for ticker, row in composition.items():
            previous = before.get(ticker) if before else None
            shares.append(
                {
                    **row["content"],
                    **{
                        name: newest_row["content"][name]
                        for name in (
                            "redutor",
                            "participacao_cabecalho_pct",
                            "quantidade_cabecalho",
                        )
                    },
                    "indice": indice,
                    "data_pregao": day,
                    "ticker": ticker,
                    "data_pregao_anterior": days[place - 1] if place else None,
                    "participacao_anterior_pct": previous["content"]["participacao_pct"]
                    if previous
                    else None,
                    "is_entrada": previous is None,
                    "is_saida": after is not None and ticker not in after,
                }
            )
    return shares


def picked(row: Row, names: str) -> Row:
    return {name: row[name] for name in names.split()}


def days_since(share: Row) -> int | None:
    before = share["data_pregao_anterior"]
    return (share["data_pregao"] - before).days if before else None


def daily(share: Row) -> Row:
    before = share["participacao_anterior_pct"]
    return {
        **picked(
            share,
            "indice data_pregao ticker ativo classe_acao marca_evento nivel_governanca setor "
            "participacao_pct quantidade_teorica redutor participacao_anterior_pct is_entrada "
            "is_saida",
        ),
        "dias_desde_sessao_anterior": days_since(share),
        "dia_da_semana": share["data_pregao"].weekday() + 1,
        "nome_dia_da_semana": WEEKDAYS[share["data_pregao"].weekday()],
        "variacao_pp": None if before is None else share["participacao_pct"] - before,
        "is_removed": False,
    }


def grouped(shares: list[Row], *names: str) -> dict[tuple, list[Row]]:
    groups: dict[tuple, list[Row]] = defaultdict(list)
    for share in shares:
        groups[tuple(share[name] for name in names)].append(share)
    return groups


def sums(group: list[Row]) -> Row:
    return {
        "acoes_count": len(group),
        "participacao_total_pct": sum(share["participacao_pct"] for share in group),
        "quantidade_total": sum(share["quantidade_teorica"] for share in group),
    }


def rounded(value: Decimal, places: int) -> Decimal:
    with localcontext() as context:
        context.prec = 60
        return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def sessions(shares: list[Row]) -> list[Row]:
    groups = grouped(shares, "indice", "data_pregao")
    answer = []
    for (indice, day), group in groups.items():
        before = group[0]["data_pregao_anterior"]
        turnover = None
        if before:
            then = {s["ticker"]: s["participacao_pct"] for s in groups[indice, before]}
            now = {s["ticker"]: s["participacao_pct"] for s in group}
            turned = sum(abs(now.get(t, 0) - then.get(t, 0)) for t in then.keys() | now.keys())
            turnover = rounded(Decimal(turned) / 2, 4)
        squares = sum((share["participacao_pct"] / 100) ** 2 for share in group)
        answer.append(
            {
                "indice": indice,
                "data_pregao": day,
                **picked(
                    group[0],
                    "data_pregao_anterior redutor participacao_cabecalho_pct quantidade_cabecalho",
                ),
                "dias_desde_sessao_anterior": days_since(group[0]),
                **sums(group),
                "concentracao_ratio": rounded(squares, 6),
                "giro_pp": turnover,
            }
        )
    return answer


def newest(shares: list[Row], run_date: date) -> list[Row]:
    newest_day: dict[str, date] = {}
    for share in shares:
        newest_day[share["indice"]] = max(
            share["data_pregao"], newest_day.get(share["indice"], share["data_pregao"])
        )
    return [
        {
            **picked(
                share,
                "indice data_pregao ticker ativo classe_acao marca_evento nivel_governanca setor "
                "participacao_pct quantidade_teorica redutor",
            ),
            "dias_desde_pregao": (run_date - share["data_pregao"]).days,
        }
        for share in shares
        if share["data_pregao"] == newest_day[share["indice"]]
    ]


def by_sector(shares: list[Row]) -> list[Row]:
    answer = []
    with_sector = [share for share in shares if share["setor"] is not None]
    for (indice, day), session in grouped(with_sector, "indice", "data_pregao").items():
        sectors = [
            {
                "indice": indice,
                "data_pregao": day,
                "setor": sector,
                **sums(group),
                "participacao_informada_pct": max(
                    (
                        share["participacao_setor_pct"]
                        for share in group
                        if share["participacao_setor_pct"] is not None
                    ),
                    default=None,
                ),
            }
            for (sector,), group in grouped(session, "setor").items()
        ]
        sectors.sort(key=lambda row: (-row["participacao_total_pct"], row["setor"].encode()))
        answer += [{**row, "posicao": place} for place, row in enumerate(sectors, start=1)]
    return answer


def by_class(shares: list[Row]) -> list[Row]:
    named = [
        {
            **share,
            "classe_acao": share["classe_acao"] or "-",
            "nivel_governanca": share["nivel_governanca"] or "-",
        }
        for share in shares
    ]
    names = ("indice", "data_pregao", "classe_acao", "nivel_governanca")
    return [
        {**dict(zip(names, values, strict=True)), **sums(group)}
        for values, group in grouped(named, *names).items()
    ]


def by_ticker(shares: list[Row]) -> list[Row]:
    answer = []
    for (ticker,), group in grouped(shares, "ticker").items():
        days = [share["data_pregao"] for share in group]
        highest = max(share["participacao_pct"] for share in group)
        newest_shares = [share for share in group if share["data_pregao"] == max(days)]
        answer.append(
            {
                "ticker": ticker,
                "ativo": min(newest_shares, key=lambda share: share["indice"])["ativo"],
                "primeira_data_pregao": min(days),
                "ultima_data_pregao": max(days),
                "pregoes_count": len(group),
                "participacao_somada_pct": sum(share["participacao_pct"] for share in group),
                "maior_participacao_pct": highest,
                "data_maior_participacao": min(
                    share["data_pregao"] for share in group if share["participacao_pct"] == highest
                ),
            }
        )
    return answer


def as_rows(expected: list[Row]) -> Counter[tuple]:
    return Counter(tuple(row.values()) for row in expected)
