"""The recipes of CONTRIBUTING.md are tried as they stand: their files written, their commands run.

A block after "In `<path>`:" is a new file, or, in a `diff`, lines that are added to one. In a copy
of the repository's files; a recipe whose text no longer fits the project fails here.
"""

import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from lake import PROJECT
from pages import clone, run_in_one_shell, shown_in

PAGE = (PROJECT / "CONTRIBUTING.md").read_text(encoding="utf-8")
RECIPES = dict(
    recipe.split("\n", 1) for recipe in re.split(r"^## Recipe: ", PAGE, flags=re.MULTILINE)[1:]
)
BLOCK = re.compile(r"In `([^`]+)`[^`]*?:\n\n```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
WORDS = re.compile(r"^\| `([a-z]+)` \| `([a-z]+)` \|$", re.MULTILINE)
# What the domain takes from the entity before it.
ENTITY = ("staging/stg_retail__loja", "records/int_retail__loja")
GIT = ("git", "-c", "user.name=test", "-c", "user.email=test@example.com")


def edited(text: str, diff: str) -> str:
    """The text with the lines of a diff added, at the one place that its other lines have."""
    lines = [line or " " for line in diff.splitlines()]
    assert {line[0] for line in lines} == {" ", "+"}, diff
    before = "".join(f"{line[1:]}\n" for line in lines if line[0] == " ")
    assert f"\n{text}".count(f"\n{before}") == 1, f"not once in the file:\n{before}"
    after = "".join(f"{line[1:]}\n" for line in lines)
    return f"\n{text}".replace(f"\n{before}", f"\n{after}")[1:]


def follow(recipe: str, folder: Path) -> None:
    for path, kind, content in BLOCK.findall(recipe):
        file = folder / path
        if kind == "diff":
            file.write_text(edited(file.read_text("utf-8"), content), "utf-8")
        else:
            assert not file.exists(), path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content, "utf-8")


def in_other_words(text: str, words: Mapping[str, str]) -> str:
    for there, here in words.items():
        text = text.replace(there, here)
    return text


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What each command of the recipes printed, once all their files were there."""
    folder = clone(tmp_path_factory.mktemp("clone") / "lakehouse")
    for words in (("init", "-q"), ("add", "-A"), ("commit", "-q", "-m", "as it was")):
        subprocess.run([*GIT, *words], cwd=folder, check=True)
    for recipe in RECIPES.values():
        follow(recipe, folder)
        words = dict(WORDS.findall(recipe))
        for name in (f"models/retail/{stem}{end}" for stem in ENTITY for end in (".sql", ".yml")):
            if words:
                (folder / in_other_words(name, words)).write_text(
                    in_other_words((folder / name).read_text("utf-8"), words), "utf-8"
                )
    commands = list(
        dict.fromkeys(s.command for recipe in RECIPES.values() for s in shown_in(recipe))
    )
    inside = "export PATH=$PWD/.venv/bin:$PATH"
    said = run_in_one_shell([inside, *commands], folder=folder)
    return dict(zip(commands, said[1:], strict=True))


def test_every_recipe_is_read():
    assert list(RECIPES) == ["an entity", "a domain", "a rule that differs by engine"]
    assert [len(BLOCK.findall(recipe)) for recipe in RECIPES.values()] == [8, 12, 3]
    assert all(recipe.count("```") == 2 * len(BLOCK.findall(recipe)) for recipe in RECIPES.values())


@pytest.mark.long
def test_what_recipes_add_holds_the_conventions(printed: dict[str, str]):
    last = printed["make check"].rstrip().splitlines()[-1]
    assert last.startswith("check: passed"), printed["make check"]
    looked_at = printed["make check"]
    for new in ("stg_retail__loja.sql", "int_logistics__load.sql", "assert_day_of_year_values.sql"):
        assert new in looked_at


@pytest.mark.long
def test_commands_print_what_recipes_show(printed: dict[str, str]):
    shown = [s for recipe in RECIPES.values() for s in shown_in(recipe) if s.output]
    assert len(shown) == 2
    for one in shown:
        lines = [line.rstrip() for line in printed[one.command].splitlines()]
        assert [line for line in one.output if line not in lines] == [], printed[one.command]
