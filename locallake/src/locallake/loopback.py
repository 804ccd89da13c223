"""This machine's own address: which ports are taken, and requests that no proxy gets to see."""

from __future__ import annotations

import socket
import urllib.request
from collections.abc import Mapping
from http.client import HTTPResponse

from locallake.errors import ConfigurationError

# A proxy of the environment would answer for this machine, or look for the services on its own.
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def open_url(request: str | urllib.request.Request, *, timeout: float) -> HTTPResponse:
    """Ask a server of this machine; `timeout` in seconds.

    Raises: HTTPError for a status of 400 and more, OSError if there is no answer.
    """
    answer: HTTPResponse = _opener.open(request, timeout=timeout)
    return answer


def is_taken(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def require_free(port: int, option: str) -> None:
    """Raises: ConfigurationError if somebody listens: its answers would pass for our server's."""
    if is_taken(port):
        raise ConfigurationError(
            f"port {port} is taken: choose another with `locallake up {option} N`"
        )


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
