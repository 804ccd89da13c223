"""A server that keeps S3 objects and a Glue catalogue, spoken to over HTTP by the real clients."""

import hashlib
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape, unescape

# How long a server goes on after it is told to end; half a second otherwise.
POLL_S = 0.02
_LONG_AGO = datetime(2024, 1, 1, tzinfo=UTC)


@dataclass
class FakeAws:
    """What is kept between calls; `refuse` names requests that are answered with an error."""

    objects: dict[str, bytes] = field(default_factory=dict)
    databases: set[str] = field(default_factory=set)
    tables: dict[tuple[str, str], dict] = field(default_factory=dict)
    partitions: dict[tuple[str, str, str], dict] = field(default_factory=dict)
    ranges: list[str] = field(default_factory=list)
    refuse: set[str] = field(default_factory=set)
    secrets: dict[str, str] = field(default_factory=dict)
    arrived: dict[str, datetime] = field(default_factory=dict)
    etags: dict[str, str] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def landed(self) -> dict[str, bytes]:
        """The objects without the claims of the processes that landed them."""
        return {key: body for key, body in self.objects.items() if "/_claims/" not in key}


@contextmanager
def running(
    fake: FakeAws, handler: type[BaseHTTPRequestHandler] | None = None
) -> Iterator[dict[str, str]]:
    """Serve it on this machine; yields the environment that leads the clients there."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler or handler_for(fake))
    threading.Thread(target=server.serve_forever, args=(POLL_S,), daemon=True).start()
    yield {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{server.server_port}",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_MAX_ATTEMPTS": "1",
    }
    server.shutdown()
    server.server_close()


def handler_for(aws: FakeAws) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Else each body waits 40 ms for the client to acknowledge the headers sent before it.
        disable_nagle_algorithm = True

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

        def nothing(self) -> None:
            self.answer(404, b"<Error><Code>NoSuchKey</Code><Message>no</Message></Error>")

        def missing(self) -> None:
            self.answer(400, b'{"__type": "EntityNotFoundException", "Message": "none"}')

        @property
        def key(self) -> str:
            return unquote(urlsplit(self.path).path).lstrip("/")

        def body(self) -> bytes:
            return self.rfile.read(int(self.headers["Content-Length"]))

        def do_PUT(self):
            body = self.body()
            if any(part in self.key for part in aws.refuse):
                return self.denied()
            if copied := self.headers["x-amz-copy-source"]:
                body = aws.objects[unquote(copied).lstrip("/")]
            with aws.lock:
                if self.headers["If-None-Match"] == "*" and self.key in aws.objects:
                    return self.answer(
                        412, b"<Error><Code>PreconditionFailed</Code><Message>no</Message></Error>"
                    )
                asked = self.headers["If-Match"]
                if asked and self.key not in aws.objects:
                    return self.nothing()
                if asked and asked != aws.etags[self.key]:
                    return self.answer(
                        412, b"<Error><Code>PreconditionFailed</Code><Message>no</Message></Error>"
                    )
                aws.objects[self.key] = body
                aws.etags[self.key] = f'"{hashlib.md5(body).hexdigest()}"'
            aws.arrived[self.key] = datetime.now(UTC)
            told = b"<CopyObjectResult><ETag>x</ETag></CopyObjectResult>" if copied else b""
            self.answer(200, told, ETag=aws.etags[self.key])

        def do_DELETE(self):
            aws.objects.pop(self.key, None)
            self.answer(204)

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
                    f"<Contents><Key>{escape(k.partition('/')[2])}</Key>"
                    f"<Size>{len(aws.objects[k])}</Size><LastModified>"
                    f"{aws.arrived.get(k, _LONG_AGO):%Y-%m-%dT%H:%M:%S.%fZ}</LastModified>"
                    "</Contents>"
                    for k in found[start : start + 1]
                )
                more = start + 1 < len(found)
                page += f"<IsTruncated>{str(more).lower()}</IsTruncated>"
                page += f"<NextContinuationToken>{start + 1}</NextContinuationToken>" * more
                return self.answer(200, f"<ListBucketResult>{page}</ListBucketResult>".encode())
            if self.key not in aws.objects:
                return self.nothing()
            if (span := self.headers["Range"]) is None:
                arrived = aws.arrived.get(self.key, _LONG_AGO)
                return self.answer(
                    200,
                    aws.objects[self.key],
                    ETag=aws.etags.get(self.key, '"x"'),
                    Last_Modified=format_datetime(arrived, usegmt=True),
                )
            aws.ranges.append(span)
            first, last = map(int, span.removeprefix("bytes=").split("-"))
            self.answer(206, aws.objects[self.key][first : last + 1])

        def remove_listed(self) -> None:
            """DeleteObjects: what may not be removed is told in an answer that says 200."""
            kept = ""
            for key in re.findall(r"<Key>(.*?)</Key>", self.body().decode()):
                place = f"{self.key.rstrip('/')}/{unescape(key)}"
                if any(part in place for part in aws.refuse):
                    kept += f"<Error><Key>{key}</Key><Code>AccessDenied</Code></Error>"
                else:
                    aws.objects.pop(place, None)
            self.answer(200, f"<DeleteResult>{kept}</DeleteResult>".encode())

        def do_POST(self):
            if "X-Amz-Target" not in self.headers:
                return self.remove_listed()
            action = self.headers["X-Amz-Target"].partition(".")[2]
            request = json.loads(self.body())
            if action in aws.refuse:
                return self.answer(400, b'{"__type": "AccessDeniedException", "Message": "no"}')
            if action == "GetSecretValue":
                if request["SecretId"] not in aws.secrets:
                    return self.answer(400, b'{"__type": "ResourceNotFoundException"}')
                secret = aws.secrets[request["SecretId"]]
                return self.answer(200, json.dumps({"SecretString": secret}).encode())
            database = request.get("DatabaseName", request.get("Name"))
            if action == "CreateDatabase":
                if request["DatabaseInput"]["Name"] in aws.databases:
                    return self.answer(400, b'{"__type": "AlreadyExistsException"}')
                aws.databases.add(request["DatabaseInput"]["Name"])
                return self.answer(200, b"{}")
            if action == "GetDatabases":
                names = [{"Name": name} for name in sorted(aws.databases)]
                return self.answer(200, json.dumps({"DatabaseList": names}).encode())
            if database not in aws.databases:
                return self.missing()
            if action == "GetTables":
                tables = [table for (base, _), table in aws.tables.items() if base == database]
                return self.answer(200, json.dumps({"TableList": tables}).encode())
            if action == "GetDatabase":
                return self.answer(200, json.dumps({"Database": {"Name": database}}).encode())
            if action in ("CreateTable", "UpdateTable"):
                aws.tables[database, request["TableInput"]["Name"]] = request["TableInput"]
                return self.answer(200, b"{}")
            if action == "GetTable":
                table = aws.tables.get((database, request["Name"]))
                if table is None:
                    return self.missing()
                return self.answer(200, json.dumps({"Table": table}).encode())
            place = (request["DatabaseName"], request["TableName"])
            values = request["PartitionInput"]["Values"]
            if (*place, *values) in aws.partitions:
                return self.answer(400, b'{"__type": "AlreadyExistsException"}')
            aws.partitions[(*place, *values)] = request["PartitionInput"]["StorageDescriptor"]
            self.answer(200, b"{}")

    return Handler
