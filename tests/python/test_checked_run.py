"""A run of dbt with what goes around it, where dbt itself is not asked."""

import pytest
from dbt.cli.main import dbtRunner, dbtRunnerResult

from lakehouse.building.checked_run import run_and_look


def test_a_run_that_is_interrupted_while_the_project_is_read_builds_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []

    def interrupted(_: dbtRunner, words: list[str]) -> dbtRunnerResult:
        asked.append(words[0])
        return dbtRunnerResult(success=False, exception=KeyboardInterrupt())

    monkeypatch.setattr(dbtRunner, "invoke", interrupted)
    with pytest.raises(KeyboardInterrupt):
        run_and_look(["build", "--target", "duckdb"], environment={})
    assert asked == ["parse"]
