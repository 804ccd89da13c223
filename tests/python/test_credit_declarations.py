"""The credit declarations: unusable ones are refused by name, generated files are current."""

import copy
import importlib.util
from collections.abc import Callable

import pytest
import yaml
from lake import PROJECT, Lake

DECLARED = yaml.safe_load((PROJECT / "dbt_project.yml").read_text("utf-8"))["vars"][
    "credit_declarations"
]
AGE = DECLARED["bands"]["person_age"]
LAST = len(AGE) - 1


@pytest.fixture(scope="module")
def check(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., tuple[bool, str]]:
    """Read declarations as dbt does; returns whether it takes them, and what it says."""
    lake = Lake(tmp_path_factory.mktemp("declarations"))

    def run(declared: dict, macro: str = "credit_declarations", **arguments: str):
        return lake.try_macro(macro, arguments, variables={"credit_declarations": declared})

    return run


def with_band(number: int, **changes: object) -> dict:
    declared = copy.deepcopy(DECLARED)
    declared["bands"]["person_age"][number].update(changes)
    return declared


def with_values(column: str, *values: object) -> dict:
    declared = copy.deepcopy(DECLARED)
    declared["vocabulary"][column] = list(values)
    return declared


def without(kind: str, name: str) -> dict:
    declared = copy.deepcopy(DECLARED)
    del declared[kind][name]
    return declared


def renamed(kind: str, name: str, new_name: str) -> dict:
    declared = copy.deepcopy(DECLARED)
    declared[kind][new_name] = declared[kind].pop(name)
    return declared


def with_no_band_above() -> dict:
    declared = copy.deepcopy(DECLARED)
    del declared["bands"]["person_age"][-1]
    return declared


@pytest.mark.parametrize(
    ("declared", "quoted"),
    [
        (with_band(1, lower=26), f"{AGE[1]['code']} person_age gap 25 26"),
        (with_band(1, lower=24), f"{AGE[1]['code']} person_age overlaps 25 24"),
        (with_band(1, lower=None), f"{AGE[1]['code']} overlaps lower"),
        (with_band(0, upper=None), f"{AGE[1]['code']} overlaps upper"),
        (with_band(0, lower=18), f"{AGE[0]['code']} gap 18"),
        (with_band(LAST, upper=100), f"{AGE[LAST]['code']} gap 100"),
        (with_no_band_above(), f"{AGE[LAST - 1]['code']} gap"),
        (with_band(1, upper=25), f"{AGE[1]['code']} empty 25"),
        (with_band(1, upper="35"), f"{AGE[1]['code']} bound number"),
        (with_band(1, code=2534), "2534 code"),
        (with_band(1, code="De 25"), "'De 25' code"),
        (with_band(1, code=AGE[0]["code"]), f"{AGE[0]['code']} code"),
        (with_band(1, code="missing"), "'missing' code"),
        (with_band(1, label=""), f"{AGE[1]['code']} label"),
        (with_band(1, label="d'ouro"), f"{AGE[1]['code']} apostrophes"),
        (renamed("bands", "person_age", "loan_status"), "'loan_status' number"),
        (with_values("loan_grade", "A", "b"), "'b' loan_grade upper"),
        (with_values("loan_grade", "É"), "'É' loan_grade"),
        (with_values("loan_grade", "A'B"), "loan_grade apostrophe"),
        (with_values("loan_grade", True), "'True' loan_grade"),
        (with_values("loan_grade", "A", "A"), "loan_grade_a"),
        (with_values("loan_grade", "A-B", "A B"), "loan_grade_a_b"),
        (with_values("loan_grade", "MISSING"), "loan_grade_missing"),
        (renamed("vocabulary", "loan_grade", "sender"), "'sender' category"),
        (without("vocabulary", "loan_grade"), "'loan_grade' vocabulary"),
    ],
)
def test_unusable_declarations_are_refused_and_named(check, declared, quoted) -> None:
    passed, said = check(declared)
    assert not passed
    assert "Compilation Error" in said
    assert [words for words in quoted.split(" ") if words not in said] == []


def test_bands_of_a_feature_may_be_left_out_but_not_asked_for(check) -> None:
    declared = without("bands", "person_age")
    assert check(declared)[0]
    assert check(declared, "credit_band", feature="person_income")[0]
    passed, said = check(declared, "credit_band", feature="person_age")
    assert not passed
    assert "No bands are declared for 'person_age'" in said


def test_committed_declarations_are_usable(check) -> None:
    assert check(DECLARED)[0]


def test_what_is_generated_from_the_declarations_is_current() -> None:
    path = PROJECT / "scripts" / "generate_credit.py"
    spec = importlib.util.spec_from_file_location("generate_credit", path)
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    stale = [
        path
        for path, text in script.generated_files(PROJECT).items()
        if (PROJECT / path).read_text("utf-8") != text
    ]
    assert stale == [], "run `make generate` and commit what it wrote"
