"""Settings that cannot work are refused before dbt reads the project."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from lakehouse.building.dbt_run import option_of
from lakehouse.errors import UsageError

_SCHEMA_PREFIX = re.compile(r"[a-z][a-z0-9_]*")


def check_settings(environment: Mapping[str, str], *, target: str, project_dir: Path) -> None:
    """Look at what a run takes from the environment.

    Raises: UsageError that names the variable and the next step.
    """
    prefix = environment.get("LAKEHOUSE_SCHEMA_PREFIX", "")
    if target != "duckdb" and prefix and not _SCHEMA_PREFIX.fullmatch(prefix):
        usable = re.sub(r"[^a-z0-9_]", "_", prefix.lower())
        raise UsageError(
            f"LAKEHOUSE_SCHEMA_PREFIX is '{prefix}', but a database of the Glue catalogue takes "
            f"small letters, digits and underscores only; use a name such as {usable}"
        )
    raw = environment.get("LAKEHOUSE_RAW", "")
    if target == "duckdb" and raw and not raw.startswith("s3://"):
        folder = project_dir / raw
        if not folder.is_dir():
            raise UsageError(
                f"LAKEHOUSE_RAW is '{raw}', and there is no such folder; land a delivery first, "
                f"which makes it, or correct the variable"
            )


def project_of(arguments: Sequence[str], environment: Mapping[str, str]) -> Path:
    """Return the folder that dbt goes to: of its arguments, else of the environment, else here."""
    given = option_of(arguments, "--project-dir")
    return Path(given if given is not None else environment.get("DBT_PROJECT_DIR") or ".")
