"""The files of the working tree: committed ones, and new ones that git does not ignore."""

import subprocess
from pathlib import Path


class GitError(Exception):
    """Git cannot answer; the text is its own sentence."""


def git_paths(project: Path, *words: str) -> list[str]:
    """Run a command of git that prints paths with `-z`, and return them.

    Raises: GitError if git cannot.
    """
    outcome = subprocess.run(["git", *words], cwd=project, capture_output=True, text=True)
    if outcome.returncode:
        raise GitError(outcome.stderr.strip())
    return [path for path in outcome.stdout.split("\0") if path]


def tracked_files(project: Path, *patterns: str) -> list[str]:
    """Return the paths of all files that are there, or of those that match a pattern of git.

    Raises: GitError if `project` is no checkout.
    """
    kinds = ("--cached", "--others", "--exclude-standard", "--deduplicate")
    paths = git_paths(project, "ls-files", "-z", *kinds, *patterns)
    return sorted(path for path in paths if (project / path).is_file())
