"""Fetching over HTTP: TLS verified, time limits, retries, and answers that are checked.

A source that fails often answers with status 200 and an error page, so an answer counts only after
its check; until then it is asked for again, with growing pauses.
"""

import base64
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlencode, urlsplit

import certifi
import urllib3

from lakehouse.errors import DeliveryError, SourceError, UsageError
from lakehouse.landing.contract import EntityContract, LandingRules
from lakehouse.landing.index_answer import IndexAnswer, check_index_answers, read_index_json
from lakehouse.landing.source import FileAtAddress, IndexApi, ProbedApi
from lakehouse.landing.text_answer import TextAnswerRules, is_refused, read_body

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
# B3 refuses clients that do not look like a browser.
_USER_AGENT = "Mozilla/5.0 (compatible; lakehouse-extract)"
# An answer that claims more pages is asked for no further; the check then finds it incomplete.
_MOST_PAGES = 1_000
_CONNECT_SECONDS, _READ_SECONDS = 10.0, 60.0

Files = list[tuple[str, bytes]]


@dataclass(frozen=True)
class HttpClient:
    """Asks again what failed or was no answer.

    Attributes:
        pool: verifies certificates and does not follow redirects.
        attempts: calls per answer; between them it waits `pause_seconds`, then twice that, …
    """

    pool: urllib3.PoolManager
    attempts: int = 4
    pause_seconds: float = 1.0
    sleep: Callable[[float], None] = time.sleep

    def get(self, address: str, check: Callable[[bytes], None] = lambda body: None) -> bytes:
        """Return the body of an answer with status 200 that passes its check.

        Args:
            check: raises DeliveryError for a body that is no answer.
        Raises: SourceError with what the last attempt met.
        """
        shown = shown_address(address)
        for attempt in range(self.attempts):
            if attempt:
                self.sleep(self.pause_seconds * 2 ** (attempt - 1))
            try:
                answer = self.pool.request("GET", address, redirect=False)
                if answer.status == 200:
                    check(answer.data)
                    return answer.data
                fault, cause = f"status {answer.status}", None
                if 300 <= answer.status < 500 and answer.status not in (408, 425, 429):
                    break
            except (urllib3.exceptions.HTTPError, DeliveryError) as err:
                fault, cause = _reason(err), err
        raise SourceError(
            f"{shown}: {fault}, after {attempt + 1} attempt(s); nothing is landed: see whether the "
            f"source is up and the address is right, then extract again"
        ) from cause


def http_client(ca_file: str | None = None) -> HttpClient:
    """Make a client that trusts the usual authorities, or those of a file instead."""
    pool = urllib3.PoolManager(
        headers={"User-Agent": _USER_AGENT, "Accept": "*/*"},
        timeout=urllib3.Timeout(connect=_CONNECT_SECONDS, read=_READ_SECONDS),
        # Attempts are counted in one place, for what the transport sees and what it does not.
        retries=False,
        cert_reqs="CERT_REQUIRED",
        ca_certs=ca_file or certifi.where(),
    )
    return HttpClient(pool)


def checked_address(address: str, setting: str) -> str:
    """Return an address that is fetched with TLS.

    Raises: UsageError for any other; plain HTTP is for a server on this machine only.
    """
    parts = urlsplit(address)
    is_local = parts.scheme == "http" and parts.hostname in _LOOPBACK
    if not parts.hostname or not (parts.scheme == "https" or is_local):
        raise UsageError(f"{setting} is no address with https://; correct the setting")
    return address


