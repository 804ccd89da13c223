"""A PostgreSQL server of a test's own: real, on 127.0.0.1, and reached by TLS alone."""

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
import trustme

USER = "owner"
_PLACES = ("/usr/lib/postgresql", "/opt/homebrew/opt", "/usr/local/opt")


@dataclass(frozen=True)
class PostgresServer:
    """Where it listens, who may log in, and the authority that signed its certificate.

    The certificate is for `localhost` alone: by its number the same server is a stranger.
    """

    port: int
    password: str
    ca_file: Path
    host: str = "localhost"

    def connect(self, database: str = "postgres", **options: object) -> psycopg.Connection:
        """Connect as the owner; every statement stands for itself."""
        return psycopg.connect(
            host=self.host,
            port=self.port,
            dbname=database,
            user=USER,
            password=self.password,
            sslmode="verify-full",
            sslrootcert=str(self.ca_file),
            autocommit=True,
            **options,
        )

    def create_database(self, name: str) -> None:
        """Make an empty database, in place of one that an earlier test made."""
        with self.connect() as opened:
            opened.execute(f'drop database if exists "{name}" with (force)')
            opened.execute(f"create database \"{name}\" encoding 'UTF8' template template0")

    def secret(self, database: str) -> dict[str, object]:
        """What Secrets Manager holds for this server."""
        return {
            "host": self.host,
            "port": self.port,
            "dbname": database,
            "username": USER,
            "password": self.password,
        }


def programs() -> Path:
    """Folder of the server's programs: LAKEHOUSE_POSTGRES_BIN, else those of this machine.

    Without them the test is skipped, except where CI is set: there a check must not go missing.
    """
    named = os.environ.get("LAKEHOUSE_POSTGRES_BIN")
    if named and (Path(named) / "initdb").is_file():
        return Path(named).resolve()
    found = [path.parent for place in _PLACES for path in Path(place).glob("*/bin/initdb")]
    if on_path := shutil.which("initdb"):
        found.append(Path(on_path).resolve().parent)
    if found:
        return max(found)
    message = "no PostgreSQL server: set LAKEHOUSE_POSTGRES_BIN, or run by make test"
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)


@contextmanager
def running(port: int | None = None) -> Iterator[PostgresServer]:
    """Start a server with an empty cluster; it and its files are gone afterwards.

    Args:
        port: None takes a free one.
    """
    folder = Path(tempfile.mkdtemp(prefix="lakehouse-postgres-"))
    # PostgreSQL refuses to run as root.
    account = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
    who = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}
    try:
        found = programs()
        if account:
            # Its account may not look into the folders of root.
            shutil.copytree(found.parent, folder / "install", symlinks=True)
            found = folder / "install" / found.name
        authority = trustme.CA()
        certificate = authority.issue_cert("localhost")
        authority.cert_pem.write_to_path(str(folder / "ca.pem"))
        certificate.private_key_pem.write_to_path(str(folder / "server.key"))
        (folder / "server.pem").write_bytes(
            b"".join(pem.bytes() for pem in certificate.cert_chain_pems)
        )
        password = secrets.token_urlsafe(16)
        (folder / "password").write_text(password)
        (folder / "server.key").chmod(0o600)
        folder.chmod(0o755)
        if account:
            for path in (folder, *(folder / n for n in ("server.key", "password"))):
                os.chown(path, account.pw_uid, account.pw_gid)
        words = [found / "initdb", "-D", folder / "data", "-U", USER, "-A", "scram-sha-256"]
        words += ["--pwfile", folder / "password", "--encoding", "UTF8", "--locale", "C", "-N"]
        _run(words, who)
        hba = folder / "data" / "pg_hba.conf"
        hba.write_text("hostssl all all 127.0.0.1/32 scram-sha-256\n")
        port = port or _free_port()
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": port,
            "unix_socket_directories": "",
            "ssl": "on",
            "ssl_cert_file": folder / "server.pem",
            "ssl_key_file": folder / "server.key",
            "fsync": "off",
        }
        words = [found / "postgres", "-D", folder / "data"]
        for name, value in settings.items():
            words += ["-c", f"{name}={value}"]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                list(map(str, words)), stdout=log, stderr=log, cwd=folder, **who
            )
        try:
            server = PostgresServer(port, password, folder / "ca.pem")
            _wait(server, process, folder / "log")
            yield server
        finally:
            process.terminate()
            process.wait(30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(words: list[object], who: dict[str, object]) -> None:
    done = subprocess.run(list(map(str, words)), capture_output=True, text=True, cwd="/", **who)
    assert done.returncode == 0, done.stderr


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait(server: PostgresServer, process: subprocess.Popen, log: Path) -> None:
    for _ in range(200):
        try:
            server.connect().close()
            return
        except psycopg.OperationalError:
            assert process.poll() is None, log.read_text()
            time.sleep(0.1)
    raise AssertionError(log.read_text())
