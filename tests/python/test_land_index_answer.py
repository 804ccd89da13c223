"""Answers and downloads of the stock index: what is landed, and why the rest is refused.

Source: docs/domains/market.md#complete-or-nothing.
"""

import json
import os
from collections.abc import Callable, Sequence
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from lakehouse.errors import ContractError, DeliveryError
from lakehouse.landing.contract import DomainContract, read_contract
from lakehouse.landing.delivery import Delivery
from lakehouse.landing.land import LandedLoad, land_delivery
from lakehouse.landing.raw_store import LocalRawStore

EXCERPT = "GetPortfolioDay_IBOV_2025-04-07_en-us_excerpt.json"
REAL_DATA = os.environ.get("LAKEHOUSE_REAL_DATA")
NAME = "GetPortfolioDay_IBOV_day_pt-br.json"
Answer = dict[str, Any]


@pytest.fixture(scope="session")
def market(project_dir: Path) -> DomainContract:
    return read_contract("market", project_dir=project_dir)


@pytest.fixture
def land_index(raw: Path, market: DomainContract) -> Callable[..., list[LandedLoad]]:
    def land_files(*paths: Path, **options: Any) -> list[LandedLoad]:
        deliveries = [Delivery("carteira", path) for path in paths]
        options = {"received_at": datetime(2025, 7, 11, 12, tzinfo=UTC), **options}
        return land_delivery(deliveries, contract=market, store=LocalRawStore(raw), **options)

    return land_files


@pytest.fixture
def index_rows(raw: Path) -> Callable[[], list[dict[str, Any]]]:
    return lambda: [
        row
        for path in sorted(raw.glob("market/carteira/*/*.parquet"))
        for row in pq.ParquetFile(path).read().to_pylist()
    ]


def answer(
    rows: Sequence[tuple[str, str, str]] = (
        ("ABEV3", "60,000", "1.000"),
        ("BBAS3", "40,000", "234"),
    ),
    *,
    page: int = 1,
    pages: int = 1,
    records: int | None = None,
    **header: str | None,
) -> Answer:
    return {
        "page": {
            "pageNumber": page,
            "pageSize": 20,
            "totalRecords": len(rows) if records is None else records,
            "totalPages": pages,
        },
        "header": {
            "date": "10/07/25",
            "text": "Quantidade Teórica Total",
            "part": "100,000",
            "partAcum": None,
            "textReductor": "Redutor",
            "reductor": "15.438.607,05630450",
            "theoricalQty": "1.234",
            **header,
        },
        "results": [
            {
                "segment": None,
                "cod": cod,
                "asset": "A",
                "type": "ON",
                "part": part,
                "partAcum": None,
                "theoricalQty": quantity,
            }
            for cod, part, quantity in rows
        ],
    }


def without(answer: Answer, *path: Any) -> Answer:
    copy = deepcopy(answer)
    node = copy
    for key in path[:-1]:
        node = node[key]
    del node[path[-1]]
    return copy


def download(
    *rows: str,
    title: str = "IBOV - Carteira do Dia 10/07/25",
    names: str = "Código;Ação;Tipo;Qtde. Teórica;Part. (%)",
    totals: str = "Quantidade Teórica Total;;;1.234;100,000\nRedutor;;;15.438.607,05630450\n",
) -> bytes:
    rows = rows or ("ABEV3;AÇÃO;ON;1.000;60,000;", "BBAS3;A;ON      NM;234;40,000;")
    return "\n".join([title, names, *rows, totals]).encode("iso-8859-1")


def test_every_row_carries_the_header_and_what_the_request_asked_for(write, land_index, index_rows):
    path = write("GetPortfolioDay_IBOV_1999-01-01_pt-br_any.json", json.dumps(answer()))
    [load] = land_index(path)
    assert (load.outcome, load.row_count, load.warnings) == ("landed", 2, ())
    rows = index_rows()
    assert [(r["cod"], r["part"], r["theorical_qty"], r["source_row"]) for r in rows] == [
        ("ABEV3", "60,000", "1.000", 1),
        ("BBAS3", "40,000", "234", 2),
    ]
    header = {name: rows[0][name] for name in rows[0] if name.startswith("header_")}
    assert header == {
        "header_date": "10/07/25",
        "header_text": "Quantidade Teórica Total",
        "header_part": "100,000",
        "header_part_acum": None,
        "header_text_reductor": "Redutor",
        "header_reductor": "15.438.607,05630450",
        "header_theorical_qty": "1.234",
    }
    for row in rows:
        assert (row["indice"], row["idioma"], row["total_records"]) == ("IBOV", "pt-br", "2")
        assert row["is_full_extract"] is True
        assert row["segment"] is None
        assert {name: row[name] for name in header} == header


