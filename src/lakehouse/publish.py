"""Publishing: every declared exposure of the chosen domains, each to its own target."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lakehouse.errors import LandingError, PublishError, UsageError
from lakehouse.mart_rows import AthenaMarts, DuckDbMarts, Marts
from lakehouse.parity import AthenaReader
from lakehouse.postgres import login_from_secret
from lakehouse.publication import Publication, publications
from lakehouse.publish_postgres import PublishedRows, publish_to_postgres
from lakehouse.publish_redshift import RedshiftTarget, publish_to_redshift

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

MakeClient = Callable[[str], Any]


@dataclass(frozen=True)
class Published:
    """What became of a call.

    Attributes:
        tables: result per published table, by exposure.
        unset: by exposure that was left out, the setting that its target lacks.
    """

    tables: Mapping[str, Sequence[PublishedRows]] = field(default_factory=dict)
    unset: Mapping[str, str] = field(default_factory=dict)
    errors: tuple[LandingError, ...] = ()


def publish(
    domains: Sequence[str],
    *,
    manifest: Mapping[str, Any],
    settings: Mapping[str, str],
    make_client: MakeClient,
    allow_empty: bool = False,
) -> Published:
    """Publish what the exposures of some domains declare; one at fault does not hold up others.

    Args:
        domains: empty = all; the target of a domain that is named must be set.
        manifest: dbt's, parsed for the engine of `settings`.
        settings: environment variables.
        make_client: makes an AWS client of a service.
    Raises: UsageError if a named domain publishes nothing or its target is not set, or no target
        is; PublishError for a declaration that cannot be published.
    """
    declared = publications(manifest)
    if unknown := sorted(set(domains) - {one.domain for one in declared}):
        known = ", ".join(sorted({one.domain for one in declared})) or "none"
        raise UsageError(f"{', '.join(unknown)}: nothing to publish; domains that do: {known}")
    chosen = [one for one in declared if not domains or one.domain in domains]
    unset = {one.exposure: missing for one in chosen if (missing := _missing(one.target, settings))}
    if unset and (domains or len(unset) == len(chosen)):
        exposure, setting = next(iter(unset.items()))
        raise UsageError(
            f"{exposure}: {setting} is not set, so there is nowhere to publish to; "
            f'see docs/runbook.md, "Publishing"'
        )
    marts = open_marts(settings, make_client)
    done: dict[str, Sequence[PublishedRows]] = {}
    errors: list[LandingError] = []
    for publication in (one for one in chosen if one.exposure not in unset):
        try:
            done[publication.exposure] = _publish_one(
                publication, marts, settings, make_client, allow_empty
            )
        except LandingError as err:
            errors.append(err)
    return Published(done, unset, tuple(errors))


def open_marts(settings: Mapping[str, str], make_client: MakeClient) -> Marts:
    """Open the marts of the engine that LAKEHOUSE_TARGET names; Athena reads what Glue wrote."""
    if settings.get("LAKEHOUSE_TARGET", "duckdb") == "duckdb":
        return DuckDbMarts(Path(settings.get("LAKEHOUSE_DUCKDB", "lakehouse.duckdb")))
    return AthenaMarts(
        AthenaReader(
            athena=make_client("athena"),
            glue=make_client("glue"),
            workgroup=settings.get("LAKEHOUSE_ATHENA_WORKGROUP", "lakehouse_dev"),
            poll_seconds=_poll_seconds(settings),
        )
    )


def read_manifest(project_dir: Path, path: Path | None = None) -> Mapping[str, Any]:
    """Read a manifest that dbt wrote, or let dbt parse the project for the target it would take.

    Raises: PublishError if there is none.
    """
    if path is not None:
        try:
            return json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as err:
            raise PublishError(f"{path}: no manifest ({err}); run `dbt parse`") from err
    # Imported late: dbt takes seconds.
    from dbt.cli.main import dbtRunner

    words = ["--project-dir", str(project_dir), "--profiles-dir", str(project_dir)]
    done = dbtRunner().invoke(["--quiet", "parse", *words])
    if not done.success:
        raise PublishError(f"dbt cannot parse the project ({done.exception}); run `dbt parse`")
    return done.result.writable_manifest().to_dict(omit_none=False)


def _missing(target: str, settings: Mapping[str, str]) -> str | None:
    return next((name for name in SETTINGS[target] if not settings.get(name)), None)


def _poll_seconds(settings: Mapping[str, str]) -> float:
    """A local endpoint answers at once; on AWS a status call a second is enough."""
    return 0.1 if settings.get("AWS_ENDPOINT_URL") else 1.0


def _publish_one(
    publication: Publication,
    marts: Marts,
    settings: Mapping[str, str],
    make_client: MakeClient,
    allow_empty: bool,
) -> Sequence[PublishedRows]:
    if publication.target == "postgres":
        known = {part: settings[name] for part, name in _LOGIN_SETTINGS.items() if name in settings}
        login = login_from_secret(
            settings["LAKEHOUSE_AURORA_SECRET"],
            secrets=make_client("secretsmanager"),
            ca_file=settings.get("LAKEHOUSE_AURORA_CA"),
            **known,
        )
        return publish_to_postgres(publication, marts=marts, login=login, allow_empty=allow_empty)
    target = RedshiftTarget(
        workgroup=settings["LAKEHOUSE_REDSHIFT_WORKGROUP"],
        database=settings["LAKEHOUSE_REDSHIFT_DATABASE"],
        copy_role=settings["LAKEHOUSE_REDSHIFT_COPY_ROLE"],
        exports=settings["LAKEHOUSE_REDSHIFT_EXPORTS"],
        data=make_client("redshift-data"),
        s3=make_client("s3"),
        poll_seconds=_poll_seconds(settings),
    )
    return publish_to_redshift(publication, marts=marts, target=target, allow_empty=allow_empty)
