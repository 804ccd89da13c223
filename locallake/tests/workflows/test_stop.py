"""A stop that comes while a state starts its build, which it cannot know yet."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from locallake.workflows import plugin

HOOKS = dict.fromkeys(plugin._HOOKS)


class Builds:
    """CodeBuild, where something happens while a build is started."""

    def __init__(self, meanwhile):
        self.meanwhile, self.stopped = meanwhile, []

    def start_build(self, **_):
        self.meanwhile()
        return {"build": {"id": "job:1", "buildStatus": "IN_PROGRESS"}}

    def stop_build(self, *, id):
        self.stopped.append(id)

    def batch_get_builds(self, *, ids):
        status = "STOPPED" if self.stopped else "SUCCEEDED"
        return {"builds": [{"id": ids[0], "buildStatus": status}]}


class EndedError(Exception):
    def __init__(self, error, cause):
        self.error = error


@pytest.mark.parametrize("comes", [True, False])
def test_the_build_ends_with_its_execution(monkeypatch, comes):
    execution = {"status": "RUNNING"}
    service = SimpleNamespace(
        **{**HOOKS, "_executions": {"arn": execution}, "_ExecutionError": EndedError}
    )
    workflows = plugin.Workflows(None, service)
    builds = Builds(lambda: execution.update(status="ABORTED") if comes else None)
    monkeypatch.setattr(workflows, "_client", lambda *_: builds)
    monkeypatch.setattr(plugin, "_POLL_S", 0)
    plugin._execution.set("arn")

    if comes:
        with pytest.raises(EndedError):
            workflows.build("codebuild:startBuild.sync", {"ProjectName": "job"})
    else:
        workflows.build("codebuild:startBuild.sync", {"ProjectName": "job"})
    assert builds.stopped == (["job:1"] if comes else [])