def test_download_is_landed_as_delivered_in_portuguese(write, land_index, index_rows):
    land_index(write("any name.csv", download()))
    first, second = index_rows()
    assert (first["indice"], first["idioma"], first["header_date"]) == ("IBOV", "pt-br", "10/07/25")
    assert (first["asset"], first["type"], second["type"]) == ("AÇÃO", "ON", "ON      NM")
    assert (first["theorical_qty"], first["part"]) == ("1.000", "60,000")
    assert first["header_reductor"] == "15.438.607,05630450"
    assert (first["header_theorical_qty"], first["header_part"]) == ("1.234", "100,000")
    assert [first[name] for name in ("segment", "part_acum", "total_records")] == [None] * 3
    assert (first["source_row"], second["source_row"]) == (1, 2)


def test_columns_of_a_download_are_read_by_name(write, land_index, index_rows):
    [load] = land_index(
        write(
            "d.csv",
            download(
                "x;1.234;100,000;ON;A;ABEV3",
                names="Novo;Qtde. Teórica;Part. (%);Tipo;Ação;Código",
            ),
        )
    )
    assert (index_rows()[0]["cod"], index_rows()[0]["part"]) == ("ABEV3", "100,000")
    assert "'Novo' is not in the contract of carteira and kept in rescued_data" in load.warnings[0]


def test_pages_of_one_session_are_one_load(write, land_index, index_rows):
    first = answer([("ABEV3", "60,000", "1.000")], page=1, pages=2, records=2)
    second = answer([("BBAS3", "40,000", "234")], page=2, pages=2, records=2)
    paths = [
        write(f"GetPortfolioDay_IBOV_x_pt-br_page{number}.json", json.dumps(page))
        for number, page in ((2, second), (1, first))
    ]
    [load] = land_index(*paths)
    assert load.row_count == 2
    assert {row["source_file"] for row in index_rows()} == {path.name for path in paths}


def test_sessions_and_indexes_may_share_a_call(write, land_index):
    [load] = land_index(
        write("a.csv", download()),
        write("b.csv", download(title="IBOV - Carteira do Dia 11/07/25")),
        write("c.csv", download(title="SMLL - Carteira do Dia 10/07/25")),
    )
    assert load.row_count == 6


def test_a_row_may_lack_the_sum_of_its_sector(write, land_index):
    assert land_index(write(NAME, json.dumps(with_sector_sum(answer(), None))))[0].row_count == 2


def test_weights_may_miss_the_header_by_rounding_only(write, land_index):
    at_the_limit = answer(part="100,001")
    beyond = answer(part="100,002")
    assert land_index(write(NAME, json.dumps(at_the_limit)))[0].outcome == "landed"
    with pytest.raises(DeliveryError, match=r"weights of IBOV of 2025-07-10 add up to 100\.000"):
        land_index(write(NAME, json.dumps(beyond)))


def test_values_and_marks_of_broken_characters_stay(write, land_index, index_rows):
    odd = answer(text="Quantidade Te\ufffdrica Total")
    odd["results"][0]["asset"] = "  A\ufffd  "
    odd["results"][0]["new"] = 1
    [load] = land_index(write(NAME, json.dumps(odd)))
    assert index_rows()[0]["header_text"] == "Quantidade Te\ufffdrica Total"
    assert index_rows()[0]["asset"] == "  A\ufffd  "
    assert "'new' is not in the contract of carteira and kept in rescued_data" in load.warnings[0]


def test_same_answer_again_changes_nothing_and_lands_in_a_new_delivery(write, land_index, raw):
    path = write(NAME, json.dumps(answer()))
    land_index(path)
    assert land_index(path)[0].outcome == "repeated"
    assert len(list(raw.rglob("*.parquet"))) == 1


