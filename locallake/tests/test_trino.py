"""Trino's configuration."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from locallake import trino
from locallake.settings import Settings


@pytest.fixture
def files():
    given = Settings(home=Path("/h"), state=Path("/s"), gateway_port=4000, trino_port=5000)
    return trino.configuration(given)


def properties(text):
    return dict(line.split("=", 1) for line in text.splitlines())


def test_every_line_is_one_property(files):
    """A comment after a value would become part of the value."""
    for name, text in files.items():
        if name.endswith(".properties"):
            assert all(re.fullmatch(r"[a-z0-9.-]+=[^#\s]+", line) for line in text.splitlines())


def test_no_address_but_loopback_is_named(files):
    node = properties(files["node.properties"])
    assert node["node.internal-address"] == node["node.bind-ip"] == "127.0.0.1"
    addresses = re.findall(r"http://([^:/]+)", "".join(files.values()))
    assert addresses
    assert set(addresses) == {"127.0.0.1"}


def test_the_ports_are_those_of_the_settings(files):
    config = properties(files["config.properties"])
    assert config["http-server.http.port"] == "5000"
    for catalog in (trino.HIVE_CATALOG, trino.ICEBERG_CATALOG):
        given = properties(files[f"catalog/{catalog}.properties"])
        assert given["s3.endpoint"] == "http://127.0.0.1:4000"
        assert given["hive.metastore.glue.endpoint-url"] == "http://127.0.0.1:4000"


def test_the_first_statement_finds_the_catalogs_on_the_node(files):
    """With static catalogs a scan failed for some seconds: NO_NODES_AVAILABLE."""
    assert properties(files["config.properties"])["catalog.management"] == "dynamic"


def test_queries_get_half_of_the_heap():
    given = Settings(home=Path("/h"), state=Path("/s"), trino_port=5000, engine_memory_mb=6000)
    files = trino.configuration(given)
    config = properties(files["config.properties"])
    assert "-Xmx6000M" in files["jvm.config"].splitlines()
    assert config["query.max-memory"] == config["query.max-memory-per-node"] == "3000MB"


def test_the_limit_of_open_partitions_counts_because_there_is_one_writer(files):
    config = properties(files["config.properties"])
    assert (config["task.min-writer-count"], config["task.max-writer-count"]) == ("1", "1")
    assert config["task.scale-writers.enabled"] == "false"
    hive = properties(files["catalog/awsdatacatalog.properties"])
    iceberg = properties(files["catalog/awsdatacatalog_iceberg.properties"])
    assert hive["hive.max-partitions-per-writers"] == "100"
    assert iceberg["iceberg.max-partitions-per-writer"] == "100"


def test_the_catalogs_know_each_other(files):
    hive = properties(files["catalog/awsdatacatalog.properties"])
    iceberg = properties(files["catalog/awsdatacatalog_iceberg.properties"])
    assert f"catalog/{hive['hive.iceberg-catalog-name']}.properties" in files
    assert f"catalog/{iceberg['iceberg.hive-catalog-name']}.properties" in files


def test_a_server_that_is_not_there_is_not_ready():
    assert not trino.ready(Settings(home=Path("/h"), state=Path("/s"), trino_port=1))
