"""One sitting of a person: what three tools wrote today lands and counts, what is wrong is stopped.

Every command is the person's own, in a checkout and a lake of theirs that starts from the sample.
The day is the real one: where midnight passes in between, the test says so by failing.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import postgres_server
import pytest
from postgres_server import PostgresServer
from tracked_files import tracked_files

from locallake import runtime, spark

PROJECT = Path(__file__).parents[2]
pytestmark = pytest.mark.long

WRITER = Path(__file__).with_name("written_elsewhere.py")
# Its code is no matter here; `make build` runs what says nothing of a lake.
TABLES_ALONE = ("--exclude-resource-type", "unit_test", "--exclude", "path:tests/macros")
LEDGER = """
    select * from commerce.fct_commerce__gmv_movement where posted_on < cast('{day}' as date)
    order by all
"""
CATEGORIES = "select * from retail.dim_retail__categoria order by all"


@dataclass
class Sitting:
    """A checkout of the project, the shell in it, and the day."""

    checkout: Path
    day: str
    settings: dict[str, str] = field(default_factory=dict)

    def run(self, command: str, *, code: int = 0) -> str:
        """Run a command as typed; returns what it printed."""
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=self.checkout,
            env={**self.settings, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert done.returncode == code, f"{command}\n{done.stdout}"
        assert "Traceback" not in done.stdout, done.stdout
        return done.stdout

    def build(self, *, code: int = 0) -> str:
        return self.run(f"lakehouse build {shlex.join(TABLES_ALONE)}", code=code)

    def query(self, sql: str) -> list[tuple]:
        with duckdb.connect(self.settings["LAKEHOUSE_DUCKDB"], read_only=True) as lake:
            return lake.sql(sql).fetchall()

    def as_of(self, day: str) -> list[dict]:
        inline = shlex.quote(f"{{{{ gmv_as_of('{day}') }}}}")
        said = self.run(f"dbt show --quiet --output json --limit -1 --inline {inline}")
        rows = json.loads(said[said.index("{") :])["show"]
        return sorted(rows, key=str)

    def published(self) -> tuple:
        """What was known at the end of days before this one."""
        answers = {day: self.as_of(day) for day in ("2023-03-31", "2023-07-12")}
        return answers, self.query(LEDGER.format(day=self.day))

    def raw_files(self) -> set[str]:
        return {str(path) for path in Path(self.settings["LAKEHOUSE_RAW"]).rglob("*.parquet")}


@pytest.fixture
def sitting(tmp_path: Path) -> Sitting:
    checkout = tmp_path / "lakehouse"
    for name in tracked_files(PROJECT):
        (checkout / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(PROJECT / name, checkout / name)
    made = Sitting(checkout, f"{datetime.now(UTC):%Y-%m-%d}", {"HOME": str(tmp_path)})
    said = made.run("lakehouse new mine --with-sample")
    exports = re.findall(r"^export (\w+)=(.*)$", said, flags=re.MULTILINE)
    made.settings |= {name: shlex.split(value)[0] for name, value in exports}
    return made


@pytest.fixture
def delivered(sitting: Sitting, tmp_path: Path) -> Iterator[Path]:
    """A folder with what Spark, pandas and PostgreSQL wrote."""
    folder = tmp_path / "delivered"
    folder.mkdir()
    python = runtime.environment(runtime.home_folder(), "spark", print)
    spark.install_pyspark(python, print)
    java_home = runtime.java_home(spark.JAVA_MAJORS, python=python)
    subprocess.run(
        [str(python), str(WRITER), sitting.day, str(folder)],
        env={
            "JAVA_HOME": str(java_home),
            "PATH": os.environ["PATH"],
            "SPARK_LOCAL_IP": "127.0.0.1",
        },
        cwd=tmp_path,
        check=True,
    )
    with postgres_server.running() as server:
        server.create_database("shop")
        copy_out(server, folder, sitting.day)
        yield folder


def copy_out(server: PostgresServer, folder: Path, day: str) -> None:
    """The subsidiaries of the day, and categories: all of them, and cut to five."""
    categories = duckdb.sql(
        "select cast(id as integer), nome_categoria from "
        f"read_parquet('{PROJECT}/data/raw/retail/categoria/*/*.parquet') order by 1"
    ).fetchall()
    with server.connect("shop") as opened:
        opened.execute("set timezone = 'America/Sao_Paulo'")
        opened.execute(
            "create table extra (transaction_datetime timestamptz, purchase_id numeric(12, 4), "
            "subsidiary char(15))"
        )
        opened.execute(
            f"insert into extra values ('{day} 00:00:01+00', 2001, 'Nacional'), "
            f"('{day} 00:00:01+00', 2002, 'INTERNACIONAL')"
        )
        opened.execute("create table categoria (id int, nome_categoria text)")
        with opened.cursor() as cursor:
            cursor.executemany("insert into categoria values (%s, %s)", categories)
        for name, sql in {
            "extra.csv": "select * from extra",
            "categoria.csv": "select * from categoria order by id",
            "categoria_cut.csv": "select * from categoria order by id limit 5",
        }.items():
            with (
                opened.cursor() as cursor,
                cursor.copy(f"copy ({sql}) to stdout csv header") as out,
            ):
                (folder / name).write_bytes(b"".join(out))


def test_a_day_of_three_tools_and_what_went_wrong_with_it(sitting: Sitting, delivered: Path):
    sitting.build()
    published = sitting.published()
    assert all(row["is_final"] for rows in published[0].values() for row in rows)
    assert published[1] and sum(len(rows) for rows in published[0].values()) >= 2

    said = sitting.run(
        f"lakehouse land commerce purchase={delivered / 'purchase'} "
        f"product_item={delivered / 'items.parquet'} purchase_extra_info={delivered / 'extra.csv'}"
    )
    assert "coupon" in said and "purchase: landed 2 rows" in said
    sitting.build()
    counted = (
        "select subsidiary, gmv_amount, purchase_count from commerce.rpt_commerce__gmv_current "
        f"where gmv_date = date '{sitting.day}' order by all"
    )
    today = [("internacional", Decimal("70.00"), 1), ("nacional", Decimal("50.10"), 1)]
    assert sitting.query(counted) == today
    assert [row["is_final"] for row in sitting.as_of(sitting.day)].count(True) == 0
    assert sitting.query("select count(*) from quality.fct_quality__rejected_row") == [(1,)]
    assert sitting.published() == published

    before = sitting.raw_files()
    wrong = sitting.run(f"lakehouse land commerce purchase={delivered / 'items.parquet'}", code=1)
    assert "items.parquet has the columns of product_item, not of purchase" in wrong
    cut = delivered / "cut.parquet"
    cut.write_bytes((delivered / "items.parquet").read_bytes()[:-40])
    said = sitting.run(f"lakehouse land commerce product_item={cut}", code=1)
    assert re.match(r"error: .*cut\.parquet.*; .+", said)
    assert sitting.raw_files() == before

    categories = sitting.query(CATEGORIES)
    said = sitting.run(f"lakehouse land retail categoria={delivered / 'categoria_cut.csv'}")
    load = re.search(r"landed 5 rows in 1 file\(s\) as load (\S+)", said)[1]
    for _ in range(2):
        said = sitting.build(code=1)
        assert load in said and "3 of 8" in said and "lakehouse withdraw" in said, said
        assert sitting.query(CATEGORIES) == categories
        assert sitting.query(counted) == today

    sitting.run(f"lakehouse withdraw {load} --why 'cut by the network'")
    said = sitting.build(code=1)
    again = re.search(r"lakehouse build --full-refresh \S.*", said)
    assert load in said and again, said
    sitting.run(again[0])
    sitting.build()
    sitting.run(f"lakehouse land retail categoria={delivered / 'categoria.csv'}")
    sitting.build()
    assert "Nothing to do" in sitting.build()
    assert sitting.query(CATEGORIES) == categories
    assert sitting.query(counted) == today
    assert sitting.published() == published
