"""live/dev on a local AWS with both engines, for programs that run with the roles it made."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import postgres_server
import pytest
from infra.applied import emulator
from infra.applied.conftest import FOLDER, Deployment, bootstrap, copy, deployment
from infra.applied.emulator import Emulator
from infra.terraform_tool import REPOSITORY
from postgres_server import PostgresServer

__all__ = ["bootstrap", "copy", "deployment"]

LAKEHOUSE = (sys.executable, "-m", "lakehouse")


@dataclass(frozen=True)
class Programs:
    """The command `lakehouse` with the environment that Terraform's outputs give."""

    deployment: Deployment
    environment: dict[str, str]

    def run(
        self, credentials: dict[str, str], *words: str, **variables: str
    ) -> subprocess.CompletedProcess:
        return subprocess.run(
            [*LAKEHOUSE, *words],
            cwd=REPOSITORY,
            env=self.environment | credentials | variables,
            capture_output=True,
            text=True,
        )

    def check(self, credentials: dict[str, str], *words: str, **variables: str) -> str:
        """Run, and fail with the command's own words."""
        done = self.run(credentials, *words, **variables)
        assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-3000:]
        return done.stdout


@pytest.fixture(scope="session")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    if shutil.which("terraform") is None:
        pytest.skip("terraform is not on PATH: there is no role to run as")
    state = tmp_path_factory.mktemp("aws") / "state"
    with emulator.running(state) as running:
        yield running


@pytest.fixture(scope="session")
def database() -> Iterator[PostgresServer]:
    """A real PostgreSQL, in place of a source's and of Aurora's."""
    with postgres_server.running() as server:
        yield server


@pytest.fixture(scope="session")
def aurora(deployment: Deployment, database: PostgresServer) -> dict[str, str]:
    """What the project of publication is told of Aurora, which is switched on, but for its place.

    The secret that RDS made holds the password of the database here.
    """
    deployment.apply("enable_aurora")
    project = deployment.aws.client("codebuild").batch_get_projects(
        names=[f"{emulator.PREFIX}-publish"]
    )["projects"][0]
    told = {
        variable["name"]: variable["value"]
        for variable in project["environment"]["environmentVariables"]
        if variable["name"].startswith("LAKEHOUSE_AURORA_")
    }
    database.create_database(told["LAKEHOUSE_AURORA_DATABASE"])
    login = database.secret(told["LAKEHOUSE_AURORA_DATABASE"])
    deployment.aws.client("secretsmanager").put_secret_value(
        SecretId=told["LAKEHOUSE_AURORA_SECRET"],
        SecretString=json.dumps({name: login[name] for name in ("username", "password")}),
    )
    return told | {
        "LAKEHOUSE_AURORA_HOST": database.host,
        "LAKEHOUSE_AURORA_PORT": str(database.port),
        "LAKEHOUSE_AURORA_CA": str(database.ca_file),
    }


@pytest.fixture(scope="session")
def programs(deployment: Deployment) -> Programs:
    """The programs, with the sample landed and registered as an administrator does it first."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    profile = deployment.terraform.using(emulator.ADMINISTRATOR).environment
    printed = subprocess.run(
        [
            *(*LAKEHOUSE, "env"),
            *("--from-terraform", str(deployment.terraform.root / "terraform" / FOLDER)),
        ],
        env=profile | {"PYTHONPATH": str(REPOSITORY / "src")},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    exported = dict(line.removeprefix("export ").split("=", 1) for line in printed.splitlines())
    values = {name: value.strip("'") for name, value in exported.items()}
    made = Programs(deployment, kept | values | deployment.aws.region)
    made.check(emulator.ADMINISTRATOR, "register", "--copy-from", "data/raw")
    return made
