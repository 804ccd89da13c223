"""The command as a person types it: exit codes, streams, and no traceback."""

import json

import pytest
from typer.testing import CliRunner

from lakehouse.cli import app

HEADER = (
    "transaction_datetime,purchase_id,buyer_id,prod_item_id,order_date,release_date,producer_id"
)
ROW = f"{HEADER}\n2024-01-05 10:00:00,1,2,3,2024-01-05,,4\n"


@pytest.fixture
def run(raw, project_dir, monkeypatch):
    monkeypatch.setenv("LAKEHOUSE_RAW", str(raw))

    def run_command(*arguments):
        return CliRunner().invoke(app, ["land", *arguments, "--project-dir", str(project_dir)])

    return run_command


def test_a_landing_says_what_landed_where(run, write, raw_rows):
    result = run("commerce", f"purchase={write('p.csv', ROW)}")
    row = raw_rows("purchase")[0]
    assert result.exit_code == 0
    assert f"purchase: landed 1 rows in 1 file(s) as load {row['load_id']}" in result.stdout
    assert result.stderr == ""


def test_a_landing_as_json_says_the_same(run, write, raw_rows):
    told = json.loads(run("commerce", f"purchase={write('p.csv', ROW)}", "--json").stdout)
    [load] = told
    assert (load["entity"], load["outcome"], load["row_count"]) == ("purchase", "landed", 1)
    assert load["load_id"] == raw_rows("purchase")[0]["load_id"]
    assert load["files"][0]["entity"] == "purchase" and load["warnings"] == []


def test_an_error_ends_with_the_code_that_explain_takes(run, write):
    result = run("commerce", f"purchase={write('p.csv', 'a,b')}", "--json")
    assert result.exit_code == 1 and result.stdout == ""
    assert result.stderr.startswith("error: ") and result.stderr.endswith(" [delivery]\n")


def test_a_delivery_is_repeated_without_writing(run, write, left_behind):
    arguments = ("commerce", f"purchase={write('p.csv', ROW)}", "--ingest-date", "2024-02-01")
    assert run(*arguments).exit_code == 0
    before = left_behind()
    again = run(*arguments)
    assert again.exit_code == 0
    assert "purchase: nothing landed, the same delivery is load" in again.stdout
    assert left_behind() == before


def test_recorded_from_and_rewrite_history_reach_the_landing(run, write, raw_rows):
    run("commerce", f"purchase={write('p.csv', ROW)}")
    late = ("commerce", f"purchase={write('q.csv', ROW)}", "--recorded-from")
    refused = run(*late, "transaction_datetime")
    assert refused.exit_code == 1
    assert refused.stderr.startswith("error: q.csv, line 2: claims")
    assert run(*late, "transaction_datetime", "--rewrite-history").exit_code == 0
    assert raw_rows("purchase")[0]["ingest_date"] == "2024-01-05"


def test_bad_input_is_one_line_on_stderr(run, write):
    result = run("commerce", f"purchase={write('p.csv', '')}")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.startswith("error: p.csv: the file has zero bytes")
    assert result.stderr.count("\n") == 1


def test_an_empty_delivery_warns_and_succeeds(run, write):
    result = run("commerce", f"purchase={write('p.csv', f'{HEADER},coupon')}")
    assert result.exit_code == 0
    assert "warning: p.csv: no rows" in result.stderr
    assert "warning: p.csv: 'coupon' is not in the contract of purchase" in result.stderr
    assert "purchase: nothing landed, no rows" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["shop", "sale=x.csv"], "unknown domain 'shop'; known: "),
        (["commerce", "sale=x.csv"], "unknown entity 'sale'"),
        (["commerce", "purchase"], "'purchase' is not <entity>=<file>"),
        (["commerce", "purchase="], "'purchase=' is not <entity>=<file>"),
        (["commerce"], "ENTITY=FILE"),
        (["commerce", "purchase=x.csv", "--ingest-date", "2024-02-30"], "2024-02-30"),
        (
            ["commerce", "purchase=x.csv", "--ingest-date", "2024-02-01", "--recorded-from", "a"],
            "exclude each other",
        ),
    ],
)
def test_a_wrong_command_ends_with_2(run, arguments, said):
    result = run(*arguments)
    assert result.exit_code == 2
    assert said in result.stderr


def test_the_raw_zone_is_data_raw_of_the_project_unless_the_environment_says_otherwise(
    run, write, tmp_path, project_dir, monkeypatch
):
    monkeypatch.delenv("LAKEHOUSE_RAW")
    project = tmp_path / "project"
    project.mkdir()
    (project / "models").symlink_to(project_dir / "models")
    arguments = ["land", "commerce", f"purchase={write('p.csv', ROW)}"]
    assert CliRunner().invoke(app, [*arguments, "--project-dir", str(project)]).exit_code == 0
    assert len(list(project.glob("data/raw/commerce/purchase/*/*.parquet"))) == 1
