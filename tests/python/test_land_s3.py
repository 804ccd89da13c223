"""Landing on S3 with Glue, spoken to over HTTP: a server that keeps objects and partitions."""

import io
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from lakehouse.cli import app

ROW = "purchase_id,transaction_datetime\n1,2024-01-05 10:00:00\n"
DESCRIPTOR = {
    "Columns": [{"Name": "purchase_id", "Type": "string"}],
    "Location": "s3://lake/zone/raw/commerce/purchase/",
    "SerdeInfo": {"SerializationLibrary": "parquet"},
}


@dataclass
class FakeAws:
    """What is kept between calls; `refuse` names requests that are answered with an error."""

    objects: dict[str, bytes] = field(default_factory=dict)
    tables: dict[str, dict] = field(default_factory=dict)
    partitions: dict[tuple[str, str, str], dict] = field(default_factory=dict)
    ranges: list[str] = field(default_factory=list)
    refuse: set[str] = field(default_factory=set)


def handler_for(aws: FakeAws) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_):
            pass

        def answer(self, status: int, body: bytes = b"", **headers: str) -> None:
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def denied(self) -> None:
            self.answer(403, b"<Error><Code>AccessDenied</Code><Message>no</Message></Error>")

        @property
        def key(self) -> str:
            return unquote(urlsplit(self.path).path).lstrip("/")

        def body(self) -> bytes:
            return self.rfile.read(int(self.headers["Content-Length"]))

        def do_PUT(self):
            body = self.body()
            if any(part in self.key for part in aws.refuse):
                return self.denied()
            aws.objects[self.key] = body
            self.answer(200, ETag='"x"')

        def do_HEAD(self):
            self.answer(200, aws.objects[self.key])

        def do_GET(self):
            query = parse_qs(urlsplit(self.path).query)
            if "list-type" in query:
                bucket, prefix = self.key.rstrip("/"), query["prefix"][0]
                found = sorted(k for k in aws.objects if k.startswith(f"{bucket}/{prefix}"))
                # One key per page: a reader that forgets the next page misses objects.
                start = int(query.get("continuation-token", ["0"])[0])
                page = "".join(
                    f"<Contents><Key>{escape(k.partition('/')[2])}</Key></Contents>"
                    for k in found[start : start + 1]
                )
                more = start + 1 < len(found)
                page += f"<IsTruncated>{str(more).lower()}</IsTruncated>"
                page += f"<NextContinuationToken>{start + 1}</NextContinuationToken>" * more
                return self.answer(200, f"<ListBucketResult>{page}</ListBucketResult>".encode())
            span = self.headers["Range"]
            aws.ranges.append(span)
            first, last = map(int, span.removeprefix("bytes=").split("-"))
            self.answer(206, aws.objects[self.key][first : last + 1])

        def do_POST(self):
            action = self.headers["X-Amz-Target"].partition(".")[2]
            request = json.loads(self.body())
            if action in aws.refuse:
                return self.answer(400, b'{"__type": "AccessDeniedException", "Message": "no"}')
            if action == "GetTable":
                table = aws.tables.get(request["Name"])
                if request["DatabaseName"] != "lake_raw" or table is None:
                    return self.answer(400, b'{"__type": "EntityNotFoundException"}')
                return self.answer(200, json.dumps({"Table": table}).encode())
            place = (request["DatabaseName"], request["TableName"])
            values = request["PartitionInput"]["Values"]
            if (*place, *values) in aws.partitions:
                return self.answer(400, b'{"__type": "AlreadyExistsException"}')
            aws.partitions[(*place, *values)] = request["PartitionInput"]["StorageDescriptor"]
            self.answer(200, b"{}")

    return Handler


@pytest.fixture
def aws(monkeypatch) -> Iterator[FakeAws]:
    entities = ("purchase", "purchase_extra_info")
    fake = FakeAws(
        tables={name: {"Name": name, "StorageDescriptor": DESCRIPTOR} for name in entities}
    )
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler_for(fake))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    for name, value in {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{server.server_port}",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_MAX_ATTEMPTS": "1",
        "LAKEHOUSE_RAW": "s3://lake/zone/raw/",
        "LAKEHOUSE_RAW_DATABASE": "lake_raw",
    }.items():
        monkeypatch.setenv(name, value)
    yield fake
    server.shutdown()
    server.server_close()


@pytest.fixture
def run(project_dir):
    def run_command(*arguments):
        arguments = ["land", "commerce", *arguments, "--project-dir", str(project_dir)]
        return CliRunner().invoke(app, arguments)

    return run_command


def days(aws):
    return sorted((entity, day) for _, entity, day in aws.partitions)


