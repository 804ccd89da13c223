"""Answers that are one text: one file is one record, its id in the name, its value the body."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lakehouse.errors import DeliveryError

_LINE_BREAK = re.compile(r"[\r\n\v\f\x85\u2028\u2029]")
_ASK_AGAIN = "ask the source for it again"


@dataclass(frozen=True)
class TextAnswerRules:
    """How a body becomes a row; `text_answer` below `config.meta.landing` in the sources YAML.

    Attributes:
        body: the column that takes the body; the other columns stand in the name of the file.
        refused_bodies: what the source answers, as if all were well, when it has no record.
    """

    body: str
    refused_bodies: tuple[str, ...] = ()


def text_answer_rules(declared: Mapping[str, Any]) -> TextAnswerRules:
    """Make the rules that a contract declares, from the mapping as the YAML has it."""
    return TextAnswerRules(
        body=declared["body"], refused_bodies=tuple(declared.get("refused_bodies", ()))
    )


def is_refused(text: str, rules: TextAnswerRules) -> bool:
    """Whether a body is what the source answers when it has no record, however it is spaced."""
    return _spelt(text) in {_spelt(body) for body in rules.refused_bodies}


def _spelt(text: str) -> str:
    return " ".join(text.split()).casefold().rstrip(".! ")


def read_body(text: str, name: str, name_pattern: str, rules: TextAnswerRules) -> dict[str, str]:
    """Return the columns of the one record: the groups of the name, the body as delivered.

    Args:
        text: the decoded body, stray blanks included.
        name: of the delivered file.
        name_pattern: regular expression with one named group per column that only the name holds.
    Raises: DeliveryError where the name does not match or the body is no value: a source that
        fails often answers with status 200, and an error must not become somebody's name.
    Source: docs/domains/retail.md#employees, docs/domains/quality.md#where-bad-input-ends.
    """
    match = re.fullmatch(name_pattern, name)
    if match is None:
        raise DeliveryError(
            f"{name}: the name does not match {name_pattern!r}, so nobody knows whose "
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
