"""What the education tables must hold, recomputed by brute force from the received rows.

An independent reading of the education rules in plain Python: no SQL, no incremental logic. The
extracts are played one after the other, as a person would who keeps the newest list of each file,
and the lists are looked at on the evening of each day.

Source: docs/domains/education.md#rules, docs/architecture.md#history-semantics,
docs/architecture.md#nothing-is-lost.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import delivered_texts

Raw = Mapping[str, object]

COLUMNS = {
    "aluno": ("id", "nome_ficticio", "idade", "genero", "escola_id"),
    "escola": ("escola_id", "nome", "rede", "regiao"),
    "nota": ("aluno_id", "disciplina", "nota"),
}
PERSONAL = ("id", "nome_ficticio", "aluno_id")
SPELLED = {"aluno": ("genero",), "escola": ("rede", "regiao"), "nota": ("disciplina",)}
OFFICIAL = {
    "rede": ("pública", "privada"),
    "regiao": ("Norte", "Nordeste", "Centro-Oeste", "Sudeste", "Sul"),
    "genero": ("Feminino", "Masculino"),
    "disciplina": (
        *("Arte", "Biologia", "Ciências", "Educação Física", "Espanhol", "Filosofia", "Física"),
        *("Geografia", "História", "Inglês", "Matemática", "Português", "Química", "Sociologia"),
    ),
}
LADDER = (
    "missing_key",
    "unparsable_key",
    "missing_value",
    "unparsable_number",
    "number_out_of_range",
)
UNNAMED = "não informada"


class Unreadable(ValueError):
    """The text cannot be used; the message is the reason code."""


@dataclass(frozen=True)
class Row:
    """One received row as understood: `key` is None where nobody can tell whose it is."""

    raw: Raw
    entity: str
    key: tuple | None
    content: tuple | None  # None = rejected
    reason: str | None
    texts: Mapping[str, tuple]  # attribute -> (spelling key, text as it came), where given

    @property
    def identity(self) -> tuple:
        return tuple(self.raw[name] for name in ("load_id", "source_file", "source_row"))

    @property
    def received(self) -> tuple:
        return (self.raw["recorded_at"], *self.identity)

    @property
    def delivery(self) -> tuple:
        return (self.raw["recorded_at"], self.raw["load_id"], self.raw["ingest_date"])


@dataclass(frozen=True)
class Played:
    """One file's extracts, played to the end."""

    now: dict  # key -> content
    last: dict  # key -> the last content it ever had
    evenings: dict  # day -> key -> content


# --- reading one row ---------------------------------------------------------------------------


def read_whole(text: str | None) -> int | None:
    said = delivered_texts.given(text)
    if said is None:
        return None
    try:
        return delivered_texts.whole_number(said)
    except ValueError as err:
        raise Unreadable from err


def read_nota(text: str | None) -> Decimal:
    said = delivered_texts.given(text)
    if said is None:
        raise Unreadable("missing_value")
    try:
        grade = delivered_texts.amount(said)
    except delivered_texts.OutOfRangeError as err:
        is_number = said.lstrip("+-").lower() not in ("nan", "inf", "infinity")
        reason = "number_out_of_range" if is_number else "unparsable_number"
        raise Unreadable(reason) from err
    except ValueError as err:
        raise Unreadable("unparsable_number") from err
    if not 0 <= grade <= 10:
        raise Unreadable("number_out_of_range")
    return grade


text_as_it_came = delivered_texts.kept
key_of_spelling = delivered_texts.key


def read_row(raw: Raw) -> Row:
    entity = raw["entity"]
    reasons: set[str] = set()
    own = {"aluno": "id", "escola": "escola_id", "nota": "aluno_id"}[entity]

    def whole(column: str, reason: str) -> int | None:
        try:
            return read_whole(raw[column])
        except Unreadable:
            reasons.add(reason)
            return None

    texts = {
        attribute: (key_of_spelling(raw[attribute]), text_as_it_came(raw[attribute]))
        for attribute in SPELLED[entity]
        if key_of_spelling(raw[attribute])
    }
    spelling = {name: texts[name][0] if name in texts else None for name in SPELLED[entity]}
    number = whole(own, "unparsable_key")
    if delivered_texts.given(raw[own]) is None:
        reasons.add("missing_key")
    key: tuple | None = None if number is None else (number,)
    content: tuple = ()
    if entity == "aluno":
        age = whole("idade", "unparsable_number")
        if age is not None and not 0 <= age < 2**31:
            reasons.add("number_out_of_range")
        school = whole("escola_id", "unparsable_key")
        content = (text_as_it_came(raw["nome_ficticio"]), age, spelling["genero"], school)
    elif entity == "escola":
        content = (text_as_it_came(raw["nome"]), spelling["rede"], spelling["regiao"])
    else:
        if spelling["disciplina"] is None:
            reasons.add("missing_key")
            key = None
        elif key:
            key = (*key, spelling["disciplina"])
        try:
            content = (read_nota(raw["nota"]),)
        except Unreadable as err:
            reasons.add(str(err))
    reason = min(reasons, key=LADDER.index) if reasons else None
    return Row(raw, entity, key, None if reason else content, reason, texts)


