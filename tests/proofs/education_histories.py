"""Random worlds of schools, pupils and grades, and the full extracts in which they are exported.

Each extract holds all worlds, so one raw zone of a few loads follows hundreds of independent
records. Worlds do not hide each other's errors: the number of a world is part of every id in it,
and a world has a subject and a region of its own, which no list spells.

Source: docs/domains/education.md#what-is-delivered, docs/architecture.md#raw-zone.
"""

import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import cycle
from random import Random

from education_oracle import COLUMNS

INGEST_DAYS = tuple(date(2024, 2, 27) + timedelta(days=n) for n in range(6))
MOMENTS = ("00:00:00.000000", "09:30:00.123456", "23:59:59.999999")
IDS_PER_WORLD = 100
# Extracts per entity; the first of each comes on a day of its own choice.
EXTRACTS = {"aluno": 8, "escola": 7, "nota": 9}

GRADES = [Decimal(text) for text in ("0", "5", "5.5", "7", "7", "7.25", "8.5", "9.99", "10")]
NAMES = ["Escola Sol", "Escola Sol", "Colégio Lua", "Ágora", "Zênite", None]
AGES = [None, 0, 14, 15, 16]
NETWORKS = ["pública", "pública", "privada", "mista", None]
GENDERS = ["Feminino", "Masculino", "Feminino", "Masculino", "não binário", None]
SUBJECTS = ["Matemática", "Português", "História", "Educação Física", "Teatro"]
UNUSABLE_GRADES = [
    *(
        None,
        "",
        "dez",
        "8.555",
        "1,234",
        "10,01",
        "-1",
        "-0.01",
        "NaN",
        "5.000",
        "5 5",
        "\\N",
        " null",
        "+5",
    ),
    *("11", "100", "1.234,56", "12345678901234567890"),
]
UNUSABLE_IDS = ["", "x", None, "1.5", "11,0", "7 7", "11.000", "99999999999999999999"]
UNUSABLE_AGES = ["quinze", "15,5", "15.000", "-1", "2147483648"]


@dataclass
class Load:
    """One raw file: one extract of one entity."""

    entity: str
    ingest_date: str
    recorded_at: str
    load_id: str
    rows: list[dict] = field(default_factory=list)

    @property
    def path(self) -> str:
        return f"education/{self.entity}/ingest_date={self.ingest_date}/{self.load_id}.parquet"


def world_of(row: dict) -> int | None:
    """The world a row of any table belongs to; none for a row that counts them all."""
    for name in ("aluno_id", "id", "escola_id"):
        if isinstance(row.get(name), int):
            return row[name] // IDS_PER_WORLD
    return None


def loads_of_worlds(count: int, seed: int) -> list[Load]:
    """The raw zone of worlds 0 to count - 1, in the order in which it was received."""
    rng = Random(f"{seed}/loads")
    worlds = [World(number, Random(f"{seed}/{number}")) for number in range(count)]
    loads = []
    for entity, extracts in EXTRACTS.items():
        moments = sorted((day, slot) for day in INGEST_DAYS for slot in range(len(MOMENTS)))
        for day, slot in sorted(rng.sample(moments, extracts)):
            content = rng.getrandbits(48)
            moment = f"{day} {MOMENTS[slot]}"
            loads.append(Load(entity, str(day), moment, f"20240310T120000Z-{content:012x}"))
    loads.sort(key=lambda load: (load.recorded_at, load.entity))
    previous: dict[str, list[dict]] = {}
    extract_number, unusable_ids, subject_turn = Counter(), cycle(UNUSABLE_IDS), cycle([0, 1])
    for load in loads:
        extract_number[load.entity] += 1
        for world in worlds:
            world.move_on()
        if load.entity in previous and rng.random() < 0.12:  # sent once more, as it was
            lines = previous[load.entity]
        else:
            lines = [line for world in worlds for line in world.lines(load.entity)]
            # One unreadable key keeps a whole extract from ending anything.
            if extract_number[load.entity] % 3 == 0:
                line, own = rng.choice(lines), COLUMNS[load.entity][0]
                if load.entity == "nota" and next(subject_turn):
                    own = "disciplina"
                line[own] = "  " if own == "disciplina" else next(unusable_ids)
        previous[load.entity] = lines
        load.rows += numbered(load, lines, in_two_files=rng.random() < 0.3)
    return loads


def numbered(load: Load, lines: list[dict], in_two_files: bool) -> list[dict]:
    """The raw rows of an extract; the second of two files is the one that counts last."""
    rows = []
    for number, line in enumerate(lines, start=1):
        is_second = in_two_files and number % 2 == 0
        rows.append(
            {
                "entity": load.entity,
                **line,
                "recorded_at": load.recorded_at,
                "ingest_date": load.ingest_date,
                "load_id": load.load_id,
                "source_file": f"{load.entity}s{'_2' if is_second else ''}.csv",
                "source_row": number,
                "is_full_extract": True,
            }
        )
    return rows


def steps_of_loads(
    loads: list[Load], run_dates: list[str], late_steps: list[int], seed: int
) -> list[list[Load]]:
    """The loads that appear before each run, in any order: most on their day, the
    rest at one of `late_steps`, where they rewrite history."""
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


