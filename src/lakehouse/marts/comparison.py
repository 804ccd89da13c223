"""Two copies of a table compared in SQL, by key: what came, what went, what changed.

Parity compares engines by it, `lakehouse diff` compares builds. DuckDB does the work, so that a
table of ten million rows needs no memory of Python: a checksum says whether anything differs, one
pass over keys and hashes of rows says where, and only those rows are looked at by column.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lakehouse.database import identifier
from lakehouse.errors import TableReadError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

EXAMPLES = 3
MASK = "(masked)"
_DIFFERING = "differing_keys"
_WHOLE = re.compile(r"U?(?:TINY|SMALL|BIG|HUGE)?INT(?:EGER)?")
_DECIMAL = re.compile(r"DECIMAL\(\d+,(\d+)\)")


@dataclass(frozen=True)
class Example:
    """A row, by the values of its key, and what a column of it held.

    Attributes:
        key: column -> value, in the order of the key; of a table without a usable key the row.
        before, after: of the column; None for SQL's null and where no column is meant.
    """

    key: Mapping[str, str | None]
    before: str | None = None
    after: str | None = None


@dataclass(frozen=True)
class ColumnChange:
    """A column of which rows that are on both sides have other values."""

    name: str
    count: int
    examples: tuple[Example, ...]


@dataclass(frozen=True)
class TableDifference:
    """What tells two copies of a table apart.

    Attributes:
        columns_gone, columns_new: column -> type; columns_retyped: column -> types.
        key: by which rows were matched; empty: rows as a whole were.
        remark: why it was not the declared key, in words.
        gone_count, new_count: keys on one side only, or, without a key, rows.
        changed_count: keys on both sides of which a column differs.
        trouble: why nothing could be compared, in words; all else is empty then.
    """

    table: str
    rows_before: int = 0
    rows_after: int = 0
    columns_gone: Mapping[str, str] | None = None
    columns_new: Mapping[str, str] | None = None
    columns_retyped: Mapping[str, tuple[str, str]] | None = None
    key: tuple[str, ...] = ()
    remark: str = ""
    gone_count: int = 0
    new_count: int = 0
    changed_count: int = 0
    gone: tuple[Example, ...] = ()
    new: tuple[Example, ...] = ()
    changed: tuple[ColumnChange, ...] = ()
    trouble: str = ""

    @property
    def is_equal(self) -> bool:
        return not (
            self.trouble
            or self.columns_gone
            or self.columns_new
            or self.columns_retyped
            or self.gone_count
            or self.new_count
            or self.changed_count
        )

    def sentences(self, *, before: str = "before", after: str = "after") -> Iterator[str]:
        """Say what differs, with the first rows; nothing if the copies are equal.

        Args:
            before, after: what the copies are called.
        """
        if self.is_equal:
            return
        if self.trouble:
            yield f"{self.table}: {self.trouble}"
            return
        yield f"{self.table}: {self.rows_before:,} rows {before}, {self.rows_after:,} {after}"
        for name, kind in (self.columns_gone or {}).items():
            yield f"  column {name} ({kind}) is gone"
        for name, kind in (self.columns_new or {}).items():
            yield f"  column {name} ({kind}) is new"
        for name, (old, new) in (self.columns_retyped or {}).items():
            yield f"  column {name} was {old}, is {new}"
        if self.remark:
            yield f"  {self.remark}"
        what = "key" if self.key else "row"
        for count, side, examples in (
            (self.gone_count, before, self.gone),
            (self.new_count, after, self.new),
        ):
            if count:
                yield f"  {_counted(count, what)} only {side}"
                for example in examples:
                    yield f"    {spelled(example.key)}"
        if self.changed_count:
            yield f"  {_counted(self.changed_count, 'row')} changed"
        for column in self.changed:
            yield f"  {column.name} changed in {_counted(column.count, 'row')}"
            for example in column.examples:
                yield (
                    f"    {spelled(example.key)}: {told(example.before)} -> {told(example.after)}"
                )


def compare(
    connection: "DuckDBPyConnection",
    table: str,
    before: str,
    after: str,
    *,
    key: Sequence[str],
    is_shown: Callable[[str], bool] = lambda _: True,
    examples: int = EXAMPLES,
) -> TableDifference:
    """Compare two relations of a DuckDB connection.

    Args:
        table: what the copies are called; before, after: the relations, as SQL names them.
        key: columns that tell rows apart. Where a side lacks one of them, or two rows of a side
            share a key, or there is none, rows are compared whole, as a multiset.
        is_shown: whether the values of a column may be told; others are counted and masked.
        examples: rows told per kind of difference.
    Raises: TableReadError if DuckDB cannot read them.
    """
    import duckdb

    try:
        return _Comparison(connection, table, before, after, is_shown, examples).by(tuple(key))
    except duckdb.Error as err:
        raise TableReadError(f"{table}: {err}") from err


def unreadable(table: str, err: Exception) -> TableDifference:
    """Return the difference of a table that could not be compared."""
    return TableDifference(table, trouble=re.sub(r"\s+", " ", str(err))[:500])


def columns_of(connection: "DuckDBPyConnection", relation: str) -> dict[str, str]:
    """Return column -> type of a relation, in their order."""
    found = connection.execute(f"describe select * from {relation}").fetchall()
    return {name: kind for name, kind, *_ in found}


def told(value: str | None) -> str:
    """A value as a reader sees it."""
    return "null" if value is None else value


def spelled(key: Mapping[str, str | None]) -> str:
    """A key as a reader sees it."""
    return ", ".join(f"{name}={told(value)}" for name, value in key.items())


class _Comparison:
    """One comparison: the columns that both sides have, and how they are made comparable."""

    def __init__(
        self,
        connection: "DuckDBPyConnection",
        table: str,
        before: str,
        after: str,
        is_shown: Callable[[str], bool],
        examples: int,
    ) -> None:
        self._connection, self._table, self._examples = connection, table, examples
        self._is_shown = is_shown
        self._sides = {"before": before, "after": after}
        types = {side: columns_of(connection, relation) for side, relation in self._sides.items()}
        was, now = types["before"], types["after"]
        self._common = [name for name in was if name in now]
        self._types = {name: (was[name], now[name]) for name in self._common}
        self._gone = {name: kind for name, kind in was.items() if name not in now}
        self._new = {name: kind for name, kind in now.items() if name not in was}
        self._retyped = {name: kinds for name, kinds in self._types.items() if len(set(kinds)) > 1}

    def by(self, key: tuple[str, ...]) -> TableDifference:
        rows = {side: self._checksum(side) for side in self._sides}
        if rows["before"] == rows["after"]:
            return self._found(rows, key=key)
        lacking = [name for name in key if name not in self._common]
        if not key:
            remark = "no key is declared (meta.grain), so rows are compared whole"
        elif lacking:
            remark = f"the key column {lacking[0]} is on one side only: rows are compared whole"
        else:
            self._connection.execute(self._differing_sql(key))
            repeated = self._one(f"select count(*) from {_DIFFERING} where greatest(b, a) > 1")
            if not repeated:
                return self._keyed(rows, key)
            remark = (
                f"the key ({', '.join(key)}) does not hold: {repeated:,} of its values have "
                "several rows, so rows are compared whole"
            )
        return self._whole(rows, remark)

    def _found(self, rows: Mapping[str, tuple[int, int]], **found: object) -> TableDifference:
        return TableDifference(
            table=self._table,
            rows_before=rows["before"][0],
            rows_after=rows["after"][0],
            columns_gone=self._gone,
            columns_new=self._new,
            columns_retyped=self._retyped,
            **found,  # type: ignore[arg-type]
        )

    def _keyed(self, rows: Mapping[str, tuple[int, int]], key: tuple[str, ...]) -> TableDifference:
        counted = self._connection.execute(
            f"select count(*) filter (a = 0), count(*) filter (b = 0), count(*) filter (a * b > 0) "
            f"from {_DIFFERING}"
        ).fetchone()
        assert counted is not None
        names = self._key_names(key)
        shown = self._struct(f"d.{name}::varchar" for name in names)
        sample = (
            f"select {shown} from {_DIFFERING} d where {{}} order by {', '.join(names)} "
            f"limit {self._examples}"
        )
        gone, new = (
            tuple(
                Example(self._masked(key, row[0]))
                for row in self._connection.execute(sample.format(f"d.{side} = 0")).fetchall()
            )
            for side in ("a", "b")
        )
        return self._found(
            rows,
            key=key,
            gone_count=counted[0],
            new_count=counted[1],
            changed_count=counted[2],
            gone=gone,
            new=new,
            changed=self._changed(key) if counted[2] else (),
        )

    def _changed(self, key: tuple[str, ...]) -> tuple[ColumnChange, ...]:
        names = self._key_names(key)
        values = self._changed_columns(key)
        if not values:
            return ()
        parts = []
        for number, name in enumerate(values):
            pair = [f"{side}.v{number}" for side in ("b", "a")]
            differs = f"{pair[0]} is distinct from {pair[1]}"
            parts.append(f"count(*) filter ({differs})")
            told = [f"d.{each}::varchar" for each in names]
            # What is masked does not leave the database.
            told += [f"{each}::varchar" if self._is_shown(name) else "null" for each in pair]
            order = "{" + ", ".join(f"'{each}': d.{each}" for each in names) + "}"
            parts.append(
                f"arg_min({self._struct(told)}, {order}, {self._examples}) filter ({differs})"
            )
        matched = " and ".join(
            " and ".join(f"d.{name} is not distinct from {side}.{name}" for name in names)
            for side in ("b", "a")
        )
        row = self._connection.execute(
            f"select {', '.join(parts)} from {_DIFFERING} d, "
            f"({self._renamed('before', key, values)}) b, "
            f"({self._renamed('after', key, values)}) a "
            f"where d.a * d.b > 0 and {matched}"
        ).fetchone()
        assert row is not None
        changes = []
        for number, name in enumerate(values):
            count, found = row[2 * number], row[2 * number + 1]
            if not count:
                continue
            pairs = (
                (each[: len(key)], each[len(key) :] if self._is_shown(name) else (MASK, MASK))
                for each in found
            )
            examples = tuple(Example(self._masked(key, k), b, a) for k, (b, a) in pairs)
            changes.append(ColumnChange(name, count, examples))
        return tuple(changes)

    def _changed_columns(self, key: tuple[str, ...]) -> list[str]:
        """Columns of which some row has another value: the others need not be joined.

        A checksum per column, over key and value, of the rows that are on both sides.
        """
        values = [name for name in self._common if name not in key]
        names = self._key_names(key)
        matched = " and ".join(f"d.{name} is not distinct from t.{name}" for name in names)
        parts = ", ".join(f"sum(hash({', '.join(names)}, v{n}))" for n, _ in enumerate(values))
        sums = []
        for side in self._sides:
            found = self._connection.execute(
                f"select {parts} from ({self._renamed(side, key, values)}) t where exists "
                f"(select 1 from {_DIFFERING} d where d.a * d.b > 0 and {matched})"
            ).fetchone()
            assert found is not None
            sums.append(found)
        return [name for name, was, now in zip(values, *sums, strict=True) if was != now]

    def _renamed(self, side: str, key: Sequence[str], values: Sequence[str]) -> str:
        """A side whose columns have names of ours: k0, k1, … of the key, v0, v1, … of values."""
        columns = [
            *(
                f"{self._value(side, c)} as {n}"
                for c, n in zip(key, self._key_names(key), strict=True)
            ),
            *(f"{self._value(side, column)} as v{n}" for n, column in enumerate(values)),
        ]
        return f"select {', '.join(columns)} from {self._sides[side]}"

    def _whole(self, rows: Mapping[str, tuple[int, int]], remark: str) -> TableDifference:
        names = [f"c{number}" for number in range(len(self._common))]
        sides = [
            "select "
            + ", ".join(f"{self._value(side, c)} as c{n}" for n, c in enumerate(self._common))
            + f", {weight} as w from {relation}"
            for (side, relation), weight in zip(self._sides.items(), (-1, 1), strict=True)
        ]
        self._connection.execute(
            f"create or replace temp table {_DIFFERING} as select {', '.join(names)}, "
            f"sum(w) as w from ({' union all '.join(sides)}) group by all having sum(w) <> 0"
        )
        found: dict[str, object] = {}
        for side, sign in (("gone", "<"), ("new", ">")):
            where = f"from {_DIFFERING} where w {sign} 0"
            found[f"{side}_count"] = self._one(f"select coalesce(sum(abs(w)), 0)::bigint {where}")
            sample = (
                f"select {self._struct(f'{name}::varchar' for name in names)} {where} "
                f"order by all limit {self._examples}"
            )
            found[side] = tuple(
                Example(self._masked(self._common, row[0]))
                for row in self._connection.execute(sample).fetchall()
            )
        return self._found(rows, remark=remark, **found)

    def _checksum(self, side: str) -> tuple[int, int]:
        """Rows of a side, and a number that any other row or value changes."""
        found = self._connection.execute(
            f"select count(*), coalesce(sum({self._hash(side, self._common)}), 0) "
            f"from {self._sides[side]}"
        ).fetchone()
        assert found is not None
        return found[0], found[1]

    def _differing_sql(self, key: tuple[str, ...]) -> str:
        names = self._key_names(key)
        rest = [name for name in self._common if name not in key]
        sides = [
            "select "
            + ", ".join(f"{self._value(side, c)} as {n}" for c, n in zip(key, names, strict=True))
            + f", {side == 'after'} as is_after, {self._hash(side, rest)} as h from {relation}"
            for side, relation in self._sides.items()
        ]
        before, after = "count(*) filter (not is_after)", "count(*) filter (is_after)"
        # The hashes of two rows that are the same leave nothing, and a bit_xor is half of a sum.
        return (
            f"create or replace temp table {_DIFFERING} as "
            f"select {', '.join(names)}, {before} as b, {after} as a "
            f"from ({' union all '.join(sides)}) group by {', '.join(names)} "
            f"having {before} <> 1 or {after} <> 1 or bit_xor(h) <> 0"
        )

    def _hash(self, side: str, columns: Sequence[str]) -> str:
        return f"hash({', '.join(self._value(side, name) for name in columns) or '0'})"

    def _value(self, side: str, name: str) -> str:
        """A column of a side, made comparable where its type has changed."""
        column = identifier(name)
        was, now = self._types[name]
        if was == now:
            return column
        own = was if side == "before" else now
        if all(_is_number(kind) for kind in (was, now)):
            # Without the zeros of the scale: 1.50 and 1.5 are the same number.
            scale = _DECIMAL.fullmatch(own)
            text = f"cast({column} as varchar)"
            return f"rtrim(rtrim({text}, '0'), '.')" if scale and scale[1] != "0" else text
        if {was, now} <= {"DATE", "TIMESTAMP"}:
            return f"cast({column} as timestamp)"
        return f"cast({column} as varchar)"

    def _masked(
        self, columns: Sequence[str], values: Sequence[str | None]
    ) -> dict[str, str | None]:
        pairs = zip(columns, values, strict=True)
        return {name: value if self._is_shown(name) else MASK for name, value in pairs}

    def _one(self, sql: str) -> int:
        row = self._connection.execute(sql).fetchone()
        assert row is not None
        return int(row[0])

    @staticmethod
    def _key_names(key: Sequence[str]) -> list[str]:
        return [f"k{number}" for number in range(len(key))]

    @staticmethod
    def _struct(values: Iterator[str] | Sequence[str]) -> str:
        return f"[{', '.join(values)}]"


def _is_number(kind: str) -> bool:
    return bool(_WHOLE.fullmatch(kind) or _DECIMAL.fullmatch(kind))


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"
