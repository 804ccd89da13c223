"""A statement cut at its common table expressions, for a grammar that reads each text only once.

The forms of a model, and models that share macros, are made of the same expressions over and over.
A statement is one that an engine's grammar reads if it reads each expression by itself, and the
statement with something simple in their places.
"""

import re
from collections.abc import Iterator

# Of texts and numbers no grammar looks inside. What is quoted knows a backslash in Spark.
_TEXT = {"athena": r"'(?:[^']|'')*'", "sparksql": r"'(?:[^'\\]|\\.)*'"}
_QUOTED = {"athena": r"\"(?:[^\"]|\"\")*\"", "sparksql": r"\"(?:[^\"\\]|\\.)*\""}
_TOKEN = {
    dialect: re.compile(
        # A hint of Spark looks like a comment and is read.
        rf"(?P<text>{text})|(?P<blank>(?:\s|--[^\n]*(?:\n|$)|/\*(?!\+).*?\*/)+)"
        rf"|(?P<number>\b\d+\b)|\w+|{_QUOTED[dialect]}|`[^`]*`|.",
        re.DOTALL,
    )
    for dialect, text in _TEXT.items()
}
_PLAIN = {"text": "''", "blank": " ", "number": "1"}
_STAND_IN = "select 1"


def pieces(dialect: str, sql: str) -> Iterator[str]:
    """Texts that are all of the dialect only if the statement is.

    Args:
        dialect: of sqlfluff, `athena` or `sparksql`.
    Returns: each with its comments gone, and its texts and numbers alike.
    """
    found = _TOKEN[dialect].finditer(sql)
    yield from _pieces([_PLAIN.get(match.lastgroup or "", match.group()) for match in found])


def _pieces(tokens: list[str]) -> Iterator[str]:
    outside: list[str] = []
    inside = _bodies(tokens)
    end = 0
    for start, stop in inside:
        yield from _pieces(tokens[start:stop])
        outside += [*tokens[end:start], _STAND_IN]
        end = stop
    yield "".join([*outside, *tokens[end:]]).strip()


def _bodies(tokens: list[str]) -> list[tuple[int, int]]:
    """Where the queries of a leading `with a as (…), b as (…)` begin and end.

    Empty if it is written otherwise, or a bracket is left open: then the grammar reads the whole.
    """
    code = [place for place, token in enumerate(tokens) if token != " "]
    words = [tokens[place].lower() for place in code]
    if not words or words[0] != "with":
        return []
    found: list[tuple[int, int]] = []
    at = 1
    while words[at + 1 : at + 3] == ["as", "("]:
        close = _closing(words, at + 2)
        # By itself an expression may be several statements; between brackets it may not.
        if close is None or words[at + 3] not in ("select", "with") or ";" in words[at:close]:
            return []
        found.append((code[at + 2] + 1, code[close]))
        if words[close + 1 : close + 2] != [","]:
            return found
        at = close + 2
    return []


def _closing(words: list[str], opening: int) -> int | None:
    depth = 0
    for place in range(opening, len(words)):
        depth += {"(": 1, ")": -1}.get(words[place], 0)
        if depth == 0:
            return place
    return None
