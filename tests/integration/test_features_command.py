"""`lakehouse features`: one delivery in, Parquet by anomesdia out, for any CSV of the shape.

LAKEHOUSE_REAL_DATA names the folder with the real file of this shape, if there is one.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
from fake_aws import FakeAws, running
from lake import PROJECT
from typer.testing import CliRunner

from lakehouse.building.recorded import digest_of, read_record
from lakehouse.cli import app

REAL_DATA = os.environ.get("LAKEHOUSE_REAL_DATA")
PROPOSAL = {
    "proposal_id": "P1",
    "customer_id": "C1",
    "reference_date": "2024-03-01",
    "person_age": "22",
    "person_income": "59000",
    "person_home_ownership": "RENT",
    "person_emp_length": "3.0",
    "loan_intent": "PERSONAL",
    "loan_grade": "D",
    "loan_amnt": "35000",
    "loan_int_rate": "16.02",
    "loan_status": "1",
    "loan_percent_income": "0.59",
    "cb_person_default_on_file": "Y",
    "cb_person_cred_hist_length": "3",
}


def proposal(proposal_id: str, **values: str) -> dict[str, str]:
    return {**PROPOSAL, "proposal_id": proposal_id, **values}


def write(path: Path, rows: list[dict[str, str]], delimiter: str = ",", without: str = "") -> Path:
    names = [name for name in PROPOSAL if name != without]
    lines = [names, *([row[name] for name in names] for row in rows)]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(delimiter.join(line) + "\n" for line in lines), encoding="latin-1")
    return path


def features(*arguments: object, project: Path = PROJECT):
    return CliRunner().invoke(
        app, ["features", *map(str, arguments), "--project-dir", str(project)]
    )


def files_in(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def rows_in(path: Path, columns: str) -> list[tuple]:
    return duckdb.sql(
        f"select {columns} from read_parquet('{path}') order by proposal_id"
    ).fetchall()


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeAws]:
    fake = FakeAws()
    with running(fake) as environment:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        yield fake


def test_a_rerun_replaces_exactly_what_its_sender_had_for_the_date(tmp_path: Path) -> None:
    """Underscored options as the original job had them; two senders, two dates, then again."""
    out = tmp_path / "out"
    both_days = [proposal("P1"), proposal("P2"), proposal("P3", reference_date="2024-03-02")]
    first = features("--input_path", write(tmp_path / "a.csv", both_days), "--output_path", out)
    assert first.exit_code == 0, first.output
    partner = write(
        tmp_path / "b.csv", [proposal("X1", loan_int_rate="16,02", person_emp_length="3,0",
                                      loan_percent_income="0,59")], ";"
    )  # fmt: skip
    other = features("--input-path", partner, "--output-path", out, "--sender", "parceiro")
    assert other.exit_code == 0, other.output
    before = files_in(out)
    assert list(before) == [
        "anomesdia=20240301/default.parquet",
        "anomesdia=20240301/parceiro.parquet",
        "anomesdia=20240302/default.parquet",
    ]
    assert rows_in(out / "anomesdia=20240301/parceiro.parquet", "loan_int_rate, sender") == [
        (Decimal("16.02"), "parceiro")
    ]

    without_target = [proposal("P1", loan_status="")]
    again = features(
        "--input-path", write(tmp_path / "c.csv", without_target), "--output-path", out
    )
    assert again.exit_code == 0, again.output
    after = files_in(out)
    assert list(after) == list(before)
    changed = [name for name in after if after[name] != before[name]]
    assert changed == ["anomesdia=20240301/default.parquet"]
    assert rows_in(out / changed[0], "proposal_id") == [("P1",)]


def test_features_are_byte_equal_with_the_target_and_without(tmp_path: Path) -> None:
    """Also where the target is unreadable; the columns are those of a day with other values."""
    days = {
        "with": [proposal("P1", loan_status="1"), proposal("P2", loan_status="x")],
        "without": [proposal("P1"), proposal("P2")],
    }
    for name, rows in days.items():
        path = write(tmp_path / f"{name}.csv", rows, without="loan_status" * (name == "without"))
        ran = features("--input-path", path, "--output-path", tmp_path / name)
        assert ran.exit_code == 0, ran.output
    assert files_in(tmp_path / "with") == files_in(tmp_path / "without")
    schema = pq.read_schema(tmp_path / "with/anomesdia=20240301/default.parquet")
    # The target is no feature; anomesdia is the directory's name, is_removed serves the merge.
    assert {"loan_status", "anomesdia", "is_removed"}.isdisjoint(schema.names)


def test_rows_without_id_and_date_get_them_from_the_file_and_the_option(tmp_path: Path) -> None:
    """A directory is one delivery; an unreadable date means no features, and is counted."""
    folder = tmp_path / "in"
    write(folder / "a.csv", [proposal("", reference_date=""), proposal("")])
    write(folder / "b.CSV", [proposal("P1", reference_date="2024-02-30", loan_intent="VIAGEM")])
    (folder / "notes.txt").write_text("not a delivery")
    out = tmp_path / "out"
    ran = features("--input-path", folder, "--output-path", out, "--anomesdia", "20191231")
    assert ran.exit_code == 0, ran.output
    assert "1 rows have no usable key or date" in ran.stderr
    assert sorted(files_in(out)) == [
        "anomesdia=20191231/default.parquet",
        "anomesdia=20240301/default.parquet",
    ]
    ids = [rows_in(out / name, "proposal_id")[0][0] for name in files_in(out)]
    assert len(set(ids)) == 2
    assert all(len(proposal_id) == 32 for proposal_id in ids)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--anomesdia", "20240230"], "'20240230' is no day as YYYYMMDD"),
        (["--anomesdia", "240301"], "'240301' is no day as YYYYMMDD"),
        (["--anomesdia", "21990101"], "21990101 lies after today"),
        (["--sender", "nobody"], "unknown sender 'nobody'"),
    ],
)
def test_a_wrong_option_is_refused_before_anything_runs(tmp_path: Path, arguments, said) -> None:
    path = write(tmp_path / "a.csv", [proposal("P1")])
    ran = features("--input-path", path, "--output-path", tmp_path / "out", *arguments)
    assert ran.exit_code != 0
    assert said in ran.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("column", ["loan_grade", "person_age"])
def test_a_file_with_a_missing_column_is_refused_clearly(tmp_path: Path, column: str) -> None:
    path = write(tmp_path / "a.csv", [proposal("P1")], without=column)
    ran = features("--input-path", path, "--output-path", tmp_path / "out")
    assert ran.exit_code == 1
    assert ran.stderr.startswith("error: a.csv")
    assert column in ran.stderr
    assert "Traceback" not in ran.output
    assert not (tmp_path / "out").exists()


def test_an_empty_delivery_and_a_directory_without_files_write_nothing(tmp_path: Path) -> None:
    empty = features(
        "--input-path", write(tmp_path / "a.csv", []), "--output-path", tmp_path / "out"
    )
    assert empty.exit_code == 0
    assert "nothing written, no rows" in empty.stdout
    (tmp_path / "in").mkdir()
    none = features("--input-path", tmp_path / "in", "--output-path", tmp_path / "out")
    assert none.exit_code != 0
    assert "no .csv file" in none.stderr
    assert not (tmp_path / "out").exists()


def test_paths_may_be_on_s3_and_what_values_are_is_said_in_one_line(
    tmp_path: Path, s3: FakeAws
) -> None:
    rows = [
        proposal("P1", person_age="123", loan_intent="VIAGEM"),
        proposal("P2", person_age="9", loan_amnt="-1", reference_date="2024-03-02"),
    ]
    s3.objects["in/day/a.csv"] = write(tmp_path / "in/a.csv", rows[:1]).read_bytes()
    s3.objects["in/day/b.csv"] = write(tmp_path / "in/b.csv", rows[1:]).read_bytes()
    s3.objects["in/day/more/c.csv"] = b"not a delivery"
    ran = features("--input_path", "s3://in/day/", "--output_path", "s3://out/features/")
    assert ran.exit_code == 0, ran.output
    assert ran.stderr.splitlines() == [
        "warning: invalid values, read as null: person_age 2, loan_amnt 1; "
        "unknown, counted as other: loan_intent 1"
    ]
    names = [f"features/anomesdia=2024030{day}/default.parquet" for day in (1, 2)]
    assert ran.stdout.splitlines() == [f"s3://out/{name}: 1 rows" for name in names]
    local = features("--input-path", tmp_path / "in", "--output-path", tmp_path / "features")
    assert local.exit_code == 0, local.output
    written = {key: body for key, body in s3.objects.items() if key.startswith("out/")}
    assert written == {
        f"out/features/{name}": body for name, body in files_in(tmp_path / "features").items()
    }

    s3.refuse.add("anomesdia=20240302")
    failed = features("--input-path", "s3://in/day/b.csv", "--output-path", "s3://out/features")
    assert failed.exit_code == 1
    assert "s3://out/features/anomesdia=20240302/default.parquet" in failed.stderr


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("s3://in/none.csv", "s3://in/none.csv: no such object, and no .csv below it; check"),
        ("s3://in/day/more", "s3://in/day/more: no such object"),
        ("s3://", "s3:// names no bucket; give s3://bucket/prefix"),
    ],
)
def test_an_address_without_a_delivery_is_named(tmp_path: Path, s3: FakeAws, path, said) -> None:
    s3.objects["in/day/a.csv"] = b"x"
    s3.objects["in/day/more.csv"] = b"x"
    ran = features("--input-path", path, "--output-path", tmp_path / "out")
    assert ran.exit_code == 2
    assert ran.stderr.startswith(f"error: {said}")


def test_too_many_unusable_rows_stop_it_and_leave_earlier_features(tmp_path: Path) -> None:
    out = tmp_path / "out"
    earlier = out / "anomesdia=20240301" / "default.parquet"
    earlier.parent.mkdir(parents=True)
    earlier.write_bytes(b"earlier")
    rows = [proposal(f"P{number}") for number in range(98)]
    rows += [proposal(f"Q{number}", reference_date="soon") for number in range(2)]
    ran = features("--input-path", write(tmp_path / "a.csv", rows), "--output-path", out)
    assert ran.exit_code == 1
    assert "rejected_share" in ran.stderr
    assert files_in(out) == {"anomesdia=20240301/default.parquet": b"earlier"}


def test_a_changed_declaration_changes_everything_that_follows_from_it(tmp_path: Path) -> None:
    """In a copy of the project: until it is generated anew the build refuses, then all agree."""
    project = tmp_path / "project"
    ignored = shutil.ignore_patterns(".git", "data", "target", "logs", "docs", "*.duckdb", ".venv")
    shutil.copytree(PROJECT, project, ignore=ignored)
    shutil.copytree(PROJECT / "tests" / "data", project / "tests" / "data", dirs_exist_ok=True)
    declarations = project / "dbt_project.yml"
    text = declarations.read_text("utf-8")
    changed = text.replace("loan_intent: [PERSONAL,", "loan_intent: [VIAGEM, PERSONAL,").replace(
        "{code: de_25_a_34, lower: 25, upper: 35, label: 25 a 34 anos}",
        "{code: de_25_a_29, lower: 25, upper: 30, label: 25 a 29 anos}\n"
        "        - {code: de_30_a_34, lower: 30, upper: 35, label: 30 a 34 anos}",
    )
    assert changed != text
    declarations.write_text(changed, "utf-8")
    rows = [proposal("P1", loan_intent="viagem", person_age="29"), proposal("P2", person_age="30")]
    asked = ("--input-path", write(tmp_path / "a.csv", rows), "--output-path", tmp_path / "out")

    refused = features(*asked, project=project)
    assert refused.exit_code == 1
    assert "contract" in refused.stderr
    assert not (tmp_path / "out").exists()

    script = [sys.executable, str(project / "scripts" / "generate_credit.py"), str(project)]
    subprocess.run(script, check=True, capture_output=True, env=dict(os.environ))
    bands = (project / "seeds/credit/ref_credit__band.csv").read_text("utf-8")
    assert "person_age,3,de_30_a_34,30,35,30 a 34 anos" in bands
    vocabulary = (project / "seeds/credit/ref_credit__vocabulary.csv").read_text("utf-8")
    assert "loan_intent,1,VIAGEM,loan_intent_viagem" in vocabulary
    ran = features(*asked, project=project)
    assert ran.exit_code == 0, ran.output
    assert rows_in(
        tmp_path / "out/anomesdia=20240301/default.parquet",
        "loan_intent_viagem, loan_intent_other, is_loan_intent_unknown, person_age_band_code",
    ) == [(1, 0, False, "de_25_a_29"), (0, 0, False, "de_30_a_34")]


@pytest.fixture(scope="module")
def copy_of_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project with a target folder of its own, where nothing has been recorded."""
    project = tmp_path_factory.mktemp("recorded") / "project"
    ignored = shutil.ignore_patterns(".*", "target", "logs", "raw", "terraform", "*.duckdb")
    shutil.copytree(PROJECT, project, ignore=ignored)
    shutil.copytree(PROJECT / "tests" / "data", project / "tests" / "data", dirs_exist_ok=True)
    return project


