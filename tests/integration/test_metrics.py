"""Metrics asked through MetricFlow answer what the reports say, on the sample.

Its command has an environment of its own, which `make test` installs: MF names it.
"""

import csv
import os
import subprocess
from decimal import Decimal

import pytest
from lake import OF_THE_LAKE, PROJECT, Lake

MF = PROJECT / os.environ.get("MF", "target/metricflow/bin/mf")
ASKED_OF = (
    "rpt_commerce__gmv_current",
    "rpt_education__media_por_escola",
    "fct_market__pregao",
    "rpt_retail__vendas_por_mes",
    "rpt_retail__vendas_por_funcionario_mes",
    "feat_credit__proposal_target",
)
READ_BY_DBT = ("dbt_project.yml", "profiles.yml", "selectors.yml")
FOLDERS = ("analyses", "macros", "models", "seeds", "tests")

pytestmark = pytest.mark.skipif(
    not MF.exists(), reason="MetricFlow is not installed: make test installs it"
)


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """The sample, in a folder that MetricFlow takes for the project's."""
    lake = Lake(tmp_path_factory.mktemp("metrics"))
    lake.raw.symlink_to(PROJECT / "data" / "raw")
    lake.dbt("build", "--select", *(f"+{name}" for name in ASKED_OF), *OF_THE_LAKE)
    # Writes the semantic manifest, which a quick build does not.
    lake.dbt("parse")
    for name in (*READ_BY_DBT, *FOLDERS):
        (lake.folder / name).symlink_to(PROJECT / name)
    return lake


def asked(lake: Lake, metric: str, *group_by: str) -> dict[tuple[str, ...], Decimal]:
    """Values of a metric by what it is grouped by, as `mf query` writes them."""
    answer = lake.folder / "answer.csv"
    answer.unlink(missing_ok=True)
    grouped = ["--group-by", ",".join(group_by)] if group_by else []
    done = subprocess.run(
        [MF, "query", "--metrics", metric, *grouped, "--csv", answer],
        cwd=lake.folder,
        env=lake.environment | {"PYTHONPATH": str(PROJECT / "src")},
        capture_output=True,
        text=True,
    )
    assert answer.exists(), done.stdout + done.stderr
    with answer.open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    return {tuple(row[name] for name in group_by): Decimal(row[metric]) for row in rows}


def reported(lake: Lake, sql: str) -> dict[tuple[str, ...], Decimal]:
    """The last column of a query by the others, as text."""
    return {tuple(map(str, row[:-1])): Decimal(str(row[-1])) for row in lake.query(sql)}


def test_gmv_is_that_of_the_report(lake: Lake):
    by = ("gmv_bucket__subsidiary", "metric_time__day")
    found = asked(lake, "gmv", *by)
    assert found == reported(
        lake,
        "select subsidiary, gmv_date::timestamp, gmv_amount "
        "from commerce.rpt_commerce__gmv_current",
    )
    assert sum(found.values()) == Decimal("2055")


def test_average_grade_of_a_school_is_that_of_the_report(lake: Lake):
    found = asked(lake, "media_das_notas", "nota_do_aluno__escola_id")
    assert {key: round(value, 4) for key, value in found.items()} == reported(
        lake, "select escola_id, media_notas from education.rpt_education__media_por_escola"
    )
    assert len(found) == 3


def test_concentration_is_that_of_the_newest_session(lake: Lake):
    found = asked(lake, "concentracao", "sessao_do_indice__indice")
    assert found == reported(
        lake,
        "select indice, arg_max(concentracao_ratio, data_pregao) from market.fct_market__pregao "
        "group by indice",
    )
    # Else the newest would not be told from the greatest.
    assert len(lake.query("select distinct data_pregao from market.fct_market__pregao")) > 1


def test_sales_are_those_of_the_reports(lake: Lake):
    assert asked(lake, "total_de_vendas", "metric_time__month") == reported(
        lake,
        "select (ano_mes || '-01')::timestamp, total_amount from retail.rpt_retail__vendas_por_mes",
    )
    assert asked(lake, "total_de_vendas", "venda__id_funcionario") == reported(
        lake,
        "select id_funcionario, sum(total_amount) "
        "from retail.rpt_retail__vendas_por_funcionario_mes group by id_funcionario",
    )
    # docs/domains/retail.md#expected-numbers
    assert asked(lake, "total_de_vendas") == {(): Decimal(1276454)}


def test_default_rate_is_the_share_of_targets(lake: Lake):
    found = asked(lake, "taxa_de_inadimplencia")
    [(defaulted, count)] = lake.query(
        "select sum(loan_status), count(*) from credit.feat_credit__proposal_target"
    )
    assert round(found[()], 9) == round(Decimal(int(defaulted)) / count, 9)
    assert 0 < found[()] < 1
