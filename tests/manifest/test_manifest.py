"""The project holds its conventions, and each check reports the convention it is there for.

`checks.py` says what is held. The second half breaks one thing at a time in a copy of the real
manifest: exactly the intended checks must report it, and name it. A check without such a proof is
reported itself.
"""

import gc
import pickle
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import checks
import pytest
from checks import CHECKS, Manifest, Node
from targets import TARGETS

# Incremental marts whose unit tests are still owed; an entry that has one is reported.
WITHOUT_UNIT_TEST: tuple[str, ...] = ()

CONFIGURED = {
    check.__name__: partial(check, allowed=WITHOUT_UNIT_TEST)
    if check is checks.check_incremental_marts_have_unit_tests
    else check
    for check in CHECKS
}


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("name", CONFIGURED)
def test_project_holds(name, target, manifests):
    assert CONFIGURED[name](manifests[target]) == []


# What the proofs break


def copied(value: Any) -> Any:
    return pickle.loads(pickle.dumps(value))


def node(manifest: Manifest, name: str) -> Node:
    """A model, seed, snapshot or singular test by name."""
    [found] = [node for node in manifest["nodes"].values() if node["name"] == name]
    return found


def source(manifest: Manifest, name: str) -> Node:
    [found] = [table for table in manifest["sources"].values() if table["name"] == name]
    return found


def macro(manifest: Manifest, name: str) -> Node:
    return manifest["macros"][f"macro.lakehouse.{name}"]


def config(manifest: Manifest, name: str, **changes: Any) -> None:
    node(manifest, name)["config"].update(changes)


def meta(manifest: Manifest, name: str, **changes: Any) -> None:
    """Set keys of a model's meta; None takes the key away."""
    given = node(manifest, name)["config"]["meta"]
    given.update(changes)
    for key in [key for key, value in given.items() if value is None]:
        del given[key]


def column(manifest: Manifest, name: str, column_name: str, **changes: Any) -> None:
    node(manifest, name)["columns"][column_name].update(changes)


def reclass(owner: Node, column_name: str, given: str | None) -> None:
    owner["columns"][column_name]["config"]["meta"]["class"] = given


def reads(manifest: Manifest, name: str, *unique_ids: str) -> None:
    node(manifest, name)["depends_on"]["nodes"] += unique_ids


def data_tests(manifest: Manifest, name: str, kind: str) -> list[Node]:
    return checks.tests_on(manifest, node(manifest, name), kind)


def untest(manifest: Manifest, name: str, *kinds: str) -> None:
    for kind in kinds:
        for test in data_tests(manifest, name, kind):
            del manifest["nodes"][test["unique_id"]]


def rename(manifest: Manifest, old: str, new: str) -> None:
    """A model or seed of another name, its files with it."""
    renamed = node(manifest, old)
    for key in ("name", "alias", "original_file_path", "patch_path"):
        renamed[key] = (renamed[key] or "").replace(old, new)
    files = manifest["files"]
    files.update({path.replace(old, new): text for path, text in files.items() if old in path})


def code(manifest: Manifest, name: str, old: str, new: str) -> None:
    broken = node(manifest, name)
    assert old in broken["raw_code"]
    broken["raw_code"] = broken["raw_code"].replace(old, new, 1)


def expose(manifest: Manifest, *unique_ids: str, **changes: Any) -> None:
    manifest["exposures"]["exposure.lakehouse.shop_dashboard"] = {
        "name": "shop_dashboard",
        "resource_type": "exposure",
        "description": "What the shop looks at in the morning.",
        "url": "https://shop.invalid",
        "owner": manifest["groups"]["group.lakehouse.commerce"]["owner"],
        "depends_on": {"nodes": list(unique_ids), "macros": []},
        "config": {"meta": {}},
        **changes,
    }


def add_copy(manifest: Manifest, original: str, **changes: Any) -> None:
    added = {**copied(node(manifest, original)), **changes}
    manifest["nodes"][added["unique_id"]] = added


def add_macro(manifest: Manifest, name: str, **changes: Any) -> None:
    unique_id = f"macro.{changes.get('package_name', 'lakehouse')}.{name}"
    manifest["macros"][unique_id] = {
        **macro(manifest, "is_given"),
        "name": name,
        "unique_id": unique_id,
        **changes,
    }


def add_source_table(manifest: Manifest, name: str) -> None:
    added = {**source(manifest, "purchase"), "name": name}
    added["unique_id"] = f"source.lakehouse.commerce.{name}"
    manifest["sources"][added["unique_id"]] = added


def add_unit_test(manifest: Manifest, model_name: str, **changes: Any) -> None:
    name = f"late_event_of_{model_name}_leaves_a_closed_day_unchanged"
    manifest["unit_tests"][name] = {
        "name": name,
        "model": model_name,
        "original_file_path": node(manifest, model_name)["original_file_path"].replace(
            ".sql", ".unit.yml"
        ),
        "description": "Refunded on 30 June, but we learned it on 2 July.",
        "depends_on": {"nodes": [node(manifest, model_name)["unique_id"]], "macros": []},
        **changes,
    }


