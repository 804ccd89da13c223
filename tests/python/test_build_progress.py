"""What a build shows and says: from dbt's events and results to lines."""

import io
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from lakehouse.building.findings import Results, read_results, rule_in_words
from lakehouse.building.gates import GateLine
from lakehouse.building.progress import READING, BuildEvents, Progress, bar, line, shown
from lakehouse.building.report import SHOWN_FAILURES, Build, report, stopped
from lakehouse.building.setting import Setting
from lakehouse.building.trouble import trouble_of

PROJECT = Path("/home/me/lake")


def event(name: str, *, level: str = "debug", msg: str = "", **data: Any) -> SimpleNamespace:
    info = SimpleNamespace(name=name, level=level, msg=msg)
    return SimpleNamespace(info=info, data=SimpleNamespace(**data))


def of_node(name: str, node: str, **data: Any) -> SimpleNamespace:
    identity = SimpleNamespace(unique_id=f"model.lakehouse.{node}", node_name=node)
    return event(name, node_info=identity, **data)


def noted(*happened: SimpleNamespace) -> BuildEvents:
    events = BuildEvents()
    for each in happened:
        events.note(each)
    return events


def result(name: str, status: str = "fail", **given: Any) -> SimpleNamespace:
    """A result of dbt: by default of a `grain` test that found two keys."""
    kind = given.pop("kind", "test")
    node = {
        "unique_id": f"{kind}.lakehouse.{name}",
        "name": name,
        "resource_type": kind,
        "description": "",
        "original_file_path": f"models/{name}.yml",
        "depends_on": SimpleNamespace(nodes=["model.lakehouse.fct_a__b"]),
    }
    if kind == "test":
        metadata = SimpleNamespace(name="grain", kwargs={"columns": ["a_id", "b_id"]})
        node |= {"attached_node": "model.lakehouse.fct_a__b", "test_metadata": metadata}
    message = given.pop("message", "Got 2 results, configured to fail if != 0")
    failures = given.pop("failures", 2)
    return SimpleNamespace(
        node=SimpleNamespace(**{**node, **given}), status=status, message=message, failures=failures
    )


def refused(name: str) -> SimpleNamespace:
    message = (
        f"Compilation Error in model {name} (models/{name}.sql)\n"
        f"  '{name}' cannot be built with --empty.\n  \n"
        "  > in macro prepare_incremental_table (macros/history/prepare_incremental_table.sql)\n"
        f"  > called by model {name} (models/{name}.sql)"
    )
    return result(name, "error", kind="model", message=message, failures=None)


def build(*results: SimpleNamespace, arguments: tuple[str, ...] = (), **given: Any) -> Build:
    setting = Setting(
        arguments=arguments,
        environment={"PATH": ""},
        start=PROJECT,
        project=PROJECT,
        programs=PROJECT / ".venv/bin",
    )
    ended = {
        "error": None,
        "lost": (),
        "warnings": (),
        "schemas": ("commerce", "credit"),
        "log": f"{PROJECT}/logs/dbt.log",
        "elapsed_seconds": 65.4,
        **given,
    }
    return Build(setting=setting, results=read_results(results, project=PROJECT), **ended)


def text(done: Build) -> str:
    return "\n".join(report(done))


def test_a_node_that_ended_is_counted_and_the_longest_running_one_named():
    events = noted(
        of_node("NodeStart", "int_a__slow"),
        of_node("LogStartLine", "int_a__slow", total=3),
        of_node("NodeStart", "int_a__quick"),
        of_node("NodeFinished", "int_a__quick"),
        of_node("NodeStart", "int_a__next"),
    )
    assert events.progress() == Progress(done=1, total=3, current="int_a__slow")


def test_before_the_first_node_it_says_what_dbt_does():
    assert noted().progress() == Progress(done=0, total=None, current=READING)
    assert "what is there" in noted(event("FoundStats")).progress().current


def test_a_line_says_seconds_counts_and_the_node():
    moment = Progress(done=183, total=518, current="int_commerce__purchase")
    assert line(moment, 12.9) == "  12 s  183 of 518  int_commerce__purchase"
    assert line(Progress(0, None, READING), 5) == f"   5 s  {READING}"


@pytest.mark.parametrize("width", [40, 80, 200])
def test_the_bar_is_one_line_whatever_the_terminal(width):
    drawn = io.StringIO()
    moment = Progress(done=183, total=518, current="assert_" + "a_long_name_" * 20)
    Console(file=drawn, width=width).print(bar(moment, 61))
    assert drawn.getvalue().count("\n") == 1
    assert "183 of 518" in drawn.getvalue() and "1 min 01 s" in drawn.getvalue()


