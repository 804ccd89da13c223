"""The raw tables in the Glue catalogue, made from the dbt sources YAML.

Terraform makes the same tables from the same file; this is for a lake without Terraform and for
repair: what is already right stays as it is.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from lakehouse.aws import aws_errors
from lakehouse.errors import RawStoreError
from lakehouse.landing.contract import PARTITION_COLUMN, DomainContract, EntityContract
from lakehouse.landing.raw_store import RawFile, RawStore, S3RawStore

if TYPE_CHECKING:
    from mypy_boto3_glue.type_defs import StorageDescriptorTypeDef, TableInputTypeDef

_PARQUET: StorageDescriptorTypeDef = {
    "InputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
    "OutputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
    "SerdeInfo": {
        "SerializationLibrary": "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe",
        "Parameters": {"serialization.format": "1"},
    },
}


@dataclass(frozen=True)
class RegisteredTable:
    """One raw table after the call.

    Attributes:
        is_new: the call made the table.
        copied_count: raw files that the call copied into it.
        partition_count: days that have files, all of them registered.
    """

    name: str
    is_new: bool
    copied_count: int
    partition_count: int


def register_domain(
    contract: DomainContract, *, store: S3RawStore, copy_from: RawStore | None = None
) -> list[RegisteredTable]:
    """Make the raw tables of one domain and register every day that has files.

    A table that exists gets the columns that the contract has added; any other difference is
    left alone and refused, because rows were read through it.

    Args:
        copy_from: a raw zone whose files are copied first, each once; load ids and days stay.
    Raises: RawStoreError if a table says otherwise than the contract; AwsError if AWS refuses.
    Source: docs/architecture.md#registered-partitions.
    """
    _ensure_database(store)
    entities = contract.entities.values()
    is_new = {entity.name: _ensure_table(entity, contract.domain, store) for entity in entities}
    files = store.list_files(contract.domain)
    copied = _copy_missing(contract.domain, files, copy_from, store) if copy_from else []
    files += copied
    store.register(files)
    return [
        RegisteredTable(
            name=name,
            is_new=is_new[name],
            copied_count=len([file for file in copied if file.entity == name]),
            partition_count=len({file.partition for file in files if file.entity == name}),
        )
        for name in contract.entities
    ]


def raw_table_input(entity: EntityContract, location: str) -> TableInputTypeDef:
    """Return the Glue `TableInput` of a raw table: Parquet, partitioned by `ingest_date`."""
    return {
        "Name": entity.name,
        "TableType": "EXTERNAL_TABLE",
        "Parameters": {"EXTERNAL": "TRUE", "classification": "parquet"},
        "PartitionKeys": [{"Name": PARTITION_COLUMN, "Type": "string"}],
        "StorageDescriptor": {
            "Columns": [{"Name": name, "Type": type_} for name, type_ in entity.stored_types],
            "Location": location,
            **_PARQUET,
        },
    }


def _copy_missing(
    domain: str, there: Sequence[RawFile], source: RawStore, target: RawStore
) -> list[RawFile]:
    missing = sorted(set(source.list_files(domain)) - set(there), key=lambda file: file.key)
    # One by one: a raw zone is larger than memory, and an interrupted copy goes on where it was.
    for file in missing:
        with target.staging() as folder:
            folder.mkdir(parents=True, exist_ok=True)
            copy = folder / "copy"
            with source.open_file(file) as handle, copy.open("wb") as beside:
                shutil.copyfileobj(handle, beside)
            target.add([(file, copy)])
    return missing


def _ensure_database(store: S3RawStore) -> None:
    with aws_errors(f"Glue database {store.database}"):
        try:
            store.glue.get_database(Name=store.database)
        except ClientError as err:
            _raise_unless_missing(err)
            store.glue.create_database(DatabaseInput={"Name": store.database})


def _ensure_table(entity: EntityContract, domain: str, store: S3RawStore) -> bool:
    """Make the table, or add the columns that the contract has added; true if it is new."""
    name = f"{store.database}.{entity.name}"
    wanted = raw_table_input(entity, store.uri(f"{domain}/{entity.name}/"))
    with aws_errors(f"Glue table {name}"):
        try:
            found = store.glue.get_table(DatabaseName=store.database, Name=entity.name)["Table"]
        except ClientError as err:
            _raise_unless_missing(err)
            store.glue.create_table(DatabaseName=store.database, TableInput=wanted)
            return True
        if _lacks_columns(name, found, wanted):
            kept = {**found.get("Parameters", {}), **wanted["Parameters"]}
            store.glue.update_table(
                DatabaseName=store.database, TableInput={**wanted, "Parameters": kept}
            )
    return False


def _raise_unless_missing(err: ClientError) -> None:
    if err.response["Error"]["Code"] != "EntityNotFoundException":
        raise err


def _lacks_columns(name: str, found: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    """Whether columns of the contract are missing from the table.

    Raises: RawStoreError if the table differs in anything else.
    """
    there, here = _shape(found), _shape(wanted)
    for part in ("location", "partition keys"):
        if there[part] != here[part]:
            raise RawStoreError(
                f"Glue table {name}: {part} {there[part]}, the contract says {here[part]}; "
                f"drop the table (its files stay) and register again"
            )
    foreign = [" ".join(column) for column in there["columns"] if column not in here["columns"]]
    if foreign:
        raise RawStoreError(
            f"Glue table {name} has columns that the contract does not have: "
            f"{', '.join(foreign)}; correct the sources YAML, or drop the table (its files stay) "
            f"and register again"
        )
    return bool(there["columns"] != here["columns"])


def _shape(table: Mapping[str, Any]) -> dict[str, Any]:
    descriptor = table["StorageDescriptor"]
    return {
        "location": descriptor["Location"].rstrip("/"),
        "partition keys": [(key["Name"], key["Type"]) for key in table["PartitionKeys"]],
        "columns": [(column["Name"], column["Type"]) for column in descriptor["Columns"]],
    }
