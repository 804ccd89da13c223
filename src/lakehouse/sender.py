"""How each sender of one entity writes its files, where senders of one source differ."""

import codecs
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from lakehouse.errors import UsageError

if TYPE_CHECKING:
    from lakehouse.contract import EntityContract

DEFAULT_SENDER = "default"
# Columns that landing writes where the contract declares them as provenance.
SENDER_COLUMN = "sender"
CONTENT_HASH_COLUMN = "content_hash"
# A sender names partitions of state and, in the features command, a file.
_SENDER_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")
_DECIMAL_MARKS = (".", ",")


@dataclass(frozen=True)
class Sender:
    """The form of one sender's files; `decimal` is read by staging, landing never judges values."""

    encoding: str = "utf-8"
    delimiter: str = ","
    decimal: str = "."


def read_senders(declared: Mapping[str, Mapping[str, str]]) -> dict[str, Sender]:
    """Read `config.meta.landing.senders` of the sources YAML.

    Raises: ValueError, TypeError or LookupError for what no sender can be.
    """
    senders = {name: Sender(**form) for name, form in declared.items()}
    for name, sender in senders.items():
        codecs.lookup(sender.encoding)
        if not _SENDER_NAME.fullmatch(name):
            raise ValueError(f"sender '{name}': use lower-case letters, digits, - and _")
        if sender.decimal not in _DECIMAL_MARKS or len(sender.delimiter) != 1:
            raise ValueError(f"sender '{name}': decimal is '.' or ',', delimiter one character")
        if sender.decimal == sender.delimiter == ",":
            raise ValueError(f"sender '{name}': one comma cannot be both delimiter and decimal")
    if senders and DEFAULT_SENDER not in senders:
        raise ValueError(f"senders lack '{DEFAULT_SENDER}', the one a call means that names none")
    return senders


def contract_for_sender(
    entity: "EntityContract", name: str | None
) -> tuple["EntityContract", str | None]:
    """Return the contract as one sender keeps it, and the sender's name (None where none differ).

    Raises: UsageError, which lists the known senders, for a sender the contract does not declare.
    """
    senders = entity.rules.senders
    if not senders:
        if name is not None:
            raise UsageError(f"{entity.name} has one kind of sender; leave out --sender")
        return entity, None
    chosen = name or DEFAULT_SENDER
    if chosen not in senders:
        raise UsageError(
            f"unknown sender '{chosen}' of {entity.name}; known: {', '.join(sorted(senders))}; "
            f"declare it under landing.senders in the sources YAML"
        )
    form = senders[chosen]
    rules = replace(entity.rules, encoding=form.encoding, delimiter=form.delimiter)
    return replace(entity, rules=rules), chosen
