"""Trino's client, against a server that answers what a test says."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from locallake.athena.trino_client import QueryError, TrinoClient

pytest.importorskip("trino", reason="needs locks/test.txt")


class Trino(ThreadingHTTPServer):
    """Answers every statement with one page."""

    def __init__(self, page):
        super().__init__(("127.0.0.1", 0), Handler)
        self.page = page
        self.statements = []
        self.deleted = []

    @property
    def port(self):
        return self.server_address[1]


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        length = int(self.headers["Content-Length"])
        self.server.statements.append((self.rfile.read(length).decode(), dict(self.headers)))
        body = json.dumps({"id": "q1", "infoUri": "", "stats": {}, **self.server.page}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_DELETE(self):
        self.server.deleted.append(self.path)
        self.send_response(404 if self.path.endswith("gone") else 204)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *given):
        pass


@pytest.fixture
def trino():
    servers = []

    def start(**page):
        server = Trino(page)
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return server

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def column(name, type_text):
    raw, _, numbers = type_text.removesuffix(")").partition("(")
    arguments = [{"kind": "LONG", "value": int(n)} for n in numbers.split(",") if n]
    signature = {"rawType": raw, "arguments": arguments}
    return {"name": name, "type": type_text, "typeSignature": signature}


def test_rows_come_as_text_with_their_types(trino):
    server = trino(
        columns=[column("a", "decimal(10,2)"), column("b", "double")],
        data=[["1.50", 1e20], [None, None]],
        stats={"physicalInputBytes": 42},
    )
    answer = TrinoClient(server.port).run("select a, b", schema="s", session={"x.y": "z"})
    assert answer.columns == ("a", "b")
    assert answer.rows == (("1.50", "1.0E20"), (None, None))
    assert answer.scanned_bytes == 42
    ((statement, headers),) = server.statements
    assert statement == "select a, b"
    assert headers["X-Trino-Schema"] == "s"
    assert headers["X-Trino-Catalog"] == "awsdatacatalog"
    assert headers["X-Trino-User"] == "athena"
    assert headers["X-Trino-Time-Zone"] == "UTC"
    assert "x.y=z" in headers["X-Trino-Session"]


def test_a_write_answers_its_count_and_no_rows(trino):
    server = trino(
        columns=[column("rows", "bigint")], data=[[3]], updateType="INSERT", updateCount=3
    )
    answer = TrinoClient(server.port).run("insert into t select 1", schema="s", session={})
    assert (answer.columns, answer.rows, answer.update_count) == ((), (), 3)


def test_ddl_counts_nothing(trino):
    server = trino(updateType="DROP TABLE")
    assert TrinoClient(server.port).run("drop table t", schema="s", session={}).update_count == 0


@pytest.mark.parametrize(
    ("name", "text"),
    [("TYPE_MISMATCH", "TYPE_MISMATCH: line 1:8: no"), ("SYNTAX_ERROR", "line 1:8: no")],
)
def test_an_error_is_told_in_athenas_form(trino, name, text):
    error = {"errorName": name, "errorType": "USER_ERROR", "message": "line 1:8: no"}
    with pytest.raises(QueryError) as caught:
        TrinoClient(trino(error=error).port).run("x", schema="s", session={})
    assert str(caught.value) == text
    assert (caught.value.name, caught.value.blame) == (name, "USER_ERROR")


def test_a_server_that_is_gone_is_an_error_with_a_next_step(trino):
    server = trino()
    server.shutdown()
    server.server_close()
    with pytest.raises(QueryError, match="locallake status") as caught:
        TrinoClient(server.port).run("select 1", schema="s", session={})
    assert caught.value.blame == "INTERNAL_ERROR"


def test_a_query_is_cancelled_by_its_number(trino):
    server = trino()
    TrinoClient(server.port).cancel("q1")
    TrinoClient(server.port).cancel("gone")
    assert server.deleted == ["/v1/query/q1", "/v1/query/gone"]


def test_the_number_of_a_query_is_known_to_who_may_cancel_it(trino):
    numbers = []
    server = trino(columns=[column("a", "bigint")], data=[[1]])
    TrinoClient(server.port).run("select 1", schema="s", session={}, on_start=numbers.append)
    assert numbers[0]() == "q1"


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        ({}, "E: cannot write"),
        (
            {"cause": {"message": "closed", "cause": {"message": "no room"}}},
            "E: cannot write: no room",
        ),
        ({"cause": {"message": "no room", "cause": {"message": None}}}, "E: cannot write: no room"),
        ({"cause": {"message": "cannot write"}}, "E: cannot write"),
    ],
)
def test_an_error_says_what_caused_it_in_the_end(trino, failure, said):
    error = {"errorName": "E", "errorType": "EXTERNAL", "message": "cannot write"}
    server = trino(error={**error, "failureInfo": failure})
    with pytest.raises(QueryError) as caught:
        TrinoClient(server.port).run("select 1", schema="s", session={})
    assert str(caught.value) == said