AGAIN = "fetch the session again"


def with_sector_sum(whole: Answer, text: str | None) -> Answer:
    whole["results"][0]["partAcum"] = text
    return whole


BAD_ANSWERS: dict[str, tuple[str, Answer | str, list[str]]] = {
    "html": (NAME, "<!doctype html><html>busy</html>", ["line 1: HTML", AGAIN]),
    "cut off": (NAME, json.dumps(answer())[:-20], ["not JSON", AGAIN]),
    "a list": (NAME, "[]", ["no page in the answer", AGAIN]),
    "an error with status 200": (NAME, '{"message": "x"}', ["no page in the answer", AGAIN]),
    "no results": (NAME, without(answer(), "results"), ["no results in the answer", AGAIN]),
    "empty list": (NAME, answer([]), ["empty list", AGAIN]),
    "a row that is none": (NAME, {**answer(), "results": ["x"]}, ["row 1: not a JSON object"]),
    "row without code": (NAME, without(answer(), "results", 1, "cod"), ["row 2: no cod", AGAIN]),
    "theoretical portfolio": (
        NAME,
        without(answer(), "header", "date"),
        ["header has no date", "GetTheoricalPortfolio", "fetch GetPortfolioDay"],
    ),
    "null date": (NAME, answer(date=None), ["header has no date"]),
    "no divisor": (NAME, answer(reductor=None), ["header has no reductor", AGAIN]),
    "no page number": (
        NAME,
        without(answer(), "page", "totalPages"),
        ["totalPages of the page is no number", AGAIN],
    ),
    "name without language": (
        "GetPortfolioDay_IBOV_2025-07-10.json",
        answer(),
        ["does not match", "name it as GetPortfolioDay_IBOV_2025-04-07_en-us.json"],
    ),
    "name of another call": ("GetTheoricalPortfolio_IBOV_x_pt-br.json", answer(), ["not match"]),
    "unknown language": ("GetPortfolioDay_IBOV_x_fr-fr.json", answer(), ["does not match"]),
    "day of another language": (
        "GetPortfolioDay_IBOV_x_en-us.json",
        answer(date="31/07/25"),
        ["'31/07/25' in the header is no session date in en-us", "check the language"],
    ),
    "numbers of another language": (
        "GetPortfolioDay_IBOV_x_en-us.json",
        answer(),
        ["row 1: theorical_qty is '1.000', no number with at most 0 decimals in en-us"],
    ),
    "grouping not of threes": (
        NAME,
        answer([("ABEV3", "100,000", "12.34")]),
        ["row 1: theorical_qty is '12.34'", "in pt-br"],
    ),
    "a null weight": (NAME, answer([("ABEV3", None, "1.234")]), ["row 1: part is None"]),
    "divisor unreadable": (NAME, answer(reductor="1,5,0"), ["header_reductor is '1,5,0'"]),
    "total with decimals": (NAME, answer(theoricalQty="1.234,0"), ["is '1.234,0'", "most 0 dec"]),
    "divisor too long": (NAME, answer(reductor="1,123456789"), ["most 8 decimals"]),
    "rows missing": (NAME, answer(records=3), ["2 rows where totalRecords says 3", AGAIN]),
    "quantities": (
        NAME,
        answer(theoricalQty="1.235"),
        ["quantities of IBOV of 2025-07-10 add up to 1234, the header says 1235", AGAIN],
    ),
    "more than the header says": (NAME, answer(theoricalQty="1.233"), ["add up to 1234", "1233"]),
    "weights": (NAME, answer(part="99,998"), ["weights", "add up to 100.000", "2 rows", AGAIN]),
    "a code twice": (
        NAME,
        answer([("ABEV3", "60,000", "1.000"), (" ABEV3", "40,000", "234")]),
        ["row 2: ABEV3 stands in", "row 1 already", "not one composition", AGAIN],
    ),
    "a null code": (
        NAME,
        answer([(None, "60,000", "1.000"), ("BBAS3", "40,000", "234")]),
        ["row 1: no code", "a share of IBOV of 2025-07-10 is missing", AGAIN],
    ),
    "a blank code": (NAME, answer([(" ", "100,000", "1.234")]), ["row 1: no code"]),
    "a sum of a sector that is no number": (
        NAME,
        with_sector_sum(answer(), "n/d"),
        ["row 1: part_acum is 'n/d'", AGAIN],
    ),
    "divisor 0": (NAME, answer(reductor="0,00"), ["header_reductor is 0", AGAIN]),
    "a quantity that no column holds": (
        NAME,
        answer([("ABEV3", "100,000", "1" * 19)]),
        ["row 1: theorical_qty", "more than the 18 digits that fit", AGAIN],
    ),
    "a page missing": (
        NAME,
        answer(pages=3, records=9),
        ["page 2, 3 of 3 is missing", "land them in one call"],
    ),
    "a page too many": (NAME, answer(page=4, pages=1), ["page 1, 4 of 1 is missing"]),
}


