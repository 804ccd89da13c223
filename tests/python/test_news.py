"""What counts as a run of the whole project, what it is known by, and what news are built."""

import shutil
from pathlib import Path

import pytest
from lake import PROJECT

from lakehouse.building.news import News, WholeRun, code_digest, command_of, told_news, whole_run

PASSED = "2026-11-29 15:00:00"


@pytest.fixture(autouse=True)
def without_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DBT_FULL_REFRESH", "DBT_EMPTY", "DBT_EXCLUDE_RESOURCE_TYPES"):
        monkeypatch.delenv(name, raising=False)


def run_of(*arguments: str, target: str = "duckdb", **environment: str) -> WholeRun | None:
    return whole_run(["build", *arguments], project=PROJECT, target=target, environment=environment)


def settings_of(*arguments: str, **given: str) -> str:
    run = run_of(*arguments, **given)
    assert run is not None
    return run.settings


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--exclude-resource-type", "unit_test", "--exclude", "path:tests/macros"),
        ("--threads", "1", "--vars", "{run_date: 2026-11-29}"),
        ("--full-refresh",),
    ],
)
def test_a_run_of_the_whole_project(arguments: tuple[str, ...]) -> None:
    run = run_of(*arguments)
    assert run is not None
    assert run.is_full_refresh == ("--full-refresh" in arguments)


@pytest.mark.parametrize(
    "arguments",
    [
        ("--select", "market"),
        ("-s", "market"),
        ("--selector=market",),
        ("--exclude", "path:models/market"),
        ("--exclude", "path:tests/macros", "path:models/market"),
        ("--exclude-resource-type", "test"),
        ("--resource-type", "model"),
        ("--empty",),
        ("--no-such-option",),
        ("--vars", "run_date:2026"),
        ("--help",),
    ],
)
def test_a_run_of_a_part_or_one_that_dbt_refuses(arguments: tuple[str, ...]) -> None:
    assert run_of(*arguments) is None


def test_variables_of_dbt_count_as_its_options_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBT_EMPTY", "1")
    assert run_of() is None
    monkeypatch.delenv("DBT_EMPTY")
    monkeypatch.setenv("DBT_FULL_REFRESH", "1")
    run = run_of()
    assert run is not None and run.is_full_refresh


def test_another_command_is_no_build() -> None:
    words = {"project": PROJECT, "target": "duckdb", "environment": {}}
    assert whole_run(["run"], **words) is None
    assert whole_run(["ls", "--select", "build"], **words) is None
    assert whole_run(["--quiet", "build"], **words) is not None


def test_what_is_given_is_known_but_the_day_and_the_database() -> None:
    usual = settings_of()
    assert settings_of("--vars", "{run_date: 2026-11-29}") == usual
    assert settings_of("--threads", "1") == usual
    assert settings_of(LAKEHOUSE_DUCKDB="other.duckdb") == usual
    others = [
        settings_of("--vars", "{report_year: 2022}"),
        settings_of("--exclude-resource-type", "unit_test"),
        settings_of(target="athena"),
        settings_of(LAKEHOUSE_RAW="elsewhere"),
        settings_of(LAKEHOUSE_DATABASE_MARKET="other"),
    ]
    assert len({usual, *others}) == 6


@pytest.mark.parametrize(
    "file",
    [
        "dbt_project.yml",
        "models/market/marts/fct_market__pregao.sql",
        "models/market/marts/fct_market__pregao.yml",
        "seeds/quality/ref_quality__load_decision.csv",
        "macros/history/run_date.sql",
        "tests/data/generic/grain.sql",
    ],
)
def test_every_file_of_the_project_is_known_by_its_content(tmp_path: Path, file: str) -> None:
    project = tmp_path / "project"
    for folder in ("models", "macros", "seeds", "tests/data", "tests/macros"):
        shutil.copytree(PROJECT / folder, project / folder)
    shutil.copy(PROJECT / "dbt_project.yml", project)
    before = code_digest(project, target="duckdb")
    (project / "README.md").write_text("no part of it")
    assert code_digest(project, target="duckdb") == before
    (project / file).write_text((project / file).read_text() + "\n")
    assert code_digest(project, target="duckdb") != before
    assert code_digest(project, target="athena") != code_digest(project, target="duckdb")


@pytest.mark.parametrize(
    ("arguments", "command"),
    [
        (["build", "--target", "athena"], "build"),
        (["--quiet", "run"], "run"),
        (["run-operation", "build"], "run-operation"),
        (["build", "--help"], None),
        ([], None),
    ],
)
def test_the_command_is_found(arguments: list[str], command: str | None) -> None:
    assert command_of(arguments) == command


def news(**given: object) -> News:
    nothing = {"passed_at": PASSED, "changed": (), "is_new_day": False, "domains": ()}
    return News(**{**nothing, **given})  # type: ignore[arg-type]


def test_news_are_built_with_all_that_reads_them() -> None:
    both = news(is_new_day=True, domains=("market", "retail"))
    assert both.restriction[:4] == [
        *("--select", "path:models/market+", "path:models/retail+", "tag:run_date+")
    ]
    assert both.sentence == (
        f"New since the run of {PASSED} UTC: loads of market, retail and the day. "
        "Only what follows from it is built."
    )


def test_what_has_changed_is_built_whole() -> None:
    for everything in (news(passed_at=None), news(changed=("code",), domains=("market",))):
        assert everything.is_of_everything
        assert everything.restriction == []
        assert not everything.is_nothing


def test_nothing_is_only_what_has_no_news_at_all() -> None:
    assert news().is_nothing
    assert not any(
        news(**one).is_nothing
        for one in (
            {"passed_at": None},
            {"changed": ("tables",)},
            {"is_new_day": True},
            {"domains": ("market",)},
        )
    )


def test_news_are_read_from_a_line_of_the_log() -> None:
    line = 'news: {"passed_at": null, "changed": [], "is_new_day": false, "domains": ["market"]}'
    assert told_news(line) == news(passed_at=None, domains=("market",))
    assert told_news("no news: {}") is None
