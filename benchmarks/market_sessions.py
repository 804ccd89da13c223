"""Measure market: generated sessions of one index, a full build by dbt and the next session's.

Ten years of daily sessions lie in the raw zone as landing leaves them: one load, one file and one
day each. After the increment the tables are compared with a full build of the same sessions: a
fast answer that differs is no answer. Steps run as in `run.py`, each in a process of its own.

    python benchmarks/market_sessions.py
"""

import argparse
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from run import HERE, Measure, dbt, machine, measure

SESSIONS, SHARES = 2_500, 87
FIRST_SESSION = date(2015, 7, 13)
SESSIONS_PER_CYCLE = 84  # a new composition every four months, as the exchange does it
CHANGED_PER_CYCLE = 4
SECTORS = [f"Setor {number:02d} / Segmento" for number in range(38)]
TYPES = ["ON      NM", "ON", "PN      N1", "PNA     N1", "UNT     N2", "ON  EJ  NM", "PN  EDJ N2"]
MODELS = ["path:models/market"]
SEEDS = ["path:seeds/quality"]
STATED_SECONDS = {"dbt_full": 8, "dbt_increment": 3}
COMPARED = [
    "int_market__carteira",
    "int_market__carteira_pregao",
    "fct_market__carteira_diaria",
    "fct_market__pregao",
    "rpt_market__carteira_atual",
    "rpt_market__resumo_por_setor",
    "rpt_market__resumo_por_classe",
    "dim_market__ticker",
]


