"""Prices that the package reads are said once, and all who use one get the same amount."""

import re
import subprocess

import pytest
from lake import PROJECT

from lakehouse import prices

# Where a line speaks of money.
MONEY = re.compile(r"usd|price|preço|cost|dollar", re.I)


def written_forms() -> dict[str, set[str]]:
    """How each may be written; Athena's for a GB and for a TB."""
    a_tb = prices.athena_usd_per_tb({})
    told = {"Athena": [a_tb / 1000, a_tb], "Glue": [prices.glue_usd_per_hour({})]}
    return {
        name: {form for one in found for form in (f"{one:g}", f"{one:.1f}", f"{one:.2f}")}
        for name, found in told.items()
    }


def said_again(line: str) -> list[str]:
    """Whose price a line says."""
    if not MONEY.search(line):
        return []
    numbers = set(re.findall(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.]*\d)", line.replace("_", "")))
    return [name for name, forms in written_forms().items() if numbers & forms]


@pytest.mark.parametrize(
    "line",
    [
        # As they stood.
        "_ATHENA_USD_PER_TB, _GLUE_USD_PER_DPU_HOUR = 5.0, 0.44",
        "(greatest(stored_bytes, 10 * 1024 * 1024) / 1024.0 ^ 4 * 5) as athena_cost",
        "The cost on Athena is USD 5 per TB, at least 10 MB for each statement that reads;",
        "usd = 0.005",
    ],
)
def test_a_second_price_is_found(line: str):
    assert "Athena" in said_again(line)


def test_prices_are_said_once():
    names = subprocess.run(
        ["git", "ls-files", "-z", "*.md", "docs", "macros", "scripts", "src", "terraform"],
        cwd=PROJECT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split("\0")
    places = {
        PROJECT / name
        for name in names
        if name.endswith((".py", ".sql", ".md", ".toml", ".yml", ".tf", ".html", ".js"))
    }
    assert prices.FILE in places
    found = [
        f"{path.relative_to(PROJECT)}:{number}: {line.strip()}"
        for path in sorted(places - {prices.FILE})
        if path.is_file()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if said_again(line)
    ]
    assert found == []


def test_a_statement_pays_for_the_least():
    least = prices.athena_least_bytes()
    assert prices.athena_usd(0, {}) == prices.athena_usd(least, {}) == pytest.approx(5e-5)
    assert prices.athena_usd(least * 2, {}) == prices.athena_usd(1, {}, statements=2)


def test_a_price_is_dated():
    listed = prices.read()["prices"]["scanned_gb"]
    assert listed["source"] and listed["seen"].isoformat() >= "2026-01-01"
