"""How each sender of one entity writes its files, where senders of one source differ."""

import codecs
import re
from collections.abc import Mapping
from dataclasses import dataclass

DEFAULT_SENDER = "default"
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
