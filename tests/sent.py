"""The statements that a compiled model becomes on Athena and Glue (`with_kept_ctes`)."""

import re


def sent_statements(name: str, sql: str) -> dict[str, str]:
    """One for each CTE that is kept in a table while the model is built, and the model's own.

    Returns: SQL by the name of what is made, `<model>__<cte>` or the model.
    """
    sent = {}
    for cte in re.findall(r"/\* kept (\w+) \*/", sql):
        before, rest = sql.split(f"/* kept {cte} */")
        body, after = rest.split(f"/* end {cte} */")
        table = f"{name}__{cte}"
        sent[table] = f"{before}{body}select * from {cte}"
        sql = f"{before}(select * from kept.{table}){after}"
    return {**sent, name: sql}
