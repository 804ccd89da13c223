"""Recorded sessions of the index give the tables of docs/domains/market.md, in either language.

Expected values are typed from the recorded days, not computed by the models. The large recorded
answers are looked for in LAKEHOUSE_REAL_DATA.
"""

import json
import os
import re
import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from lake import PROJECT, Lake

SAMPLE = PROJECT / "data/source/market"
ANSWER = SAMPLE / "GetPortfolioDay_IBOV_2025-04-07_en-us_excerpt.json"
DOWNLOADS = [SAMPLE / f"IBOV_2025-07-{day}_excerpt.csv" for day in (10, 11)]
REAL_DATA = os.environ.get("LAKEHOUSE_REAL_DATA")
RUN_DATE = {"run_date": "2025-07-14"}
MARTS = (
    "fct_market__carteira_diaria",
    "fct_market__pregao",
    "rpt_market__carteira_atual",
    "rpt_market__resumo_por_setor",
    "rpt_market__resumo_por_classe",
    "dim_market__ticker",
)
needs_real_data = pytest.mark.skipif(
    not REAL_DATA, reason="LAKEHOUSE_REAL_DATA does not name the recorded answers"
)


def land(lake: Lake, path: Path, day: str, *options: str) -> None:
    landed = lake.land("market", f"carteira={path}", "--ingest-date", day, *options)
    assert landed.returncode == 0, landed.stderr


def build(lake: Lake) -> None:
    """Build the domain with its data tests; unit tests say nothing about this lake."""
    if not lake.database.exists():
        lake.dbt("seed", "--select", "ref_quality__load_decision")
    selected = ["path:models/market", "path:tests/data/market"]
    lake.dbt(
        "build", "--select", *selected, "--exclude-resource-type", "unit_test", variables=RUN_DATE
    )


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """The three sessions, each landed on its own day; built in all with its tests."""
    lake = Lake(tmp_path_factory.mktemp("sample"))
    for path, day in zip(
        [ANSWER, *DOWNLOADS], ["2025-04-07", "2025-07-10", "2025-07-11"], strict=True
    ):
        land(lake, path, day)
    build(lake)
    return lake


@pytest.fixture
def copy_of_sample(sample: Lake, tmp_path: Path) -> Lake:
    lake = Lake(tmp_path / "lake")
    lake.folder.mkdir()
    shutil.copytree(sample.raw, lake.raw)
    shutil.copy(sample.database, lake.database)
    return lake


def whole(lake: Lake) -> dict[str, list[tuple]]:
    """Every row of every mart, in an order of its own."""
    return {name: sorted(lake.query(f"select * from market.{name}"), key=str) for name in MARTS}


def one(lake: Lake, day: str, ticker: str, columns: str) -> tuple:
    rows = lake.query(
        f"select {columns} from market.fct_market__carteira_diaria "
        f"where data_pregao = date '{day}' and ticker = '{ticker}'"
    )
    assert len(rows) == 1
    return rows[0]


def test_a_session_with_sectors_is_refined(sample: Lake) -> None:
    columns = (
        "indice, ativo, classe_acao, marca_evento, nivel_governanca, setor, participacao_pct, "
        "quantidade_teorica, redutor, dia_da_semana, nome_dia_da_semana"
    )
    session = (Decimal("16036751.16744128"), 1, "segunda-feira")
    assert one(sample, "2025-04-07", "BRKM5", columns) == (
        "IBOV",
        "BRASKEM",
        "PNA",
        "ATZ",
        "N1",
        "Mats Básicos / Químicos",
        Decimal("0.127"),
        265388400,
        *session,
    )
    assert one(sample, "2025-04-07", "SANB11", columns)[2:5] == ("UNT", None, None)
    # More than 2^31.
    assert one(sample, "2025-04-07", "ABEV3", "quantidade_teorica") == (4394835131,)


def test_sessions_are_compared_with_the_one_landed_before(sample: Lake) -> None:
    columns = (
        "participacao_pct, participacao_anterior_pct, variacao_pp, dias_desde_sessao_anterior, "
        "is_entrada, is_saida"
    )
    cases = {
        ("2025-04-07", "AZUL4"): ("0.051", None, None, None, True, True),
        ("2025-04-07", "ITUB4"): ("8.044", None, None, None, True, False),
        ("2025-07-10", "ITUB4"): ("8.152", "8.044", "0.108", 94, False, False),
        ("2025-07-10", "MOTV3"): ("0.628", None, None, 94, True, False),
        ("2025-07-11", "ITUB4"): ("7.943", "8.152", "-0.209", 1, False, False),
        ("2025-07-11", "MOTV3"): ("0.620", "0.628", "-0.008", 1, False, False),
    }
    for (day, ticker), (now, before, change, days, entered, left) in cases.items():
        expected = tuple(Decimal(v) if v else None for v in (now, before, change))
        assert one(sample, day, ticker, columns) == (*expected, days, entered, left)
    # The event mark went with the day.
    assert one(sample, "2025-07-10", "ITUB4", "marca_evento") == ("EJ",)
    assert one(sample, "2025-07-11", "ITUB4", "marca_evento, nome_dia_da_semana") == (
        None,
        "sexta-feira",
    )


