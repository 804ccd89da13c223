"""`lakehouse env --from-terraform` prints what dbt and landing need, or says what is missing."""

import json
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from lakehouse import cli, terraform_env
from lakehouse.errors import UsageError
from lakehouse.terraform_env import TerraformEnvError, environment, shell_exports


def outputs(**values: object) -> str:
    known = {
        "profile": {"LAKEHOUSE_RAW": "s3://raw", "AWS_REGION": "us-east-1"},
        "databases": {"commerce": "lakehouse_dev_commerce", "market": "default"},
        "state_machine_arn": "arn:machine",
    }
    return json.dumps({name: {"value": value} for name, value in (known | values).items()})


def read(text: str) -> dict[str, str]:
    return environment(Path("live/dev"), read_outputs=lambda folder: text)


def test_profile_and_the_database_of_each_domain_come_sorted():
    assert list(read(outputs()).items()) == [
        ("AWS_REGION", "us-east-1"),
        ("LAKEHOUSE_DATABASE_COMMERCE", "lakehouse_dev_commerce"),
        ("LAKEHOUSE_DATABASE_MARKET", "default"),
        ("LAKEHOUSE_RAW", "s3://raw"),
        ("LAKEHOUSE_WORKFLOW", "arn:machine"),
    ]


@pytest.mark.parametrize("text", ["{}", "", "[]", outputs(profile={"AWS_REGION": 1})])
def test_outputs_of_something_else_say_what_to_do(text):
    with pytest.raises(TerraformEnvError, match="apply it, then try again"):
        read(text)


def test_shell_reads_back_any_value():
    value = "two words; $(false) 'quoted'"
    assert shlex.split(shell_exports({"NAME": value})) == ["export", f"NAME={value}"]


def test_missing_terraform_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(TerraformEnvError, match="terraform is not on PATH"):
        terraform_env.terraform_outputs(tmp_path)


def test_error_goes_to_stderr_and_exit_status(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    result = CliRunner().invoke(cli.app, ["env", "--from-terraform", str(tmp_path)])
    assert (result.exit_code, result.stdout) == (1, "")
    assert "terraform is not on PATH" in result.stderr


def test_powershell_gets_lines_of_its_own_and_another_shell_a_sentence():
    assert shell_exports({"A": "it's", "B": "c d"}, "powershell") == (
        "$env:A = 'it''s'\n$env:B = 'c d'"
    )
    with pytest.raises(UsageError, match="'tcsh' is no shell that is known: posix, powershell"):
        shell_exports({}, "tcsh")
