"""The rows of a mart that is published."""

from lakehouse.errors import PublishError, TableReadError
from lakehouse.marts.rows import TableReader, TextRow
from lakehouse.publishing.publication import PublishedTable


def mart_rows(table: PublishedTable, reader: TableReader) -> list[TextRow]:
    """Return all rows of a mart, values as text in the order of the published columns.

    Raises: PublishError if the mart cannot be read.
    """
    sources = [column.source for column in table.columns]
    try:
        return list(reader.texts(table.lake_schema, table.lake_table, sources))
    except TableReadError as err:
        raise PublishError(
            f"{table.model} cannot be read ({err}); nothing is published: run "
            f"`{reader.build_command}` first"
        ) from err
