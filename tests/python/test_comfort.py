"""What helps a person at the shell: doctor, explain, versions, completion, JSON, dbt's own help."""

import ast
import csv
import importlib
import io
import json
import os
import pkgutil
import re
import socket
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

import lakehouse
from lakehouse.cli import _print_json, app
from lakehouse.doctor import Finding, examine
from lakehouse.errors import LakehouseError, SourceError
from lakehouse.explain import LANGUAGES, OWN, REASONS, explanations, language_of
from lakehouse.extraction.extract import Extraction
from lakehouse.landing.land import LandedLoad

PROJECT = Path(__file__).parents[2]
PATH = {"PATH": os.environ["PATH"]}


def run(*words: str, **settings: str):
    return CliRunner().invoke(app, list(words), env=settings)


# explain


def subclasses(of: type) -> set[type]:
    return {of, *(deeper for each in of.__subclasses__() for deeper in subclasses(each))}


def error_codes() -> set[str]:
    for module in pkgutil.walk_packages(lakehouse.__path__, "lakehouse."):
        importlib.import_module(module.name)
    ours = {each for each in subclasses(LakehouseError) if each.__module__.startswith("lakehouse")}
    return {each.code() for each in ours - {LakehouseError}}


def keys_of_first_dict(text: str) -> tuple[set[str], str]:
    """Those of a dict of Jinja that the text begins with, none inside it; and what follows."""
    depth, keys = 0, set()
    if not text.lstrip().startswith("{") or text.startswith("{%"):
        return keys, text
    for part in re.finditer(r"'([^']*)'(\s*:)?|[{}\[\]()]", text):
        depth += {"{": 1, "[": 1, "(": 1, "}": -1, "]": -1, ")": -1}.get(part[0], 0)
        if depth == 0:
            return keys, text[part.end() :]
        if depth == 1 and part[2]:
            keys.add(part[1])
    raise ValueError(text[:200])


def codes_of_reasons() -> set[str]:
    """Codes that SQL gives rows: rejections, flags, and what lists add."""
    found = set()
    for path in [*PROJECT.glob("macros/**/*.sql"), *PROJECT.glob("models/**/*.sql")]:
        text = path.read_text("utf-8")
        for call in ("rejection_reason", "flag_list", "row_status_columns"):
            for start in re.finditer(rf"{call}\(", text):
                keys, rest = keys_of_first_dict(text[start.end() :])
                # Other lists than flags are written by the same macro.
                if call != "flag_list" or re.match(r"\)\s*\}\}\s*as flags", rest):
                    found |= keys
    return found


def test_every_error_of_the_commands_is_explained():
    errors = {code for code, each in explanations(PROJECT, "en").items() if each.kind == "error"}
    assert errors == error_codes()


def test_every_generic_test_of_the_project_is_explained():
    tests = {path.stem for path in (PROJECT / "tests/data/generic").glob("*.sql")}
    assert {c for c, each in explanations(PROJECT, "en").items() if each.kind == "test"} == tests


def test_every_status_of_a_row_is_explained():
    record_rules = [
        set(re.findall(r"\w+", listed))
        for path in PROJECT.glob("models/*/records/*.yml")
        for listed in re.findall(r"statuses: \[(.*)\]", path.read_text("utf-8"))
    ]
    wanted = set().union(*record_rules) | {"waiting"}
    assert {c for c, e in explanations(PROJECT, "en").items() if e.kind == "status"} == wanted


def test_every_reason_in_sql_is_explained():
    codes = codes_of_reasons()
    assert {"missing_key", "unknown_reference", "non_positive_amount"} <= codes
    known = {c for c, e in explanations(PROJECT, "en").items() if e.kind in ("reject", "flag")}
    assert codes - known == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_a_cause_and_a_next_step_in_each_language(language):
    for code, each in explanations(PROJECT, language).items():
        assert re.fullmatch(r"[a-z_]+", code)
        assert each.cause.endswith(".") and each.next_step.endswith("."), code
        assert not each.cause.endswith("..") and not each.next_step.endswith(".."), code


def test_languages_differ_and_no_code_stands_twice():
    english, portuguese = (explanations(PROJECT, each) for each in LANGUAGES)
    same = {code for code in english if english[code].cause == portuguese[code].cause}
    assert same == set()
    lines = [OWN.read_text("utf-8"), (PROJECT / REASONS).read_text("utf-8")]
    codes = [row[0] for text in lines for row in list(csv.reader(io.StringIO(text)))[1:]]
    assert len(codes) == len(set(codes)) == len(english)


