"""What no file of the repository may hold is found, and the repository holds none of it."""

from pathlib import Path

import pytest
from check_text import MOST_BYTES, findings_in
from tracked_files import GitError, tracked_files

REPOSITORY = Path(__file__).parents[2]
# In parts, so that this file holds none of it either.
REFUSED = {
    "blanks": "a \nb\n",
    "merge marker": "<" * 7 + " HEAD\n",
    "AWS access key": "key = AKIA" + "ABCDEFGHIJKLMNOP\n",
    "AWS secret key": "AWS_SECRET_ACCESS" + "_KEY=" + "a1/+" * 10 + "\n",
    "private key": "-----BEGIN RSA PRIVATE" + " KEY-----\n",
    "token of GitHub": "gh" + "p_" + "a1" * 18 + "\n",
    "package registry": "see https://pypi" + ".org/simple\n",
    "path of one machine": "cd /ho" + "me/ana/lakehouse\n",
    "no end": "a",
}


@pytest.mark.parametrize(("what", "text"), REFUSED.items())
def test_what_may_not_be_held_is_named_with_its_place(what, text):
    [finding] = findings_in("docs/engines.md", text.encode())

    assert what in finding
    assert finding.startswith("docs/engines.md:")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a: {b: [c]}\n",
        "key = ASIALOCALLAKEENGINE0\n",
        "$(CURDIR)/build/target, target/home/a and s3://bucket/home/a\n",
        "cd /home/me/lakehouse\n",
        "Title\n=======\n",
        "https://docs.example/simple\n",
    ],
)
def test_what_only_looks_like_it_passes(text):
    assert list(findings_in("docs/a.yml", text.encode())) == []


def test_yaml_is_read():
    [finding] = findings_in("models/a.yml", b"a: [b\n")

    assert finding.startswith("models/a.yml: not YAML: ")
    assert list(findings_in("models/a.txt", b"a: [b\n")) == []


def test_large_and_foreign_files_are_only_measured():
    assert list(findings_in("data/raw/a.csv", b"a ")) == []
    assert list(findings_in("docs/a.png", b"\0 \n")) == []
    [finding] = findings_in("docs/a.png", b"\0" * (MOST_BYTES + 1))
    assert "bytes" in finding


def test_the_repository_holds_none_of_it():
    try:
        paths = tracked_files(REPOSITORY)
    except GitError:
        pytest.skip("not a checkout of git")

    found = [each for path in paths for each in findings_in(path, (REPOSITORY / path).read_bytes())]

    assert paths
    assert found == []
