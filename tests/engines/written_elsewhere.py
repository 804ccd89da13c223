"""Write a day's purchases as Spark does and their items as pandas does, each with its own types.

A program of its own, for the environment of Glue sessions: `written_elsewhere.py <day> <folder>`
writes `<folder>/purchase`, a folder of parts, and `<folder>/items.parquet`.
"""

import datetime as dt
import sys
from pathlib import Path

import pandas as pd
from pyspark.sql import SparkSession

PURCHASES = (2001, 2002)


def main(day: dt.date, folder: Path) -> None:
    bought = dt.datetime.combine(day, dt.time(0, 0, 1), dt.UTC)
    spark = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false")
    session = spark.config("spark.sql.session.timeZone", "America/Sao_Paulo").getOrCreate()
    columns = (
        "transaction_datetime timestamp, purchase_id long, buyer_id long, prod_item_id long, "
        "order_date date, release_date date, producer_id long, coupon string"
    )
    rows = [(bought, number, 1, None, day, day, 7, "SUMMER") for number in PURCHASES]
    purchases = session.createDataFrame(rows, columns)
    purchases.repartition(2).write.parquet(str(folder / "purchase"))
    session.stop()

    pd.DataFrame(
        {
            "transaction_datetime": pd.to_datetime([bought] * len(PURCHASES)),
            "purchase_id": PURCHASES,
            "product_id": [9, None],
            "item_quantity": pd.array([1, 2], dtype="Int32"),
            "purchase_value": [50.1, 70.0],
        }
    ).to_parquet(folder / "items.parquet")


if __name__ == "__main__":
    main(dt.date.fromisoformat(sys.argv[1]), Path(sys.argv[2]))
