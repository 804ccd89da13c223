"""The report of a pull request: what a reader sees first, and what fits into a comment."""

import pytest
from review import Review, counted, cut, failures, names, one_line, report

from lakehouse.comparing.diff import BuildDifference, ComparedTable
from lakehouse.marts.comparison import TableDifference
from lakehouse.reviewing.impact import Change, ContractBreak, Touched


def test_nothing_changed_is_a_short_report():
    text = "\n".join(report(Review(base="main (abc)")))
    assert "No model and no seed: what is built is the same." in text
    assert "❌" not in text and "⚠️" not in text and "Contracts" not in text


def test_a_contract_that_breaks_is_told_before_anything_else():
    found = Review(
        base="main (abc)",
        changes=[Change("fct", "models/fct.sql", "SQL")],
        breaks=[ContractBreak("fct", "column a is gone", ("rpt",), ("board",))],
    )
    lines = list(report(found))
    assert "- ❌ **1 promise of a contract broken**; read by `board`." in lines[:5]
    assert "| `fct` | column a is gone | `rpt` | `board` |" in lines
    assert any("Keep it until they have left it" in line for line in lines)


def test_a_full_refresh_that_is_needed_is_told_with_its_command():
    table = ComparedTable("shop", TableDifference("fct", changed_count=1), {})
    unlike = BuildDifference("an increment", "a full refresh", (table,), (), ())
    found = Review(
        base="main", changes=[Change("int", "models/int.sql", "SQL")], unrefreshed=unlike
    )
    text = "\n".join(report(found))
    assert "- ⚠️ **A full refresh is needed**" in text
    assert "`lakehouse build --full-refresh --select int+`" in text


def test_numbers_that_failing_tests_would_hide_are_said_to_be_old():
    found = Review(base="main", failed=["`fct`: no"], unbuilt=["rpt"])
    found.difference = BuildDifference("a", "b", (), (), ())
    text = "\n".join(report(found))
    assert "not built, so as before: `rpt`" in text
    found.touched = [Touched("model.p.rpt", "rpt", ("a",))]
    assert "| `rpt` | `a` |  | not built |" in list(report(found))


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("Got 2 results, configured to fail if != 0", "2 rows that must not be"),
        ("Got 1 result, configured to fail if != 0", "1 row that must not be"),
        (
            "Compilation Error in model fct (models/fct.sql)\n"
            "  This model has an enforced contract that failed.\n"
            "  Please ensure the name, data_type, and number of columns match.\n  \n"
            "  | column_name | definition_type | contract_type | mismatch_reason       |\n"
            "  | ----------- | --------------- | ------------- | --------------------- |\n"
            "  | amount      | DECIMAL(19,2)   | DECIMAL(18,2) | data type mismatch    |\n"
            "  | gone        |                 | BIGINT        | missing in definition |\n"
            "  > in macro assert_columns_equivalent (macros/columns.sql)",
            "its contract is not kept: amount: data type mismatch, is DECIMAL(19,2), promised "
            "DECIMAL(18,2); gone: missing in definition, is none, promised BIGINT",
        ),
        ("\x1b[31mBinder Error:\x1b[0m no\n  column", "Binder Error: no column"),
    ],
)
def test_messages_of_dbt_are_told_on_one_line(message, said):
    assert one_line(message) == said


def test_failures_are_named_as_people_know_them():
    ran = [
        {"unique_id": "unit_test.lakehouse.fct.case", "status": "fail", "message": "other"},
        {"unique_id": "test.lakehouse.grain_fct.a1b2c3", "status": "error", "message": None},
        {"unique_id": "model.lakehouse.fct", "status": "success", "message": "OK"},
    ]
    files = {"unit_test.lakehouse.fct.case": "models/fct.unit.yml"}
    said = ["`fct.case` (`models/fct.unit.yml`): other", "`grain_fct`: error"]
    assert failures(ran, "", files) == said
    assert failures([], "Compilation Error\n  x", files) == ["x"]


def test_tests_that_fail_are_told_with_what_to_do_and_a_failed_build_is_not_taken_for_them():
    found = Review(base="main", failed=["`fct.case`: other"], counts={"test": 1})
    assert "change them with it" in "\n".join(report(found))
    found.counts = {}
    assert "change them with it" not in "\n".join(report(found))


def test_sums_of_a_report_that_are_others_stand_at_the_top():
    totals = {"gmv_amount": ("1.00", "2.00")}
    changed = ComparedTable("shop", TableDifference("rpt_gmv", changed_count=1), totals)
    found = Review(base="main", difference=BuildDifference("a", "b", (changed,), (), ()))
    [line] = [each for each in report(found) if each.startswith("- ⚠️ Numbers")]
    assert line.endswith("other numbers: `rpt_gmv` (gmv_amount 1.00 → 2.00).")


def test_what_is_too_long_for_a_comment_is_cut_at_a_line_and_closed():
    text = "a\n<details><summary>x</summary>\n" + "| row |\n" * 100 + "</details>\n"
    short = cut(text, 200)
    assert short.count("<details") == short.count("</details>") == 1
    assert "Cut here" in short and "| row |\n" in short and "| ro\n" not in short
    assert cut(text, 10_000) == text


def test_many_names_are_counted():
    assert names(["a", "b", "c"], most=2) == "`a`, `b` and 1 more"
    assert counted(1, "mart") == "1 mart" and counted(2_000, "mart") == "2,000 marts"
