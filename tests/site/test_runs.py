"""`lakehouse build` keeps what its models took, and the site shows it."""

import json


def test_each_model_of_the_build_is_noted_as_dbt_reports_it(site) -> None:
    reported = json.loads(site.report.read_text("utf-8"))["results"]
    nodes = [(result["unique_id"].split("."), result) for result in reported]
    names = {name[2]: result for name, result in nodes if name[0] in ("model", "seed")}
    noted = site.lake.query(
        "select model_name, domain, run_status, run_seconds, row_count, stored_bytes "
        "from quality.model_run"
    )
    assert {row[0] for row in noted} == set(names)
    for name, _, status, seconds, _, _ in noted:
        assert status == names[name]["status"]
        assert abs(float(seconds) - names[name]["execution_time"]) <= 0.001
    tables = {
        (schema, name)
        for schema, name in site.lake.query("select schema_name, table_name from duckdb_tables()")
    }
    for name, domain, _, _, rows, stored in noted:
        if (domain, name) in tables:
            assert [(rows,)] == site.lake.query(f"select count(*) from {domain}.{name}")
            assert stored % 262144 == 0
            assert (stored > 0) == (rows > 0), name
        else:
            assert (rows, stored) == (None, None)
