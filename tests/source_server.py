"""A web server of a test's own, with TLS: what each path answers is scripted."""

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import trustme
from fake_aws import POLL_S

Answer = tuple[int, bytes]


@dataclass
class SourceServer:
    """Answers by `answer(path with query)`, and keeps what was asked.

    Attributes:
        cut_off: paths whose first answer ends before its stated length.
    """

    address: str
    ca_file: Path
    answer: Callable[[str], Answer] = lambda path: (404, b"")
    asked: list[str] = field(default_factory=list)
    cut_off: set[str] = field(default_factory=set)


@contextmanager
def running(folder: Path) -> Iterator[SourceServer]:
    """Serve https://localhost:<port> with a certificate that only its own file of authorities
    vouches for."""
    authority = trustme.CA()
    ca_file = folder / "source-ca.pem"
    authority.cert_pem.write_to_path(str(ca_file))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_):
            pass

        def do_GET(self):
            source.asked.append(self.path)
            status, body = source.answer(self.path)
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", f"{source.address}{body.decode()}")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.path in source.cut_off:
                source.cut_off.discard(self.path)
                body = body[: len(body) // 2]
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    source = SourceServer(f"https://localhost:{server.server_port}", ca_file)
    threading.Thread(target=server.serve_forever, args=(POLL_S,), daemon=True).start()
    yield source
    server.shutdown()
    server.server_close()
