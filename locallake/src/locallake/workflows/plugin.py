"""What the emulator's Step Functions lack for a workflow of builds.

- `codebuild:startBuild`, also `.sync`, and `sns:publish` are called with the machine's own role.
- A stop or a time-out of a state ends its build.
- StartExecution with the name and the input of a running execution answers with it.
- Names that Step Functions does not take are refused.
- RedriveExecution starts again at the state that failed; of a Map, with the items that failed.
"""

from __future__ import annotations

import contextlib
import contextvars
import json
import re
import threading
import time
from collections.abc import Iterator, Mapping
from typing import Any

from locallake import ministack
from locallake.clients import client_as
from locallake.errors import ConfigurationError
from locallake.settings import Settings
from locallake.workflows.shapes import from_parameters, to_result

Document = dict[str, Any]

PRINCIPAL = "states.amazonaws.com"
_BUILD, _PUBLISH = "arn:aws:states:::codebuild:startBuild", "arn:aws:states:::sns:publish"
_POLL_S = 0.5
_NAME = re.compile(r"[A-Za-z0-9_-]{1,80}")
_HOOKS = (
    "_SERVICE_DISPATCH", "_ExecutionError", "_add_event", "_emit_execution_status_event",
    "_execute_choice", "_execute_map", "_execute_parallel", "_execute_pass", "_execute_task",
    "_execute_wait", "_executions", "_fail_execution", "_fail_state_error", "_finalize_response",
    "_invoke_resource_with_timeout", "_run_execution", "_run_sub_machine", "_start_execution",
    "_state_machines", "_stop_execution", "handle_request",
)  # fmt: skip

# The execution that this thread works for, and the builds of the state that it runs.
_execution: contextvars.ContextVar[str] = contextvars.ContextVar("locallake_execution")
_of_state: contextvars.ContextVar[list[str] | None] = contextvars.ContextVar(
    "locallake_builds_of_state", default=None
)


def install(settings: Settings) -> None:
    """Put the additions in place.

    Raises: HookError if the emulator is not the version this was written for.
    """
    from ministack.services import stepfunctions

    ministack.require(stepfunctions, *_HOOKS)
    workflows = Workflows(settings, stepfunctions)
    workflows.install()
    ministack.on_reset(workflows.forget)


