"""This machine's own address: which ports are taken, and requests that no proxy gets to see."""

from __future__ import annotations

import errno
import os
import socket
import urllib.request
from collections.abc import Mapping
from http.client import HTTPResponse
from pathlib import Path

from locallake.errors import PortTakenError

_PORTS = 2**16
_LONGEST_COMMAND = 60

# A proxy of the environment would answer for this machine, or look for the services on its own.
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def open_url(request: str | urllib.request.Request, *, timeout: float) -> HTTPResponse:
    """Ask a server of this machine; `timeout` in seconds.

    Raises: HTTPError for a status of 400 and more, OSError if there is no answer.
    """
    answer: HTTPResponse = _opener.open(request, timeout=timeout)
    return answer


def is_taken(port: int) -> bool:
    """Whether somebody listens there, or holds it and may listen any moment."""
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", port)) == 0:
            return True
    with socket.socket() as probe:
        # As servers do: a connection that has ended keeps its port for a while.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as err:
            return err.errno == errno.EADDRINUSE
    return False


def require_free(port: int, option: str) -> None:
    """Raises: PortTakenError if the port is taken; it names who listens and another port."""
    if is_taken(port):
        others = (other for other in range(port + 1, _PORTS) if not is_taken(other))
        raise PortTakenError(port, option=option, holder=holder_of(port), free_port=next(others, 0))


def holder_of(port: int) -> str | None:
    """The process that listens on a port, `process 4711 (nginx)`; None where nobody says.

    Only Linux says, and only of one's own processes.
    """
    listening = "0A"
    sockets: set[str] = set()
    for table in ("tcp", "tcp6"):
        try:
            lines = Path(f"/proc/net/{table}").read_text().splitlines()[1:]
        except OSError:
            continue
        for fields in (line.split() for line in lines):
            if fields[3] == listening and int(fields[1].rpartition(":")[2], 16) == port:
                sockets.add(f"socket:[{fields[9]}]")
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if any(os.readlink(opened) in sockets for opened in (process / "fd").iterdir()):
                words = (process / "cmdline").read_text().rstrip("\0").split("\0")
                command = " ".join([Path(words[0]).name, *words[1:]])
                return f"process {process.name} ({command[:_LONGEST_COMMAND]})"
        except OSError:
            # Another user's, or ended meanwhile.
            continue
    return None


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def no_proxy(environ: Mapping[str, str]) -> dict[str, str]:
    """The variables that keep clients from asking a proxy for this machine.

    Programs read one spelling or the other: both hold all that either held.
    """
    stated = ",".join(environ.get(name, "") for name in ("NO_PROXY", "no_proxy"))
    hosts = [host.strip() for host in f"{stated},127.0.0.1,localhost".split(",") if host.strip()]
    # The star is understood only where it stands alone.
    value = "*" if "*" in hosts else ",".join(dict.fromkeys(hosts))
    return {"NO_PROXY": value, "no_proxy": value}
