"""What a changed file touches: tests that import it, models that use it, tests of those.

Nothing here reads a file or runs a program, so that every rule can be tested with a few names.
"""

import ast
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from graphlib import TopologicalSorter
from pathlib import PurePosixPath

# As `make lint` gives them to sqlfluff.
LINTED = ("models/", "tests/data/", "tests/macros/", "analyses/")
VALUE_TESTS = "tests/macros/"
# dbt parses these folders; a change in a file of settings may change any of its nodes.
DBT_FOLDERS = ("models/", "macros/", "seeds/", "tests/data/", "tests/macros/", "analyses/")
DBT_SETTINGS = ("dbt_project.yml", "profiles.yml")
# Where Python looks for modules: a folder and the name that what lies in it is imported under.
IMPORT_ROOTS = (
    "locallake/src/",
    "src/",
    "scripts/",
    "benchmarks/",
    *(f"tests/{folder}/" for folder in ("engines", "infra/applied", "infra/runs", "infra")),
    *(f"tests/{folder}/" for folder in ("integration", "manifest", "proofs", "python")),
    "tests/",
)
QUICK_TESTS = "tests/python/test_"
DOCUMENTATION_TEST = "tests/python/test_citations.py"


def closure(starts: Iterable[str], next_of: Callable[[str], Iterable[str]]) -> frozenset[str]:
    """What can be reached from `starts` by `next_of`, with themselves."""
    reached: set[str] = set()
    waiting = list(starts)
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting.extend(next_of(name))
    return frozenset(reached)


def with_ending(paths: Iterable[str], ending: str) -> tuple[str, ...]:
    return tuple(path for path in paths if path.endswith(ending))


def sql_to_lint(paths: Iterable[str]) -> tuple[str, ...]:
    """The SQL that sqlfluff reads; macros are seen where they are used, by `make lint`."""
    return tuple(path for path in with_ending(paths, ".sql") if path.startswith(LINTED))


def touches_dbt(paths: Iterable[str]) -> bool:
    return any(path.startswith(DBT_FOLDERS) or path in DBT_SETTINGS for path in paths)


# Python: who imports whom


def module_name(path: str) -> str:
    """The name that a file is imported by: src/lakehouse/cli.py -> lakehouse.cli."""
    root = next((root for root in IMPORT_ROOTS if path.startswith(root)), "")
    return path.removeprefix(root).removesuffix(".py").removesuffix("/__init__").replace("/", ".")


@dataclass(frozen=True)
class Named:
    """What a Python file names: modules, fixtures that it defines or takes, programs it starts."""

    modules: frozenset[str]
    functions: frozenset[str]
    arguments: frozenset[str]
    programs: frozenset[str]


def named_in(source: str, module: str, *, is_package: bool = False) -> Named:
    """Read what a file names; a file that cannot be read names nothing (ruff says so)."""
    try:
        nodes = list(ast.walk(ast.parse(source)))
    except SyntaxError:
        nodes = []
    return Named(
        modules=frozenset(
            name for node in nodes for name in imported(node, module, is_package=is_package)
        ),
        functions=frozenset(node.name for node in nodes if isinstance(node, ast.FunctionDef)),
        arguments=frozenset(node.arg for node in nodes if isinstance(node, ast.arg)),
        programs=frozenset(
            PurePosixPath(node.value).name
            for node in nodes
            if isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and node.value.endswith(".py")
        ),
    )


def imported(node: ast.AST, module: str, *, is_package: bool) -> Iterator[str]:
    """Modules that an import may load: `from a import b` loads a, and a.b if that is one."""
    if isinstance(node, ast.Import):
        names = [alias.name for alias in node.names]
    elif isinstance(node, ast.ImportFrom):
        base = node.module or ""
        if node.level:
            above = module.split(".")
            above = above[: len(above) - node.level + (1 if is_package else 0)]
            base = ".".join([*above, *([base] if base else [])])
        names = [base, *(f"{base}.{alias.name}" for alias in node.names)]
    else:
        return
    for name in names:
        yield name
        # Loading a.b.c runs a and a.b first.
        yield from (str(parent).replace("/", ".") for parent in parents_of(name))


def parents_of(module: str) -> list[PurePosixPath]:
    return list(PurePosixPath(module.replace(".", "/")).parents)[:-1]


def files_importing(changed: Collection[str], sources: Mapping[str, str]) -> frozenset[str]:
    """The changed files and all that load them, directly or not.

    A test loads its conftest.py if it takes a fixture of it, and a script if it names its file.

    Args:
        changed: paths; one that is no longer there counts as what it was.
        sources: path -> text of all Python files of the project.
    """
    named = {
        path: named_in(source, module_name(path), is_package=path.endswith("/__init__.py"))
        for path, source in sources.items()
    }
    paths = {*named, *with_ending(changed, ".py")}
    by_module: dict[str, set[str]] = {}
    for path in paths:
        by_module.setdefault(module_name(path), set()).add(path)
    scripts = {PurePosixPath(path).name: path for path in paths if path.startswith("scripts/")}
    conftests = [path for path in named if path.endswith("conftest.py")]

    loaded_by: dict[str, set[str]] = {}
    for path, names in named.items():
        loads = {file for module in names.modules for file in by_module.get(module, ())}
        loads |= {scripts[program] for program in names.programs if program in scripts}
        loads |= {
            conftest
            for conftest in conftests
            if path.startswith(conftest.removesuffix("conftest.py"))
            and named[conftest].functions & names.arguments
        }
        for file in loads - {path}:
            loaded_by.setdefault(file, set()).add(path)
    return closure(with_ending(changed, ".py"), lambda path: loaded_by.get(path, ()))


