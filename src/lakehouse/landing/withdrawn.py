"""Loads that were taken out of the raw zone: kept below `_withdrawn`, which no engine reads."""

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from lakehouse.aws import aws_errors
from lakehouse.errors import RawStoreError
from lakehouse.landing.raw_store import (
    WITHDRAWN,
    LocalRawStore,
    RawFile,
    RawStore,
    S3RawStore,
)


def withdrawn_zone(store: RawStore) -> RawStore:
    """Return the zone of withdrawn files, which has the layout of the raw zone."""
    if isinstance(store, LocalRawStore):
        return LocalRawStore(store.root / WITHDRAWN)
    if isinstance(store, S3RawStore):
        return replace(store, prefix=str(PurePosixPath(store.prefix) / WITHDRAWN))
    raise TypeError(f"no zone of withdrawn files beside {store!r}")


def withdraw_files(store: RawStore, files: Sequence[RawFile]) -> str:
    """Move files from the raw zone to the withdrawn zone, one after another.

    Returns: where they lie now.
    Raises: RawStoreError or AwsError if one cannot be moved; those before it are, and the same call
        again goes on.
    """
    zone = withdrawn_zone(store)
    if isinstance(store, S3RawStore) and isinstance(zone, S3RawStore):
        for file in files:
            _move_object(store, store.uri(file.key), zone.uri(file.key))
        return zone.uri("")
    if not isinstance(store, LocalRawStore) or not isinstance(zone, LocalRawStore):
        raise TypeError(f"files of {store!r} cannot be withdrawn")
    for file in files:
        _move_file(store.root / file.key, zone.root / file.key)
    return str(zone.root)


def _move_object(store: S3RawStore, source: str, target: str) -> None:
    """Copied, then deleted: a failure between the two leaves both, and the next call goes on."""
    held, moved = (uri.removeprefix(f"s3://{store.bucket}/") for uri in (source, target))
    with aws_errors(source, "; withdraw the load again to go on"):
        store.s3.copy_object(
            Bucket=store.bucket, Key=moved, CopySource={"Bucket": store.bucket, "Key": held}
        )
        store.s3.delete_object(Bucket=store.bucket, Key=held)


def _move_file(source: Path, target: Path) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(source, target)
    except OSError as err:
        raise RawStoreError(
            f"{source}: cannot be moved ({err}); permit it, then withdraw the load again"
        ) from err
