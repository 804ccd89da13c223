"""What a delivered text says, read in plain Python: the same in every domain.

Source: docs/architecture.md#delivered-texts.
"""

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal, localcontext

# Unicode's White_Space; Python's own idea of a blank has four characters more.
BLANKS = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff"
SEEN = str.maketrans(dict.fromkeys(BLANKS, " ") | dict.fromkeys(INVISIBLE))
NOTHING = ("", "NULL", "null", "\\N")
INSTANT = (
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[ T]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:[.]([0-9]{1,9}))?"
    r"(?:(Z)|([+-])([0-9]{2})(?::?([0-9]{2}))?)?"
)
GROUPED = {".": r"-?[0-9]{1,3}(,[0-9]{3})+[.][0-9]+", ",": r"-?[0-9]{1,3}([.][0-9]{3})+,[0-9]+"}


class OutOfRangeError(ValueError):
    """A number by its form that no column holds."""


def trimmed(text: str) -> str:
    """The text without outer blanks and unseen characters, every other blank a plain one."""
    return text.translate(SEEN).strip(" ")


def given(text: str | None) -> str | None:
    """The trimmed text; None where nothing is said."""
    said = None if text is None else trimmed(text)
    return None if said in NOTHING else said


def kept(text: str | None) -> str | None:
    """The text to show: single blanks, without the two marks of row contents."""
    said = (given(text) or "").replace("\x01", "").replace("\x1f", "")
    return " ".join(word for word in said.split(" ") if word) or None


def key(text: str | None) -> str | None:
    """The key that two spellings share, in lower case; only ASCII and Latin letters are folded."""
    decomposed = unicodedata.normalize("NFD", kept(text) or "")
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    return kept("".join(char.lower() if char.isascii() else char for char in bare))


def capital(text: str | None) -> str | None:
    """The text with ASCII letters in upper case."""
    return text and "".join(char.upper() if char.isascii() else char for char in text)


def whole_number(text: str) -> int:
    """A whole number of at most 19 digits.

    Raises: ValueError for any other text.
    """
    if re.fullmatch(r"-?[0-9]{1,19}([.]0+)?", text) and not re.fullmatch(r".*[.]000", text):
        number = Decimal(text)
    else:
        number = with_exponent(text)
    if number != int(number) or not -(2**63) <= number < 2**63:
        raise ValueError(text)
    return int(number)


def with_exponent(text: str) -> Decimal:
    """A number with an exponent.

    Raises: ValueError for any other text.
    """
    if not re.fullmatch(r"-?[0-9]{1,20}([.][0-9]+)?[eE][+-]?[0-9]{1,2}", text):
        raise ValueError(text)
    with localcontext(prec=200):
        return Decimal(text) + 0


def amount(text: str) -> Decimal:
    """An amount with two decimals.

    Raises: OutOfRangeError for more than 16 digits before the decimals, NaN and infinity;
        ValueError for a text that is no amount, or says two.
    """
    if re.fullmatch(r"[+-]?(nan|inf|infinity)", text, re.IGNORECASE):
        raise OutOfRangeError(text)
    marks = {char for char in text if char in ".,"}
    if "e" in text.lower():
        number = with_exponent(text)
    elif re.fullmatch(r"-?[0-9]+([.,][0-9]+)?", text):
        plain = text.replace(",", ".")
        number, decimals = Decimal(plain), len(plain.partition(".")[2])
        if decimals == 3:
            raise ValueError(text)
    elif len(marks) == 2 and re.fullmatch(GROUPED[re.sub("[^.,]", "", text)[-1]], text):
        mark = re.sub("[^.,]", "", text)[-1]
        whole, _, fraction = text.rpartition(mark)
        if len(fraction) == 3:
            raise ValueError(text)
        number = Decimal(f"{re.sub('[.,]', '', whole)}.{fraction}")
    else:
        raise ValueError(text)
    with localcontext(prec=200):
        if number * 100 != int(number * 100):
            raise ValueError(text)
        if abs(number) >= 10**16:
            raise OutOfRangeError(text)
        return number.quantize(Decimal("0.01")) + 0  # + 0: there is no negative zero


def instant(text: str) -> datetime:
    """A moment in UTC, without zone.

    Raises: ValueError for a text that is none.
    """
    match = re.fullmatch(INSTANT, text)
    if not match or not 1900 <= int(text[:4]) <= 2100:
        raise ValueError(text)
    fraction = (match[5] or "").ljust(9, "0")
    if fraction[6:] != "000":
        raise ValueError(text)
    ahead = timedelta(hours=int(match[8] or 0), minutes=int(match[9] or 0))
    if int(match[9] or 0) > 59 or ahead > timedelta(hours=14):
        raise ValueError(text)
    moment = datetime.fromisoformat(f"{match[1]} {match[2]}:{match[3]}:{match[4]}.{fraction[:6]}")
    zone = timezone(-ahead if match[7] == "-" else ahead)
    return moment.replace(tzinfo=zone).astimezone(UTC).replace(tzinfo=None)


def day(text: str) -> date:
    """A date, or an instant at midnight in UTC.

    Raises: ValueError for a text that is neither.
    """
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        found = date.fromisoformat(text)
    else:
        moment = instant(text)
        if moment.time() != datetime.min.time():
            raise ValueError(text)
        found = moment.date()
    if not 1900 <= found.year <= 2100:
        raise ValueError(text)
    return found
