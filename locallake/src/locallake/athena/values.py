"""Trino's values and types as Athena writes them."""

from __future__ import annotations

import base64
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Type:
    """A Trino type, taken apart: `row("a" integer)` has one argument, named a.

    Args:
        name: in lower case, without arguments: `decimal`, `timestamp with time zone`.
        arguments: numbers as text in `numbers`, types in `types`, field names in `fields`.
    """

    name: str
    numbers: tuple[int, ...] = ()
    types: tuple[Type, ...] = ()
    fields: tuple[str | None, ...] = ()


_HEAD = re.compile(r"\s*([a-z][a-z0-9_ ]*?)\s*(?=\(|$)")
_FIELD = re.compile(r'\s*(?:"((?:[^"]|"")*)"|([A-Za-z_][\w$@]*))\s+(?=\S)')


def parse_type(text: str) -> Type:
    """Read a type as Trino prints it.

    Raises: ValueError if it is none.
    """
    found = _HEAD.match(text.lower())
    if found is None:
        raise ValueError(f"not a type: {text!r}")
    name, rest = found.group(1), text[found.end() :].strip()
    if not rest:
        return Type(name)
    inner, after = _bracketed(rest)
    # `timestamp(6) with time zone`: the number stands inside the name.
    name = f"{name} {after.lower()}".strip()
    parts = _split(inner)
    if name == "row":
        named = [_field(part) for part in parts]
        return Type(name, types=tuple(t for _, t in named), fields=tuple(n for n, _ in named))
    if name in ("array", "map"):
        return Type(name, types=tuple(parse_type(part) for part in parts))
    return Type(name, numbers=tuple(int(part) for part in parts if part.strip().isdigit()))


def _field(text: str) -> tuple[str | None, Type]:
    found = _FIELD.match(text)
    # A type of several words without a name before it, as in row(timestamp with time zone).
    if found is None or (found.group(2) and text[found.end() :].startswith(("with", "precision"))):
        return None, parse_type(text)
    name = found.group(1)
    return (
        name.replace('""', '"') if name is not None else found.group(2),
        parse_type(text[found.end() :]),
    )


def _bracketed(text: str) -> tuple[str, str]:
    """What stands in the first brackets, and what follows them."""
    for place, depth in _walk(text):
        if depth == 0 and text[place] == ")":
            return text[1:place], text[place + 1 :].strip()
    raise ValueError(f"brackets do not close: {text!r}")


def _split(text: str) -> list[str]:
    cuts = [place for place, depth in _walk(text) if text[place] == "," and depth == 0]
    starts = [0, *(cut + 1 for cut in cuts)]
    return [text[a:b] for a, b in zip(starts, [*cuts, len(text)], strict=True)]


def _walk(text: str) -> Iterator[tuple[int, int]]:
    """Each mark outside quotes: its place, and the depth of brackets after it."""
    depth, quoted = 0, False
    for place, letter in enumerate(text):
        if letter == '"':
            quoted = not quoted
        elif not quoted:
            depth += {"(": 1, ")": -1}.get(letter, 0)
            yield place, depth


# ---- Athena's names

_ATHENA = {"real": "float", "int": "integer"}
_DIGITS = {"tinyint": 3, "smallint": 5, "integer": 10, "bigint": 19, "float": 17, "double": 17}


def athena_type(given: Type) -> str:
    """The base name that GetQueryResults states."""
    return _ATHENA.get(given.name, given.name)


def precision_and_scale(given: Type) -> tuple[int, int]:
    """As GetQueryResults states them; 0 where Athena gives no meaning to them."""
    name = athena_type(given)
    if name == "decimal":
        precision, scale = (*given.numbers, 0)[:2] if given.numbers else (38, 0)
        return precision, scale
    if name == "varchar":
        return (given.numbers[0] if given.numbers else 2147483647), 0
    return _DIGITS.get(name, 0), 0


