"""CSV: records by line, every field as it stands there."""

import csv
import io
from collections.abc import Sequence

from lakehouse.errors import DeliveryError
from lakehouse.landing.columns import checked_header
from lakehouse.landing.contract import EntityContract
from lakehouse.landing.delivered_rows import SEND_AGAIN, Rows, decoded

FIELD_SIZE_LIMIT_BYTES = 2**31 - 1


def read_csv(content: bytes, name: str, entity: EntityContract) -> Rows:
    """Read records of the declared delimiter below one header; a line of separators is no row.

    Raises: DeliveryError, naming the line, for a file that is not CSV.
    """
    text, warnings = decoded(content, name, entity)
    if text.lstrip()[:1] == "<":
        raise DeliveryError(f"{name}, line 1: HTML or XML where CSV is declared; {SEND_AGAIN}")
    csv.field_size_limit(FIELD_SIZE_LIMIT_BYTES)
    # newline="" keeps line ends inside quoted fields; strict refuses an unclosed quote, which
    # would otherwise swallow the rest of the file into one field.
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=entity.rules.delimiter, strict=True)
    header: Sequence[str] = []
    records, places, line = [], [], 1
    blank: list[int] = []
    try:
        for record in lines:
            if record and not header:
                header = checked_header(record, name, entity, line).names
            elif record:
                if len(record) != len(header):
                    raise DeliveryError(
                        f"{name}, line {line}: {len(record)} fields where the header has "
                        f"{len(header)}; {SEND_AGAIN}"
                    )
                # Separators alone, as spreadsheets leave behind: no record, and no key that could
                # not be read, which would keep a full extract from ending any record.
                if any(map(str.strip, record)):
                    records.append(record)
                    places.append(line)
                else:
                    blank.append(line)
            line = lines.line_num + 1
    except csv.Error as err:
        raise DeliveryError(
            f"{name}, line {line}: the row that starts here is not CSV ({err}); {SEND_AGAIN}"
        ) from err
    if not header:
        raise DeliveryError(f"{name}, line 1: no header; {SEND_AGAIN}")
    if blank:
        warnings += (
            f"{name}, line {blank[0]}: {len(blank)} line(s) hold separators and no value; they are "
            f"no rows",
        )
    values = zip(*records, strict=True) if records else ((),) * len(header)
    return Rows(dict(zip(header, values, strict=True)), places, warnings=warnings)
