"""What all tests share: `lake` and the scripts on the path, and the longest files first."""

import os
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
sys.path[:0] = [str(TESTS), str(TESTS.parent / "scripts")]

# A person's own lake, which the shell may name, is no matter of the tests.
for _name in ("LAKEHOUSE_RAW", "LAKEHOUSE_DUCKDB"):
    os.environ.pop(_name, None)

# Each is one worker's for a minute or two: begun last, it would leave the others without work.
LONGEST = (
    "test_compiled_sql.py",
    "test_readme.py",
    "test_features_command.py",
    "test_commerce_histories.py",
    "test_foundations.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest files first; the others keep their order."""
    place = {name: number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.path.name, len(place)))


@pytest.fixture(scope="session")
def other_domains(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with all that quality reads of the domains beside commerce, built of no rows."""
    from lake import Lake

    lake = Lake(tmp_path_factory.mktemp("other_domains"))
    lake.dbt("seed")
    ours = ("path:models/commerce", "path:models/quality")
    lake.dbt("run", "--select", "+path:models/quality", "--exclude", *ours)
    return lake.database
