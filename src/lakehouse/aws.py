"""Clients of AWS, and what AWS refuses as an error of this project."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from lakehouse.errors import AwsError

if TYPE_CHECKING:
    from botocore.loaders import Loader
    from mypy_boto3_athena import AthenaClient
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_glue import GlueClient
    from mypy_boto3_redshift_data import RedshiftDataAPIServiceClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_stepfunctions import SFNClient


@dataclass(frozen=True)
class AwsClients:
    """Makes clients when they are asked for; AwsError if the AWS settings do not suffice.

    Attributes:
        thing: what they are for, as an error names it.
        options: arguments of `boto3.client`; without any, the settings of the environment hold.
    """

    thing: str
    options: Mapping[str, Any] = field(default_factory=dict)

    # boto3 is imported late: it takes longer than landing a small file in a directory.

    def athena(self) -> AthenaClient:
        import boto3

        with self._settings_suffice():
            return boto3.client("athena", **self.options)

    def cloudwatch(self) -> CloudWatchClient:
        import boto3

        with self._settings_suffice():
            return boto3.client("cloudwatch", **self.options)

    def glue(self) -> GlueClient:
        import boto3

        with self._settings_suffice():
            return boto3.client("glue", **self.options)

    def redshift_data(self) -> RedshiftDataAPIServiceClient:
        import boto3

        with self._settings_suffice():
            return boto3.client("redshift-data", **self.options)

    def s3(self) -> S3Client:
        import boto3

        with self._settings_suffice():
            return boto3.client("s3", **self.options)

    def secrets(self) -> SecretsManagerClient:
        import boto3

        with self._settings_suffice():
            return boto3.client("secretsmanager", **self.options)

    def stepfunctions(self) -> SFNClient:
        import boto3

        with self._settings_suffice():
            return boto3.client("stepfunctions", **self.options)

    @contextmanager
    def _settings_suffice(self) -> Iterator[None]:
        try:
            yield
        except BotoCoreError as err:
            raise AwsError(f"{self.thing}: no AWS client ({err}); check the AWS settings") from err


@contextmanager
def services_described_once() -> Iterator[None]:
    """Have all sessions of boto3 read AWS's descriptions of a service once.

    dbt's adapters make a session for almost every question to the catalogue, and each would read
    the same megabytes of JSON again: a tenth of a second of processor time, in every thread.
    """
    import botocore.session

    own = botocore.session.create_loader
    botocore.session.create_loader = _shared_loader
    try:
        yield
    finally:
        botocore.session.create_loader = own


@cache
def _shared_loader(search_path: str | None = None) -> Loader:
    from botocore.loaders import create_loader

    return create_loader(search_path)


def bucket_and_key(location: str) -> tuple[str, str]:
    """Return the parts of `s3://bucket/key`."""
    bucket, _, key = location.removeprefix("s3://").partition("/")
    return bucket, key


@contextmanager
def aws_errors(thing: str, hint: str = "") -> Iterator[None]:
    """Turn what AWS refuses into an AwsError that names the thing."""
    try:
        yield
    except (ClientError, BotoCoreError) as err:
        raise AwsError(
            f"{thing}: {err}; check that it exists and that this identity may use it{hint}"
        ) from err


def poll_seconds(settings: Mapping[str, str]) -> float:
    """Return the pause between two questions after a state, in seconds.

    A local endpoint answers at once; on AWS a status call a second is enough.
    """
    return 0.1 if settings.get("AWS_ENDPOINT_URL") else 1.0
