"""Calls of one service to another inside the emulator, as AWS makes them: signed, as a role.

They go over HTTP like a client's, so that where permissions are enforced they are decided on, and
written down. Never from the event loop's own thread: it answers them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from locallake.permissions.plugin import role_credentials
from locallake.settings import Settings


def client_as(
    settings: Settings, service: str, role_arn: str, *, principal: str, source_arn: str
) -> Any:
    """A client of a service whose calls are those of a role.

    Args:
        principal: the service that acts as the role, `states.amazonaws.com`.
        source_arn: the resource for which it acts.
    Raises: ConfigurationError if the role does not exist or does not trust the service.
    """
    given = role_credentials(
        role_arn, service=principal, session="locallake", source_arn=source_arn
    )
    return client_with(settings, service, given)


def client_with(settings: Settings, service: str, credentials: Mapping[str, str]) -> Any:
    """A client of a service with the credentials that `role_credentials` gave."""
    import boto3
    from botocore.config import Config

    session: Any = boto3.Session(
        aws_access_key_id=credentials["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=credentials["AWS_SECRET_ACCESS_KEY"],
        aws_session_token=credentials["AWS_SESSION_TOKEN"],
        region_name=settings.region,
    )
    return session.client(
        service,
        endpoint_url=settings.endpoint,
        config=Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}),
    )
