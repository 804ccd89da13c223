"""Readers of B3's index compositions: the API's answer and the download form, and their checks.

The composition of a session replaces the session whole, so an answer that is not complete and
consistent must never reach the raw zone: a missing page would delete what it holds. Numbers are
read here only to be added up; they are landed as delivered.

Source: docs/domains/market.md#what-is-delivered, docs/domains/market.md#complete-or-nothing.
"""

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from lakehouse.errors import DeliveryError

DOWNLOAD_ENCODING = "iso-8859-1"
_DOWNLOAD_LANGUAGE = "pt-br"
_FETCH_AGAIN = "fetch the session again"
_NAME_EXAMPLE = "GetPortfolioDay_IBOV_2025-04-07_en-us.json"
_DECIMAL_MARK = {"pt-br": ",", "en-us": "."}
_GROUP_MARK = {"pt-br": ".", "en-us": ","}
_ANSWER_PARTS = {"page": dict, "header": dict, "results": list}
# Digits before and after the decimal mark, as the marts hold them.
_QUANTITY, _PERCENT, _DIVISOR = (18, 0), (6, 3), (20, 8)
_PAGE_NUMBERS = ("pageNumber", "totalPages", "totalRecords")
# Without these a session has no place, no totals to hold it to, or no divisor.
_HEADER_FIELDS = ("part", "reductor", "theoricalQty")
_ROW_FIELDS = ("cod", "part", "theoricalQty")
_DOWNLOAD_TITLE = re.compile(
    r"(?P<indice>[A-Z0-9]+) - Carteira do Dia (?P<date>[0-9]{2}/[0-9]{2}/[0-9]{2})"
)
_DOWNLOAD_COLUMNS = {
    "Código": "cod",
    "Ação": "asset",
    "Tipo": "type",
    "Qtde. Teórica": "theorical_qty",
    "Part. (%)": "part",
}
_TOTAL_LABEL, _DIVISOR_LABEL = "Quantidade Teórica Total", "Redutor"


@dataclass(frozen=True)
class IndexAnswer:
    """One delivered file of a session: one page of the API, or one download.

    Attributes:
        session: index and session date, from the header and never from the clock.
        header: the header's texts by raw column, equal on every page of a delivery.
        page: (number of this page, pages in all, rows in all); None for a download.
        columns: n texts or nulls by raw column, or by field where the raw table has none.
        places: per row the number that an error names, counted in `unit` ("line" or "row").
    """

    name: str
    session: tuple[str, date]
    language: str
    header: Mapping[str, str | None]
    page: tuple[int, int, int] | None
    columns: Mapping[str, Sequence[str | None]]
    places: Sequence[int]
    unit: str

    @property
    def page_count(self) -> int:
        """Files that hold the session, as this one says."""
        return self.page[1] if self.page else 1

    def place(self, row: int) -> str:
        return f"{self.name}, {self.unit} {self.places[row]}"


def read_index_json(text: str, name: str, name_pattern: str) -> IndexAnswer:
    """Read one answer of GetPortfolioDay.

    Args:
        text: the answer as delivered.
        name: of its file; index and language are parts of the request and stand only there.
        name_pattern: regular expression with the groups `indice` and `idioma`.
    Raises: DeliveryError if the file is anything else; rows are not checked yet.
    """
    request = re.fullmatch(name_pattern, name)
    if request is None:
        raise DeliveryError(
            f"{name}: index and language stand only in the name of an answer's file, and this one "
            f"does not match {name_pattern}; name it as {_NAME_EXAMPLE}"
        )
    answer = _parsed_answer(text, name)
    language = request["idioma"]
    header = {f"header_{_snake(key)}": _text(value) for key, value in answer["header"].items()}
    day = header.get("header_date")
    if not day:
        raise DeliveryError(
            f"{name}: the header has no date (answers of GetTheoricalPortfolio have none), so the "
            f"session is unknown; fetch GetPortfolioDay"
        )
    for field in _HEADER_FIELDS:
        if not header.get(f"header_{_snake(field)}"):
            raise DeliveryError(f"{name}: the header has no {field}; {_FETCH_AGAIN}")
    number, pages, records = (_count(answer["page"], field, name) for field in _PAGE_NUMBERS)
    rows = answer["results"]
    if not rows:
        raise DeliveryError(
            f"{name}: an empty list of results, but a session is delivered whole, so all of it "
            f"would be deleted; {_FETCH_AGAIN}"
        )
    for row, values in enumerate(rows, start=1):
        if not isinstance(values, dict):
            raise DeliveryError(f"{name}, row {row}: not a JSON object; {_FETCH_AGAIN}")
        if missing := [field for field in _ROW_FIELDS if field not in values]:
            raise DeliveryError(f"{name}, row {row}: no {', '.join(missing)}; {_FETCH_AGAIN}")
    fields = dict.fromkeys(field for values in rows for field in values)
    return IndexAnswer(
        name=name,
        session=(request["indice"], _session_date(day, language, name)),
        language=language,
        header={**header, "total_records": str(records)},
        page=(number, pages, records),
        columns={_snake(field): [_text(row.get(field)) for row in rows] for field in fields},
        places=range(1, len(rows) + 1),
        unit="row",
    )


