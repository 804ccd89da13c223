"""The command line: words become calls, results sentences; clock and environment come in here."""

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.completion import (  # type: ignore[attr-defined]
    completion_init,
    get_completion_script,
)

from lakehouse.aws import AwsClients
from lakehouse.decisions import LIST, Decided
from lakehouse.decisions import accept as accept_loads
from lakehouse.decisions import withdraw as withdraw_loads
from lakehouse.errors import ComparisonError, LakehouseError, RawStoreError, UsageError
from lakehouse.explain import LANGUAGES, explain, explanations, language_of
from lakehouse.landing.catalogue import RegisteredTable, register_domain
from lakehouse.landing.contract import known_domains, read_contract
from lakehouse.landing.delivery import Delivery
from lakehouse.landing.land import LandedLoad, land_delivery
from lakehouse.landing.own_lake import check_is_own, make_own_lake
from lakehouse.landing.raw_store import LocalRawStore, RawStore, S3RawStore, open_store
from lakehouse.terraform_env import environment, shell_exports

if TYPE_CHECKING:
    from lakehouse.extraction.extract import Extraction
    from lakehouse.publishing.publish import Published

_LISTED = f"Commit {LIST.parent}: on AWS it counts once that commit is deployed."

app = typer.Typer(add_completion=False, no_args_is_help=True)
lease_app = typer.Typer(no_args_is_help=True, help="Who writes the tables on Athena and Glue.")
app.add_typer(lease_app, name="lease")
# What `lakehouse completion` prints asks this program for words, in a variable of its environment.
completion_init()

Shell = Annotated[str, typer.Option(metavar="posix|powershell", help="Whose lines are printed.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON in place of sentences.")]


def _version(is_asked: bool) -> None:
    if is_asked:
        typer.echo(
            " ".join(f"{name} {metadata.version(name)}" for name in ("lakehouse", "dbt-core"))
        )
        raise typer.Exit


@app.callback()
def lakehouse(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Print it, and dbt's."),
    ] = False,
) -> None:
    """Move data between sources, the raw zone and the places of use."""


@app.command()
def doctor(
    as_json: AsJson = False,
    project_dir: Annotated[Path, typer.Option(help="Directory of dbt_project.yml.")] = Path("."),
) -> None:
    """Say what this machine lacks, and the command that mends it; fails if a build would."""
    # Imported late: it looks into packages that the other commands do without.
    from lakehouse.doctor import examine

    findings = examine(os.environ, project_dir)
    if as_json:
        _print_json(findings)
    else:
        for each in findings:
            typer.echo(f"{each.state:<8}  {each.name}: {each.said}")
            if each.mend:
                typer.echo(f"          {each.mend}")
    if any(each.state == "missing" for each in findings):
        raise typer.Exit(1)


@app.command("explain")
def explain_code(
    code: Annotated[str, typer.Argument(help="As commands and tables show it; all, if none.")] = "",
    language: Annotated[
        str, typer.Option(metavar="|".join(LANGUAGES), help="The shell's, if none is given.")
    ] = "",
    as_json: AsJson = False,
    project_dir: Annotated[Path, typer.Option(help="Directory of dbt_project.yml.")] = Path("."),
) -> None:
    """Say what a code of an error, a test, a status or a reason means, and what to do next."""
    with _told_errors():
        spoken = language or language_of()
        found = (
            [explain(code, project_dir, spoken)]
            if code
            else list(explanations(project_dir, spoken).values())
        )
    if as_json:
        _print_json(found)
        return
    for each in found:
        typer.echo(f"{each.code} ({each.kind}): {each.cause}")
        typer.echo(f"  {each.next_step}")


@app.command()
def completion(
    shell: Annotated[str, typer.Argument(help="bash, zsh, fish or powershell.")],
) -> None:
    """Print what completes words in a shell: eval "$(lakehouse completion bash)"."""
    known = ("bash", "zsh", "fish", "powershell")
    with _told_errors():
        if shell not in known:
            raise UsageError(f"'{shell}' is no shell that is known: {', '.join(known)}")
    typer.echo(
        get_completion_script(
            prog_name="lakehouse", complete_var="_LAKEHOUSE_COMPLETE", shell=shell
        )
    )