@pytest.mark.parametrize("case", BAD_ANSWERS)
def test_bad_answer_lands_nothing_and_says_why(case, write, land_index, left_behind):
    name, content, words = BAD_ANSWERS[case]
    path = write(name, content if isinstance(content, str) else json.dumps(content))
    good = write("good.csv", download(title="IBOV - Carteira do Dia 09/07/25"))
    with pytest.raises(DeliveryError) as error:
        land_index(good, path)
    for word in [name, *words]:
        assert word in str(error.value)
    assert left_behind() == []


BAD_DOWNLOADS: dict[str, tuple[bytes, list[str]]] = {
    "html": (b"<html>busy</html>", ["line 1: HTML", AGAIN]),
    "no title": (download(title="Carteira"), ["line 1: no title", AGAIN]),
    "only a title": (download()[:31], ["line 2: the column Código", "missing"]),
    "missing column": (
        download(names="Código;Ação;Tipo;Qtde. Teórica"),
        ["line 2: the column Part. (%) is missing", AGAIN],
    ),
    "utf-8": (
        download().decode("iso-8859-1").encode("utf-8"),
        ["line 2: the column Código, Ação, Qtde. Teórica is missing", "iso-8859-1"],
    ),
    "duplicated column": (
        download(names="Código;Ação;Tipo;Qtde. Teórica;Part. (%);Tipo"),
        ["duplicated column Tipo"],
    ),
    "cut off": (download(totals=""), ["does not end with the totals", "cut off", AGAIN]),
    "total without a divisor": (
        download(totals="Quantidade Teórica Total;;;1.234;100,000\nOutro;;;1,0"),
        ["does not end with the totals"],
    ),
    "cut off in the totals": (download(totals="Quantidade Teórica Total;;;1.234;100,000"), ["cut"]),
    "no rows": (download("", names="Código;Ação;Tipo;Qtde. Teórica;Part. (%)"), ["no rows", AGAIN]),
    "fields missing": (download("ABEV3;A;ON;1.234"), ["line 3: 4 fields where the header has 5"]),
    "fields too many": (download("ABEV3;A;ON;1.234;1;1;"), ["line 3: 7 fields"]),
    "not csv": (download('ABEV3;"A;ON;1.234;1;'), ["not CSV", AGAIN]),
    "day": (download(title="IBOV - Carteira do Dia 07/31/25"), ["no session date in pt-br"]),
    "quantities": (download("ABEV3;A;ON;1.000;100,000;"), ["add up to 1000, the header says 1234"]),
    "weights": (download("ABEV3;A;ON;1.234;99,998;"), ["add up to 99.998", "rounding of 1 rows"]),
    "number": (download("ABEV3;A;ON;1,234;100,000;"), ["line 3: theorical_qty is '1,234'"]),
}


@pytest.mark.parametrize("case", BAD_DOWNLOADS)
def test_bad_download_lands_nothing_and_says_why(case, write, land_index, left_behind):
    content, words = BAD_DOWNLOADS[case]
    with pytest.raises(DeliveryError) as error:
        land_index(write("IBOV.csv", content))
    for word in ["IBOV.csv", *words]:
        assert word in str(error.value)
    assert left_behind() == []


