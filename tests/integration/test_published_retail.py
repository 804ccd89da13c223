"""The published sales of retail give the published tables, and later deliveries change them.

Expected values are typed from docs/domains/retail.md#expected-numbers, not computed; the proofs
compare all tables of the sample with the oracle.
"""

import os
import shutil
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from lake import NO_UNIT_TESTS, PROJECT, Lake

SAMPLE = PROJECT / "data/source/retail"
RUN = ("run", "--select", "path:models/retail")
# With the data tests of the domain alone; unit tests look at no data.
BUILD = ("build", "--selector", "retail")
BUILD += NO_UNIT_TESTS
RUN_DATE = {"run_date": "2024-01-01"}

EMPLOYEES = [
    *("Rob Carsson", "Eli Preston", "Tom Lindwall", "Leif Shine", "Ingrid Hendrix"),
    *("Lennart Skoglund", "Rock Rollman", "Helen Brolin", "Joan Callins"),
]
CATEGORIES = [
    *("Babywear", "Womens wear", "Womens Footwear", "Sportwear", "Mens Clothes"),
    *("Bath Clothes", "Mens Footwear", "Childrens wear"),
]
SALES = """
1: 1,1,2017-10-01,21636 · 2: 1,4,2018-05-12,3312 · 3: 1,3,2019-02-01,11778
4: 1,4,2019-03-11,2554 · 5: 1,3,2018-09-07,4425 · 6: 1,1,2017-02-02,12336
7: 1,6,2017-04-10,32782 · 8: 1,1,2017-05-02,46317 · 9: 1,6,2017-06-10,2528
10: 1,2,2017-11-06,11038 · 11: 1,7,2017-05-09,106638 · 12: 1,1,2019-05-01,14288
13: 1,7,2019-05-11,917025 · 14: 1,3,2017-02-02,29084 · 15: 1,2,2018-05-03,17103
16: 1,2,2018-07-07,5432 · 17: 1,4,2017-11-11,158 · 18: 1,1,2017-02-01,5805
19: 1,4,2017-02-02,2496 · 20: 1,4,2018-01-02,29719
"""
HEADER = "id_venda,id_funcionario,id_categoria,data_venda,venda\n"
FACT = ["id_venda", "id_funcionario", "id_categoria", "data_venda", "venda"]


def published_sales() -> list[tuple]:
    sales = []
    for entry in SALES.replace("\n", " · ").split(" · "):
        if entry.strip():
            number, _, values = entry.partition(": ")
            employee, category, day, amount = values.split(",")
            sales.append(
                (
                    int(number),
                    int(employee),
                    int(category),
                    date.fromisoformat(day),
                    Decimal(amount).quantize(Decimal("0.01")),
                )
            )
    return sales


def bodies() -> list[str]:
    return [f"funcionario={path}" for path in sorted((SAMPLE / "funcionario").glob("*.txt"))]


def landed(lake: Lake, day: str, *arguments: object) -> None:
    done = lake.land("retail", *arguments, "--ingest-date", day)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """What the sources deliver, landed by the command and built as a person would."""
    lake = Lake(tmp_path_factory.mktemp("sample"))
    files = [*bodies(), f"categoria={SAMPLE}/categoria.parquet", f"venda={SAMPLE}/venda.csv"]
    landed(lake, "2019-06-01", *files, "--full-extract", "venda")
    lake.dbt(*BUILD, variables=RUN_DATE)
    return lake


@pytest.fixture
def later(sample: Lake, tmp_path: Path) -> Lake:
    """The built sample, to go on from."""
    lake = Lake(tmp_path / "lake")
    lake.folder.mkdir()
    shutil.copytree(sample.raw, lake.raw)
    shutil.copy(sample.database, lake.database)
    return lake


def test_sample_is_the_published_sales_and_they_add_up(sample: Lake) -> None:
    assert sample.table("fct_retail__venda", FACT) == Counter(published_sales())
    for report in ("dia", "mes", "trimestre", "ano", "categoria_mes", "funcionario_mes"):
        assert sample.query(
            "select sum(venda_count), sum(total_amount) "
            f"from retail.rpt_retail__vendas_por_{report}"
        ) == [(20, Decimal("1276454.00"))]


def test_members_are_the_published_employees_and_categories(sample: Lake) -> None:
    day = date(2019, 6, 1)
    for table, name, published in (
        ("funcionario", "nome", EMPLOYEES),
        ("categoria", "nome_categoria", CATEGORIES),
    ):
        columns = [f"id_{table}", name, "first_seen", "last_changed", "is_active", "is_unknown"]
        expected = {
            (number, text, day, day, True, False) for number, text in enumerate(published, 1)
        }
        assert set(sample.table(f"dim_retail__{table}", columns)) == expected
        versions = sample.table(
            f"dim_retail__{table}_version", [f"id_{table}", name, "known_from", "known_to"]
        )
        assert set(versions) == {(number, text, day, None) for number, text, *_ in expected}


