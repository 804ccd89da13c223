"""`lakehouse extract` against real servers: PostgreSQL with TLS, an HTTPS API, a transient zone."""

import base64
import gzip
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import fake_aws
import postgres_server
import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import source_server
from lake import PROJECT
from postgres_server import PostgresServer
from source_server import SourceServer
from typer.testing import CliRunner

from lakehouse.cli import app
from lakehouse.errors import SourceError, UsageError
from lakehouse.extraction.extract import Extraction, Places, extract_domain, extract_object
from lakehouse.extraction.http_source import HttpClient, http_client
from lakehouse.extraction.transient import LocalTransientZone, S3TransientZone
from lakehouse.landing.catalogue import raw_table_input
from lakehouse.landing.contract import read_contract
from lakehouse.landing.raw_store import LocalRawStore, S3RawStore

SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:lakehouse-dev/source/retail"
# docs/domains/retail.md#employees
NAMES = ["Rob Carsson", "Eli Preston", "Tom Lindwall", "Leif Shine", "Ingrid Hendrix"]
UNKNOWN_ID = b"The argument is not correct"
SALES = [
    (1, 1, 1, "2017-10-01", "21636"),
    (2, 1, 4, "2018-05-12", "3312"),
    (3, 1, 3, "2019-02-01", "11778.50"),
]
ANSWER = PROJECT / "data/source/market/GetPortfolioDay_IBOV_2025-04-07_en-us_excerpt.json"
MONDAY = datetime(2026, 3, 2, 6, tzinfo=UTC)


@pytest.fixture(scope="module")
def postgres() -> Iterator[PostgresServer]:
    with postgres_server.running() as server:
        yield server


@pytest.fixture
def sales(postgres: PostgresServer) -> Iterator[psycopg.Connection]:
    """The source's database with its first three sales; other sessions see each statement."""
    postgres.create_database("shop")
    with postgres.connect("shop") as opened:
        opened.execute(
            "create table public.venda (id_venda int primary key, id_funcionario int, "
            "id_categoria int, data_venda date, venda numeric)"
        )
        for row in SALES:
            opened.execute("insert into public.venda values (%s, %s, %s, %s, %s)", row)
        yield opened


@pytest.fixture
def source(tmp_path: Path) -> Iterator[SourceServer]:
    with source_server.running(tmp_path) as server:
        yield server


@dataclass
class Bench:
    """An extraction at a time of the test's choosing; `pauses` are the waits between attempts."""

    places: Places
    pauses: list[float]

    def extract(self, domain: str, *entities: str, whole: bool = False) -> Extraction:
        contract = read_contract(domain, project_dir=PROJECT)
        return extract_domain(entities, contract=contract, places=self.places, whole=whole)

    def extract_object(self, domain: str, address: str) -> Extraction:
        contract = read_contract(domain, project_dir=PROJECT)
        return extract_object(address, contract=contract, places=self.places)

    def at(self, moment: datetime, **settings: str) -> "Bench":
        places = replace(
            self.places, now=lambda: moment, settings={**self.places.settings, **settings}
        )
        return Bench(places, self.pauses)

    def rows(self, domain: str, entity: str) -> list[dict[str, object]]:
        store = self.places.store
        return [
            row
            for file in sorted(store.list_files(domain), key=lambda file: file.load_id)
            if file.entity == entity
            for row in pq.ParquetFile(store.root / file.key).read().to_pylist()
        ]

    def deliver(self, key: str, content: str | bytes, *, arrived_at: datetime) -> Path:
        """Put an object into the transient zone as a sender does."""
        path = self.places.zone.root / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        os.utime(path, (arrived_at.timestamp(), arrived_at.timestamp()))
        return path


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    pauses: list[float] = []

    def client(ca_file: str | None) -> HttpClient:
        return replace(http_client(ca_file), sleep=pauses.append)

    places = Places(
        store=LocalRawStore(tmp_path / "raw"),
        zone=LocalTransientZone(tmp_path / "transient"),
        settings={},
        http=client,
        secrets=lambda: pytest.fail("no secret is needed here"),
        now=lambda: MONDAY,
    )
    return Bench(places, pauses)


