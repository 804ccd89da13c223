"""Both engines, started once for all tests, and the sample built on them and on DuckDB."""

import json
import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest

PROJECT = Path(__file__).parents[2]
sys.path.insert(0, str(PROJECT / "scripts"))

import local_aws  # noqa: E402
import parity  # noqa: E402
from athena_query import ask  # noqa: E402

from lakehouse.marts.athena import AthenaReader  # noqa: E402
from lakehouse.marts.comparison import TableDifference  # noqa: E402
from lakehouse.marts.rows import TextRow  # noqa: E402
from locallake import cli as locallake  # noqa: E402


@dataclass(frozen=True)
class Aws:
    """The services on this machine, and clients of them."""

    state: Path
    s3: Any
    glue: Any
    athena: Any

    @property
    def reader(self) -> AthenaReader:
        return parity.reader_of(self.athena, self.glue, self.s3)

    def ask(self, sql: str) -> list[tuple[str | None, ...]]:
        """Run a statement on Athena; returns its rows."""
        return ask(self.athena, local_aws.WORKGROUP, sql)

    def fault(self, error: str, *, text: str = "", times: int = 1) -> None:
        """Have the next statements that contain the text fail."""
        words = ["--state", str(self.state), "fault", error, "--text", text, "--times", str(times)]
        assert locallake.main(words) == 0

    def pending_faults(self) -> str:
        """The faults that no statement has met yet; empty if all have been met."""
        faults = self.state / "faults.json"
        return faults.read_text().strip("[] \n") if faults.exists() else ""


@pytest.fixture(scope="session")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aws]:
    """Services of their own, or those that AWS_ENDPOINT_URL and LOCALLAKE_STATE name together."""
    given = os.environ.get("AWS_ENDPOINT_URL"), os.environ.get("LOCALLAKE_STATE")
    if all(given):
        local_aws.require_local(os.environ)
        yield _clients(Path(given[1]))
        return
    state = tmp_path_factory.mktemp("locallake")
    with local_aws.services(state):
        yield _clients(state)


def _clients(state: Path) -> Aws:
    s3, glue, athena = (boto3.client(name) for name in ("s3", "glue", "athena"))
    local_aws.prepare(s3=s3, athena=athena)
    return Aws(state, s3, glue, athena)


@dataclass(frozen=True)
class Rows:
    """Columns in their order, and rows as a multiset, every value text or None."""

    columns: tuple[str, ...]
    rows: Counter[TextRow]


@dataclass(frozen=True)
class Built:
    """The sample and random histories, built on every target.

    Attributes:
        nodes: unique id -> node of the manifest, by target.
        results: unique id -> (status, rows that a test found) in the second step, by target.
        differences: sentences of what is not as on DuckDB, after each step.
        compared: tables that were compared, over all steps.
        names: of all tables and files of the lakes, after both steps.
    """

    case: parity.Case
    nodes: dict[str, dict[str, Any]]
    results: dict[str, dict[str, tuple[str, int | None]]]
    differences: list[list[str]]
    compared: int
    names: list[str]

    @property
    def marts(self) -> list[str]:
        """Names of all marts, as the project declares them."""
        return [node["name"] for node in self.nodes["duckdb"].values() if parity.is_mart(node)]

    def rows(self, aws: Aws, target: str, unique_id: str) -> Rows:
        """What a table of a lake holds now, in the columns that the catalogue knows."""
        node = self.nodes[target][unique_id]
        columns = tuple(aws.reader.types(node["schema"], node["name"]))
        return Rows(columns, Counter(aws.reader.texts(node["schema"], node["name"], columns)))


# A generic test is one query for every column that it stands on. What it would find in a mart is
# a difference from DuckDB, where `make build` runs it; on the engines `make test-long` does.
# Unit tests have a test of their own.
WITH_TESTS = ("--exclude", "test_type:generic", "test_type:unit")
HISTORIES = 1000


@pytest.fixture(scope="session")
def built(aws: Aws) -> Built:
    """The first step without tests, the second, an increment, with them."""
    case = parity.mixed_case(HISTORIES, seed=1, name="tests")
    parity.forget(case, s3=aws.s3, glue=aws.glue)
    differences, compared = [], 0
    for step, restricted_to in zip(case.steps, (parity.MODELS_ONLY, WITH_TESTS), strict=False):
        parity.land(case, step)
        parity.build(case, step, restricted_to=restricted_to)
        found = list(parity.compare(case, reader=aws.reader))
        compared += len(found)
        differences.append(sentences(found))
    # Read now: every later run writes these files anew.
    nodes = {target: artefact(case, target, "manifest")["nodes"] for target in parity.TARGETS}
    results = {target: results_of(case, target) for target in parity.TARGETS}
    names = parity.names_in(case, s3=aws.s3, glue=aws.glue)
    return Built(case, nodes, results, differences, compared, names)


# Received rows, histories and a mart that are merged, and a mart that is replaced.
CHAIN = ("--select", "+fct_commerce__purchase_version", "+rpt_commerce__top_producers")


@pytest.fixture(scope="session")
def incremented(built: Built) -> parity.Case:
    """A further delivery: in DuckDB's tables, and in those of each engine by the other one."""
    step = built.case.steps[2]
    parity.land(built.case, step)

    def of_the_other(target: str) -> None:
        owner = {"duckdb": "duckdb", "athena": "glue", "glue": "athena"}[target]
        parity.run_dbt(built.case, target, "run", *CHAIN, run_date=step.run_date, tables_of=owner)

    parity.beside_each_other(parity.TARGETS, of_the_other)
    return built.case


def sentences(compared: Iterable[tuple[str, int, TableDifference | None]]) -> list[str]:
    """What is not as on DuckDB, of the tables that `parity.compare` yields."""
    return [text for _, _, found in compared if found for text in found.sentences()]


def results_of(case: parity.Case, target: str) -> dict[str, tuple[str, int | None]]:
    """Unique id -> status in the last run and, of a test, the rows that it found."""
    return {
        result["unique_id"]: (result["status"], result["failures"])
        for result in artefact(case, target, "run_results")["results"]
    }


def artefact(case: parity.Case, target: str, name: str) -> dict[str, Any]:
    """What dbt wrote last on a target: its manifest, run_results or catalog."""
    return json.loads((case.folder / target / f"{name}.json").read_text())