@app.command()
def new(
    folder: Annotated[Path, typer.Argument(help="New folder for raw files and the database.")],
    with_sample: Annotated[
        bool, typer.Option("--with-sample", help="Start from the sample instead of empty.")
    ] = False,
    shell: Shell = "posix",
    project_dir: Annotated[Path, typer.Option(help="Directory that holds data/raw.")] = Path("."),
) -> None:
    """Make a lake of your own and print what commands need: eval "$(lakehouse new mine)"."""
    with _told_errors():
        # Before anything is made: an unknown shell makes no lake.
        shell_exports({}, shell)
        lake = make_own_lake(folder, project_dir=project_dir, with_sample=with_sample)
    typer.echo(f"{folder}: {'new lake' if lake.is_new else 'the lake that is there'}", err=True)
    typer.echo(shell_exports(lake.settings, shell))


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
    absent_is_null: Annotated[
        list[str] | None,
        typer.Option(metavar="COLUMN", help="JSON: no record has this key because all are null."),
    ] = None,
    as_json: AsJson = False,
    project_dir: Annotated[Path, typer.Option(help="Directory that holds models/.")] = Path("."),
) -> None:
    """Land delivered files in the raw zone; several entities of one delivery in one call."""
    with _told_errors():
        if ingest_date and recorded_from:
            raise UsageError("--ingest-date and --recorded-from exclude each other; give one")
        results = land_delivery(
            [_parse_delivery(text) for text in deliveries],
            contract=read_contract(domain, project_dir=project_dir),
            store=_own_store(domain, project_dir),
            received_at=datetime.now(UTC),
            clock=lambda: datetime.now(UTC),
            ingest_date=ingest_date.date() if ingest_date else None,
            recorded_from=recorded_from,
            rewrite_history=rewrite_history,
            full_extract=full_extract or (),
            sender=sender,
            absent_is_null=absent_is_null or (),
        )
    if as_json:
        _print_json(results)
    else:
        _report(results)


@app.command()
def accept(
    loads: Annotated[list[str], typer.Argument(metavar="LOAD...", help="As the build names it.")],
    why: Annotated[str, typer.Option(help="Who decides so, and why.")],
    as_json: AsJson = False,
    project_dir: Annotated[Path, typer.Option(help="Directory that holds models/.")] = Path("."),
) -> None:
    """Let loads pass that stop the build, for the rows they reject or the records they end."""
    done = _decide(accept_loads, loads, why, project_dir)
    if as_json:
        _print_json(done)
        return
    _report_decisions(done, verb="accepted")
    typer.echo(f"next: lakehouse build. {_LISTED}")