@pytest.fixture
def retail(
    bench: Bench, postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Bench]:
    """A bench whose sales come from the database `shop`, by a secret."""
    aws = fake_aws.FakeAws(secrets={SECRET: json.dumps(postgres.secret("shop"))})
    with fake_aws.running(aws) as environment:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        import boto3

        settings = {
            "LAKEHOUSE_RETAIL_VENDA": SECRET,
            "LAKEHOUSE_RETAIL_VENDA_CA": str(postgres.ca_file),
        }
        secrets = boto3.client("secretsmanager")
        yield Bench(replace(bench.places, settings=settings, secrets=lambda: secrets), bench.pauses)


def staff(known: dict[int, str]) -> Callable[[str], tuple[int, bytes]]:
    """The API of employees: status 200 whatever is asked."""

    def answer(path: str) -> tuple[int, bytes]:
        number = int(parse_qs(urlsplit(path).query)["id"][0])
        return 200, known[number].encode() if number in known else UNKNOWN_ID

    return answer


def with_staff(bench: Bench, source: SourceServer) -> Bench:
    return bench.at(
        MONDAY,
        LAKEHOUSE_RETAIL_FUNCIONARIO=f"{source.address}/staff",
        LAKEHOUSE_RETAIL_FUNCIONARIO_CA=str(source.ca_file),
    )


# PostgreSQL


def test_the_first_extract_of_a_table_is_whole_and_in_the_servers_own_text(sales, retail):
    [load] = retail.extract("retail", "venda").landed
    rows = retail.rows("retail", "venda")
    columns = ("id_venda", "id_funcionario", "id_categoria", "data_venda", "venda")
    assert load.outcome == "landed"
    assert [tuple(row[name] for name in columns) for row in rows] == [
        tuple(map(str, sale)) for sale in SALES
    ]
    assert {row["is_full_extract"] for row in rows} == {True}


def test_later_extracts_are_what_lies_above_the_highest_id_until_a_week_has_passed(sales, retail):
    retail.extract("retail", "venda")
    sales.execute("insert into public.venda values (4, 1, 4, '2016-01-01', 5)")
    sales.execute("delete from public.venda where id_venda = 2")
    retail.at(MONDAY + timedelta(hours=1)).extract("retail", "venda")
    added = retail.rows("retail", "venda")[3:]
    assert [(row["id_venda"], row["is_full_extract"]) for row in added] == [("4", False)]

    nothing = retail.at(MONDAY + timedelta(days=6)).extract("retail", "venda")
    assert [load.outcome for load in nothing.landed] == ["empty"]

    retail.at(MONDAY + timedelta(days=7)).extract("retail", "venda")
    compared = retail.rows("retail", "venda")[4:]
    assert [(row["id_venda"], row["is_full_extract"]) for row in compared] == [
        ("1", True),
        ("3", True),
        ("4", True),
    ]


def test_the_same_whole_table_again_on_one_day_is_a_no_op(sales, retail):
    retail.extract("retail", "venda")
    again = retail.at(MONDAY + timedelta(hours=2)).extract("retail", "venda", whole=True)
    assert [load.outcome for load in again.landed] == ["repeated"]
    assert len(retail.rows("retail", "venda")) == len(SALES)


def test_a_whole_table_without_rows_lands_nothing(sales, retail):
    sales.execute("truncate public.venda")
    [error] = retail.extract("retail", "venda").errors
    assert "public.venda has no rows" in str(error)
    assert retail.rows("retail", "venda") == []


def test_a_secret_that_changed_between_two_runs_is_read_anew(sales, bench, postgres, monkeypatch):
    """Rotated as Secrets Manager does it: a new login takes the place of the old one."""
    sales.execute("drop role if exists rotated")
    sales.execute("create role rotated login superuser password 'before'")
    login = {**postgres.secret("shop"), "username": "rotated", "password": "before"}
    aws = fake_aws.FakeAws(secrets={SECRET: json.dumps(login)})
    with fake_aws.running(aws) as environment:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        import boto3

        client = boto3.client("secretsmanager")
        settings = {
            "LAKEHOUSE_RETAIL_VENDA": SECRET,
            "LAKEHOUSE_RETAIL_VENDA_CA": str(postgres.ca_file),
        }
        rotated = Bench(
            replace(bench.places, settings=settings, secrets=lambda: client), bench.pauses
        )
        assert rotated.extract("retail", "venda").errors == ()
        sales.execute("alter role rotated password 'after'")
        sales.execute("insert into public.venda values (9, 1, 1, '2020-01-01', 1)")
        refused = rotated.at(MONDAY + timedelta(days=1)).extract("retail", "venda")
        assert "password authentication failed" in str(refused.errors[0])
        aws.secrets[SECRET] = json.dumps({**login, "password": "after"})
        again = rotated.at(MONDAY + timedelta(days=1)).extract("retail", "venda")
    assert again.errors == ()
    assert len(bench.rows("retail", "venda")) > len(SALES)


