"""The conventions of the project as functions over dbt's manifest.

Each `check_x(manifest)` returns one plain sentence per violation: the node, what is wrong, what to
do. Nothing is read from disk or from an engine: `manifest` is dbt's manifest.json plus one key of
ours, `files` (path in the project -> text), for what dbt does not keep: comments above macros, the
rows of seeds.

Sources: docs/conventions.md, docs/architecture.md#layers-and-access, docs/engines.md.
"""

import csv
import dataclasses
import io
import re
from collections import defaultdict
from collections.abc import Collection, Iterator
from functools import cache
from pathlib import PurePosixPath
from typing import Any

from dbt.adapters.glue.credentials import GlueCredentials
from dbt.parser.schemas import is_valid_type

Node = dict[str, Any]
Manifest = dict[str, Any]

PREFIXES = {
    "staging": ("stg",),
    "records": ("int",),
    "intermediate": ("int",),
    "marts": ("fct", "dim", "rpt", "feat"),
    "seeds": ("ref", "dim"),
}
READABLE_LAYERS = {
    "staging": (),
    "records": ("staging", "records", "seeds"),
    "intermediate": ("records", "intermediate", "seeds"),
    "marts": ("records", "intermediate", "marts"),
}
# What identifies a row of a record table, and of the load table that its numbers stand for.
RECORD_GRAIN = ["load_key", "source_row"]
LOAD_GRAIN = ["load_key"]
# The domain that accounts for the rows of all others.
QUALITY = "quality"
ENGINES = ("duckdb", "athena", "glue")
CLASSES = ("public", "internal", "personal", "sensitive")
GUARDED_CLASSES = ("personal", "sensitive")

PLAIN_TYPES = ("string", "bigint", "integer", "boolean", "date")
DECIMAL = re.compile(r"decimal\((\d+),\s*(\d+)\)")
# Ending or beginning of a column's name -> pattern of the types it may have.
TYPE_OF_SUFFIX = {
    "_name": "string",
    "_code": "string",
    "_date": "date",
    "_at": "timestamp|timestamp_ntz",
    "_amount": r"decimal\(18,2\)",
    "_count": "bigint|integer",
    "_days": "bigint|integer",
    "_ratio": r"decimal\(\d+,\d+\)",
    "_pct": r"decimal\(\d+,\d+\)",
}
TYPE_OF_PREFIX = {"is_": "boolean", "has_": "boolean"}
PROVENANCE = {
    "recorded_at": "string",
    "ingest_date": "string",
    "load_id": "string",
    "source_file": "string",
    "source_row": "bigint",
    "is_full_extract": "boolean",
    "sender": "string",
    "content_hash": "string",
    "rescued_data": "string",
}
OPTIONAL_PROVENANCE = ("is_full_extract", "sender", "content_hash")

CLOCK = re.compile(
    r"\b(current_timestamp|current_date|current_time|localtimestamp|localtime|sysdate|systimestamp)\b"
    r"|\b(now|getdate|today|unix_timestamp)\s*\(\s*\)"
    r"|\bdatetime\.(now|utcnow|today)\b|\bdate\.today\b"
    r"|\bdbt\.current_timestamp\w*",
    re.IGNORECASE,
)
ENGINE_BRANCH = re.compile(r"\btarget\.type\b|\badapter\.type\b|\btarget\.name\b")
DISPATCHED = re.compile(r"adapter\.dispatch\(\s*['\"](\w+)['\"]")
VARIABLE = re.compile(r"\bvar\(\s*['\"](\w+)['\"]")
# Variables that choose days or limits of a run and never change what a stored row means.
RUN_VARIABLES = ("run_date", "as_of_date", "rejected_share_limit")
RESERVED_META_KEYS = frozenset(field.name for field in dataclasses.fields(GlueCredentials))

# What every table in the lake needs, whatever engine runs: docs/engines.md#tables.
LAKE_CONFIG = {
    "table_type": "iceberg",
    "file_format": "iceberg",
    "unique_tmp_table_suffix": True,
    "iceberg_expire_snapshots": "False",
}
# How a merge is told to obey is_removed: on Athena by two conditions, on the others by a macro.
REMOVAL_CONFIG = ("delete_condition", "insert_condition")
REMOVAL_MACROS = ("duckdb__get_incremental_merge_sql", "get_merge_sql")
# What runs at the ends of every invocation, so that one run writes at a time and notes are kept.
RUN_HOOKS = (
    ("on-run-start", "check_run()"),
    ("on-run-start", "create_reflected_load_tables()"),
    ("on-run-start", "begin_run()"),
    ("on-run-end", "record_reflected_loads(results)"),
)


# What the checks have in common


def nodes_of(manifest: Manifest, resource_type: str) -> list[Node]:
    """The project's own nodes of one type, by name."""
    own = manifest["metadata"]["project_name"]
    return sorted(
        (
            node
            for node in manifest["nodes"].values()
            if node["resource_type"] == resource_type and node["package_name"] == own
        ),
        key=lambda node: node["name"],
    )


def models_of(manifest: Manifest) -> list[Node]:
    return nodes_of(manifest, "model")


def sources_of(manifest: Manifest) -> list[Node]:
    return sorted(manifest["sources"].values(), key=lambda source: source["unique_id"])


def macros_of(manifest: Manifest) -> list[Node]:
    """The project's own macros and generic tests."""
    own = manifest["metadata"]["project_name"]
    return sorted(
        (macro for macro in manifest["macros"].values() if macro["package_name"] == own),
        key=lambda macro: macro["unique_id"],
    )


def file_parts(node: Node) -> tuple[str, ...]:
    return parts_of_path(node["original_file_path"])


@cache
def parts_of_path(path: str) -> tuple[str, ...]:
    return PurePosixPath(path).parts


def domain_of(node: Node) -> str:
    """The folder below models/ or seeds/; a source's own name."""
    if node["resource_type"] == "source":
        return node["source_name"]
    parts = file_parts(node)
    return parts[1] if len(parts) > 2 else ""


def layer_of(node: Node) -> str:
    """The folder of a model; `seeds` and `sources` for those; '' elsewhere."""
    if node["resource_type"] in ("seed", "source"):
        return node["resource_type"] + "s"
    parts = file_parts(node)
    return parts[2] if parts[0] == "models" and len(parts) > 3 else ""


def marts_of(manifest: Manifest) -> list[Node]:
    return [model for model in models_of(manifest) if layer_of(model) == "marts"]


def incremental_models(manifest: Manifest) -> list[Node]:
    return [
        model for model in models_of(manifest) if model["config"]["materialized"] == "incremental"
    ]


def merge_models(manifest: Manifest) -> list[Node]:
    return [
        model
        for model in incremental_models(manifest)
        if model["config"].get("incremental_strategy") == "merge"
    ]


def meta_of(node: Node) -> dict[str, Any]:
    return node["config"].get("meta") or {}


def record_tables(manifest: Manifest) -> list[Node]:
    """One per raw table: every received row of it."""
    return [model for model in models_of(manifest) if meta_of(model).get("entity")]


def load_tables(manifest: Manifest) -> list[Node]:
    """One per domain: every load that its record tables hold rows of."""
    return [model for model in models_of(manifest) if meta_of(model).get("landed")]


def domains_of(manifest: Manifest) -> list[str]:
    """Those with raw tables."""
    return sorted({source["source_name"] for source in sources_of(manifest)})


