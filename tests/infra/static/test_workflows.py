"""GitHub's workflows: what is deployed was checked, and nobody cancels a deploy."""

import base64
import json
import os
import re
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
import yaml
from infra.terraform_tool import REPOSITORY

WORKFLOWS = REPOSITORY / ".github" / "workflows"
SUBJECT = "repo:acme/lakehouse:environment:dev"
# Gives keys for the token that it is handed, as STS does.
AWS = """#!/usr/bin/env bash
set -eu
echo "$@" > "$CALLED"
for word in "$@"; do case "$word" in file://*) cat "${word#file://}" > "$TOKEN" ;; esac; done
cat <<'END'
{"Credentials": {"AccessKeyId": "ASIA1", "SecretAccessKey": "hidden", "SessionToken": "token"}}
END
"""


def workflow(name: str) -> dict:
    read = yaml.safe_load((WORKFLOWS / f"{name}.yml").read_text(encoding="utf-8"))
    return read | {"on": read[True]}  # YAML reads `on` as true


def test_what_is_deployed_was_checked_at_the_same_commit():
    jobs = workflow("terraform")["jobs"]
    assert jobs["deploy"]["needs"] == "check"
    assert jobs["check"]["uses"] == "./.github/workflows/ci.yml"
    assert "always()" not in jobs["deploy"]["if"]
    assert "workflow_call" in workflow("ci")["on"]
    # Else main would be checked twice.
    assert "push" not in workflow("ci")["on"]


@pytest.mark.parametrize("path", sorted(WORKFLOWS.glob("*.yml")), ids=lambda path: path.stem)
def test_no_workflow_runs_others_code_with_own_rights(path: Path):
    assert not {"pull_request_target", "workflow_run"} & set(workflow(path.stem)["on"])


