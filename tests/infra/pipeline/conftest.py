"""live/dev with databases and schedules on a local AWS, and sources that answer."""

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

import fake_aws
import postgres_server
import psycopg
import pytest
import redshift_api
import source_server
from infra.applied import emulator, release
from infra.applied.conftest import FOLDER, Deployment, bootstrap, copy, put_release
from infra.applied.emulator import Emulator
from infra.terraform_tool import REPOSITORY, Terraform
from postgres_server import PostgresServer
from source_server import SourceServer

__all__ = ["bootstrap", "copy"]

SOURCES = REPOSITORY / "data" / "source"
PUBLISHER = f"IAMR:{emulator.PREFIX}-publisher"
UNKNOWN_EMPLOYEE = b"The argument is not correct"


@dataclass
class Warehouse(redshift_api.RedshiftApi):
    """Redshift's stand-in, which reads S3 with the role that COPY names."""

    aws: Emulator | None = field(default=None)

    def content_of(self, name: str, role: str) -> bytes:
        assert self.aws is not None, "COPY before the local AWS runs"
        short = role.rpartition("/")[2].removeprefix(f"{emulator.PREFIX}-")
        keys = self.aws.by_service(short, "redshift.amazonaws.com")
        bucket, _, key = name.partition("/")
        return self.aws.client("s3", keys).get_object(Bucket=bucket, Key=key)["Body"].read()


@dataclass(frozen=True)
class Pipeline:
    """All that is there before the clock is.

    Attributes:
        variables: with which live/dev is applied.
    """

    deployment: Deployment
    variables: tuple[str, ...]
    database: PostgresServer
    source: SourceServer
    fire: Callable[[str, str], subprocess.CompletedProcess]

    @property
    def aws(self) -> Emulator:
        return self.deployment.aws

    def published(self, database: str, sql: str) -> list[tuple]:
        """Rows of a published table: Aurora's, or those of Redshift's stand-in."""
        with self.database.connect(database) as opened:
            return opened.execute(sql).fetchall()


@pytest.fixture(scope="session")
def database() -> Iterator[PostgresServer]:
    """A real PostgreSQL in place of a source's, of Aurora's and of Redshift's."""
    # Terraform says the port of a cluster before there is one.
    with postgres_server.running(port=5432) as server:
        yield server


@pytest.fixture(scope="session")
def source(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SourceServer]:
    """The API of employees and the file of categories."""
    with source_server.running(tmp_path_factory.mktemp("source")) as server:
        server.answer = answers()
        yield server


def answers() -> Callable[[str], tuple[int, bytes]]:
    """What the sources on the web say while they are well."""
    folder = SOURCES / "retail" / "funcionario"
    staff = {int(path.stem.rpartition("_")[2]): path.read_bytes() for path in folder.iterdir()}
    categories = (SOURCES / "retail" / "categoria.parquet").read_bytes()

    def answer(path: str) -> tuple[int, bytes]:
        asked = urlsplit(path)
        if asked.path == "/categoria.parquet":
            return 200, categories
        number = int(parse_qs(asked.query)["id"][0])
        return 200, staff.get(number, UNKNOWN_EMPLOYEE)

    return answer


@pytest.fixture(scope="session")
def warehouse(database: PostgresServer) -> Iterator[tuple[Warehouse, str]]:
    """The stand-in, and its address."""
    database.create_database("warehouse")
    with database.connect("warehouse") as owner:
        owner.execute(redshift_api.PREPARED)

    def as_owner() -> psycopg.Connection:
        opened = database.connect("warehouse")
        opened.autocommit = False
        return opened

    def as_publisher() -> psycopg.Connection:
        opened = database.connect("warehouse")
        opened.execute(f'set role "{PUBLISHER}"')
        opened.autocommit = False
        return opened

    made = Warehouse(as_publisher, objects={}, connect_as_owner=as_owner)
    aws = fake_aws.FakeAws()
    with fake_aws.running(aws, redshift_api.handler(aws, made)) as told:
        yield made, told["AWS_ENDPOINT_URL"]


