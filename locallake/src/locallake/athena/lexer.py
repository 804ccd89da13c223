"""The tokens of an Athena statement, and a reader that goes through them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NoReturn

from locallake.athena.plans import StatementError, TableName
from locallake.settings import HIVE_CATALOG


@dataclass(frozen=True)
class Token:
    kind: Literal["word", "quoted", "string", "number", "mark"]
    text: str  # words in lower case, quoted names and strings without their quotes
    start: int
    end: int


_SCANNER = re.compile(
    r"""(?P<blank>\s+|--[^\n]*|/\*.*?\*/)
      | (?P<string>'(?:[^']|'')*')
      | (?P<quoted>"(?:[^"]|"")*"|`(?:[^`]|``)*`)
      | (?P<word>[A-Za-z_@][A-Za-z0-9_@$]*)
      | (?P<number>[0-9][A-Za-z0-9_.]*)
      | (?P<mark>.)""",
    re.VERBOSE | re.DOTALL,
)


def tokens(statement: str) -> Iterator[Token]:
    for found in _SCANNER.finditer(statement):
        kind, text = found.lastgroup, found.group()
        if kind == "blank":
            continue
        if kind in ("string", "quoted"):
            text = text[1:-1].replace(text[0] * 2, text[0])
        elif kind == "word":
            text = text.lower()
        yield Token(kind, text, found.start(), found.end())  # type: ignore[arg-type]


class TokenReader:
    """Goes through the tokens of one statement."""

    def __init__(self, statement: str) -> None:
        self.statement = statement
        self.tokens = list(tokens(statement))
        self.at = 0

    def peek(self, ahead: int = 0) -> Token | None:
        place = self.at + ahead
        return self.tokens[place] if place < len(self.tokens) else None

    def next(self) -> Token:
        token = self.peek()
        if token is None:
            raise StatementError("mismatched input '<EOF>': the statement ends too early")
        self.at += 1
        return token

    def takes(self, *words: str) -> bool:
        """Whether the next tokens are these words or marks; if so they are consumed."""
        for ahead, word in enumerate(words):
            token = self.peek(ahead)
            if token is None or token.kind not in ("word", "mark") or token.text != word:
                return False
        self.at += len(words)
        return True

    def demand(self, *words: str) -> None:
        if not self.takes(*words):
            self.refuse(f"expecting '{' '.join(words)}'")

    def refuse(self, reason: str) -> NoReturn:
        token = self.peek()
        if token is None:
            raise StatementError(f"mismatched input '<EOF>': {reason}")
        line = self.statement.count("\n", 0, token.start) + 1
        column = token.start - (self.statement.rfind("\n", 0, token.start) + 1) + 1
        given = self.statement[token.start : token.end]
        raise StatementError(f"line {line}:{column}: mismatched input '{given}': {reason}")

    def ends(self) -> None:
        if self.peek() is not None:
            self.refuse("the statement should end here")

    def identifier(self) -> str:
        token = self.peek()
        if token is None or token.kind not in ("word", "quoted", "number"):
            self.refuse("expecting a name")
        return self.next().text.lower()

    def string(self) -> str:
        token = self.peek()
        if token is None or token.kind != "string":
            self.refuse("expecting a text in single quotes")
        return self.next().text

    def name(self, database: str) -> TableName:
        parts = [self.identifier()]
        while self.takes("."):
            parts.append(self.identifier())
        if len(parts) == 3:
            if parts[0] != HIVE_CATALOG:
                raise StatementError(f"CATALOG_NOT_FOUND: Catalog '{parts[0]}' not found")
            parts = parts[1:]
        if len(parts) > 3:
            raise StatementError(f"too many parts in the name {'.'.join(parts)}")
        return TableName(parts[0], parts[1]) if len(parts) == 2 else TableName(database, parts[0])

    def hive_name(self, database: str) -> TableName:
        """A name in Hive's grammar, which knows no catalogue and quotes with backticks.

        Source: Athena user guide, "ALTER TABLE ADD COLUMNS" (`[db_name.]table_name`) and "Reserved
        keywords"; the words are those of pyathena-dev/PyAthena#243.
        """
        parts: list[str] = []
        while not parts or self.takes("."):
            token = self.peek()
            if token is not None and self.statement[token.start] == '"':
                raise StatementError(
                    f"FAILED: ParseException line {self.place(token)} cannot recognize input near "
                    f"'{self.statement[token.start : token.end]}'"
                )
            if token is not None and len(parts) == 2:
                dot = self.tokens[self.at - 1]
                raise StatementError(
                    f"FAILED: ParseException line {self.place(dot)} missing EOF at '.' near "
                    f"'{parts[1]}'"
                )
            parts.append(self.identifier())
        return TableName(parts[0], parts[1]) if len(parts) == 2 else TableName(database, parts[0])

    def place(self, token: Token) -> str:
        """Line from 1, column from 0: as Hive counts."""
        line_start = self.statement.rfind("\n", 0, token.start) + 1
        return f"{self.statement.count(chr(10), 0, token.start) + 1}:{token.start - line_start}"

    def bracketed(self) -> str:
        """What stands in the brackets that open here, byte for byte; goes on behind them."""
        self.demand("(")
        start, depth = self.tokens[self.at - 1].end, 1
        while depth:
            token = self.next()
            depth += {"(": 1, ")": -1}.get(token.text, 0) * (token.kind == "mark")
        return self.statement[start : token.start]

    def rest(self) -> str:
        """From the next token to the end, byte for byte."""
        token = self.peek()
        if token is None:
            self.refuse("expecting a query")
        return self.statement[self.next().start :]
