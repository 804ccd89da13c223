"""The workflow of reviews: what runs the code of a pull request may not write, nor know secrets."""

import re

from infra.static.test_workflows import WORKFLOWS, workflow

JOBS = workflow("review")["jobs"]
TEXT = (WORKFLOWS / "review.yml").read_text(encoding="utf-8")


def test_the_job_that_runs_the_code_of_a_pull_request_only_reads():
    assert JOBS["review"]["permissions"] == {"contents": "read"}
    assert workflow("review")["permissions"] == {}
    [checkout] = [step for step in JOBS["review"]["steps"] if "checkout" in step.get("uses", "")]
    assert checkout["with"]["persist-credentials"] is False
    assert "secrets." not in TEXT


def test_the_job_that_comments_runs_no_code_of_a_pull_request():
    comment = JOBS["comment"]
    assert comment["permissions"] == {"pull-requests": "write"}
    assert "head.repo.full_name == github.repository" in comment["if"]
    [step] = comment["steps"]
    assert "uses" not in step and "${{" not in step["run"] and "make" not in step["run"]


def test_it_is_the_report_that_a_person_gets():
    commands = [step.get("run", "") for step in JOBS["review"]["steps"]]
    assert any(re.match("make review BASE=", command) for command in commands)


def test_the_comment_is_found_again_by_what_it_begins_with():
    mark = re.search('MARK = "(.*)"', (WORKFLOWS.parents[1] / "scripts/review.py").read_text())
    assert mark and f'startswith("{mark[1]}")' in JOBS["comment"]["steps"][0]["run"]
