"""The builds call commands that exist, with variables that something reads; none is missing.

Each command is run as Terraform renders it, by a shell, with every input that the function which
starts the workflow can derive; what the shell made of it is read by the command line itself.
"""

import importlib.util
import json
import os
import random
import re
import shlex
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest
import typer
import yaml
from dbt.cli.main import cli as dbt
from infra.rendered import Rendered
from infra.terraform_tool import REPOSITORY, TERRAFORM

from lakehouse.building.freshness import NAMESPACE_SETTING
from lakehouse.building.transform import build_words
from lakehouse.cli import app
from lakehouse.landing.contract import known_domains, read_contract
from lakehouse.publishing.publish import SETTINGS
from lakehouse.workflow import inputs_by_hand

RUNTIME = (TERRAFORM / "modules" / "runtime" / "main.tf").read_text(encoding="utf-8")
FUNCTION = TERRAFORM / "modules" / "orchestration" / "function" / "start_workflow.py"
CODE = "\n".join(
    path.read_text(encoding="utf-8") for path in (REPOSITORY / "src" / "lakehouse").rglob("*.py")
)
PREFIX = "lakehouse-dev"
# CodeBuild's shell is `sh`, which is Bash in its image and another one elsewhere.
SHELLS = ("sh", "bash")
INPUTS = ("full_refresh", "run_date", "select", "variables")
# Runs by hand: what a person may ask of one.
BY_HAND = [
    inputs_by_hand(),
    inputs_by_hand(sources=["market", "retail.venda"], full_refresh=True),
    inputs_by_hand(select=["path:models/retail+", "+fct_retail__venda,tag:a*"]),
    inputs_by_hand(
        variables=[
            *("report_year=2020", "commerce_value_rule=unit_times_quantity"),
            'commerce_excluded_statuses=["CANCELADA", "it\'s \\"$(x)\\" \\\\ ção"]',
        ]
    ),
]
KEY_LIMIT = 1024  # of S3, in bytes of UTF-8
SPEAKING = (
    *("a b", " a ", "a;b", "a&&b", "a|b", "a>b", "a=b", "{a,b}", "[a]", "#a", "~", "!a", "*", "?"),
    *(
        "$(touch x)",
        "`touch x`",
        "$HOME",
        "${HOME}",
        "'",
        '"',
        "''",
        '""',
        "\\",
        "\\n",
        "%s",
        "%20",
    ),
    *(
        "\n",
        "\r\n",
        "\t",
        "\x01",
        "\x7f",
        "\u200b",
        "\u202e",
        "\u0301",
        "\ufeff",
        "ção",
        "日本",
        "🦆",
    ),
    *("-", "--", "--full", "-x", "=", "+", ".", "..", "//", "&", "<b>", "\\u003c", "null", "true"),
)


def builds_of(definition: Mapping, workflow_input: Mapping) -> list[tuple[str, dict[str, str]]]:
    """The builds that an execution starts while all goes well.

    Returns: the project's name and what is overridden of its environment, in order.
    """
    states = definition["States"]
    each = states["Extract"]["ItemProcessor"]["States"]["ExtractSource"]
    started = [(each, item) for item in workflow_input["extracts"]]
    builds = [
        (state["Parameters"]["ProjectName"], _overrides(state["Parameters"], given))
        for state, given in started
    ]
    if (step := workflow_input["step"]) != "-":
        project = states[f"Begin{step.title()}"]["Result"]["project"]
        builds.append((project, _overrides(states["Build"]["Parameters"], workflow_input)))
    if step == "transform":
        builds.append((states["Publish"]["Parameters"]["ProjectName"], {}))
    return builds


def _overrides(parameters: Mapping, given: Mapping) -> dict[str, str]:
    return {
        item["Name"]: given[item["Value.$"].removeprefix("$.")]
        for item in parameters.get("EnvironmentVariablesOverride", [])
    }


@dataclass(frozen=True)
class Build:
    """A build project as rendered: its commands, and its environment before any override."""

    commands: list[str]
    environment: dict[str, str]


def random_keys(count: int) -> list[str]:
    """Keys of objects made of what means something to a shell; some as long as a key can be."""
    chosen = random.Random(2026)
    keys = [f"market/{part}{end}" for part in SPEAKING for end in ("", ".json")]
    while len(keys) < count:
        parts = chosen.choices(SPEAKING, k=chosen.randint(2, 400))
        key = "market/" + chosen.choice(("", "/", " ")).join(parts)
        keys.append(key.encode()[:KEY_LIMIT].decode(errors="ignore"))
    return keys


