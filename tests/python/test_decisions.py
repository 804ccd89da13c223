"""`lakehouse accept` and `lakehouse withdraw`: what they write down, move and say."""

import csv
import re
import shutil

import pytest
import yaml
from typer.testing import CliRunner

from lakehouse.cli import app
from lakehouse.decisions import COLUMNS, COUNTED_IN, LIST, MOST_LETTERS

LOAD = "20240506T120000123456Z-0123456789ab"
OTHER = "20240507T120000123456Z-0123456789ab"
PLACES = (
    f"retail/venda/ingest_date=2024-05-06/{LOAD}.parquet",
    f"retail/venda/ingest_date=2024-05-05/{LOAD}.parquet",
    f"retail/venda/ingest_date=2024-05-06/{OTHER}.parquet",
    f"market/carteira/ingest_date=2024-05-06/{OTHER}.parquet",
)


@pytest.fixture
def project(tmp_path, project_dir):
    """A project whose lists may be written; it declares the same domains."""
    project = tmp_path / "project"
    for path in (project_dir / LIST, project_dir / COUNTED_IN):
        copy = project / path.relative_to(project_dir)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copy)
    (project / LIST).write_text(f"{','.join(COLUMNS)}\n", encoding="utf-8")
    for path in project_dir.glob("models/*/staging/_*__sources.yml"):
        copy = project / path.relative_to(project_dir)
        copy.parent.mkdir(parents=True)
        shutil.copy(path, copy)
    return project


@pytest.fixture
def run(raw, project, monkeypatch):
    monkeypatch.setenv("LAKEHOUSE_RAW", str(raw))
    for place in PLACES:
        (raw / place).parent.mkdir(parents=True, exist_ok=True)
        (raw / place).write_bytes(place.encode())

    def run_command(*words, why="seen, by the shop"):
        return CliRunner().invoke(app, [*words, "--why", why, "--project-dir", str(project)])

    return run_command


def listed(project):
    with (project / LIST).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def counted(project):
    seeds = yaml.safe_load((project / COUNTED_IN).read_text(encoding="utf-8"))["seeds"]
    [tests] = [seed["data_tests"] for seed in seeds if seed["name"] == LIST.stem]
    [rows] = [t["row_count_is"]["arguments"]["rows"] for t in tests if "row_count_is" in t]
    return rows


def test_an_accepted_load_is_a_line_and_its_number(run, project, raw, left_behind):
    before = left_behind()
    result = run("accept", LOAD)
    assert result.exit_code == 0, result.output
    [line] = listed(project)
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", line.pop("decided_on"))
    assert line == {
        "decision": "accept",
        "domain": "retail",
        "entity": "venda",
        "load_id": LOAD,
        "days": "2024-05-05 2024-05-06",
        "why": "seen, by the shop",
    }
    assert counted(project) == 1
    assert f"retail.venda: load {LOAD} (2024-05-05 2024-05-06) is accepted" in result.stdout
    assert "on AWS it counts once that commit is deployed" in result.stdout
    assert left_behind() == before


def test_several_loads_are_accepted_at_once_and_none_twice(run, project):
    assert run("accept", LOAD, OTHER, LOAD).exit_code == 0
    again = run("accept", OTHER, why="another reason")
    assert again.exit_code == 0
    assert "as it was listed before" in again.stdout
    assert [(line["domain"], line["load_id"]) for line in listed(project)] == [
        ("retail", LOAD),
        ("market", OTHER),
        ("retail", OTHER),
    ]
    assert {line["why"] for line in listed(project)} == {"seen, by the shop"}
    assert counted(project) == 3


def test_only_the_number_of_rows_changes_in_the_yaml(run, project, project_dir):
    run("accept", LOAD)
    kept = (project_dir / COUNTED_IN).read_text(encoding="utf-8").splitlines()
    now = (project / COUNTED_IN).read_text(encoding="utf-8").splitlines()
    assert [line for line in now if line not in kept] in ([], ["          arguments: {rows: 1}"])
    assert len(now) == len(kept)


@pytest.mark.parametrize("command", ["accept", "withdraw"])
def test_a_load_that_is_not_there_is_refused_and_nothing_is_written(run, project, raw, command):
    result = run(command, LOAD, "20200101T000000000000Z-000000000000")
    assert result.exit_code == 2
    assert "no load 20200101T000000000000Z-000000000000" in result.stderr
    assert str(raw) in result.stderr
    assert listed(project) == [] and counted(project) in (0, 1)
    assert all((raw / place).exists() for place in PLACES)