def test_without_a_terminal_there_are_lines_and_no_control_characters():
    printed = io.StringIO()
    started = time.monotonic()
    with shown(noted(), stream=printed, is_terminal=False, started=started, every_seconds=0.01):
        assert printed.getvalue() == f"{READING}\n"
        while printed.getvalue().count("\n") < 3:
            assert time.monotonic() - started < 10
    assert all(part.isprintable() for part in printed.getvalue().splitlines())


def test_a_warning_is_told_once_without_its_colour():
    said = event("JinjaLogWarning", level="warn", msg="[\x1b[33mWARNING\x1b[0m]: No raw\n  file.")
    assert noted(said, said).warnings == ["No raw file."]


def test_what_a_result_says_is_no_warning_of_its_own():
    assert not noted(event("LogTestResult", level="warn", msg="WARN 1 a")).warnings


def test_the_log_and_the_project_are_where_dbt_has_them(tmp_path):
    given = {"log_path": str(tmp_path), "project_dir": str(tmp_path / "project")}
    events = noted(event("MainReportArgs", args=given))
    assert events.log == tmp_path / "dbt.log"
    assert events.project == tmp_path / "project"


@pytest.mark.parametrize(
    ("test", "arguments", "said"),
    [
        ("unique", {"column_name": "a"}, "a is unique"),
        ("accepted_values", {"column_name": "a", "values": ["x", 1]}, "a is one of x, 1"),
        (
            "relationships",
            {"column_name": "a", "to": "ref('dim_b')", "field": "b_id"},
            "every a is a b_id of dim_b",
        ),
        ("grain", {"columns": ["a", "b"]}, "no two rows have the same a, b, and no row lacks it"),
        ("always", {"condition": "a > 0"}, "in every row: a > 0"),
    ],
)
def test_a_generic_test_is_said_in_words(test, arguments, said):
    name = f"{test}_fct_a__b_a"
    assert rule_in_words(test, arguments, name=name, tables="fct_a__b") == said


def test_the_name_a_person_gave_is_part_of_the_words():
    words = rule_in_words("always", {"condition": "a"}, name="a_has_a_value", tables="fct_a__b")
    assert words == "a has a value: in every row: a"


def test_a_test_of_its_own_is_said_by_its_name_and_its_comment():
    own = result(
        "assert_parts_add_up",
        attached_node=None,
        test_metadata=None,
        raw_code="-- The parts are\n-- the total. And more.\nselect 1",
    )
    (finding,) = read_results([own], project=PROJECT).findings
    assert finding.rule == "parts add up: The parts are the total"
    assert finding.tables == ("fct_a__b",)


def test_a_node_that_dbt_tells_twice_is_counted_once():
    results = read_results([refused("int_a__b"), refused("int_a__b")], project=PROJECT)
    assert len(results.findings) == 1


def test_when_all_is_well_a_few_lines_say_what_there_is():
    well = [result(f"m{n}", "success", kind="model") for n in range(1200)]
    well += [result("g", "pass"), result("u", "pass", kind="unit_test")]
    assert report(build(*well)) == [
        "Done in 1 min 05 s: 1,200 models built; 1 data test and 1 unit test passed.",
        "Tables:  lakehouse.duckdb (commerce, credit)",
        "Log:     logs/dbt.log",
    ]


def test_many_warnings_leave_it_short():
    warned = [result(f"w{n}", "warn") for n in range(40)]
    lines = report(build(*warned, warnings=("No raw file.",)))
    assert lines[0] == "warning: No raw file."
    assert "warning: and 33 more, in logs/dbt.log" in lines
    assert len(lines) < 15


def test_a_failing_rule_names_the_table_the_keys_and_the_command():
    said = text(build(result("grain_fct_a__b_a_id", message="Got 2 results")))
    assert "fct_a__b: no two rows have the same a_id, b_id" in said
    assert "2 keys for which it does not hold (dbt: Got 2 results)" in said
    assert ".venv/bin/dbt show --limit 20 --select grain_fct_a__b_a_id" in said


def test_commands_read_what_the_build_read():
    arguments = ("--select", "a", "--vars", "{run_date: 2024-01-01}", "--target=athena")
    said = text(build(result("g"), arguments=arguments))
    assert "dbt show --vars '{run_date: 2024-01-01}' --target=athena --limit 20 --select g" in said
    assert "lakehouse build --select a --vars '{run_date: 2024-01-01}' --target=athena" in said


def gate(test: str, name: str = "gate", status: str = "fail") -> SimpleNamespace:
    return result(name, status, test_metadata=SimpleNamespace(name=test, kwargs={}))


def told(*lines: str) -> tuple[GateLine, ...]:
    return tuple(noted(*(event("JinjaLogInfo", msg=line) for line in lines)).gates)


