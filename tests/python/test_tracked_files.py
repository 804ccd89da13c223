"""What git knows of the working tree: new files too, none that are ignored or gone."""

import subprocess
from pathlib import Path

import pytest
from tracked_files import GitError, tracked_files


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for name in ("b.py", "a.sql", "gone.py", "ignored.py", "ação.py"):
        (tmp_path / name).write_text("")
    (tmp_path / ".gitignore").write_text("ignored.py\n")
    for words in (["init", "--quiet"], ["add", "b.py", "gone.py"]):
        subprocess.run(["git", *words], cwd=tmp_path, check=True)
    (tmp_path / "gone.py").unlink()
    return tmp_path


def test_committed_and_new_files_are_listed(checkout: Path):
    assert tracked_files(checkout) == [".gitignore", "a.sql", "ação.py", "b.py"]
    assert tracked_files(checkout, "*.py") == ["ação.py", "b.py"]


def test_where_git_cannot_answer_it_says_why(tmp_path: Path):
    with pytest.raises(GitError, match="not a git repository"):
        tracked_files(tmp_path)
