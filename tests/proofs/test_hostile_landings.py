"""Whatever is delivered lands with all its rows, or is refused in a sentence and leaves nothing.

Proves "a file that cannot be read lands nothing; the error names file, line and next step".
LAKEHOUSE_PROOF_HOSTILE says how many deliveries, LAKEHOUSE_PROOF_SEED which.
"""

import csv
import gzip
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import unicodedata
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hostile_deliveries import Hostile, hostile_delivery
from lake import LAKEHOUSE, PROJECT
from typer.testing import CliRunner

from lakehouse.cli import app
from lakehouse.landing.contract import EntityContract, known_domains, read_contract

COUNT = int(os.environ.get("LAKEHOUSE_PROOF_HOSTILE", "100"))
FIRST = 1_000_000 * int(os.environ.get("LAKEHOUSE_PROOF_SEED", "1"))
CONTRACTS = {name: read_contract(name, project_dir=PROJECT) for name in known_domains(PROJECT)}
# Every so many a process of its own, as a person would have it.
OWN_PROCESS = 25
LANDED = re.compile(r"(\S+): landed (\d+) rows in (\d+) file\(s\) as load \S+\n")
BLANK_LINES = re.compile(r"line \d+: (\d+) line\(s\) hold separators")


def snapshot(raw: Path) -> dict[str, str]:
    return {
        str(path.relative_to(raw)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in raw.rglob("*")
        if path.is_file()
    }


def run(delivery: Hostile, raw: Path, *, in_own_process: bool) -> tuple[int, str, str]:
    """Land as a person would; returns the exit code and what was printed."""
    words = ["land", delivery.domain, f"{delivery.entity}={delivery.path}", *delivery.options]
    words += ["--project-dir", str(PROJECT)]
    if in_own_process:
        done = subprocess.run(
            [*LAKEHOUSE, *words],
            env={**os.environ, "LAKEHOUSE_RAW": str(raw)},
            capture_output=True,
            timeout=600,
        )
        return done.returncode, done.stdout.decode(), done.stderr.decode()
    result = CliRunner(env={"LAKEHOUSE_RAW": str(raw)}).invoke(app, words)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


def rows_of(path: Path, entity: EntityContract, sender: str | None) -> int:
    """Count the records of what landed without what landed it: of a file or a folder's parts."""
    if path.is_dir():
        parts = [part for part in path.iterdir() if part.name[0] not in "._"]
        return sum(rows_of(part, entity, sender) for part in parts if part.stat().st_size)
    content = path.read_bytes()
    # Not `path.suffixes`: a name such as `...csv` has none.
    suffixes = [f".{part.lower()}" for part in path.name.split(".")[1:]]
    if suffixes[-1] == ".gz":
        content = gzip.decompress(content)
        suffixes.pop()
    if suffixes[-1] == ".parquet":
        return pq.read_metadata(path).num_rows
    if entity.name == "carteira":
        if suffixes[-1] == ".json":
            return len(json.loads(content.decode("utf-8-sig"))["results"])
        # A share's code is in capitals and digits; the title and what follows the shares is not.
        return sum(
            bool(re.match(r"[A-Z0-9]{4,};", line)) for line in content.decode("latin-1").split("\n")
        )
    form = entity.rules.senders.get(sender or "default")
    encoding = form.encoding if form else entity.rules.encoding
    delimiter = form.delimiter if form else entity.rules.delimiter
    try:
        text = content.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError:
        text = content.decode(entity.rules.fallback_encoding or "ascii").removeprefix("ï»¿")
    if suffixes[-1] == ".csv":
        csv.field_size_limit(2**31 - 1)
        records = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        return max(sum(1 for record in records if record) - 1, 0)
    if suffixes[-1] == ".txt":
        return 1
    if text.lstrip().startswith("["):
        return len(json.loads(text))
    decoder, count, at = json.JSONDecoder(), 0, 0
    while rest := text[at:].lstrip():
        at = len(text) - len(rest) + decoder.raw_decode(rest)[1]
        count += 1
    return count


def check(number: int, delivery: Hostile, raw: Path) -> str:
    """Land a delivery and check what became of it; returns that in a word."""
    before = snapshot(raw)
    code, out, err = run(delivery, raw, in_own_process=number % OWN_PROCESS == 0)
    after = snapshot(raw)
    assert "Traceback" not in err
    errors = [line for line in err.splitlines() if not line.startswith("warning: ")]
    if code:
        assert after == before
        assert len(errors) == 1 and errors[0].startswith("error: "), err
        sentence = errors[0]
        shown = ascii(delivery.path.name)[1:-1]
        names = (delivery.path.name, shown, delivery.entity, *delivery.options)
        assert any(name and name in sentence for name in names), sentence
        assert ";" in sentence or "; " in sentence, f"no next step: {sentence}"
        assert not any(unicodedata.category(sign) in ("Cc", "Cs") for sign in sentence), sentence
        return "refused"
    assert errors == [], err
    if "nothing landed, the same delivery is load" in out:
        assert after == before
        return "repeated"
    if "no rows" in out:
        assert after == before
        assert "warning: " in err, "nothing landed, and nothing said why"
        return "empty"
    landed = LANDED.fullmatch(out)
    assert landed, out
    new = [raw / path for path in after.keys() - before.keys() if path.endswith(".parquet")]
    assert before.items() <= after.items() and len(new) == int(landed[3])
    assert not [path for path in after if path.startswith(".")]
    count = sum(pq.read_metadata(path).num_rows for path in new)
    blank = sum(map(int, BLANK_LINES.findall(err)))
    entity = CONTRACTS[delivery.domain].entity(delivery.entity)
    sender = delivery.options[1] if "--sender" in delivery.options else None
    assert count == int(landed[2]) == rows_of(delivery.path, entity, sender) - blank
    return "landed"


def test_a_hostile_delivery_lands_whole_or_is_refused_in_a_sentence(tmp_path):
    raw = tmp_path / "raw"
    raw.mkdir()
    ends: Counter[str] = Counter()
    failures = []
    for number in range(FIRST, FIRST + COUNT):
        folder = tmp_path / str(number)
        folder.mkdir()
        delivery = hostile_delivery(number, folder, CONTRACTS)
        try:
            ends[check(number, delivery, raw)] += 1
        except Exception as err:  # all of them are wanted, not the first
            failures.append(f"{number} {delivery.domain}.{delivery.entity} {delivery.path.name!r} "
                            f"{delivery.faults} {delivery.options}: {type(err).__name__}: "
                            f"{str(err)[:500]}")  # fmt: skip
        shutil.rmtree(folder)
    print(dict(ends))
    if failures:
        pytest.fail(f"{len(failures)} of {COUNT}:\n" + "\n".join(failures[:40]))
    verified = CliRunner(env={"LAKEHOUSE_RAW": str(raw)}).invoke(
        app, ["verify", "--project-dir", str(PROJECT)]
    )
    assert verified.exit_code == 0 and " 0 changed, 0 unsigned" in verified.stdout
    # Neither all refused nor all landed: then the faults would not be the hostile ones.
    assert min(ends["refused"], ends["landed"]) * 10 > COUNT
