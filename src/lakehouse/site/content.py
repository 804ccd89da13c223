"""What a page is made of: questions, each a query with its columns, and a chart of them.

Every text is there in both languages; the browser shows one of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

QUERIES = Path(__file__).with_name("queries")
# How a value is written, by what it is: (decimal places, factor, sign behind it); None for text.
KINDS: Mapping[str, tuple[int, int, str] | None] = {
    "text": None,
    "code": None,
    "date": None,
    "month": None,
    "moment": None,
    "model": None,
    "id": None,
    "amount": (2, 1, ""),
    "count": (0, 1, ""),
    "average": (2, 1, ""),
    "index": (4, 1, ""),
    "ratio": (1, 100, "%"),
    "pct": (2, 1, "%"),
    "points": (3, 1, " pp"),
    "seconds": (2, 1, " s"),
    "kilobytes": (0, 1, " kB"),
    "dollars": (6, 1, " USD"),
}

Chart = dict[str, Any]


@dataclass(frozen=True)
class Text:
    """A text in both languages."""

    en: str
    pt: str

    def as_json(self) -> dict[str, str]:
        return {"en": self.en, "pt": self.pt}


@dataclass(frozen=True)
class Column:
    """A column of an answer.

    Attributes:
        kind: how its values are written, one of KINDS.
        mart: the model that defines it; empty for the first that the query reads.
    """

    title: Text
    kind: str
    mart: str = ""

    @property
    def is_number(self) -> bool:
        return KINDS[self.kind] is not None


@dataclass(frozen=True)
class Question:
    """A question, the query that answers it, and how the answer is shown.

    Attributes:
        name: of the query in `queries/`, and of the section in its page.
        columns: by the names that the query gives them, in its order.
        empty: what it means that the answer has no rows.
        chart: Vega-Lite without data; None for a table alone.
        filter: the column of which a reader chooses one value; empty for none.
        is_headline: its one row is shown as large numbers, here and on the first page.
        is_as_of: drawn by the slider through the days of knowledge.
        is_data: read by the slider, shown nowhere.
    """

    name: str
    title: Text
    columns: Mapping[str, Column]
    empty: Text
    note: Text | None = None
    chart: Chart | None = None
    filter: str = ""
    is_headline: bool = False
    is_as_of: bool = False
    is_data: bool = False

    @property
    def sql(self) -> str:
        return (QUERIES / f"{self.name}.sql").read_text("utf-8")


@dataclass(frozen=True)
class Page:
    """A page of the site: a domain, or the runs that build them.

    Attributes:
        name: of its file, which is that of the domain; label: in the navigation.
    """

    name: str
    label: Text
    title: Text
    lead: Text
    questions: tuple[Question, ...]

    @property
    def headline(self) -> Question:
        return next(question for question in self.questions if question.is_headline)
