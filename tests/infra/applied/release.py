"""What a release and its builds need of a machine: the programs of their image, and two addresses.

A release asks a package registry for wheels, and RDS's trust store, which no test reaches, for the
authorities that vouch for databases: here a server of this machine answers in its name.
"""

import http.server
import os
import shutil
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import trustme

BUILD_PYTHON = "3.12"  # as the buildspec asks CodeBuild for
_TRUST_STORE = "truststore.pki.rds.amazonaws.com"


def missing() -> str | None:
    """What of the image's programs this machine lacks; None: nothing."""
    if _aws() is None:
        return "no aws on PATH, and AWS_CLI names none"
    return None if _python() else f"no Python {BUILD_PYTHON} on this machine"


def image(folder: Path) -> str:
    """A PATH with what the builds' image has: `aws`, its Python as `python`, a shell's programs."""
    programs = folder / "image"
    programs.mkdir(parents=True)
    (programs / "aws").symlink_to(Path(_aws()).absolute())
    for name in ("python", "python3"):
        (programs / name).symlink_to(_python())
    return f"{programs}:{os.defpath}"


@contextmanager
def trust_store(folder: Path, authorities: bytes) -> Iterator[dict[str, str]]:
    """Answer for RDS's trust store; yields the variables by which curl finds the answer.

    Args:
        authorities: what it answers with, PEM.
    """
    authority = trustme.CA()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(_TRUST_STORE).configure_cert(context)

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Length", str(len(authorities)))
            self.end_headers()
            self.wfile.write(authorities)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    folder.mkdir(parents=True, exist_ok=True)
    authority.cert_pem.write_to_path(str(folder / "trust-store.pem"))
    (folder / ".curlrc").write_text(
        f'connect-to = "{_TRUST_STORE}:443:127.0.0.1:{server.server_port}"\n'
        f'cacert = "{folder / "trust-store.pem"}"\nnoproxy = "*"\n'
    )
    try:
        yield {"CURL_HOME": str(folder)}
    finally:
        server.shutdown()
        server.server_close()


def _aws() -> str | None:
    return os.environ.get("AWS_CLI") or shutil.which("aws")


def _python() -> Path | None:
    name = f"python{BUILD_PYTHON}"
    folders = [Path(folder) for folder in os.get_exec_path()]
    # Where a launcher is on PATH that knows one version only, others lie beside that one.
    folders += sorted(Path.home().glob(f".pyenv/versions/{BUILD_PYTHON}.*/bin"))
    named = os.environ.get("BUILD_PYTHON")
    for program in [Path(named)] if named else [folder / name for folder in folders]:
        if program.is_file():
            # A launcher that chooses a version by its own name would not know a link's.
            asked = subprocess.run(
                [program, "-c", "import sys; print(sys.executable)"], capture_output=True, text=True
            )
            if asked.returncode == 0:
                return Path(asked.stdout.strip())
    return None
