"""The example's README: its dbt commands as they stand there, and what it says they show.

Needs the artefacts of `locallake up`, and dbt from locks/test.txt.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import boto3
import pytest

from locallake import cli, ministack

pytestmark = pytest.mark.engine

EXAMPLE = Path(__file__).parents[2] / "examples" / "birds"
DAYS = "select seen_date, species, sighting_count, bird_count from {}.fct_birds__day order by 1, 2"


class Birds:
    """A copy of the example, over running services that are empty."""

    def __init__(self, folder, settings):
        self.folder = folder
        self.environ = {
            **os.environ,
            **cli.variables(settings),
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        }
        for name in cli.variables_to_unset():
            self.environ.pop(name, None)
        session = boto3.Session("test", "test", region_name=settings.region)
        self.athena, self.glue = (
            session.client(name, endpoint_url=settings.endpoint) for name in ("athena", "glue")
        )

    def shell(self, command):
        done = subprocess.run(
            ["sh", "-c", command],
            cwd=self.folder,
            env=self.environ,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def rows(self, query):
        started = self.athena.start_query_execution(
            QueryString=query,
            ResultConfiguration={"OutputLocation": "s3://locallake-warehouse/results/"},
        )["QueryExecutionId"]
        while True:
            shown = self.athena.get_query_execution(QueryExecutionId=started)["QueryExecution"]
            if shown["Status"]["State"] not in ("QUEUED", "RUNNING"):
                break
            time.sleep(0.05)
        assert shown["Status"]["State"] == "SUCCEEDED", shown["Status"]
        answer = self.athena.get_query_results(QueryExecutionId=started)["ResultSet"]["Rows"]
        return [tuple(datum["VarCharValue"] for datum in row["Data"]) for row in answer[1:]]


@pytest.fixture
def birds(services, tmp_path):
    ministack.reset(services)
    ignored = shutil.ignore_patterns("target", "logs", ".venv", ".locallake")
    yield Birds(shutil.copytree(EXAMPLE, tmp_path / "birds", ignore=ignored), services)
    ministack.reset(services)


def test_the_readmes_commands_give_what_it_shows(birds):
    readme = (EXAMPLE / "README.md").read_text()
    commands = re.findall(r"^dbt .+", readme, re.MULTILINE)
    assert [command.split()[1] for command in commands] == ["build", "build", "show"]
    [first] = re.findall(r"^python -c .+", readme, re.MULTILINE)
    table = re.search(r"```\n(\| species.+?)```", readme, re.DOTALL).group(1)

    birds.shell(first)
    said = [birds.shell(command) for command in commands]

    assert all("PASS=10 WARN=0 ERROR=0" in text for text in said[:2])
    assert "adapter: An error" not in said[1]
    assert table in said[2]
    both = [birds.rows(DAYS.format(schema)) for schema in ("birds_athena", "birds_glue")]
    assert both[0] == both[1]
    assert ("2026-04-02", "robin", "1", "1") in both[0]


@pytest.mark.parametrize("target", ["athena", "glue"])
def test_a_sighting_that_comes_later_changes_its_own_row_only(birds, target):
    birds.glue.create_database(DatabaseInput={"Name": "default"})
    birds.shell(f"dbt build --target {target}")
    before = birds.rows(DAYS.format(f"birds_{target}"))
    with (birds.folder / "seeds" / "sighting.csv").open("a") as seed:
        seed.write("10,2026-04-03,pond,mallard,2\n")
    birds.shell(f"dbt build --target {target}")

    after = birds.rows(DAYS.format(f"birds_{target}"))
    assert set(before) - set(after) == {("2026-04-03", "mallard", "1", "5")}
    assert set(after) - set(before) == {("2026-04-03", "mallard", "2", "7")}
    assert len(after) == len(before)