def test_a_table_without_a_promised_column_lands_nothing_and_names_it(sales, retail):
    sales.execute("alter table public.venda rename venda to valor")
    [error] = retail.extract("retail", "venda").errors
    assert isinstance(error, SourceError) and "extracted.venda" in str(error)
    assert retail.rows("retail", "venda") == []


def test_the_snapshot_holds_nothing_that_is_written_while_it_is_read(sales, retail, postgres):
    """The extract waits for a lock; a row committed before its snapshot's end is not in it."""
    from lakehouse.extraction.postgres_source import _begin_snapshot
    from lakehouse.postgres import connection, login_from_secret

    login = login_from_secret(
        SECRET, secrets=retail.places.secrets(), ca_file=str(postgres.ca_file)
    )
    with connection(login, application="test", error=SourceError) as opened:
        _begin_snapshot(opened)
        before = opened.execute("select count(*) from public.venda").fetchone()
        sales.execute("insert into public.venda values (9, 1, 1, '2020-01-01', 1)")
        assert opened.execute("select count(*) from public.venda").fetchone() == before
    with (
        pytest.raises(SourceError, match="read-only transaction"),
        connection(login, application="test", error=SourceError) as opened,
    ):
        _begin_snapshot(opened)
        opened.execute("delete from public.venda")


def test_a_server_whose_certificate_nobody_vouches_for_is_not_logged_in_to(sales, retail, source):
    stranger = retail.at(MONDAY, LAKEHOUSE_RETAIL_VENDA_CA=str(source.ca_file))
    [error] = stranger.extract("retail", "venda").errors
    assert "certificate verify failed" in str(error)
    assert retail.rows("retail", "venda") == []


def test_a_server_with_the_certificate_of_another_is_not_logged_in_to(sales, retail, postgres):
    by_number = {**postgres.secret("shop"), "host": "127.0.0.1"}
    with fake_aws.running(fake_aws.FakeAws(secrets={SECRET: json.dumps(by_number)})) as environment:
        import boto3

        client = boto3.client("secretsmanager", endpoint_url=environment["AWS_ENDPOINT_URL"])
        places = replace(retail.places, secrets=lambda: client)
        [error] = Bench(places, []).extract("retail", "venda").errors
    assert "does not match host name" in str(error)


def test_no_error_shows_the_password(sales, retail, postgres):
    wrong = {**postgres.secret("shop"), "password": "hunter2-not-this"}
    fake = fake_aws.FakeAws(secrets={SECRET: json.dumps(wrong)})
    with fake_aws.running(fake) as environment:
        import boto3

        client = boto3.client("secretsmanager", endpoint_url=environment["AWS_ENDPOINT_URL"])
        places = replace(retail.places, secrets=lambda: client)
        [error] = Bench(places, []).extract("retail", "venda").errors
    assert "password authentication failed" in str(error)
    assert "hunter2" not in f"{error!r} {error.__cause__!r}"


def test_a_secret_that_does_not_exist_is_named(bench, monkeypatch):
    with fake_aws.running(fake_aws.FakeAws()) as environment:
        import boto3

        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        places = replace(bench.places, secrets=lambda: boto3.client("secretsmanager"))
        [error] = (
            Bench(places, []).at(MONDAY, LAKEHOUSE_RETAIL_VENDA=SECRET).extract("retail", "venda")
        ).errors
    assert SECRET in str(error)


# The API of employees