# --- playing the extracts ----------------------------------------------------------------------


def deliveries_of(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """The extracts of one file in the order in which they were received."""
    groups = defaultdict(list)
    for row in rows:
        groups[row.delivery].append(row)
    for delivery in sorted(groups):
        yield sorted(groups[delivery], key=lambda row: row.identity[1:])


def play(rows: Iterable[Row]) -> Played:
    now, last, evenings = {}, {}, {}
    for lines in deliveries_of(rows):
        for row in lines:
            if row.content is not None:
                now[row.key] = last[row.key] = row.content
        named = {row.key for row in lines}
        is_whole = all(row.raw["is_full_extract"] for row in lines)
        if is_whole and None not in named:
            now = {key: content for key, content in now.items() if key in named}
        evenings[lines[0].raw["ingest_date"]] = dict(now)
    return Played(now, last, evenings)


def versions_of(played: Played) -> Iterator[tuple]:
    """(key, content, first day, first day no more or None) of every state seen on an evening."""
    open_since: dict = {}
    for day, state in sorted(played.evenings.items()):
        for key, (content, since) in list(open_since.items()):
            if state.get(key) != content:
                yield key, content, since, day
                del open_since[key]
        for key, content in state.items():
            open_since.setdefault(key, (content, day))
    for key, (content, since) in open_since.items():
        yield key, content, since, None


# --- the tables --------------------------------------------------------------------------------


def expected_tables(received: Iterable[Raw]) -> dict[str, list[dict]]:
    """All tables of the domain, by model name, from every received row."""
    rows = [read_row(raw) for raw in received]
    by_entity = {entity: [row for row in rows if row.entity == entity] for entity in COLUMNS}
    played = {entity: play(of_entity) for entity, of_entity in by_entity.items()}
    shown = shown_spellings(rows)
    wide = performance_academica(played, shown)
    return {
        "fct_education__performance_academica": wide,
        "fct_education__nota_version": [
            {
                "aluno_id": key[0],
                "disciplina": shown["disciplina", key[1]],
                "known_from": date.fromisoformat(known_from),
                "known_to": date.fromisoformat(known_to) if known_to else None,
                "nota": content[0],
            }
            for key, content, known_from, known_to in versions_of(played["nota"])
        ],
        "rpt_education__media_por_escola": media_por_escola(wide),
        "rpt_education__resumo_por_rede": resumo_por_rede(wide),
        "rpt_education__resumo_por_disciplina": resumo_por_disciplina(wide),
        "int_education__row_status": row_statuses(rows, played),
    }


def masked_json(row: Row) -> str:
    masked = {
        name: "***" if name in PERSONAL and row.raw[name] is not None else row.raw[name]
        for name in sorted(COLUMNS[row.entity])
    }
    return json.dumps(masked, ensure_ascii=False, separators=(",", ":"))


def shown_spellings(rows: Iterable[Row]) -> dict[tuple, str]:
    """(attribute, spelling key) -> the text to show: official, else the first that was received."""
    shown = {
        (attribute, key_of_spelling(text)): text
        for attribute, official in OFFICIAL.items()
        for text in official
    }
    for row in sorted(rows, key=lambda row: row.received):
        if row.content is not None:
            for attribute, (key, text) in row.texts.items():
                shown.setdefault((attribute, key), text)
    return shown


def performance_academica(played: dict[str, Played], shown: dict) -> list[dict]:
    schools, pupils = played["escola"].now, played["aluno"].now
    wide = []
    for (pupil_id, subject), (grade,) in played["nota"].now.items():
        if (pupil_id,) not in pupils:
            continue
        name, age, gender, school_id = pupils[pupil_id,]
        if (school_id,) not in schools:
            continue
        school_name, network, region = schools[school_id,]
        wide.append(
            {
                "aluno_id": pupil_id,
                "nome_aluno": name,
                "idade": age,
                "genero": shown.get(("genero", gender)),
                "escola_id": school_id,
                "nome_escola": school_name,
                "rede": shown.get(("rede", network)),
                "regiao": shown.get(("regiao", region)),
                "disciplina": shown["disciplina", subject],
                "nota": grade,
                "is_removed": False,
            }
        )
    return wide


def average(grades: list[Decimal]) -> Decimal:
    exact = sum(map(Fraction, grades), Fraction(0)) / len(grades)
    return (Decimal(exact.numerator) / exact.denominator).quantize(
        Decimal("0.0001"), rounding=ROUND_HALF_UP
    )


def grouped(wide: list[dict], *names: str) -> dict[tuple, list[dict]]:
    groups = defaultdict(list)
    for row in wide:
        groups[tuple(row[name] for name in names)].append(row)
    return groups


def media_por_escola(wide: list[dict]) -> list[dict]:
    answers = defaultdict(list)
    for (region, school_id, name), rows in grouped(
        wide, "regiao", "escola_id", "nome_escola"
    ).items():
        answers[region or UNNAMED].append(
            {
                "escola_id": school_id,
                "nome_escola": name,
                "media_notas": average([row["nota"] for row in rows]),
                "total_notas": len(rows),
            }
        )

    def place(row: dict) -> tuple:
        name = row["nome_escola"]
        return -row["media_notas"], name is None, (name or "").encode(), row["escola_id"]

    return [
        {"regiao": region, "posicao": number, **row}
        for region, rows in answers.items()
        for number, row in enumerate(sorted(rows, key=place), start=1)
    ]


def resumo_por_rede(wide: list[dict]) -> list[dict]:
    named = [{**row, "rede": row["rede"] or UNNAMED} for row in wide]
    return [
        {
            "rede": network,
            "media_geral": average([row["nota"] for row in rows]),
            "total_escolas": len({row["escola_id"] for row in rows}),
            "total_alunos": len({row["aluno_id"] for row in rows}),
        }
        for (network,), rows in grouped(named, "rede").items()
    ]


def resumo_por_disciplina(wide: list[dict]) -> list[dict]:
    answers = [
        {
            "disciplina": subject,
            "media_disciplina": average([row["nota"] for row in rows]),
            "nota_minima": min(row["nota"] for row in rows),
            "nota_maxima": max(row["nota"] for row in rows),
            "total_avaliacoes": len(rows),
        }
        for (subject,), rows in grouped(wide, "disciplina").items()
    ]
    answers.sort(key=lambda row: (-row["media_disciplina"], row["disciplina"].encode()))
    return [{"posicao": place, **row} for place, row in enumerate(answers, start=1)]


def row_statuses(rows: list[Row], played: dict[str, Played]) -> list[dict]:
    contents = defaultdict(set)  # what one extract says of one record
    for row in rows:
        if row.content is not None:
            contents[row.entity, row.delivery, row.key].add(row.content)
    seen, statuses = set(), []
    for row in sorted(rows, key=lambda row: row.received):
        says = row.entity, row.key, row.content
        flags = []
        if row.content is not None:
            if len(contents[row.entity, row.delivery, row.key]) > 1:
                flags.append("conflict")
            listed = {(name, key_of_spelling(text)) for name in OFFICIAL for text in OFFICIAL[name]}
            if any((name, key) not in listed for name, (key, _) in row.texts.items()):
                flags.append("unknown_spelling")
        statuses.append(
            {
                "entity": row.entity,
                **{name: row.raw[name] for name in ("load_id", "source_file", "source_row")},
                "row_status": "repeated" if says in seen else status_of(row, played),
                "ingest_date": row.raw["ingest_date"],
                "reason_code": row.reason,
                "rejected_row": masked_json(row) if row.reason else None,
                "flags": ",".join(flags) or None,
            }
        )
        if row.content is not None:
            seen.add(says)
    return statuses


def status_of(row: Row, played: dict[str, Played]) -> str:
    """What became of a row that is not a repetition."""
    of_entity = played[row.entity]
    if row.content is None:
        return "rejected"
    if row.key in of_entity.now:
        if of_entity.now[row.key] != row.content:
            return "superseded"
        return "current" if is_placed(row, played) else "waiting"
    return "deleted" if of_entity.last[row.key] == row.content else "superseded"


def is_placed(row: Row, played: dict[str, Played]) -> bool:
    """The school of the pupil is known, or that of the pupil whose grade it is."""
    schools, pupils = played["escola"].now, played["aluno"].now
    if row.entity == "escola":
        return True
    pupil = row.content if row.entity == "aluno" else pupils.get((row.key[0],))
    return pupil is not None and (pupil[3],) in schools
