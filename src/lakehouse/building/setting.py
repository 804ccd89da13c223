"""Where a build was called and on what: file names and commands as its caller would write them."""

import shlex
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from lakehouse.building.dbt_run import target_of
from lakehouse.database import database_file

# They change what a later command reads, so it has to have them as well.
CARRIED = (
    "--vars",
    "--target",
    "-t",
    "--profile",
    "--project-dir",
    "--profiles-dir",
    "--target-path",
)


@dataclass(frozen=True)
class Setting:
    """What a build was given.

    Attributes:
        arguments: of `lakehouse build`.
        start: the folder in which it was called.
        project: the folder of the dbt project.
        programs: the folder that holds `dbt` and `lakehouse`.
    """

    arguments: tuple[str, ...]
    environment: Mapping[str, str]
    start: Path
    project: Path
    programs: Path

    @property
    def target(self) -> str:
        return target_of(self.arguments, self.environment)

    @property
    def database(self) -> str:
        """The file that DuckDB builds."""
        return self.path(database_file(self.environment))

    @property
    def again(self) -> str:
        """The command that does the same once more."""
        return shlex.join([self._program("lakehouse"), "build", *self.arguments])

    def build(self, *words: str) -> str:
        """A command that builds something else with the same variables and on the same target."""
        return shlex.join([self._program("lakehouse"), "build", *words, *carried(self.arguments)])

    def decide(self, decision: Literal["accept", "withdraw"], loads: Sequence[str]) -> str:
        """The command that decides of loads; who reads it gives the reason."""
        there = [] if self.project == self.start else ["--project-dir", str(self.project)]
        words = [self._program("lakehouse"), decision, *loads, *there]
        return f"{shlex.join(words)} --why 'who, and why'"

    def show(self, *words: str) -> str:
        """A command of dbt that shows rows which the build has read or written."""
        said = [self._program("dbt"), "show", *carried(self.arguments), "--limit", "20", *words]
        return " ".join(_quoted(word) for word in said)

    def path(self, path: str) -> str:
        """Name a file of the project from where the build was called."""
        whole = self.project / path
        return str(whole.relative_to(self.start) if whole.is_relative_to(self.start) else whole)

    def _program(self, name: str) -> str:
        own = self.programs / name
        on_path = shutil.which(name, path=self.environment.get("PATH"))
        return name if on_path and Path(on_path) == own else self.path(str(own))


def carried(arguments: Sequence[str], options: Sequence[str] = CARRIED) -> list[str]:
    """Return those options that a later command needs too."""
    kept: list[str] = []
    for number, argument in enumerate(arguments):
        if argument in options:
            kept += arguments[number : number + 2]
        elif argument.split("=")[0] in options:
            kept.append(argument)
    return kept


def _quoted(word: str) -> str:
    """Quote for a shell; SQL, which holds single quotes, stays legible."""
    return f'"{word}"' if "'" in word and not set('"$`\\!') & set(word) else shlex.quote(word)
