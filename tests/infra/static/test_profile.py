"""The dbt profile and Terraform's outputs name the same variables."""

import re

from infra.terraform_tool import REPOSITORY, TERRAFORM

# Of a machine or a person, not of an environment on AWS.
LOCAL = {
    "AWS_ENDPOINT_URL",
    "LAKEHOUSE_DBT_THREADS",
    "LAKEHOUSE_DUCKDB",
    "LAKEHOUSE_DUCKDB_MEMORY",
}
# boto3 and landing read these; dbt does not.
BESIDE_DBT = {"AWS_DEFAULT_REGION", "LAKEHOUSE_RAW", "LAKEHOUSE_TRANSIENT"}


def test_terraform_gives_every_value_that_the_profile_reads():
    profile = "".join(
        (REPOSITORY / name).read_text(encoding="utf-8")
        for name in ("profiles.yml", "dbt_project.yml")
    )
    read = set(re.findall(r"env_var\('([A-Z_]+)'", profile))
    spark = (TERRAFORM / "modules" / "spark" / "outputs.tf").read_text(encoding="utf-8")
    live = (TERRAFORM / "live" / "dev" / "main.tf").read_text(encoding="utf-8")
    block = re.search(r"profile = merge\(.*?\n  \}\)", live, re.S).group(0)
    given = set(re.findall(r"^\s+([A-Z_]+) +=", spark + block, re.M))
    assert given == (read - LOCAL) | BESIDE_DBT


def test_prefix_of_schemas_is_that_of_databases():
    live = (TERRAFORM / "live" / "dev" / "main.tf").read_text(encoding="utf-8")
    assert 'LAKEHOUSE_SCHEMA_PREFIX    = replace(local.prefix, "-", "_")' in live
    catalogue = (TERRAFORM / "modules" / "catalogue" / "main.tf").read_text(encoding="utf-8")
    assert '"${replace(var.prefix, "-", "_")}_${domain}"' in catalogue
    macro = (REPOSITORY / "macros" / "dbt" / "generate_schema_name.sql").read_text(encoding="utf-8")
    # The variable holds what Terraform calls the database; without it both say <prefix>_<domain>.
    assert "env_var('LAKEHOUSE_DATABASE_' ~ custom_schema_name | trim | upper" in macro
    assert "target.schema ~ '_' ~ custom_schema_name | trim" in macro
