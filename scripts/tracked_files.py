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


def left_at(project: Path, base: str) -> str:
    """Return the commit where this branch left another.

    Args:
        base: a branch, tag or commit.
    Raises: GitError, which names the next step, if there is none.
    """
    try:
        return git_paths(project, "merge-base", base, "HEAD")[0].strip()
    except GitError as err:
        if base == "HEAD":
            raise
        refs = ("--format=%(refname:short)", "refs/heads", "refs/remotes")
        branches = git_paths(project, "for-each-ref", *refs)
        known = [name for text in branches for name in text.splitlines() if name != base][:4]
        why = f" ({err})" if str(err) else ""
        raise GitError(
            f"{base} is no commit that this branch comes from{why}; "
            f"name one with BASE=, such as {' or '.join(known) or 'HEAD'}"
        ) from err


def tracked_files(project: Path, *patterns: str) -> list[str]:
    """Return the paths of all files that are there, or of those that match a pattern of git.

    Raises: GitError if `project` is no checkout.
    """
    kinds = ("--cached", "--others", "--exclude-standard", "--deduplicate")
    paths = git_paths(project, "ls-files", "-z", *kinds, *patterns)
    return sorted(path for path in paths if (project / path).is_file())
