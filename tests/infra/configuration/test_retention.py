"""How long things are kept is an input, and the README's table says what of each."""

import re

import pytest
from infra.configuration.conftest import RETENTION
from infra.rendered import Rendered
from infra.terraform_tool import TERRAFORM

VARIABLES = (TERRAFORM / "live" / "dev" / "variables.tf").read_text(encoding="utf-8")
BLOCK = re.search(r'^variable "retention_days" \{\n(.*?)^\}', VARIABLES, re.S | re.M)[1]
DEFAULTS = {
    name: int(days) for name, days in re.findall(r"(\w+)\s+= optional\(number, (\d+)\)", BLOCK)
}


def kept(environment: Rendered) -> dict[str, set[int]]:
    """Days by what is kept, as rendered."""
    found: dict[str, set[int]] = {name: set() for name in DEFAULTS}
    zones = {"logs": "access_logs"}
    for each in environment.of("aws_s3_bucket_lifecycle_configuration"):
        zone = zones.get(each["index"], each["index"])
        [rule] = [rule for rule in each["values"]["rule"] if rule["id"] == "end-of-life"]
        [ends], [old] = rule["expiration"], rule["noncurrent_version_expiration"]
        found[zone].add(ends["days"] or old["noncurrent_days"])
    for each in environment.of("aws_cloudwatch_log_group"):
        found["logs"].add(each["values"]["retention_in_days"])
    for each in environment.of("aws_sqs_queue"):
        found["dead_letters"].add(each["values"]["message_retention_seconds"] // 86400)
    for each in environment.of("aws_rds_cluster"):
        found["aurora_backups"].add(each["values"]["backup_retention_period"])
    for each in environment.of("aws_codebuild_project"):
        variables = each["values"]["environment"][0]["environment_variable"]
        found["snapshots"] |= {
            int(v["value"]) for v in variables if v["name"] == "LAKEHOUSE_SNAPSHOT_DAYS"
        }
    return found


def test_everything_is_kept_as_long_as_the_variable_says(everything: Rendered):
    assert kept(everything) == {name: {days} for name, days in DEFAULTS.items()}


@pytest.mark.parametrize("name", DEFAULTS)
def test_every_term_is_an_input(elsewhere: Rendered, name: str):
    # Raw and transient are the owner's there, and so are their rules.
    expected = set() if name in ("raw", "transient") else {RETENTION[name]}
    assert RETENTION[name] != DEFAULTS[name]
    assert kept(elsewhere)[name] == expected


def test_readme_names_every_term():
    readme = (TERRAFORM / "README.md").read_text(encoding="utf-8")
    shown = dict(re.findall(r"^\| `(\w+)` \| .+ \| (\d+) \|$", readme, re.M))
    assert {name: int(days) for name, days in shown.items()} == DEFAULTS
