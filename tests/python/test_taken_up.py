"""What others find when they take the project up: a container, templates, a way to report."""

import json
import re
import tomllib
from pathlib import Path

import pytest
import yaml

PROJECT = Path(__file__).parents[2]
FORMS = sorted((PROJECT / ".github/ISSUE_TEMPLATE").glob("[!c]*.yml"))
# Source: GitHub's syntax for issue forms.
KINDS = {"markdown", "textarea", "input", "dropdown", "checkboxes"}


def text_of(path: str) -> str:
    return (PROJECT / path).read_text(encoding="utf-8")


def test_the_container_ends_in_a_built_sample():
    """By the README's own first command, which tests/integration/test_readme.py runs."""
    container = json.loads(text_of(".devcontainer/devcontainer.json"))
    [first] = re.findall(r"## Run it\n.*?^    (.+?)$", text_of("README.md"), re.DOTALL | re.M)
    assert container["postCreateCommand"] == first
    assert container["remoteEnv"]["PATH"].startswith("${containerWorkspaceFolder}/.venv/bin:")


def test_its_python_is_one_that_is_tested():
    image = json.loads(text_of(".devcontainer/devcontainer.json"))["image"]
    [version] = re.findall(r"python:\d+-(3\.\d+)-", image)
    tested = yaml.safe_load(text_of(".github/workflows/ci.yml"))["jobs"]["check"]["strategy"]
    assert version in tested["matrix"]["python"]
    least, under = re.findall(
        r"3\.(\d+)", tomllib.loads(text_of("pyproject.toml"))["project"]["requires-python"]
    )
    assert int(least) <= int(version.removeprefix("3.")) < int(under)


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_forms_are_ones_that_github_takes(path: Path):
    form = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert {"name", "description", "body"} <= set(form)
    ids = [field["id"] for field in form["body"] if field["type"] != "markdown"]
    assert ids and len(ids) == len(set(ids))
    for field in form["body"]:
        assert field["type"] in KINDS
        assert field["attributes"]["value" if field["type"] == "markdown" else "label"]


def test_the_request_asks_for_what_contributing_asks():
    request = text_of(".github/PULL_REQUEST_TEMPLATE.md")
    for word in ("`make check BASE=main`", "`CHANGELOG.md`", "--full-refresh"):
        assert word in request
    assert len(FORMS) == 2
