"""The command line: clients, clock and environment are made here and handed down."""

import os
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from botocore.exceptions import BotoCoreError

from lakehouse.catalogue import RegisteredTable, register_domain
from lakehouse.contract import known_domains, read_contract
from lakehouse.delivery import Delivery
from lakehouse.errors import LandingError, RawStoreError, UsageError
from lakehouse.landing import LandedLoad, land_delivery
from lakehouse.raw_store import LocalRawStore, RawStore, S3RawStore
from lakehouse.terraform_env import environment, shell_exports
from lakehouse.transient import LocalTransientZone, S3TransientZone, TransientZone

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
    sender: Annotated[
        str | None,
        typer.Option(help="Who sent it, where the contract tells senders apart."),
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
            store=open_store(
                os.environ.get("LAKEHOUSE_RAW"), domain=domain, project_dir=project_dir
            ),
            received_at=datetime.now(UTC),
            ingest_date=ingest_date.date() if ingest_date else None,
            recorded_from=recorded_from,
            rewrite_history=rewrite_history,
            full_extract=full_extract or (),
            sender=sender,
        )
    except LandingError as err:
        typer.echo(f"error: {err}", err=True)
        raise typer.Exit(err.exit_code) from err
    _report(results)


@app.command()
def extract(
    domain: Annotated[str, typer.Argument(help="Domain, or one of its entities as DOMAIN.ENTITY.")],
    entities: Annotated[
        list[str] | None, typer.Argument(metavar="[ENTITY]...", help="All, if none is named.")
    ] = None,
    object_address: Annotated[
        str | None,
        typer.Option(
            "--object", metavar="ADDRESS", help="Land this object of the transient zone; - is none."
        ),
    ] = None,
    full: Annotated[
        bool, typer.Option("--full", help="Extract tables whole, though that is not due yet.")
    ] = False,
    project_dir: Annotated[Path, typer.Option(help="Directory that holds models/.")] = Path("."),
) -> None:
    """Fetch what the sources of a domain offer, and land it and what arrived; nothing twice."""
    # Imported late: HTTP and PostgreSQL are no business of the other commands.
    from lakehouse.extract import Places, extract_domain, extract_object
    from lakehouse.http_source import http_client

    try:
        name, _, entity = domain.partition(".")
        named = [*([entity] if entity else []), *(entities or [])]
        is_object = object_address not in (None, "-")
        if is_object and (named or full):
            raise UsageError("--object names what to land; leave out entities and --full")
        contract = read_contract(name, project_dir=project_dir)
        places = Places(
            store=open_store(os.environ.get("LAKEHOUSE_RAW"), domain=name, project_dir=project_dir),
            zone=open_transient(os.environ.get("LAKEHOUSE_TRANSIENT"), project_dir=project_dir),
            settings=os.environ,
            http=http_client,
            secrets=lambda: aws_client("secretsmanager", "secrets of sources"),
            now=lambda: datetime.now(UTC),
        )
        if is_object:
            done = extract_object(object_address, contract=contract, places=places)
        else:
            done = extract_domain(named, contract=contract, places=places, whole=full)
    except LandingError as err:
        typer.echo(f"error: {err}", err=True)
        raise typer.Exit(err.exit_code) from err
    for setting in done.unset:
        typer.echo(f"warning: {setting} is not set, so its source was not asked", err=True)
    _report([load for load in done.landed if load.outcome != "repeated"])
    for load in {load.load_id: load for load in done.landed if load.outcome == "repeated"}.values():
        typer.echo(_sentence(load))
    for address in done.arrived:
        typer.echo(f"arrived: {address}; its arrival starts the run that lands it")
    if not (done.landed or done.arrived or done.errors):
        typer.echo(f"{name}: nothing new")
    for error in done.errors:
        typer.echo(f"error: {error}", err=True)
    if done.errors:
        raise typer.Exit(done.errors[0].exit_code)