def class_of(column: Node) -> Any:
    return (column.get("config", {}).get("meta") or {}).get("class")


def label(node: Node) -> str:
    if node["resource_type"] == "source":
        return f"{node['source_name']}.{node['name']}"
    return node["name"]


def parents_of(manifest: Manifest, node: Node) -> Iterator[Node]:
    """The nodes and sources it reads; ids that the manifest lacks are left out."""
    for unique_id in node["depends_on"]["nodes"]:
        parent = manifest["nodes"].get(unique_id) or manifest["sources"].get(unique_id)
        if parent is not None:
            yield parent


def tests_on(manifest: Manifest, node: Node, test_name: str) -> list[Node]:
    """Generic data tests of one kind that are attached to the node."""
    return [
        test
        for test in nodes_of(manifest, "test")
        if test.get("attached_node") == node["unique_id"]
        and test["test_metadata"]["name"] == test_name
    ]


def always_enforced(test: Node) -> bool:
    """The test looks at every row and stops the build."""
    config = test["config"]
    return (
        config["severity"].lower() == "error"
        and not config.get("where")
        and not config.get("limit")
        and config.get("error_if") == "!= 0"
    )


def tested_never_null(manifest: Manifest, node: Node) -> set[str]:
    """Columns in which a null stops the build."""
    return {
        column
        for name in ("grain", "never_null")
        for test in tests_on(manifest, node, name)
        if always_enforced(test)
        for column in test["test_metadata"]["kwargs"]["columns"]
    }


def grain_of(node: Node) -> list[str]:
    grain = meta_of(node).get("grain")
    return grain if isinstance(grain, list) else []


def unique_key_of(model: Node) -> list[str]:
    key = model["config"].get("unique_key")
    return [key] if isinstance(key, str) else list(key or [])


def reflected_by(manifest: Manifest, name: str) -> set[str]:
    """The models whose loads an incremental model follows, directly or through others."""
    by_name = {model["name"]: model for model in models_of(manifest)}
    waiting, found = [name], set()
    while waiting:
        model = by_name.get(waiting.pop())
        parents = set(meta_of(model).get("reflects") or []) if model else set()
        waiting.extend(parents - found)
        found |= parents
    return found


def staged_sources(manifest: Manifest, model: Node) -> set[str]:
    """`domain.entity` of the raw tables whose staging models it reads."""
    return {
        label(source)
        for parent in parents_of(manifest, model)
        if parent["resource_type"] == "model" and layer_of(parent) == "staging"
        for source in parents_of(manifest, parent)
        if source["resource_type"] == "source"
    }


@cache
def code_only(sql: str) -> str:
    """SQL and Jinja without their comments. Kept: every proof asks for all texts of the project."""
    return re.sub(r"\{#.*?#\}|/\*.*?\*/|--[^\n]*", "", sql, flags=re.DOTALL)


def macros_below(manifest: Manifest, node: Node) -> list[Node]:
    """The project's own macros that the node calls, directly or through others."""
    own = manifest["metadata"]["project_name"]
    waiting, found = list(node["depends_on"]["macros"]), {}
    while waiting:
        unique_id = waiting.pop()
        macro = manifest["macros"].get(unique_id)
        if macro is None or macro["package_name"] != own or unique_id in found:
            continue
        found[unique_id] = macro
        waiting.extend(macro["depends_on"]["macros"])
    return [found[unique_id] for unique_id in sorted(found)]


# Layers


def check_models_lie_in_a_layer(manifest: Manifest) -> list[str]:
    """models/<domain>/<layer>/<name>.sql, and nothing deeper or elsewhere."""
    return [
        f"{model['name']} lies at {model['original_file_path']}: move it to "
        "models/<domain>/staging, records, intermediate or marts."
        for model in models_of(manifest)
        if layer_of(model) not in READABLE_LAYERS or len(file_parts(model)) != 4
    ]


def check_staging_reads_one_source(manifest: Manifest) -> list[str]:
    """A staging model reads exactly one raw table of its own domain, and no other model."""
    found = []
    for model in models_of(manifest):
        if layer_of(model) != "staging":
            continue
        ids = model["depends_on"]["nodes"]
        raw = [unique_id for unique_id in ids if unique_id.startswith("source.")]
        if len(raw) != 1:
            found.append(
                f"{model['name']} reads {len(raw)} sources: stage one raw table per model."
            )
        elif raw[0].split(".")[2] != domain_of(model):
            found.append(
                f"{model['name']} reads {raw[0]}, a source of another domain: stage it there."
            )
        found += [
            f"{model['name']} reads {unique_id}: staging joins nothing, do it later."
            for unique_id in ids
            if not unique_id.startswith("source.")
        ]
    return found


def check_only_staging_and_load_tables_read_sources(manifest: Manifest) -> list[str]:
    """A load table those of its own domain; for staging see `check_staging_reads_one_source`."""
    return [
        f"{model['name']} reads the source {label(parent)}: read its staging model."
        for model in models_of(manifest)
        if layer_of(model) != "staging"
        for parent in parents_of(manifest, model)
        if parent["resource_type"] == "source"
        and not (meta_of(model).get("landed") and parent["source_name"] == domain_of(model))
    ]


def check_every_source_has_one_staging_model(manifest: Manifest) -> list[str]:
    found = []
    for source in sources_of(manifest):
        readers = [
            model["name"]
            for model in models_of(manifest)
            if source["unique_id"] in model["depends_on"]["nodes"] and layer_of(model) == "staging"
        ]
        if len(readers) != 1:
            found.append(
                f"The source {label(source)} has {len(readers)} staging models: one per raw table."
            )
    return found


# Asked by the gates of every domain, so what they guard must lie below it.
READ_BY_ALL = {"ref_quality__load_decision"}


def check_models_read_their_own_layers(manifest: Manifest) -> list[str]:
    """What READABLE_LAYERS says, of the own domain only."""
    found = []
    for model in models_of(manifest):
        layer, domain = layer_of(model), domain_of(model)
        if not READABLE_LAYERS.get(layer) or domain == QUALITY:
            continue
        for parent in parents_of(manifest, model):
            if parent["resource_type"] == "source":
                continue
            if parent["name"] in READ_BY_ALL and layer == "records":
                continue
            if domain_of(parent) != domain:
                found.append(
                    f"{model['name']} reads {parent['name']} of the domain {domain_of(parent)}: "
                    "domains do not read each other."
                )
            elif layer_of(parent) not in READABLE_LAYERS[layer]:
                found.append(
                    f"{model['name']} ({layer}) reads {parent['name']} ({layer_of(parent)}): "
                    f"{layer} reads {' and '.join(READABLE_LAYERS[layer])} only."
                )
    return found


def check_intermediate_steps_are_shared(manifest: Manifest) -> list[str]:
    """A step that one model reads is part of that model, unless it is stored for an increment."""
    readers = defaultdict(list)
    for model in models_of(manifest):
        for unique_id in model["depends_on"]["nodes"]:
            readers[unique_id].append(model["name"])
    return [
        f"{model['name']} is read by {len(readers[model['unique_id']])} models: make it part of "
        "the one that needs it."
        for model in models_of(manifest)
        if layer_of(model) == "intermediate"
        and model["config"]["materialized"] != "incremental"
        and model["name"] != status_model(domain_of(model))
        and len(readers[model["unique_id"]]) < 2
    ]