def shown_address(address: str) -> str:
    """The address as errors may show it: a query may hold a token, an authority a password."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.hostname}{f':{parts.port}' if parts.port else ''}{parts.path}"


def fetch_probed(
    source: ProbedApi, address: str, entity: EntityContract, client: HttpClient
) -> Files:
    """Ask for one id after the other until `misses` in a row are unknown.

    An answer that is neither a value nor the sentence for an unknown id is an error and never the
    end of the list.

    Returns: one file per known id, in the order of ids.
    Raises: SourceError if one id cannot be had, none is known, or the ids do not end.
    Source: docs/domains/retail.md#probing-of-employees.
    """
    rules = entity.rules.text_answer
    if rules is None:
        raise UsageError(f"{entity.name} is probed and declares no text_answer; correct the YAML")
    separator = "&" if urlsplit(address).query else "?"
    files: Files = []
    missed = 0
    for number in range(1, source.highest_id + 1):
        name = source.file_name.format(id=number)

        def check(body: bytes, name: str = name) -> None:
            _check_probe(body, name, entity.rules, rules)

        try:
            body = client.get(f"{address}{separator}{urlencode({'id': number})}", check)
        except SourceError as err:
            raise SourceError(f"{entity.name}, id {number}: {err}") from err
        if is_refused(body.decode(entity.rules.encoding), rules):
            missed += 1
            if missed == source.misses:
                break
        else:
            missed = 0
            files.append((name, body))
    else:
        raise SourceError(
            f"{entity.name}: ids do not end at {source.highest_id}; nothing is landed: see whether "
            f"the API answers every id, or raise highest_id in the sources YAML"
        )
    if not files:
        raise SourceError(
            f"{entity.name}: not one of the ids 1 to {missed} is known; nothing is landed: see "
            f"whether {source.setting} is the address of the API"
        )
    return files


def fetch_file(source: FileAtAddress, address: str, client: HttpClient) -> Files:
    """Fetch one file; landing reads it and refuses what it is not.

    Raises: SourceError if it cannot be had, or is a page of HTML.
    """
    suffix = PurePosixPath(source.file_name).suffix

    def check(body: bytes) -> None:
        if not body:
            raise DeliveryError("the answer is empty")
        if body.lstrip()[:1] == b"<":
            raise DeliveryError(f"HTML or XML where {suffix} is declared")
        if suffix == ".parquet" and not (body[:4] == body[-4:] == b"PAR1"):
            raise DeliveryError("truncated or not Parquet")

    return [(source.file_name, client.get(address, check))]


def fetch_index(
    source: IndexApi, address: str, index: str, entity: EntityContract, client: HttpClient
) -> Files:
    """Fetch all pages of the newest session of an index.

    The set is checked as landing checks it, and asked for again as a whole: a session that changes
    while its pages are read belongs to no day.

    Returns: one file per page, named by index, session date and language.
    Raises: SourceError if the pages stay incomplete or at odds.
    Source: docs/domains/market.md#api-answer, docs/domains/market.md#complete-or-nothing.
    """
    pattern = entity.rules.name_pattern
    for attempt in range(client.attempts):
        if attempt:
            client.sleep(client.pause_seconds * 2 ** (attempt - 1))
        bodies: list[bytes] = []
        answers: list[IndexAnswer] = []
        page_count = 1
        while len(bodies) < page_count:
            number = len(bodies) + 1
            name = f"GetPortfolioDay_{index}_page{number}_{source.language}.json"

            def check(body: bytes, name: str = name) -> None:
                _read_page(body, name, pattern)

            bodies.append(client.get(_index_address(source, address, index, number), check))
            answers.append(_read_page(bodies[-1], name, pattern))
            page_count = min(answers[0].page_count, _MOST_PAGES)
        try:
            check_index_answers(answers)
        except DeliveryError as err:
            fault: DeliveryError = err
            continue
        day = answers[0].session[1].isoformat()
        stem = f"GetPortfolioDay_{index}_{day}_{source.language}"
        if page_count == 1:
            return [(f"{stem}.json", bodies[0])]
        return [
            (f"{stem}_page{number}of{page_count}.json", body)
            for number, body in enumerate(bodies, start=1)
        ]
    raise SourceError(
        f"{shown_address(address)}, {index}: {fault}; nothing is landed: extract again later"
    ) from fault


def index_token(source: IndexApi, index: str, page: int) -> str:
    """Return the token of a request: Base64 of a JSON object."""
    request: Mapping[str, Any] = {
        "language": source.language,
        "pageNumber": page,
        "pageSize": source.page_size,
        "index": index,
        "segment": source.segment,
    }
    return base64.b64encode(json.dumps(request, separators=(",", ":")).encode()).decode()


def _index_address(source: IndexApi, address: str, index: str, page: int) -> str:
    # A token is one part of the path, and Base64 has a slash among its letters.
    token = index_token(source, index, page).replace("/", "%2F")
    return f"{address.rstrip('/')}/{token}"


def _read_page(body: bytes, name: str, pattern: str) -> IndexAnswer:
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as err:
        raise DeliveryError(f"not UTF-8 ({err.reason})") from err
    if text.lstrip()[:1] == "<":
        raise DeliveryError("HTML or XML where JSON is declared")
    return read_index_json(text, name, pattern)


def _check_probe(body: bytes, name: str, rules: LandingRules, text_rules: TextAnswerRules) -> None:
    try:
        text = body.decode(rules.encoding)
    except UnicodeDecodeError as err:
        raise DeliveryError(f"not {rules.encoding} ({err.reason})") from err
    if not is_refused(text, text_rules):
        read_body(text, name, rules.name_pattern, text_rules)


def _reason(err: Exception) -> str:
    """What went wrong, without the address, whose query may hold a token."""
    if isinstance(err, DeliveryError):
        return str(err)
    # urllib3 wraps the cause, and its own text begins with the pool and the full path.
    cause = err.__cause__ or getattr(err, "reason", None) or err
    return f"{type(err).__name__} ({cause})" if cause is not err else str(err)
