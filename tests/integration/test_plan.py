"""`lakehouse plan`: what the next build will do is said before it runs, and nothing is changed.

On a project of one domain, credit, as test_nothing_new.py makes it.
"""

import hashlib
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from lake import PROJECT, Lake
from test_nothing_new import DAY, UNIT_TESTS, one_domain, receive

from lakehouse.building.parsed import begin_as_parsed

MART = "models/credit/marts/feat_credit__customer_latest"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """A lake of which all has been built, and passed."""
    project = one_domain(tmp_path_factory.mktemp("plan") / "project")
    lake = Lake(tmp_path_factory.mktemp("planned"), project)
    shutil.copytree(PROJECT / "data/raw/credit", lake.raw / "credit")
    done = lake.build(*UNIT_TESTS, variables=DAY)
    assert done.returncode == 0, done.stdout + done.stderr
    # As a build by hand leaves it: there the first plan begins.
    begin_as_parsed(project / "target", parsed_in=project / "target/parsed/target")
    return lake


@pytest.fixture
def lake(built: Lake, tmp_path: Path) -> Iterator[Lake]:
    """That lake and its project for one test; both are as they were afterwards."""
    kept = {place: tmp_path / place.name for place in (built.folder, built.project)}
    for place, copy in kept.items():
        shutil.copytree(place, copy)
    yield built
    for place, copy in kept.items():
        shutil.rmtree(place)
        shutil.copytree(copy, place)


def planned(
    lake: Lake, *words: str, code: int = 0, day: str = DAY["run_date"], **environment: str
) -> str:
    """What the command prints; neither the lake nor what is kept beside it changes."""
    before = contents(lake.folder)
    variables = json.dumps({"run_date": day})
    given = ["--project-dir", str(lake.project), *UNIT_TESTS, "--vars", variables]
    done = lake.lakehouse("plan", *words, *given, **environment)
    assert done.returncode == code, done.stdout + done.stderr
    assert contents(lake.folder) == before
    return done.stdout + done.stderr


def contents(folder: Path) -> dict[str, str]:
    """Path -> digest of all files but dbt's own."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and path.relative_to(folder).parts[0] not in ("target", "logs")
    }


def test_nothing_new_is_nothing_to_do(lake: Lake) -> None:
    said = json.loads(planned(lake, "--json"))
    assert said["models"] == [] and said["doubts"] == [] and said["breaks"] == []
    assert said["sentence"].startswith("Nothing to do")


def test_of_a_part_it_says_that_what_is_new_is_not_looked_up(lake: Lake) -> None:
    said = planned(lake, "--select", "path:models/credit")
    assert "not known: what is new in a part of the project" in said
    assert "cannot be parsed" not in said


def test_a_new_load_is_an_increment_of_what_reads_it(lake: Lake) -> None:
    receive(lake, day="2024-03-15", load="20260101T000000000000Z-aaaaaaaaaaaa")
    models = {each["name"]: each for each in json.loads(planned(lake, "--json"))["models"]}
    assert "dim_quality__reason" not in models
    proposal = models["int_credit__proposal"]
    assert (proposal["mode"], proposal["why"]) == ("increment", "loads of credit")
    assert proposal["rows"] > 0 and proposal["seconds"] > 0
    assert models["feat_credit__customer_latest"]["mode"] == "full"


def test_changed_code_and_contracts_that_break_are_named_with_their_readers(lake: Lake) -> None:
    yaml, sql = (lake.project / f"{MART}.{kind}" for kind in ("yml", "sql"))
    text = yaml.read_text()
    column = re.search(r"      - name: (\w+)\n        data_type: (bigint)\n", text)
    assert column
    yaml.write_text(text.replace(column[0], column[0].replace("bigint", "string"), 1))
    sql.write_text(sql.read_text() + "-- as before\n")
    said = planned(lake, code=1)
    [line] = [each for each in said.splitlines() if each.startswith("BREAKS")]
    assert f"feat_credit__customer_latest: column {column[1]} was bigint, is string" in line
    exposures = (lake.project / "models/credit/_credit__exposures.yml").read_text()
    assert re.search(r"- name: (\w+)", exposures)[1] in line
    assert re.search(r"feat_credit__customer_latest .*changed: SQL, columns of its contract", said)
    assert "more, for no reason of their own" in said


def test_a_model_over_its_budget_is_named(lake: Lake) -> None:
    yaml = lake.project / f"{MART}.yml"
    budgeted = "meta: {budget_bytes: 1000, grain: [customer_id]}"
    yaml.write_text(yaml.read_text().replace("meta: {grain: [customer_id]}", budgeted, 1))
    said = planned(lake, code=1)
    assert re.search(
        r"feat_credit__customer_latest .*reads [\d.]+ [kM]B \(all that it reads\)", said
    )
    assert "OVER BUDGET: it may read 1.0 kB (meta.budget_bytes)" in said


def test_without_a_stored_manifest_that_is_said_and_the_rest_is_planned(lake: Lake) -> None:
    shutil.rmtree(lake.folder / "lakehouse.duckdb.state")
    said = json.loads(planned(lake, "--json", day="2026-12-24"))
    assert "has no manifest of a build that passed" in said["doubts"][0]
    assert {each["why"] for each in said["models"]} == {"a new day"} or said["models"] == []


def test_a_table_that_is_gone_is_named(lake: Lake) -> None:
    with duckdb.connect(str(lake.database)) as connection:
        connection.execute("drop table credit.feat_credit__customer_latest")
    said = planned(lake)
    assert "a table is missing" in said
    assert "tables that are gone: feat_credit__customer_latest" in said


def test_without_a_database_everything_is_built_and_none_is_made(lake: Lake) -> None:
    lake.database.unlink()
    said = planned(lake)
    assert "is not there: everything is built for the first time" in said
    assert not lake.database.exists()


def test_without_credentials_that_is_said(lake: Lake, tmp_path: Path) -> None:
    given = {"LAKEHOUSE_TARGET": "athena", "AWS_DEFAULT_REGION": "us-east-1"}
    said = planned(lake, code=2, **given, AWS_EC2_METADATA_DISABLED="true", HOME=str(tmp_path))
    assert "error: s3://lakehouse-dev-curated" in said and "redentials" in said
