"""What Hive's metastore client asks the Glue catalogue before a statement in Hive's grammar runs.

Athena sends DDL (not views, CTAS, OPTIMIZE, VACUUM) through that client; Trino has no such steps,
so a statement that fails on AWS would succeed here.
"""

from __future__ import annotations

from locallake.athena.plans import Context, Metastore, StatementError

DEFAULT_DATABASE = "default"
_TASK_FAILED = (
    "FAILED: Execution Error, return code 1 from org.apache.hadoop.hive.ql.exec.DDLTask. "
)


def check_session(context: Context) -> None:
    """Raises: StatementError unless `default` and the database of the context are there.

    Source: dbt-labs/dbt-adapters#411 for the context; for `default` the open source client of Glue
    for Hive, which would make it where it is missing, if the caller may make databases.
    """
    check_default(context.metastore)
    if not context.metastore.has_database(context.database):
        raise StatementError(
            f"FAILED: SemanticException [Error 10072]: Database does not exist: {context.database}"
        )


def check_default(metastore: Metastore) -> None:
    """Raises: StatementError where the database `default` is missing, or may not be looked up."""
    reason = metastore.denied("glue:GetDatabase", DEFAULT_DATABASE)
    if reason is None and not metastore.has_database(DEFAULT_DATABASE):
        reason = f"EntityNotFoundException: Database {DEFAULT_DATABASE} not found."
    if reason is not None:
        raise StatementError(
            f"{_TASK_FAILED}MetaException(message:Unable to verify existence of default database: "
            f"{reason})"
        )


def check_creation(schema: str, metastore: Metastore) -> None:
    """Raises: StatementError where the caller may not make the database, also if it exists.

    Source: dbt-labs/dbt-athena#716; the words are those of awsdocs/amazon-athena-user-guide#81.
    """
    if schema != DEFAULT_DATABASE:
        check_default(metastore)
    reason = metastore.denied("glue:CreateDatabase", schema)
    if reason is not None:
        raise StatementError(f"{_TASK_FAILED}MetaException(message:{reason})")