def test_a_code_is_explained_in_the_language_of_the_shell():
    english = run("explain", "missing_key", "--project-dir", str(PROJECT), LANG="C", LC_ALL="")
    portuguese = run(
        "explain", "[missing-key]", "--project-dir", str(PROJECT), LC_ALL="pt_BR.UTF-8"
    )
    assert english.stdout.startswith("missing_key (reject): A column of the key is null")
    assert portuguese.stdout.startswith("missing_key (reject): Uma coluna da chave")
    assert language_of({"LANG": "de_DE"}) == "en"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("missing_kye",), "'missing_kye' is no code: did you mean missing_key"),
        (("zzz",), "'zzz' is no code: lakehouse explain lists all"),
        (("missing_key", "--language", "fr"), "'fr' is no language of this table: en or pt"),
    ],
)
def test_a_wrong_word_is_told_in_a_sentence(words, said):
    result = run("explain", *words, "--project-dir", str(PROJECT))
    assert result.exit_code == 2
    assert result.stderr.startswith(f"error: {said}") and result.stderr.endswith("[usage]\n")


def test_explain_outside_the_project_asks_for_its_folder(tmp_path):
    result = run("explain", "missing_key", "--project-dir", str(tmp_path))
    assert result.exit_code == 2 and "give the folder of dbt_project.yml" in result.stderr


def test_all_codes_as_json():
    told = json.loads(run("explain", "--json", "--project-dir", str(PROJECT)).stdout)
    assert {each["code"] for each in told} == set(explanations(PROJECT, "en"))
    assert set(told[0]) == {"code", "kind", "cause", "next_step"}


# doctor


def findings(environment=None, project_dir=PROJECT, **given) -> dict[str, Finding]:
    given = {"run": lambda command: "Terraform v1.11.4", **given}
    settings = PATH if environment is None else environment
    return {each.name: each for each in examine(settings, project_dir, **given)}


def test_this_environment_is_well():
    found = findings()
    assert {n: found[n].state for n in ("project", "python", "packages", "target", "raw zone")} == {
        "project": "ok",
        "python": "ok",
        "packages": "ok",
        "target": "ok",
        "raw zone": "ok",
    }


def test_another_version_than_the_locked_one_is_named(tmp_path):
    (tmp_path / "requirements").mkdir()
    lines = ("duckdb==1.0.0 \\", "    --hash=sha256:1", "nothing-such==1.0")
    elsewhere = "tzdata==1.0 ; sys_platform == 'win32'"
    (tmp_path / "requirements/project.lock").write_text("\n".join([*lines, elsewhere, ""]))
    found = findings(project_dir=tmp_path)
    version = duckdb.__version__
    assert found["packages"].state == "missing" and found["packages"].mend == "make install"
    assert found["packages"].said == (
        f"duckdb is {version}, locked is 1.0.0; nothing-such is absent, locked is 1.0"
    )
    assert found["project"].state == "missing" and "--project-dir" in found["project"].mend


@pytest.mark.parametrize(
    ("python", "state", "local"), [((3, 10), "missing", None), ((3, 13), "ok", "optional")]
)
def test_the_python_is_judged_for_building_and_for_the_local_aws(python, state, local):
    found = findings(python=python)
    assert found["python"].state == state
    assert (found["local AWS"].state if "local AWS" in found else None) == local


def test_programs_that_are_not_there_are_optional_and_say_what_for(tmp_path):
    found = findings({"PATH": str(tmp_path)})
    assert {n: found[n].state for n in ("make", "git", "terraform", "java")} == dict.fromkeys(
        ("make", "git", "terraform", "java"), "optional"
    )
    assert "make check" in found["git"].said and found["git"].mend == "apt-get install git"


@pytest.mark.parametrize(
    ("said", "state"),
    [("Terraform v1.10.5", "optional"), ("Terraform v2.0.0", "ok"), ("", "optional")],
)
def test_an_old_terraform_is_named(tmp_path, said, state):
    (tmp_path / "terraform").write_text("#!/bin/sh\n")
    (tmp_path / "terraform").chmod(0o755)
    assert findings({"PATH": str(tmp_path)}, run=lambda _: said)["terraform"].state == state


def test_settings_that_lead_nowhere_are_missing():
    found = findings({**PATH, "LAKEHOUSE_TARGET": "oracle", "LAKEHOUSE_RAW": "nowhere"})
    assert found["target"].state == "missing" and "duckdb, athena, glue" in found["target"].mend
    # Raw files of a target that reads none here.
    assert found["raw zone"].state == "optional"
    assert findings({**PATH, "LAKEHOUSE_RAW": "nowhere"})["raw zone"].state == "missing"