@app.command()
def withdraw(
    loads: Annotated[list[str], typer.Argument(metavar="LOAD...", help="As the build names it.")],
    why: Annotated[str, typer.Option(help="Who decides so, and why.")],
    as_json: AsJson = False,
    project_dir: Annotated[Path, typer.Option(help="Directory that holds models/.")] = Path("."),
) -> None:
    """Take loads out of the raw zone; their files are kept below _withdrawn."""
    done = _decide(withdraw_loads, loads, why, project_dir)
    if as_json:
        _print_json(done)
        return
    _report_decisions(done, verb="withdrawn")
    domains = sorted({each.decision.domain for each in done})
    below = " ".join(f"path:models/{domain}+" for domain in domains)
    typer.echo(
        f"next, if a build has read it: lakehouse build --full-refresh --select {below}. {_LISTED}"
    )
    typer.echo(
        "Its delivery, landed again, is a new load: take it out of the transient zone if the next "
        "extract must not land it."
    )


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
    as_json: AsJson = False,
    project_dir: Annotated[Path, typer.Option(help="Directory that holds models/.")] = Path("."),
) -> None:
    """Fetch what the sources of a domain offer, and land it and what arrived; nothing twice."""
    # Imported late: HTTP and PostgreSQL are no business of the other commands.
    from lakehouse.extraction.extract import Places, extract_domain, extract_object
    from lakehouse.extraction.http_source import http_client
    from lakehouse.extraction.transient import open_transient

    with _told_errors():
        name, _, entity = domain.partition(".")
        named = [*([entity] if entity else []), *(entities or [])]
        # The workflow gives "-" where no object started it.
        arrived = None if object_address == "-" else object_address
        if arrived is not None and (named or full):
            raise UsageError("--object names what to land; leave out entities and --full")
        contract = read_contract(name, project_dir=project_dir)
        places = Places(
            store=_own_store(name, project_dir),
            zone=open_transient(os.environ, project_dir=project_dir),
            settings=os.environ,
            http=http_client,
            secrets=AwsClients("secrets of sources").secrets,
            now=lambda: datetime.now(UTC),
        )
        if arrived is not None:
            done = extract_object(arrived, contract=contract, places=places)
        else:
            done = extract_domain(named, contract=contract, places=places, whole=full)
    if as_json:
        _print_json(done)
    else:
        _report_extraction(name, done)
    for error in done.errors:
        _tell(error)
    if done.errors:
        raise typer.Exit(done.errors[0].exit_code)


def _report_extraction(domain: str, done: "Extraction") -> None:
    for setting in done.unset:
        typer.echo(f"warning: {setting} is not set, so its source was not asked", err=True)
    _report([load for load in done.landed if load.outcome != "repeated"])
    for load in {load.load_id: load for load in done.landed if load.outcome == "repeated"}.values():
        typer.echo(_sentence(load))
    for address in done.arrived:
        typer.echo(f"arrived: {address}; its arrival starts the run that lands it")
    if not (done.landed or done.arrived or done.errors):
        typer.echo(f"{domain}: nothing new")


@app.command()
def publish(
    domains: Annotated[
        list[str] | None, typer.Argument(metavar="[DOMAIN]...", help="All, if none is named.")
    ] = None,
    allow_empty: Annotated[
        bool, typer.Option("--allow-empty", help="Let a mart without rows empty its table.")
    ] = False,
    allow_removal: Annotated[
        list[str] | None,
        typer.Option(metavar="TABLE", help="Let any number of rows of this table go."),
    ] = None,
    manifest: Annotated[
        Path | None, typer.Option(help="Manifest that dbt wrote; else the project is parsed.")
    ] = None,
    as_json: AsJson = False,
    project_dir: Annotated[Path, typer.Option(help="Directory that holds models/.")] = Path("."),
) -> None:
    """Copy marts to the databases that the exposures name; old tables stay until all is there."""
    # Imported late: the other commands speak to no database.
    from lakehouse.publishing.publish import check_settings, read_manifest
    from lakehouse.publishing.publish import publish as publish_exposures

    with _told_errors():
        check_settings(domains or (), settings=os.environ, project_dir=project_dir)
        done = publish_exposures(
            domains or (),
            manifest=read_manifest(project_dir, manifest),
            settings=os.environ,
            clients=AwsClients("publishing"),
            allow_empty=allow_empty,
            allow_removal=allow_removal or (),
        )
    if as_json:
        _print_json(done)
    else:
        _report_published(done)
    for error in done.errors:
        _tell(error)
    if done.errors:
        raise typer.Exit(done.errors[0].exit_code)


def _report_published(done: "Published") -> None:
    for exposure, setting in done.unset.items():
        typer.echo(f"warning: {setting} is not set, so {exposure} is not published", err=True)
    for exposure, tables in done.tables.items():
        for table in tables:
            typer.echo(
                f"{exposure}: {table.place} has {table.row_count} rows, {table.written_count} "
                f"written, {table.removed_count} removed"
            )