def main() -> None:
    """Generate and measure one size, and write it into the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=SESSIONS)
    parser.add_argument("--folder", type=Path, default=HERE / "work", help="data and databases")
    parser.add_argument("--results", type=Path, default=HERE / "results")
    parser.add_argument("--memory", default="8GB", help="DuckDB's limit in every step")
    parser.add_argument("--threads", type=int, default=2, help="of dbt")
    options = parser.parse_args()
    work = options.folder.resolve() / f"market-{options.sessions}"
    shutil.rmtree(work, ignore_errors=True)
    result = measured(work, options.sessions, memory=options.memory, threads=options.threads)
    options.results.mkdir(parents=True, exist_ok=True)
    (options.results / "market.json").write_text(json.dumps(result, indent=2) + "\n")
    (options.results / "market.md").write_text(page(result))


def measured(work: Path, sessions: int, *, memory: str, threads: int) -> dict[str, Any]:
    """Generate the sessions and one more, build without it, then with it, then all anew.

    Args:
        work: directory of its own for this size.
        memory: DuckDB's limit, such as 8GB.
    Returns: what `page` shows: each step, the rows of each table and how many of them differ.
    """
    raw, held_back = work / "raw", work / "next"
    env = os.environ | {
        "LAKEHOUSE_RAW": str(raw),
        "LAKEHOUSE_DUCKDB_MEMORY": memory,
        "LAKEHOUSE_DBT_THREADS": str(threads),
    }
    *landed, following = generated(sessions + 1)
    for day, rows in landed:
        write_session(raw, day, rows)
    write_session(held_back, *following)

    def step(name: str, *arguments: str, database: str) -> Measure:
        print(f"{sessions} sessions: {name}", flush=True)
        path = work / database
        return measure(
            dbt(work, *arguments),
            env=env | {"LAKEHOUSE_DUCKDB": str(path)},
            log=work / f"{name}.log",
            database=path,
        )

    run_models = ["run", "--select", *MODELS]
    measured_on = machine(memory_limit=memory, threads=threads)
    step("dbt_seed", "seed", "--select", *SEEDS, database="days.duckdb")
    full = step("dbt_full", *run_models, database="days.duckdb")
    shutil.copytree(held_back, raw, dirs_exist_ok=True)
    increment = step("dbt_increment", *run_models, database="days.duckdb")
    step("dbt_seed_again", "seed", "--select", *SEEDS, database="anew.duckdb")
    step("dbt_anew", *run_models, "--full-refresh", database="anew.duckdb")
    return {
        "sessions": sessions,
        "rows": sum(len(rows) for _, rows in landed),
        "increment_rows": len(following[1]),
        "machine": measured_on,
        "dbt_full": asdict(full),
        "dbt_increment": asdict(increment),
        "rows_after_increment": compared_rows(work / "days.duckdb", work / "anew.duckdb"),
    }


def generated(sessions: int) -> Iterator[tuple[date, list[dict[str, str | None]]]]:
    """Sessions on weekdays: weights move daily, quantities and shares change by the cycle."""
    random = Random(1)
    names = (f"A{number:04d}{random.choice((3, 4, 11))}" for number in range(10_000))
    shares = {next(names): drawn_share(random) for _ in range(SHARES)}
    day = FIRST_SESSION
    for number in range(sessions):
        if number and number % SESSIONS_PER_CYCLE == 0:
            for gone in random.sample(sorted(shares), CHANGED_PER_CYCLE):
                del shares[gone]
                shares[next(names)] = drawn_share(random)
        for share in shares.values():
            share["size"] *= random.uniform(0.98, 1.02)
        yield day, answered(day, shares)
        day += timedelta(days=3 if day.isoweekday() == 5 else 1)


def drawn_share(random: Random) -> dict[str, Any]:
    return {
        "size": random.paretovariate(1.2),
        "quantity": random.randrange(10_000_000, 5_000_000_000),
        "segment": random.choice(SECTORS),
        "type": random.choice(TYPES),
    }


def answered(day: date, shares: Mapping[str, Mapping[str, Any]]) -> list[dict[str, str | None]]:
    """Raw rows of a session, with sectors and in Portuguese, so that all totals hold."""
    total = sum(share["size"] for share in shares.values())
    weights = {code: int(100_000 * share["size"] / total) for code, share in shares.items()}
    weights[max(weights, key=weights.get)] += 100_000 - sum(weights.values())
    sectors: dict[str, int] = {}
    for code, share in shares.items():
        sectors[share["segment"]] = sectors.get(share["segment"], 0) + weights[code]
    header = {
        "indice": "IBOV",
        "idioma": "pt-br",
        "header_date": day.strftime("%d/%m/%y"),
        "header_text": "Quantidade Teórica Total",
        "header_part": "100,000",
        "header_part_acum": "100,000",
        "header_text_reductor": "Redutor",
        "header_reductor": f"15.438.{day.toordinal() % 1000:03d},05630450",
        "header_theorical_qty": grouped(sum(share["quantity"] for share in shares.values())),
        "total_records": str(len(shares)),
    }
    return [
        {
            **header,
            "segment": share["segment"],
            "cod": code,
            "asset": f"EMPRESA {code[:5]}",
            "type": share["type"],
            "part": thousandths(weights[code]),
            "part_acum": thousandths(sectors[share["segment"]]),
            "theorical_qty": grouped(share["quantity"]),
        }
        for code, share in shares.items()
    ]


def grouped(number: int) -> str:
    return f"{number:,}".replace(",", ".")


def thousandths(number: int) -> str:
    return f"{number // 1000},{number % 1000:03d}"


def write_session(raw: Path, day: date, rows: list[dict[str, str | None]]) -> None:
    """Write one load as landing does: received in the evening of its session."""
    recorded_at = datetime.combine(day, time(22), tzinfo=UTC)
    digest = hashlib.sha256(day.isoformat().encode()).hexdigest()[:12]
    load_id = f"{recorded_at:%Y%m%dT%H%M%S%f}Z-{digest}"
    folder = raw / "market" / "carteira" / f"ingest_date={day.isoformat()}"
    folder.mkdir(parents=True)
    table = pa.Table.from_pylist(rows).replace_schema_metadata()
    count = len(rows)
    for name, values in {
        "recorded_at": pa.array([f"{recorded_at:%Y-%m-%d %H:%M:%S.%f}"] * count),
        "load_id": pa.array([load_id] * count),
        "source_file": pa.array([f"GetPortfolioDay_IBOV_{day.isoformat()}_pt-br.json"] * count),
        "source_row": pa.array(range(1, count + 1), pa.int64()),
        "is_full_extract": pa.array([True] * count),
    }.items():
        table = table.append_column(name, values)
    pq.write_table(table, folder / f"{load_id}.parquet", compression="zstd")


def compared_rows(by_day: Path, anew: Path) -> dict[str, dict[str, int]]:
    """Per table its rows, and how many rows only one of both databases has."""
    with duckdb.connect() as con:
        con.execute(f"attach '{by_day}' as by_day (read_only)")
        con.execute(f"attach '{anew}' as anew (read_only)")
        compared = {}
        for table in COMPARED:
            one, other = f"by_day.market.{table}", f"anew.market.{table}"
            differing = sum(
                con.execute(
                    f"select count(*) from (from {left} except all from {right})"
                ).fetchone()[0]
                for left, right in ((one, other), (other, one))
            )
            rows = con.execute(f"select count(*) from {one}").fetchone()[0]
            compared[table] = {"rows": rows, "differing": differing}
    return compared


def page(result: Mapping[str, Any]) -> str:
    """Return the results as Markdown."""
    names = {
        "dbt_full": f"dbt full build of {result['sessions']:,} sessions, {result['rows']:,} rows",
        "dbt_increment": f"dbt increment of one session, {result['increment_rows']} rows",
    }
    lines = [
        "# Market: measured",
        "",
        "| step | seconds | aim | CPU seconds | peak memory, GB | file, GB |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for key, name in names.items():
        step = result[key]
        lines.append(
            f"| {name} | {step['seconds']:.1f} | {STATED_SECONDS[key]} "
            f"| {step['cpu_seconds']:.1f} | {step['peak_bytes'] / 2**30:.1f} "
            f"| {step['file_bytes'] / 2**30:.2f} |"
        )
    tables = result["rows_after_increment"].values()
    seen = result["machine"]
    lines += [
        "",
        f"After the increment {sum(table['rows'] for table in tables):,} rows in {len(tables)} "
        f"tables were compared with a full build of all sessions: "
        f"{sum(table['differing'] for table in tables):,} differ.",
        "",
        f"{seen['cores']} cores, {seen['memory_gb']} GB, DuckDB {seen['duckdb']} with "
        f"{seen['threads']} threads and a limit of {seen['memory_limit']}, dbt "
        f"{seen['dbt_core']}; load before the start {seen['load_before']}; "
        f"commit {seen['commit']}.",
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