def test_a_closed_gate_names_the_load_the_command_and_the_runbook():
    said = text(
        build(
            gate("rejected_share"),
            gates=told(
                "gate rejected_share fct_a__b fails: load L1 of b, 2024-01-02: 3 of 9 rows are "
                "rejected (missing_key 3)",
                "gate rejected_share fct_a__c fails: load L2 of c, 2024-01-02: 1 of 1 rows",
                "something else",
            ),
        )
    )
    assert "fct_a__b: a load has more rejected rows than a build lets pass; no mart" in said
    assert "load L1 of b, 2024-01-02: 3 of 9 rows are rejected (missing_key 3)" in said
    assert "if that is right: .venv/bin/lakehouse accept L1 --why 'who, and why'" in said
    assert "if it is not: .venv/bin/lakehouse withdraw L1 --why 'who, and why'" in said
    assert '--inline "select load_id' in said and "{{ ref('fct_a__b') }}" in said
    assert "docs/runbook.md, “A build stops: rejected_share_… failed”" in said
    assert "2 rows" not in said


def test_what_several_gates_hold_back_is_accepted_in_one_command():
    lines = [
        f"gate {test} fct_a__b fails: load L{number} of b, 2024-01-02: it is"
        for number, test in enumerate(["rejected_share", *["ended_share"] * 7], start=1)
    ]
    gates = [gate("rejected_share"), gate("ended_share", "other")]
    said = text(build(*gates, gates=told(*lines)))
    assert "Accept them all: .venv/bin/lakehouse accept L1 L2 L3 L4 L5 L6 L7 L8 --why" in said
    assert "and 2 more" in said
    assert "would end more records" in said


def test_what_gates_warn_of_is_said_load_by_load():
    said = text(
        build(
            gate("rejected_share", status="warn"),
            gates=told(
                "gate rejected_share fct_a__b warns: load L1 of b, 2024-01-02: 1 of 900 rows",
                "gate rejected_share all warns: 3 older loads have rejected rows too",
            ),
        )
    )
    assert said.splitlines()[:3] == [
        "warning: fct_a__b: load L1 of b, 2024-01-02: 1 of 900 rows",
        "warning: 3 older loads have rejected rows too",
        "",
    ]


def test_a_gate_that_said_nothing_leads_to_its_rows():
    said = text(build(gate("ended_share")))
    assert ".venv/bin/dbt show --limit 20 --select gate" in said
    assert "lakehouse accept" not in said
    assert "docs/runbook.md" in said


def test_a_failing_unit_test_shows_the_difference():
    message = "\n\n\x1b[32mactual\x1b[0m differs from expected:\n\n@@,x\r\n+++,1\r\n---,2\r\n\n"
    said = text(build(result("x_is_kept", kind="unit_test", message=message, failures=1)))
    assert "fct_a__b: unit test: x is kept" in said
    assert "---,2" in said and "\x1b" not in said


def test_a_refusal_of_many_tables_is_said_once():
    said = text(build(*(refused(f"int_a__{n}") for n in range(10))))
    assert said.count("cannot be built with --empty") == 1
    assert "int_a__0 and 9 more could not be built" in said
    assert "> in macro" not in said


def test_a_refusal_is_said_to_its_end():
    sentence = f"'int_a__b' was built with {'x' * 300}. Run again with --full-refresh."
    message = f"Compilation Error in model int_a__b (models/b.sql)\n  {sentence}"
    assert sentence in text(build(result("int_a__b", "error", kind="model", message=message)))


def test_of_many_failures_ten_are_shown_and_the_rest_counted():
    failed = [result(f"g{n}") for n in range(SHOWN_FAILURES + 3)]
    said = text(build(*failed, result("s", "skipped")))
    assert f"{SHOWN_FAILURES + 3} tests fail, 1 node after them skipped" in said
    assert said.count("for which it does not hold") == SHOWN_FAILURES
    assert "And 3 more, in the log." in said


def test_what_could_not_run_comes_before_what_failed():
    error = "Runtime Error in model m (models/m.sql)\n  Binder Error: no column\n  LINE 1: x"
    said = text(build(result("g"), result("m", "error", kind="model", message=error)))
    assert said.index("m could not be built") < said.index("no two rows")
    assert "says  Binder Error: no column\n         LINE 1: x" in said
    assert "lakehouse build --select m+" in said


def test_of_a_statement_that_glue_repeats_only_the_error_is_left():
    message = (
        "Database Error in model m (models/m.sql)\n  Glue returned `error` for statement None for "
        "code SqlWrapper2.execute('''select\n 'a'\n''', use_arrow=False, location='s3://x'), "
        "AnalysisException: no table"
    )
    (finding,) = read_results([result("m", "error", message=message)], project=PROJECT).findings
    assert (
        finding.message == "Glue returned `error` for statement None, AnalysisException: no table"
    )