def events() -> list[dict]:
    """What the function is called with: schedules, a person, objects; dates at every border."""
    days = [date(2024, 2, 29), date(2026, 11, 29), date(2026, 12, 31), date(2027, 1, 1)]
    days += [date(2026, 1, 1) + timedelta(days=n) for n in range(0, 366, 7)]
    times = [f"{day}{clock}" for day in days for clock in ("T00:00:00Z", "T23:59:59.999Z", "")]
    extracts = (
        [], ["market"], ["commerce", "credit", "education", "retail.venda", "retail.funcionario"],
    )  # fmt: skip
    scheduled = [
        {"schedule": name, "scheduled_time": time, "extracts": chosen, "step": step}
        for name, chosen in zip(("byhand", "market", "daily"), extracts, strict=True)
        for time in times
        for step in ("transform", "maintain", "-")
    ]
    objects = [
        {
            "source": "aws.s3",
            "detail-type": "Object Created",
            "detail": {"bucket": {"name": "t"}, "object": {"key": key, "version-id": "v"}},
        }
        for key in random_keys(400)
    ]
    return scheduled + objects


@pytest.fixture(scope="module")
def projects(everything: Rendered) -> dict[str, Build]:
    """The build projects by name."""
    return {
        one["values"]["name"]: Build(
            yaml.safe_load(one["values"]["source"][0]["buildspec"])["phases"]["build"]["commands"],
            {
                variable["name"]: variable["value"]
                for variable in one["values"]["environment"][0]["environment_variable"]
            },
        )
        for one in everything.of("aws_codebuild_project")
    }


@pytest.fixture(scope="module")
def started(everything: Rendered) -> list[tuple[str, dict[str, str]]]:
    """Every build that any event starts: the project and what is overridden, each once."""
    spec = importlib.util.spec_from_file_location("start_workflow", FUNCTION)
    function = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(function)
    [machine] = everything.of("aws_sfn_state_machine")
    definition = json.loads(machine["values"]["definition"])
    found = {}
    for workflow_input in [*BY_HAND, *(function.execution_of(event)[1] for event in events())]:
        for project, overrides in builds_of(definition, workflow_input):
            found[project, tuple(overrides.items())] = (project, overrides)
    return list(found.values())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A build's folder, whose `lakehouse` writes down the words it was called with."""
    made = tmp_path_factory.mktemp("build")
    program = made / ".venv" / "bin" / "lakehouse"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\nprintf '%s\\0' \"$@\" >> words\n")
    program.chmod(0o755)
    return made


def words_of(build: Build, overrides: dict[str, str], folder: Path, shell: str) -> list[str]:
    """The words that a shell gives to `lakehouse` when it runs a build's commands."""
    (folder / "words").unlink(missing_ok=True)
    environment = {"PATH": os.defpath, "HOME": str(folder)} | build.environment | overrides
    before = set(folder.iterdir())
    done = subprocess.run(
        [shell, "-e", "-c", "\n".join(build.commands)],
        cwd=folder,
        env=environment,
        capture_output=True,
    )
    assert done.returncode == 0, done.stderr
    assert not done.stdout + done.stderr
    assert set(folder.iterdir()) - before == {folder / "words"}
    return (folder / "words").read_bytes().decode().split("\0")[:-1]


def parsed(words: list[str]) -> dict:
    """What the command line reads; exits if it takes the words for something else."""
    command, *rest = words
    commands = typer.main.get_command(app).commands
    if command == "dbt":
        # Ours takes whatever dbt does.
        commands, (command, *rest) = dbt.commands, rest
    return commands[command].make_context(command, list(rest)).params


def outputs(module: str) -> set[str]:
    text = (TERRAFORM / "modules" / module / "outputs.tf").read_text(encoding="utf-8")
    return set(re.findall(r"^\s+(LAKEHOUSE_[A-Z_]+) +=", text, re.M))


def exposures() -> list[dict]:
    paths = (REPOSITORY / "models").glob("*/_*__exposures.yml")
    found = [
        one
        for path in paths
        for one in yaml.safe_load(path.read_text(encoding="utf-8"))["exposures"]
    ]
    return [one for one in found if "publish" in one.get("config", {}).get("meta", {})]


def test_every_step_has_a_command(projects: dict[str, Build]):
    steps = ("extract", "maintain", "publish", "transform")
    assert set(projects) == {f"{PREFIX}-{step}" for step in steps}


def test_maintenance_calls_an_operation_that_exists(projects: dict[str, Build]):
    *program, operation = shlex.split(projects[f"{PREFIX}-maintain"].commands[-1])
    assert program == ["lakehouse", "dbt", "run-operation"]
    assert list((REPOSITORY / "macros").rglob(f"{operation}.sql"))


@pytest.mark.parametrize("shell", SHELLS)
def test_every_command_says_what_was_meant_whatever_started_it(
    projects: dict[str, Build], started: list[tuple[str, dict[str, str]]], folder: Path, shell: str
):
    assert len(started) > 450
    # Those that something else starts too, such as a schedule.
    for project, overrides in [*started, *((name, {}) for name in projects)]:
        read = parsed(words_of(projects[project], overrides, folder, shell))
        given = projects[project].environment | overrides
        if project == f"{PREFIX}-extract":
            assert read["domain"] == given["LAKEHOUSE_SOURCE"]
            assert read["object_address"] == given["LAKEHOUSE_OBJECT"]
            assert not read["entities"] and not read["full"]
        elif project == f"{PREFIX}-transform":
            assert read == {name: given[f"LAKEHOUSE_{name.upper()}"] for name in INPUTS}
        elif project == f"{PREFIX}-publish":
            assert not any(value for name, value in read.items() if name != "project_dir")