@pytest.fixture(scope="session")
def aws(
    tmp_path_factory: pytest.TempPathFactory,
    database: PostgresServer,
    warehouse: tuple[Warehouse, str],
) -> Iterator[Emulator]:
    if shutil.which("terraform") is None:
        pytest.skip("terraform is not on PATH: nothing is applied")
    if lacking := release.missing():
        pytest.skip(f"{lacking}: nothing is built")
    folder = tmp_path_factory.mktemp("aws")
    made, address = warehouse
    wanted = {
        "build_path": release.image(folder),
        "wait_scale": 0.02,
        "forwards": (("redshift-data", address),),
        "rds_host": database.host,
    }
    with emulator.running(folder / "state", **wanted) as running:
        made.aws = running
        yield running


@pytest.fixture(scope="session")
def pipeline(
    aws: Emulator,
    bootstrap: Terraform,
    database: PostgresServer,
    source: SourceServer,
    tmp_path_factory: pytest.TempPathFactory,
) -> Pipeline:
    """live/dev with everything on that a run of a day needs, released, its sources filled."""
    secret = _fill_shop(aws, database)
    sources = {
        "LAKEHOUSE_RETAIL_CATEGORIA": f"{source.address}/categoria.parquet",
        "LAKEHOUSE_RETAIL_CATEGORIA_CA": str(source.ca_file),
        "LAKEHOUSE_RETAIL_FUNCIONARIO": f"{source.address}/staff",
        "LAKEHOUSE_RETAIL_FUNCIONARIO_CA": str(source.ca_file),
        "LAKEHOUSE_RETAIL_VENDA": secret,
        "LAKEHOUSE_RETAIL_VENDA_CA": str(database.ca_file),
    }
    bucket = bootstrap.check("output", "-raw", "state_bucket", folder="bootstrap")
    backend = [f"-backend-config={one}" for one in (f"bucket={bucket}", *emulator.BACKEND)]
    bootstrap.check("init", "-input=false", *backend, folder=FOLDER)
    deployment = Deployment(bootstrap, aws)
    switches = ("enable_aurora", "enable_redshift", "enable_schedules")
    variables = (*switches, f"sources={json.dumps(sources)}")
    deployment.apply(*variables)
    _log_in_to_aurora(deployment, database)
    put_release(deployment, tmp_path_factory.mktemp("release"), database.ca_file.read_bytes())
    state = str(aws.builds.parent)

    def fire(schedule: str, at: str) -> subprocess.CompletedProcess:
        return emulator.command(state, "fire", f"{emulator.PREFIX}/{schedule}", "--at", at)

    return Pipeline(deployment, variables, database, source, fire)


def _fill_shop(aws: Emulator, database: PostgresServer) -> str:
    """The sales in a database of their own; returns the ARN of the secret that opens it."""
    database.create_database("shop")
    with database.connect("shop") as opened:
        opened.execute(
            "create table public.venda (id_venda int primary key, id_funcionario int, "
            "id_categoria int, data_venda date, venda numeric)"
        )
        rows = (SOURCES / "retail" / "venda.csv").read_text(encoding="utf-8")
        with opened.cursor().copy("copy public.venda from stdin (format csv, header)") as into:
            into.write(rows)
    return aws.client("secretsmanager").create_secret(
        Name=f"{emulator.PREFIX}/source/retail", SecretString=json.dumps(database.secret("shop"))
    )["ARN"]


def _log_in_to_aurora(deployment: Deployment, database: PostgresServer) -> None:
    """RDS makes the login and the database, and keeps the login in its secret: so do we."""
    project = deployment.aws.client("codebuild").batch_get_projects(
        names=[f"{emulator.PREFIX}-publish"]
    )["projects"][0]
    told = {each["name"]: each["value"] for each in project["environment"]["environmentVariables"]}
    assert told["LAKEHOUSE_AURORA_HOST"] == database.host
    assert told["LAKEHOUSE_AURORA_PORT"] == str(database.port)
    name = told["LAKEHOUSE_AURORA_DATABASE"]
    database.create_database(name)
    login = database.secret(name)
    deployment.aws.client("secretsmanager").put_secret_value(
        SecretId=told["LAKEHOUSE_AURORA_SECRET"],
        SecretString=json.dumps({key: login[key] for key in ("username", "password")}),
    )
