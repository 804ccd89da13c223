"""The builds call commands that exist, with variables that something reads; none is missing."""

import re
import shlex

import pytest
import typer
import yaml
from infra.terraform_tool import REPOSITORY, TERRAFORM

from lakehouse.cli import app
from lakehouse.landing.contract import known_domains, read_contract
from lakehouse.publishing.publish import SETTINGS

RUNTIME = (TERRAFORM / "modules" / "runtime" / "main.tf").read_text(encoding="utf-8")
COMMANDS = {
    match[1]: match[2].replace('\\"', '"')
    for match in re.finditer(r'^    (\w+) = \{\n      command     = "(.*)"$', RUNTIME, re.M)
}
CODE = "\n".join(
    path.read_text(encoding="utf-8") for path in (REPOSITORY / "src" / "lakehouse").rglob("*.py")
)


def outputs(module: str) -> set[str]:
    text = (TERRAFORM / "modules" / module / "outputs.tf").read_text(encoding="utf-8")
    return set(re.findall(r"^\s+(LAKEHOUSE_[A-Z_]+) +=", text, re.M))


def exposures() -> list[dict]:
    paths = (REPOSITORY / "models").glob("*/_*__exposures.yml")
    found = [
        one
        for path in paths
        for one in yaml.safe_load(path.read_text(encoding="utf-8"))["exposures"]
    ]
    return [one for one in found if "publish" in one.get("config", {}).get("meta", {})]


def test_every_step_has_a_command():
    assert set(COMMANDS) == {"extract", "maintain", "publish", "transform"}


def test_maintenance_calls_an_operation_that_exists():
    *program, operation = shlex.split(COMMANDS["maintain"])
    assert program == ["lakehouse", "dbt", "run-operation"]
    assert list((REPOSITORY / "macros").rglob(f"{operation}.sql"))


@pytest.mark.parametrize("step", ["extract", "publish"])
@pytest.mark.parametrize("source", ["retail", "retail.venda", "market"])
@pytest.mark.parametrize("key", ["-", "s3://t/market/a b;rm -rf $HOME.json"])
def test_a_command_of_a_build_is_one_that_the_command_line_takes(step: str, source: str, key: str):
    values = {"$LAKEHOUSE_SOURCE": source, "$LAKEHOUSE_OBJECT": key}
    # Every variable stands in double quotes: a shell makes one word of it, whatever it holds.
    assert "$" not in re.sub(r'"\$\w+"', "", COMMANDS[step])
    program, command, *words = [values.get(word, word) for word in shlex.split(COMMANDS[step])]
    assert program == "lakehouse"
    known = typer.main.get_command(app).commands[command]
    parsed = known.make_context(command, list(words)).params
    if step == "extract":
        assert (parsed["domain"], parsed["object_address"]) == (source, key)


def test_every_variable_of_a_build_is_read():
    given = set(re.findall(r"\b(LAKEHOUSE_[A-Z_]+) =", RUNTIME))
    # The engine is dbt's business; publication has its own.
    given -= {"LAKEHOUSE_TARGET"}
    assert given == {"LAKEHOUSE_SOURCE", "LAKEHOUSE_OBJECT", "LAKEHOUSE_RUN_DATE"}
    assert all(f"${name}" in "".join(COMMANDS.values()) for name in given)
    assert all(f'"{name}"' in CODE for name in outputs("aurora") | outputs("redshift"))
    assert '"LAKEHOUSE_TRANSIENT"' in CODE


def test_every_variable_that_publication_reads_is_given():
    read = set(re.findall(r'"(LAKEHOUSE_(?:AURORA|REDSHIFT)_[A-Z_]+)"', CODE))
    assert read == outputs("aurora") | outputs("redshift")
    assert set(SETTINGS["postgres"]) <= outputs("aurora")
    assert set(SETTINGS["redshift"]) == outputs("redshift")


def test_sources_have_settings_of_their_own():
    settings = [
        entity.source.setting
        for domain in known_domains(REPOSITORY)
        for entity in read_contract(domain, project_dir=REPOSITORY).entities.values()
        if entity.source is not None
    ]
    assert sorted(settings) == [
        "LAKEHOUSE_MARKET_CARTEIRA",
        "LAKEHOUSE_RETAIL_CATEGORIA",
        "LAKEHOUSE_RETAIL_FUNCIONARIO",
        "LAKEHOUSE_RETAIL_VENDA",
    ]


def test_exposures_name_schemas_and_readers_that_redshift_is_prepared_for():
    text = (TERRAFORM / "modules" / "redshift" / "variables.tf").read_text(encoding="utf-8")
    schemas = re.search(r'variable "schemas" \{.*?default +=\s*\[(.*?)\]', text, re.S)[1]
    reader = re.search(r'variable "reader_role" \{.*?default +=\s*"(\w+)"', text, re.S)[1]
    declared = [one["config"]["meta"]["publish"] for one in exposures()]
    on_redshift = [one for one in declared if one["target"] == "redshift"]
    assert {one["schema"] for one in on_redshift} == set(re.findall(r"\w+", schemas))
    assert {role for one in on_redshift for role in one["readers"]} == {reader}
