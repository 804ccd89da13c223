"""Where an entity is fetched from, as `config.meta.extract` of the sources YAML declares it.

What a source is belongs to the contract; where it lies belongs to an environment, so addresses and
secrets come from the setting (an environment variable) that the declaration names.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True)
class ProbedApi:
    """An HTTP API that answers one id per call, probed from 1 on: `<address>?id=<n>`.

    Attributes:
        setting: environment variable with the address.
        file_name: of one answer, with `{id}`; it must match `name_pattern`.
        misses: unknown ids in a row after which the list ends, so that a gap does not end it.
        highest_id: an API that knows every id never ends; beyond this the fetch fails.
    """

    setting: str
    file_name: str
    misses: int = 5
    highest_id: int = 100_000


@dataclass(frozen=True)
class IndexApi:
    """B3's API of index compositions: `<address>/<token>`, in pages.

    Attributes:
        setting: environment variable with the address, instead of `address`.
        segment: 1 = shares by code, 2 = by sector.
    """

    setting: str
    address: str
    indexes: tuple[str, ...]
    language: str = "pt-br"
    segment: str = "2"
    page_size: int = 120


@dataclass(frozen=True)
class FileAtAddress:
    """One file at an HTTPS address, replaced by its owner now and then."""

    setting: str
    file_name: str


@dataclass(frozen=True)
class PostgresTable:
    """A table of PostgreSQL, by id above the highest landed one, and whole every few days.

    Attributes:
        setting: environment variable with the ARN of a secret that holds host, port, dbname,
            username and password; `<setting>_CA` may name a file with the server's authorities.
        key: an integer that grows; the extract is in its order.
        full_extract_days: days after which the table is compared whole again; 0 = always whole.
    """

    setting: str
    schema: str
    table: str
    key: str
    full_extract_days: int = 7


Source = ProbedApi | IndexApi | FileAtAddress | PostgresTable

_KINDS: dict[str, type[Source]] = {
    "probed_api": ProbedApi,
    "index_api": IndexApi,
    "file_at_address": FileAtAddress,
    "postgres_table": PostgresTable,
}


def read_source(declared: Mapping[str, Any] | None) -> Source | None:
    """Make the source that a contract declares; None if the entity is only ever delivered.

    Raises: ValueError, TypeError or LookupError for what no source can be.
    """
    if declared is None:
        return None
    fields: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in declared.items()
    }
    source: Source = _KINDS[fields.pop("kind")](**fields)
    if not re.fullmatch(r"LAKEHOUSE_[A-Z0-9_]+", source.setting):
        raise ValueError(f"extract.setting '{source.setting}' is no name LAKEHOUSE_…")
    if isinstance(source, PostgresTable):
        for name in (source.schema, source.table, source.key):
            if not _IDENTIFIER.fullmatch(name):
                raise ValueError(f"extract names '{name}', which is no identifier")
    if isinstance(source, ProbedApi) and "{id}" not in source.file_name:
        raise ValueError("extract.file_name lacks {id}")
    return source