def test_newest_session_is_current_and_aged_by_the_run_date(sample: Lake) -> None:
    assert sample.query(
        "select count(*), min(data_pregao), max(data_pregao), min(dias_desde_pregao) "
        "from market.rpt_market__carteira_atual"
    ) == [(12, date(2025, 7, 11), date(2025, 7, 11), 3)]


def test_sectors_are_what_the_source_says(sample: Lake) -> None:
    rows = sample.query(
        "select posicao, setor, acoes_count, participacao_total_pct, participacao_informada_pct "
        "from market.rpt_market__resumo_por_setor order by posicao"
    )
    assert rows == [
        (place, sector, count, Decimal(weight), Decimal(weight))
        for place, sector, count, weight in [
            (1, "Financ e Outros / Interms Financs", 6, "18.461"),
            (2, "Cons N Cíclico / Bebidas", 1, "2.952"),
            (3, "Bens Indls/Transporte", 4, "2.197"),
            (4, "Cons N Cíclico / Pr Pessoal Limp", 1, "0.382"),
            (5, "Mats Básicos / Químicos", 1, "0.127"),
        ]
    ]


def test_classes_of_a_session(sample: Lake) -> None:
    rows = sample.query(
        "select classe_acao, nivel_governanca, acoes_count, participacao_total_pct "
        "from market.rpt_market__resumo_por_classe where data_pregao = date '2025-07-11'"
    )
    assert set(rows) == {
        ("ON", "-", 1, Decimal("2.754")),
        ("ON", "N1", 1, Decimal("0.966")),
        ("ON", "NM", 5, Decimal("5.138")),
        ("PN", "N1", 2, Decimal("11.851")),
        ("PNA", "N1", 1, Decimal("0.125")),
        ("UNT", "-", 1, Decimal("0.472")),
        ("UNT", "N2", 1, Decimal("2.488")),
    }


def test_share_over_its_sessions(sample: Lake) -> None:
    assert sample.query("select * from market.dim_market__ticker where ticker = 'BBAS3'") == [
        (
            "BBAS3",
            "BRASIL",
            date(2025, 4, 7),
            date(2025, 7, 11),
            3,
            Decimal("9.626"),
            Decimal("3.897"),
            date(2025, 4, 7),
        )
    ]


def test_sessions_as_a_whole(sample: Lake) -> None:
    """Turnover of 11 July: the absolute changes of the twelve weights are 0.304 in all."""
    rows = sample.query(
        "select data_pregao, acoes_count, quantidade_cabecalho, quantidade_total, "
        "participacao_cabecalho_pct, participacao_total_pct, redutor, giro_pp "
        "from market.fct_market__pregao order by data_pregao"
    )
    assert [row[1] for row in rows] == [13, 12, 12]
    assert rows[2] == (
        date(2025, 7, 11),
        12,
        23948831432,
        23948831432,
        Decimal("23.794"),
        Decimal("23.794"),
        Decimal("15438607.05630450"),
        Decimal("0.1520"),
    )
    assert rows[0][-1] is None


def test_equal_rescrape_changes_nothing(copy_of_sample: Lake, tmp_path: Path) -> None:
    """On Saturday the source gives Friday's session again."""
    before = whole(copy_of_sample)
    weekend = tmp_path / "IBOV_2025-07-12.csv"
    shutil.copy(DOWNLOADS[1], weekend)
    land(copy_of_sample, weekend, "2025-07-12")
    build(copy_of_sample)
    assert whole(copy_of_sample) == before
    statuses = copy_of_sample.query(
        "select row_status, count(*) from market.int_market__row_status "
        "where ingest_date = '2025-07-12' group by row_status"
    )
    assert statuses == [("repeated", 12)]


def test_correction_replaces_the_session_and_both_stay_in_history(
    copy_of_sample: Lake, tmp_path: Path
) -> None:
    """The corrected session of 10 July lacks MOTV3; its weight went to ABEV3."""
    text = DOWNLOADS[0].read_bytes().decode("iso-8859-1")
    text = re.sub("MOTV3;.*\n", "", text).replace("4.394.835.131;2,756", "5.386.756.068;3,384")
    corrected = tmp_path / "IBOV_2025-07-10_again.csv"
    corrected.write_bytes(text.encode("iso-8859-1"))
    land(copy_of_sample, corrected, "2025-07-12")
    build(copy_of_sample)
    assert one(copy_of_sample, "2025-07-10", "ABEV3", "participacao_pct, variacao_pp") == (
        Decimal("3.384"),
        Decimal("0.432"),
    )
    assert one(copy_of_sample, "2025-07-11", "ABEV3", "participacao_anterior_pct") == (
        Decimal("3.384"),
    )
    assert one(copy_of_sample, "2025-07-11", "MOTV3", "is_entrada") == (True,)
    assert copy_of_sample.query(
        "select count(*) from market.fct_market__carteira_diaria where ticker = 'MOTV3'"
    ) == [(1,)]
    assert set(
        copy_of_sample.query(
            "select ticker, known_from, known_to from market.int_market__carteira "
            "where data_pregao = date '2025-07-10' and ticker in ('ABEV3', 'MOTV3') "
            "and known_from is not null"
        )
    ) == {
        ("ABEV3", date(2025, 7, 10), date(2025, 7, 12)),
        ("ABEV3", date(2025, 7, 12), None),
        ("MOTV3", date(2025, 7, 10), date(2025, 7, 12)),
    }