@pytest.mark.parametrize(
    ("error", "place", "sentence"),
    [
        (
            "Compilation Error in model z (models/z.sql)\n  Expected an expression\n    line 3",
            "models/z.sql, line 3",
            "Expected an expression",
        ),
        (
            "Parsing Error\n  Error reading lakehouse: a.yml - Runtime Error\n    Syntax error "
            "near line 2\n    ------------------------------\n    1  | models: [",
            "a.yml, line 2",
            "Syntax error near line 2",
        ),
    ],
)
def test_a_file_that_cannot_be_read_is_named_with_its_line(error, place, sentence):
    lines = report(build(error=error))
    assert "before the first table" in lines[0]
    assert place in lines
    assert lines[lines.index(place) + 1].strip() == sentence
    assert not any("-----" in each for each in lines)


def test_options_that_dbt_refuses_are_not_recommended_again():
    assert report(build(error="No such option '--x'.", log=None))[-1] == "No such option '--x'."


def test_an_error_that_dbt_does_not_report_fails_the_build():
    well = result("m", "success", kind="model")
    assert "the catalogue has no such table" in text(
        build(well, lost=("a.m was reported as built, and the catalogue has no such table",))
    )


def test_a_build_without_a_node_is_no_success_in_disguise():
    lines = report(build(warnings=("The selection criterion 'x' does not match any nodes",)))
    assert lines[0].startswith("warning: The selection criterion 'x'")
    assert "there was nothing to build" in lines[2]
    assert not any(each.startswith("Tables") for each in lines)


def test_a_stopped_build_is_one_line():
    said = stopped(Progress(3, 9, "m"), elapsed_seconds=4, setting=build().setting)
    assert said.startswith("Stopped after 4 s, 3 of 9 done.")
    assert said.endswith(".venv/bin/lakehouse build")
    assert "\n" not in said


@pytest.mark.parametrize(
    ("message", "what", "next_step"),
    [
        (
            'IO Error: Could not set lock on file "/d/x.duckdb": Conflicting lock is held in '
            "/usr/bin/python3.11 (PID 12). See also https://duckdb.org",
            "/d/x.duckdb is open in another process: python3.11, PID 12.",
            "close it",
        ),
        (
            'TransactionContext Error: Failed to commit: Could not write file "/d/x.duckdb.wal": '
            "No space left on device",
            "No room to write /d/x.duckdb.wal",
            "make room",
        ),
        (
            "[Errno 28] No space left on device: '/d/target/manifest.json'",
            "No room to write /d/target/manifest.json",
            "make room",
        ),
        ("[Errno 27] File too large", "No room to write lakehouse.duckdb, dbt's", "make room"),
        (
            'IO Error: The file "/d/x.duckdb" exists, but it is not a valid DuckDB database file!',
            "/d/x.duckdb is not a whole DuckDB database",
            "build anew",
        ),
        (
            'IO Error: Could not read enough bytes from file "/d/x.duckdb": attempted to read 2',
            "/d/x.duckdb is not a whole DuckDB database",
            "build anew",
        ),
        (
            'IO Error: Cannot open file "/d/x.duckdb": No such file or directory',
            "/d/x.duckdb cannot be opened: no such file or directory.",
            "LAKEHOUSE_DUCKDB",
        ),
        ("Out of Memory Error: could not allocate", "The memory does not", "LAKEHOUSE_DBT_THREADS"),
        ("You must specify a region.", "not told the region", "AWS_DEFAULT_REGION="),
        ("Unable to locate credentials", "AWS does not accept", "log in"),
        ('Could not connect to the endpoint URL: "http://127.0.0.1:1/"', "127.0.0.1", "aws-up"),
    ],
)
def test_trouble_with_the_machine_is_named_with_the_next_step(message, what, next_step):
    found = trouble_of(
        message, database="lakehouse.duckdb", command="lakehouse build", environment={}
    )
    assert found is not None
    assert what in found.what
    assert next_step in found.next_step


def test_an_error_of_the_data_is_no_trouble_with_the_machine():
    message = 'Binder Error: Referenced column "file" not found in FROM clause!'
    assert trouble_of(message, database="d", command="c", environment={}) is None


def test_tables_on_athena_are_in_databases():
    well = build(result("m", "success", kind="model"), arguments=("--target", "athena"))
    assert "Tables:  in the Glue databases commerce, credit" in report(well)


def test_no_results_are_no_findings():
    assert read_results([], project=PROJECT) == Results(findings=(), well={}, skipped=0)
