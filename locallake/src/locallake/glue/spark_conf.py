"""The Spark configuration of one Glue session: what AWS would give it, made local.

A request carries no local setting. It is laid over our defaults, the settings that keep the process
on this machine are laid over it, and each Iceberg catalog in it is pointed at the local endpoint.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from locallake.errors import ConfigurationError

_ICEBERG_CATALOG = re.compile(r"spark\.sql\.catalog\.[^.]+")


@dataclass(frozen=True)
class SparkHost:
    """Where sessions run.

    Args:
        endpoint: the address of the local AWS.
        jars: the folder of all jars of the Spark environment.
        memory_mb: heap of one driver.
    """

    endpoint: str
    region: str
    jars: Path
    memory_mb: int


def requested_conf(arguments: Mapping[str, str]) -> dict[str, str]:
    """Read the key-value pairs out of a request's `--conf`.

    Args:
        arguments: DefaultArguments; one `--conf` holds all pairs, joined by ` --conf `.
    Raises: ConfigurationError if a pair has no `=`.
    Source: AWS Glue developer guide, "Job parameters", `--conf`.
    """
    pairs = re.split(r"(?:^|\s+)--conf\s+", arguments.get("--conf", ""))
    conf: dict[str, str] = {}
    for pair in (text.strip() for text in pairs):
        if not pair:
            continue
        key, separator, value = pair.partition("=")
        if not separator:
            raise ConfigurationError(
                f"--conf holds `{pair}`, which is not key=value: write `a=b --conf c=d`"
            )
        conf[key.strip()] = value.strip()
    return conf


def session_conf(arguments: Mapping[str, str], *, host: SparkHost, folder: Path) -> dict[str, str]:
    """The whole configuration of one session.

    Args:
        arguments: DefaultArguments of the CreateSession request.
        folder: this session's own folder, for warehouse and scratch.
    Raises: ConfigurationError if `--conf` cannot be read.
    """
    requested = requested_conf(arguments)
    conf = {
        **_defaults(),
        **requested,
        **_raw_files(host),
        **_process(host, folder, arguments),
    }
    for catalog in iceberg_catalogs(requested):
        conf.update(_local_catalog(catalog, host))
    return conf


def iceberg_catalogs(conf: Mapping[str, str]) -> list[str]:
    """The prefixes `spark.sql.catalog.<name>` of the Iceberg catalogs a configuration names."""
    return [
        key
        for key, value in conf.items()
        if _ICEBERG_CATALOG.fullmatch(key) and value.startswith("org.apache.iceberg.")
    ]


def class_path(jars: Path, arguments: Mapping[str, str]) -> str:
    """The jars a session sees: Iceberg's only where the request asks for that format, as on AWS.

    Raises: ConfigurationError if the folder holds no jars.
    """
    formats = {text.strip() for text in arguments.get("--datalake-formats", "").split(",")}
    found = sorted(jars.glob("*.jar"))
    if not found:
        raise ConfigurationError(f"no jars in {jars}: run `locallake up` to fetch them again")
    wanted = [jar for jar in found if "iceberg" in formats or not jar.name.startswith("iceberg-")]
    return ":".join(str(jar) for jar in wanted)


def _defaults() -> dict[str, str]:
    # A request may change these: they trade throughput on large data for start-up on small data.
    return {
        "spark.sql.shuffle.partitions": "2",
        # Rows that stand in a statement are few: a task for each core would cost more than they do.
        "spark.sql.leafNodeDefaultParallelism": "1",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.adaptive.enabled": "false",
        "spark.sql.codegen.wholeStage": "false",
        # With one tier of compilation the JVM reserves 48 MB for code; Spark's planner fills that
        # within minutes and then loses what was compiled as fast as it is compiled.
        "spark.driver.extraJavaOptions": (
            "-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=256m"
        ),
    }


def _process(host: SparkHost, folder: Path, arguments: Mapping[str, str]) -> dict[str, str]:
    # A request may not change these: they keep the session on this machine and in its folder.
    return {
        "spark.master": "local[2]",
        "spark.app.name": folder.name,
        "spark.driver.memory": f"{host.memory_mb}m",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.extraClassPath": class_path(host.jars, arguments),
        "spark.local.dir": str(folder / "scratch"),
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        # Glue's own catalogue would be a Hive metastore client; ours is the mirror (mirror.py).
        "spark.sql.catalogImplementation": "in-memory",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }


def _raw_files(host: SparkHost) -> dict[str, str]:
    options = {
        "fs.s3.impl": "org.apache.hadoop.fs.s3a.S3AFileSystem",
        "fs.s3a.endpoint": host.endpoint,
        "fs.s3a.endpoint.region": host.region,
        "fs.s3a.path.style.access": "true",
        "fs.s3a.connection.ssl.enabled": "false",
        "fs.s3a.aws.credentials.provider": (
            "com.amazonaws.auth.EnvironmentVariableCredentialsProvider"
        ),
        # The emulator's answers carry no version id that could be followed.
        "fs.s3a.change.detection.mode": "none",
    }
    return {f"spark.hadoop.{key}": value for key, value in options.items()}


def _local_catalog(prefix: str, host: SparkHost) -> dict[str, str]:
    return {
        f"{prefix}.glue.endpoint": host.endpoint,
        f"{prefix}.s3.endpoint": host.endpoint,
        f"{prefix}.s3.path-style-access": "true",
        f"{prefix}.client.region": host.region,
        # With a cache another engine's rows stay unseen for 30 seconds.
        f"{prefix}.cache-enabled": "false",
        # Spark plans each use of a CTE as a scan of its own; manifests never change, so reading one
        # again for each scan of a statement is lost time.
        f"{prefix}.io.manifest.cache-enabled": "true",
    }
