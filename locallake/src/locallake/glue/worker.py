"""The Spark side of one Glue session: runs the statements it is sent, one after another.

Started by process.py with the interpreter of the Spark environment, where neither this package nor
the emulator is installed: it imports the standard library, PySpark and boto3, and loads mirror.py
by path.

Protocol, JSON lines. In on stdin: first the configuration `{"session", "conf"}`, then statements
`{"statement", "code", "catalogue_version"}`. Out on the descriptor given as first argument:
`{"event": "ready"}`, `{"event": "failed", "message"}`,
`{"event": "done", "statement", "status", …}`.
Stdout of a statement is captured for its answer; everything else goes to the session's log.
"""

from __future__ import annotations

import contextlib
import importlib.util
import io
import json
import os
import queue
import signal
import sys
import threading
import time
import traceback
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any


class Interrupts:
    """Turns a cancel request into an exception, but only while a statement runs."""

    def __init__(self) -> None:
        self.running = False
        self.cancel_jobs: Callable[[], object] = lambda: None

    def __call__(self, _signal: int, _frame: Any) -> None:
        # A request that comes too late must not kill the loop between two statements.
        if self.running:
            self.running = False
            self.cancel_jobs()
            raise KeyboardInterrupt


def main() -> None:
    out = os.fdopen(int(sys.argv[1]), "w", encoding="utf-8", buffering=1)
    start = json.loads(sys.stdin.readline())
    requests: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
    threading.Thread(target=_read_requests, args=(requests,), daemon=True).start()
    sys.argv = ["session", "--SESSION_ID", start["session"]]
    try:
        spark = _spark(start["conf"])
        mirror = _Mirrored(spark)
    except Exception as err:
        traceback.print_exc()
        _send(out, event="failed", message=f"{type(err).__name__}: {err}"[:2000])
        return
    _provide_awsglue()
    interrupts = Interrupts()
    interrupts.cancel_jobs = spark.sparkContext.cancelAllJobs
    # Set after PySpark's own handler, which would also fire between two statements.
    signal.signal(signal.SIGINT, interrupts)
    namespace = {"__name__": "__main__", "spark": spark, "sc": spark.sparkContext}
    _send(out, event="ready")
    while True:
        request = requests.get()
        began = time.monotonic()
        done = _run(request, namespace, mirror, interrupts)
        _send(out, event="done", statement=request["statement"], **done)
        seconds = time.monotonic() - began
        print(f"statement {request['statement']}: {done['status']} in {seconds:.2f} s", flush=True)


def _read_requests(requests: queue.SimpleQueue[dict[str, Any]]) -> None:
    for line in sys.stdin:
        requests.put(json.loads(line))
    # The service has gone, perhaps without a word: nobody is left to end us and the JVM.
    os.killpg(os.getpgrp(), signal.SIGKILL)


def _run(
    request: dict[str, Any], namespace: dict[str, Any], mirror: _Mirrored, interrupts: Interrupts
) -> dict[str, Any]:
    """Execute one statement; its outcome as the fields of the answer."""
    printed = io.StringIO()
    try:
        interrupts.running = True
        mirror.follow(request["catalogue_version"], request["code"])
        # Without dont_inherit the future statement above would hold for it too.
        code = compile(
            request["code"], f"<statement {request['statement']}>", "exec", dont_inherit=True
        )
        with contextlib.redirect_stdout(printed):
            exec(code, namespace)
        interrupts.running = False
    except KeyboardInterrupt:
        return {"status": "cancelled"}
    except BaseException as err:
        interrupts.running = False
        return {
            "status": "error",
            "name": type(err).__name__,
            "value": str(err),
            "traceback": traceback.format_exception(err),
            "text": printed.getvalue(),
        }
    return {"status": "ok", "text": printed.getvalue()}


class _Mirrored:
    """Spark's own catalogue, kept equal to Glue's Hive tables."""

    def __init__(self, spark: Any) -> None:
        import boto3

        self._module = _load_beside("mirror")
        self._glue = boto3.client("glue")
        self._spark = spark
        self._state = self._module.Mirror()
        self._named: frozenset[str] = frozenset()
        self._version: int | None = None

    def follow(self, version: int, code: str) -> None:
        wanted = self._named | self._module.named_in(code)
        if version == self._version and not (wanted - self._named) & self._state.databases:
            return
        if self._version is None:
            self._module.check_default_database(self._glue)
        self._state = self._module.bring_up_to_date(
            self._state,
            self._glue,
            wanted,
            self._spark.sql,
            lambda line: print(line, file=sys.stderr),
        )
        self._named = wanted & self._state.databases
        self._version = version


def _spark(conf: dict[str, str]) -> Any:
    from pyspark import SparkConf
    from pyspark.sql import SparkSession

    spark = SparkSession.builder.config(conf=SparkConf().setAll(list(conf.items()))).getOrCreate()
    spark.sparkContext.setLogLevel("WARN")
    return spark


def _provide_awsglue() -> None:
    """The one function of AWS's library that dbt-glue imports."""

    def get_resolved_options(argv: list[str], options: list[str]) -> dict[str, str]:
        return {name: argv[argv.index(f"--{name}") + 1] for name in options}

    utils = types.ModuleType("awsglue.utils")
    utils.getResolvedOptions = get_resolved_options  # type: ignore[attr-defined]
    package = types.ModuleType("awsglue")
    package.utils = utils  # type: ignore[attr-defined]
    sys.modules.update({"awsglue": package, "awsglue.utils": utils})


def _load_beside(name: str) -> Any:
    # By path, because a folder on sys.path would offer our module names to the statements.
    spec = importlib.util.spec_from_file_location(
        f"_locallake_{name}", Path(__file__).with_name(f"{name}.py")
    )
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def _send(out: Any, **message: Any) -> None:
    out.write(json.dumps(message) + "\n")
    out.flush()


if __name__ == "__main__":
    main()