def argument(manifest: Manifest, owner: str, argument_name: str, **changes: Any) -> None:
    [found] = [a for a in macro(manifest, owner)["arguments"] if a["name"] == argument_name]
    found.update(changes)


def move_macro(manifest: Manifest, name: str, path: str, text: str) -> None:
    macro(manifest, name)["original_file_path"] = path
    manifest["files"][path] = text


@dataclass(frozen=True)
class Broken:
    """One thing broken: the check that must report it, a word of its sentence, how to break it.

    also: checks that rightly report the same, because the break violates them too.
    """

    check: str
    named: str
    change: Callable[[Manifest], Any]
    also: tuple[str, ...] = ()
    target: str = "duckdb"


RECORD = "model.lakehouse.int_commerce__purchase"
LOAD = "model.lakehouse.int_commerce__load"
PURCHASE = "model.lakehouse.fct_commerce__purchase"
STATUS = "model.lakehouse.int_commerce__row_status"

# fmt: off
BROKEN = [
    # Layers
    Broken("models_lie_in_a_layer", "fct_quality__row_flag", lambda m: node(
        m, "fct_quality__row_flag").update(
            original_file_path="models/quality/marts/flags/fct_quality__row_flag.sql",
            patch_path="lakehouse://models/quality/marts/flags/fct_quality__row_flag.yml"),
        also=("yaml_lies_beside_its_model",)),
    Broken("staging_reads_one_source", "stg_commerce__purchase", lambda m: reads(
        m, "stg_commerce__purchase", STATUS)),
    Broken("staging_reads_one_source", "stg_commerce__purchase reads 2", lambda m: reads(
        m, "stg_commerce__purchase", "source.lakehouse.commerce.refund")),
    Broken("staging_reads_one_source", "source.lakehouse.market.quote", lambda m: node(
        m, "stg_commerce__purchase")["depends_on"].update(nodes=["source.lakehouse.market.quote"]),
        also=("every_source_has_one_staging_model", "every_source_has_one_record_table",
              "sources_declare_what_is_watched")),
    Broken("only_staging_and_load_tables_read_sources", "rpt_commerce__top_producers",
        lambda m: reads(m, "rpt_commerce__top_producers", "source.lakehouse.commerce.purchase")),
    Broken("only_staging_and_load_tables_read_sources", "int_commerce__purchase",
        lambda m: reads(m, "int_commerce__purchase", "source.lakehouse.commerce.purchase")),
    Broken("only_staging_and_load_tables_read_sources", "reads the source market.carteira",
        lambda m: reads(m, "int_commerce__load", "source.lakehouse.market.carteira")),
    Broken("every_source_has_one_staging_model", "commerce.refund", lambda m: add_source_table(
        m, "refund"), also=("every_source_has_one_record_table", "load_tables_take_every_entity",
                            "sources_declare_what_is_watched")),
    Broken("models_read_their_own_layers", "rpt_commerce__top_producers", lambda m: reads(
        m, "rpt_commerce__top_producers", "model.lakehouse.stg_commerce__purchase")),
    Broken("models_read_their_own_layers", "int_commerce__row_status", lambda m: reads(
        m, "int_commerce__row_status", PURCHASE)),
    Broken("models_read_their_own_layers", "reads stg_commerce__purchase (staging)",
        lambda m: reads(m, "int_commerce__row_status", "model.lakehouse.stg_commerce__purchase")),
    Broken("models_read_their_own_layers", "int_commerce__product_item (records)",
        lambda m: reads(m, "int_commerce__product_item", STATUS)),
    Broken("models_read_their_own_layers", "int_commerce__row_status", lambda m: reads(
        m, "int_commerce__row_status", "seed.lakehouse.ref_quality__load_decision")),
    Broken("models_read_their_own_layers", "rpt_commerce__top_producers", lambda m: reads(
        m, "rpt_commerce__top_producers", "model.lakehouse.fct_quality__row_flag")),
    Broken("intermediate_steps_are_shared", "int_credit__proposal_current is read by 1",
        lambda m: node(m, "feat_credit__proposal_target")["depends_on"]["nodes"].remove(
            "model.lakehouse.int_credit__proposal_current")),
    Broken("quality_reads_offered_models_only", "fct_quality__row_flag", lambda m: reads(
        m, "fct_quality__row_flag", "model.lakehouse.int_commerce__purchase_touched")),
    Broken("quality_reads_offered_models_only", "fct_quality__row_flag", lambda m: reads(
        m, "fct_quality__row_flag", PURCHASE)),
    Broken("every_domain_is_accounted", "int_commerce__row_status", lambda m: node(
        m, "int_quality__row_status")["depends_on"].update(nodes=[])),
    Broken("every_domain_is_accounted", "int_quality__load does not read int_commerce__load",
        lambda m: node(m, "int_quality__load")["depends_on"]["nodes"].remove(LOAD)),
    Broken("every_domain_is_accounted", "delivery_profile does not read int_commerce__purchase",
        lambda m: node(m, "int_quality__delivery_profile")["depends_on"]["nodes"].remove(RECORD)),
    Broken("every_domain_is_accounted", "domain commerce", lambda m: m["nodes"].pop(STATUS)),
    Broken("every_domain_is_accounted", "int_quality__delivery_profile is", lambda m: m[
        "nodes"].pop("model.lakehouse.int_quality__delivery_profile"),
        also=("record_tables_have_gates",)),
    # Records
    Broken("records_hold_one_entity_or_loads", "fct_commerce__gmv_daily is a record",
        lambda m: meta(m, "fct_commerce__gmv_daily", landed=True),
        also=("incremental_models_follow_loads", "incremental_strategy",
              "load_tables_take_every_entity")),
    Broken("records_hold_one_entity_or_loads", "int_commerce__purchase must", lambda m: meta(
        m, "int_commerce__purchase", landed=True),
        also=("incremental_models_follow_loads", "incremental_strategy",
              "load_tables_take_every_entity")),
    Broken("records_hold_one_entity_or_loads", "int_commerce__purchase must", lambda m: meta(
        m, "int_commerce__purchase", entity=None),
        also=("every_source_has_one_record_table", "incremental_models_follow_loads",
              "sources_declare_what_is_watched")),
    Broken("records_hold_one_entity_or_loads", "int_market__carteira is rebuilt",
        lambda m: config(m, "int_market__carteira", materialized="table"),
        also=("incremental_models_follow_loads",)),
    Broken("records_hold_one_entity_or_loads", "int_commerce__load has the grain", lambda m: meta(
        m, "int_commerce__load", grain=["load_id"]),
        also=("constraints_say_what_is_tested", "grain_is_tested")),
    Broken("every_source_has_one_record_table", "commerce.purchase has 2", lambda m: add_copy(
        m, "int_commerce__purchase", name="int_commerce__order",
        unique_id="model.lakehouse.int_commerce__order"),
        also=("every_domain_is_accounted", "grain_is_tested", "merge_keys_are_not_null",
              "model_and_seed_names", "record_tables_have_gates")),
    Broken("every_source_has_one_record_table", "holds commerce.order and", lambda m: meta(
        m, "int_commerce__purchase", entity="order"), also=("sources_declare_what_is_watched",)),
    Broken("every_source_has_one_record_table", "does not read int_commerce__load", lambda m: node(
        m, "int_commerce__purchase")["depends_on"]["nodes"].remove(LOAD)),
    Broken("load_tables_take_every_entity", "loads of commerce.purchase:", lambda m: node(
        m, "int_commerce__load")["depends_on"]["nodes"].remove(
            "source.lakehouse.commerce.purchase")),
    Broken("load_tables_take_every_entity", "reads stg_commerce__purchase: loads", lambda m: reads(
        m, "int_commerce__load", "model.lakehouse.stg_commerce__purchase")),
    Broken("load_tables_take_every_entity", "commerce has 0 load tables", lambda m: meta(
        m, "int_commerce__load", landed=None),
        also=("incremental_models_follow_loads", "incremental_strategy",
              "only_staging_and_load_tables_read_sources", "records_hold_one_entity_or_loads")),
    Broken("load_tables_take_every_entity", "the name int_commerce__load", lambda m: rename(
        m, "int_commerce__load", "int_commerce__delivery"),
        also=("every_domain_is_accounted",)),
    Broken("records_list_personal_columns", "list buyer_id, which is personal", lambda m: node(
        m, "int_commerce__purchase")["columns"].pop("buyer_id")),
    Broken("records_list_personal_columns", "int_education__escola does not list record_key",
        lambda m: node(m, "int_education__escola")["columns"].pop("record_key")),
    Broken("records_list_personal_columns", "int_commerce__load does not list source_file",
        lambda m: [reclass(owner, "source_file", "sensitive")
                   for owner in (source(m, "purchase"), node(m, "stg_commerce__purchase"))],
        also=("classes_never_weaken",)),
    # Names
    Broken("model_and_seed_names", "int_commerce__top_producers", lambda m: rename(
        m, "rpt_commerce__top_producers", "int_commerce__top_producers")),
    Broken("model_and_seed_names", "rpt_shop__top_producers", lambda m: rename(
        m, "rpt_commerce__top_producers", "rpt_shop__top_producers")),
    Broken("model_and_seed_names", "rpt_commerce_top", lambda m: rename(
        m, "rpt_commerce__top_producers", "rpt_commerce_top")),
    Broken("model_and_seed_names", "subsidiary_list", lambda m: rename(
        m, "ref_commerce__subsidiary", "subsidiary_list")),
    Broken("model_and_seed_names", "has the alias top", lambda m: node(
        m, "rpt_commerce__top_producers").update(alias="top")),
    Broken("model_and_seed_names", "producers.sql", lambda m: node(
        m, "rpt_commerce__top_producers").update(
            original_file_path="models/commerce/marts/producers.sql",
            patch_path="lakehouse://models/commerce/marts/producers.yml"),
        also=("yaml_lies_beside_its_model",)),
    Broken("yaml_lies_beside_its_model", "rpt_commerce__top_producers", lambda m: node(
        m, "rpt_commerce__top_producers").update(
            patch_path="lakehouse://models/commerce/marts/_marts.yml")),
    Broken("yaml_lies_beside_its_model", "no file", lambda m: node(
        m, "rpt_commerce__top_producers").update(patch_path=None)),
    Broken("yaml_lies_beside_its_model", "_marts.unit.yml", lambda m: next(iter(
        m["unit_tests"].values())).update(
            original_file_path="models/commerce/marts/_marts.unit.yml")),
    Broken("singular_tests_assert", "items_are_shared", lambda m: node(
        m, "assert_no_item_is_shared").update(name="items_are_shared")),
    Broken("singular_tests_assert", "assert_no_item_is_shared", lambda m: node(
        m, "assert_no_item_is_shared").update(raw_code="select 1 where 1 = 0")),
    Broken("macro_files_hold_one_macro", "is_empty", lambda m: add_macro(m, "is_empty")),
    Broken("macro_files_hold_one_macro", "trim.sql", lambda m: move_macro(
        m, "trimmed", "macros/typing/trim.sql", "{#\n    trim(x) -> text\n#}")),
    Broken("macro_docstrings", "macros/typing/trimmed.sql begins", lambda m: m["files"].update(
        {"macros/typing/trimmed.sql": "{% macro trimmed(x) %}{% endmacro %}"})),
    Broken("macro_docstrings", "trimmed(x)", lambda m: m["files"].update(
        {"macros/typing/trimmed.sql": "{#\n    trimmed(text) -> text\n#}"})),
    Broken("macro_docstrings", "say what trimmed means", lambda m: m["files"].update(
        {"macros/typing/trimmed.sql": "{#\n    trimmed(x) ->\n#}"})),
    Broken("macro_docstrings", "say what always means", lambda m: m["files"].update(
        {"tests/data/generic/always.sql": "{#\n    always:\n#}"})),
    Broken("macro_docstrings", "the name always", lambda m: m["files"].update(
        {"tests/data/generic/always.sql": "{#\n    Holds in every row.\n#}"})),
    Broken("macro_docstrings", "number_text(x, decimal_mark)", lambda m: m["files"].update(
        {"macros/credit/number_text.sql": "{#\n    number_text(x) -> text\n#}"})),
    Broken("macros_are_described", "trimmed has no description", lambda m: macro(
        m, "trimmed").update(description="")),
    Broken("macros_are_described", "year_month has no description", lambda m: macro(
        m, "year_month").update(description="The year month.")),
    Broken("macros_are_described", "test_grain", lambda m: macro(
        m, "test_grain").update(description="The grain.")),
    Broken("macros_are_described", "days_between takes (a, b), its YAML says (a)", lambda m: macro(
        m, "days_between")["arguments"].pop()),
    Broken("macros_are_described", "its YAML says (a, c)", lambda m: argument(
        m, "days_between", "b", name="c")),
    Broken("macros_are_described", "trimmed(x) has the type None", lambda m: argument(
        m, "trimmed", "x", type=None)),
    Broken("macros_are_described", "trimmed(x) has the type list", lambda m: argument(
        m, "trimmed", "x", type="list")),
    Broken("macros_are_described", "trimmed(x) is described in the YAML", lambda m: argument(
        m, "trimmed", "x", description="SQL of the delivered text.")),
    Broken("macros_are_described", "trimmed is described in several lines", lambda m: macro(
        m, "trimmed").update(description="Text without blanks.\nAt both ends.")),
    Broken("dispatched_macros_know_every_engine", "glue__days_between", lambda m: m["macros"].pop(
        "macro.lakehouse.glue__days_between")),
    Broken("dispatched_macros_know_every_engine", "default__days_between", lambda m: macro(
        m, "default__days_between").update(macro_sql="{{ duckdb__days_between(a, b) }}")),
    # Grain, keys and incremental tables
    Broken("grain_is_declared", "stg_commerce__purchase", lambda m: meta(
        m, "stg_commerce__purchase", grain=None)),
    Broken("grain_is_declared", "stg_commerce__purchase", lambda m: meta(
        m, "stg_commerce__purchase", grain="load_id")),
    Broken("grain_is_declared", "page", lambda m: meta(
        m, "stg_commerce__purchase", grain=["load_id", "page"])),
    Broken("grain_is_declared", "commerce.purchase", lambda m: source(
        m, "purchase")["config"]["meta"].pop("grain")),
    Broken("grain_is_tested", "rpt_quality__freshness", lambda m: untest(
        m, "rpt_quality__freshness", "grain"),
        also=("constraints_say_what_is_tested",)),
    Broken("grain_is_tested", "int_commerce__load", lambda m: untest(
        m, "int_commerce__load", "grain")),
    Broken("grain_is_tested", "ref_commerce__subsidiary", lambda m: untest(
        m, "ref_commerce__subsidiary", "grain")),
    Broken("grain_is_tested", "rpt_quality__freshness", lambda m: data_tests(
        m, "rpt_quality__freshness", "grain")[0]["config"].update(severity="WARN"),
        also=("constraints_say_what_is_tested",)),
    Broken("grain_is_tested", "rpt_quality__freshness", lambda m: data_tests(
        m, "rpt_quality__freshness", "grain")[0]["config"].update(where="domain = 'commerce'"),
        also=("constraints_say_what_is_tested",)),
    Broken("grain_is_tested", "rpt_quality__freshness", lambda m: data_tests(
        m, "rpt_quality__freshness", "grain")[0]["test_metadata"]["kwargs"].update(
            columns=["domain", "entity", "age_days"]),
        also=("constraints_say_what_is_tested",)),
    Broken("constraints_say_what_is_tested", "fct_commerce__gmv_daily declares", lambda m: node(
        m, "fct_commerce__gmv_daily")["constraints"][0].update(columns=["gmv_date"])),
    Broken("constraints_say_what_is_tested", "int_commerce__load declares", lambda m: node(
        m, "int_commerce__load")["constraints"].clear()),
    Broken("constraints_say_what_is_tested", "purchase_touched declares", lambda m: node(
        m, "int_commerce__purchase_touched")["constraints"][0].update(type="unique")),
    *(Broken("constraints_say_what_is_tested", f"gmv_daily.{name} declares", lambda m, name=name,
        given=given: column(m, "fct_commerce__gmv_daily", name, constraints=given))
      for name, given in (
        ("subsidiary", []),
        ("gmv_amount", [{"type": "primary_key"}]),
        ("known_to", [{"type": "not_null"}]))),
    Broken("merge_key_is_the_grain", "fct_commerce__gmv_daily", lambda m: config(
        m, "fct_commerce__gmv_daily", unique_key=["gmv_date", "known_from"])),
    Broken("merge_keys_are_not_null", "purchase merges by source_row", lambda m: untest(
        m, "int_commerce__purchase", "grain"), also=("grain_is_tested",)),
    Broken("merge_models_can_remove", "fct_commerce__gmv_daily", lambda m: node(
        m, "fct_commerce__gmv_daily")["columns"].pop("is_removed")),
    Broken("merge_models_can_remove", "delete_condition", lambda m: config(
        m, "fct_commerce__gmv_daily", delete_condition=None)),
    Broken("merge_models_can_remove", "int_commerce__purchase has no", lambda m: node(
        m, "int_commerce__purchase")["depends_on"]["macros"].remove(
            "macro.lakehouse.merge_changes")),
    *(Broken("merge_models_can_remove", f"The macro {name}", lambda m, name=name: macro(
        m, name).update(macro_sql=macro(m, name)["macro_sql"].replace("is_removed", "true")))
      for name in checks.REMOVAL_MACROS),
    Broken("merge_models_can_remove", "The macro duckdb__get_incremental_merge_sql", lambda m: m[
        "macros"].pop("macro.lakehouse.duckdb__get_incremental_merge_sql")),
    Broken("incremental_strategy", "int_commerce__purchase", lambda m: config(
        m, "int_commerce__purchase", incremental_strategy="insert_overwrite")),
    Broken("incremental_strategy", "int_commerce__purchase", lambda m: config(
        m, "int_commerce__purchase", incremental_strategy=None), target="glue"),
    Broken("incremental_strategy", "int_commerce__purchase_touched", lambda m: config(
        m, "int_commerce__purchase_touched", incremental_strategy="append")),
    Broken("incremental_strategy", "int_commerce__load", lambda m: config(
        m, "int_commerce__load", incremental_strategy="merge"),
        also=("merge_key_is_the_grain", "merge_models_can_remove")),
    Broken("incremental_columns_may_grow", "fct_commerce__gmv_daily", lambda m: config(
        m, "fct_commerce__gmv_daily", on_schema_change="sync_all_columns")),
    Broken("incremental_hooks", "prepare_incremental_table", lambda m: config(
        m, "fct_commerce__gmv_daily", **{"pre-hook": []})),
    *(Broken("incremental_hooks", f"no {kind} ", lambda m, kind=kind, call=call: next(
        node for node in m["nodes"].values()
        if node["resource_type"] == "operation" and call in node["raw_code"]
    ).update(raw_code="")) for kind, call in checks.RUN_HOOKS),
    Broken("incremental_models_follow_loads", "fct_commerce__gmv_daily", lambda m: meta(
        m, "fct_commerce__gmv_daily", reflects=None)),
    Broken("incremental_models_follow_loads", "rpt_commerce__top_producers", lambda m: meta(
        m, "fct_commerce__gmv_daily",
        reflects=["fct_commerce__purchase_movement", "rpt_commerce__top_producers"])),
    Broken("incremental_models_follow_loads", "reads int_commerce__purchase w", lambda m: meta(
        m, "int_commerce__product_item", reflects=None)),
    Broken("incremental_models_follow_loads", "reflects int_commerce__load", lambda m: meta(
        m, "int_commerce__product_item",
        reflects=["int_commerce__purchase", "int_commerce__load"])),
    Broken("incremental_models_follow_loads", "int_commerce__load is a load table", lambda m: meta(
        m, "int_commerce__load", reflects=["int_commerce__purchase"])),
    Broken("record_tables_have_gates", "int_commerce__purchase", lambda m: untest(
        m, "int_commerce__purchase", "rejected_share")),
    Broken("record_tables_have_gates", "int_commerce__purchase", lambda m: data_tests(
        m, "int_commerce__purchase", "rejected_share")[0]["config"].update(severity="warn")),
    *(Broken("record_tables_have_gates", "int_commerce__purchase", lambda m, wrong=wrong: (
        data_tests(m, "int_commerce__purchase", "rejected_share")[0]["test_metadata"][
            "kwargs"].update(wrong)))
      for wrong in ({"until": "int_commerce__purchase"}, {"until": "feat_credit__proposal"},
                    {"load": "ref('int_credit__load')"})),
    Broken("record_tables_have_gates", "int_retail__venda has no ended_share", lambda m: untest(
        m, "int_retail__venda", "ended_share")),
    Broken("shaping_variables_are_fingerprinted", "commerce_value_rule", lambda m: meta(
        m, "fct_commerce__purchase_movement",
        shaped_by=["commerce_gmv_date", "commerce_excluded_statuses"])),
    Broken("incremental_models_ignore_run_date", "fct_commerce__gmv_daily", lambda m: code(
        m, "fct_commerce__gmv_daily", "from posting", "from posting -- {{ run_date() }}\n"
        "    where posted_on < date '{{ run_date() }}'"), also=("run_date_is_a_tag",)),
    Broken("run_date_is_a_tag", "rpt_quality__freshness depends", lambda m: node(
        m, "rpt_quality__freshness").update(tags=[])),
    Broken("run_date_is_a_tag", "rpt_commerce__gmv_current depends", lambda m: code(
        m, "rpt_commerce__gmv_current", "select", "-- {{ run_date() }}\n"
        "{% set day = run_date() %} select")),
    Broken("run_date_is_a_tag", "fct_market__pregao depends", lambda m: node(
        m, "fct_market__pregao")["depends_on"]["macros"].append("macro.lakehouse.run_date")),
    Broken("run_date_is_a_tag", "rpt_commerce__gmv_current has the tag", lambda m: node(
        m, "rpt_commerce__gmv_current").update(tags=["run_date"])),
    # Contracts
    Broken("marts_have_contracts", "rpt_quality__freshness", lambda m: config(
        m, "rpt_quality__freshness", contract={"enforced": False})),
    Broken("column_types", "rpt_quality__freshness.freshness_state", lambda m: column(
        m, "rpt_quality__freshness", "freshness_state", data_type="double")),
    Broken("column_types", "rpt_quality__freshness.freshness_state", lambda m: column(
        m, "rpt_quality__freshness", "freshness_state", data_type="decimal(40,2)")),
    Broken("column_types", "rpt_quality__freshness.freshness_state", lambda m: column(
        m, "rpt_quality__freshness", "freshness_state", data_type=None)),
    Broken("column_types", "ref_commerce__subsidiary.meaning", lambda m: column(
        m, "ref_commerce__subsidiary", "meaning", data_type="varchar")),
    Broken("column_types", "rpt_quality__freshness.last_recorded_at", lambda m: column(
        m, "rpt_quality__freshness", "last_recorded_at", data_type="timestamp"),
        also=("same_name_has_same_type",), target="glue"),
    Broken("suffixes_tell_types", "rpt_quality__freshness.age_days", lambda m: column(
        m, "rpt_quality__freshness", "age_days", data_type="decimal(18,2)")),
    Broken("suffixes_tell_types", "fct_commerce__gmv_daily.is_current", lambda m: column(
        m, "fct_commerce__gmv_daily", "is_current", data_type="string")),
    Broken("same_name_has_same_type", "fct_quality__row_flag", lambda m: column(
        m, "fct_quality__row_flag", "entity", data_type="bigint")),
    Broken("access", "int_commerce__purchase", lambda m: node(
        m, "int_commerce__purchase").update(access="private")),
    Broken("access", "int_commerce__load", lambda m: node(
        m, "int_commerce__load").update(access="private")),
    Broken("access", "int_commerce__purchase_touched", lambda m: node(
        m, "int_commerce__purchase_touched").update(access="protected")),
    Broken("access", "int_commerce__row_status", lambda m: node(
        m, "int_commerce__row_status").update(access="public")),
    Broken("access", "fct_commerce__purchase ", lambda m: node(
        m, "fct_commerce__purchase").update(access="protected")),
    Broken("groups", "fct_commerce__purchase ", lambda m: node(
        m, "fct_commerce__purchase").update(group="quality")),
    Broken("groups", "rpt_quality__freshness", lambda m: m["groups"].pop(
        "group.lakehouse.quality")),
    # Documentation and privacy
    Broken("descriptions", "rpt_quality__freshness", lambda m: node(
        m, "rpt_quality__freshness").update(description="Freshness.")),
    Broken("descriptions", "fct_commerce__purchase.buyer_id", lambda m: column(
        m, "fct_commerce__purchase", "buyer_id", description="Buyer id.")),
    Broken("descriptions", "stg_commerce__purchase describes no columns", lambda m: node(
        m, "stg_commerce__purchase").update(columns={}),
        also=("grain_is_declared", "sources_declare_what_is_watched")),
    Broken("descriptions", "ref_commerce__subsidiary.meaning", lambda m: column(
        m, "ref_commerce__subsidiary", "meaning", description="")),
    Broken("descriptions", "commerce.purchase ", lambda m: source(
        m, "purchase").update(description="")),
    Broken("descriptions", "commerce.purchase.order_date", lambda m: source(
        m, "purchase")["columns"]["order_date"].update(description="The order date.")),
    Broken("descriptions", "The source commerce", lambda m: [
        table.update(source_description="") for table in m["sources"].values()]),
    Broken("descriptions", "shop_dashboard", lambda m: expose(
        m, "model.lakehouse.rpt_commerce__gmv_current", description="")),
    Broken("descriptions", "late_event_of_rpt_quality__freshness", lambda m: add_unit_test(
        m, "rpt_quality__freshness", description="")),
    Broken("column_classes", "rpt_quality__freshness.age_days", lambda m: reclass(
        node(m, "rpt_quality__freshness"), "age_days", None)),
    Broken("column_classes", "commerce.purchase.order_date", lambda m: reclass(
        source(m, "purchase"), "order_date", "secret")),
    Broken("column_classes", "ref_commerce__subsidiary.meaning", lambda m: reclass(
        node(m, "ref_commerce__subsidiary"), "meaning", "")),
    Broken("classes_never_weaken", "int_commerce__purchase.buyer_id", lambda m: reclass(
        node(m, "int_commerce__purchase"), "buyer_id", "internal")),
    Broken("rejected_rows_are_masked", "buyer_id", lambda m: code(
        m, "stg_commerce__purchase", "masked=['buyer_id']", "masked=['producer_id']")),
    Broken("rejected_rows_are_masked", "buyer_id", lambda m: code(
        m, "stg_commerce__purchase", ", masked=['buyer_id']", "")),
    Broken("failures_hold_no_personal_values", "fct_commerce__purchase ", lambda m: data_tests(
        m, "fct_commerce__purchase", "grain")[0]["config"].update(store_failures=True)),
    Broken("exposures_publish_marts", RECORD, lambda m: expose(
        m, RECORD, config={"meta": {"personal_columns": []}})),
    Broken("exposures_publish_marts", "shop_dashboard", lambda m: expose(m)),
    Broken("exposures_own_up_to_personal_columns", "fct_commerce__purchase.buyer_id",
        lambda m: expose(m, PURCHASE)),
    Broken("exposures_own_up_to_personal_columns", "fct_commerce__purchase.buyer", lambda m: expose(
        m, PURCHASE, config={"meta": {"personal_columns": ["fct_commerce__purchase.buyer"]}})),
    Broken("exposures_say_who_and_where", "commerce_gmv has no url", lambda m: m["exposures"][
        "exposure.lakehouse.commerce_gmv"].update(url=None)),
    Broken("exposures_say_who_and_where", "is owned by ('Ana', None)", lambda m: m["exposures"][
        "exposure.lakehouse.commerce_gmv"].update(owner={"name": "Ana", "email": None})),
    Broken("exposures_say_who_and_where", "the group market", lambda m: m["exposures"].pop(
        "exposure.lakehouse.market_composition")),
    # Raw zone
    Broken("sources_are_text_with_provenance", "commerce.purchase.order_date", lambda m: source(
        m, "purchase")["columns"]["order_date"].update(data_type="date")),
    Broken("sources_are_text_with_provenance", "recorded_at", lambda m: source(
        m, "purchase")["columns"].pop("recorded_at")),
    Broken("sources_are_text_with_provenance", "commerce.purchase.recorded_at", lambda m: source(
        m, "purchase")["columns"]["recorded_at"]["config"]["meta"].pop("provenance")),
    Broken("sources_declare_rhythm", "commerce.purchase", lambda m: source(
        m, "purchase")["config"].pop("freshness")),
    Broken("sources_declare_rhythm", "commerce.purchase", lambda m: source(
        m, "purchase")["config"]["freshness"]["warn_after"].update(period="hour")),
    Broken("sources_declare_what_is_watched", "commerce.purchase must", lambda m: source(
        m, "purchase")["config"]["meta"]["watch"].pop("min_rows")),
    Broken("sources_declare_what_is_watched", "watches day_of_birth", lambda m: source(
        m, "purchase")["config"]["meta"]["watch"]["null_columns"].append("day_of_birth")),
    Broken("sources_declare_what_is_watched", "the values of buyer_id", lambda m: source(
        m, "purchase")["config"]["meta"]["watch"]["category_columns"].append("buyer_id")),
    Broken("seeds_are_counted", "ref_commerce__subsidiary", lambda m: untest(
        m, "ref_commerce__subsidiary", "row_count_is")),
    Broken("seeds_are_counted", "ref_quality__load_decision", lambda m: m["files"].update(
        {"seeds/quality/ref_quality__load_decision.csv": "domain\ncommerce\nretail\n"})),
    # Engines
    Broken("no_clock", "rpt_quality__freshness", lambda m: code(
        m, "rpt_quality__freshness", "from expected", "from expected where now() > current_date")),
    Broken("no_clock", "trimmed", lambda m: macro(m, "trimmed").update(
        macro_sql="{% macro trimmed(x) %}cast(CURRENT_TIMESTAMP as date){% endmacro %}")),
    Broken("no_clock", "run_date", lambda m: macro(m, "run_date").update(
        macro_sql="{% macro run_date() %}{{ modules.datetime.datetime.utcnow() }}{% endmacro %}")),
    Broken("no_clock", "assert_no_item_is_shared", lambda m: node(
        m, "assert_no_item_is_shared").update(raw_code="-- None.\nselect current_timestamp")),
    Broken("engine_differences_lie_in_macros", "rpt_quality__freshness", lambda m: code(
        m, "rpt_quality__freshness", "from expected", "from expected {{ target.type }}")),
    Broken("engine_differences_lie_in_macros", "trimmed", lambda m: macro(m, "trimmed").update(
        macro_sql="{% macro trimmed(x) %}{{ adapter.type() }}{% endmacro %}")),
    *(Broken("reserved_meta_keys", key, lambda m, key=key: meta(
        m, "rpt_quality__freshness", **{key: "x"}))
      for key in ("tags", "location", "schema", "conf", "connections", "packages", "workers",
                  "region", "group_session_id")),
    Broken("materializations", "stg_commerce__purchase", lambda m: config(
        m, "stg_commerce__purchase", materialized="table")),
    Broken("materializations", "stg_commerce__purchase", lambda m: config(
        m, "stg_commerce__purchase", materialized="view"), target="glue"),
    Broken("materializations", "rpt_quality__freshness", lambda m: config(
        m, "rpt_quality__freshness", materialized="view"), target="athena"),
    Broken("tables_are_iceberg", "file_format", lambda m: config(
        m, "rpt_quality__freshness", file_format="parquet"), target="glue"),
    Broken("no_grants", "rpt_quality__freshness", lambda m: config(
        m, "rpt_quality__freshness", grants={"select": ["reader"]})),
    Broken("no_python_models_or_snapshots", "rpt_quality__freshness", lambda m: node(
        m, "rpt_quality__freshness").update(language="python")),
    Broken("no_python_models_or_snapshots", "purchase_snapshot", lambda m: add_copy(
        m, "rpt_quality__freshness", resource_type="snapshot", name="purchase_snapshot",
        unique_id="snapshot.lakehouse.purchase_snapshot")),
    Broken("nothing_is_disabled", "rpt_quality__freshness", lambda m: m["disabled"].update(
        {"model.lakehouse.rpt_quality__freshness": [node(m, "rpt_quality__freshness")]})),
    Broken("reasons_follow_the_reference_list", "unparsable_date", lambda m: m["macros"][
        checks.REASON_MACRO].update(macro_sql=m["macros"][checks.REASON_MACRO]["macro_sql"].replace(
            "'unparsable_date',", ""))),
    # The shape of a model
    Broken("models_state_their_grain", "rpt_quality__freshness", lambda m: code(
        m, "rpt_quality__freshness", "-- Grain: one row", "-- One row")),
    Broken("models_end_with_their_last_cte", "rpt_quality__freshness", lambda m: code(
        m, "rpt_quality__freshness", "select * from freshness", "select domain from freshness")),
]
# fmt: on