def test_objects_and_partitions_are_there_after_landing(aws, run, write):
    text = f"{ROW}2,2024-01-06 00:00:00\n"
    result = run(
        f"purchase={write('p.csv', text)}",
        f"purchase_extra_info={write('e.csv', ROW)}",
        "--recorded-from",
        "transaction_datetime",
    )
    assert result.exit_code == 0, result.output
    folders = [key.rpartition("/")[0] for key in sorted(aws.objects)]
    assert folders == [
        "lake/zone/raw/commerce/purchase/ingest_date=2024-01-05",
        "lake/zone/raw/commerce/purchase/ingest_date=2024-01-06",
        "lake/zone/raw/commerce/purchase_extra_info/ingest_date=2024-01-05",
    ]
    second = pq.read_table(io.BytesIO(aws.objects[sorted(aws.objects)[1]]))
    assert second["purchase_id"].to_pylist() == ["2"]
    assert days(aws) == [
        ("purchase", "2024-01-05"),
        ("purchase", "2024-01-06"),
        ("purchase_extra_info", "2024-01-05"),
    ]
    assert aws.partitions[("lake_raw", "purchase", "2024-01-06")] == {
        **DESCRIPTOR,
        "Location": "s3://lake/zone/raw/commerce/purchase/ingest_date=2024-01-06/",
    }


def test_repeats_history_and_known_partitions_are_seen_on_s3_too(aws, run, write):
    claim = ("--recorded-from", "transaction_datetime")
    path = write("p.csv", f"{ROW}2,2024-01-06\n")
    run(f"purchase={path}", *claim)
    before = dict(aws.objects)
    again = run(f"purchase={path}", *claim)
    assert (again.exit_code, "the same delivery" in again.stdout) == (0, True)
    older = run(f"purchase_extra_info={write('e.csv', ROW)}", *claim)
    assert older.exit_code == 1
    assert "2024-01-06 00:00:00.000000" in older.stderr
    assert aws.objects == before
    same_day = write("q.csv", "purchase_id,transaction_datetime\n3,2024-01-06\n")
    assert run(f"purchase={same_day}", *claim).exit_code == 0
    assert len(aws.objects) == 3


def test_history_is_read_without_fetching_the_other_columns(aws, run, write):
    noise = "".join(f"{number},{number * 7919 % 1000003}\n" for number in range(20_000))
    run(f"purchase={write('p.csv', 'purchase_id,buyer_id' + chr(10) + noise)}")
    [content] = aws.objects.values()
    aws.ranges.clear()
    run(f"purchase={write('q.csv', ROW)}")
    spans = [span.removeprefix("bytes=").split("-") for span in aws.ranges]
    read_bytes = sum(int(last) - int(first) + 1 for first, last in spans)
    assert 0 < read_bytes < len(content) / 2


def test_a_partition_that_was_not_registered_is_registered_by_landing_again(aws, run, write):
    path = write("p.csv", ROW)
    aws.refuse = {"CreatePartition"}
    failed = run(f"purchase={path}", "--ingest-date", "2024-01-05")
    assert failed.exit_code == 1
    assert "land again to register" in failed.stderr
    assert (len(aws.objects), days(aws)) == (1, [])
    aws.refuse = set()
    assert run(f"purchase={path}", "--ingest-date", "2024-01-05").exit_code == 0
    assert (len(aws.objects), days(aws)) == (1, [("purchase", "2024-01-05")])


def test_a_table_that_is_missing_from_the_catalogue_stops_before_anything_is_written(
    aws, run, write
):
    del aws.tables["purchase_extra_info"]
    result = run(f"purchase={write('p.csv', ROW)}", f"purchase_extra_info={write('e.csv', ROW)}")
    assert result.exit_code == 1
    assert "Glue table lake_raw.purchase_extra_info" in result.stderr
    assert aws.objects == {}


def test_an_object_that_cannot_be_written_says_what_is_left_and_how_to_go_on(aws, run, write):
    aws.refuse = {"purchase_extra_info/"}
    files = (f"purchase={write('p.csv', ROW)}", f"purchase_extra_info={write('e.csv', ROW)}")
    result = run(*files)
    assert result.exit_code == 1
    assert "AccessDenied" in result.stderr
    assert "earlier files of this call are landed" in result.stderr
    aws.refuse = set()
    assert run(*files).exit_code == 0
    assert len(aws.objects) == 2
    assert [entity for entity, _ in days(aws)] == ["purchase", "purchase_extra_info"]


def test_a_missing_region_is_an_error_of_one_line(aws, run, write, monkeypatch, tmp_path):
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    result = run(f"purchase={write('p.csv', ROW)}")
    assert result.exit_code == 1
    assert result.stderr.startswith("error: s3://lake/zone/raw/: no AWS client")
