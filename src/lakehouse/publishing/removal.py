"""How much of a published table may go before somebody has to say that it is meant."""

from collections.abc import Collection

from lakehouse.errors import PublishError
from lakehouse.publishing.publication import Publication, PublishedTable

# Of the keys of the target: fewer are gone every day, and a share says nothing of them.
FEWEST_KEYS = 3


def check_removal(
    publication: Publication,
    table: PublishedTable,
    *,
    held_count: int,
    missing_count: int,
    allowed: Collection[str],
) -> None:
    """Refuse to publish a table that would lose too many of its keys.

    Args:
        held_count: keys of the target; missing_count: those of them that the mart lacks.
        allowed: tables of which any number may go, as `<schema>.<table>` or by the model.
    Raises: PublishError, naming table, numbers and next step.
    Source: docs/architecture.md#removal-of-published-rows.
    """
    shown = f"{publication.schema}.{table.name}"
    if missing_count < FEWEST_KEYS or missing_count <= table.max_removed_share * held_count:
        return
    if shown in allowed or table.model in allowed:
        return
    raise PublishError(
        f"{shown} would lose {missing_count} of its {held_count} rows, which {table.model} no "
        f"longer has: nothing is published; see whether a delivery was cut short, or publish with "
        f"--allow-removal {shown} if they are meant to go"
    )
