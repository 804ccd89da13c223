"""Trino 476, the engine behind the Athena endpoint: its configuration, start and readiness.

476 is the newest server assembly on Maven Central. Only the two connectors that read the Glue
catalogue are added to the core.
"""

from __future__ import annotations

import json
import os
import shutil
import urllib.error
from collections.abc import Mapping
from pathlib import Path

from locallake import loopback, process, runtime
from locallake.settings import ENGINE_KEY, HIVE_CATALOG, ICEBERG_CATALOG, Settings

VERSION = "476"
PORT_OPTION = "--trino-port"
SERVER = runtime.Artefact(
    f"io.trino:trino-server-core:{VERSION}:tar.gz",
    "0f388f9967c177ae70a47c099082fc95387f0c3cb96d8000d1d41fc3a5223158",
)
CONNECTORS = (
    runtime.Artefact(
        f"io.trino:trino-hive:{VERSION}:zip",
        "611bacdb07d9f3cf7b9d47f97ecc76fa2e7ff8bfe8a9728c3d06adc1bfb8662e",
    ),
    runtime.Artefact(
        f"io.trino:trino-iceberg:{VERSION}:zip",
        "99edba5b491ed94d599aeb61e0794272d3569d8b563f3bb8569e8a49daa87b6c",
    ),
)
JAVA_MAJORS = (24, 25)

# Athena's limit of open partitions per statement. It counts per writer, so Trino gets one writer.
OPEN_PARTITIONS = 100


def server_folder(home: Path, python: Path, say: runtime.Say) -> Path:
    """The unpacked server with its two connectors."""
    return runtime.unpacked(
        f"trino-{VERSION}", SERVER, CONNECTORS, into="plugin", home=home, python=python, say=say
    )


def configuration(settings: Settings) -> dict[str, str]:
    """The files of Trino's `etc` folder: path below it → content.

    One property per line and no comment after a value: it would become part of the value.
    """
    files = {
        "node.properties": _properties(
            {
                "node.environment": "local",
                "node.id": "local-lake",
                "node.data-dir": str(settings.state / "trino" / "data"),
                # These two keep every socket on loopback.
                "node.internal-address": "127.0.0.1",
                "node.bind-ip": "127.0.0.1",
            }
        ),
        "config.properties": _properties(
            {
                "coordinator": "true",
                "node-scheduler.include-coordinator": "true",
                "http-server.http.port": str(settings.trino_port),
                "discovery.uri": f"http://127.0.0.1:{settings.trino_port}",
                # Trino keeps 30 % of its heap for what it does not count.
                "query.max-memory": f"{settings.engine_memory_mb // 2}MB",
                "query.max-memory-per-node": f"{settings.engine_memory_mb // 2}MB",
                # Static ones a node is thought to lack for some seconds after the start.
                "catalog.management": "dynamic",
                "web-ui.preview.enabled": "false",
                "task.min-writer-count": "1",
                "task.max-writer-count": "1",
                "task.scale-writers.enabled": "false",
                "query.max-history": "100",
                # Trino walks through all tasks that it remembers, every second; by default 15 min.
                "task.info.max-age": "1m",
                "query.min-expire-age": "1m",
            }
        ),
        "jvm.config": "\n".join(
            [
                "-server",
                f"-Xmx{settings.engine_memory_mb}M",
                "-Xms256M",
                # Statements are many and small: code that is compiled well comes too late for them.
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:+ExitOnOutOfMemoryError",
                "-XX:ReservedCodeCacheSize=256M",
                "-Djdk.attach.allowAttachSelf=true",
                "-Dfile.encoding=UTF-8",
                "--enable-native-access=ALL-UNNAMED",
                "",
            ]
        ),
        "log.properties": _properties({"io.trino": "INFO"}),
        f"catalog/{HIVE_CATALOG}.properties": _properties(
            {
                "connector.name": "hive",
                "hive.metastore": "glue",
                **_glue_and_s3(settings),
                # The emulator ignores Segment: more than one would list every partition again.
                "hive.metastore.glue.partitions-segments": "1",
                "hive.security": "allow-all",
                "hive.non-managed-table-writes-enabled": "true",
                "hive.storage-format": "PARQUET",
                "hive.partition-projection-enabled": "true",
                "hive.recursive-directories": "true",
                "hive.iceberg-catalog-name": ICEBERG_CATALOG,
                "hive.max-partitions-per-writers": str(OPEN_PARTITIONS),
                **_asking_like_athena(settings),
            }
        ),
        f"catalog/{ICEBERG_CATALOG}.properties": _properties(
            {
                "connector.name": "iceberg",
                "iceberg.catalog.type": "glue",
                **_glue_and_s3(settings),
                "iceberg.hive-catalog-name": HIVE_CATALOG,
                "iceberg.file-format": "PARQUET",
                "iceberg.max-partitions-per-writer": str(OPEN_PARTITIONS),
                # VACUUM with Athena's default age of 5 days is below Trino's floor of 7.
                "iceberg.expire-snapshots.min-retention": "0s",
                "iceberg.remove-orphan-files.min-retention": "0s",
                "iceberg.allowed-extra-properties": "*",
            }
        ),
    }
    return files


