"""PostgreSQL: one way to connect, for what is fetched and for what is published.

The server's certificate is verified, but where a URL names a server on this machine or says how.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import certifi

from lakehouse.aws import aws_errors
from lakehouse.errors import LakehouseError, UsageError

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from psycopg import Connection

_URL_PARTS = {"host", "dbname", "user", "password", "sslmode", "sslrootcert"}
# Aurora that scaled to zero takes the first connection once it is awake, after 15 seconds and more.
_CONNECT_SECONDS = 90


@dataclass(frozen=True)
class PostgresLogin:
    """Where a database is and who logs in; the password never shows in a text of this object.

    Attributes:
        host: a name, an address, or the folder of a server's socket.
        ca_file: authorities that may have signed the server's certificate; None = the usual ones.
        sslmode: as libpq knows it.
    """

    host: str
    port: int
    database: str
    user: str
    password: str | None = field(repr=False)
    ca_file: str | None = None
    sslmode: str = "verify-full"


def login_from_secret(
    secret_arn: str, *, secrets: SecretsManagerClient, ca_file: str | None = None, **known: str
) -> PostgresLogin:
    """Read a login from Secrets Manager, as RDS writes such secrets.

    Args:
        secrets: client of Secrets Manager.
        known: host, port or dbname where the secret does not hold them.
    Raises: AwsError if AWS refuses; UsageError if the secret lacks a part.
    """
    with aws_errors(f"secret {secret_arn}"):
        text = secrets.get_secret_value(SecretId=secret_arn)["SecretString"]
    try:
        held: Mapping[str, Any] = json.loads(text) | known
        return PostgresLogin(
            host=held["host"],
            port=int(held.get("port", 5432)),
            database=held["dbname"],
            user=held["username"],
            password=held["password"],
            ca_file=ca_file,
        )
    except (KeyError, TypeError, ValueError) as err:
        # Without the cause: its text may hold what the secret holds.
        part = err.args[0] if isinstance(err, KeyError) else "a JSON object with a port in digits"
        raise UsageError(
            f"secret {secret_arn} lacks {part}; it holds host, port, dbname, username, password"
        ) from None


def login_from_url(url: str, *, setting: str) -> PostgresLogin:
    """Read a login from `postgresql://user:password@host:port/database`.

    A server on this machine needs no certificate, any other a verified one; `?sslmode=` and
    `?sslrootcert=` say otherwise.

    Args:
        setting: the environment variable that holds the URL.
    Raises: UsageError, which never shows the password, for anything else.
    """
    # Imported late: most commands never speak to a database.
    import psycopg
    from psycopg.conninfo import conninfo_to_dict

    form = f"{setting} is no postgresql://user:password@host:port/database"
    if not url.startswith(("postgresql://", "postgres://")):
        raise UsageError(f"{form}; correct it")
    try:
        # Any: the values of the options that are checked here are texts.
        said: dict[str, Any] = dict(conninfo_to_dict(url))
        port = int(said.pop("port", 5432))
    except (psycopg.Error, ValueError):
        # Without the cause: its text may hold what the URL holds.
        raise UsageError(f"{form}, with % before special signs of a password; correct it") from None
    if missing := [name for name in ("user", "dbname") if not said.get(name)]:
        raise UsageError(f"{form}: it lacks {' and '.join(missing)}; correct it")
    if unknown := sorted(set(said) - _URL_PARTS):
        raise UsageError(f"{setting} has {', '.join(unknown)}, which is not used; take it out")
    host = said.get("host", "localhost")
    is_here = host.startswith(("/", "127.")) or host in ("localhost", "::1")
    return PostgresLogin(
        host=host,
        port=port,
        database=said["dbname"],
        user=said["user"],
        password=said.get("password"),
        ca_file=said.get("sslrootcert"),
        sslmode=said.get("sslmode", "prefer" if is_here else "verify-full"),
    )


@contextmanager
def connection(
    login: PostgresLogin, *, application: str, error: type[LakehouseError]
) -> Iterator[Connection[tuple[Any, ...]]]:
    """Connect as the login says; one transaction, committed unless an error leaves it.

    Args:
        error: what a refusal of the server becomes.
    """
    # Imported late: most commands never speak to a database.
    import psycopg

    place = f"{login.host}:{login.port}/{login.database}"
    try:
        with psycopg.connect(
            host=login.host,
            port=login.port,
            dbname=login.database,
            user=login.user,
            password=login.password,
            sslmode=login.sslmode,
            # With authorities named, libpq verifies in other modes too.
            sslrootcert=login.ca_file
            or (certifi.where() if login.sslmode.startswith("verify") else None),
            connect_timeout=_CONNECT_SECONDS,
            application_name=application,
            client_encoding="UTF8",
            keepalives_idle=30,
        ) as opened:
            yield opened
    except psycopg.Error as err:
        said = " ".join(str(err).split())
        raise error(f"{place}: {said}; nothing is changed: correct it, then run again") from err
