"""List prices of AWS, each said once in prices.toml, and what reading and sessions cost by them.

`LAKEHOUSE_ATHENA_USD_PER_TB` and `LAKEHOUSE_GLUE_USD_PER_DPU_HOUR` give others.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from lakehouse.errors import UsageError

FILE = Path(__file__).with_name("prices.toml")
_BYTES_OF_A_GB = 10**9


@cache
def read() -> dict[str, dict[str, Any]]:
    """The file: `prices`, by name with `usd`, `of`, `source` and `seen`, and what is `assumed`."""
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def athena_usd_per_tb(environment: Mapping[str, str]) -> float:
    """US dollars of a TB that Athena reads.

    Raises: UsageError if the environment gives no number.
    """
    listed = read()["prices"]["scanned_gb"]["usd"] * 1000
    return _given(environment, "LAKEHOUSE_ATHENA_USD_PER_TB", listed)


def glue_usd_per_hour(environment: Mapping[str, str]) -> float:
    """US dollars of a unit (DPU) of Glue and hour. Raises: UsageError as above."""
    listed = read()["prices"]["glue_unit_hour"]["usd"]
    return _given(environment, "LAKEHOUSE_GLUE_USD_PER_DPU_HOUR", listed)


def athena_least_bytes() -> int:
    """What a statement that reads is paid for, however little it reads."""
    least_gb: float = read()["prices"]["scanned_gb"]["least"]
    return round(least_gb * _BYTES_OF_A_GB)


def athena_usd(read_bytes: float, environment: Mapping[str, str], *, statements: int = 1) -> float:
    """US dollars for reading so many bytes with so many statements on Athena.

    Raises: UsageError as above.
    """
    paid = max(read_bytes, athena_least_bytes() * statements)
    return paid / (1000 * _BYTES_OF_A_GB) * athena_usd_per_tb(environment)


def _given(environment: Mapping[str, str], name: str, listed: float) -> float:
    given = environment.get(name)
    try:
        return float(given) if given else listed
    except ValueError as err:
        raise UsageError(f"{name} is '{given}', which is no number of dollars") from err
