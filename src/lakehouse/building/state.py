"""What the last build of the whole project that passed was built from, kept beside the lake.

Beside the DuckDB file, or in the curated bucket beside the lease: dbt's manifest, and per model the
seconds and bytes that its last runs took. `lakehouse plan` compares the project with it.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from lakehouse.aws import AwsClients, aws_errors, bucket_and_key
from lakehouse.building.lease import lease_object
from lakehouse.database import database_file

_MANIFEST, _RUNS = "manifest.json.gz", "runs.json"
FULL, INCREMENT = "full", "increment"


@dataclass(frozen=True)
class StatePlace:
    """Where the state of a lake is kept: a folder, or a prefix of S3."""

    location: str

    def read(self, name: str) -> bytes | None:
        """Return a file of it; None if there is none. Raises: AwsError."""
        if not self.location.startswith("s3://"):
            path = Path(self.location) / name
            return path.read_bytes() if path.is_file() else None
        bucket, key = bucket_and_key(f"{self.location}/{name}")
        s3 = AwsClients(self.location).s3()
        with aws_errors(self.location):
            try:
                return s3.get_object(Bucket=bucket, Key=key)["Body"].read()
            except ClientError as err:
                if err.response.get("Error", {}).get("Code") in ("NoSuchKey", "404"):
                    return None
                raise

    def write(self, name: str, content: bytes) -> None:
        """Write a file of it. Raises: AwsError, OSError."""
        if not self.location.startswith("s3://"):
            path = Path(self.location) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            beside = path.with_suffix(".part")
            beside.write_bytes(content)
            beside.replace(path)
            return
        bucket, key = bucket_and_key(f"{self.location}/{name}")
        with aws_errors(self.location):
            AwsClients(self.location).s3().put_object(Bucket=bucket, Key=key, Body=content)


def state_place(environment: Mapping[str, str], *, target: str, project: Path) -> StatePlace:
    """Where the state of the lake is kept that the settings name."""
    if target == "duckdb":
        return StatePlace(f"{project / database_file(environment)}.state")
    lease = lease_object(environment)
    return StatePlace(f"s3://{lease.bucket}/{lease.key.removesuffix('.json')}.state")


def keep_state(
    place: StatePlace,
    *,
    manifest: Path,
    results: Iterable[Any],
    is_full_refresh: bool,
    measure: Callable[[str, str], Mapping[str, Any]] = lambda _key, _mode: {},
) -> None:
    """Keep what a build was built from, and what it took.

    Args:
        manifest: as dbt wrote it at the end of the build; results: dbt's own, one per node.
        is_full_refresh: what was incremental was built anew; a first build is, too.
        measure: unique id and mode -> what else is kept of that run.
    Raises: AwsError, OSError.
    """
    runs = read_runs(place)
    known = set(runs)
    for result in results:
        node = getattr(result, "node", None)
        if node is None or str(node.resource_type) not in ("model", "seed"):
            continue
        is_increment = (
            node.config.materialized == "incremental"
            and node.unique_id in known
            and not is_full_refresh
        )
        mode = INCREMENT if is_increment else FULL
        runs.setdefault(node.unique_id, {})[mode] = {
            "seconds": round(result.execution_time, 2),
            **measure(node.unique_id, mode),
        }
    place.write(_MANIFEST, gzip.compress(manifest.read_bytes(), 1))
    place.write(_RUNS, json.dumps(runs).encode())


def read_manifest(place: StatePlace) -> dict[str, Any] | None:
    """Return the manifest that is kept; None if none is, or it cannot be read."""
    content = place.read(_MANIFEST)
    try:
        return dict(json.loads(gzip.decompress(content))) if content else None
    except (OSError, ValueError, EOFError):
        return None


def read_runs(place: StatePlace) -> dict[str, dict[str, Any]]:
    """Return unique id -> mode -> what its last run took."""
    content = place.read(_RUNS)
    try:
        return dict(json.loads(content)) if content else {}
    except (ValueError, TypeError):
        return {}
