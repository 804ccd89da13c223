"""How PostgreSQL is connected to, without a server."""

import psycopg
import pytest

from lakehouse.errors import LakehouseError
from lakehouse.postgres import PostgresLogin, connection


def test_a_sleeping_cluster_has_a_minute_to_wake(monkeypatch: pytest.MonkeyPatch):
    asked = {}

    def connect(**settings):
        asked.update(settings)
        raise psycopg.OperationalError("asleep")

    monkeypatch.setattr(psycopg, "connect", connect)
    login = PostgresLogin("cluster.example", 5432, "lakehouse", "owner", "secret")
    opened = connection(login, application="test", error=LakehouseError)
    with pytest.raises(LakehouseError, match="asleep"), opened:
        pass
    assert asked["connect_timeout"] >= 60