def test_ids_are_probed_beyond_gaps_until_five_are_unknown(bench, source):
    known = {1: NAMES[0], 2: NAMES[1], 7: f" {NAMES[2]} "}
    source.answer = staff(known)
    done = with_staff(bench, source).extract("retail", "funcionario")
    rows = bench.rows("retail", "funcionario")
    assert [(row["id"], row["nome"]) for row in rows] == [(str(i), n) for i, n in known.items()]
    assert [parse_qs(urlsplit(path).query)["id"] for path in source.asked] == [
        [str(number)] for number in range(1, 13)
    ]
    assert [load.row_count for load in done.landed] == [3]


def test_a_transient_fault_of_one_id_is_retried_with_growing_pauses(bench, source):
    healthy = staff(dict(enumerate(NAMES, start=1)))
    faults = [(503, b"busy"), (200, b"<html>maintenance</html>"), (200, b"")]

    def answer(path: str) -> tuple[int, bytes]:
        return faults.pop(0) if path.endswith("id=3") and faults else healthy(path)

    source.answer = answer
    source.cut_off = {"/staff?id=1"}
    with_staff(bench, source).extract("retail", "funcionario")
    assert [row["nome"] for row in bench.rows("retail", "funcionario")] == NAMES
    assert bench.pauses == [1.0, 1.0, 2.0, 4.0]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ((500, b"no"), "status 500"),
        ((200, b"<!doctype html><p>error"), "HTML"),
        ((200, b'{"error": "down"}'), "JSON"),
        ((200, b""), "empty"),
        ((200, b"two\nlines"), "more than one line"),
        ((404, b"gone"), "status 404"),
        ((302, b"/staff?id=1"), "status 302"),
    ],
)
def test_an_id_that_cannot_be_had_is_never_the_end_of_the_list(bench, source, answer, reason):
    healthy = staff(dict(enumerate(NAMES, start=1)))
    source.answer = lambda path: answer if path.endswith("id=4") else healthy(path)
    [error] = with_staff(bench, source).extract("retail", "funcionario").errors
    assert isinstance(error, SourceError)
    assert "id 4" in str(error) and reason in str(error)
    assert bench.rows("retail", "funcionario") == []


def test_an_api_that_knows_nobody_lands_nothing(bench, source):
    source.answer = staff({})
    [error] = with_staff(bench, source).extract("retail", "funcionario").errors
    assert "not one of the ids 1 to 5 is known" in str(error)


def test_a_certificate_that_nobody_vouches_for_is_refused(bench, source):
    source.answer = staff({1: NAMES[0]})
    stranger = bench.at(MONDAY, LAKEHOUSE_RETAIL_FUNCIONARIO=f"{source.address}/staff")
    [error] = stranger.extract("retail", "funcionario").errors
    assert "certificate verify failed" in str(error).lower()
    assert source.asked == []


def test_an_address_without_tls_is_refused(bench):
    plain = bench.at(MONDAY, LAKEHOUSE_RETAIL_FUNCIONARIO="http://staff.example/api?key=s3cret")
    with pytest.raises(UsageError) as caught:
        plain.extract("retail", "funcionario")
    assert "https://" in str(caught.value) and "s3cret" not in str(caught.value)


def test_an_error_does_not_show_the_query_of_an_address(bench, source):
    source.answer = lambda path: (500, b"")
    keyed = bench.at(
        MONDAY,
        LAKEHOUSE_RETAIL_FUNCIONARIO=f"{source.address}/staff?key=s3cret",
        LAKEHOUSE_RETAIL_FUNCIONARIO_CA=str(source.ca_file),
    )
    [error] = keyed.extract("retail", "funcionario").errors
    assert source.asked[0] == "/staff?key=s3cret&id=1"
    assert "s3cret" not in str(error)


def test_a_server_that_is_down_is_an_error_without_the_address_query(bench):
    down = bench.at(MONDAY, LAKEHOUSE_RETAIL_FUNCIONARIO="https://127.0.0.1:1/staff?key=s3cret")
    [error] = down.extract("retail", "funcionario").errors
    assert "127.0.0.1:1/staff" in str(error) and "s3cret" not in str(error)
    assert len(bench.pauses) == 3


# Parquet at an address


def categories(tmp_path: Path) -> bytes:
    table = pa.table({"id": pa.array([1, 2], pa.int64()), "nome_categoria": ["Babywear", "Bath"]})
    pq.write_table(table, tmp_path / "made.parquet")
    return (tmp_path / "made.parquet").read_bytes()


