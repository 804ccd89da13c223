"""A person's own lake: a folder beside the sample, which nobody lands in."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from lakehouse.errors import UsageError
from lakehouse.landing.raw_store import LocalRawStore, RawStore

# What makes a folder a checkout of a dbt project, and where that keeps its sample.
_PROJECT_FILE = "dbt_project.yml"
_SAMPLE = Path("data") / "raw"


@dataclass(frozen=True)
class OwnLake:
    """A folder with a raw zone and, once it is built, a DuckDB file.

    Attributes:
        is_new: the call made it.
    """

    folder: Path
    is_new: bool

    @property
    def settings(self) -> dict[str, str]:
        """The environment variables that make commands work on this lake, paths in full."""
        return {
            "LAKEHOUSE_RAW": str(self.folder / "raw"),
            "LAKEHOUSE_DUCKDB": str(self.folder / "lakehouse.duckdb"),
        }


def make_own_lake(folder: Path, *, project_dir: Path, with_sample: bool) -> OwnLake:
    """Make a lake in a new or empty folder; one that is there already stays as it is.

    Args:
        project_dir: the checkout whose sample the lake starts from.
        with_sample: whether its raw zone starts as a copy of the sample, else empty.
    Raises: UsageError for a folder that is of the project or holds other things, or a lake with
        rows that the sample would be mixed into.
    Source: docs/architecture.md#own-lake.
    """
    place = folder.resolve()
    raw = place / "raw"
    if _is_of_a_project(place):
        raise UsageError(f"{folder} is of the project, whose sample stays as it is; name another")
    is_lake = raw.is_dir()
    if not is_lake and place.exists() and (not place.is_dir() or any(place.iterdir())):
        raise UsageError(f"{folder}: holds other files; name a new folder")
    sample = project_dir / _SAMPLE
    if with_sample and not sample.is_dir():
        raise UsageError(f"{sample}: no sample to start from; give --project-dir")
    if with_sample and is_lake and any(raw.rglob("*.parquet")):
        raise UsageError(
            f"{folder}: holds rows already; name another folder, or leave out --with-sample"
        )
    try:
        raw.mkdir(parents=True, exist_ok=True)
        if not is_lake:
            # Wherever it lies, its rows are no file of a repository.
            (place / ".gitignore").write_text("*\n", encoding="utf-8")
        if with_sample:
            shutil.copytree(sample, raw, dirs_exist_ok=True)
    except OSError as err:
        raise UsageError(f"{folder}: cannot be written ({err.strerror}); name another") from err
    return OwnLake(place, is_new=not is_lake)


def check_is_own(store: RawStore) -> None:
    """Refuse to land where a checkout keeps its sample, on which its tests and docs rely.

    Raises: UsageError, which says how to get a lake of one's own.
    """
    if isinstance(store, LocalRawStore) and _is_of_a_project(store.root.resolve()):
        raise UsageError(
            f"{store.root} is the sample of the project, which stays as it is; make a lake of your "
            f'own: eval "$(lakehouse new mine)" sets LAKEHOUSE_RAW and LAKEHOUSE_DUCKDB to it'
        )


def _is_of_a_project(place: Path) -> bool:
    return any(
        folder.name == _SAMPLE.parts[0] and (folder.parent / _PROJECT_FILE).is_file()
        for folder in (place, *place.parents)
    )