class Workflows:
    """The emulator's executions, with builds that belong to them."""

    def __init__(self, settings: Settings, service: Any) -> None:
        self._settings = settings
        self._service = service
        self._builds: dict[str, list[str]] = {}
        # Outcomes of a Map's items that succeeded, by execution, state and index.
        self._items: dict[tuple[str, str, int], Any] = {}
        self._starting = threading.Lock()
        self._start = service._start_execution
        self._stop = service._stop_execution
        self._run = service._run_execution
        self._run_nested = service._run_sub_machine
        self._fail = service._fail_execution
        self._timed = service._invoke_resource_with_timeout
        self._handle = service.handle_request

    def install(self) -> None:
        service = self._service
        service._start_execution, service._stop_execution = self.start, self.stop
        service._run_execution, service._fail_execution = self.run, self.fail
        service._run_sub_machine = self.run_nested
        service._invoke_resource_with_timeout = self.timed
        service.handle_request = self.handle
        # A longer prefix first: `startBuildBatch` begins with `startBuild` and is not done.
        service._SERVICE_DISPATCH = {
            f"{_BUILD}Batch": self.not_done,
            _BUILD: self.build,
            **service._SERVICE_DISPATCH,
            _PUBLISH: self.publish,
        }

    def forget(self) -> None:
        self._builds.clear()
        self._items.clear()

    async def handle(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes, query: Any
    ) -> Any:
        if headers.get("x-amz-target", "").endswith(".RedriveExecution"):
            return self._service._finalize_response(self.redrive(json.loads(body or b"{}")))
        return await self._handle(method, path, headers, body, query)

    def start(self, request: Document) -> Any:
        """StartExecution, once per name."""
        from ministack.core.responses import error_response_json, json_response

        name = request.get("name")
        if name is not None and not _NAME.fullmatch(name):
            return error_response_json("InvalidName", f"Invalid Name: '{name}'", 400)
        with self._starting:
            for execution in self._service._executions.values() if name else ():
                same = (execution["name"], execution["input"]) == (name, request.get("input", "{}"))
                of_machine = execution["stateMachineArn"] == request.get("stateMachineArn")
                if same and of_machine and execution["status"] == "RUNNING":
                    return json_response(
                        {
                            "executionArn": execution["executionArn"],
                            "startDate": execution["startDate"],
                        }
                    )
            return self._start(request)

    def stop(self, request: Document) -> Any:
        """StopExecution: its builds end too."""
        answer = self._stop(request)
        context = contextvars.copy_context()
        arn = request.get("executionArn", "")
        # A client of this process would wait for the loop that answers this very call.
        threading.Thread(
            target=context.run,
            args=(self._stop_builds, arn, self._builds.get(arn, [])),
            daemon=True,
        ).start()
        return answer

    def run(self, arn: str) -> None:
        _execution.set(arn)
        self._run(arn)

    def run_nested(
        self, states: Document, start_at: str, given: Any, execution: Document, context: Document
    ) -> Any:
        """What is inside of a Map, once per item, or of a Parallel."""
        if "Map" not in context:
            return self._run_nested(states, start_at, given, execution, context)
        item = (
            execution["executionArn"],
            context["State"]["Name"],
            context["Map"]["Item"]["Index"],
        )
        if not (execution.get("redriveCount") and item in self._items):
            self._items[item] = self._run_nested(states, start_at, given, execution, context)
        return self._items[item]

    def fail(self, execution: Document, error: str, cause: str) -> None:
        # Stock, the thread of a stopped execution calls it failed when its build has ended.
        if execution["status"] == "RUNNING":
            self._fail(execution, error, cause)

    def timed(self, resource: str, given: Document, timeout: float) -> Any:
        """A task with TimeoutSeconds: a build that is not waited for any longer ends."""
        builds: list[str] = []
        token = _of_state.set(builds)
        try:
            return self._timed(resource, given, timeout)
        except self._service._ExecutionError as err:
            if err.error == "States.Timeout":
                self._stop_builds(_execution.get(), builds)
            raise
        finally:
            _of_state.reset(token)

    def not_done(self, resource: str, given: Document) -> Document:
        raise self._service._ExecutionError("States.Runtime", f"{resource} is not done here")

    def build(self, resource: str, given: Document) -> Document:
        """startBuild; `.sync` ends when the build has ended, and fails unless it succeeded."""
        arn = _execution.get()
        self._require_running(arn)
        with self._errors("CodeBuild"):
            builds = self._client("codebuild", arn)
            build = builds.start_build(**from_parameters(given))["build"]
            self._builds.setdefault(arn, []).append(build["id"])
            if (of_state := _of_state.get()) is not None:
                of_state.append(build["id"])
            # A stop that came while the build was started could not know it yet.
            if self._service._executions[arn]["status"] != "RUNNING":
                builds.stop_build(id=build["id"])
            while resource.endswith(".sync") and build["buildStatus"] == "IN_PROGRESS":
                time.sleep(_POLL_S)
                build = builds.batch_get_builds(ids=[build["id"]])["builds"][0]
        result = {"Build": to_result(build)}
        if build["buildStatus"] not in ("SUCCEEDED", "IN_PROGRESS"):
            raise self._service._ExecutionError("States.TaskFailed", json.dumps(result["Build"]))
        return result

    def publish(self, resource: str, given: Document) -> Document:
        with self._errors("SNS"):
            answer = self._client("sns", _execution.get()).publish(**given)
        return {"MessageId": answer["MessageId"]}

    def redrive(self, request: Document) -> Any:
        """RedriveExecution: from the state that failed, with its input; what succeeded stays."""
        from ministack.core.responses import error_response_json, json_response

        execution = self._service._executions.get(request.get("executionArn", ""))
        if execution is None:
            message = f"Execution does not exist: '{request.get('executionArn')}'"
            return error_response_json("ExecutionDoesNotExist", message, 400)
        if execution["status"] not in ("FAILED", "ABORTED", "TIMED_OUT"):
            message = f"Execution is {execution['status']} and cannot be redriven"
            return error_response_json("ExecutionNotRedrivable", message, 400)
        entered = [e for e in execution["events"] if "stateEnteredEventDetails" in e]
        last = entered[-1]["stateEnteredEventDetails"]
        execution |= {"status": "RUNNING", "stopDate": None, "error": None, "cause": None}
        execution["redriveCount"] = execution.get("redriveCount", 0) + 1
        self._service._add_event(
            execution,
            "ExecutionRedriven",
            {"executionRedrivenEventDetails": {"redriveCount": execution["redriveCount"]}},
        )
        self._service._emit_execution_status_event(execution)
        context = contextvars.copy_context()
        threading.Thread(
            target=context.run, args=(self._run_from, execution, last), daemon=True
        ).start()
        return json_response({"redriveDate": time.time()})

    def _run_from(self, execution: Document, entered: Mapping[str, Any]) -> None:
        """Walk the machine from a state on, as the emulator does from the first."""
        from ministack.core.responses import now_iso

        service, arn = self._service, execution["executionArn"]
        _execution.set(arn)
        machine = service._state_machines[execution["stateMachineArn"]]
        definition = json.loads(machine["definition"])
        context = {
            "QueryLanguage": definition.get("QueryLanguage", "JSONPath"),
            "Execution": {
                "Id": arn,
                "Input": json.loads(execution["input"]),
                "Name": execution["name"],
                "StartTime": execution["startDate"],
                "RedriveCount": execution["redriveCount"],
            },
            "StateMachine": {"Id": execution["stateMachineArn"], "Name": machine["name"]},
            "variables": {},
        }
        name, given = entered["name"], json.loads(entered["input"])
        try:
            while name and execution["status"] == "RUNNING":
                state = definition["States"][name]
                kind = state["Type"]
                context["State"] = {"Name": name, "EnteredTime": now_iso(), "RetryCount": 0}
                detail = {"name": name, "input": json.dumps(given)}
                service._add_event(
                    execution, f"{kind}StateEntered", {"stateEnteredEventDetails": detail}
                )
                if kind == "Fail":
                    raise service._ExecutionError(*service._fail_state_error(state, given, context))
                if kind == "Succeed":
                    break
                execute = getattr(service, f"_execute_{kind.lower()}")
                more = (execution,) if kind in ("Map", "Parallel", "Task") else ()
                given, name = execute(state, given, *more, context)
        except service._ExecutionError as err:
            self.fail(execution, err.error, err.cause)
            return
        if execution["status"] == "RUNNING":
            execution |= {
                "status": "SUCCEEDED", "output": json.dumps(given), "stopDate": now_iso()
            }  # fmt: skip
            service._add_event(
                execution,
                "ExecutionSucceeded",
                {"executionSucceededEventDetails": {"output": execution["output"]}},
            )
            service._emit_execution_status_event(execution)

    def _require_running(self, arn: str) -> None:
        # A retry in the thread of a stopped execution would start another build.
        if self._service._executions[arn]["status"] != "RUNNING":
            raise self._service._ExecutionError("States.Runtime", "the execution was stopped")

    def _client(self, service: str, arn: str) -> Any:
        execution = self._service._executions[arn]
        machine = self._service._state_machines[execution["stateMachineArn"]]
        return client_as(
            self._settings,
            service,
            machine["roleArn"],
            principal=PRINCIPAL,
            source_arn=execution["stateMachineArn"],
        )

    def _stop_builds(self, arn: str, names: list[str]) -> None:
        with self._errors("CodeBuild"):
            builds = self._client("codebuild", arn)
            for name in list(names):
                builds.stop_build(id=name)

    @contextlib.contextmanager
    def _errors(self, service: str) -> Iterator[None]:
        """A refusal as an error of the state, `CodeBuild.AccountLimitExceededException`."""
        from botocore.exceptions import ClientError

        try:
            yield
        except ClientError as err:
            told = err.response["Error"]
            code = (
                told["Code"] if told["Code"].endswith("Exception") else f"{told['Code']}Exception"
            )
            raise self._service._ExecutionError(f"{service}.{code}", told["Message"]) from err
        except ConfigurationError as err:
            raise self._service._ExecutionError("States.Runtime", str(err)) from err
