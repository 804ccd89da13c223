"""Answers of sources that are no tables: a session of an index, one text."""

from collections.abc import Sequence
from dataclasses import replace

from lakehouse.landing.contract import EntityContract
from lakehouse.landing.delivered_rows import Rows, checked_header, decoded
from lakehouse.landing.index_answer import (
    DOWNLOAD_ENCODING,
    IndexAnswer,
    read_index_csv,
    read_index_json,
)
from lakehouse.landing.text_answer import read_body


def read_index_json_rows(
    content: bytes, name: str, entity: EntityContract, wanted: Sequence[str]
) -> Rows:
    """Read one answer of the index API.

    Args:
        wanted: names of the columns to keep.
    Raises: DeliveryError for any other file.
    """
    text, warnings = decoded(content, name, entity)
    return _index_rows(
        read_index_json(text, name, entity.rules.name_pattern), entity, wanted, warnings
    )


def read_index_csv_rows(
    content: bytes, name: str, entity: EntityContract, wanted: Sequence[str]
) -> Rows:
    """Read one download of an index.

    Args:
        wanted: names of the columns to keep.
    Raises: DeliveryError for any other file.
    """
    # The encoding belongs to the form, whatever the entity's other form is written in.
    rules = replace(entity.rules, encoding=DOWNLOAD_ENCODING)
    text, warnings = decoded(content, name, replace(entity, rules=rules))
    return _index_rows(read_index_csv(text, name), entity, wanted, warnings)


def read_text_answer(
    content: bytes, name: str, entity: EntityContract, wanted: Sequence[str]
) -> Rows:
    """Read one text, which is one record.

    Args:
        wanted: not looked at: the contract names the columns of such an answer.
    Raises: DeliveryError for a body that is no value, or a name that says not whose it is.
    """
    text, warnings = decoded(content, name, entity)
    rules = entity.rules.text_answer
    assert rules is not None, "a contract with the format txt has them"
    values = read_body(text, name, entity.rules.name_pattern, rules)
    columns = {column: [value] for column, value in values.items()}
    return Rows(tuple(values), columns, (1,), warnings=warnings)


def _index_rows(
    answer: IndexAnswer, entity: EntityContract, wanted: Sequence[str], warnings: tuple[str, ...]
) -> Rows:
    """Give every row its header, so that a row says alone to which session it belongs."""
    count = len(answer.places)
    whole = {"indice": answer.session[0], "idioma": answer.language, **answer.header}
    columns = {**{name: [value] * count for name, value in whole.items()}, **answer.columns}
    header = checked_header([*columns, *answer.unknown], answer.name, entity, 1)
    kept = {name: values for name, values in columns.items() if name in wanted}
    return Rows(header, kept, answer.places, answer.unit, warnings, answer)
