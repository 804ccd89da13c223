"""The rooms of `lakehouse` import each other one way: a wing knows nothing of those above it."""

import ast
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
PACKAGE = PROJECT / "src" / "lakehouse"
# A room is a wing or a module at the root: what each may import, of rooms named before it.
MAY_IMPORT = {
    "errors": (),
    "database": (),
    "aws": ("errors",),
    "postgres": ("errors", "aws"),
    "terraform_env": ("errors",),
    "prices": ("errors",),
    "yaml_file": (),
    "landing": ("errors", "aws", "yaml_file"),
    "decisions": ("errors", "landing"),
    "extraction": ("errors", "aws", "postgres", "landing"),
    "marts": ("errors", "database", "aws", "yaml_file"),
    "publishing": ("errors", "database", "aws", "postgres", "yaml_file", "marts"),
    "reviewing": ("errors",),
    "building": ("errors", "database", "aws", "yaml_file", "reviewing"),
    "features": (
        "errors",
        "database",
        "aws",
        "yaml_file",
        "landing",
        "extraction",
        "building",
    ),
    "comparing": ("errors", "database", "aws", "marts"),
    "planning": ("errors", "prices", "database", "aws", "building", "reviewing"),
    "site": ("errors", "prices", "database", "marts", "building"),
    "workflow": ("errors", "aws", "building"),
    "explain": ("errors",),
    "doctor": ("database", "building"),
    "cli": (
        "errors",
        "explain",
        "doctor",
        "aws",
        "terraform_env",
        "landing",
        "decisions",
        "extraction",
        "marts",
        "publishing",
        "building",
        "comparing",
        "planning",
        "site",
        "features",
        "workflow",
    ),
    "__main__": ("cli",),
}


def modules_of(package: Path) -> dict[str, Path]:
    """Dotted name -> file, of every module and wing of a package."""
    found = {}
    for path in package.rglob("*.py"):
        parts = path.relative_to(package.parent).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imported_names(path: Path) -> Iterator[str]:
    """Every name that a file imports: at the top, in a function or for types alone."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import hides its room"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def imports_of(package: Path) -> dict[str, set[str]]:
    """Module -> the modules of the same package that it imports."""
    modules = modules_of(package)
    return {
        module: {
            known
            for name in imported_names(path)
            for known in (name, name.rpartition(".")[0])
            if known in modules and known != package.name
        }
        for module, path in modules.items()
    }


def room_of(module: str) -> str:
    return module.split(".")[1]


def wrong_arrows(imports: Mapping[str, set[str]]) -> list[str]:
    """What imports against the order, or is in no room."""
    rooms = {module: room_of(module) for module in imports if "." in module}
    lost = [f"{module} is in no room" for module in rooms if rooms[module] not in MAY_IMPORT]
    return lost + [
        f"{module} imports {other}"
        for module, room in rooms.items()
        for other in sorted(imports[module])
        if rooms[other] not in (room, *MAY_IMPORT.get(room, ()))
    ]


def circle(imports: Mapping[str, set[str]]) -> list[str]:
    """Modules that lead back to themselves; empty if there are none."""
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as err:
        return err.args[1]
    return []


def test_rooms_are_named_after_what_they_may_import():
    rooms = list(MAY_IMPORT)
    assert all(set(MAY_IMPORT[room]) <= set(rooms[:place]) for place, room in enumerate(rooms))


def test_every_import_follows_the_arrows():
    imports = imports_of(PACKAGE)
    assert {room_of(module) for module in imports if "." in module} == set(MAY_IMPORT)
    assert wrong_arrows(imports) == []


def test_no_modules_import_each_other_in_a_circle():
    assert circle(imports_of(PACKAGE)) == []


def test_no_script_imports_a_test():
    tests = {path.stem for path in (PROJECT / "tests").rglob("*.py")} | {"tests"}
    imported = {
        (path.name, name.split(".")[0])
        for path in (PROJECT / "scripts").glob("*.py")
        for name in imported_names(path)
    }
    assert imported
    assert {(script, name) for script, name in imported if name in tests} == set()


@pytest.fixture
def sick(tmp_path: Path) -> Path:
    """A package with two wings and an arrow that is allowed."""
    files = {
        "errors.py": "",
        "landing/__init__.py": "",
        "landing/land.py": "from lakehouse.errors import UsageError\n",
        "extraction/__init__.py": "",
        "extraction/extract.py": "from lakehouse.landing.land import land\n",
    }
    for name, text in files.items():
        path = tmp_path / "lakehouse" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "lakehouse"


def test_arrows_that_are_allowed_are_let_through(sick: Path):
    assert wrong_arrows(imports_of(sick)) == []
    assert circle(imports_of(sick)) == []


@pytest.mark.parametrize(
    "text",
    [
        "import lakehouse.extraction.extract\n",
        "from lakehouse.extraction import extract\n",
        "from lakehouse.extraction.extract import extract_domain\n",
        "def land():\n    from lakehouse.extraction.extract import extract_domain\n",
        "if TYPE_CHECKING:\n    from lakehouse.extraction.extract import Extraction\n",
    ],
)
def test_an_import_against_the_arrows_is_found(sick: Path, text: str):
    (sick / "landing" / "land.py").write_text(text)
    found = wrong_arrows(imports_of(sick))
    assert "lakehouse.landing.land imports lakehouse.extraction.extract" in found
    assert set(circle(imports_of(sick))) >= {
        "lakehouse.landing.land",
        "lakehouse.extraction.extract",
    }


def test_a_circle_within_a_wing_is_found(sick: Path):
    (sick / "landing" / "sender.py").write_text("from lakehouse.landing import land\n")
    (sick / "landing" / "land.py").write_text("from lakehouse.landing.sender import Sender\n")
    assert wrong_arrows(imports_of(sick)) == []
    assert {"lakehouse.landing.land", "lakehouse.landing.sender"} <= set(circle(imports_of(sick)))


def test_a_module_in_no_room_is_found(sick: Path):
    (sick / "helpers.py").write_text("")
    assert wrong_arrows(imports_of(sick)) == ["lakehouse.helpers is in no room"]
