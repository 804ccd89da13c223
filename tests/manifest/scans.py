"""How many tables a statement reads: what stands for its stages on Athena, which has a limit.

Trino works a CTE or a view out again at every place that names it, as Spark does; a query of more
than 150 stages fails (`QUERY_HAS_TOO_MANY_STAGES`). A stage more or less ends at every scan, join,
grouping and window that distributes rows anew, so the scans that are left after all of them are
written out are counted: a model with many is near the limit, and slow to plan long before it.
"""

from collections.abc import Mapping

from sqlglot import exp, parse_one

# The widest statement, of 186 scans, had 148 stages; those of 800 and more had up to 1,400.
MOST_SCANS = 80
# Of a statement for more new loads than are written down, which looks them up wherever it names
# them: once in a while, and still far from the one that passed.
MOST_SCANS_OF_MANY = 130


def scans(sql: str, views: Mapping[str, str] | None = None) -> int:
    """Tables that a statement reads when CTEs and views are written out where they are named.

    Args: views: SQL of the views by their name, which is told apart in all schemas.
    """
    return _scans_below(parse_one(sql, dialect="athena"), {}, _Views(views or {}))


class _Views:
    """Scans of each view, counted once."""

    def __init__(self, sql: Mapping[str, str]) -> None:
        self._sql = sql
        self._counted: dict[str, int] = {}

    def scans(self, name: str) -> int:
        """Of the view, or 1 where it is a table."""
        if name not in self._sql:
            return 1
        if name not in self._counted:
            tree = parse_one(self._sql[name], dialect="athena")
            self._counted[name] = _scans_below(tree, {}, self)
        return self._counted[name]


def _scans_below(node: exp.Expression, known: dict[str, int], views: _Views) -> int:
    """Args: known: scans of the CTEs that `node` can see, by name."""
    seen = dict(known)
    parts = [part for part in node.args.values() if part is not None]
    with_ = node.args.get("with_") or node.args.get("with")
    if with_ is not None:
        for cte in with_.expressions:
            seen[cte.alias] = _scans_below(cte.this, seen, views)
    if isinstance(node, exp.Table):
        return views.scans(node.name) if node.args.get("db") else seen.get(node.name, 1)
    total = 0
    for part in parts:
        if part is with_:
            continue
        for child in part if isinstance(part, list) else [part]:
            if isinstance(child, exp.Expression):
                total += _scans_below(child, seen, views)
    return total
