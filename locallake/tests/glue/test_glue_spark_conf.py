"""The configuration of a session: what was asked for, kept on this machine."""

from __future__ import annotations

import pytest

from locallake.errors import ConfigurationError
from locallake.glue.spark_conf import (
    SparkHost,
    class_path,
    iceberg_catalogs,
    requested_conf,
    session_conf,
)

GLUE_CATALOG = (
    "spark.sql.catalog.lake=org.apache.iceberg.spark.SparkCatalog"
    " --conf spark.sql.catalog.lake.catalog-impl=org.apache.iceberg.aws.glue.GlueCatalog"
    " --conf spark.sql.catalog.lake.warehouse=s3://bucket/wh"
)


@pytest.fixture
def host(tmp_path):
    for name in ("hadoop-aws-1.jar", "iceberg-spark-runtime-1.jar", "notes.txt"):
        (tmp_path / name).touch()
    return SparkHost("http://127.0.0.1:4566", "sa-east-1", tmp_path, 3000)


def arguments(conf, formats="iceberg"):
    return {"--conf": conf, "--datalake-formats": formats}


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("", {}),
        ("a=1", {"a": "1"}),
        ("a=1 --conf b=2", {"a": "1", "b": "2"}),
        ("--conf a=1  --conf  b=x=y", {"a": "1", "b": "x=y"}),
        ("a=-Dx --confusing\n--conf b=2", {"a": "-Dx --confusing", "b": "2"}),
    ],
)
def test_conf_is_read_as_glue_s_one_argument_that_holds_many(text, read):
    assert requested_conf({"--conf": text}) == read


def test_a_pair_without_an_equals_sign_is_refused_with_its_text():
    with pytest.raises(ConfigurationError, match="`oops`"):
        requested_conf({"--conf": "a=1 --conf oops"})


def test_only_iceberg_catalogs_get_the_local_endpoints(host, tmp_path):
    conf = session_conf(
        arguments(GLUE_CATALOG + " --conf spark.sql.catalog.pg=org.apache.spark.Jdbc"),
        host=host,
        folder=tmp_path,
    )
    assert conf["spark.sql.catalog.lake.glue.endpoint"] == "http://127.0.0.1:4566"
    assert conf["spark.sql.catalog.lake.s3.endpoint"] == "http://127.0.0.1:4566"
    assert conf["spark.sql.catalog.lake.client.region"] == "sa-east-1"
    assert conf["spark.sql.catalog.lake.warehouse"] == "s3://bucket/wh"
    assert not [key for key in conf if key.startswith("spark.sql.catalog.pg.")]


def test_a_property_of_a_catalog_is_no_catalog():
    conf = requested_conf(
        {"--conf": GLUE_CATALOG + " --conf spark.sql.catalog.lake.io=org.apache.iceberg.aws.s3.X"}
    )
    assert iceberg_catalogs(conf) == ["spark.sql.catalog.lake"]


def test_a_request_may_change_how_spark_works_but_not_where(host, tmp_path):
    conf = session_conf(
        arguments(
            "spark.sql.shuffle.partitions=7 --conf spark.master=yarn"
            " --conf spark.driver.bindAddress=0.0.0.0"
        ),
        host=host,
        folder=tmp_path,
    )
    assert conf["spark.sql.shuffle.partitions"] == "7"
    assert conf["spark.master"] == "local[2]"
    assert conf["spark.driver.bindAddress"] == "127.0.0.1"
    assert conf["spark.driver.memory"] == "3000m"


def test_iceberg_is_there_only_when_it_was_asked_for(host):
    with_iceberg = class_path(host.jars, {"--datalake-formats": "hudi, iceberg"})
    assert [path.rsplit("/")[-1] for path in with_iceberg.split(":")] == [
        "hadoop-aws-1.jar",
        "iceberg-spark-runtime-1.jar",
    ]
    assert class_path(host.jars, {}).endswith("hadoop-aws-1.jar")


def test_an_empty_folder_of_jars_is_refused(tmp_path):
    with pytest.raises(ConfigurationError, match="locallake up"):
        class_path(tmp_path, {})