def sentences(manifest: Manifest) -> dict[str, set[str]]:
    return {name: set(check(manifest)) for name, check in CONFIGURED.items()}


@pytest.fixture(scope="module")
def unbroken(manifests) -> dict[str, dict[str, set[str]]]:
    """Target -> what the checks say of the project as it is, so that a proof counts news only."""
    # Each proof copies a manifest, for which the collector would walk through all that is here.
    gc.collect()
    gc.freeze()
    return {target: sentences(manifests[target]) for target in TARGETS}


@pytest.mark.parametrize(
    "case", [pytest.param(case, id=f"{n}-{case.check}") for n, case in enumerate(BROKEN)]
)
def test_exactly_the_intended_check_reports_it(case, manifests, unbroken):
    manifest = copied(manifests[case.target])
    case.change(manifest)

    new = {
        name.removeprefix("check_"): found - unbroken[case.target][name]
        for name, found in sentences(manifest).items()
    }

    assert {name for name, found in new.items() if found} == {case.check, *case.also}
    assert any(case.named in sentence for sentence in new[case.check])


def test_every_check_has_a_proof():
    proved = {f"check_{case.check}" for case in BROKEN}

    assert {check.__name__ for check in CHECKS} - proved == {
        "check_incremental_marts_have_unit_tests"  # proved below: it takes a list
    }


def test_an_incremental_mart_without_unit_test_is_reported(manifests):
    check = checks.check_incremental_marts_have_unit_tests
    manifest = copied(manifests["duckdb"])
    manifest["unit_tests"] = {}
    marts = [
        model["name"]
        for model in checks.incremental_models(manifest)
        if checks.layer_of(model) == "marts"
    ]
    for name in marts[1:]:
        add_unit_test(manifest, name)

    [sentence] = check(manifest)

    assert sentence.startswith(f"{marts[0]} ")
    assert check(manifest, allowed=marts[:1]) == []


def test_a_model_that_need_not_be_on_the_list_is_reported(manifests):
    manifest = copied(manifests["duckdb"])
    manifest["unit_tests"] = {}
    add_unit_test(manifest, "fct_commerce__gmv_daily")

    found = checks.check_incremental_marts_have_unit_tests(
        manifest, allowed=["fct_commerce__gmv_daily", "fct_commerce__gone"]
    )

    assert any("fct_commerce__gmv_daily is allowed" in sentence for sentence in found)
    assert any("fct_commerce__gone is allowed" in sentence for sentence in found)