@app.command()
def register(
    domains: Annotated[
        list[str] | None, typer.Argument(metavar="[DOMAIN]...", help="All, if none is named.")
    ] = None,
    copy_from: Annotated[
        Path | None,
        typer.Option("--copy-from", help="First copy the raw files of this directory, once each."),
    ] = None,
    as_json: AsJson = False,
    project_dir: Annotated[Path, typer.Option(help="Directory that holds models/.")] = Path("."),
) -> None:
    """Make the raw tables in the Glue catalogue and register every day that has files."""
    registered = []
    with _told_errors():
        for domain in domains or known_domains(project_dir):
            contract = read_contract(domain, project_dir=project_dir)
            store = open_store(os.environ, domain=domain, project_dir=project_dir)
            if not isinstance(store, S3RawStore):
                raise UsageError(
                    "LAKEHOUSE_RAW is not on S3, so there is no catalogue; DuckDB reads the "
                    "directory as it is"
                )
            source = LocalRawStore(copy_from) if copy_from else None
            for table in register_domain(contract, store=store, copy_from=source):
                registered.append({"database": store.database, **asdict(table)})
                if not as_json:
                    typer.echo(_registered_sentence(store.database, table))
    if as_json:
        _print_json(registered)


@app.command()
def verify(
    domains: Annotated[
        list[str] | None, typer.Argument(metavar="[DOMAIN]...", help="All, if none is named.")
    ] = None,
    as_json: AsJson = False,
    project_dir: Annotated[Path, typer.Option(help="Directory of dbt_project.yml.")] = Path(),
) -> None:
    """Read all raw files and say which are not what was landed; fails if one is not."""
    from lakehouse.landing.digest import verify as verify_files

    faults = []
    counted = unknown = 0
    with _told_errors():
        for domain in domains or known_domains(project_dir):
            read_contract(domain, project_dir=project_dir)
            store = open_store(os.environ, domain=domain, project_dir=project_dir)
            for found in verify_files(store.list_files(domain), store):
                counted += 1
                unknown += not found.has_digest
                if found.fault:
                    faults.append({"file": found.file.key, "fault": found.fault})
                    typer.echo(f"error: {found.file.key}: {found.fault}", err=True)
        changed = len(faults)
        same = counted - changed - unknown
        if as_json:
            counts = {"files": counted, "as_landed": same, "unsigned": unknown, "changed": faults}
            _print_json(counts)
        else:
            typer.echo(
                f"{counted} raw files: {same} as landed, {changed} changed, {unknown} unsigned"
            )
            if unknown:
                typer.echo("unsigned: written by others, or before files had a digest")
        if changed:
            raise RawStoreError(
                "bring the files back from a copy, or land their deliveries again and refresh"
            )


@app.command()
def features(
    input_path: Annotated[
        str,
        typer.Option(
            "--input-path", "--input_path", help="CSV file or directory of them, or s3://…"
        ),
    ],
    output_path: Annotated[
        str,
        typer.Option(
            "--output-path",
            "--output_path",
            help="Directory or s3://…; gets anomesdia=YYYYMMDD/<sender>.",
        ),
    ],
    anomesdia: Annotated[
        int | None,
        typer.Option(metavar="YYYYMMDD", help="Reference date of rows without one, else today."),
    ] = None,
    sender: Annotated[
        str | None, typer.Option(help="Who sent it; says how the file is written.")
    ] = None,
    as_json: AsJson = False,
    project_dir: Annotated[Path, typer.Option(help="Directory that holds models/.")] = Path("."),
) -> None:
    """Turn one delivery of credit proposals into features, Parquet partitioned by anomesdia."""
    from lakehouse.features import write_features

    with _told_errors():
        result = write_features(
            input_path,
            output_path,
            project_dir=project_dir,
            received_at=datetime.now(UTC),
            clients=AwsClients("features"),
            anomesdia=anomesdia,
            sender=sender,
        )
    if as_json:
        _print_json(result)
        return
    for warning in result.warnings:
        typer.echo(f"warning: {warning}", err=True)
    if result.rejected_count:
        typer.echo(
            f"warning: {result.rejected_count} rows have no usable key or date and no features",
            err=True,
        )
    if result.invalid or result.unknown:
        typer.echo(f"warning: {_values_sentence(result.invalid, result.unknown)}", err=True)
    for address, row_count in result.partitions.values():
        typer.echo(f"{address}: {row_count} rows")
    if not result.partitions:
        typer.echo("nothing written, no rows")


