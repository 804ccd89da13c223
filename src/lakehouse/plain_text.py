"""Plain-text answers: one delivered file is one record, its id in the name, its value the body."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from lakehouse.errors import DeliveryError

_LINE_BREAK = re.compile(r"[\r\n\v\f\x85\u2028\u2029]")
_ASK_AGAIN = "ask the source for it again"


@dataclass(frozen=True)
class PlainTextRules:
    """How a body becomes a row; `plain_text` below `config.meta.landing` in the sources YAML.

    Attributes:
        file_name: pattern of the name without its suffix; each named group is a column.
        body: the column that takes the body.
        refused_bodies: what the source answers, as if all were well, when it has no record.
    """

    file_name: re.Pattern[str]
    body: str
    refused_bodies: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        return (*self.file_name.groupindex, self.body)


def plain_text_rules(declared: Mapping[str, Any], columns: Collection[str]) -> PlainTextRules:
    """Make the rules that a contract declares.

    Args:
        declared: the mapping as the YAML has it.
        columns: the delivered columns of the entity.
    Raises: ValueError for a pattern that cannot be used or a column that is not declared.
    """
    try:
        pattern = re.compile(declared["file_name"])
    except re.error as err:
        raise ValueError(f"plain_text.file_name is no pattern: {err}") from err
    rules = PlainTextRules(
        file_name=pattern,
        body=declared["body"],
        refused_bodies=tuple(declared.get("refused_bodies", ())),
    )
    if unknown := sorted(set(rules.columns) - set(columns)):
        raise ValueError(f"plain_text names undeclared columns: {unknown}")
    return rules


def is_refused(text: str, rules: PlainTextRules) -> bool:
    """Whether a body is what the source answers when it has no record."""
    return " ".join(text.split()).casefold() in {body.casefold() for body in rules.refused_bodies}


def read_body(text: str, name: str, rules: PlainTextRules) -> dict[str, str]:
    """Return the columns of the one record: the groups of the name, the body as delivered.

    Args:
        text: the decoded body, stray blanks included.
        name: of the delivered file.
    Raises: DeliveryError where the name does not match or the body is no value: a source that
        fails often answers with status 200, and an error must not become somebody's name.
    Source: domains/retail.md, section 1; domains/quality.md, "Where bad input ends".
    """
    stem = name.rpartition(".")[0]
    match = rules.file_name.fullmatch(stem)
    if match is None:
        raise DeliveryError(
            f"{name}: the name does not match {rules.file_name.pattern!r}, so nobody knows whose "
            f"answer it is; name the file as the contract says"
        )
    value = text.strip()
    if not value:
        raise DeliveryError(f"{name}, line 1: the body is empty; {_ASK_AGAIN}")
    if value[0] == "<":
        raise DeliveryError(f"{name}, line 1: HTML or XML where text is declared; {_ASK_AGAIN}")
    if value[0] in "{[":
        raise DeliveryError(f"{name}, line 1: JSON where text is declared; {_ASK_AGAIN}")
    if _LINE_BREAK.search(value):
        raise DeliveryError(
            f"{name}, line 2: more than one line where the body is one value; {_ASK_AGAIN}"
        )
    if is_refused(value, rules):
        raise DeliveryError(
            f"{name}, line 1: '{value}' is the answer to an unknown id; deliver only ids that exist"
        )
    return {**match.groupdict(), rules.body: text}