def test_dbt_takes_the_words_of_every_run(started: list[tuple[str, dict[str, str]]]):
    builds = [
        {name: each[f"LAKEHOUSE_{name.upper()}"] for name in INPUTS}
        for project, each in started
        if project == f"{PREFIX}-transform"
    ]
    assert len(builds) > 50
    for given in builds:
        command, *rest = build_words(**given)
        read = dbt.commands[command].make_context(command, rest).params
        named = {} if given["variables"] == "-" else json.loads(given["variables"])
        day = {} if given["run_date"] == "-" else {"run_date": given["run_date"]}
        assert read["vars"] == named | day
        assert read["select"] == (() if given["select"] == "-" else tuple(given["select"].split()))
        assert read["full_refresh"] == (given["full_refresh"] == "yes")


def test_a_run_of_a_day_builds_as_rendered(projects: dict[str, Build], tmp_path: Path):
    """On DuckDB and an empty lake, by the programs of this environment."""
    (tmp_path / "raw").mkdir()
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("AWS_", "DBT_", "LAKEHOUSE_"))
    }
    build = projects[f"{PREFIX}-transform"]
    done = subprocess.run(
        ["sh", "-e", "-c", "\n".join(build.commands)],
        cwd=REPOSITORY,
        env=environment
        | build.environment
        | {
            "LAKEHOUSE_RUN_DATE": "2026-11-29",
            "LAKEHOUSE_TARGET": "duckdb",
            "LAKEHOUSE_RAW": str(tmp_path / "raw"),
            "LAKEHOUSE_DUCKDB": str(tmp_path / "lake.duckdb"),
            "DBT_TARGET_PATH": str(tmp_path / "target"),
            "DBT_LOG_PATH": str(tmp_path / "logs"),
        },
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    assert "ERROR=0" in done.stdout


def test_every_variable_of_a_build_is_read():
    given = set(re.findall(r"\b(LAKEHOUSE_[A-Z_]+) =", RUNTIME))
    # The engine is dbt's business; publication has its own.
    given -= {"LAKEHOUSE_TARGET"}
    # Read by the program itself, not by its command line.
    assert f'"{NAMESPACE_SETTING}"' in CODE
    given -= {NAMESPACE_SETTING}
    maintaining = (REPOSITORY / "macros/engine/compact_table.sql").read_text(encoding="utf-8")
    assert "env_var('LAKEHOUSE_SNAPSHOT_DAYS'" in maintaining
    given -= {"LAKEHOUSE_SNAPSHOT_DAYS"}
    inputs = {f"LAKEHOUSE_{name.upper()}" for name in INPUTS}
    assert given == {"LAKEHOUSE_SOURCE", "LAKEHOUSE_OBJECT"} | inputs
    assert all(f"${name}" in RUNTIME for name in given)
    assert all(f'"{name}"' in CODE for name in outputs("aurora") | outputs("redshift"))
    assert '"LAKEHOUSE_TRANSIENT"' in CODE


def test_every_variable_that_publication_reads_is_given():
    read = set(re.findall(r'"(LAKEHOUSE_(?:AURORA|REDSHIFT)_[A-Z_]+)"', CODE))
    assert read == outputs("aurora") | outputs("redshift")
    assert set(SETTINGS["postgres"]) <= outputs("aurora")
    assert set(SETTINGS["redshift"]) == outputs("redshift")


def test_sources_have_settings_of_their_own():
    settings = [
        entity.source.setting
        for domain in known_domains(REPOSITORY)
        for entity in read_contract(domain, project_dir=REPOSITORY).entities.values()
        if entity.source is not None
    ]
    assert sorted(settings) == [
        "LAKEHOUSE_MARKET_CARTEIRA",
        "LAKEHOUSE_RETAIL_CATEGORIA",
        "LAKEHOUSE_RETAIL_FUNCIONARIO",
        "LAKEHOUSE_RETAIL_VENDA",
    ]


def test_exposures_name_schemas_and_readers_that_redshift_is_prepared_for():
    text = (TERRAFORM / "modules" / "redshift" / "variables.tf").read_text(encoding="utf-8")
    schemas = re.search(r'variable "schemas" \{.*?default +=\s*\[(.*?)\]', text, re.S)[1]
    reader = re.search(r'variable "reader_role" \{.*?default +=\s*"(\w+)"', text, re.S)[1]
    declared = [one["config"]["meta"]["publish"] for one in exposures()]
    on_redshift = [one for one in declared if one["target"] == "redshift"]
    assert {one["schema"] for one in on_redshift} == set(re.findall(r"\w+", schemas))
    assert {role for one in on_redshift for role in one["readers"]} == {reader}
