"""Print one table of the sample and where to read on, after `make build`."""

import duckdb

from lakehouse.database import database_file

QUERY = """
select gmv_date, subsidiary, gmv_amount, purchase_count
from commerce.rpt_commerce__gmv_current
order by gmv_date, subsidiary
"""


def main() -> None:
    """Show today's GMV, a question about an earlier day, and the documentation."""
    with duckdb.connect(database_file(), read_only=True) as connection:
        print("\ncommerce.rpt_commerce__gmv_current:")
        connection.sql(QUERY).show()
    print("Ask on:   .venv/bin/dbt show --inline \"{{ gmv_as_of('2023-03-31', '2023-01') }}\"")
    print("Read on:  make docs, then open target/static_index.html")


if __name__ == "__main__":
    main()
