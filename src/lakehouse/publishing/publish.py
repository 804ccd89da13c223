"""Publishing: every declared exposure of the chosen domains, each to its own target."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from lakehouse.aws import AwsClients, poll_seconds
from lakehouse.database import database_file
from lakehouse.errors import LakehouseError, PublishError, UsageError
from lakehouse.marts.engine import open_reader
from lakehouse.marts.rows import TableReader
from lakehouse.postgres import PostgresLogin, login_from_secret, login_from_url
from lakehouse.publishing.publication import (
    DeclaredExposure,
    Publication,
    PublishedRows,
    declared_exposures,
    publications,
)
from lakehouse.publishing.to_postgres import publish_to_postgres
from lakehouse.publishing.to_redshift import RedshiftTarget, publish_to_redshift

_URL, _SECRET = "LAKEHOUSE_POSTGRES_URL", "LAKEHOUSE_AURORA_SECRET"
_Declared = TypeVar("_Declared", bound=DeclaredExposure)
# The settings without which a target is not switched on; a URL takes the place of the secret.
SETTINGS = {
    "postgres": (_SECRET,),
    "redshift": (
        "LAKEHOUSE_REDSHIFT_WORKGROUP",
        "LAKEHOUSE_REDSHIFT_DATABASE",
        "LAKEHOUSE_REDSHIFT_COPY_ROLE",
        "LAKEHOUSE_REDSHIFT_EXPORTS",
    ),
}
# Parts of a login that the secret of Aurora's owner does not hold.
_LOGIN_SETTINGS = {
    "host": "LAKEHOUSE_AURORA_HOST",
    "port": "LAKEHOUSE_AURORA_PORT",
    "dbname": "LAKEHOUSE_AURORA_DATABASE",
}


@dataclass(frozen=True)
class Published:
    """What became of a call.

    Attributes:
        tables: result per published table, by exposure.
        unset: by exposure that was left out, the setting that its target lacks.
    """

    tables: Mapping[str, Sequence[PublishedRows]] = field(default_factory=dict)
    unset: Mapping[str, str] = field(default_factory=dict)
    errors: tuple[LakehouseError, ...] = ()


def check_settings(
    domains: Sequence[str], *, settings: Mapping[str, str], project_dir: Path
) -> None:
    """Look at what publishing takes from the environment, before dbt reads the project.

    Args:
        domains: as for `publish`.
    Raises: UsageError that names the setting and the next step.
    """
    declared = declared_exposures(project_dir)
    _unset(_chosen(declared, domains), domains, settings)
    if settings.get(_URL):
        if settings.get(_SECRET):
            raise UsageError(f"{_URL} and {_SECRET} are both set; unset the one that is not meant")
        login_from_url(settings[_URL], setting=_URL)
    lake = Path(database_file(settings))
    if settings.get("LAKEHOUSE_TARGET", "duckdb") == "duckdb" and not lake.is_file():
        raise UsageError(
            f"{lake}: no such database; build the tables first, or correct LAKEHOUSE_DUCKDB"
        )


def publish(
    domains: Sequence[str],
    *,
    manifest: Mapping[str, Any],
    settings: Mapping[str, str],
    clients: AwsClients,
    allow_empty: bool = False,
    allow_removal: Collection[str] = (),
) -> Published:
    """Publish what the exposures of some domains declare; one at fault does not hold up others.

    Args:
        domains: empty = all; the target of a domain that is named must be set.
        manifest: dbt's, parsed for the engine of `settings`.
        settings: environment variables.
        allow_removal: tables of which any number of rows may go, as `<schema>.<table>` or by the
            model.
    Raises: UsageError if a named domain publishes nothing or its target is not set, or no target
        is, or for a table that none of them publishes; PublishError for a declaration that
        cannot be published.
    """
    chosen = _chosen(publications(manifest), domains)
    tables = {f"{one.schema}.{table.name}" for one in chosen for table in one.tables}
    models = {table.model for one in chosen for table in one.tables}
    if unknown := sorted(set(allow_removal) - tables - models):
        raise UsageError(
            f"--allow-removal {', '.join(unknown)}: no such table; there are "
            f"{', '.join(sorted(tables))}"
        )
    unset = _unset(chosen, domains, settings)
    marts = open_reader(settings, clients)
    done: dict[str, Sequence[PublishedRows]] = {}
    errors: list[LakehouseError] = []
    for publication in (one for one in chosen if one.exposure not in unset):
        try:
            done[publication.exposure] = _publish_one(
                publication, marts, settings, clients, allow_empty, allow_removal
            )
        except LakehouseError as err:
            errors.append(err)
    return Published(done, unset, tuple(errors))


def read_manifest(project_dir: Path, path: Path | None = None) -> Mapping[str, Any]:
    """Read a manifest that dbt wrote, or let dbt parse the project for the target it would take.

    Raises: PublishError if there is none.
    """
    if path is not None:
        try:
            manifest: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            return manifest
        except (OSError, ValueError) as err:
            raise PublishError(f"{path}: no manifest ({err}); run `dbt parse`") from err
    # Imported late: dbt takes seconds.
    from dbt.cli.main import dbtRunner
    from dbt.contracts.graph.manifest import Manifest

    words = ["--project-dir", str(project_dir), "--profiles-dir", str(project_dir)]
    done = dbtRunner().invoke(["--quiet", "parse", *words])
    if not done.success or not isinstance(done.result, Manifest):
        raise PublishError(f"dbt cannot parse the project ({done.exception}); run `dbt parse`")
    return done.result.writable_manifest().to_dict(omit_none=False)


def _chosen(declared: Sequence[_Declared], domains: Sequence[str]) -> list[_Declared]:
    if unknown := sorted(set(domains) - {one.domain for one in declared}):
        known = ", ".join(sorted({one.domain for one in declared})) or "none"
        raise UsageError(f"{', '.join(unknown)}: nothing to publish; domains that do: {known}")
    return [one for one in declared if not domains or one.domain in domains]


def _unset(
    chosen: Sequence[DeclaredExposure], domains: Sequence[str], settings: Mapping[str, str]
) -> dict[str, str]:
    """Return, by exposure that is left out, the setting that its target lacks.

    Raises: UsageError if that leaves nothing, or a domain that was named.
    """
    unset = {one.exposure: missing for one in chosen if (missing := _missing(one.target, settings))}
    if unset and (domains or len(unset) == len(chosen)):
        exposure, setting = next(iter(unset.items()))
        named = f"{setting} or {_URL}" if setting == _SECRET else setting
        raise UsageError(
            f"{exposure}: {named} is not set, so there is nowhere to publish to; "
            f'see docs/runbook.md, "Publishing"'
        )
    return unset


def _missing(target: str, settings: Mapping[str, str]) -> str | None:
    if target == "postgres" and settings.get(_URL):
        return None
    return next((name for name in SETTINGS[target] if not settings.get(name)), None)


def _postgres_login(settings: Mapping[str, str], clients: AwsClients) -> PostgresLogin:
    if url := settings.get(_URL):
        return login_from_url(url, setting=_URL)
    known = {part: settings[name] for part, name in _LOGIN_SETTINGS.items() if name in settings}
    return login_from_secret(
        settings[_SECRET],
        secrets=clients.secrets(),
        ca_file=settings.get("LAKEHOUSE_AURORA_CA"),
        **known,
    )


def _publish_one(
    publication: Publication,
    marts: TableReader,
    settings: Mapping[str, str],
    clients: AwsClients,
    allow_empty: bool,
    allow_removal: Collection[str],
) -> Sequence[PublishedRows]:
    if publication.target == "postgres":
        return publish_to_postgres(
            publication,
            marts=marts,
            login=_postgres_login(settings, clients),
            allow_empty=allow_empty,
            allow_removal=allow_removal,
        )
    target = RedshiftTarget(
        workgroup=settings["LAKEHOUSE_REDSHIFT_WORKGROUP"],
        database=settings["LAKEHOUSE_REDSHIFT_DATABASE"],
        copy_role=settings["LAKEHOUSE_REDSHIFT_COPY_ROLE"],
        exports=settings["LAKEHOUSE_REDSHIFT_EXPORTS"],
        data=clients.redshift_data(),
        s3=clients.s3(),
        poll_seconds=poll_seconds(settings),
    )
    return publish_to_redshift(
        publication,
        marts=marts,
        target=target,
        allow_empty=allow_empty,
        allow_removal=allow_removal,
    )