def test_years_largest_sales_and_best_month_follow_from_the_page(sample: Lake) -> None:
    years = sample.query(
        "select ano, venda_count, total_amount, posicao from retail.rpt_retail__vendas_por_ano "
        "order by ano"
    )
    assert years == [
        (2017, 11, Decimal("270818.00"), 2),
        (2018, 5, Decimal("59991.00"), 3),
        (2019, 4, Decimal("945645.00"), 1),
    ]
    largest = sample.query(
        "select posicao, id_venda, nome, nome_categoria, venda "
        "from retail.rpt_retail__maiores_vendas order by posicao"
    )
    assert largest == [
        (1, 13, "Rob Carsson", "Mens Footwear", Decimal("917025.00")),
        (2, 11, "Rob Carsson", "Mens Footwear", Decimal("106638.00")),
        (3, 8, "Rob Carsson", "Babywear", Decimal("46317.00")),
        (4, 7, "Rob Carsson", "Bath Clothes", Decimal("32782.00")),
        (5, 20, "Rob Carsson", "Sportwear", Decimal("29719.00")),
    ]
    best = sample.query(
        "select ano_mes, total_amount, media_venda, posicao, variacao_amount "
        "from retail.rpt_retail__vendas_por_mes where is_melhor_mes"
    )
    # 12: 14288 and 13: 917025; no sale in April 2019.
    assert best == [("2019-05", Decimal("931313.00"), Decimal("465656.5"), 1, None)]
    may_2017 = sample.query(
        "select total_amount, variacao_amount, variacao_ratio "
        "from retail.rpt_retail__vendas_por_mes where ano_mes = '2017-05'"
    )
    # April 2017 has sale 7 alone: 32782; 120173 / 32782.
    assert may_2017 == [(Decimal("152955.00"), Decimal("120173.00"), Decimal("3.665823"))]


def test_committed_raw_zone_is_the_committed_delivery(sample: Lake) -> None:
    for entity in ("funcionario", "categoria", "venda"):
        [mine] = sample.raw.glob(f"retail/{entity}/*/*.parquet")
        [theirs] = (PROJECT / f"data/raw/retail/{entity}").glob("*/*.parquet")
        assert mine.parent.name == theirs.parent.name
        assert mine.name.rpartition("-")[2] == theirs.name.rpartition("-")[2], "another content"


def test_corrections_renames_deletions_and_late_sales_reach_the_marts_on_the_next_run(
    later: Lake, tmp_path: Path
) -> None:
    """Sale 3 gets an older date, 4 is deleted, 21 is of an employee whom nobody has delivered."""
    sales = (SAMPLE / "venda.csv").read_text().splitlines()[1:]
    kept = [line for line in sales if line.split(",")[0] not in ("3", "4")]
    increment, whole, names, categories = (
        tmp_path / name for name in ("new.csv", "all.csv", "funcionario.csv", "categoria.csv")
    )
    increment.write_text(f"{HEADER}21,10,4,2016-12-31,-100.5\n")
    landed(later, "2019-06-02", f"venda={increment}")
    # The second call of the day: the compare, which finds what the first could not.
    whole.write_text(
        HEADER + "\n".join([*kept, "3,1,3,2016-02-29,11778", "21,10,4,2016-12-31,-100.5"]) + "\n"
    )
    names.write_text("id,nome\n1,Robert Carsson\n")
    lines = [f"{n},{text}" for n, text in enumerate(CATEGORIES, 1) if n != 7]
    categories.write_text("id,nome_categoria\n" + "\n".join(lines) + "\n")
    files = [f"venda={whole}", f"funcionario={names}", f"categoria={categories}"]
    landed(later, "2019-06-02", *files, "--full-extract", "venda")
    later.dbt(*BUILD, variables=RUN_DATE)

    expected = {sale[0]: sale for sale in published_sales()}
    del expected[4]
    expected[3] = (*expected[3][:3], date(2016, 2, 29), expected[3][4])
    expected[21] = (21, 10, 4, date(2016, 12, 31), Decimal("-100.50"))
    assert later.table("fct_retail__venda", FACT) == Counter(expected.values())
    assert later.query("select sum(venda) from retail.fct_retail__venda") == [
        (Decimal("1276454.00") - 2554 - Decimal("100.50"),)
    ]
    first, second = date(2019, 6, 1), date(2019, 6, 2)
    versions = later.query(
        "select id_venda, data_venda, known_from, known_to from retail.fct_retail__venda_version "
        "where id_venda in (3, 4, 21) order by id_venda, known_from"
    )
    assert versions == [
        (3, date(2019, 2, 1), first, second),
        (3, date(2016, 2, 29), second, None),
        (4, date(2019, 3, 11), first, second),
        (21, date(2016, 12, 31), second, None),
    ]
    people = later.query(
        "select id_funcionario, nome, first_seen, last_changed, is_active, is_unknown "
        "from retail.dim_retail__funcionario where id_funcionario in (1, 2, 10) order by 1"
    )
    assert people == [
        (1, "Robert Carsson", first, second, True, False),
        (2, "Eli Preston", first, first, True, False),
        (10, "desconhecido", None, None, False, True),
    ]
    # Category 7 is gone from the file, and two sales still name it.
    gone = later.query(
        "select nome_categoria, last_changed, is_active, is_unknown "
        "from retail.dim_retail__categoria where id_categoria = 7"
    )
    assert gone == [("Mens Footwear", second, False, False)]
    assert later.query(
        "select count(*), min(nome) from retail.rpt_retail__venda_detalhada "
        "where nome_categoria = 'Mens Footwear'"
    ) == [(2, "Robert Carsson")]
    assert later.query(
        "select load_id like '%', flags from retail.int_retail__row_status "
        "where entity = 'venda' and row_status = 'current' and flags is not null"
    ) == [(True, "non_positive_amount,unknown_reference")]

    body = tmp_path / "funcionario_10.txt"
    body.write_text(" Liv Strand\r\n")
    landed(later, "2019-06-03", f"funcionario={body}")
    later.dbt(*BUILD, variables=RUN_DATE)
    assert later.query(
        "select nome, is_unknown from retail.dim_retail__funcionario where id_funcionario = 10"
    ) == [("Liv Strand", False)]
    assert later.query(
        "select flags from retail.int_retail__row_status "
        "where entity = 'venda' and row_status = 'current' and flags is not null"
    ) == [("non_positive_amount",)]


