"""Has the emulator's CodeBuild run its builds.

Stock, a build is SUCCEEDED as it is started. Here its buildspec is run: source from S3, the
project's variables and role, one shell, output in CloudWatch Logs. What is not done (other sources,
batches, artifacts, caches, images, networks) is refused or named in the README.
"""

from __future__ import annotations

import contextlib
import contextvars
import copy
import hashlib
import io
import json
import secrets
import shutil
import subprocess
import threading
import time
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from locallake import ministack
from locallake.builds.buildspec import Buildspec, BuildspecError, read_buildspec
from locallake.builds.environment import environment_of, merged
from locallake.builds.installed import PHASE as INSTALL
from locallake.builds.installed import Installations, key_of, without_install
from locallake.builds.logs import BuildLog
from locallake.builds.process import BuildProcess
from locallake.builds.script import RUNNING, read_mark, write_script
from locallake.clients import client_with
from locallake.errors import ConfigurationError
from locallake.permissions.plugin import role_credentials
from locallake.settings import Settings

Document = dict[str, Any]

PRINCIPAL = "codebuild.amazonaws.com"
_OVERRIDES = {"projectName", "environmentVariablesOverride", "idempotencyToken"}
# Codes that CodeBuild puts into the context of a phase.
_COMMAND, _CLIENT, _SPEC = "COMMAND_EXECUTION_ERROR", "CLIENT_ERROR", "YAML_FILE_ERROR"


def install(settings: Settings) -> None:
    """Put the executor in place.

    Raises: HookError if the emulator is not the version this was written for.
    """
    from ministack.services import codebuild, eventbridge

    ministack.require(eventbridge, "_put_events")
    ministack.require(
        codebuild, "_start_build", "_stop_build", "_projects", "_builds", "_make_build_record"
    )
    builds = Builds(settings, codebuild)
    codebuild._start_build, codebuild._stop_build = builds.start, builds.stop
    ministack.on_reset(builds.end_all)


