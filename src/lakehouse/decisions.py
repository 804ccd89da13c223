"""What people decide of loads, in a list under version control that dbt reads as a seed."""

import csv
import io
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from lakehouse.errors import DecisionError, UsageError
from lakehouse.landing.contract import known_domains
from lakehouse.landing.raw_store import RawFile, RawStore, open_store
from lakehouse.landing.withdrawn import withdraw_files, withdrawn_zone

LIST = Path("seeds/quality/ref_quality__load_decision.csv")
COUNTED_IN = Path("seeds/quality/_quality__seeds.yml")
COLUMNS = ("decision", "domain", "entity", "load_id", "days", "decided_on", "why")
# A longer row might not fit into a statement of a Glue session.
MOST_LETTERS = 500
_COUNT = re.compile(
    r"(- name: ref_quality__load_decision\n(?:(?!\n  - name: ).)*?- row_count_is:\s+"
    r"arguments: \{rows: )\d+(?=\})",
    re.DOTALL,
)


@dataclass(frozen=True)
class Decision:
    """A line of the list.

    Attributes:
        decision: `accept` or `withdraw`.
        days: under which the load lies, or lay, in the raw zone: ISO dates with blanks between.
    """

    decision: str
    domain: str
    entity: str
    load_id: str
    days: str
    decided_on: str
    why: str

    @property
    def key(self) -> tuple[str, str, str, str]:
        return (self.decision, self.domain, self.entity, self.load_id)


@dataclass(frozen=True)
class Decided:
    """What became of a load.

    Attributes:
        is_new: it was not in the list before.
        moved_count: of its files; place: where they went, empty if none was moved.
    """

    decision: Decision
    is_new: bool
    moved_count: int = 0
    place: str = ""


def accept(
    loads: Sequence[str],
    *,
    why: str,
    decided_on: date,
    settings: Mapping[str, str],
    project_dir: Path,
) -> list[Decided]:
    """List loads as accepted: gates let them pass.

    Args:
        decided_on: UTC.
        settings: environment variables, which name the raw zone.
    Raises: UsageError for a load that is not in the raw zone, or without a reason; DecisionError if
        the list cannot be written.
    Source: docs/architecture.md#thresholds.
    """
    reason = _reason(why)
    found = _files_of(_once(loads), _stores(settings, project_dir))
    for load, files in found.items():
        if not files:
            raise UsageError(
                f"there is no load {load} in the raw zone ({_zone(settings)}); give its id as the "
                "build names it"
            )
    wanted = [
        line
        for load, files in found.items()
        for line in _lines("accept", load, files, decided_on=decided_on, why=reason)
    ]
    new = _append(wanted, project_dir)
    return [Decided(line, is_new=line.key in new) for line in wanted]


def withdraw(
    loads: Sequence[str],
    *,
    why: str,
    decided_on: date,
    settings: Mapping[str, str],
    project_dir: Path,
) -> list[Decided]:
    """Move the files of loads out of the raw zone, and list them as withdrawn.

    What stopped half-way is brought to its end by the same call again.

    Args, Raises: as for `accept`; RawStoreError or AwsError if a file cannot be moved.
    Source: docs/architecture.md#thresholds.
    """
    reason = _reason(why)
    stores = _stores(settings, project_dir)
    gone = {domain: withdrawn_zone(store) for domain, store in stores.items()}
    here = _files_of(_once(loads), stores)
    there = _files_of(here, gone)
    for load in here:
        if not here[load] and not there[load]:
            raise UsageError(
                f"there is no load {load} in the raw zone ({_zone(settings)}), nor was it "
                "withdrawn; give its id as the build names it"
            )
    done = []
    for load, files in here.items():
        places = {
            domain: withdraw_files(store, of_domain)
            for domain, store in stores.items()
            if (of_domain := [file for file in files if file.domain == domain])
        }
        lines = _lines("withdraw", load, [*files, *there[load]], decided_on=decided_on, why=reason)
        new = _append(lines, project_dir)
        done += [
            Decided(
                line,
                is_new=line.key in new,
                moved_count=sum((f.domain, f.entity) == (line.domain, line.entity) for f in files),
                place=places.get(line.domain, ""),
            )
            for line in lines
        ]
    return done


def _stores(settings: Mapping[str, str], project_dir: Path) -> dict[str, RawStore]:
    return {
        domain: open_store(settings, domain=domain, project_dir=project_dir)
        for domain in known_domains(project_dir)
    }


def _files_of(loads: Iterable[str], stores: Mapping[str, RawStore]) -> dict[str, list[RawFile]]:
    """The files of each load, from one listing of every zone."""
    found: dict[str, list[RawFile]] = {load: [] for load in loads}
    for domain, store in stores.items():
        for file in store.list_files(domain):
            if file.load_id in found:
                found[file.load_id].append(file)
    return found


def _lines(
    decision: str, load: str, files: Iterable[RawFile], *, decided_on: date, why: str
) -> list[Decision]:
    days: dict[tuple[str, str], set[str]] = {}
    for file in files:
        days.setdefault((file.domain, file.entity), set()).add(file.ingest_date)
    return [
        Decision(decision, domain, entity, load, " ".join(sorted(of)), decided_on.isoformat(), why)
        for (domain, entity), of in sorted(days.items())
    ]


def _append(lines: Sequence[Decision], project_dir: Path) -> set[tuple[str, str, str, str]]:
    """Append the lines that the list lacks, and correct the number of its rows; nothing else moves.

    Returns: the keys of what was appended.
    """
    path, counted_in = project_dir / LIST, project_dir / COUNTED_IN
    try:
        text = path.read_text(encoding="utf-8")
        held = list(csv.DictReader(io.StringIO(text)))
        known = {tuple(row[name] for name in COLUMNS[:4]) for row in held}
        new = [line for line in lines if line.key not in known]
        added = io.StringIO()
        writer = csv.writer(added, lineterminator="\n")
        for line in new:
            writer.writerow([getattr(line, name) for name in COLUMNS])
        counted = counted_in.read_text(encoding="utf-8")
        recounted, places = _COUNT.subn(rf"\g<1>{len(held) + len(new)}", counted)
        if places != 1:
            raise DecisionError(
                f"{counted_in}: no row_count_is of ref_quality__load_decision; put it back"
            )
        if new:
            _replace(path, text + ("" if text.endswith("\n") else "\n") + added.getvalue())
        if recounted != counted:
            _replace(counted_in, recounted)
    except (OSError, KeyError) as err:
        raise DecisionError(
            f"{path}: the list cannot be read or written ({err!r}); give the project's folder by "
            "--project-dir, then repeat the command"
        ) from err
    return {line.key for line in new}


def _replace(path: Path, text: str) -> None:
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_text(text, encoding="utf-8")
    os.replace(beside, path)


def _reason(why: str) -> str:
    reason = " ".join(why.split())
    if not reason or not reason.isprintable():
        raise UsageError("--why is empty or holds unprintable letters; say who decides so, and why")
    if len(reason) > MOST_LETTERS:
        raise UsageError(f"--why has {len(reason)} letters; say it in {MOST_LETTERS}")
    return reason


def _once(loads: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(loads))


def _zone(settings: Mapping[str, str]) -> str:
    return settings.get("LAKEHOUSE_RAW") or "data/raw"
