"""Personal values of a lake that the project itself built never enter its site."""

import re

from lake import PROJECT

from lakehouse.marts.declared import OPEN_CLASSES, declared_marts

# Shorter values, such as the number 12, stand for many things.
TOLD_APART = 5


def test_no_personal_value_of_the_sample_is_in_its_site(site) -> None:
    values = set()
    for mart in declared_marts(PROJECT):
        for column, kind in mart.columns.items():
            if kind not in OPEN_CLASSES:
                found = site.lake.query(
                    f"select distinct cast({column} as varchar) from {mart.domain}.{mart.name}"
                )
                values |= {value for (value,) in found if value and len(value) >= TOLD_APART}
    assert {"Rob Carsson", "Ana Silva", "15947"} <= values
    said = "\n".join(
        path.read_text("utf-8")
        for path in site.folder.rglob("*")
        if path.suffix in (".html", ".js") and path.name not in ("vega.js", "docs.html")
    )
    tokens = set(re.findall(r"[\w.-]+", said))
    assert sorted(v for v in values if (v in tokens if v.isalnum() else v in said)) == []
