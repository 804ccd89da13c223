"""Answers of sources that are no tables: a session of an index, one text."""

from collections.abc import Iterator
from dataclasses import replace

from lakehouse.landing.columns import checked_header
from lakehouse.landing.contract import EntityContract
from lakehouse.landing.delivered_rows import Rows, decoded
from lakehouse.landing.delivery import Part
from lakehouse.landing.index_answer import (
    DOWNLOAD_ENCODING,
    IndexAnswer,
    read_index_csv,
    read_index_json,
)
from lakehouse.landing.text_answer import read_body


def read_index_json_rows(part: Part, entity: EntityContract) -> Iterator[Rows]:
    """Read one answer of the index API.

    Raises: DeliveryError for any other file.
    """
    text, warnings = decoded(part, entity)
    yield _index_rows(read_index_json(text, part.name, entity.rules.name_pattern), entity, warnings)


def read_index_csv_rows(part: Part, entity: EntityContract) -> Iterator[Rows]:
    """Read one download of an index.

    Raises: DeliveryError for any other file.
    """
    # The encoding belongs to the form, whatever the entity's other form is written in.
    rules = replace(entity.rules, encoding=DOWNLOAD_ENCODING)
    text, warnings = decoded(part, replace(entity, rules=rules))
    yield _index_rows(read_index_csv(text, part.name), entity, warnings)


def read_text_answer(part: Part, entity: EntityContract) -> Iterator[Rows]:
    """Read one text, which is one record.

    Raises: DeliveryError for a body that is no value, or a name that says not whose it is.
    """
    text, warnings = decoded(part, entity)
    rules = entity.rules.text_answer
    assert rules is not None, "a contract with the format txt has them"
    values = read_body(text, part.name, entity.rules.name_pattern, rules)
    columns = {column: [value] for column, value in values.items()}
    yield Rows(columns, (1,), warnings=warnings)


def _index_rows(answer: IndexAnswer, entity: EntityContract, warnings: tuple[str, ...]) -> Rows:
    """Give every row its header, so that a row says alone to which session it belongs."""
    count = len(answer.places)
    whole = {"indice": answer.session[0], "idioma": answer.language, **answer.header}
    columns = {**{name: [value] * count for name, value in whole.items()}, **answer.columns}
    checked_header(list(columns), answer.name, entity, 1)
    return Rows(columns, answer.places, answer.unit, warnings, answer)
