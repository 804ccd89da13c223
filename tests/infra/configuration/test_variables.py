"""A wrong value is refused by a sentence that names the variable, before AWS is asked."""

import json
import re
from pathlib import Path

import pytest
from infra.terraform_tool import TERRAFORM, Terraform, copied, without_colours

FILES = [path for path in TERRAFORM.rglob("variables.tf") if not path.is_symlink()]
# Variable of an environment, a value that it must not have, and what the sentence says of it.
REFUSED = [
    ("project_name", "Lakehouse", "lower-case words"),
    ("project_name", "a-name-that-no-bucket-takes", "at most 20 characters"),
    ("environment", "dev-two", "one lower-case word"),
    ("environment", "production", "2 to 9 letters"),
    ("github_repository", "owner/lakehouse", "your own"),
    ("github_repository", "https://github.com/acme/lakehouse", "<owner>/<name>"),
    ("github_repository", "acme@1/lakehouse@2", "ids"),
    ("github_repository", "acme/*", "patterns"),
    ("region", "us-east-1a", "not a zone"),
    ("databases", {"market": "my-market"}, "no hyphen"),
    ("target", "duckdb", "athena or glue"),
    ("staging", "table", "view or ephemeral"),
    ("permissions_boundary_arn", "boundary", "ARN of a managed policy"),
    ("kms_key_arn", "alias/mine", "not an alias"),
    ("existing_buckets", {"curated": "mine"}, "raw and transient only"),
    ("extracts_at_once", 0, "1 to 40"),
    ("private_sources", ["retail.venda"], "name it as private_network"),
    ("private_sources", ["shop"], "<domain>.<entity> of a domain"),
    ("private_network", {"vpc_id": "mine", "subnet_ids": ["subnet-1"]}, "vpc-"),
    ("retention_days", {"dead_letters": 15}, "1 to 14 days"),
    ("retention_days", {"snapshots": 1}, "3 at least"),
    ("retention_days", {"logs": 100}, "CloudWatch keeps"),
    ("retention_days", {"raw": 1}, "a week at least"),
    ("glue", {"workers": 1}, "at least 2 workers"),
    ("monthly_budget_usd", 0, "more than 0"),
    ("sources", {"PATH": "/bin"}, "LAKEHOUSE_<DOMAIN>_<ENTITY>"),
]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.parent.relative_to(TERRAFORM)))
def test_every_refusal_names_its_variable(path: Path):
    blocks = re.findall(
        r'^variable "(\w+)" \{\n(.*?)^\}', path.read_text(encoding="utf-8"), re.S | re.M
    )
    assert [
        (name, sentence)
        for name, block in blocks
        for sentence in re.findall(r'error_message = "(.*)"', block)
        if name not in sentence
    ] == []


@pytest.fixture(scope="module")
def answers(terraform: Terraform, tmp_path_factory) -> dict[str, str]:
    """What Terraform says to each of the values, by the name of the run."""
    copy = copied(tmp_path_factory.mktemp("refused"))
    folder = copy.root / "terraform" / "live" / "dev" / "tests"
    folder.mkdir()
    for position, (name, value, _) in enumerate(REFUSED):
        given = f"variables {{\n    {name} = {json.dumps(value)}\n  }}"
        (folder / f"refused{position}.tftest.hcl").write_text(
            'mock_provider "aws" {\n  source = "../../tests/mocks"\n}\n\n'
            f'run "refused" {{\n  command = plan\n  {given}\n}}\n',
            encoding="utf-8",
        )
    copy.check("init", "-backend=false", "-input=false", "-lockfile=readonly", folder="live/dev")
    done = copy.run("test", "-json", folder="live/dev")
    said: dict[str, str] = {}
    for message in map(json.loads, done.stdout.splitlines()):
        if message["type"] == "diagnostic" and message["diagnostic"]["severity"] == "error":
            file = Path(message["@testfile"]).name
            text = without_colours(message["diagnostic"]["detail"])
            said[file] = said.get(file, "") + " ".join(text.split()) + "\n"
    return said


@pytest.mark.parametrize(
    ("position", "case"), list(enumerate(REFUSED)), ids=lambda case: str(case)[:60]
)
def test_wrong_value_is_refused(answers: dict[str, str], position: int, case: tuple):
    name, _, says = case
    sentence = answers.get(f"refused{position}.tftest.hcl", "nothing")
    assert name in sentence and says in sentence, sentence