@app.command()
def env(
    from_terraform: Annotated[
        Path, typer.Option(metavar="FOLDER", help="Applied environment: terraform/live/<name>.")
    ],
    shell: Shell = "posix",
) -> None:
    """Print what dbt and landing need on AWS: eval "$(lakehouse env --from-terraform FOLDER)"."""
    with _told_errors():
        typer.echo(shell_exports(environment(from_terraform), shell))


@app.command()
def site(
    folder: Annotated[
        Path, typer.Option(help="Written anew; refused if it holds anything but a site.")
    ] = Path("target/site"),
    vega: Annotated[
        Path, typer.Option(help="Script that draws charts; `make site` makes it.")
    ] = Path("target/vega/vega.js"),
    docs: Annotated[
        Path, typer.Option(help="Page that `make docs` wrote, for the definitions.")
    ] = Path("target/static_index.html"),
    project_dir: Annotated[Path, typer.Option(help="Directory that holds models/.")] = Path("."),
) -> None:
    """Write the marts of the DuckDB file as pages that open from disk, without personal columns."""
    # Imported late: templates are no business of the other commands.
    from lakehouse.site.write import write_site

    with _told_errors():
        done = write_site(
            folder, project_dir=project_dir, settings=os.environ, vega=vega, docs=docs
        )
    for domain in done.missing:
        typer.echo(f"warning: {domain} is not built, its page says so", err=True)
    if not done.has_docs:
        typer.echo(f"warning: {docs} is not there, so no number leads to its model", err=True)
    typer.echo(f"Open {done.start}")


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def build(context: typer.Context) -> None:
    """Build and test what is new; takes any option of `dbt build`, and --force to build all."""
    # Imported late: the other commands draw nothing.
    from lakehouse.building.command import build as build_quietly

    _check_settings(context.args)
    # A program that has parsed the project hands it over, as dbt's own command takes it.
    with _told_errors():
        code = build_quietly(context.args, say=typer.echo, manifest=context.obj)
    raise typer.Exit(code)


@app.command(
    context_settings={
        "allow_extra_args": True,
        "ignore_unknown_options": True,
        # dbt's own help is asked for by `lakehouse dbt build --help`.
        "help_option_names": [],
    }
)
def dbt(context: typer.Context) -> None:
    """Run dbt, such as `lakehouse dbt build`; an error that an adapter swallowed fails it too."""
    # Imported late: dbt takes seconds.
    from lakehouse.building.checked_run import checked_run

    if {"--help", "-h"} & set(context.args) or not context.args:
        from dbt.cli.main import cli

        cli.main(args=context.args or ["--help"], prog_name="lakehouse dbt")
    _check_settings(context.args)
    with _told_errors():
        code = checked_run(context.args, manifest=context.obj)
    raise typer.Exit(code)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def plan(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
    project_dir: Annotated[Path, typer.Option(help="Directory of dbt_project.yml.")] = Path(),
) -> None:
    """Say what `lakehouse build` would do now, why, and what it costs; takes its options.

    Changes nothing. Exit status 1 if a contract breaks or a model reads more than its budget.
    """
    # Imported late: dbt takes seconds.
    from lakehouse.planning import plan as planning

    _check_settings([*context.args, "--project-dir", str(project_dir)])
    with _told_errors(exit_code=ComparisonError.exit_code):
        found = planning.plan(context.args, project_dir=project_dir)
    typer.echo(planning.as_json(found) if as_json else "\n".join(planning.as_text(found)))
    if found.breaks or any(each.is_over_budget for each in found.models):
        raise typer.Exit(1)


