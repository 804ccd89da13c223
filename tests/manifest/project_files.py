"""The files of the project that the checks of its manifest read beside it."""

from pathlib import Path

READ_FOLDERS = {"macros": "*.sql", "tests/data": "*.sql", "tests/macros": "*.sql", "seeds": "*.csv"}


def project_files(project: Path) -> dict[str, str]:
    """What the checks find under `files`: path in the project -> text."""
    paths = (
        path
        for folder, pattern in READ_FOLDERS.items()
        for path in (project / folder).rglob(pattern)
    )
    return {path.relative_to(project).as_posix(): path.read_text("utf-8") for path in paths}