class RefusedError(Exception):
    """A request that CodeBuild refuses: its error's name and the message."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Builds:
    """The builds that run, and how one is started and ended."""

    def __init__(self, settings: Settings, codebuild: Any) -> None:
        self._settings = settings
        self._service = codebuild
        self._running: dict[str, BuildProcess] = {}
        self._stopped: set[str] = set()
        self._installed = Installations()
        self._lock = threading.Lock()

    def start(self, request: Document) -> Any:
        """StartBuild."""
        from ministack.core.responses import error_response_json, json_response

        try:
            build, project = self._new_build(request)
        except RefusedError as err:
            return error_response_json(err.code, str(err), 400)
        _tell(build)
        # The stores belong to the account and region of the request.
        context = contextvars.copy_context()
        threading.Thread(
            target=context.run, args=(self._run, build, project), name=build["id"], daemon=True
        ).start()
        return json_response({"build": copy.deepcopy(build)})

    def stop(self, request: Document) -> Any:
        """StopBuild: ends the processes; the build is STOPPED."""
        from ministack.core.responses import error_response_json, json_response

        build = self._service._builds.get(request.get("id", ""))
        if build is None:
            message = f"Build not found: {request.get('id')}"
            return error_response_json("ResourceNotFoundException", message, 400)
        self._end(build["id"])
        if build["buildStatus"] == "IN_PROGRESS":
            _finish(build, "STOPPED")
        return json_response({"build": copy.deepcopy(build)})

    def end_all(self) -> None:
        for name in list(self._running):
            self._end(name)
        self._installed.forget()

    def _end(self, name: str) -> None:
        with self._lock:
            self._stopped.add(name)
            process = self._running.get(name)
        if process is not None:
            process.end()

    def _new_build(self, request: Document) -> tuple[Document, Document]:
        unknown = sorted(request.keys() - _OVERRIDES)
        if unknown:
            raise RefusedError("InvalidInputException", f"{', '.join(unknown)}: not done here")
        project = self._service._projects.get(request.get("projectName", ""))
        if project is None:
            message = f"Project cannot be found: {request.get('projectName')}"
            raise RefusedError("ResourceNotFoundException", message)
        if project["source"].get("type") not in ("S3", "NO_SOURCE"):
            kind = project["source"].get("type")
            raise RefusedError("InvalidInputException", f"source {kind}: not done here")
        environment = copy.deepcopy(project["environment"])
        try:
            environment["environmentVariables"] = merged(
                environment.get("environmentVariables", []),
                request.get("environmentVariablesOverride", []),
            )
        except ConfigurationError as err:
            raise RefusedError("InvalidInputException", str(err)) from err
        with self._lock:
            limit = project.get("concurrentBuildLimit")
            running = [
                each
                for each in self._service._builds.values()
                if each["projectName"] == project["name"] and each["buildStatus"] == "IN_PROGRESS"
            ]
            if limit and len(running) >= limit:
                raise RefusedError(
                    "AccountLimitExceededException",
                    f"Cannot have more than {limit} builds in queue for the project",
                )
            name = self._service._build_id(project["name"])
            build: Document = self._service._make_build_record(project, name)
            group = (project.get("logsConfig") or {}).get("cloudWatchLogs") or {}
            build |= {
                "buildStatus": "IN_PROGRESS",
                "currentPhase": "SUBMITTED",
                "phases": [],
                "environment": environment,
                "serviceRole": project["serviceRole"],
                "logs": {
                    "groupName": group.get("groupName") or f"/aws/codebuild/{project['name']}",
                    "streamName": name.partition(":")[2],
                },
            }
            build.pop("endTime", None)
            self._service._builds[name] = build
        return build, copy.deepcopy(project)

    def _run(self, build: Document, project: Document) -> None:
        folder = self._settings.builds / build["id"].replace(":", "-")
        try:
            status = self._executed(build, project, folder)
        except Exception as err:  # an error of ours must not leave a build that never ends
            _note(build, build["currentPhase"], "FAULT", "INTERNAL_SERVICE_ERROR", repr(err))
            status = "FAULT"
        with self._lock:
            self._running.pop(build["id"], None)
            stopped = build["id"] in self._stopped
        if build["buildStatus"] == "IN_PROGRESS":
            _finish(build, "STOPPED" if stopped else status)
        # An environment of half a GB per build would fill the disk; its log is kept.
        for name in ("source", "home"):
            if not self._installed.has(folder / name):
                shutil.rmtree(folder / name, ignore_errors=True)

    def _executed(self, build: Document, project: Document, folder: Path) -> str:
        from botocore.exceptions import ClientError

        try:
            credentials = role_credentials(
                project["serviceRole"],
                service=PRINCIPAL,
                session=f"AWSCodeBuild-{build['id'].partition(':')[2]}",
                source_arn=project["arn"],
            )
            log = BuildLog(
                client_with(self._settings, "logs", credentials),
                group=build["logs"]["groupName"],
                stream=build["logs"]["streamName"],
            )
            log.open()
            source, digest = self._fetch_source(project, folder, credentials)
            spec = _spec_of(project, source)
        except (ClientError, ConfigurationError, zipfile.BadZipFile) as err:
            return _note(build, "DOWNLOAD_SOURCE", "FAILED", _CLIENT, str(err))
        except BuildspecError as err:
            return _note(build, "DOWNLOAD_SOURCE", "FAILED", _SPEC, str(err))
        _note(build, "DOWNLOAD_SOURCE", "SUCCEEDED")
        path = self._settings.build_path
        if missing := missing_runtimes(spec.runtimes, path=path):
            log.say(missing)
            log.flush()
            return _note(build, "INSTALL", "FAILED", _SPEC, missing)
        environment = environment_of(
            build,
            variables=spec.variables,
            source=str(source),
            home=str(folder / "home"),
            path=path,
            endpoint=self._settings.endpoint,
            region=self._settings.region,
            credentials=credentials,
        )
        (folder / "home").mkdir()
        key = key_of(spec, role=project["serviceRole"], source_digest=digest)
        status = self._run_phases(build, project, spec, folder, source, environment, log, key)
        log.flush()
        return status

    def _fetch_source(
        self, project: Document, folder: Path, credentials: Mapping[str, str]
    ) -> tuple[Path, str]:
        """The folder with the source, and the digest of its archive."""
        source, archived = folder / "source", b""
        source.mkdir(parents=True)
        if project["source"]["type"] == "S3":
            bucket, _, key = project["source"]["location"].partition("/")
            found = client_with(self._settings, "s3", credentials).get_object(
                Bucket=bucket, Key=key
            )
            archived = found["Body"].read()
            with zipfile.ZipFile(io.BytesIO(archived)) as archive:
                archive.extractall(source)
        return source, hashlib.sha256(archived).hexdigest()

    def _run_phases(
        self,
        build: Document,
        project: Document,
        spec: Buildspec,
        folder: Path,
        source: Path,
        environment: Mapping[str, str],
        log: BuildLog,
        key: str,
    ) -> str:
        before = {path.name for path in source.iterdir()}
        if found := self._installed.put_into(source, key):
            spec = without_install(spec)
            log.say(f"[locallake] {INSTALL}: as build {found.source.parent.name} left it")
            _note(build, INSTALL, "SUCCEEDED")
        commands, token = folder / "commands", secrets.token_hex(16)
        commands.mkdir()
        script = write_script(spec, folder=commands, token=token)
        failed: list[str] = []
        command = ""
        with (folder / "log").open("w", encoding="utf-8") as kept:

            def say(line: str) -> None:
                nonlocal command
                mark = read_mark(line, token)
                if mark is None:
                    if line.startswith(RUNNING):
                        command = line.removeprefix(RUNNING)
                    kept.write(line + "\n")
                    kept.flush()
                    log.say(line)
                elif mark.event == "begin":
                    _begin(build, mark.phase)
                elif mark.status == 0:
                    _note(build, mark.phase, "SUCCEEDED")
                    if mark.phase == INSTALL:
                        self._installed.keep(source, key, before=before)
                else:
                    failed.append(mark.phase)
                    message = (
                        f"Error while executing command: {command}. "
                        f"Reason: exit status {mark.status}"
                    )
                    _note(build, mark.phase, "FAILED", _COMMAND, message)

            with self._lock:
                if build["id"] in self._stopped:
                    return "STOPPED"
                process = BuildProcess(
                    [spec.shell, str(script)], folder=source, environment=environment
                )
                self._running[build["id"]] = process
            seconds = 60.0 * int(project.get("timeoutInMinutes") or 60)
            status = process.run(say, seconds=seconds)
        if status is None:
            return _note(build, build["currentPhase"], "TIMED_OUT", "BUILD_TIMED_OUT", "")
        if failed or status == 0:
            return "FAILED" if failed else "SUCCEEDED"
        # The shell itself ended: a command left it, or is no command of this shell.
        message = f"the shell ended with status {status}"
        return _note(build, build["currentPhase"], "FAILED", _COMMAND, message)


def _spec_of(project: Document, source: Path) -> Buildspec:
    given = project["source"].get("buildspec") or ""
    if "\n" in given:
        return read_buildspec(given)
    file = source / (given or "buildspec.yml")
    if not file.is_file():
        raise BuildspecError(f"the source has no {file.name}")
    return read_buildspec(file.read_text())


def missing_runtimes(runtimes: Mapping[str, str], *, path: str) -> str:
    """What the programs for builds do not offer of the versions asked for; empty: nothing."""
    for name, version in runtimes.items():
        if name != "python":
            return f"runtime-versions: {name} is not there, only python"
        program = shutil.which("python", path=path)
        shown = ""
        if program:
            with contextlib.suppress(OSError):
                shown = subprocess.run(
                    [program, "--version"], capture_output=True, text=True, check=False
                ).stdout.strip()
        if not f"{shown}.".startswith(f"Python {version}."):
            return (
                f"runtime-versions: python {version} is asked for, and `python` of builds is "
                f"{shown or 'not there'}; name a folder with it by `locallake up --build-path`"
            )
    return ""


def _begin(build: Document, phase: str) -> None:
    build["currentPhase"] = phase.upper()
    build["phases"].append({"phaseType": phase.upper(), "startTime": int(time.time())})


def _note(build: Document, phase: str, status: str, code: str = "", message: str = "") -> str:
    """Write down how a phase ended; returns the status."""
    entry: Document | None = next(
        (p for p in build["phases"] if p["phaseType"] == phase.upper() and "endTime" not in p), None
    )
    if entry is None:
        entry = {"phaseType": phase.upper(), "startTime": int(time.time())}
        build["phases"].append(entry)
    entry |= {"phaseStatus": status, "endTime": int(time.time())}
    if code:
        entry["contexts"] = [{"statusCode": code, "message": message}]
    build["currentPhase"] = phase.upper()
    return status


def _finish(build: Document, status: str) -> None:
    _note(build, "COMPLETED", status)
    build |= {"buildStatus": status, "endTime": int(time.time()), "buildComplete": True}
    _tell(build)


def _tell(build: Document) -> None:
    """The event of a change of a build's state, for rules of EventBridge."""
    from ministack.services import eventbridge

    detail = {
        "build-status": build["buildStatus"],
        "project-name": build["projectName"],
        "build-id": build["arn"],
        "current-phase": build["currentPhase"],
        "version": "1",
    }
    event = {
        "Source": "aws.codebuild",
        "DetailType": "CodeBuild Build State Change",
        "Detail": json.dumps(detail),
        "Resources": [build["arn"]],
    }
    eventbridge._put_events({"Entries": [event]}, allow_aws_source=True)
