"""Errors of the machine rather than of the data: what is in the way, and what to do about it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from lakehouse.database import open_elsewhere

_FULL = re.compile(
    r"No space left on device|Disk quota exceeded|File too large|Errno (?:28|27|122)"
)
_FILE_WRITTEN = re.compile(
    r"""(?:write|truncate|allocate|sync|create|open)[^"\n]*file "([^"]+)\""""
    r"""|Errno \d+\] [^:]+: '([^']+)'"""
)
_BROKEN = re.compile(
    r'(?:The file "(?P<file>[^"]+)" exists, but it is not a valid DuckDB database file'
    r'|Could not read enough bytes from file "(?P<cut>[^"]+)"'
    r"|Corrupt database file|Failed to deserialize|Failure while replaying WAL"
    r"|checksum does not match|computed checksum)"
)
_NO_PLACE = re.compile(r'Cannot open file "(?P<file>[^"]+)": (?P<why>[\w ]+)')
_NO_MEMORY = re.compile(r"Out of Memory Error|MemoryError|Cannot allocate memory")
_NO_LOGIN = re.compile(
    r"Unable to locate credentials|NoCredentialsError|ExpiredToken|UnrecognizedClient"
    r"|InvalidClientTokenId|security token included in the request is (?:invalid|expired)"
)
_NO_REGION = re.compile(r"You must specify a region")
_NO_ENDPOINT = re.compile(r'Could not connect to the endpoint URL: "(?P<url>[^"]+)"')


@dataclass(frozen=True)
class Trouble:
    """What is in the way, in a sentence, and the next step."""

    what: str
    next_step: str


def trouble_of(
    message: str,
    *,
    database: str,
    command: str,
    environment: Mapping[str, str],
    named: Callable[[str], str] = str,
) -> Trouble | None:
    """Return what stands behind an error, if it is one of the machine; None for all others.

    Args:
        message: of an exception or of a result.
        database: the file that DuckDB builds.
        command: that builds again, such as `lakehouse build`.
        named: how a file is called from where the build was started.
    """
    if held := open_elsewhere(message):
        return Trouble(
            f"{named(held.file)} {held.how}.",
            f"close it, or build into another file: LAKEHOUSE_DUCKDB=other.duckdb {command}",
        )
    if _FULL.search(message):
        written = _FILE_WRITTEN.search(message)
        file = named(written[1] or written[2]) if written else f"{database}, dbt's target or log"
        return Trouble(
            f"No room to write {file}: the disk is full, or a limit on file sizes is reached.",
            f"make room; what was built stays, the rest is built by {command}",
        )
    if found := _BROKEN.search(message):
        file = found["file"] or found["cut"]
        file = named(file) if file else database
        if "replaying WAL" in message:
            file = f"{database}.wal"
        return Trouble(
            f"{file} is not a whole DuckDB database: it was cut short, or something else wrote it.",
            f"move it (and its .wal) away and build anew, the raw zone has all rows: {command}",
        )
    if found := _NO_PLACE.search(message):
        return Trouble(
            f"{named(found['file'])} cannot be opened: {found['why'].lower()}.",
            "make its folder or give another place by LAKEHOUSE_DUCKDB",
        )
    if _NO_MEMORY.search(message):
        limit = environment.get("LAKEHOUSE_DUCKDB_MEMORY", "80%")
        return Trouble(
            f"The memory does not suffice (LAKEHOUSE_DUCKDB_MEMORY is {limit}).",
            f"build one table at a time: LAKEHOUSE_DBT_THREADS=1 {command}",
        )
    if _NO_LOGIN.search(message):
        return Trouble(
            "AWS does not accept the credentials, or there are none.",
            "log in again (aws sso login, or the variables AWS_…), then " + command,
        )
    if _NO_REGION.search(message):
        return Trouble("AWS is not told the region.", f"AWS_DEFAULT_REGION=us-east-1 {command}")
    if found := _NO_ENDPOINT.search(message):
        return Trouble(
            f"{found['url']} does not answer.",
            "check the network and AWS_ENDPOINT_URL; for the local AWS: make aws-up",
        )
    return None
