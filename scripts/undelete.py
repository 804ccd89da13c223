"""Bring back objects of a bucket with versions: scripts/undelete.py s3://bucket/prefix [--apply].

A deletion leaves a marker in front of the versions of an object; without the marker the newest
version is there again. Says what it would bring back; with --apply it does. What was overwritten
is not touched: it is there.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from typing import Any

import boto3

from lakehouse.aws import aws_errors, bucket_and_key
from lakehouse.errors import LakehouseError

MOST = 1000  # of one call


def deleted(s3: Any, bucket: str, prefix: str) -> Iterator[dict[str, str]]:
    """Yield key and version of each marker that hides an object which has a version left."""
    markers: dict[str, str] = {}
    kept: set[str] = set()
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=prefix):
        for marker in page.get("DeleteMarkers", ()):
            if marker["IsLatest"]:
                markers[marker["Key"]] = marker["VersionId"]
        kept |= {version["Key"] for version in page.get("Versions", ())}
    for key, version in sorted(markers.items()):
        if key in kept:
            yield {"Key": key, "VersionId": version}


def bring_back(s3: Any, bucket: str, markers: Sequence[dict[str, str]]) -> None:
    """Remove the markers. Raises: LakehouseError naming what could not be brought back."""
    for start in range(0, len(markers), MOST):
        batch = {"Objects": list(markers[start : start + MOST]), "Quiet": True}
        done = s3.delete_objects(Bucket=bucket, Delete=batch)
        for error in done.get("Errors", ()):
            raise LakehouseError(
                f"s3://{bucket}/{error['Key']} was not brought back ({error['Code']}): this "
                "identity needs s3:DeleteObjectVersion there; then run the same command again"
            )


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("place", metavar="s3://bucket/prefix")
    parser.add_argument("--apply", action="store_true", help="bring them back")
    options = parser.parse_args(arguments)
    bucket, prefix = bucket_and_key(options.place)
    s3 = boto3.client("s3")
    try:
        with aws_errors(options.place):
            found = list(deleted(s3, bucket, prefix))
            for marker in found:
                print(f"s3://{bucket}/{marker['Key']}")
            if options.apply:
                bring_back(s3, bucket, found)
    except LakehouseError as err:
        print(f"error: {err}", file=sys.stderr)
        return 1
    done = "brought back" if options.apply else "to bring back; --apply does it"
    print(f"{len(found)} objects {done}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