def with_categories(bench: Bench, source: SourceServer) -> Bench:
    return bench.at(
        MONDAY,
        LAKEHOUSE_RETAIL_CATEGORIA=f"{source.address}/files/today",
        LAKEHOUSE_RETAIL_CATEGORIA_CA=str(source.ca_file),
    )


def test_a_parquet_file_is_landed_and_kept_as_it_came(bench, source, tmp_path):
    content = categories(tmp_path)
    source.answer = lambda path: (200, content)
    source.cut_off = {"/files/today"}
    with_categories(bench, source).extract("retail", "categoria")
    rows = bench.rows("retail", "categoria")
    assert [(row["id"], row["nome_categoria"]) for row in rows] == [
        ("1", "Babywear"),
        ("2", "Bath"),
    ]
    [kept] = (tmp_path / "transient" / "fetched").rglob("categoria.parquet")
    assert kept.read_bytes() == content


@pytest.mark.parametrize("cut", [0, 3, -4])
def test_a_file_that_is_not_whole_lands_nothing(bench, source, tmp_path, cut):
    content = categories(tmp_path)[:cut]
    source.answer = lambda path: (200, content)
    [error] = with_categories(bench, source).extract("retail", "categoria").errors
    assert "nothing is landed" in str(error)
    assert bench.rows("retail", "categoria") == []


def test_one_source_at_fault_does_not_hold_up_the_others(bench, source, tmp_path):
    content, answer = categories(tmp_path), staff({})
    source.answer = lambda path: (200, content) if "files" in path else answer(path)
    both = with_staff(with_categories(bench, source), source)
    both = both.at(
        MONDAY,
        LAKEHOUSE_RETAIL_CATEGORIA=f"{source.address}/files/today",
        LAKEHOUSE_RETAIL_CATEGORIA_CA=str(source.ca_file),
    )
    done = both.extract("retail")
    assert [load.entity for load in done.landed] == ["categoria"]
    assert len(done.errors) == 1
    assert done.unset == ("LAKEHOUSE_RETAIL_VENDA",)


def test_a_source_asked_for_by_name_must_be_set(bench):
    with pytest.raises(UsageError, match="LAKEHOUSE_RETAIL_VENDA is not set"):
        bench.extract("retail", "venda")


# The index API


