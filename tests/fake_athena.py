"""An Athena that unloads: DuckDB runs the query, its rows lie in the fake S3 as Parquet."""

import io
import re
from dataclasses import dataclass, field
from typing import Any

import duckdb
import pyarrow.parquet as pq
from botocore.exceptions import ClientError
from fake_aws import FakeAws

_UNLOAD = re.compile(r"unload \((.*)\) to 's3://([^']*)/' with \(format = 'PARQUET'\)")


@dataclass
class FakeAthena:
    """The calls of the client that a reading makes.

    Attributes:
        aws: where the files go, one for each row: a reader of the first only would miss some.
        lake: an open DuckDB connection with a database `awsdatacatalog`.
        fails: reason with which every statement fails, after it has left a file.
        refuses: whether no statement may be started.
    """

    aws: FakeAws
    lake: Any = field(default_factory=duckdb.connect)
    fails: str = ""
    refuses: bool = False
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.lake.execute("attach ':memory:' as awsdatacatalog")

    def start_query_execution(self, *, QueryString: str, WorkGroup: str) -> dict[str, str]:
        if self.refuses:
            raise ClientError(
                {"Error": {"Code": "AccessDeniedException", "Message": "no"}},
                "StartQueryExecution",
            )
        self.asked.append(QueryString)
        found = _UNLOAD.fullmatch(QueryString)
        assert found, QueryString
        query, folder = found.groups()
        assert not [key for key in self.aws.objects if key.startswith(folder)], "not empty"
        rows = self.lake.sql(query).to_arrow_table()
        for number in range(len(rows)):
            file = io.BytesIO()
            pq.write_table(rows.slice(number, 1), file)
            self.aws.objects[f"{folder}/{number}"] = file.getvalue()
        return {"QueryExecutionId": "q"}

    def get_query_execution(self, *, QueryExecutionId: str) -> dict[str, Any]:
        state = {"State": "FAILED", "StateChangeReason": self.fails} if self.fails else None
        return {"QueryExecution": {"Status": state or {"State": "SUCCEEDED"}}}