def read_index_csv(text: str, name: str) -> IndexAnswer:
    """Read one download of GetDownloadPortfolioDay: title, column names, rows, two totals.

    Args:
        text: the decoded file; every row but the totals ends in a separator.
    Raises: DeliveryError if the file is anything else; rows are not checked yet.
    """
    if text.lstrip()[:1] == "<":
        raise DeliveryError(f"{name}, line 1: HTML or XML where CSV is declared; {_FETCH_AGAIN}")
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=";", strict=True)
        # The line a record ends on: a quoted line break makes it more than the records before it.
        lines = [(reader.line_num, fields) for fields in reader if any(map(str.strip, fields))]
    except csv.Error as err:
        raise DeliveryError(f"{name}: not CSV ({err}); {_FETCH_AGAIN}") from err
    title = _DOWNLOAD_TITLE.fullmatch(lines[0][1][0].strip()) if lines else None
    if title is None:
        raise DeliveryError(
            f"{name}, line 1: no title such as 'IBOV - Carteira do Dia 10/07/25', so index and "
            f"session are unknown; {_FETCH_AGAIN}"
        )
    names_line, fields = lines[1] if len(lines) > 1 else (2, [])
    names = [column.strip() for column in fields]
    if missing := [column for column in _DOWNLOAD_COLUMNS if column not in names]:
        raise DeliveryError(
            f"{name}, line {names_line}: the column {', '.join(missing)} is missing; expected "
            f"{';'.join(_DOWNLOAD_COLUMNS)} in {DOWNLOAD_ENCODING}; {_FETCH_AGAIN}"
        )
    if twice := sorted({column for column in names if column and names.count(column) > 1}):
        raise DeliveryError(
            f"{name}, line {names_line}: duplicated column {', '.join(twice)}; {_FETCH_AGAIN}"
        )
    rows, totals = lines[2:-2], lines[2:][-2:]
    labels = [fields[0].strip() for _, fields in totals]
    if labels != [_TOTAL_LABEL, _DIVISOR_LABEL] or [len(f) for _, f in totals] != [5, 4]:
        raise DeliveryError(
            f"{name}: does not end with the totals '{_TOTAL_LABEL}' and '{_DIVISOR_LABEL}', so it "
            f"is cut off; {_FETCH_AGAIN}"
        )
    if not rows:
        raise DeliveryError(
            f"{name}: no rows, but a session is delivered whole, so all of it would be deleted; "
            f"{_FETCH_AGAIN}"
        )
    for line, fields in rows:
        if len(fields) != len(names) and fields[len(names) :] != [""]:
            raise DeliveryError(
                f"{name}, line {line}: {len(fields)} fields where the header has {len(names)}; "
                f"{_FETCH_AGAIN}"
            )
    (_, total), (_, divisor) = totals
    return IndexAnswer(
        name=name,
        session=(title["indice"], _session_date(title["date"], _DOWNLOAD_LANGUAGE, name)),
        language=_DOWNLOAD_LANGUAGE,
        header={
            "header_date": title["date"],
            "header_text": total[0],
            "header_theorical_qty": total[3],
            "header_part": total[4],
            "header_text_reductor": divisor[0],
            "header_reductor": divisor[3],
        },
        page=None,
        columns={
            _DOWNLOAD_COLUMNS.get(column, column): [fields[position] for _, fields in rows]
            for position, column in enumerate(names)
            if column
        },
        places=[line for line, _ in rows],
        unit="line",
    )


