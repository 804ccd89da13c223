"""The contract is read from the sources YAML of any domain, and only from there."""

import re

import pytest

from lakehouse.errors import ContractError, UsageError
from lakehouse.landing.contract import LandingRules, Shape, known_domains, read_contract

SOURCES = """
sources:
  - name: retail
    schema: "{{ 'raw' if target.type == 'duckdb' else 'x' }}"
    tables:
      - name: sale
        config:
          meta:
            landing:
              formats: [csv]
              encoding: latin-1
              delimiter: ";"
              required: [code]
              full_extract: true
              fallback_encoding: cp1252
        columns:
          - {name: code, data_type: string, config: {meta: {class: internal}}}
          - {name: price, data_type: string}
          - {name: sold_on, data_type: string, config: {meta: {kind: date}}}
          - {name: recorded_at, data_type: string, config: {meta: {provenance: true}}}
          - {name: is_full_extract, data_type: boolean, config: {meta: {provenance: true}}}
          - {name: ingest_date, data_type: string, config: {meta: {provenance: partition}}}
"""


@pytest.fixture
def sources(tmp_path):
    def write_sources(text):
        path = tmp_path / "models" / "retail" / "staging" / "_retail__sources.yml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return tmp_path

    return write_sources


def test_a_contract_has_the_delivered_columns_in_order_and_its_rules(sources):
    sale = read_contract("retail", project_dir=sources(SOURCES)).entity("sale")
    assert sale.columns == ("code", "price", "sold_on")
    assert sale.dates == {"sold_on"}
    assert sale.has_full_extract_column
    assert sale.stored_types == (
        ("code", "string"),
        ("price", "string"),
        ("sold_on", "string"),
        ("recorded_at", "string"),
        ("is_full_extract", "boolean"),
    )
    assert sale.rules == LandingRules(
        formats=("csv",),
        encoding="latin-1",
        fallback_encoding="cp1252",
        delimiter=";",
        shapes=(Shape("", ("code",), ("price", "sold_on")),),
        full_extract=True,
    )


def test_an_unknown_domain_is_answered_with_the_known_ones(sources, tmp_path):
    with pytest.raises(UsageError, match="unknown domain 'shop'; known: none"):
        read_contract("shop", project_dir=tmp_path)
    with pytest.raises(UsageError, match="unknown domain 'shop'; known: retail"):
        read_contract("shop", project_dir=sources(SOURCES))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("required: [code]", "required: [kode]", "undeclared columns: .'kode'"),
        ("encoding: latin-1", "encoding: latin-0", "latin-0"),
        ("delimiter", "delimitor", "delimitor"),
        ("landing:", "lending:", "landing"),
        ("sources:", "sources: [", "not a usable contract"),
        ("kind: date", "kind: day", "sold_on"),
    ],
)
def test_a_contract_that_cannot_be_used_names_its_file(sources, old, new, said):
    with pytest.raises(ContractError, match=rf"_retail__sources\.yml.*{said}") as refusal:
        read_contract("retail", project_dir=sources(SOURCES.replace(old, new, 1)))
    assert refusal.value.exit_code == 1


def test_columns_of_days_are_those_that_staging_reads_as_days(project_dir):
    for domain in known_domains(project_dir):
        for name, entity in read_contract(domain, project_dir=project_dir).entities.items():
            (model,) = (project_dir / "models" / domain / "staging").glob(f"stg_*__{name}.sql")
            read = re.findall(r"try_date\('(\w+)_(?:text|stated)'\)", model.read_text("utf-8"))
            assert entity.dates == set(read), name