@app.command()
def diff(
    before: Annotated[
        str, typer.Argument(help="Database file, athena:PREFIX, or commit, branch or tag to build.")
    ],
    after: Annotated[
        str | None, typer.Argument(help="The same; the build that the settings name, if none.")
    ] = None,
    table: Annotated[
        list[str] | None, typer.Option(metavar="TABLE", help="Only this one; may be repeated.")
    ] = None,
    all_tables: Annotated[
        bool, typer.Option("--all", help="All tables and views, not marts alone.")
    ] = False,
    as_markdown: Annotated[bool, typer.Option("--markdown", help="For a pull request.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
    run_date: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Open day of commits that are built; else today."),
    ] = None,
    project_dir: Annotated[Path, typer.Option(help="Directory of dbt_project.yml.")] = Path(),
) -> None:
    """Compare two builds; exit status 0 if they are equal, 1 if not, 2 if that is not known."""
    # Imported late: the other commands open no database.
    from lakehouse.comparing import told
    from lakehouse.comparing.diff import diff as compare_builds

    with _told_errors(exit_code=ComparisonError.exit_code):
        found = compare_builds(
            before,
            after,
            tables=table or (),
            is_of_all=all_tables,
            project_dir=project_dir,
            run_date=(run_date or datetime.now(UTC)).date(),
            say=lambda sentence: typer.echo(sentence, err=True),
        )
    if as_json:
        typer.echo(told.as_json(found))
    else:
        typer.echo("\n".join((told.as_markdown if as_markdown else told.as_text)(found)))
    if found.has_trouble:
        raise typer.Exit(ComparisonError.exit_code)
    raise typer.Exit(0 if found.is_equal else 1)


@lease_app.command()
def status(
    as_json: AsJson = False,
) -> None:
    """Say who writes the tables; exit status 0 if nobody does, 75 if somebody."""
    # Imported late: the clients take longer to load than most commands take.
    from lakehouse.building.lease import Pace, lease_object, said_of
    from lakehouse.errors import LeaseHeldError

    with _told_errors():
        lease = lease_object(os.environ)
        found = lease.read()
    holder = None if found is None or found.is_free(Pace()) else found
    if as_json:
        _print_json({"lease": lease.uri, "holder": holder})
    elif holder is None:
        typer.echo(f"nobody writes: {lease.uri} is free")
    else:
        typer.echo(said_of(holder, lease))
    if holder is None:
        return
    raise typer.Exit(LeaseHeldError.exit_code)


@app.command()
def transform(
    run_date: Annotated[
        str, typer.Option(metavar="DAY", help="Day that is open; - is the day of the start.")
    ] = "-",
    select: Annotated[
        str, typer.Option(metavar="SELECTORS", help="Of dbt, with blanks between; - is everything.")
    ] = "-",
    full_refresh: Annotated[
        str, typer.Option(metavar="yes|-", help="Build the selected tables anew.")
    ] = "-",
    variables: Annotated[
        str, typer.Option(metavar="JSON", help="Variables of this run; - is none.")
    ] = "-",
) -> None:
    """Build and test tables as a run of the workflow does, with dbt's own output."""
    # Imported late: dbt takes seconds.
    from lakehouse.building.checked_run import checked_run
    from lakehouse.building.freshness import NAMESPACE_SETTING, write_ages
    from lakehouse.building.transform import build_words

    with _told_errors():
        words = build_words(run_date, select=select, full_refresh=full_refresh, variables=variables)
    _check_settings(words)
    with _told_errors():
        code = checked_run(words)
        if code == 0 and os.environ.get(NAMESPACE_SETTING):
            write_ages(
                words, settings=os.environ, cloudwatch=AwsClients("ages of sources").cloudwatch()
            )
    raise typer.Exit(code)


@app.command()
def run(
    sources: Annotated[
        list[str] | None,
        typer.Argument(metavar="[DOMAIN]...", help="Extracted first; none, if none is named."),
    ] = None,
    select: Annotated[
        list[str] | None, typer.Option(metavar="SELECTOR", help="Of dbt; all, if none is given.")
    ] = None,
    full_refresh: Annotated[
        bool, typer.Option("--full-refresh", help="Build the selected tables anew.")
    ] = False,
    var: Annotated[
        list[str] | None, typer.Option(metavar="NAME=VALUE", help="Variable of this run alone.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Start a run of the workflow on AWS by hand; its name is told."""
    from lakehouse.workflow import inputs_by_hand, start_by_hand

    with _told_errors():
        machine = os.environ.get("LAKEHOUSE_WORKFLOW")
        if not machine:
            raise UsageError(
                "LAKEHOUSE_WORKFLOW is not set; "
                'eval "$(lakehouse env --from-terraform terraform/live/dev)" sets it'
            )
        inputs = inputs_by_hand(
            sources=sources or (),
            select=select or (),
            full_refresh=full_refresh,
            variables=var or (),
        )
        name = start_by_hand(
            inputs,
            machine=machine,
            now=datetime.now(UTC),
            stepfunctions=AwsClients("workflow").stepfunctions(),
        )
    if as_json:
        _print_json({"started": name})
    else:
        typer.echo(f"started: {name}; a notice tells how it ends")


def _check_settings(arguments: Sequence[str]) -> None:
    from lakehouse.building.checked_settings import check_settings, project_of
    from lakehouse.building.dbt_run import target_of

    with _told_errors():
        check_settings(
            os.environ,
            target=target_of(arguments, os.environ),
            project_dir=project_of(arguments, os.environ),
        )


@contextmanager
def _told_errors(*, exit_code: int | None = None) -> Iterator[None]:
    """Say an error, and end with its status, or with another one that the command promises."""
    try:
        yield
    except LakehouseError as err:
        _tell(err)
        raise typer.Exit(exit_code or err.exit_code) from err


def _tell(err: LakehouseError) -> None:
    """With the code that `lakehouse explain` takes."""
    typer.echo(f"error: {err} [{err.code()}]", err=True)


def _print_json(value: object) -> None:
    """Dataclasses as objects, what JSON does not know as text, an error with its code."""

    def plain(each: Any) -> Any:
        if isinstance(each, LakehouseError):
            return {"code": each.code(), "message": str(each)}
        return asdict(each) if is_dataclass(each) and not isinstance(each, type) else str(each)

    typer.echo(json.dumps(value, default=plain, ensure_ascii=False, indent=2))


def _own_store(domain: str, project_dir: Path) -> RawStore:
    store = open_store(os.environ, domain=domain, project_dir=project_dir)
    check_is_own(store)
    return store


def _report(results: Iterable[LandedLoad]) -> None:
    for result in results:
        for warning in result.warnings:
            typer.echo(f"warning: {warning}", err=True)
        typer.echo(_sentence(result))


def _decide(
    decide: Callable[..., list[Decided]],
    loads: Sequence[str],
    why: str,
    project_dir: Path,
) -> list[Decided]:
    with _told_errors():
        return decide(
            loads,
            why=why,
            decided_on=datetime.now(UTC).date(),
            settings=os.environ,
            project_dir=project_dir,
        )


def _report_decisions(done: Iterable[Decided], *, verb: str) -> None:
    for each in done:
        load = each.decision
        name = f"{load.domain}.{load.entity}: load {load.load_id} ({load.days})"
        moved = f"; {_files(each.moved_count)} moved to {each.place}" if each.moved_count else ""
        known = "" if each.is_new else ", as it was listed before"
        typer.echo(f"{name} is {verb}{known}{moved}")


def _files(count: int) -> str:
    return f"{count} file{'' if count == 1 else 's'}"


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


def _values_sentence(invalid: Mapping[str, int], unknown: Mapping[str, int]) -> str:
    found = (("invalid values, read as null", invalid), ("unknown, counted as other", unknown))
    return "; ".join(
        f"{kind}: {', '.join(f'{column} {count}' for column, count in counts.items())}"
        for kind, counts in found
        if counts
    )


def _registered_sentence(database: str, table: RegisteredTable) -> str:
    made = ", table made" if table.is_new else ""
    copied = f", {table.copied_count} file(s) copied" if table.copied_count else ""
    return f"{database}.{table.name}: {table.partition_count} day(s) registered{made}{copied}"