def test_bad_rows_are_rejected_with_a_reason_and_change_nothing(
    later: Lake, tmp_path: Path
) -> None:
    """Also in a full extract: the sale of a rejected row is not taken for deleted."""
    sales = (SAMPLE / "venda.csv").read_text().splitlines()[1:]
    sales[2] = "3,,3,2019-02-01,11778"
    sales[3] = "4,1,4,11/03/2019,2554"
    sales[4] = "5,1,3,2018-09-07,12345678901.00"
    whole, names = tmp_path / "all.csv", tmp_path / "funcionario.csv"
    whole.write_text(HEADER + "\n".join(sales) + "\n")
    names.write_text("id,nome\n1,The argument is not correct\nx,Ann Example\n")
    landed(later, "2019-06-02", f"venda={whole}", f"funcionario={names}", "--full-extract", "venda")
    later.dbt(*RUN, variables=RUN_DATE)
    assert later.table("fct_retail__venda", FACT) == Counter(published_sales())
    rejected = later.query(
        "select entity, source_row, reason_code, rejected_row from retail.int_retail__row_status "
        "where row_status = 'rejected' order by entity, source_row"
    )
    assert [row[:3] for row in rejected] == [
        ("funcionario", 1, "missing_value"),
        ("funcionario", 2, "unparsable_key"),
        ("venda", 3, "missing_key"),
        ("venda", 4, "unparsable_date"),
        ("venda", 5, "amount_out_of_range"),
    ]
    assert rejected[1][3] == '{"id":"x","nome":"***"}'


def test_parquet_of_postgresql_types_is_read_like_csv(later: Lake, tmp_path: Path) -> None:
    day, amount = date(2019, 5, 31), Decimal("10.50")
    increment = tmp_path / "venda.parquet"
    table = pa.table(
        {
            "id_venda": pa.array([21], pa.int32()),
            "id_funcionario": pa.array([2], pa.int32()),
            "id_categoria": pa.array([8], pa.int32()),
            "data_venda": pa.array([day], pa.date32()),
            "venda": pa.array([amount], pa.decimal128(12, 2)),
        }
    )
    pq.write_table(table, increment)
    landed(later, "2019-06-02", f"venda={increment}")
    later.dbt(*RUN, variables=RUN_DATE)
    expected = Counter([*published_sales(), (21, 2, 8, day, amount)])
    assert later.table("fct_retail__venda", FACT) == expected


def test_all_sales_that_were_recorded_for_real(tmp_path: Path) -> None:
    folder = os.environ.get("LAKEHOUSE_REAL_DATA")
    if not folder:
        pytest.skip("LAKEHOUSE_REAL_DATA names no folder with real deliveries")
    lake, real = Lake(tmp_path), Path(folder) / "retail"
    files = [
        f"{entity}={real / name}"
        for entity, name in (
            ("funcionario", "funcionario.csv"),
            ("categoria", "categoria.parquet"),
            ("venda", "venda_25_of_1017.csv"),
        )
    ]
    landed(lake, "2020-03-01", *files, "--full-extract", "venda")
    lake.dbt(*RUN, variables=RUN_DATE)
    # The published 20, and sales 1013 to 1017: 10689 + 15056 + 3101 + 204 + 1275.
    assert lake.query("select count(*), sum(venda) from retail.fct_retail__venda") == [
        (25, Decimal("1306779.00"))
    ]