class Exchange:
    """Sessions in pages, by sector, in Portuguese; page and size are those of the token."""

    def __init__(self, codes: list[str], day: str = "06/03/26"):
        self.codes, self.day, self.sizes, self.tokens = codes, day, 2, []

    def __call__(self, path: str) -> tuple[int, bytes]:
        token = json.loads(base64.b64decode(unquote(path.rpartition("/")[2])))
        self.tokens.append(token)
        number, size = token["pageNumber"], self.sizes
        shown = self.codes[(number - 1) * size : number * size]
        page = {
            "pageNumber": number,
            "pageSize": size,
            "totalRecords": len(self.codes),
            "totalPages": -(-len(self.codes) // size),
        }
        header = {
            "date": self.day,
            "text": "Quantidade Teórica Total",
            "part": "100,000",
            "partAcum": "100,000",
            "textReductor": "Redutor",
            "reductor": "17.000.000,12345678",
            "theoricalQty": f"{len(self.codes) * 100}",
        }
        weight = f"{100 / len(self.codes):.3f}".replace(".", ",")
        row = {"segment": "Bancos", "asset": "X", "type": "ON      NM", "partAcum": "100,000"}
        results = [{**row, "cod": c, "part": weight, "theoricalQty": "100"} for c in shown]
        answer = {"page": page, "header": header, "results": results}
        return 200, json.dumps(answer).encode()


def with_exchange(bench: Bench, source: SourceServer) -> Bench:
    return bench.at(
        MONDAY,
        LAKEHOUSE_MARKET_CARTEIRA=f"{source.address}/GetPortfolioDay",
        LAKEHOUSE_MARKET_CARTEIRA_CA=str(source.ca_file),
    )


def test_all_pages_of_a_session_are_one_load_named_by_the_headers_date(bench, source):
    source.answer = exchange = Exchange(["ABCB4", "BBAS3", "ITUB4", "PETR4", "VALE3"])
    done = with_exchange(bench, source).extract("market")
    rows = bench.rows("market", "carteira")
    assert [row["cod"] for row in rows] == exchange.codes
    assert {row["source_file"] for row in rows} == {
        f"GetPortfolioDay_IBOV_2026-03-06_pt-br_page{number}of3.json" for number in (1, 2, 3)
    }
    assert len({row["load_id"] for row in rows}) == len(done.landed) == 1
    assert exchange.tokens[0] == {
        "language": "pt-br",
        "pageNumber": 1,
        "pageSize": 120,
        "index": "IBOV",
        "segment": "2",
    }


def test_a_session_scraped_again_changes_nothing_and_a_corrected_one_lands(bench, source):
    source.answer = Exchange(["ABCB4", "BBAS3"])
    exchange = with_exchange(bench, source).at(datetime.now(UTC) + timedelta(minutes=1))
    exchange.extract("market")
    later = exchange.at(datetime.now(UTC) + timedelta(days=3))
    assert {load.outcome for load in later.extract("market").landed} == {"repeated"}
    source.answer = Exchange(["ABCB4", "VALE3"])
    later = later.at(datetime.now(UTC) + timedelta(days=4))
    assert {load.outcome for load in later.extract("market").landed} == {"landed"}
    assert [row["cod"] for row in bench.rows("market", "carteira")][2:] == ["ABCB4", "VALE3"]


def test_pages_that_do_not_make_a_session_land_nothing(bench, source):
    whole = Exchange(["ABCB4", "BBAS3", "ITUB4"])

    def moving(path: str) -> tuple[int, bytes]:
        status, body = whole(path)
        # The share of page 2 moved to page 1 between two requests, as listings do.
        return status, body.replace(b"ITUB4", b"ABCB4")

    source.answer = moving
    [error] = with_exchange(bench, source).extract("market").errors
    assert "ABCB4 stands in" in str(error)
    assert bench.rows("market", "carteira") == []
    assert list(bench.places.zone.root.rglob("*.json")) == []
    assert bench.pauses == [1.0, 2.0, 4.0]


@pytest.mark.parametrize("body", [b"<html>busy</html>", b"[]", b'{"page": {}, "header": {}}'])
def test_an_answer_that_is_no_session_lands_nothing(bench, source, body):
    source.answer = lambda path: (200, body)
    [error] = with_exchange(bench, source).extract("market").errors
    assert "after 4 attempt(s)" in str(error)


# The transient zone

CATEGORY_CSV = "id,nome_categoria\n1,Babywear\n"


def test_what_arrived_is_landed_once_and_again_when_it_is_replaced(bench):
    key = "retail/categoria/lista.csv"
    bench.deliver(key, CATEGORY_CSV, arrived_at=MONDAY)
    first = bench.at(MONDAY + timedelta(minutes=5)).extract("retail")
    assert [load.outcome for load in first.landed] == ["landed"]
    tuesday = bench.at(MONDAY + timedelta(days=1))
    assert [load.outcome for load in tuesday.extract("retail").landed] == ["repeated"]

    # A, then B, then A again under the same name: received three times.
    bench.deliver(key, CATEGORY_CSV + "2,Bath\n", arrived_at=MONDAY + timedelta(days=2))
    bench.at(MONDAY + timedelta(days=2, hours=1)).extract("retail")
    bench.deliver(key, CATEGORY_CSV, arrived_at=MONDAY + timedelta(days=3))
    bench.at(MONDAY + timedelta(days=3, hours=1)).extract("retail")
    loads = [row["load_id"] for row in bench.rows("retail", "categoria") if row["id"] == "1"]
    assert len(set(loads)) == 3


def test_what_arrived_packed_is_landed_once_too(bench):
    packed = gzip.compress(CATEGORY_CSV.encode())
    bench.deliver("retail/categoria/lista.csv.gz", packed, arrived_at=MONDAY)
    first = bench.at(MONDAY + timedelta(minutes=5)).extract("retail")
    assert [load.outcome for load in first.landed] == ["landed"]
    tuesday = bench.at(MONDAY + timedelta(days=1))
    assert [load.outcome for load in tuesday.extract("retail").landed] == ["repeated"]


def test_a_faulty_delivery_holds_back_later_ones_of_its_entity_alone(bench):
    bench.deliver("education/aluno/alunos.csv", "id;nome\n", arrived_at=MONDAY)
    pupils = "id,nome_ficticio,idade,genero,escola_id\n1,Ana Silva,15,Feminino,101\n"
    bench.deliver("education/aluno/z.csv", pupils, arrived_at=MONDAY + timedelta(minutes=1))
    bench.deliver(
        "education/escola/escolas.csv",
        "escola_id,nome,rede,regiao\n101,Sol,privada,Sudeste\n",
        arrived_at=MONDAY,
    )
    done = bench.at(MONDAY + timedelta(hours=1)).extract("education")
    assert [load.entity for load in done.landed] == ["escola"]
    assert "alunos.csv, line 1" in str(done.errors[0])
    assert bench.rows("education", "aluno") == []


def test_a_folder_names_the_sender_and_another_folder_a_whole_table(bench):
    proposal = (PROJECT / "data/source/credit/parceiro.csv").read_bytes()
    bench.deliver("credit/proposal/parceiro/a.csv", proposal, arrived_at=MONDAY)
    bench.at(MONDAY + timedelta(hours=1)).extract("credit")
    assert {row["sender"] for row in bench.rows("credit", "proposal")} == {"parceiro"}

    header = "id_venda,id_funcionario,id_categoria,data_venda,venda\n"
    bench.deliver("retail/venda/full/v.csv", header + "1,1,1,2020-01-01,5\n", arrived_at=MONDAY)
    bench.deliver("retail/venda/w.csv", header + "2,1,1,2020-01-01,5\n", arrived_at=MONDAY)
    bench.at(MONDAY + timedelta(hours=1)).extract("retail")
    rows = bench.rows("retail", "venda")
    assert {(row["id_venda"], row["is_full_extract"]) for row in rows} == {
        ("1", True),
        ("2", False),
    }


def test_a_landing_beside_this_one_does_not_stop_it(bench):
    bench.deliver("retail/categoria/a.csv", CATEGORY_CSV, arrived_at=MONDAY - timedelta(hours=2))
    bench.extract("retail")
    bench.deliver("retail/categoria/b.csv", CATEGORY_CSV, arrived_at=MONDAY - timedelta(hours=2))
    clock = iter([MONDAY - timedelta(seconds=1), MONDAY + timedelta(seconds=1)])
    beside = Bench(replace(bench.places, now=lambda: next(clock)), [])
    done = beside.extract("retail")
    assert done.errors == ()
    assert {row["source_file"] for row in bench.rows("retail", "categoria")} == {"a.csv", "b.csv"}


def test_an_unknown_sender_is_refused(bench):
    bench.deliver("credit/proposal/nobody/a.csv", "person_age\n22\n", arrived_at=MONDAY)
    with pytest.raises(UsageError, match="unknown sender 'nobody'"):
        bench.extract("credit")


def test_an_object_outside_of_the_zone_is_refused(bench, tmp_path):
    with pytest.raises(UsageError, match="does not lie in the transient zone"):
        bench.extract_object("market", str(tmp_path / "elsewhere.json"))


# On S3, as the workflow calls it


@pytest.fixture
def on_s3(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Bench, object]]:
    aws = fake_aws.FakeAws()
    with fake_aws.running(aws) as environment:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        import boto3

        s3, glue = boto3.client("s3"), boto3.client("glue")
        aws.databases.add("lake_market")
        carteira = read_contract("market", project_dir=PROJECT).entities["carteira"]
        table = raw_table_input(carteira, "s3://raw/market/carteira/")
        aws.tables["lake_market", "carteira"] = dict(table)
        store = S3RawStore("raw", "", "lake_market", s3=s3, glue=glue)
        zone = S3TransientZone("transient", "", s3=s3)
        yield Bench(replace(bench.places, store=store, zone=zone), bench.pauses), aws


