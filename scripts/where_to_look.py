"""Print where the built tables are and today's GMV, after `make build`."""

import os
import pathlib

import duckdb

QUERY = """
select gmv_date, subsidiary, gmv_amount, purchase_count
from commerce.rpt_commerce__gmv_current
order by gmv_date, subsidiary
"""


def main() -> None:
    """Show the database's path, the command that opens it, and one table of the sample."""
    path = pathlib.Path(os.environ.get("LAKEHOUSE_DUCKDB", "lakehouse.duckdb"))
    with duckdb.connect(str(path), read_only=True) as connection:
        print(f"\nTables are in {path}. commerce.rpt_commerce__gmv_current:")
        connection.sql(QUERY).show()
    print("Ask on:   .venv/bin/dbt show --inline \"{{ gmv_as_of('2023-03-31', '2023-01') }}\"")
    print("Read on:  make docs, then open target/static_index.html")


if __name__ == "__main__":
    main()