def status_model(domain: str) -> str:
    return f"int_{domain}__row_status"


def load_model(domain: str) -> str:
    """The macros of the histories find a domain's load table by this name."""
    return f"int_{domain}__load"


def is_offered_to_quality(node: Node) -> bool:
    """What became of rows, the rows themselves and what came at all: no other domain reads more."""
    return domain_of(node) != QUALITY and (
        node["name"] == status_model(domain_of(node)) or layer_of(node) == "records"
    )


def check_quality_reads_offered_models_only(manifest: Manifest) -> list[str]:
    return [
        f"{model['name']} reads {label(parent)}: of another domain, quality reads "
        f"{status_model('<domain>')}, record and load tables only."
        for model in models_of(manifest)
        if domain_of(model) == QUALITY
        for parent in parents_of(manifest, model)
        if domain_of(parent) != QUALITY and not is_offered_to_quality(parent)
    ]


def check_every_domain_is_accounted(manifest: Manifest) -> list[str]:
    """Each domain with raw tables offers what quality reads, and quality reads it everywhere."""
    by_name = {model["name"]: model for model in models_of(manifest)}
    profiled = [(domain_of(model), model["name"]) for model in record_tables(manifest)]
    wanted = {
        status_model(QUALITY): [(name, status_model(name)) for name in domains_of(manifest)],
        load_model(QUALITY): [(name, load_model(name)) for name in domains_of(manifest)],
        f"int_{QUALITY}__delivery_profile": profiled,
    }
    found = []
    for reader, offered in wanted.items():
        if reader not in by_name:
            found.append(f"{reader} is missing: rows could get lost.")
            continue
        for domain, name in offered:
            if name not in by_name:
                found.append(f"The domain {domain} has no {name}: add it.")
            elif by_name[name]["unique_id"] not in by_name[reader]["depends_on"]["nodes"]:
                found.append(f"{reader} does not read {name}: list it in the macro record_tables.")
    return found


# Records


def check_records_hold_one_entity_or_loads(manifest: Manifest) -> list[str]:
    """Each model of the layer is a record table or a load table, and none lies elsewhere."""
    found = []
    for model in models_of(manifest):
        meta, grain = meta_of(model), grain_of(model)
        is_record, is_load = bool(meta.get("entity")), bool(meta.get("landed"))
        if layer_of(model) != "records":
            if is_record or is_load:
                found.append(
                    f"{model['name']} is a record or load table by its meta: move it to records."
                )
            continue
        if is_record == is_load:
            found.append(
                f"{model['name']} must declare either config.meta.entity, the raw table it holds, "
                "or config.meta.landed."
            )
            continue
        if model["config"]["materialized"] != "incremental":
            found.append(f"{model['name']} is rebuilt in each run: records are incremental.")
        wanted = LOAD_GRAIN if is_load else RECORD_GRAIN
        if grain and grain != wanted:
            found.append(f"{model['name']} has the grain {grain}: it must be {wanted}.")
    return found


def check_every_source_has_one_record_table(manifest: Manifest) -> list[str]:
    """It reads the staging model of that raw table alone, and the load table of its domain."""
    by_entity = defaultdict(list)
    by_name = {model["name"]: model for model in models_of(manifest)}
    found = []
    for model in record_tables(manifest):
        entity = f"{domain_of(model)}.{meta_of(model)['entity']}"
        by_entity[entity].append(model["name"])
        staged = staged_sources(manifest, model)
        if staged != {entity}:
            found.append(f"{model['name']} holds {entity} and reads {sorted(staged)}: make it one.")
        load = by_name.get(load_model(domain_of(model)))
        if load and load["unique_id"] not in model["depends_on"]["nodes"]:
            found.append(f"{model['name']} does not read {load['name']}: its numbers come thence.")
    return found + [
        f"The source {label(source)} has {len(by_entity[label(source)])} record tables: one each."
        for source in sources_of(manifest)
        if len(by_entity[label(source)]) != 1
    ]


def check_load_tables_take_every_entity(manifest: Manifest) -> list[str]:
    """A raw table that the load table of its domain does not read is received by nobody.

    Read from raw: on Glue a staging model is written out in what reads it, and those of a domain
    together do not fit into a statement.
    """
    found = []
    tables = load_tables(manifest)
    for domain in domains_of(manifest):
        own = [model for model in tables if domain_of(model) == domain]
        if [model["name"] for model in own] != [load_model(domain)]:
            found.append(
                f"The domain {domain} has {len(own)} load tables: one, with the name "
                f"{load_model(domain)}."
            )
        declared = {
            source["unique_id"]: label(source)
            for source in sources_of(manifest)
            if source["source_name"] == domain
        }
        for model in own:
            read = model["depends_on"]["nodes"]
            found += [
                f"{model['name']} does not take the loads of {entity}: list it in record_tables."
                for unique_id, entity in sorted(declared.items())
                if unique_id not in read
            ]
            found += [
                f"{model['name']} reads {parent['name']}: loads are read from raw."
                for parent in parents_of(manifest, model)
                if parent["resource_type"] == "model"
            ]
    return found


def kept_words(manifest: Manifest, model: Node) -> set[str]:
    """Every word of its code and of the project's macros below: the columns it keeps and more."""
    texts = [model["raw_code"], *(macro["macro_sql"] for macro in macros_below(manifest, model))]
    return {word for text in texts for word in words_of(text)}


