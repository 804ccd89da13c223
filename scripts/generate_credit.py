"""Write what follows from the credit declarations: column lists of contracts, and reference seeds.

    python scripts/generate_credit.py [project directory]

The declarations are the variable `credit_declarations` of dbt_project.yml; the macro
`log_generated_credit` says what follows from them. A test proves that what is committed is current.
"""

import csv
import io
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
DBT = "from dbt.cli.main import cli; cli()"
MARTS = ("feat_credit__proposal", "feat_credit__customer_latest")
BAND_COLUMNS = ("feature_name", "posicao", "band_code", "lower_bound", "upper_bound", "band_label")
VOCABULARY_COLUMNS = ("column_name", "posicao", "known_value", "feature_name")
BLOCK = re.compile(
    r"(?P<begin>      # generated: begin[^\n]*\n).*?(?P<end>      # generated: end\n)", re.DOTALL
)
SEEDS_YAML = """\
# Written by scripts/generate_credit.py from the credit declarations.
seeds:
  - name: ref_credit__band
    description: >
      The declared bands of the credit features, to be read: lower bound inclusive, upper exclusive,
      empty = open; the band `missing` holds nulls.
    config:
      meta: {{grain: [feature_name, band_code]}}
      column_types:
        posicao: bigint
        band_code: "{{{{ 'string' if target.type != 'duckdb' else 'varchar' }}}}"
        lower_bound: decimal(18,6)
        upper_bound: decimal(18,6)
    data_tests:
      - grain:
          arguments: {{columns: [feature_name, band_code]}}
      - row_count_is:
          arguments: {{rows: {bands}}}
    columns:
      - name: feature_name
        data_type: string
        description: "Number that is banded."
        config: {{meta: {{class: public}}}}
      - name: posicao
        data_type: bigint
        description: "Order of the bands of a feature, from low to high, missing last."
        config: {{meta: {{class: public}}}}
      - name: band_code
        data_type: string
        description: "Code as it stands in `<feature>_band_code`."
        config: {{meta: {{class: public}}}}
      - name: lower_bound
        data_type: decimal(18,6)
        description: "Smallest value of the band; null = open."
        config: {{meta: {{class: public}}}}
      - name: upper_bound
        data_type: decimal(18,6)
        description: "Smallest value above the band; null = open."
        config: {{meta: {{class: public}}}}
      - name: band_label
        data_type: string
        description: "Meaning in Portuguese."
        config: {{meta: {{class: public}}}}

  - name: ref_credit__vocabulary
    description: >
      The declared values of the categories that are encoded one-hot, to be read. Any other value is
      counted in the column that ends in `_other` and flagged.
    config:
      meta: {{grain: [column_name, known_value]}}
      column_types:
        posicao: bigint
        known_value: "{{{{ 'string' if target.type != 'duckdb' else 'varchar' }}}}"
    data_tests:
      - grain:
          arguments: {{columns: [column_name, known_value]}}
      - row_count_is:
          arguments: {{rows: {vocabulary}}}
    columns:
      - name: column_name
        data_type: string
        description: "Category the value belongs to."
        config: {{meta: {{class: public}}}}
      - name: posicao
        data_type: bigint
        description: "Order of the values of a category."
        config: {{meta: {{class: public}}}}
      - name: known_value
        data_type: string
        description: "Value as staging writes it: upper case, no accents."
        config: {{meta: {{class: public}}}}
      - name: feature_name
        data_type: string
        description: "Column that is 1 for the value."
        config: {{meta: {{class: public}}}}
"""


def main() -> None:
    """Write the files of the project given on the command line, or of this one."""
    project = Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else ROOT
    for path, text in generated_files(project).items():
        (project / path).write_text(text, encoding="utf-8")


def generated_files(project: Path) -> dict[str, str]:
    """Return path in the project -> text, for every file that holds generated text.

    Raises: SystemExit with dbt's message if the declarations cannot be used.
    """
    derived = _derived(project)
    files = {
        "seeds/credit/ref_credit__band.csv": _csv_text(BAND_COLUMNS, derived["bands"]),
        "seeds/credit/ref_credit__vocabulary.csv": _csv_text(
            VOCABULARY_COLUMNS, derived["vocabulary"]
        ),
        "seeds/credit/_credit__seeds.yml": SEEDS_YAML.format(
            bands=len(derived["bands"]), vocabulary=len(derived["vocabulary"])
        ),
    }
    for mart in MARTS:
        path = f"models/credit/marts/{mart}.yml"
        text = (project / path).read_text(encoding="utf-8")
        key = yaml.safe_load(text)["models"][0]["config"]["meta"]["grain"]
        block = "".join(_column_yaml(column, key) for column in derived["columns"])
        new_text, count = BLOCK.subn(lambda found: found["begin"] + block + found["end"], text)  # noqa: B023
        if count != 1:
            raise SystemExit(f"{path}: no block between 'generated: begin' and 'generated: end'")
        files[path] = new_text
    return files


def _derived(project: Path) -> Mapping[str, Any]:
    """Ask dbt what follows from the declarations; a database of its own, in memory."""
    with tempfile.TemporaryDirectory() as folder:
        words = ["run-operation", "log_generated_credit", "--no-use-colors", "--log-format", "json"]
        words += ["--project-dir", str(project), "--profiles-dir", str(project)]
        # Where dbt keeps what it has parsed of this project.
        words += ["--target-path", str(project / "target"), "--log-path", f"{folder}/logs"]
        done = subprocess.run(
            [sys.executable, "-c", DBT, *words],
            env={**os.environ, "LAKEHOUSE_TARGET": "duckdb", "LAKEHOUSE_DUCKDB": ":memory:"},
            cwd=project,
            capture_output=True,
            text=True,
        )
    messages = [
        json.loads(line)["info"]["msg"] for line in done.stdout.splitlines() if line.startswith("{")
    ]
    found = [text for text in messages if text.startswith("credit_generated=")]
    if done.returncode or not found:
        raise SystemExit("dbt failed:\n" + "\n".join(messages or [done.stdout, done.stderr]))
    derived: Mapping[str, Any] = json.loads(found[0].removeprefix("credit_generated="))
    return derived


def _csv_text(header: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


def _column_yaml(column: Mapping[str, Any], key: Sequence[str]) -> str:
    description = column["description"].replace('"', "'")
    constraint = "        constraints: [{type: not_null}]\n"
    return (
        f"      - name: {column['name']}\n"
        f"        data_type: {column['type']}\n"
        f"{constraint * (column['name'] in key)}"
        f'        description: "{description}"\n'
        f"        config: {{meta: {{class: {column['class']}}}}}\n"
    )


if __name__ == "__main__":
    main()
