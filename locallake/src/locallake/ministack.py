"""The process that answers every AWS call: MiniStack with our plug-ins loaded into it.

Plug-ins, not a proxy: state machines and schedulers call services inside this process, where a
proxy in front would be passed by. The price is that they rely on private names, so the version is
pinned and a missing name stops the start.

Runs in the emulator environment: `python -m locallake.ministack`, with `LOCALLAKE_SETTINGS`.
"""

from __future__ import annotations

import importlib
import json
import logging
import os
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

from locallake import loopback, process, runtime, settings
from locallake.errors import HookError, ProcessError
from locallake.settings import Settings

VERSION = "1.5.33"
PORT_OPTION = "--port"
ATHENA_PLUGIN = "locallake.athena.plugin"
GLUE_PLUGIN = "locallake.glue.plugin"
# Without sessions the catalogue must still be right: the same fixes, alone.
FIXES_PLUGIN = "locallake.glue.fixes"
STUBS_PLUGIN = "locallake.stubs.plugin"
BUILDS_PLUGIN = "locallake.builds.plugin"
WORKFLOWS_PLUGIN = "locallake.workflows.plugin"
EVENTS_PLUGIN = "locallake.events"
SCHEDULER_PLUGIN = "locallake.scheduler.plugin"
FORWARD_PLUGIN = "locallake.forward"
PERMISSIONS_PLUGIN = "locallake.permissions.plugin"
# Last: what the others hold of S3 then goes through it as well.
S3_LIMIT_PLUGIN = "locallake.s3_limit"
PLUGINS_VARIABLE = "LOCALLAKE_PLUGINS"

_resets: list[Callable[[], object]] = []


def on_reset(forget: Callable[[], object]) -> None:
    """Have `forget` called when the emulator's stores are reset, so that ours are emptied too."""
    _resets.append(forget)


def require(module: Any, *names: str) -> None:
    """Refuse to start when a name that a plug-in hooks is not there.

    Raises: HookError naming all that are missing.
    """
    missing = [name for name in names if not hasattr(module, name)]
    if missing:
        raise HookError(
            f"{module.__name__} has no {', '.join(missing)}: this package works with ministack "
            f"{VERSION} only; reinstall the emulator environment with `locallake up`"
        )


def check_version() -> None:
    """Raises: HookError if the hooks were written for another MiniStack than is installed."""
    found = metadata.version("ministack")
    if found != VERSION:
        raise HookError(f"ministack {found} is installed, the plug-ins need {VERSION}")


def serve() -> None:
    """Load the plug-ins, then serve until SIGTERM."""
    logging.basicConfig(level=logging.INFO)
    check_version()
    given = settings.from_environment()
    from ministack import app

    require(app, "main", "_reset_all_state")
    for name in os.environ.get(PLUGINS_VARIABLE, "").split(","):
        if name:
            importlib.import_module(name).install(given)
    reset_all = app._reset_all_state

    def reset_with_plugins() -> Any:
        answer = reset_all()
        for forget in _resets:
            forget()
        return answer

    app._reset_all_state = reset_with_plugins
    app.main()


def environ_of(given: Settings, plugins: Sequence[str], base: Mapping[str, str]) -> dict[str, str]:
    """The environment of the emulator process.

    Without BIND_HOST it listens on every interface; MQTT and SFTP would do so in any case.
    """
    scratch = given.state / "tmp"
    scratch.mkdir(parents=True, exist_ok=True)
    inherited = {k: v for k, v in base.items() if not k.startswith(("AWS_", "MINISTACK_"))}
    return {
        **inherited,
        **loopback.no_proxy(base),
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(given.gateway_port),
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "MINISTACK_REGION": given.region,
        "MINISTACK_ACCOUNT_ID": given.account_id,
        "SFN_WAIT_SCALE": str(given.wait_scale),
        "AUTH": "true" if given.enforce else "false",
        "TMPDIR": str(scratch),
        # Objects that are deleted go back to the machine, so that they no longer count as used.
        "MALLOC_MMAP_THRESHOLD_": "131072",
        "PYTHONPATH": str(runtime.package_path(given.home)),
        settings.VARIABLE: given.to_json(),
        PLUGINS_VARIABLE: ",".join(plugins),
    }


def pid_file(given: Settings) -> Path:
    return given.state / "ministack.pid"


def start(given: Settings, *, python: Path, plugins: Sequence[str]) -> None:
    """Start the process; `wait` says when it answers.

    Raises: ConfigurationError if its port is taken.
    """
    loopback.require_free(given.gateway_port, PORT_OPTION)
    process.start(
        [str(python), runtime.NOT_FROM_HERE, "-m", "locallake.ministack"],
        environ=environ_of(given, plugins, os.environ),
        log=given.logs / "ministack.log",
        pid_file=pid_file(given),
    )


def ready(given: Settings) -> bool:
    try:
        with loopback.open_url(f"{given.endpoint}/_ministack/health", timeout=2) as answer:
            return answer.status == 200
    except (OSError, urllib.error.URLError):
        return False


def wait(given: Settings, *, seconds: float = 60.0) -> None:
    """Return when AWS calls are answered, with the warehouse bucket made.

    Raises: ProcessError if the process ended or is not ready in time.
    """
    process.wait_until(
        lambda: ready(given),
        name="MiniStack",
        pid_file=pid_file(given),
        log=given.logs / "ministack.log",
        seconds=seconds,
    )
    _make_bucket(given)


def reset(given: Settings) -> None:
    """Forget everything in all services; the warehouse bucket is there again afterwards."""
    _post(f"{given.endpoint}/_ministack/reset")
    _make_bucket(given)


def _make_bucket(given: Settings) -> None:
    request = urllib.request.Request(f"{given.endpoint}/{given.warehouse_bucket}", method="PUT")
    try:
        loopback.open_url(request, timeout=10).close()
    except urllib.error.HTTPError as err:
        if err.code != 409:
            raise ProcessError(f"bucket {given.warehouse_bucket} was not created: {err}") from err


def _post(address: str) -> Any:
    request = urllib.request.Request(address, data=b"", method="POST")
    with loopback.open_url(request, timeout=60) as answer:
        return json.loads(answer.read() or b"{}")


if __name__ == "__main__":
    # Plug-ins import this module by its name: they must find the same list of resets.
    importlib.import_module("locallake.ministack").serve()