def hive_type(given: Type) -> str:
    """A type in the Glue catalogue: `array(row(a integer))` → `array<struct<a:int>>`."""
    simple = {"integer": "int", "real": "float", "varbinary": "binary"}
    if given.name == "array":
        return f"array<{hive_type(given.types[0])}>"
    if given.name == "map":
        return f"map<{hive_type(given.types[0])},{hive_type(given.types[1])}>"
    if given.name == "row":
        fields = zip(given.fields, given.types, strict=True)
        listed = (f"{n or f'field{i}'}:{hive_type(t)}" for i, (n, t) in enumerate(fields))
        return f"struct<{','.join(listed)}>"
    if given.name == "decimal":
        return f"decimal({','.join(str(n) for n in given.numbers)})"
    if given.name == "varchar":
        return "string"
    if given.name.startswith("timestamp"):
        return "timestamp"
    return simple.get(given.name, given.name)


def trino_text(given: Type) -> str:
    """A type without types inside as Trino prints it: `timestamp(3) with time zone`."""
    numbers = f"({','.join(map(str, given.numbers))})" if given.numbers else ""
    first, blank, rest = given.name.partition(" ")
    return f"{first}{numbers}{blank}{rest}"


# ---- Text of values


def text_of(value: Any, given: Type) -> str | None:
    """A value of Trino's JSON protocol as Athena prints it; None stays None."""
    if value is None:
        return None
    if given.name in ("double", "real"):
        return java_double(value, single=given.name == "real")
    if given.name == "boolean":
        return "true" if value else "false"
    if given.name == "varbinary":
        raw = base64.b64decode(value) if isinstance(value, str) else bytes(value)
        return raw.hex(" ")
    if given.name == "array":
        return "[" + ", ".join(_nested(item, given.types[0]) for item in value) + "]"
    if given.name == "map":
        key, item = given.types
        listed = (f"{_nested(k, key)}={_nested(v, item)}" for k, v in value.items())
        return "{" + ", ".join(listed) + "}"
    if given.name == "row":
        parts = zip(value, given.types, given.fields, strict=True)
        listed = (f"{n or f'field{i}'}={_nested(v, t)}" for i, (v, t, n) in enumerate(parts))
        return "{" + ", ".join(listed) + "}"
    return str(value)


def _nested(value: Any, given: Type) -> str:
    text = text_of(value, given)
    return "null" if text is None else text


def java_double(value: float | str, *, single: bool = False) -> str:
    """A double as Java prints it: `0.1`, `1.0E20`, `1.0E-5`, `NaN`, `Infinity`."""
    number = float(value)
    if math.isnan(number):
        return "NaN"
    if math.isinf(number):
        return "Infinity" if number > 0 else "-Infinity"
    if number == 0:
        return "-0.0" if math.copysign(1, number) < 0 else "0.0"
    sign, digits, exponent = _decimal_parts(number)
    if -3 <= exponent < 7:
        if exponent < 0:
            return f"{sign}0.{'0' * (-exponent - 1)}{digits}"
        whole, fraction = digits[: exponent + 1].ljust(exponent + 1, "0"), digits[exponent + 1 :]
        return f"{sign}{whole}.{fraction or '0'}"
    return f"{sign}{digits[0]}.{digits[1:] or '0'}E{exponent}"


def _decimal_parts(number: float) -> tuple[str, str, int]:
    """Sign, the shortest digits that give this number back, and the exponent of the first one."""
    mantissa, _, exponent = f"{abs(number)!r}".partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    leading = (
        len(whole) - 1 if whole.strip("0") else -1 - (len(fraction) - len(fraction.lstrip("0")))
    )
    return ("-" if number < 0 else ""), digits.rstrip("0") or "0", leading + int(exponent or 0)


def types_of(descriptions: Sequence[Sequence[Any]]) -> list[Type]:
    """The types of a DB-API cursor's description."""
    return [parse_type(str(description[1])) for description in descriptions]