def test_a_database_is_counted_broken_or_not_yet_built(tmp_path):
    file = tmp_path / "a.duckdb"
    settings = {**PATH, "LAKEHOUSE_DUCKDB": str(file)}
    assert findings(settings)["database"].mend == "make build"
    with duckdb.connect(str(file)) as opened:
        opened.execute("create table a as select 1 as b")
    assert findings(settings)["database"].said == f"{file}: 1 tables"
    file.write_bytes(b"no database" * 1000)
    assert findings(settings)["database"].state == "missing"
    assert str(file) in findings(settings)["database"].said


def test_no_secret_of_a_credential_is_told(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key-of-a-test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret-of-a-test")
    found = findings()
    assert found["credentials"].state == "ok" and "env" in found["credentials"].said
    assert "of-a-test" not in str(found)


def test_without_credentials_athena_is_missing_something(monkeypatch, tmp_path):
    for name in [each for each in os.environ if each.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    assert findings({**PATH, "LAKEHOUSE_TARGET": "athena"})["credentials"].state == "missing"
    assert findings()["credentials"].state == "optional"


def test_an_endpoint_where_nothing_listens_is_missing():
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        port = listening.getsockname()[1]
        there = {**PATH, "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}"}
        assert findings(there)["endpoint"].state == "ok"
    assert findings(there)["endpoint"].state == "missing"
    assert "make aws-up" in findings(there)["endpoint"].mend


def test_doctor_fails_where_a_build_would_and_prints_json():
    well = run("doctor", "--json", "--project-dir", str(PROJECT), LAKEHOUSE_TARGET="")
    ill = run("doctor", "--project-dir", str(PROJECT), LAKEHOUSE_TARGET="oracle")
    assert well.exit_code == 0 and ill.exit_code == 1
    assert {"name", "state", "said", "mend"} == set(json.loads(well.stdout)[0])
    assert (
        "missing   target: LAKEHOUSE_TARGET is 'oracle'\n          set it to one of" in ill.stdout
    )


# The rest


def test_version_names_both_programs():
    assert re.fullmatch(r"lakehouse [\d.]+ dbt-core 1\.12\.\d+\n", run("--version").stdout)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
def test_a_completion_is_printed_for_each_shell(shell):
    result = run("completion", shell)
    assert result.exit_code == 0 and "_LAKEHOUSE_COMPLETE" in result.stdout


def test_bash_completes_commands():
    asked = {
        "_LAKEHOUSE_COMPLETE": "complete_bash",
        "COMP_WORDS": "lakehouse ex",
        "COMP_CWORD": "1",
    }
    program = Path(sys.executable).with_name("lakehouse")
    done = subprocess.run([program], env=PATH | asked, capture_output=True, text=True)
    assert done.stdout.split() == ["explain", "extract"]


def test_an_unknown_shell_is_told_in_a_sentence():
    result = run("completion", "tcsh")
    assert result.exit_code == 2
    assert result.stderr == (
        "error: 'tcsh' is no shell that is known: bash, zsh, fish, powershell [usage]\n"
    )


def test_help_of_a_command_of_dbt_is_dbts():
    program = Path(sys.executable).with_name("lakehouse")
    done = subprocess.run([program, "dbt", "build", "--help"], capture_output=True, text=True)
    assert done.returncode == 0
    assert done.stdout.startswith("Usage: lakehouse dbt build [OPTIONS]")
    assert "--full-refresh" in done.stdout


def test_an_extraction_that_failed_in_part_is_json_too(capsys):
    load = LandedLoad("purchase", "landed", 2, load_id="a")
    _print_json(Extraction(landed=(load,), errors=(SourceError("no answer"),)))
    told = json.loads(capsys.readouterr().out)
    assert told["landed"][0]["load_id"] == "a" and told["unset"] == []
    assert told["errors"] == [{"code": "source", "message": "no answer"}]


def test_every_command_that_reports_prints_json_if_asked():
    """All but those whose output is another program's, pages, or a text for a shell."""
    others = {"new", "env", "completion", "build", "dbt", "transform", "site"}
    tree = ast.parse((PROJECT / "src/lakehouse/cli.py").read_text("utf-8"))
    commands = {
        each.name: [argument.arg for argument in each.args.args]
        for each in tree.body
        if isinstance(each, ast.FunctionDef)
        and any("command" in ast.unparse(marked) for marked in each.decorator_list)
    }
    assert others <= set(commands)
    assert {n for n, a in commands.items() if "as_json" not in a} == others