def check_index_answers(answers: Sequence[IndexAnswer]) -> None:
    """Check that each session of one call is there once, whole, and adds up.

    Raises: DeliveryError that names file, reason and next step. Nothing of the call is landed.
    Source: docs/domains/market.md#complete-or-nothing.
    """
    sessions: dict[tuple[str, date], list[IndexAnswer]] = {}
    for answer in answers:
        sessions.setdefault(answer.session, []).append(answer)
    for files in sessions.values():
        _check_is_one_delivery(files)
        _check_pages(files)
        _check_codes(files)
        _check_totals(files)


def _check_is_one_delivery(files: Sequence[IndexAnswer]) -> None:
    first = files[0]
    seen: dict[int | None, IndexAnswer] = {}
    for file in files:
        number = file.page[0] if file.page else None
        other = seen.setdefault(number, file)
        if file.page is None or first.page is None or file.language != first.language:
            other = first
        if other is not file:
            raise DeliveryError(
                f"{file.name} and {other.name}: two deliveries of {_session_name(file)} in one "
                f"call, so which is newer could not be told; land them in two calls"
            )
        if file.header != first.header or (file.page or (0,))[1:] != (first.page or (0,))[1:]:
            raise DeliveryError(
                f"{file.name} and {first.name}: pages of {_session_name(file)} with different "
                f"headers, so it changed between them; {_FETCH_AGAIN}"
            )


def _check_pages(files: Sequence[IndexAnswer]) -> None:
    if files[0].page is None:
        return
    _, pages, records = files[0].page
    held = {file.page[0] for file in files if file.page}
    if wrong := sorted(held ^ set(range(1, pages + 1))):
        raise DeliveryError(
            f"{files[0].name}: page {', '.join(map(str, wrong))} of {pages} is missing, or is none "
            f"of them, in {_session_name(files[0])}; fetch all pages and land them in one call"
        )
    rows = sum(len(file.places) for file in files)
    if rows != records:
        raise DeliveryError(
            f"{files[0].name}: {rows} rows where totalRecords says {records} in "
            f"{_session_name(files[0])}; {_FETCH_AGAIN}"
        )


def _check_codes(files: Sequence[IndexAnswer]) -> None:
    """A page that moved between two requests repeats a share and hides another."""
    seen: dict[str, str] = {}
    for file in files:
        for row, code in enumerate(file.columns["cod"]):
            code = (code or "").strip()
            if not code:
                raise DeliveryError(
                    f"{file.place(row)}: no code, so a share of {_session_name(file)} is missing; "
                    f"{_FETCH_AGAIN}"
                )
            if code in seen:
                raise DeliveryError(
                    f"{file.place(row)}: {code} stands in {seen[code]} already, so "
                    f"{_session_name(file)} is not one composition; {_FETCH_AGAIN}"
                )
            seen[code] = file.place(row)


def _check_totals(files: Sequence[IndexAnswer]) -> None:
    first = files[0]
    rows = sum(len(file.places) for file in files)
    quantity, weight, _ = (
        sum(
            _number(value, first.language, shape, f"{file.place(row)}: {column}")
            for file in files
            for row, value in enumerate(file.columns.get(column, ()))
            if is_needed or value
        )
        for column, shape, is_needed in (
            ("theorical_qty", _QUANTITY, True),
            ("part", _PERCENT, True),
            ("part_acum", _PERCENT, False),
        )
    )
    stated_quantity, stated_weight, divisor = (
        _number(first.header[column], first.language, shape, f"{first.name}: {column}")
        for column, shape in (
            ("header_theorical_qty", _QUANTITY),
            ("header_part", _PERCENT),
            ("header_reductor", _DIVISOR),
        )
    )
    if not divisor:
        raise DeliveryError(
            f"{first.name}: header_reductor is 0, and the index is a sum divided by it; "
            f"{_FETCH_AGAIN}"
        )
    if quantity != stated_quantity:
        raise DeliveryError(
            f"{first.name}: the quantities of {_session_name(first)} add up to {quantity}, the "
            f"header says {stated_quantity}; {_FETCH_AGAIN}"
        )
    if abs(weight - stated_weight) > Decimal("0.0005") * rows:
        raise DeliveryError(
            f"{first.name}: the weights of {_session_name(first)} add up to {weight}, the header "
            f"says {stated_weight}, which rounding of {rows} rows does not explain; {_FETCH_AGAIN}"
        )