@pytest.mark.parametrize("why", ["", "  \n", "x" * (MOST_LETTERS + 1), "a\x00b"])
def test_a_reason_is_needed_that_a_seed_can_hold(run, project, raw, why):
    for command in ("accept", "withdraw"):
        result = run(command, LOAD, why=why)
        assert result.exit_code == 2 and "--why" in result.stderr
    assert listed(project) == []
    assert all((raw / place).exists() for place in PLACES)


def test_a_reason_of_several_lines_becomes_one(run, project):
    run("accept", LOAD, why='seen by "the shop",\n  twice')
    assert listed(project)[0]["why"] == 'seen by "the shop", twice'


def test_a_withdrawn_load_lies_aside_and_is_listed(run, project, raw):
    result = run("withdraw", LOAD)
    assert result.exit_code == 0, result.output
    for place in PLACES[:2]:
        assert not (raw / place).exists()
        assert (raw / "_withdrawn" / place).read_bytes() == place.encode()
    assert all((raw / place).exists() for place in PLACES[2:])
    [line] = listed(project)
    assert (line["decision"], line["days"]) == ("withdraw", "2024-05-05 2024-05-06")
    assert counted(project) == 1
    assert f"2 files moved to {raw / '_withdrawn'}" in result.stdout
    assert "lakehouse build --full-refresh --select path:models/retail+" in result.stdout


def test_a_withdrawal_that_stopped_half_way_is_brought_to_its_end(run, project, raw):
    run("withdraw", LOAD)
    (raw / "_withdrawn" / PLACES[0]).rename(raw / PLACES[0])
    (project / LIST).write_text(f"{','.join(COLUMNS)}\n", encoding="utf-8")
    result = run("withdraw", LOAD)
    assert result.exit_code == 0, result.output
    assert "1 file moved" in result.stdout
    assert not (raw / PLACES[0]).exists()
    assert [line["days"] for line in listed(project)] == ["2024-05-05 2024-05-06"]


def test_an_accepted_load_may_be_withdrawn_later(run, project):
    run("accept", LOAD)
    assert run("withdraw", LOAD).exit_code == 0
    assert [line["decision"] for line in listed(project)] == ["accept", "withdraw"]
    assert "no load" in run("accept", LOAD).stderr


def test_landing_does_not_take_a_withdrawn_delivery_for_landed(run, write, project, raw):
    path = write(
        "venda.csv",
        "id_venda,id_funcionario,id_categoria,data_venda,venda\n1,1,1,2024-01-01,2\n",
    )
    delivery = f"venda={path}"
    for old in PLACES:
        (raw / old).unlink()
    words = ["land", "retail", delivery, "--project-dir", str(project)]
    assert CliRunner().invoke(app, words).exit_code == 0
    assert "nothing landed" in CliRunner().invoke(app, words).stdout
    [load] = {path.stem for path in raw.glob("retail/venda/*/*.parquet")}
    assert run("withdraw", load).exit_code == 0
    assert "landed 1 rows" in CliRunner().invoke(app, words).stdout


def test_on_s3_objects_are_moved_below_the_prefix(fake_aws, project):
    for place in PLACES:
        fake_aws.objects[f"lake/zone/raw/{place}"] = place.encode()
    words = ["withdraw", LOAD, "--why", "cut", "--project-dir", str(project)]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 0, result.output
    assert sorted(fake_aws.objects) == sorted(
        f"lake/zone/raw/{'_withdrawn/' if LOAD in place else ''}{place}" for place in PLACES
    )
    moved = fake_aws.objects[f"lake/zone/raw/_withdrawn/{PLACES[0]}"]
    assert moved == PLACES[0].encode()
    assert "s3://lake/zone/raw/_withdrawn/" in result.stdout


def test_on_s3_a_refusal_names_the_object_and_the_next_call_goes_on(fake_aws, project):
    for place in PLACES:
        fake_aws.objects[f"lake/zone/raw/{place}"] = place.encode()
    words = ["withdraw", LOAD, "--why", "cut", "--project-dir", str(project)]
    fake_aws.refuse.add("_withdrawn/retail/venda/ingest_date=2024-05-06")
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 1
    assert PLACES[0] in result.stderr and "withdraw the load again" in result.stderr
    assert listed(project) == []
    fake_aws.refuse.clear()
    assert CliRunner().invoke(app, words).exit_code == 0
    assert [line["days"] for line in listed(project)] == ["2024-05-05 2024-05-06"]
