"""Measure `lakehouse features`: land, build and write one delivery, as a person would.

Sizes are the rows of one CSV file. Without a real file (--input) proposals are made by hashing a
number, so that a size is the same rows each time. Beside the command, a bare reading and writing of
the same file by DuckDB: what no program could do without.

    python benchmarks/credit_features.py --rows 32581 500000
    python benchmarks/credit_features.py --input credit_risk_dataset.csv
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import duckdb
from run import HERE, Measure, keep_result, machine, measure

BARE = """
import sys, duckdb
rows = f"select * from read_csv('{sys.argv[1]}', all_varchar = true)"
duckdb.sql(f"copy ({rows}) to '{sys.argv[2]}' (format parquet)")
"""
AIM_SECONDS, AIM_ROWS = 3, 32_581


def main() -> None:
    """Measure the sizes asked for and add them to the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="*", default=[AIM_ROWS, 500_000])
    parser.add_argument("--input", type=Path, help="a real file, measured instead of made ones")
    parser.add_argument("--results", type=Path, default=HERE / "results")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="credit-features-") as folder:
        work = Path(folder)
        if options.input:
            result = measure_file(work, options.input.resolve())
            keep_result(options.results, "credit", "real", result, page)
            return
        for rows in options.rows:
            path = generate(work / f"{rows}.csv", rows)
            result = measure_file(work, path)
            keep_result(options.results, "credit", str(rows), result, page)


def generate(path: Path, rows: int) -> Path:
    """Write a delivery of that many proposals with the dirt that real files have."""
    with duckdb.connect() as con:
        # draw(number, salt, n): a number below n, the salt-th of a row.
        con.execute(
            "create macro draw(number, salt, n) as cast(hash(number * 100 + salt) % n as bigint)"
        )
        con.execute(f"""
            copy (
                select
                    case when draw(i, 1, 5000) = 0 then 144 else 20 + draw(i, 2, 45) end
                        as person_age,
                    income as person_income,
                    ['RENT', 'OWN', 'MORTGAGE', 'OTHER'][1 + draw(i, 3, 4)]
                        as person_home_ownership,
                    case when draw(i, 4, 36) > 0 then draw(i, 5, 60) / 10 end as person_emp_length,
                    ['PERSONAL', 'EDUCATION', 'MEDICAL', 'VENTURE', 'HOMEIMPROVEMENT',
                        'DEBTCONSOLIDATION'][1 + draw(i, 6, 6)] as loan_intent,
                    chr(cast(65 + draw(i, 7, 7) as integer)) as loan_grade,
                    amount as loan_amnt,
                    case when draw(i, 8, 10) > 0 then 5 + draw(i, 9, 1500) / 100 end
                        as loan_int_rate,
                    draw(i, 10, 5) // 4 as loan_status,
                    round(amount / income, 2) as loan_percent_income,
                    ['Y', 'N'][1 + draw(i, 11, 2)] as cb_person_default_on_file,
                    2 + draw(i, 12, 28) as cb_person_cred_hist_length
                from (
                    select
                        i,
                        1000 * (10 + draw(i, 13, 150)) as income,
                        25 * (20 + draw(i, 14, 1380)) as amount
                    from range({rows}) as made(i)
                )
            ) to '{path}' (header)
        """)
    return path


def measure_file(work: Path, path: Path) -> dict[str, Any]:
    """Measure the command and the bare copy on one file, and count what was written."""
    [[rows]] = duckdb.sql(f"select count(*) from read_csv('{path}', all_varchar = true)").fetchall()
    out = work / f"{path.stem}-features"
    measured_on = machine()

    def step(name: str, file: Path, *command: str) -> Measure:
        print(f"{rows} rows: {name}", flush=True)
        log = work / f"{path.stem}-{name}.log"
        return measure([sys.executable, *command], env=os.environ, log=log, database=file)

    copied = work / f"{path.stem}-bare.parquet"
    bare = step("bare", copied, "-c", BARE, str(path), str(copied))
    written = out / "anomesdia=20240301" / "default.parquet"
    words = ["features", "--input-path", str(path), "--output-path", str(out)]
    command = step("features", written, "-m", "lakehouse", *words, "--anomesdia", "20240301")
    [[count]] = duckdb.sql(f"select count(*) from read_parquet('{written}')").fetchall()
    return {
        "rows": rows,
        "feature_rows": count,
        "machine": measured_on,
        "bare": asdict(bare),
        "features": asdict(command),
    }


def page(sizes: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the results as Markdown."""
    lines = [
        "# Credit features: measured",
        "",
        "| rows | delivery | step | seconds | CPU seconds | memory, GB | Parquet, MB | features |",
        "|---:|---|---|---:|---:|---:|---:|---:|",
    ]
    for name, result in sizes.items():
        kind = "real" if name == "real" else "made"
        for key, step in (("bare", "bare copy to Parquet"), ("features", "`lakehouse features`")):
            cells = [
                f"{result['rows']:,}",
                kind,
                step,
                f"{result[key]['seconds']:.1f}",
                f"{result[key]['cpu_seconds']:.1f}",
                f"{result[key]['peak_bytes'] / 2**30:.1f}",
                f"{result[key]['file_bytes'] / 2**20:.1f}",
                f"{result['feature_rows']:,}" if key == "features" else "",
            ]
            lines.append(f"| {' | '.join(cells)} |")
    lines += ["", f"Aim: {AIM_SECONDS} seconds for {AIM_ROWS:,} rows.", ""]
    for result in sizes.values():
        seen = result["machine"]
        lines += [
            f"{result['rows']:,} rows: {seen['cores']} cores, {seen['memory_gb']} GB, DuckDB "
            f"{seen['duckdb']}, dbt {seen['dbt_core']}; load before the start "
            f"{seen['load_before']}; commit {seen['commit']}.",
            "",
        ]
    return "\n".join(lines).rstrip() + "\n"


if __name__ == "__main__":
    main()