@cache
def words_of(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", code_only(text)))


def check_records_list_personal_columns(manifest: Manifest) -> list[str]:
    """A column that they do not list is internal, so none may be personal where it comes from."""
    found = []
    for model in record_tables(manifest) + load_tables(manifest):
        words = kept_words(manifest, model)
        parents = list(parents_of(manifest, model))
        staged = [node for node in parents if layer_of(node) == "staging"]
        above = parents + [source for node in staged for source in parents_of(manifest, node)]
        raw = [node for node in above if node["resource_type"] == "source"]
        guarded = {
            name: (class_of(column), label(node))
            for node in raw + staged
            for name, column in node["columns"].items()
            if class_of(column) in GUARDED_CLASSES
        }
        found += [
            f"{model['name']} does not list {name}, which is {given} in {where}: list it with its "
            "class."
            for name, (given, where) in sorted(guarded.items())
            if name in words and name not in model["columns"]
        ]
    return found


# Names


def check_model_and_seed_names(manifest: Manifest) -> list[str]:
    """`<prefix>_<domain>__<noun>`: prefix by layer, domain = folder; the file has the same name."""
    found = []
    for node in models_of(manifest) + nodes_of(manifest, "seed"):
        prefixes = PREFIXES.get(layer_of(node))
        if prefixes is None:
            continue
        pattern = rf"({'|'.join(prefixes)})_{re.escape(domain_of(node))}__[a-z0-9]+(_[a-z0-9]+)*"
        if not re.fullmatch(pattern, node["name"]):
            found.append(
                f"{node['name']} in {node['original_file_path']}: name it "
                f"{'|'.join(prefixes)}_{domain_of(node)}__<noun>."
            )
        if PurePosixPath(node["original_file_path"]).stem != node["name"]:
            found.append(f"{node['name']} lies in {node['original_file_path']}: one name for both.")
        if node.get("alias", node["name"]) != node["name"]:
            found.append(f"{node['name']} has the alias {node['alias']}: one name everywhere.")
    return found


def check_yaml_lies_beside_its_model(manifest: Manifest) -> list[str]:
    """`<model>.yml`; its unit tests there or, where they are many, in `<model>.unit.yml`."""
    found = [
        f"{model['name']} is described in {model['patch_path'] or 'no file'}: one YAML file of the "
        "same name beside each model."
        for model in models_of(manifest)
        if (model["patch_path"] or "").split("://")[-1]
        != str(PurePosixPath(model["original_file_path"]).with_suffix(".yml"))
    ]
    by_name = {model["name"]: model for model in models_of(manifest)}
    for test in manifest["unit_tests"].values():
        if test["model"] not in by_name:
            continue
        path = PurePosixPath(by_name[test["model"]]["original_file_path"])
        allowed = [str(path.with_suffix(ending)) for ending in (".yml", ".unit.yml")]
        if test["original_file_path"] not in allowed:
            found.append(
                f"{test['name']} stands in {test['original_file_path']}: move it to "
                f"{' or '.join(allowed)}."
            )
    return found


def check_singular_tests_assert(manifest: Manifest) -> list[str]:
    """`assert_<what_holds>`, and a comment first that says it."""
    found = []
    for test in nodes_of(manifest, "test"):
        if test.get("test_metadata"):
            continue
        if not test["name"].startswith("assert_"):
            found.append(f"{test['name']} is a singular test: name it assert_<what_holds>.")
        if not test["raw_code"].lstrip().startswith("--"):
            found.append(f"{test['name']} begins without a comment: say what holds.")
    return found


def public_name(macro: Node) -> str:
    """Without dbt's own prefix: `test_` of a generic test, `materialization_` of an override."""
    name = macro["name"]
    is_generic_test = file_parts(macro)[0] == "tests"
    return name.removeprefix("test_") if is_generic_test else name.removeprefix("materialization_")


def macros_by_file(manifest: Manifest) -> dict[str, list[Node]]:
    files = defaultdict(list)
    for macro in macros_of(manifest):
        files[macro["original_file_path"]].append(macro)
    return files


def check_macro_files_hold_one_macro(manifest: Manifest) -> list[str]:
    """One public macro per file, named as the file; its `<adapter>__<name>` may stand beside."""
    found = []
    for path, macros in macros_by_file(manifest).items():
        stem = PurePosixPath(path).stem
        names = [public_name(macro) for macro in macros]
        if stem not in names:
            found.append(f"{path} holds no macro {stem}: the file is named as its macro.")
        found += [
            f"{path} holds {name} too: one public macro per file."
            for name in names
            if name != stem and not re.fullmatch(rf"[a-z]+__{re.escape(stem)}", name)
        ]
    return found


def stated_arguments(signature: str) -> list[str]:
    """The names between the parentheses, without their defaults."""
    return re.findall(r"(\w+)\s*(?:=[^,]*)?(?:,|$)", signature)


def arguments_of(macro: Node) -> list[str]:
    """As the code has them: in the manifest stand those of the YAML as soon as there are any."""
    signature = re.search(r"\{%-?\s*macro\s+\w+\((.*?)\)\s*-?%\}", macro["macro_sql"], re.DOTALL)
    return stated_arguments(signature[1]) if signature else []


def check_macro_docstrings(manifest: Manifest) -> list[str]:
    """The file begins with `{#`: the signature with all arguments, then what the macro means.

    A docstring is the one text on a macro and its arguments; the YAML repeats none of it.
    """
    found = []
    for path, macros in macros_by_file(manifest).items():
        stem = PurePosixPath(path).stem
        text = manifest["files"].get(path, "").lstrip()
        docstring = re.match(r"\{#-?\s*(.*?)-?#\}", text, flags=re.DOTALL)
        if docstring is None:
            found.append(f"{path} begins without a docstring: say what {stem} returns.")
            continue
        macro = next((macro for macro in macros if macro["name"] == stem), None)
        if macro is None:
            if not re.match(rf"{re.escape(stem)}\b", docstring[1]):
                found.append(f"{path}: its docstring must begin with the name {stem}.")
            elif says_nothing(docstring[1], stem):
                found.append(f"{path}: its docstring is its name: say what {stem} means.")
            continue
        signature = re.match(rf"{re.escape(stem)}\(([^)]*)\)", docstring[1])
        arguments = arguments_of(macro)
        if signature is None or stated_arguments(signature[1]) != arguments:
            found.append(
                f"{path}: its docstring must begin with {stem}({', '.join(arguments)}), then say "
                "what it returns and means."
            )
        elif says_nothing(docstring[1][signature.end() :], stem):
            found.append(f"{path}: its docstring is a signature: say what {stem} means.")
    return found


def check_macros_are_described(manifest: Manifest) -> list[str]:
    """In the YAML: one line for catalogues, and the type of each argument.

    All but the forms of a dispatched macro and materializations: those are called by no model. dbt
    only warns of arguments that the macro does not have and of types that it does not know.
    """
    own = {macro["name"] for macro in macros_of(manifest)}
    found = []
    for macro in macros_of(manifest):
        name, given = macro["name"], macro["arguments"]
        if name.partition("__")[2] in own or name.startswith("materialization_"):
            continue
        if says_nothing(macro["description"], public_name(macro)):
            found.append(f"{name} has no description: say what it returns.")
        elif "\n" in macro["description"].strip():
            found.append(
                f"{name} is described in several lines: leave one, the docstring has the rest."
            )
        names, arguments = [argument["name"] for argument in given], arguments_of(macro)
        if names != arguments:
            found.append(
                f"{name} takes ({', '.join(arguments)}), its YAML says ({', '.join(names)}): "
                "write what the code has."
            )
        for argument in given:
            if not is_valid_type(argument["type"] or ""):
                found.append(
                    f"{name}({argument['name']}) has the type {argument['type']}: dbt knows "
                    "string, bool, integer, float, any, list[], dict[,], optional[], relation, "
                    "column."
                )
            if argument["description"]:
                found.append(
                    f"{name}({argument['name']}) is described in the YAML: the docstring does that."
                )
    return found


def check_dispatched_macros_know_every_engine(manifest: Manifest) -> list[str]:
    """A dispatched macro has a form for each engine, and its default raises: it never guesses."""
    own = {macro["name"]: macro for macro in macros_of(manifest)}
    found = []
    for name, macro in own.items():
        if name not in DISPATCHED.findall(macro["macro_sql"]):
            continue
        found += [
            f"{name} has no {engine}__{name}: write it, with a value test."
            for engine in ENGINES
            if f"{engine}__{name}" not in own
        ]
        default = own.get(f"default__{name}")
        if default is None or "unknown_engine(" not in default["macro_sql"]:
            found.append(f"default__{name} must raise by unknown_engine('{name}').")
    return found


# Grain, keys and incremental tables


def may_leave_columns_out(node: Node) -> bool:
    """Columns of records are those of staging, described there; their grain is a fixed one."""
    return layer_of(node) == "records"


def check_grain_is_declared(manifest: Manifest) -> list[str]:
    found = []
    for node in models_of(manifest) + nodes_of(manifest, "seed") + sources_of(manifest):
        grain = meta_of(node).get("grain")
        if not isinstance(grain, list) or not grain:
            found.append(f"{label(node)} declares no grain: list its columns in config.meta.grain.")
            continue
        found += [
            f"{label(node)} has {column} in its grain, which is none of its columns."
            for column in grain
            if column not in node["columns"] and not may_leave_columns_out(node)
        ]
    return found


def check_grain_is_tested(manifest: Manifest) -> list[str]:
    """Marts, incremental models and seeds: a `grain` test over exactly the declared columns."""
    found = []
    for node in models_of(manifest) + nodes_of(manifest, "seed"):
        must = (
            layer_of(node) in ("marts", "seeds") or node["config"]["materialized"] == "incremental"
        )
        tested = [
            sorted(test["test_metadata"]["kwargs"]["columns"])
            for test in tests_on(manifest, node, "grain")
            if always_enforced(test)
        ]
        if must and grain_of(node) and sorted(grain_of(node)) not in tested:
            found.append(
                f"{node['name']} has no grain test that stops the build over exactly "
                f"{', '.join(grain_of(node))}: add it."
            )
    return found


def check_constraints_say_what_is_tested(manifest: Manifest) -> list[str]:
    """What catalogues are told: the grain as primary key; in marts not_null where a test holds it.

    A key of a column would reach DuckDB, which would build an index.
    """
    found = []
    for model in models_of(manifest):
        tested = tested_never_null(manifest, model)
        declared = [(given["type"], given["columns"]) for given in model["constraints"]]
        must = layer_of(model) == "marts" or model["config"]["materialized"] == "incremental"
        if (must or declared) and declared != [("primary_key", grain_of(model))]:
            found.append(
                f"{model['name']} declares the constraints {declared}: declare one primary_key, of "
                f"its grain {grain_of(model)}."
            )
        for name, column in model["columns"].items():
            given = [constraint["type"] for constraint in column["constraints"]]
            is_held = layer_of(model) == "marts" and name in tested
            if given != ["not_null"] * is_held:
                found.append(
                    f"{model['name']}.{name} declares the constraints {given}: it is "
                    f"{'tested' if is_held else 'no column of a mart that is tested'} never null."
                )
    return found


def check_merge_key_is_the_grain(manifest: Manifest) -> list[str]:
    return [
        f"{model['name']} merges by {unique_key_of(model)} and has the grain {grain_of(model)}: "
        "they are the same list."
        for model in merge_models(manifest)
        if unique_key_of(model) != grain_of(model)
    ]


def check_merge_keys_are_not_null(manifest: Manifest) -> list[str]:
    """A null in a merge key never matches and is inserted again in every run."""
    found = []
    for model in merge_models(manifest):
        covered = tested_never_null(manifest, model)
        found += [
            f"{model['name']} merges by {column}, which may be null: test it never_null."
            for column in unique_key_of(model)
            if column not in covered
        ]
    return found


def check_merge_models_can_remove(manifest: Manifest) -> list[str]:
    """A boolean is_removed, and the ways in which the engines' merges are told to obey it.

    In a record table, which need not list it, merge_changes adds it.
    """
    found = []
    for model in merge_models(manifest):
        column = model["columns"].get("is_removed")
        if column is None and may_leave_columns_out(model):
            adds_it = "macro.lakehouse.merge_changes" in model["depends_on"]["macros"]
        else:
            adds_it = column is not None and column.get("data_type") in (None, "boolean")
        if not adds_it:
            found.append(f"{model['name']} has no boolean is_removed: rows could never go.")
        found += [
            f"{model['name']} has a {key} that ignores is_removed: leave it to dbt_project.yml."
            for key in REMOVAL_CONFIG
            if "is_removed" not in str(model["config"].get(key))
        ]
    for name in REMOVAL_MACROS:
        macro = manifest["macros"].get(f"macro.lakehouse.{name}")
        if macro is None or "is_removed" not in code_only(macro["macro_sql"]):
            found.append(f"The macro {name} does not obey is_removed: rows would never go there.")
    return found


def check_incremental_strategy(manifest: Manifest) -> list[str]:
    """Said in the model: dbt-glue's default overwrites partitions.

    Load tables append, all others merge, so that a load taken twice changes nothing.
    """
    loads = [model["name"] for model in load_tables(manifest)]
    wanted = {
        model["name"]: "append" if model["name"] in loads else "merge"
        for model in incremental_models(manifest)
    }
    return [
        f"{model['name']} has the incremental strategy "
        f"{model['config'].get('incremental_strategy')}: say {wanted[model['name']]}."
        for model in incremental_models(manifest)
        if model["config"].get("incremental_strategy") != wanted[model["name"]]
    ]


def check_incremental_columns_may_grow(manifest: Manifest) -> list[str]:
    return [
        f"{model['name']} has on_schema_change {model['config'].get('on_schema_change')}: "
        "a contract accepts append_new_columns or fail only."
        for model in incremental_models(manifest)
        if model["config"].get("on_schema_change") not in ("append_new_columns", "fail")
    ]


def check_incremental_hooks(manifest: Manifest) -> list[str]:
    """The hooks that make a run know which loads a table reflects."""
    call = "prepare_incremental_table()"
    run_hooks = [
        (tag, operation["raw_code"])
        for operation in nodes_of(manifest, "operation")
        for tag in operation["tags"]
    ]
    return [
        f"{model['name']} has no pre-hook {call}: its loads would not be followed."
        for model in incremental_models(manifest)
        if not any(call in hook["sql"] for hook in model["config"]["pre-hook"])
    ] + [
        f"dbt_project.yml has no {kind} {call}: no run would know what another has done."
        for kind, call in RUN_HOOKS
        if not any(tag == kind and call in code for tag, code in run_hooks)
    ]


def check_incremental_models_follow_loads(manifest: Manifest) -> list[str]:
    """meta.reflects names every incremental model it reads, but the load tables.

    A parent may be left out where another reflected one follows its loads already. A record table
    has meta.entity, which stands for its own loads; a load table follows nothing.
    """
    incremental = {model["name"] for model in incremental_models(manifest)}
    loads = {model["name"] for model in load_tables(manifest)}
    found = []
    for model in incremental_models(manifest):
        meta, name = meta_of(model), model["name"]
        reflects = meta.get("reflects") or []
        if name in loads:
            if reflects:
                found.append(f"{name} is a load table and reflects nothing: drop meta.reflects.")
            continue
        if not reflects and not meta.get("entity"):
            found.append(f"{name} must declare config.meta.reflects, in records meta.entity.")
            continue
        found += [
            f"{name} reflects {parent}, which is no incremental model: name those it reads."
            for parent in reflects
            if parent not in incremental - loads
        ]
        found += [
            f"{name} reads {parent['name']} without following its loads: add it to meta.reflects."
            for parent in parents_of(manifest, model)
            if parent["name"] in incremental - loads
            and parent["name"] not in reflected_by(manifest, name)
        ]
    return found


def check_record_tables_have_gates(manifest: Manifest) -> list[str]:
    """What loads reject and full extracts end is judged where every mart waits for it."""
    found = []
    for model in record_tables(manifest):
        gates = ["rejected_share"]
        source = manifest["sources"].get(
            f"source.lakehouse.{domain_of(model)}.{meta_of(model)['entity']}", {"columns": {}}
        )
        if "is_full_extract" in source["columns"]:
            gates.append("ended_share")
        for gate in gates:
            guards = [
                test["test_metadata"]["kwargs"]
                for test in tests_on(manifest, model, gate)
                if test["config"]["severity"].lower() == "error" and test["config"]["enabled"]
            ]
            if not any(
                model["name"] in reflected_by(manifest, guard.get("until", ""))
                and load_model(domain_of(model)) in re.findall(r"\w+", guard.get("load", ""))
                for guard in guards
            ):
                found.append(
                    f"{model['name']} has no {gate} test with the load table of its domain, "
                    "until a model that reflects it: add it."
                )
    return found


def check_shaping_variables_are_fingerprinted(manifest: Manifest) -> list[str]:
    """A variable that an incremental model uses, itself or in a macro, stands in meta.shaped_by."""
    found = []
    for model in incremental_models(manifest):
        texts = [macro["macro_sql"] for macro in macros_below(manifest, model)]
        used = {name for text in [model["raw_code"], *texts] for name in VARIABLE.findall(text)}
        shaped_by = meta_of(model).get("shaped_by") or []
        found += [
            f"{model['name']} uses the variable {name}: add it to config.meta.shaped_by."
            for name in sorted(used.difference(RUN_VARIABLES, shaped_by))
        ]
    return found


def check_incremental_models_ignore_run_date(manifest: Manifest) -> list[str]:
    return [
        f"{model['name']} holds a value relative to run_date: compute it in a model that is "
        "rebuilt each run."
        for model in incremental_models(manifest)
        if re.search(r"\brun_date\s*\(|var\(\s*['\"]run_date", code_only(model["raw_code"]))
    ]


@cache
def reads_run_date(text: str) -> bool:
    found = re.search(r"\brun_date\s*\(|var\(\s*['\"]run_date|\brun_started_at\b", code_only(text))
    return found is not None


def check_run_date_is_a_tag(manifest: Manifest) -> list[str]:
    """A new day without loads builds the models with the tag, and nothing else."""
    found = []
    for model in models_of(manifest):
        texts = [model["raw_code"], *(each["macro_sql"] for each in macros_below(manifest, model))]
        reads = any(reads_run_date(text) for text in texts)
        if reads and "run_date" not in model["tags"]:
            found.append(f"{model['name']} depends on the run date and lacks the tag run_date.")
        if not reads and "run_date" in model["tags"]:
            found.append(f"{model['name']} has the tag run_date and does not depend on it.")
    return found


def check_incremental_marts_have_unit_tests(
    manifest: Manifest, allowed: Collection[str] = ()
) -> list[str]:
    """Each has a unit test, except the models in `allowed`; an idle entry is reported too."""
    tested = {unit_test["depends_on"]["nodes"][0] for unit_test in manifest["unit_tests"].values()}
    incremental = {model["unique_id"] for model in incremental_models(manifest)}
    untested = {
        model["name"]
        for model in marts_of(manifest)
        if model["unique_id"] in incremental and model["unique_id"] not in tested
    }
    return [
        f"{name} is an incremental mart without a unit test: add one beside it."
        for name in sorted(untested.difference(allowed))
    ] + [
        f"{name} is allowed to have no unit test and does not need that: take it off the list."
        for name in sorted(set(allowed) - untested)
    ]


# Contracts


def check_marts_have_contracts(manifest: Manifest) -> list[str]:
    return [
        f"{model['name']} has no enforced contract: marts are published, set it."
        for model in marts_of(manifest)
        if not model["config"]["contract"]["enforced"]
    ]


def check_column_types(manifest: Manifest) -> list[str]:
    """Marts and seeds: a type for each column, out of the list that agrees on three engines."""
    adapter = manifest["metadata"]["adapter_type"]
    timestamp = "timestamp_ntz" if adapter == "glue" else "timestamp"
    found = []
    for node in marts_of(manifest) + nodes_of(manifest, "seed"):
        for column in node["columns"].values():
            given = column.get("data_type")
            allowed = (*PLAIN_TYPES, timestamp)
            decimal = DECIMAL.fullmatch(given or "")
            fits = decimal and int(decimal[2]) <= int(decimal[1]) <= 38
            if given not in allowed and not fits:
                found.append(
                    f"{node['name']}.{column['name']} has the data_type {given} on {adapter}: use "
                    f"{', '.join(allowed)} or decimal(p,s)."
                )
    return found


def check_suffixes_tell_types(manifest: Manifest) -> list[str]:
    found = []
    for model in marts_of(manifest):
        for name, column in model["columns"].items():
            wanted = [kind for end, kind in TYPE_OF_SUFFIX.items() if name.endswith(end)]
            wanted += [kind for start, kind in TYPE_OF_PREFIX.items() if name.startswith(start)]
            found += [
                f"{model['name']}.{name} is {column.get('data_type')}, its name says {kind}: "
                "change one of them."
                for kind in wanted
                if not re.fullmatch(kind, column.get("data_type") or "")
            ]
    return found


def check_same_name_has_same_type(manifest: Manifest) -> list[str]:
    """One name means one quantity in one unit, in the marts of every domain."""
    uses: dict[str, dict[str, str]] = defaultdict(dict)
    for model in marts_of(manifest):
        for name, column in model["columns"].items():
            uses[name].setdefault(str(column.get("data_type")), model["name"])
    return [
        f"The column {name} is "
        + " and ".join(f"{kind} in {model}" for kind, model in sorted(types.items()))
        + ": one name, one type."
        for name, types in sorted(uses.items())
        if len(types) > 1
    ]


def check_access(manifest: Manifest) -> list[str]:
    """Marts are public, what quality reads is protected, everything else is private."""
    found = []
    for model in models_of(manifest):
        wanted = "public" if layer_of(model) == "marts" else "private"
        if is_offered_to_quality(model):
            wanted = "protected"
        if model["access"] != wanted:
            found.append(f"{model['name']} has access {model['access']}: it must be {wanted}.")
    return found


def check_groups(manifest: Manifest) -> list[str]:
    known = {group["name"] for group in manifest["groups"].values()}
    return [
        f"{model['name']} belongs to the group {model['group']}: it must be {domain_of(model)}, "
        "declared in models/_groups.yml."
        for model in models_of(manifest)
        if model["group"] != domain_of(model) or model["group"] not in known
    ]


# Documentation and privacy


def says_nothing(description: str | None, name: str) -> bool:
    """Empty, or the name once more."""

    def words(text: str) -> str:
        return re.sub(r"[^a-z0-9]", "", text.lower())

    noun = name.split("__")[-1]
    return words(description or "") in ("", words(name), words(noun), "the" + words(noun))


def check_descriptions(manifest: Manifest) -> list[str]:
    """Models, seeds, sources, their tables and columns, exposures and unit tests."""
    advice = "say what a row is for and what it leaves out"
    found = []
    described = models_of(manifest) + nodes_of(manifest, "seed") + sources_of(manifest)
    for node in described:
        if says_nothing(node["description"], node["name"]):
            found.append(f"{label(node)} has no description: {advice}.")
        if not node["columns"] and not may_leave_columns_out(node):
            found.append(f"{label(node)} describes no columns: list all of them.")
        found += [
            f"{label(node)}.{column['name']} has no description: say what it means."
            for column in node["columns"].values()
            if says_nothing(column["description"], column["name"])
        ]
    by_source = {source["source_name"]: source for source in sources_of(manifest)}
    found += [
        f"The source {name} has no description: {advice}."
        for name, source in by_source.items()
        if says_nothing(source["source_description"], name)
    ]
    others = [*manifest["exposures"].values(), *manifest["unit_tests"].values()]
    found += [
        f"{node['name']} has no description: say what it is for."
        for node in others
        if says_nothing(node["description"], node["name"])
    ]
    return found


def check_column_classes(manifest: Manifest) -> list[str]:
    return [
        f"{label(node)}.{column['name']} has the class {class_of(column)}: set config.meta.class "
        f"to {', '.join(CLASSES)}."
        for node in models_of(manifest) + nodes_of(manifest, "seed") + sources_of(manifest)
        for column in node["columns"].values()
        if class_of(column) not in CLASSES
    ]


def check_classes_never_weaken(manifest: Manifest) -> list[str]:
    """Within a domain, what is personal somewhere is personal under that name everywhere."""
    guarded: dict[tuple[str, str], tuple[Any, str]] = {}
    nodes = sources_of(manifest) + models_of(manifest)
    for node in nodes:
        for name, column in node["columns"].items():
            if class_of(column) in GUARDED_CLASSES:
                guarded.setdefault((domain_of(node), name), (class_of(column), label(node)))
    found = []
    for node in nodes:
        for name, column in node["columns"].items():
            strict, where = guarded.get((domain_of(node), name), (None, ""))
            given = class_of(column)
            if strict and given in CLASSES and given not in GUARDED_CLASSES:
                found.append(
                    f"{label(node)}.{name} is {given}, but {strict} in {where}: class it alike, or "
                    "name it for what it holds."
                )
    return found


def check_rejected_rows_are_masked(manifest: Manifest) -> list[str]:
    """The row that staging keeps as JSON masks the personal columns of its raw table."""
    found = []
    for model in models_of(manifest):
        call = re.search(
            r"row_as_json\(\s*\[(.*?)\](?:\s*,\s*masked\s*=\s*\[(.*?)\])?",
            code_only(model["raw_code"]),
            flags=re.DOTALL,
        )
        if call is None:
            continue
        listed, masked = (set(re.findall(r"['\"](\w+)['\"]", part or "")) for part in call.groups())
        found += [
            f"{model['name']} writes {name} ({class_of(column)}) into the rejected row: add it to "
            "masked."
            for source in parents_of(manifest, model)
            if source["resource_type"] == "source"
            for name, column in source["columns"].items()
            if class_of(column) in GUARDED_CLASSES and name in listed - masked
        ]
    return found


def check_failures_hold_no_personal_values(manifest: Manifest) -> list[str]:
    return [
        f"{test['name']} stores its failures, and {parent['name']} has personal columns: do not."
        for test in nodes_of(manifest, "test")
        if test["config"].get("store_failures") or test["config"].get("store_failures_as")
        for parent in parents_of(manifest, test)
        if any(class_of(column) in GUARDED_CLASSES for column in parent["columns"].values())
    ]


def check_exposures_publish_marts(manifest: Manifest) -> list[str]:
    found = []
    for exposure in manifest["exposures"].values():
        marts = {mart["unique_id"] for mart in marts_of(manifest)}
        ids = exposure["depends_on"]["nodes"]
        if not ids:
            found.append(f"{exposure['name']} names no mart: list what it publishes.")
        found += [
            f"{exposure['name']} publishes {unique_id}: only marts are public."
            for unique_id in ids
            if unique_id not in marts
        ]
    return found


def check_exposures_own_up_to_personal_columns(manifest: Manifest) -> list[str]:
    """`config.meta.personal_columns` lists the personal columns that go out; [] = none of them.

    Required as soon as one of the exposure's marts has such a column, so that leaving them out is a
    decision too.
    """
    found = []
    for exposure in manifest["exposures"].values():
        personal = {
            f"{parent['name']}.{name}"
            for parent in parents_of(manifest, exposure)
            for name, column in parent["columns"].items()
            if class_of(column) in GUARDED_CLASSES
        }
        stated = meta_of(exposure).get("personal_columns")
        if personal and not isinstance(stated, list):
            found.append(
                f"{exposure['name']} reads {', '.join(sorted(personal))}: list those it publishes "
                "as config.meta.personal_columns, [] if none."
            )
        found += [
            f"{exposure['name']} lists {entry}, which is no personal column of its marts "
            "(write <mart>.<column>)."
            for entry in (stated if isinstance(stated, list) else [])
            if entry not in personal
        ]
    return found


def check_exposures_say_who_and_where(manifest: Manifest) -> list[str]:
    """Each leads to a page and has the owner of its marts; no group that has marts lacks one."""

    def owner_of(node: Node) -> tuple[Any, Any]:
        owner = node.get("owner") or {}
        return owner.get("name"), owner.get("email")

    owners = {group["name"]: owner_of(group) for group in manifest["groups"].values()}
    found, exposed = [], set()
    for exposure in manifest["exposures"].values():
        groups = {parent.get("group") for parent in parents_of(manifest, exposure)}
        exposed |= groups
        if not exposure.get("url"):
            found.append(f"{exposure['name']} has no url: say where its readers find it.")
        found += [
            f"{exposure['name']} is owned by {owner_of(exposure)}: its marts are {group}'s, "
            "take the owner of that group."
            for group in sorted(groups & set(owners))
            if owner_of(exposure) != owners[group]
        ]
    return found + [
        f"Nobody reads the group {group}: declare an exposure of its marts."
        for group in sorted({mart["group"] for mart in marts_of(manifest)} - exposed)
    ]


# Raw zone


def check_sources_are_text_with_provenance(manifest: Manifest) -> list[str]:
    """Every delivered column is text; the columns that landing adds have their types."""
    found = []
    for source in sources_of(manifest):
        for name, column in source["columns"].items():
            wanted = PROVENANCE.get(name, "string")
            marked = bool((column["config"].get("meta") or {}).get("provenance"))
            if column.get("data_type") != wanted:
                found.append(
                    f"{label(source)}.{name} has the data_type {column.get('data_type')}: "
                    f"in the raw zone it is {wanted}."
                )
            if marked != (name in PROVENANCE):
                found.append(
                    f"{label(source)}.{name}: meta.provenance marks just what landing adds."
                )
        found += [
            f"{label(source)} lacks the column {name}: landing writes it."
            for name in PROVENANCE
            if name not in source["columns"] and name not in OPTIONAL_PROVENANCE
        ]
    return found


def check_sources_declare_rhythm(manifest: Manifest) -> list[str]:
    """The days after which a delivery is late, for `rpt_quality__freshness` and for dbt alike."""

    def warn_after(source: Node) -> Node:
        return (source["config"].get("freshness") or {}).get("warn_after") or {}

    return [
        f"{label(source)} declares no rhythm: set config.freshness.warn_after, in days, to those "
        "after which a delivery is late."
        for source in sources_of(manifest)
        if warn_after(source).get("period") != "day" or (warn_after(source).get("count") or 0) < 1
    ]


WATCHED = {"min_rows", "volume_ratio", "null_rate_rise", "null_columns", "category_columns"}


def check_sources_declare_what_is_watched(manifest: Manifest) -> list[str]:
    """`config.meta.watch` of each raw table; the columns are those of staging that records keep.

    Categories end up as values in a report, so none of them may be personal.
    """
    records = {
        f"{domain_of(model)}.{meta_of(model)['entity']}": model for model in record_tables(manifest)
    }
    found = []
    for source in sources_of(manifest):
        watch = meta_of(source).get("watch")
        if not isinstance(watch, dict) or set(watch) != WATCHED:
            found.append(
                f"{label(source)} must declare config.meta.watch: {', '.join(sorted(WATCHED))}."
            )
            continue
        record = records.get(label(source))
        kept = kept_words(manifest, record) if record else set()
        columns = {
            name: column
            for model in models_of(manifest)
            if layer_of(model) == "staging" and source["unique_id"] in model["depends_on"]["nodes"]
            for name, column in model["columns"].items()
            if name in kept
        }
        for name in [*watch["null_columns"], *watch["category_columns"]]:
            if name not in columns:
                found.append(f"{label(source)} watches {name}, no column of its record table.")
            elif class_of(columns[name]) in GUARDED_CLASSES and name in watch["category_columns"]:
                found.append(f"{label(source)} watches the values of {name}, which is personal.")
    return found


REASON_MACRO = "macro.lakehouse.rejection_reason"
REASON_SEED = "seeds/quality/dim_quality__reason.csv"


def check_seeds_are_counted(manifest: Manifest) -> list[str]:
    """A row too long for Glue is lost without a word: `row_count_is` says how many there are."""
    found = []
    for seed in nodes_of(manifest, "seed"):
        text = manifest["files"].get(seed["original_file_path"], "")
        rows = max(len(list(csv.reader(io.StringIO(text)))) - 1, 0)
        counted = [
            int(test["test_metadata"]["kwargs"]["rows"])
            for test in tests_on(manifest, seed, "row_count_is")
            if always_enforced(test)
        ]
        if counted != [rows] and (rows or counted):
            found.append(
                f"{seed['name']} has {rows} rows, and row_count_is says {counted or 'nothing'}: "
                "add the test with that number."
            )
    return found


def check_reasons_follow_the_reference_list(manifest: Manifest) -> list[str]:
    """The ladder of the macro is the reference list's order, as analysts read it."""
    ladder = re.search(
        r"set ladder = \[(.*?)\]", manifest["macros"][REASON_MACRO]["macro_sql"], re.DOTALL
    )
    looked_for = re.findall(r"'(\w+)'", ladder.group(1)) if ladder else []
    rows = list(csv.DictReader(io.StringIO(manifest["files"].get(REASON_SEED, ""))))
    listed = [
        row["reason_code"]
        for row in sorted(rows, key=lambda row: int(row["reason_order"]))
        if row["severity"] == "reject"
    ]
    if looked_for == listed:
        return []
    return [f"rejection_reason looks for {looked_for}, {REASON_SEED} lists {listed}: make one."]


# Engines


def check_no_clock(manifest: Manifest) -> list[str]:
    """State is a function of the received rows, so nothing reads the run's clock."""
    texts = [(model["name"], model["raw_code"]) for model in models_of(manifest)]
    texts += [(test["name"], test["raw_code"]) for test in nodes_of(manifest, "test")]
    texts += [(macro["name"], macro["macro_sql"]) for macro in macros_of(manifest)]
    found = []
    for name, text in texts:
        if read := clock_in(text):
            found.append(f"{name} reads the clock ({read}): use run_date() or recorded_at.")
    return found


@cache
def clock_in(text: str) -> str | None:
    read = CLOCK.search(code_only(text))
    return read[0] if read else None


def check_engine_differences_lie_in_macros(manifest: Manifest) -> list[str]:
    """No `target.type` in models, tests and macros, outside macros/engine and macros/dbt.

    Value tests of macros may say what each engine answers.
    """
    own = (("macros", "engine"), ("macros", "dbt"), ("tests", "macros"))
    texts = [(node, node["raw_code"]) for node in models_of(manifest) + nodes_of(manifest, "test")]
    texts += [(macro, macro["macro_sql"]) for macro in macros_of(manifest)]
    return [
        f"{node['name']} asks for the engine: put the difference into a macro in macros/engine."
        for node, text in texts
        if file_parts(node)[:2] not in own and ENGINE_BRANCH.search(code_only(text))
    ]


def check_reserved_meta_keys(manifest: Manifest) -> list[str]:
    """A model's meta key that is a dbt-glue profile key opens a session of its own, silently."""
    return [
        f"{node['name']} has the meta key {key}, a profile key of dbt-glue: rename it."
        for node in models_of(manifest) + nodes_of(manifest, "seed")
        for key in sorted(RESERVED_META_KEYS.intersection(meta_of(node)))
    ]


def check_materializations(manifest: Manifest) -> list[str]:
    """Staging is a view; on Glue, which cannot keep views, ephemeral.

    Intermediate models may be that too, else table or incremental; marts are stored.
    """
    is_glue = manifest["metadata"]["adapter_type"] == "glue"
    unstored = "ephemeral" if is_glue else "view"
    found = []
    for model in models_of(manifest):
        given = model["config"]["materialized"]
        allowed = [unstored] if layer_of(model) == "staging" else ["table", "incremental", unstored]
        if layer_of(model) == "marts":
            allowed.remove(unstored)
        if given not in allowed:
            found.append(
                f"{model['name']} is materialised as {given} on "
                f"{manifest['metadata']['adapter_type']}: allowed is {', '.join(allowed)}."
            )
    return found


def check_tables_are_iceberg(manifest: Manifest) -> list[str]:
    return [
        f"{model['name']} has {key}: {model['config'].get(key)!r}, must be {wanted!r}: leave it to "
        "dbt_project.yml."
        for model in models_of(manifest)
        for key, wanted in LAKE_CONFIG.items()
        if model["config"].get(key) != wanted
    ]


def check_no_grants(manifest: Manifest) -> list[str]:
    return [
        f"{node['name']} has grants: permissions come from Terraform."
        for node in models_of(manifest) + nodes_of(manifest, "seed")
        if node["config"].get("grants")
    ]


def check_no_python_models_or_snapshots(manifest: Manifest) -> list[str]:
    return [
        f"{model['name']} is a Python model: Glue refuses them, write SQL."
        for model in models_of(manifest)
        if model["language"] != "sql"
    ] + [
        f"{snapshot['name']} is a snapshot: its validity is the run's time, use record_history."
        for snapshot in nodes_of(manifest, "snapshot")
    ]


def check_nothing_is_disabled(manifest: Manifest) -> list[str]:
    return [
        f"{node['name']} is disabled: repair it or delete it."
        for nodes in manifest["disabled"].values()
        for node in nodes
    ]


# The shape of a model


def check_models_state_their_grain(manifest: Manifest) -> list[str]:
    return [
        f"{model['name']} does not begin with the comment `-- Grain: ...`: add it."
        for model in models_of(manifest)
        if not model["raw_code"].lstrip().startswith("-- Grain: ")
    ]


def check_models_end_with_their_last_cte(manifest: Manifest) -> list[str]:
    return [
        f"{model['name']} does not end with `select * from <last CTE>`: list the columns there."
        for model in models_of(manifest)
        if not re.search(r"\n\nselect \* from [a-z0-9_]+\s*$", model["raw_code"])
    ]


CHECKS = tuple(value for name, value in sorted(globals().items()) if name.startswith("check_"))