def test_a_fetched_session_arrives_and_its_run_lands_it_with_all_pages(on_s3, source):
    bench, aws = on_s3
    source.answer = Exchange(["ABCB4", "BBAS3", "ITUB4"])
    exchange = with_exchange(bench, source).at(datetime.now(UTC))
    done = exchange.extract("market")
    key = "market/carteira/GetPortfolioDay_IBOV_2026-03-06_pt-br_page1of2.json"
    assert done.arrived == (f"s3://transient/{key}",)
    # One object where arrivals start runs; nothing is landed before that run.
    assert [name for name in aws.objects if name.startswith("transient/market/")] == [
        f"transient/{key}"
    ]
    assert list(aws.objects)[-1] == f"transient/{key}"
    assert exchange.extract("market").arrived == ()

    [load] = exchange.at(datetime.now(UTC)).extract_object("market", done.arrived[0]).landed
    assert (load.outcome, load.row_count) == ("landed", 3)
    assert len(aws.partitions) == 1
    again = exchange.at(datetime.now(UTC) + timedelta(days=2))
    assert [x.outcome for x in again.extract_object("market", done.arrived[0]).landed] == [
        "repeated"
    ]


def test_a_load_whose_registration_failed_is_registered_by_the_next_run(on_s3, source):
    bench, aws = on_s3
    source.answer = Exchange(["ABCB4"])
    exchange = with_exchange(bench, source).at(datetime.now(UTC))
    [address] = exchange.extract("market").arrived
    aws.refuse = {"CreatePartition"}
    with pytest.raises(Exception, match="land again to register"):
        exchange.at(datetime.now(UTC)).extract_object("market", address)
    aws.refuse = set()
    exchange.at(datetime.now(UTC) + timedelta(days=1)).extract_object("market", address)
    assert len(aws.partitions) == 1