@app.command()
def publish(
    domains: Annotated[
        list[str] | None, typer.Argument(metavar="[DOMAIN]...", help="All, if none is named.")
    ] = None,
    allow_empty: Annotated[
        bool, typer.Option("--allow-empty", help="Let a mart without rows empty its table.")
    ] = False,
    manifest: Annotated[
        Path | None, typer.Option(help="Manifest that dbt wrote; else the project is parsed.")
    ] = None,
    project_dir: Annotated[Path, typer.Option(help="Directory that holds models/.")] = Path("."),
) -> None:
    """Copy marts to the databases that the exposures name; old tables stay until all is there."""
    # Imported late: the other commands speak to no database.
    from lakehouse.publish import publish as publish_exposures
    from lakehouse.publish import read_manifest

    try:
        done = publish_exposures(
            domains or (),
            manifest=read_manifest(project_dir, manifest),
            settings=os.environ,
            make_client=lambda service: aws_client(service, f"publishing by {service}"),
            allow_empty=allow_empty,
        )
    except LandingError as err:
        typer.echo(f"error: {err}", err=True)
        raise typer.Exit(err.exit_code) from err
    for exposure, setting in done.unset.items():
        typer.echo(f"warning: {setting} is not set, so {exposure} is not published", err=True)
    for exposure, tables in done.tables.items():
        for table in tables:
            typer.echo(
                f"{exposure}: {table.place} has {table.row_count} rows, {table.written_count} "
                f"written, {table.removed_count} removed"
            )
    for error in done.errors:
        typer.echo(f"error: {error}", err=True)
    if done.errors:
        raise typer.Exit(done.errors[0].exit_code)


@app.command()
def register(
    domains: Annotated[
        list[str] | None, typer.Argument(metavar="[DOMAIN]...", help="All, if none is named.")
    ] = None,
    copy_from: Annotated[
        Path | None,
        typer.Option("--copy-from", help="First copy the raw files of this directory, once each."),
    ] = None,
    project_dir: Annotated[Path, typer.Option(help="Directory that holds models/.")] = Path("."),
) -> None:
    """Make the raw tables in the Glue catalogue and register every day that has files."""
    try:
        root = os.environ.get("LAKEHOUSE_RAW")
        for domain in domains or known_domains(project_dir):
            contract = read_contract(domain, project_dir=project_dir)
            store = open_store(root, domain=domain, project_dir=project_dir)
            if not isinstance(store, S3RawStore):
                raise UsageError(
                    "LAKEHOUSE_RAW is not on S3, so there is no catalogue; DuckDB reads the "
                    "directory as it is"
                )
            source = LocalRawStore(copy_from) if copy_from else None
            for table in register_domain(contract, store=store, copy_from=source):
                typer.echo(_registered_sentence(store.database, table))
    except LandingError as err:
        typer.echo(f"error: {err}", err=True)
        raise typer.Exit(err.exit_code) from err


@app.command()
def features(
    input_path: Annotated[
        Path, typer.Option("--input-path", "--input_path", help="CSV file, or directory of them.")
    ],
    output_path: Annotated[
        Path,
        typer.Option("--output-path", "--output_path", help="Gets anomesdia=YYYYMMDD/<sender>."),
    ],
    anomesdia: Annotated[
        int | None,
        typer.Option(metavar="YYYYMMDD", help="Reference date of rows without one, else today."),
    ] = None,
    sender: Annotated[
        str | None, typer.Option(help="Who sent it; says how the file is written.")
    ] = None,
    project_dir: Annotated[Path, typer.Option(help="Directory that holds models/.")] = Path("."),
) -> None:
    """Turn one delivery of credit proposals into features, Parquet partitioned by anomesdia."""
    from lakehouse.features import write_features

    try:
        result = write_features(
            input_path,
            output_path,
            project_dir=project_dir,
            received_at=datetime.now(UTC),
            anomesdia=anomesdia,
            sender=sender,
        )
    except LandingError as err:
        typer.echo(f"error: {err}", err=True)
        raise typer.Exit(err.exit_code) from err
    for warning in result.warnings:
        typer.echo(f"warning: {warning}", err=True)
    if result.rejected_count:
        typer.echo(
            f"warning: {result.rejected_count} rows have no usable key or date and no features",
            err=True,
        )
    for path, row_count in result.partitions.values():
        typer.echo(f"{path}: {row_count} rows")
    if not result.partitions:
        typer.echo("nothing written, no rows")


