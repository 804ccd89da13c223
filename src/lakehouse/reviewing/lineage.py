"""Which columns a model's columns are made of, read from its compiled SQL by sqlglot.

sqlglot's own `lineage` follows each column anew through every common table expression, which takes
minutes for the typing of a staging model; here each column of each scope is looked at once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import Scope, build_scope

# (schema, table) as DuckDB has them, and column.
Table = tuple[str, str]
Column = tuple[Table, str]
Schema = Mapping[Table, Mapping[str, str]]

_DATABASE = "lakehouse"
# What decides which rows there are, besides the sources themselves.
_ROW_PARTS = ("where", "group", "having", "qualify", "joins", "distinct", "limit")


class LineageError(Exception):
    """The SQL cannot be read."""


@dataclass(frozen=True)
class Lineage:
    """What a model is made of.

    Attributes:
        columns: output column -> columns of tables that its values come from.
        rows: columns of tables that decide which rows there are: filters, joins, groups.
        tables: all tables that are read.
        columns_digest: output column -> digest of all that makes its values.
        rows_digest: of all that decides which rows there are.
    """

    columns: Mapping[str, frozenset[Column]]
    rows: frozenset[Column]
    tables: frozenset[Table]
    columns_digest: Mapping[str, str]
    rows_digest: str


def lineage_of(sql: str, *, schema: Schema) -> Lineage:
    """Read the lineage of a query.

    Args:
        sql: one select as DuckDB takes it, tables by their whole names.
        schema: columns of the tables that it reads.
    Raises: LineageError if sqlglot cannot follow it.
    """
    places: dict[str, dict[str, object]] = {}
    for (place, table), columns in schema.items():
        places.setdefault(place, {})[table] = dict(columns)
    try:
        tree = qualify(
            sqlglot.parse_one(sql, dialect="duckdb"),
            dialect="duckdb",
            schema={_DATABASE: places},
            validate_qualify_columns=False,
        )
        root = build_scope(tree)
        if root is None or not isinstance(tree, exp.Query):
            raise LineageError("it is no select")
        walk = _Walk(root)
        names = tree.named_selects
        return Lineage(
            columns={name: walk.columns(root, name) for name in names},
            rows=walk.rows(root),
            tables=frozenset(walk.tables()),
            columns_digest={name: walk.column_digest(root, name) for name in names},
            rows_digest=walk.rows_digest(root),
        )
    except (SqlglotError, RecursionError, KeyError, IndexError) as err:
        raise LineageError(str(err)[:200]) from err


@dataclass
class _Walk:
    """Looks at each column of each scope once."""

    root: Scope
    _columns: dict[tuple[int, str], frozenset[Column]] = field(default_factory=dict)
    _rows: dict[int, frozenset[Column]] = field(default_factory=dict)
    _digests: dict[tuple[int, str], str] = field(default_factory=dict)
    _owners: dict[int, Scope] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for scope in self.root.traverse():
            for column in scope.columns:
                # The innermost scope comes first.
                self._owners.setdefault(id(column), scope)

    def tables(self) -> Iterator[Table]:
        for scope in self.root.traverse():
            for source in scope.sources.values():
                if isinstance(source, exp.Table) and source.db:
                    yield source.db, source.name

    def columns(self, scope: Scope, name: str) -> frozenset[Column]:
        """Columns of tables that the values of an output column come from."""
        place = (id(scope), name)
        if place not in self._columns:
            # A recursive query asks for itself.
            self._columns[place] = frozenset()
            found: set[Column] = set()
            for branch, expression in self._expressions(scope, name):
                found |= self._of(expression, branch)
            self._columns[place] = frozenset(found)
        return self._columns[place]

    def rows(self, scope: Scope) -> frozenset[Column]:
        """Columns of tables that decide which rows a scope has."""
        if id(scope) not in self._rows:
            self._rows[id(scope)] = frozenset()
            found: set[Column] = set()
            for branch in self._branches(scope):
                for part in self._row_parts(branch):
                    found |= self._of(part, branch)
                for source in self._inner(branch):
                    found |= self.rows(source)
            self._rows[id(scope)] = frozenset(found)
        return self._rows[id(scope)]

    def column_digest(self, scope: Scope, name: str) -> str:
        """Digest of what makes an output column, whatever its inner names are."""
        place = (id(scope), name)
        if place not in self._digests:
            self._digests[place] = ""
            parts = [
                self._text(expression, branch)
                for branch, expression in self._expressions(scope, name)
            ]
            self._digests[place] = _digest(*parts)
        return self._digests[place]

    def rows_digest(self, scope: Scope) -> str:
        """Digest of what decides which rows a scope has."""
        place = (id(scope), "")
        if place not in self._digests:
            self._digests[place] = ""
            parts = []
            for branch in self._branches(scope):
                parts += [self._text(part, branch) for part in self._row_parts(branch)]
                parts += [
                    " ".join(str(join.args.get(key) or "") for key in ("side", "kind", "method"))
                    for join in branch.expression.args.get("joins") or ()
                ]
                parts += sorted(self.rows_digest(source) for source in self._inner(branch))
                parts += sorted(
                    f"{source.db}.{source.name}"
                    for source in branch.sources.values()
                    if isinstance(source, exp.Table)
                )
            self._digests[place] = _digest(*parts)
        return self._digests[place]

    def _branches(self, scope: Scope) -> list[Scope]:
        """The selects of a scope: of a union each side."""
        if isinstance(scope.expression, exp.SetOperation):
            return [
                branch for side in scope.set_operation_scopes for branch in self._branches(side)
            ]
        return [scope]

    def _expressions(self, scope: Scope, name: str) -> Iterator[tuple[Scope, exp.Expr]]:
        if not isinstance(scope.expression, exp.Query):
            # A list of values, or an array spread out: all of it makes each of its columns.
            yield scope, scope.expression
            return
        names = scope.expression.named_selects
        if name not in names:
            return
        at = names.index(name)
        for branch in self._branches(scope):
            selects = branch.expression.selects if isinstance(branch.expression, exp.Query) else []
            if at < len(selects):
                yield branch, selects[at]

    def _row_parts(self, scope: Scope) -> Iterator[exp.Expr]:
        for key in _ROW_PARTS:
            value = scope.expression.args.get(key)
            for part in value if isinstance(value, list) else [value]:
                if isinstance(part, exp.Join):
                    # The joined query is a source; only by what it is joined counts here.
                    if part.args.get("on"):
                        yield part.args["on"]
                elif isinstance(part, exp.Expr):
                    yield part

    def _inner(self, scope: Scope) -> list[Scope]:
        return [source for source in scope.sources.values() if isinstance(source, Scope)]

    def _of(self, expression: exp.Expr, scope: Scope) -> set[Column]:
        found: set[Column] = set()
        for column in expression.find_all(exp.Column):
            source = self._source(column, scope)
            if isinstance(source, exp.Table):
                found.add(((source.db, source.name), column.name))
            elif source is not None:
                found |= self.columns(source, column.name)
        for query in expression.find_all(exp.Subquery):
            for inner in scope.subquery_scopes:
                if inner.expression is query.this:
                    found |= self.rows(inner)
        return found

    def _text(self, expression: exp.Expr, scope: Scope) -> str:
        """The SQL of an expression with what its columns are made of in place of their names."""
        digests: dict[int, str] = {}
        for column in expression.find_all(exp.Column):
            source = self._source(column, scope)
            if isinstance(source, exp.Table):
                digests[id(column)] = f"{source.db}.{source.name}.{column.name}"
            elif source is not None:
                digests[id(column)] = self.column_digest(source, column.name)
        value = expression.this if isinstance(expression, exp.Alias) else expression
        return "".join(_tokens(value, digests))

    def _source(self, column: exp.Column, scope: Scope) -> exp.Table | Scope | None:
        owner: Scope | None = self._owners.get(id(column), scope)
        while owner is not None:
            source = owner.sources.get(column.table)
            if source is not None:
                return source
            owner = owner.parent
        return None


def _tokens(node: exp.Expr, digests: Mapping[int, str]) -> Iterator[str]:
    """The tree as text, without a copy of it; names of tables inside count for nothing."""
    if id(node) in digests:
        yield f"<{digests[id(node)]}>"
        return
    yield f"({node.key}"
    for key, value in node.args.items():
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, exp.Expr):
                yield f" {key}="
                yield from _tokens(each, digests)
            elif each is not None and each is not False:
                yield f" {key}={each!r}"
    yield ")"


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]
