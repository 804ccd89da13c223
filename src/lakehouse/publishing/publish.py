"""Publishing: every declared exposure of the chosen domains, each to its own target."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lakehouse.aws import AwsClients, poll_seconds
from lakehouse.errors import LakehouseError, PublishError, UsageError
from lakehouse.marts.engine import open_reader
from lakehouse.marts.rows import TableReader
from lakehouse.postgres import login_from_secret
from lakehouse.publishing.publication import Publication, PublishedRows, publications
from lakehouse.publishing.to_postgres import publish_to_postgres
from lakehouse.publishing.to_redshift import RedshiftTarget, publish_to_redshift

# The settings without which a target is not switched on.
SETTINGS = {
    "postgres": ("LAKEHOUSE_AURORA_SECRET",),
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
    declared = publications(manifest)
    if unknown := sorted(set(domains) - {one.domain for one in declared}):
        known = ", ".join(sorted({one.domain for one in declared})) or "none"
        raise UsageError(f"{', '.join(unknown)}: nothing to publish; domains that do: {known}")
    chosen = [one for one in declared if not domains or one.domain in domains]
    tables = {f"{one.schema}.{table.name}" for one in chosen for table in one.tables}
    models = {table.model for one in chosen for table in one.tables}
    if unknown := sorted(set(allow_removal) - tables - models):
        raise UsageError(
            f"--allow-removal {', '.join(unknown)}: no such table; there are "
            f"{', '.join(sorted(tables))}"
        )
    unset = {one.exposure: missing for one in chosen if (missing := _missing(one.target, settings))}
    if unset and (domains or len(unset) == len(chosen)):
        exposure, setting = next(iter(unset.items()))
        raise UsageError(
            f"{exposure}: {setting} is not set, so there is nowhere to publish to; "
            f'see docs/runbook.md, "Publishing"'
        )
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


def _missing(target: str, settings: Mapping[str, str]) -> str | None:
    return next((name for name in SETTINGS[target] if not settings.get(name)), None)


def _publish_one(
    publication: Publication,
    marts: TableReader,
    settings: Mapping[str, str],
    clients: AwsClients,
    allow_empty: bool,
    allow_removal: Collection[str],
) -> Sequence[PublishedRows]:
    if publication.target == "postgres":
        known = {part: settings[name] for part, name in _LOGIN_SETTINGS.items() if name in settings}
        login = login_from_secret(
            settings["LAKEHOUSE_AURORA_SECRET"],
            secrets=clients.secrets(),
            ca_file=settings.get("LAKEHOUSE_AURORA_CA"),
            **known,
        )
        return publish_to_postgres(
            publication,
            marts=marts,
            login=login,
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