@pytest.mark.parametrize("path", sorted(WORKFLOWS.glob("*.yml")), ids=lambda path: path.stem)
def test_actions_are_pinned_and_targets_exist(path: Path):
    text = path.read_text(encoding="utf-8")
    used = re.findall(r"uses: (?!\./)(.+)", text)
    assert [one for one in used if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v[\d.]+", one)] == []
    lines = re.findall(r"(?:run:|-) make (.+)", text)
    assert {target for line in lines for target in targets_of(line)} <= every_target()


def targets_of(line: str) -> set[str]:
    """The targets that words after `make` name: what is no variable and no part of its value."""
    return set(re.sub(r"""\w+=("[^"]*"|\$\{\{.*?\}\}|\S*)""", "", line).split())


def every_target() -> set[str]:
    makefile = (REPOSITORY / "Makefile").read_text()
    return set(re.findall(r"^([a-z-]+):", makefile, flags=re.MULTILINE))


def test_what_a_pull_request_does_not_wait_for_is_run_every_week():
    weekly = workflow("weekly")
    assert weekly["on"]["schedule"] and weekly["permissions"] == {"contents": "read"}
    commands = weekly["jobs"]["long"]["strategy"]["matrix"]["command"]
    targets = {target for c in commands for target in targets_of(c.removeprefix("make "))}
    # Each target whose tests are marked long, and those that `.ci/run` does not know.
    assert targets == {
        "proofs", "test", "test-engines", "test-infra", "test-long", "test-roles"
    }  # fmt: skip
    assert [step["run"] for step in weekly["jobs"]["long"]["steps"] if "run" in step] == [
        "${{ matrix.command }}"
    ]


def test_every_long_test_is_named_where_people_look():
    page = (REPOSITORY / "docs/conventions.md").read_text(encoding="utf-8")
    table = page[page.index("| `long` |") :].partition("\n\n")[0]
    named = tuple(re.findall(r"`(tests/[\w./]+)`", table))
    mark = re.compile(r"^(?:@|pytestmark = |.*\bmarks=\[)pytest\.mark\.long\b", re.MULTILINE)
    marked = {
        path.relative_to(REPOSITORY).as_posix()
        for path in (REPOSITORY / "tests").rglob("test_*.py")
        if mark.search(path.read_text(encoding="utf-8"))
    }
    assert len(marked) > 5
    assert [path for path in marked if not path.startswith(named)] == []


def test_pages_are_published_of_main_alone_by_a_job_that_builds_nothing():
    pages = workflow("pages")
    assert pages["on"] == {"push": {"branches": ["main"]}}
    assert pages["permissions"] == {}
    assert pages["jobs"]["build"]["permissions"] == {"contents": "read"}
    publish = pages["jobs"]["publish"]
    assert publish["permissions"] == {"pages": "write", "id-token": "write"}
    assert publish["needs"] == "build"
    assert [step["uses"].partition("@")[0] for step in publish["steps"]] == ["actions/deploy-pages"]


def test_a_waiting_deploy_is_cancelled_by_no_plan_and_no_check():
    jobs = workflow("terraform")["jobs"]
    groups = {name: job["concurrency"]["group"] for name, job in jobs.items() if name != "check"}
    assert groups["plan"] != groups["deploy"] and "${{" not in groups["deploy"]
    assert not any(jobs[name]["concurrency"]["cancel-in-progress"] for name in groups)
    assert "concurrency" not in workflow("terraform")
    checks = workflow("ci")["concurrency"]
    assert checks["cancel-in-progress"] == "${{ github.event_name == 'pull_request' }}"
    assert "github.sha" in checks["group"]


def test_no_program_exchanges_the_token_of_five_minutes_by_itself():
    text = (WORKFLOWS / "terraform.yml").read_text(encoding="utf-8")
    assert "AWS_WEB_IDENTITY_TOKEN_FILE" not in text and "AWS_ROLE_ARN" not in text
    for name in ("plan", "deploy"):
        job = workflow("terraform")["jobs"][name]
        commands = [step.get("run", "") for step in job["steps"]]
        becoming = [place for place, c in enumerate(commands) if "github_credentials.sh" in c]
        asking = [place for place, c in enumerate(commands) if c.startswith("terraform ")]
        assert len(becoming) == 1 and becoming[0] < min(asking)
        assert job["timeout-minutes"] <= 60


def token() -> str:
    parts = [json.dumps({"alg": "RS256"}), json.dumps({"sub": SUBJECT})]
    texts = [base64.urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in parts]
    return ".".join([*texts, "c2ln"])


def test_credentials_are_exchanged_once_and_hidden(tmp_path: Path):
    class Tokens(BaseHTTPRequestHandler):
        def do_GET(self):
            body = json.dumps({"value": token()}).encode()
            asked = self.path.endswith("&audience=sts.amazonaws.com")
            self.send_response(
                200 if asked and self.headers["Authorization"] == "bearer t" else 403
            )
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Tokens)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    (tmp_path / "aws").write_text(AWS, encoding="utf-8")
    (tmp_path / "aws").chmod(0o755)
    (tmp_path / "env").write_text("KEPT=1\n", encoding="utf-8")
    done = subprocess.run(
        ["bash", REPOSITORY / "scripts" / "github_credentials.sh", "arn:aws:iam::1:role/x"],
        env={
            "PATH": f"{tmp_path}:{os.environ['PATH']}",
            "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "t",
            "ACTIONS_ID_TOKEN_REQUEST_URL": f"http://127.0.0.1:{server.server_port}/?a=1",
            "CALLED": str(tmp_path / "called"),
            "GITHUB_ENV": str(tmp_path / "env"),
            "TOKEN": str(tmp_path / "token"),
        },
        capture_output=True,
        text=True,
    )
    server.shutdown()
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "token").read_text() == token()
    assert "--role-arn arn:aws:iam::1:role/x" in (tmp_path / "called").read_text()
    assert (tmp_path / "env").read_text() == (
        "KEPT=1\nAWS_ACCESS_KEY_ID=ASIA1\nAWS_SECRET_ACCESS_KEY=hidden\nAWS_SESSION_TOKEN=token\n"
    )
    said = done.stdout.splitlines()
    assert said[0] == f"subject: {SUBJECT}"
    # Every secret is said once, to be hidden from then on.
    assert said[1:] == ["::add-mask::ASIA1", "::add-mask::hidden", "::add-mask::token"]