def test_form_without_sectors_never_overwrites_one_with_them(
    copy_of_sample: Lake, tmp_path: Path
) -> None:
    before = whole(copy_of_sample)
    answer = json.loads(ANSWER.read_text())
    for row in answer["results"]:
        row["segment"] = row["partAcum"] = None
        row["asset"] = "OTHER"
    by_code = tmp_path / "GetPortfolioDay_IBOV_by_code_en-us.json"
    by_code.write_text(json.dumps(answer))
    land(copy_of_sample, by_code, "2025-07-12")
    build(copy_of_sample)
    assert whole(copy_of_sample) == before


def translated(answer: dict) -> dict:
    """The answer as the source would have written it in the other language."""
    is_english = re.search(r"\.\d{3}$", answer["header"]["part"])
    swapped = str.maketrans(",.", ".,")
    copy = json.loads(json.dumps(answer))
    month_or_day, day_or_month, year = copy["header"]["date"].split("/")
    copy["header"]["date"] = f"{day_or_month}/{month_or_day}/{year}"
    copy["header"]["text"] = (
        "Quantidade Teórica Total" if is_english else "Total Theorethical Quantity"
    )
    copy["header"]["textReductor"] = "Redutor" if is_english else "Reductor"
    for node, names in [
        (copy["header"], ("part", "partAcum", "reductor", "theoricalQty")),
        *((row, ("part", "partAcum", "theoricalQty")) for row in copy["results"]),
    ]:
        for name in names:
            node[name] = node[name] and node[name].translate(swapped)
    return copy


@pytest.mark.parametrize(
    ("folder", "name", "rows"),
    [
        (SAMPLE, ANSWER.name, 13),
        pytest.param(
            Path(REAL_DATA or ".") / "market",
            "GetPortfolioDay_IBOV_2025-04-07_en-us.json",
            87,
            marks=needs_real_data,
        ),
        pytest.param(
            Path(REAL_DATA or ".") / "market",
            "GetPortfolioDay_IBOV_2022-12-08_pt-br.json",
            92,
            marks=needs_real_data,
        ),
    ],
)
def test_both_languages_give_identical_marts(
    folder: Path, name: str, rows: int, tmp_path: Path
) -> None:
    lake = Lake(tmp_path / "one")
    land(lake, folder / name, "2025-07-12")
    build(lake)
    before = whole(lake)
    assert len(before["fct_market__carteira_diaria"]) == rows

    languages = ("en-us", "pt-br") if "en-us" in name else ("pt-br", "en-us")
    other = tmp_path / name.replace(*languages)
    other.write_text(json.dumps(translated(json.loads((folder / name).read_text()))))
    second = Lake(tmp_path / "two")
    land(second, other, "2025-07-12")
    build(second)
    assert whole(second) == before

    # As a re-scrape of the first one it is the same again.
    land(lake, other, "2025-07-13")
    build(lake)
    assert whole(lake) == before
    assert lake.query(
        "select row_status, count(*) from market.int_market__row_status "
        "where ingest_date = '2025-07-13' group by row_status"
    ) == [("repeated", rows)]


@needs_real_data
def test_recorded_days_hold_together(tmp_path: Path) -> None:
    """All recorded days in one lake, with every test: totals, sector sums, entries and exits."""
    lake = Lake(tmp_path)
    names = {
        "GetPortfolioDay_IBOV_2022-12-08_pt-br.json": "2022-12-08",
        "GetPortfolioDay_IBOV_2025-04-07_en-us.json": "2025-04-07",
        "IBOV_2025-07-10.csv": "2025-07-10",
        "IBOV_2025-07-11.csv": "2025-07-11",
    }
    for name, day in names.items():
        land(lake, Path(REAL_DATA or ".") / "market" / name, day)
    build(lake)
    assert lake.query(
        "select acoes_count, participacao_total_pct, quantidade_total, redutor "
        "from market.fct_market__pregao order by data_pregao"
    ) == [
        (count, Decimal("100.000"), quantity, Decimal(divisor))
        for count, quantity, divisor in [
            (92, 101053551382, "18553794.87445950"),
            (87, 99015750716, "16036751.16744128"),
            (84, 91922324640, "15438607.05630450"),
            (84, 91922324640, "15438607.05630450"),
        ]
    ]
    assert lake.query("select count(*) from market.rpt_market__resumo_por_setor") == [(59,)]
    # Between the two July sessions all quantities are equal and nearly all weights change.
    assert lake.query(
        "select count(*) from market.fct_market__carteira_diaria "
        "where data_pregao = date '2025-07-11' and (is_entrada or variacao_pp is null)"
    ) == [(0,)]