@dataclass(frozen=True)
class PythonTests:
    """Test files that load what changed: those that are quick, and those left to `make test`."""

    quick: tuple[str, ...]
    left: tuple[str, ...]


def python_tests(changed: Collection[str], sources: Mapping[str, str]) -> PythonTests:
    """Choose the test files; a page of documentation is held against the code by one of them."""
    touched = {path for path in files_importing(changed, sources) if path in sources}
    if with_ending(changed, ".md") and DOCUMENTATION_TEST in sources:
        touched.add(DOCUMENTATION_TEST)
    tests = sorted(path for path in touched if PurePosixPath(path).name.startswith("test_"))
    return PythonTests(
        quick=tuple(path for path in tests if path.startswith(QUICK_TESTS)),
        left=tuple(path for path in tests if not path.startswith(QUICK_TESTS)),
    )


# dbt: who uses what


@dataclass(frozen=True)
class DbtNode:
    """A model, seed, source or singular test.

    Attributes:
        yaml_path: the file that describes it and holds its unit tests; "" if none. Many unit tests
            stand in `<model>.unit.yml` beside it.
        reads: ids of the nodes it reads.
        macros: ids of the macros it calls itself.
    """

    name: str
    kind: str
    path: str
    yaml_path: str = ""
    reads: frozenset[str] = frozenset()
    macros: frozenset[str] = frozenset()
    is_unit_tested: bool = False

    @property
    def files(self) -> frozenset[str]:
        """The files whose change is a change of the node."""
        unit_tests = self.yaml_path.removesuffix(".yml") + ".unit.yml"
        return frozenset({self.path, self.yaml_path, unit_tests})


@dataclass(frozen=True)
class DbtMacro:
    """A macro, by the file that holds it and the ids of the macros it calls."""

    path: str
    macros: frozenset[str] = frozenset()


@dataclass(frozen=True)
class DbtProject:
    """The parts of dbt's manifest that the choice is made from, by id."""

    nodes: Mapping[str, DbtNode] = field(default_factory=dict)
    macros: Mapping[str, DbtMacro] = field(default_factory=dict)


@dataclass(frozen=True)
class DbtPlan:
    """What dbt does about a change.

    Attributes:
        unit_tested: names of models whose unit tests run.
        value_tests: names of the tests of macros that run.
        bound: ids of models and singular tests whose SQL is compiled and read by DuckDB, each after
            what it reads.
        seeds: names of the seeds that these read.
        unused_macros: changed files of macros that neither a model nor a test calls by name.
    """

    unit_tested: tuple[str, ...]
    value_tests: tuple[str, ...]
    bound: tuple[str, ...]
    seeds: tuple[str, ...]
    unused_macros: tuple[str, ...]


def dbt_plan(changed: Collection[str], project: DbtProject) -> DbtPlan:
    """Choose by name what a change can break without a row of data.

    Unit tests run of models that changed, use a changed macro, or read a changed node; value tests
    that changed or use a changed macro. DuckDB reads the SQL of all of these and of whatever
    depends on them. A change of dbt's settings may concern every model.
    """
    nodes = project.nodes
    called_by = inverted({id: macro.macros for id, macro in project.macros.items()})
    read_by = inverted({id: node.reads for id, node in nodes.items()})
    everything = any(path in DBT_SETTINGS for path in changed)
    macros = {id for id, macro in project.macros.items() if macro.path in changed}

    edited = {id for id, node in nodes.items() if everything or node.files & {*changed}}
    users = {id for id, node in nodes.items() if node.macros & closure(macros, called_by)}
    touched = edited | users
    readers = {reader for id in edited for reader in read_by(id)}
    tested = {id for id in touched | readers if nodes[id].is_unit_tested}
    singular_tests = {id for id in touched if nodes[id].kind == "test"}

    below = {id for id in closure(touched, read_by) if nodes[id].kind == "model"}
    needed = closure(below | tested | singular_tests, lambda id: nodes[id].reads & nodes.keys())
    order = TopologicalSorter({id: sorted(nodes[id].reads & needed) for id in sorted(needed)})
    unused = {
        project.macros[id].path
        for id in macros
        if not any(node.macros & closure([id], called_by) for node in nodes.values())
    }
    return DbtPlan(
        unit_tested=names_of(nodes, tested),
        value_tests=names_of(
            nodes, {id for id in singular_tests if nodes[id].path.startswith(VALUE_TESTS)}
        ),
        bound=tuple(
            id for id in order.static_order() if nodes[id].kind == "model" or id in singular_tests
        ),
        seeds=names_of(nodes, {id for id in needed if nodes[id].kind == "seed"}),
        unused_macros=tuple(sorted(unused)),
    )


def names_of(nodes: Mapping[str, DbtNode], ids: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(nodes[id].name for id in ids))


def inverted(uses: Mapping[str, Iterable[str]]) -> Callable[[str], Collection[str]]:
    """From what each uses, by whom each is used."""
    used_by: dict[str, set[str]] = {}
    for user, used in uses.items():
        for each in used:
            used_by.setdefault(each, set()).add(user)
    return lambda id: used_by.get(id, set())
