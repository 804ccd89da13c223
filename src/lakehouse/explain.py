"""What a code means: of an error, a test of the build, a row's status or a row's reason.

Reasons of rows are the project's own (`seeds/quality/dim_quality__reason.csv`), all others those of
this package (`explained.csv`); no code stands in both.
"""

import csv
import os
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from lakehouse.errors import UsageError

REASONS = Path("seeds/quality/dim_quality__reason.csv")
OWN = Path(__file__).with_name("explained.csv")
LANGUAGES = ("en", "pt")


@dataclass(frozen=True)
class Explanation:
    """A code in one language.

    Attributes:
        kind: `error` of a command, `test` of a build, `status` of a row, `reject` or `flag`, which
            are reasons of rows.
    """

    code: str
    kind: str
    cause: str
    next_step: str


def language_of(settings: Mapping[str, str] = os.environ) -> str:
    """Return the language that the shell asks for, English where it is none of ours."""
    asked = settings.get("LC_ALL") or settings.get("LC_MESSAGES") or settings.get("LANG") or ""
    return next((each for each in LANGUAGES if asked.lower().startswith(each)), LANGUAGES[0])


def explanations(project_dir: Path, language: str) -> dict[str, Explanation]:
    """Read all explanations, by code.

    Args:
        project_dir: folder of dbt_project.yml, which has the list of reasons.
        language: one of LANGUAGES.
    Raises: UsageError if the language is another, or the list of reasons is not there.
    """
    if language not in LANGUAGES:
        raise UsageError(f"'{language}' is no language of this table: en or pt")
    found = {
        row["code"]: Explanation(
            row["code"], row["kind"], row[f"cause_{language}"], row[f"next_{language}"]
        )
        for row in _rows(OWN)
    }
    step = "what_to_do" if language == "en" else f"what_to_do_{language}"
    try:
        reasons = _rows(project_dir / REASONS)
    except OSError as err:
        raise UsageError(
            f"{project_dir / REASONS} cannot be read ({err.strerror}): give the folder of "
            "dbt_project.yml as --project-dir"
        ) from err
    return found | {
        row["reason_code"]: Explanation(
            row["reason_code"], row["severity"], f"{row[f'meaning_{language}']}.", f"{row[step]}."
        )
        for row in reasons
    }


def explain(code: str, project_dir: Path, language: str) -> Explanation:
    """Return what a code means.

    Raises: UsageError if no code is meant, with those that are written alike.
    """
    known = explanations(project_dir, language)
    asked = code.strip().strip("[]").lower().replace("-", "_")
    if asked in known:
        return known[asked]
    alike = get_close_matches(asked, known, n=3)
    hint = f"did you mean {' or '.join(alike)}?" if alike else "lakehouse explain lists all"
    raise UsageError(f"'{code}' is no code: {hint}")


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))