class World:
    """Three schools, five pupils and their grades, some of them not there yet, or no longer."""

    def __init__(self, number: int, rng: Random):
        self.number, self.rng = number, rng
        base = number * IDS_PER_WORLD
        self.subjects = [*SUBJECTS, f"Robótica {number}"]
        self.regions = ["Sul", f"Região {number}", f"Região {number}", None]
        # The last school is named by pupils and never delivered; the last pupil has grades only.
        self.school_ids = [base + n for n in (1, 2, 3, 9)]
        self.pupil_ids = [base + n for n in range(1, 6)]
        self.schools = {id_: self.school() for id_ in self.school_ids[:2]}
        self.pupils = {id_: self.pupil() for id_ in self.pupil_ids[:3]}
        self.grades = {}
        for _ in range(7):
            self.grades[self.rng.choice(self.pupil_ids), self.rng.choice(self.subjects)] = (
                self.rng.choice(GRADES)
            )

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def school(self) -> dict:
        pick = self.rng.choice
        return {"nome": pick(NAMES), "rede": pick(NETWORKS), "regiao": pick(self.regions)}

    def pupil(self) -> dict:
        pick = self.rng.choice
        return {
            "nome_ficticio": pick([f"Aluno {self.number}", "Ana Silva", None]),
            "idade": pick(AGES),
            "genero": pick(GENDERS),
            "escola_id": pick([*self.school_ids[:3], *self.school_ids, None]),
        }

    def move_on(self) -> None:
        """What changes at the source between two extracts: often nothing."""
        pick = self.rng.choice
        if self.chance(0.06):
            self.schools[pick(self.school_ids[:3])] = self.school()
        if self.chance(0.04) and len(self.schools) > 1:
            self.schools.pop(pick(list(self.schools)))
        if self.chance(0.08):
            self.pupils[pick(self.pupil_ids[:4])] = self.pupil()
        if self.chance(0.08) and self.pupils:  # moves, and nothing else
            pupil_id = pick(list(self.pupils))
            moved = {**self.pupils[pupil_id], "escola_id": pick(self.school_ids)}
            self.pupils[pupil_id] = moved
        if self.chance(0.04) and self.pupils:
            self.pupils.pop(pick(list(self.pupils)))
        if self.chance(0.25):
            self.grades[pick(self.pupil_ids), pick(self.subjects)] = pick(GRADES)
        if self.chance(0.08) and self.grades:
            self.grades.pop(pick(list(self.grades)))

    # --- lines of an extract ---

    def lines(self, entity: str) -> list[dict]:
        """The lines of this world, as texts; now and then one twice, in conflict or unusable."""
        lines = []
        for key, record in self.records(entity):
            record_lines = [self.line(entity, key, record)]
            if self.chance(0.05):  # the same again, perhaps in another spelling
                record_lines.append(self.line(entity, key, record))
            if self.chance(0.05):  # another state of the record in one extract
                other = {"aluno": self.pupil, "escola": self.school}
                state = other[entity]() if entity in other else self.rng.choice(GRADES)
                record_lines.insert(self.rng.randrange(2), self.line(entity, key, state))
            if self.chance(0.03):
                self.spoil(entity, self.rng.choice(record_lines))
            lines += record_lines
        self.rng.shuffle(lines)
        return lines

    def records(self, entity: str) -> list[tuple]:
        records = {"aluno": self.pupils, "escola": self.schools, "nota": self.grades}[entity]
        return sorted(records.items())

    def line(self, entity: str, key: object, record: object) -> dict:
        if entity == "nota":
            pupil_id, subject = key
            return {
                "aluno_id": self.id_text(pupil_id),
                "disciplina": self.spelled(subject),
                "nota": self.grade_text(record),
            }
        own = "id" if entity == "aluno" else "escola_id"
        line = {own: self.id_text(key)}
        for name, value in record.items():
            if name in ("genero", "rede", "regiao"):
                line[name] = self.spelled(value)
            elif name == "escola_id":
                line[name] = self.id_text(value)
            else:
                line[name] = self.rng.choice([None, ""]) if value is None else str(value)
        return line

    def id_text(self, value: int | None) -> str | None:
        if value is None:
            return self.rng.choice([None, ""])
        return self.rng.choice([str(value)] * 9 + [f"{value}.0", f"0{value}"])

    def grade_text(self, grade: Decimal) -> str:
        forms = [str(grade), f"{grade:.2f}"] + ([f"{grade:.1f}"] if grade * 10 % 1 == 0 else [])
        forms += [f"{grade:.4f}", f" {grade}\u00a0"]
        text = self.rng.choice(forms)
        if self.chance(0.1):
            return f"{grade:E}"
        return text.replace(".", ",") if self.chance(0.3) else text

    def spelled(self, text: str | None) -> str | None:
        """One of the ways in which a person may write a word."""
        if text is None:
            return self.rng.choice([None, "", "  ", "NULL", "\\N ", "null"])
        if self.chance(0.6):
            return text
        bare = "".join(
            char for char in unicodedata.normalize("NFD", text) if not unicodedata.combining(char)
        )
        forms = [
            text.upper(),
            text.lower(),
            bare,
            bare.upper(),
            f" {text}\t",
            f"\xa0{text} ",
            f"\ufeff{text}\u2009",
        ]
        forms += [text.replace(" ", "  "), unicodedata.normalize("NFD", text)]
        return self.rng.choice(forms)

    def spoil(self, entity: str, line: dict) -> None:
        """Make one column unusable; the key of the record stays readable."""
        match entity:
            case "nota":
                line["nota"] = self.rng.choice(UNUSABLE_GRADES)
            case "aluno" if self.chance(0.5):
                line["idade"] = self.rng.choice(UNUSABLE_AGES)
            case "aluno":
                line["escola_id"] = self.rng.choice(UNUSABLE_IDS[3:])