@app.command()
def env(
    from_terraform: Annotated[
        Path, typer.Option(metavar="FOLDER", help="Applied environment: terraform/live/<name>.")
    ],
) -> None:
    """Print what dbt and landing need on AWS: eval "$(lakehouse env --from-terraform FOLDER)"."""
    try:
        typer.echo(shell_exports(environment(from_terraform)))
    except LandingError as err:
        typer.echo(f"error: {err}", err=True)
        raise typer.Exit(err.exit_code) from err


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def build(context: typer.Context) -> None:
    """Build and test the tables; takes any option of `dbt build`, whose --help lists them."""
    # Imported late: the other commands draw nothing.
    from lakehouse.building.command import build as build_quietly

    raise typer.Exit(build_quietly(context.args, say=typer.echo))


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def dbt(context: typer.Context) -> None:
    """Run dbt, such as `lakehouse dbt build`; an error that an adapter swallowed fails it too."""
    # Imported late: dbt takes seconds.
    from lakehouse.dbt_run import checked_run

    raise typer.Exit(checked_run(context.args))


def open_store(root: str | None, *, domain: str, project_dir: Path) -> RawStore:
    """Open the raw zone that the environment names.

    Args:
        root: a directory or an `s3://bucket/prefix` URI; None is `data/raw` of the project.
        domain: its raw tables lie in the Glue database LAKEHOUSE_RAW_DATABASE, which holds those
            of all domains; else in the domain's own, LAKEHOUSE_DATABASE_<DOMAIN>, by default
            `<LAKEHOUSE_SCHEMA_PREFIX>_<domain>`. The dbt sources YAML says the same.
    Raises: RawStoreError if there is no AWS client to be had.
    """
    if root is None or not root.startswith("s3://"):
        return LocalRawStore(Path(root) if root else project_dir / "data" / "raw")
    prefix = os.environ.get("LAKEHOUSE_SCHEMA_PREFIX", "lakehouse_dev")
    own = os.environ.get(f"LAKEHOUSE_DATABASE_{domain.upper()}", f"{prefix}_{domain}")
    database = os.environ.get("LAKEHOUSE_RAW_DATABASE", own)
    bucket, _, prefix = root.removeprefix("s3://").partition("/")
    return S3RawStore(
        bucket,
        prefix.strip("/"),
        database,
        s3=aws_client("s3", root),
        glue=aws_client("glue", root),
    )


def open_transient(root: str | None, *, project_dir: Path) -> TransientZone:
    """Open the transient zone that the environment names.

    Args:
        root: a directory or an `s3://bucket/prefix` URI; None is `data/transient` of the project.
    Raises: RawStoreError if there is no AWS client to be had.
    """
    if root is None or not root.startswith("s3://"):
        return LocalTransientZone(Path(root) if root else project_dir / "data" / "transient")
    bucket, _, prefix = root.removeprefix("s3://").partition("/")
    return S3TransientZone(bucket, prefix.strip("/"), s3=aws_client("s3", root))


def aws_client(service: str, thing: str) -> Any:
    """Make a client of AWS for a thing that an error names.

    Raises: RawStoreError if the AWS settings do not suffice.
    """
    # Imported late: it takes longer than landing a small file in a directory.
    import boto3

    try:
        return boto3.client(service)
    except BotoCoreError as err:
        raise RawStoreError(f"{thing}: no AWS client ({err}); check the AWS settings") from err


def _report(results: Iterable[LandedLoad]) -> None:
    for result in results:
        for warning in result.warnings:
            typer.echo(f"warning: {warning}", err=True)
        typer.echo(_sentence(result))
        for day in result.open_days:
            next_day = date.fromisoformat(day) + timedelta(days=1)
            typer.echo(f"lands into the open day {day}; published from the run of {next_day} on")


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


def _registered_sentence(database: str, table: RegisteredTable) -> str:
    made = ", table made" if table.is_new else ""
    copied = f", {table.copied_count} file(s) copied" if table.copied_count else ""
    return f"{database}.{table.name}: {table.partition_count} day(s) registered{made}{copied}"
