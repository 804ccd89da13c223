"""What git knows of the working tree: new files too, none that are ignored or gone."""

import subprocess
from pathlib import Path

import pytest
from tracked_files import GitError, left_at, tracked_files


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


def test_where_a_branch_left_another_is_its_last_common_commit(checkout: Path):
    def git(*words: str) -> str:
        whole = ["git", "-c", "user.name=test", "-c", "user.email=test@example.com", *words]
        return subprocess.run(
            whole, cwd=checkout, check=True, capture_output=True, text=True
        ).stdout.strip()

    git("checkout", "-q", "-b", "trunk")
    git("commit", "-q", "-m", "both")
    both = git("rev-parse", "HEAD")
    git("checkout", "-q", "-b", "mine")
    git("commit", "-q", "--allow-empty", "-m", "mine")
    git("checkout", "-q", "trunk")
    git("commit", "-q", "--allow-empty", "-m", "theirs")
    git("checkout", "-q", "mine")
    assert left_at(checkout, "trunk") == both
    assert left_at(checkout, "HEAD") == git("rev-parse", "HEAD")

    with pytest.raises(GitError, match=r"main is no commit.* BASE=, such as mine or trunk"):
        left_at(checkout, "main")
    git("checkout", "-q", "--detach")
    with pytest.raises(GitError, match=r"BASE=, such as mine or trunk$"):
        left_at(checkout, "main")
    git("checkout", "-q", "--orphan", "other")
    git("commit", "-q", "--allow-empty", "-m", "nothing in common")
    with pytest.raises(GitError, match=r"^mine is no commit that this branch comes from; name"):
        left_at(checkout, "mine")


def test_without_a_checkout_git_itself_is_heard(tmp_path: Path):
    with pytest.raises(GitError, match=r"^fatal: not a git repository"):
        left_at(tmp_path, "HEAD")