def test_two_deliveries_of_a_session_in_one_call_are_refused(write, land_index, left_behind):
    other = "GetPortfolioDay_IBOV_other_pt-br.json"
    english = answer(
        [("ABEV3", "100.000", "1,234")],
        date="07/10/25",
        part="100.000",
        reductor="1",
        theoricalQty="1,234",
        page=2,
        pages=2,
        records=3,
    )
    pairs = [
        (write(NAME, json.dumps(answer())), write(other, json.dumps(answer()))),
        (write(NAME, json.dumps(answer())), write("d.csv", download())),
        (write("d.csv", download()), write(NAME, json.dumps(answer()))),
        (write("d.csv", download()), write("e.csv", download())),
        (
            write("GetPortfolioDay_IBOV_x_pt-br.json", json.dumps(answer(pages=2, records=3))),
            write("GetPortfolioDay_IBOV_x_en-us.json", json.dumps(english)),
        ),
    ]
    for first, second in pairs:
        with pytest.raises(DeliveryError, match="two deliveries of IBOV of 2025-07-10 in one call"):
            land_index(first, second)
    assert left_behind() == []


def test_pages_with_different_headers_are_refused(write, land_index, left_behind):
    first = answer([("ABEV3", "60,000", "1.000")], page=1, pages=2, records=2)
    for second in (
        answer([("BBAS3", "40,000", "234")], page=2, pages=2, records=2, reductor="2"),
        answer([("BBAS3", "40,000", "234")], page=2, pages=2, records=3),
        answer([("BBAS3", "40,000", "234")], page=2, pages=3, records=2),
    ):
        paths = [
            write(f"GetPortfolioDay_IBOV_{number}_pt-br.json", json.dumps(page))
            for number, page in ((1, first), (2, second))
        ]
        with pytest.raises(DeliveryError, match="with different headers"):
            land_index(*paths)
    assert left_behind() == []


def test_contract_names_columns_in_its_file_name_pattern(market, project_dir, tmp_path):
    """A misspelt group would leave the column null in every row."""
    source = project_dir / "models/market/staging/_market__sources.yml"
    copy = tmp_path / "models/market/staging/_market__sources.yml"
    copy.parent.mkdir(parents=True)
    for wrong in ("(?P<index>", "(?P<indice"):
        copy.write_text(source.read_text().replace("(?P<indice>", wrong))
        with pytest.raises(ContractError):
            read_contract("market", project_dir=tmp_path)


def test_the_raw_sample_of_the_repository_is_what_its_source_delivers(
    project_dir, land_index, index_rows
):
    for path in sorted((project_dir / "data/source/market").glob("*.*v")):
        land_index(path)
    land_index(project_dir / "data/source/market" / EXCERPT)
    of_this_landing = ("load_id", "recorded_at")
    landed = [
        row
        for path in sorted((project_dir / "data/raw/market/carteira").glob("*/*.parquet"))
        for row in pq.ParquetFile(path).read().to_pylist()
    ]

    def delivered(rows):
        # The sample was landed before the raw zone had the column.
        rows = [{"rescued_data": None, **row} for row in rows]
        kept = [{k: v for k, v in row.items() if k not in of_this_landing} for row in rows]
        return sorted(kept, key=lambda row: (row["source_file"], row["source_row"]))

    assert delivered(landed) == delivered(index_rows())
    assert len(landed) == 37


@pytest.mark.skipif(not REAL_DATA, reason="LAKEHOUSE_REAL_DATA does not name the recorded answers")
def test_recorded_days_are_landed_whole(land_index, index_rows):
    folder = Path(REAL_DATA) / "market"
    names = [
        "GetPortfolioDay_IBOV_2022-12-08_pt-br.json",
        "GetPortfolioDay_IBOV_2025-04-07_en-us.json",
        "IBOV_2025-07-10.csv",
        "IBOV_2025-07-11.csv",
    ]
    [load] = land_index(*(folder / name for name in names))
    assert (load.row_count, load.warnings) == (92 + 87 + 84 + 84, ())
    texts = "".join(
        value for row in index_rows() for value in row.values() if isinstance(value, str)
    )
    assert texts.count("\ufffd") >= 123
    with pytest.raises(DeliveryError, match=r"page 2, 3, 4, 5, 6 of 6 is missing, .* in SMLL"):
        land_index(folder / "GetPortfolioDay_SMLL_2023-09-20_pt-br_page1of6_header_and_1_row.json")