def _properties(values: Mapping[str, str]) -> str:
    return "".join(f"{name}={value}\n" for name, value in values.items())


def _asking_like_athena(settings: Settings) -> dict[str, str]:
    """Trino reads column statistics at every query and writes them; Athena's callers need neither.

    Source: the actions of AWS's managed policy AmazonAthenaFullAccess.
    """
    if not settings.enforce:
        return {}
    names = ("hive.table-statistics-enabled", "hive.collect-column-statistics-on-write")
    return dict.fromkeys(names, "false")


def _glue_and_s3(settings: Settings) -> dict[str, str]:
    key = ENGINE_KEY if settings.enforce else "test"
    return {
        "hive.metastore.glue.region": settings.region,
        "hive.metastore.glue.endpoint-url": settings.endpoint,
        "hive.metastore.glue.aws-access-key": key,
        "hive.metastore.glue.aws-secret-key": "test",
        "hive.metastore.glue.default-warehouse-dir": f"s3://{settings.warehouse_bucket}/warehouse",
        "fs.native-s3.enabled": "true",
        "s3.region": settings.region,
        "s3.endpoint": settings.endpoint,
        "s3.path-style-access": "true",
        "s3.aws-access-key": key,
        "s3.aws-secret-key": "test",
    }


def environ_of(java_home: Path, base: Mapping[str, str]) -> dict[str, str]:
    """The environment of the server: nothing of an account, no proxy for this machine."""
    return {
        **{name: value for name, value in base.items() if not name.startswith("AWS_")},
        **loopback.no_proxy(base),
        "JAVA_HOME": str(java_home),
        "PATH": f"{java_home / 'bin'}{os.pathsep}{base.get('PATH', '')}",
    }


def pid_file(settings: Settings) -> Path:
    return settings.state / "trino.pid"


def start(settings: Settings, *, server: Path, java_home: Path) -> None:
    """Write the configuration and start the server; `wait` says when it answers.

    Raises: ConfigurationError if its port is taken.
    """
    assert settings.trino_port is not None
    loopback.require_free(settings.trino_port, PORT_OPTION)
    etc = settings.state / "trino" / "etc"
    shutil.rmtree(settings.state / "trino", ignore_errors=True)
    for name, content in configuration(settings).items():
        path = etc / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    process.start(
        [
            *(str(server / "bin" / "launcher"), "run", "--etc-dir", str(etc)),
            *("--data-dir", str(settings.state / "trino" / "data")),
        ],
        environ=environ_of(java_home, os.environ),
        log=settings.logs / "trino.log",
        pid_file=pid_file(settings),
    )


def ready(settings: Settings) -> bool:
    """Whether the server has loaded its catalogs and takes statements."""
    try:
        with loopback.open_url(
            f"http://127.0.0.1:{settings.trino_port}/v1/info", timeout=2
        ) as answer:
            return json.load(answer)["starting"] is False
    except (OSError, ValueError, KeyError, urllib.error.URLError):
        return False


def wait(settings: Settings, *, seconds: float = 300.0) -> None:
    """Return when statements are taken.

    Raises: ProcessError if the server ended or is not ready in time.
    """
    process.wait_until(
        lambda: ready(settings),
        name="Trino",
        pid_file=pid_file(settings),
        log=settings.logs / "trino.log",
        seconds=seconds,
    )