def test_recorded_statements_give_what_dbt_gives(
    tmp_path: Path, copy_of_project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two deliveries by dbt, each by the record of the other, and by a broken record."""
    records = copy_of_project / "target" / "features"
    source = PROJECT / "data" / "source" / "credit"

    def written(name: str, *asked: object) -> dict[str, bytes]:
        words = ("--output-path", tmp_path / name, *asked)
        ran = features(*words, project=copy_of_project)
        assert ran.exit_code == 0, ran.output
        return files_in(tmp_path / name)

    partner = ("--input-path", source / "parceiro.csv", "--sender", "parceiro")
    folder = tmp_path / "in"
    write(folder / "a.csv", [proposal("", reference_date=""), proposal("", person_age="0")])
    write(folder / "b.CSV", [proposal("P1", loan_intent="VIAGEM", reference_date="2024-03-02")])
    unnamed = ("--input-path", folder, "--anomesdia", "20191231")
    # What a shell may have set for other runs shapes no record.
    monkeypatch.setenv("DBT_EXCLUDE_RESOURCE_TYPES", "test")

    by_dbt = written("partner", *partner)
    [kept] = records.iterdir()
    of_partner = kept.read_bytes()
    kept.unlink()
    unnamed_by_dbt = written("unnamed", *unnamed)
    assert by_dbt and unnamed_by_dbt
    assert [*records.iterdir()] == [kept]
    stamp = kept.stat().st_mtime_ns

    assert written("partner_by_record", *partner) == by_dbt
    # Written anew only by a run of dbt, so this was the record's.
    assert kept.stat().st_mtime_ns == stamp
    kept.write_bytes(of_partner)
    stamp = kept.stat().st_mtime_ns
    assert written("unnamed_by_record", *unnamed) == unnamed_by_dbt
    assert kept.stat().st_mtime_ns == stamp
    recorded = json.loads(kept.read_text())
    assert sum(is_test for _, is_test in recorded["statements"]) >= 7
    recorded["statements"][-1] = ["select 1 from nowhere", False]
    kept.write_text(json.dumps(recorded))
    assert written("partner_by_dbt_again", *partner) == by_dbt
    assert kept.stat().st_mtime_ns != stamp


def test_a_record_is_of_one_project_and_of_the_versions_that_made_it(tmp_path: Path) -> None:
    model, other = tmp_path / "a.sql", tmp_path / "b.sql"
    model.write_text("select 1")
    other.write_text("select 1")

    def digest(*files: Path, settings: tuple[str, ...] = ("build",)) -> str:
        return digest_of(files, root=tmp_path, settings=settings)

    first = digest(model)
    assert digest(model) == first
    assert len({first, digest(other), digest(model, other), digest(model, settings=())}) == 4
    model.write_text("select 2")
    assert digest(model) != first


@pytest.mark.parametrize(
    "text",
    [
        *("", "{", "[]", '{"statements": [1], "seeds": {}}', '{"statements": [], "seeds": {}}'),
        '{"statements": [["create table a (b int)", false]], "seeds": null}',
    ],
)
def test_what_is_no_record_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.json").write_text(text)
    assert read_record(tmp_path / "a.json") is None
    assert read_record(tmp_path / "gone.json") is None


@pytest.mark.skipif(not REAL_DATA, reason="LAKEHOUSE_REAL_DATA does not name the real file")
def test_the_real_file_has_the_dirt_that_is_known_of_it(tmp_path: Path) -> None:
    path = Path(REAL_DATA or ".") / "credit" / "credit_risk_dataset.csv"
    out = tmp_path / "out"
    ran = features("--input-path", path, "--output-path", out, "--anomesdia", "20240301")
    assert ran.exit_code == 0, ran.output
    [count] = duckdb.sql(f"""
        select
            count(*),
            count(distinct proposal_id),
            count_if(person_emp_length is null and not is_person_emp_length_invalid),
            count_if(loan_int_rate is null and not is_loan_int_rate_invalid),
            count_if(is_person_age_invalid),
            count_if(is_loan_percent_income_different),
            count_if(
                is_person_home_ownership_unknown or is_loan_intent_unknown
                or is_loan_grade_unknown or is_cb_person_default_on_file_unknown
            )
        from read_parquet('{out}/anomesdia=20240301/default.parquet')
    """).fetchall()
    assert count == (32581, 32581, 895, 3116, 5, 388, 0)
    # Two rows that are alike stay two: without an id each row of the file is a proposal.
    [alike] = duckdb.sql(f"""
        select count(*) from (
            select * exclude (proposal_id) from read_parquet('{out}/*/default.parquet')
            except all
            select distinct * exclude (proposal_id) from read_parquet('{out}/*/default.parquet')
        )
    """).fetchall()
    assert alike[0] >= 165
