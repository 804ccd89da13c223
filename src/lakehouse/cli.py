"""The command line: clients, clock and environment are made here and handed down."""

import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from botocore.exceptions import BotoCoreError

from lakehouse.contract import read_contract
from lakehouse.delivery import Delivery
from lakehouse.errors import LandingError, RawStoreError, UsageError
from lakehouse.landing import LandedLoad, land_delivery
from lakehouse.raw_store import LocalRawStore, RawStore, S3RawStore

app = typer.Typer(add_completion=False, no_args_is_help=True)


@app.callback()
def lakehouse() -> None:
    """Move data between sources, the raw zone and the places of use."""


@app.command()
def land(
    domain: Annotated[str, typer.Argument(help="Domain, such as commerce.")],
    deliveries: Annotated[
        list[str], typer.Argument(metavar="ENTITY=FILE...", help="What was delivered.")
    ],
    ingest_date: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Claim: received at the start of this UTC day."),
    ] = None,
    recorded_from: Annotated[
        str | None,
        typer.Option(metavar="COLUMN", help="Claim: received when this column says, per row."),
    ] = None,
    rewrite_history: Annotated[
        bool, typer.Option("--rewrite-history", help="Allow claims that change known history.")
    ] = False,
    full_extract: Annotated[
        list[str] | None,
        typer.Option(metavar="ENTITY", help="Holds every record: absence means deletion."),
    ] = None,
    project_dir: Annotated[Path, typer.Option(help="Directory that holds models/.")] = Path("."),
) -> None:
    """Land delivered files in the raw zone; several entities of one delivery in one call."""
    try:
        if ingest_date and recorded_from:
            raise UsageError("--ingest-date and --recorded-from exclude each other; give one")
        results = land_delivery(
            [_parse_delivery(text) for text in deliveries],
            contract=read_contract(domain, project_dir=project_dir),
            store=open_store(os.environ.get("LAKEHOUSE_RAW"), project_dir=project_dir),
            received_at=datetime.now(UTC),
            ingest_date=ingest_date.date() if ingest_date else None,
            recorded_from=recorded_from,
            rewrite_history=rewrite_history,
            full_extract=full_extract or (),
        )
    except LandingError as err:
        typer.echo(f"error: {err}", err=True)
        raise typer.Exit(err.exit_code) from err
    for result in results:
        for warning in result.warnings:
            typer.echo(f"warning: {warning}", err=True)
        typer.echo(_sentence(result))
        for day in result.open_days:
            next_day = date.fromisoformat(day) + timedelta(days=1)
            typer.echo(f"lands into the open day {day}; published from the run of {next_day} on")


def open_store(root: str | None, *, project_dir: Path) -> RawStore:
    """Open the raw zone that the environment names.

    Args:
        root: a directory or an `s3://bucket/prefix` URI; None is `data/raw` of the project.
    Raises: RawStoreError if the URI is on S3 and LAKEHOUSE_RAW_DATABASE is not set.
    """
    if root is None or not root.startswith("s3://"):
        return LocalRawStore(Path(root) if root else project_dir / "data" / "raw")
    database = os.environ.get("LAKEHOUSE_RAW_DATABASE")
    if not database:
        raise RawStoreError(
            "LAKEHOUSE_RAW_DATABASE is not set; name the Glue database of the raw tables, "
            "because Athena and Spark do not see partitions that are not registered"
        )
    # Imported late: it takes longer than landing a small file in a directory.
    import boto3

    try:
        s3, glue = boto3.client("s3"), boto3.client("glue")
    except BotoCoreError as err:
        raise RawStoreError(f"{root}: no AWS client ({err}); check the AWS settings") from err
    bucket, _, prefix = root.removeprefix("s3://").partition("/")
    return S3RawStore(bucket, prefix.strip("/"), database, s3=s3, glue=glue)


def _parse_delivery(text: str) -> Delivery:
    entity, separator, path = text.partition("=")
    if not (entity and separator and path):
        raise UsageError(f"'{text}' is not <entity>=<file>")
    return Delivery(entity=entity, path=Path(path))


def _sentence(result: LandedLoad) -> str:
    if result.outcome == "empty":
        return f"{result.entity}: nothing landed, no rows"
    if result.outcome == "repeated":
        return f"{result.entity}: nothing landed, the same delivery is load {result.load_id}"
    return (
        f"{result.entity}: landed {result.row_count} rows in {len(result.files)} file(s) as "
        f"load {result.load_id}"
    )
