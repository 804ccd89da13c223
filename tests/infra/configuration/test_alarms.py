"""Silence is told: of the workflow as a whole, and of each source at its own rhythm."""

import json

import pytest
import yaml
from infra.applied.policies import as_list
from infra.rendered import Rendered
from infra.terraform_tool import REPOSITORY

from lakehouse.building.freshness import METRIC, NAMESPACE_SETTING


def alarms(environment: Rendered) -> dict[str, dict]:
    """Alarms by their name without the prefix."""
    prefix = environment.one("module.orchestration.aws_scheduler_schedule_group.this")["name"]
    return {
        found["values"]["alarm_name"].removeprefix(f"{prefix}-"): found["values"]
        for found in environment.of("aws_cloudwatch_metric_alarm")
    }


def rhythms() -> dict[str, int]:
    """Days after which a source of the repository is late, as its YAML declares."""
    found = {}
    for path in (REPOSITORY / "models").glob("*/staging/_*__sources.yml"):
        [source] = yaml.safe_load(path.read_text(encoding="utf-8"))["sources"]
        for table in source["tables"]:
            found[f"{source['name']}.{table['name']}"] = table["config"]["freshness"]["warn_after"][
                "count"
            ]
    return found


def environment_of(environment: Rendered, step: str) -> dict[str, str]:
    project = environment.one(f'module.runtime.aws_codebuild_project.this["{step}"]')
    return {v["name"]: v["value"] for v in project["environment"][0]["environment_variable"]}


def test_day_without_a_success_is_told_where_schedules_run(largest: Rendered):
    silent = alarms(largest)["no-success"]
    publish = largest.one('module.runtime.aws_codebuild_project.this["publish"]')["name"]
    assert (silent["namespace"], silent["metric_name"]) == ("AWS/CodeBuild", "SucceededBuilds")
    # The last step: where it succeeded, all before it did.
    assert silent["dimensions"] == {"ProjectName": publish}
    assert silent["period"] * silent["evaluation_periods"] == 26 * 3600
    # No build is no number at all, and must count as none that succeeded.
    assert silent["treat_missing_data"] == "breaching"
    assert (silent["comparison_operator"], silent["threshold"]) == ("LessThanThreshold", 1)
    assert silent["statistic"] == "Sum"


def test_silence_is_usual_where_no_schedule_runs(delivered: Rendered):
    assert not [name for name in alarms(delivered) if name == "no-success" or "late" in name]


def test_without_databases_the_last_step_is_the_build_of_tables(scheduled: Rendered):
    assert alarms(scheduled)["no-success"]["dimensions"] == {
        "ProjectName": "lakehouse-dev-transform"
    }


@pytest.mark.parametrize("source", rhythms())
def test_source_is_late_after_the_rhythm_that_it_declares(scheduled: Rendered, source: str):
    late = alarms(scheduled)[f"late-{source.replace('.', '-')}"]
    assert late["threshold"] == rhythms()[source]
    assert late["comparison_operator"] == "GreaterThanThreshold"
    assert late["dimensions"] == {"Source": source}
    assert late["metric_name"] == METRIC
    assert late["namespace"] == environment_of(scheduled, "transform")[NAMESPACE_SETTING]
    # A day without a run says nothing of a source; that is the other alarm's business.
    assert late["treat_missing_data"] == "ignore"
    assert (late["statistic"], late["period"]) == ("Maximum", 86400)


def test_alarms_and_sources_are_the_same(scheduled: Rendered):
    late = {name for name in alarms(scheduled) if name.startswith("late-")}
    assert late == {f"late-{source.replace('.', '-')}" for source in rhythms()}


def test_every_alarm_tells_somebody(largest: Rendered):
    topic = largest.one("module.observability.aws_sns_topic.this")["arn"]
    assert {tuple(alarm["alarm_actions"]) for alarm in alarms(largest).values()} == {(topic,)}


def test_builds_may_write_numbers_of_their_environment_alone(scheduled: Rendered):
    [statement] = [
        s
        for s in scheduled.statements("transformer")
        if "cloudwatch:PutMetricData" in as_list(s["Action"])
    ]
    assert statement["Condition"] == {"StringEquals": {"cloudwatch:namespace": "lakehouse-dev"}}
    for role in ("extractor", "publisher", "reader", "reader-personal"):
        assert "PutMetricData" not in json.dumps(scheduled.statements(role))
