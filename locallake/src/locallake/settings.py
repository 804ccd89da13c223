"""What the processes of one local AWS agree on: ports, folders, names.

`locallake up` decides it once, writes it into the state folder and hands it to the emulator process
as JSON in the environment variable `LOCALLAKE_SETTINGS`.
"""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from locallake.errors import ConfigurationError

VARIABLE = "LOCALLAKE_SETTINGS"
# Where permissions are enforced, Trino's calls are told from those of clients by this key.
ENGINE_KEY = "ASIALOCALLAKEENGINE0"
# Trino keeps Hive and Iceberg tables in two catalogs; to Athena's clients there is the first only.
HIVE_CATALOG = "awsdatacatalog"
ICEBERG_CATALOG = "awsdatacatalog_iceberg"
# Beginning of the name of a database that is there while an UNLOAD runs, which AWS needs none for.
UNLOAD_DATABASE = "locallake_unload_"


@dataclass(frozen=True)
class Settings:
    """One running local AWS.

    Args:
        home: artefacts and environments, shared by all runs on the machine (`LOCALLAKE_HOME`).
        state: this run's pids, logs and scratch files (`.locallake` in the working directory).
        gateway_port: where all AWS services listen, on 127.0.0.1.
        trino_port: where Trino listens, on 127.0.0.1; None when Athena was left out.
        warehouse_bucket: the bucket for tables that name no location; `up` creates it.
        spark_python: the interpreter of the Spark environment; None without Glue sessions.
        spark_java_home: the JDK 17 that Spark runs on.
        spark_jars: the folder of jars for `spark.driver.extraClassPath`.
        engine_memory_mb: heap of Trino, and of each session's Spark driver.
        store_limit_bytes: memory of the AWS services above which S3 takes no more; None: any.
        build_path: `PATH` of builds: it stands for their image.
        wait_scale: factor of waits, and of pauses before retries, in workflows and schedules.
        forwards: services that another server answers, and its address.
        rds_host: who answers for clusters of RDS, at the port of each; None: nobody does.
        enforce: whether identity policies decide on every call; see `permissions/plugin.py`.
    """

    home: Path
    state: Path
    gateway_port: int = 4566
    trino_port: int | None = None
    region: str = "us-east-1"
    account_id: str = "123456789012"
    warehouse_bucket: str = "locallake-warehouse"
    spark_python: Path | None = None
    spark_java_home: Path | None = None
    spark_jars: Path | None = None
    engine_memory_mb: int = 2048
    store_limit_bytes: int | None = None
    enforce: bool = False
    build_path: str = os.defpath
    wait_scale: float = 1.0
    forwards: tuple[tuple[str, str], ...] = ()
    rds_host: str | None = None

    @property
    def endpoint(self) -> str:
        """The address for `AWS_ENDPOINT_URL`."""
        return f"http://127.0.0.1:{self.gateway_port}"

    @property
    def logs(self) -> Path:
        return self.state / "logs"

    @property
    def faults(self) -> Path:
        """What shall fail on demand; see `faults.py`."""
        return self.state / "faults.json"

    @property
    def calls(self) -> Path:
        """Where permissions are enforced: each different call, a line of JSON."""
        return self.state / "calls.jsonl"

    @property
    def builds(self) -> Path:
        """One folder per build lies below: its commands and its log."""
        return self.state / "builds"

    @property
    def sessions(self) -> Path:
        """One folder per Glue session lies below: warehouse, scratch, log."""
        return self.state / "sessions"

    def to_json(self) -> str:
        fields = dataclasses.asdict(self)
        return json.dumps({k: str(v) if isinstance(v, Path) else v for k, v in fields.items()})


_PATHS = frozenset({"home", "state", "spark_python", "spark_java_home", "spark_jars"})


def from_json(text: str) -> Settings:
    """Read what `to_json` wrote.

    Raises: ConfigurationError if the text is not the settings of this version of the package.
    """
    try:
        fields = json.loads(text)
        stated: dict[str, Any] = {
            k: Path(v) if k in _PATHS and v is not None else v for k, v in fields.items()
        }
        stated["forwards"] = tuple(tuple(pair) for pair in fields.get("forwards", ()))
        return Settings(**stated)
    except (AttributeError, TypeError, ValueError) as err:
        raise ConfigurationError(
            f"{VARIABLE} does not hold the settings of this version ({err}): "
            "run `locallake down`, then `locallake up`"
        ) from err


def from_environment(environ: Mapping[str, str] = os.environ) -> Settings:
    """The settings that `locallake up` gave to this process.

    Raises: ConfigurationError if the variable is missing.
    """
    text = environ.get(VARIABLE)
    if text is None:
        raise ConfigurationError(f"{VARIABLE} is not set: start the services with `locallake up`")
    return from_json(text)