@pytest.mark.parametrize(
    "folder", ["/", "./", "a b/", "$(x)/", "%2F/", "carteira//", "carteira/./"]
)
def test_a_key_is_a_text_and_no_path(on_s3, source, folder):
    bench, aws = on_s3
    key = f"market/{folder}{ANSWER.name}"
    aws.objects[f"transient/{key}"] = ANSWER.read_bytes()
    later = with_exchange(bench, source).at(datetime.now(UTC))
    [load] = later.extract_object("market", f"s3://transient/{key}").landed
    assert load.outcome == "landed"


def test_a_name_that_no_file_can_have_is_refused(on_s3):
    bench, aws = on_s3
    key = f"market/{'é' * 200}.json"
    aws.objects[f"transient/{key}"] = ANSWER.read_bytes()
    with pytest.raises(UsageError, match="the name has 405 bytes"):
        bench.extract_object("market", f"s3://transient/{key}")


def test_a_page_that_is_missing_lands_nothing(on_s3, source):
    bench, aws = on_s3
    source.answer = Exchange(["ABCB4", "BBAS3", "ITUB4"])
    exchange = with_exchange(bench, source).at(datetime.now(UTC))
    [address] = exchange.extract("market").arrived
    del aws.objects[next(name for name in aws.objects if "page2of2" in name)]
    with pytest.raises(Exception, match="page 2 of 2 is missing"):
        exchange.extract_object("market", address)
    assert not [name for name in aws.objects if name.startswith("raw/")]


# The command


def test_the_command_says_what_landed_and_fails_where_a_source_does(tmp_path, monkeypatch, source):
    monkeypatch.setenv("LAKEHOUSE_RAW", str(tmp_path / "raw"))
    monkeypatch.setenv("LAKEHOUSE_TRANSIENT", str(tmp_path / "transient"))
    monkeypatch.setenv("LAKEHOUSE_RETAIL_FUNCIONARIO", f"{source.address}/staff")
    monkeypatch.setenv("LAKEHOUSE_RETAIL_FUNCIONARIO_CA", str(source.ca_file))
    content = categories(tmp_path)
    source.answer = lambda path: (404, b"")
    folder = tmp_path / "transient" / "retail" / "categoria"
    folder.mkdir(parents=True)
    (folder / "categoria.parquet").write_bytes(content)

    def run(*words: str):
        return CliRunner().invoke(app, ["extract", *words, "--project-dir", str(PROJECT)])

    result = run("retail", "--object", "-")
    assert result.exit_code == 1
    assert "categoria: landed 2 rows in 1 file(s)" in result.stdout
    assert "warning: LAKEHOUSE_RETAIL_VENDA is not set" in result.stderr
    assert "status 404" in result.stderr
    one = run("retail.categoria")
    assert one.exit_code == 0
    assert "categoria: nothing landed, the same delivery is load" in one.stdout
    assert run("retail", "caixa").exit_code == 2
    assert run("retail", "--object", str(folder / "none.parquet")).exit_code == 1
