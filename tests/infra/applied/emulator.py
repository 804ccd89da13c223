"""AWS of this machine for Terraform (locallake), with permissions enforced; credentials in it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import boto3
from infra.terraform_tool import REPOSITORY

sys.path.insert(0, str(REPOSITORY / "locallake" / "src"))

from locallake.errors import ConfigurationError

from locallake import cli as locallake
from locallake import control

ACCOUNT, REGION = "123456789012", "us-east-1"
ADMINISTRATOR = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
PREFIX = "lakehouse-dev"

# Copied beside a configuration for a run: nothing local stands in the configuration itself.
OVERRIDE = """
provider "aws" {
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  s3_use_path_style           = true
  max_retries                 = 5 # of 25: a call that is missing here would hang for minutes
}
"""
BACKEND = (
    "use_path_style=true",
    "skip_credentials_validation=true",
    "skip_metadata_api_check=true",
)


class AccessDeniedError(Exception):
    """A role does not trust the service that wants to act as it."""


@dataclass(frozen=True)
class Emulator:
    """One running local AWS.

    Attributes:
        endpoint: for AWS_ENDPOINT_URL.
        journal: the file with every call that was decided on.
        builds: the folder with a log per build.
    """

    endpoint: str
    journal: Path
    builds: Path

    @property
    def region(self) -> dict[str, str]:
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def client(self, service: str, credentials: dict[str, str] | None = None) -> Any:
        keys = credentials or ADMINISTRATOR
        return _client(
            service,
            endpoint_url=self.endpoint,
            aws_access_key_id=keys["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=keys["AWS_SECRET_ACCESS_KEY"],
            aws_session_token=keys.get("AWS_SESSION_TOKEN"),
        )

    def calls(self) -> list[dict]:
        """What was decided since the start: identity, agent, action, resource, allowed."""
        return [json.loads(line) for line in self.journal.read_text(encoding="utf-8").splitlines()]

    def assumed(self, role: str) -> dict[str, str]:
        """Credentials of a role that trusts the account."""
        answer = self.client("sts").assume_role(RoleArn=arn_of(role), RoleSessionName="test")
        return variables(answer["Credentials"])

    def by_service(self, role: str, service: str, *, source_arn: str = "") -> dict[str, str]:
        """Credentials with which a service acts as a role that trusts it.

        Raises: AccessDeniedError if the role does not.
        """
        asked = {"RoleArn": arn_of(role), "Service": service, "SourceArn": source_arn}
        try:
            return control.call(self.endpoint, "CredentialsOfService", asked)
        except ConfigurationError as err:
            raise AccessDeniedError(str(err)) from err

    def by_github(self, role: str, web_token: str) -> dict[str, str]:
        """Credentials as a GitHub workflow gets them."""
        answer = self.client("sts").assume_role_with_web_identity(
            RoleArn=arn_of(role), RoleSessionName="test", WebIdentityToken=web_token
        )
        return variables(answer["Credentials"])


@cache
def _client(service: str, **given: str | None) -> Any:
    # Who waits asks several times a second, and making a client takes half of one.
    return boto3.Session(region_name=REGION).client(service, **given)


def command(state: Path, *words: str) -> subprocess.CompletedProcess:
    """A command of locallake, for the local AWS of a folder."""
    return subprocess.run(
        [sys.executable, "-m", "locallake.cli", "--state", str(state), *words],
        env=os.environ | {"PYTHONPATH": str(REPOSITORY / "locallake" / "src")},
        capture_output=True,
        text=True,
    )


def arn_of(role: str) -> str:
    return f"arn:aws:iam::{ACCOUNT}:role/{PREFIX}-{role}"


def variables(credentials: dict) -> dict[str, str]:
    return {
        "AWS_ACCESS_KEY_ID": credentials["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": credentials["SecretAccessKey"],
        "AWS_SESSION_TOKEN": credentials["SessionToken"],
    }


@contextmanager
def running(state: Path, **wanted: Any) -> Iterator[Emulator]:
    """Start locallake on a free port of 127.0.0.1 with permissions enforced; end it afterwards.

    Args:
        wanted: members of `locallake.Wanted`.
    """
    with locallake.running(state, locallake.Wanted(region=REGION, enforce=True, **wanted)) as given:
        yield Emulator(given.endpoint, given.calls, given.builds)