def _parsed_answer(text: str, name: str) -> dict[str, Any]:
    if text.lstrip()[:1] == "<":
        raise DeliveryError(f"{name}, line 1: HTML or XML where JSON is declared; {_FETCH_AGAIN}")
    try:
        # Numbers keep their digits: the source writes text, but nothing promises that it stays so.
        answer: dict[str, Any] = json.loads(
            text, parse_int=_Digits, parse_float=_Digits, parse_constant=_Digits
        )
    except json.JSONDecodeError as err:
        raise DeliveryError(
            f"{name}, line {err.lineno}, column {err.colno}: not JSON ({err.msg}); {_FETCH_AGAIN}"
        ) from err
    except RecursionError as err:
        raise DeliveryError(f"{name}: not JSON (nested too deeply); {_FETCH_AGAIN}") from err
    for part, kind in _ANSWER_PARTS.items():
        if not isinstance(answer, dict) or not isinstance(answer.get(part), kind):
            raise DeliveryError(
                f"{name}: no {part} in the answer, so it is none of GetPortfolioDay; {_FETCH_AGAIN}"
            )
    return answer


class _Digits(str):
    """A JSON number in the digits it was delivered with."""


def _text(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else json.dumps(value)


def _count(page: Mapping[str, Any], field: str, name: str) -> int:
    text = page.get(field)
    if not isinstance(text, str) or not re.fullmatch("[0-9]{1,9}", text):
        raise DeliveryError(f"{name}: {field} of the page is no number; {_FETCH_AGAIN}")
    return int(text)


def _session_date(text: str, language: str, name: str) -> date:
    try:
        if not re.fullmatch("[0-9]{2}/[0-9]{2}/[0-9]{2}", text):
            raise ValueError(text)
        first, second, year = map(int, text.split("/"))
        month, day = (second, first) if language == "pt-br" else (first, second)
        return date(2000 + year, month, day)
    except ValueError as err:
        raise DeliveryError(
            f"{name}: '{text}' in the header is no session date in {language}; check the language "
            f"in the request, then {_FETCH_AGAIN}"
        ) from err


def _number(text: str | None, language: str, shape: tuple[int, int], place: str) -> Decimal:
    """Read a number the way its language writes it; never guess from the digits.

    Args:
        shape: digits before and after the mark, at most, as the column of the marts holds them.
    """
    digits, decimals = shape
    group, mark = re.escape(_GROUP_MARK[language]), re.escape(_DECIMAL_MARK[language])
    fraction = f"({mark}[0-9]{{1,{decimals}}})?" if decimals else ""
    written = f"([0-9]+|[0-9]{{1,3}}({group}[0-9]{{3}})+){fraction}"
    if text is None or not re.fullmatch(written, text):
        raise DeliveryError(
            f"{place} is {text!r}, no number with at most {decimals} decimals in {language}; check "
            f"the language in the request, then {_FETCH_AGAIN}"
        )
    number = Decimal(text.replace(_GROUP_MARK[language], "").replace(_DECIMAL_MARK[language], "."))
    if number >= 10**digits:
        raise DeliveryError(
            f"{place} is {text!r}, more than the {digits} digits that fit; {_FETCH_AGAIN}"
        )
    return number


def _session_name(answer: IndexAnswer) -> str:
    indice, day = answer.session
    return f"{indice} of {day.isoformat()}"


def _snake(field: str) -> str:
    return re.sub("([A-Z])", r"_\1", field).lower()
