"""The configuration is well-formed, every module keeps its promises, and nothing is copied."""

import re
import subprocess

import pytest
from infra.terraform_tool import (
    REPOSITORY,
    TERRAFORM,
    Terraform,
    environments,
    modules,
    without_colours,
)

FOLDERS = ["bootstrap", *(f"live/{name}" for name in environments())]


def test_files_are_formatted(terraform: Terraform):
    done = terraform.run("fmt", "-check", "-recursive", "-diff", folder=".")
    assert done.returncode == 0, done.stdout


def test_bootstrap_is_valid(terraform: Terraform):
    """Environments are rendered, which asks for more (rendered.py)."""
    folder = "bootstrap"
    terraform.check("init", "-backend=false", "-input=false", "-lockfile=readonly", folder=folder)
    terraform.check("validate", folder=folder)


@pytest.mark.parametrize("module", modules())
def test_module_keeps_its_promises(terraform: Terraform, module: str):
    folder = f"modules/{module}"
    terraform.check("init", "-backend=false", "-input=false", folder=folder)
    result = without_colours(terraform.check("test", folder=folder))
    passed = int(re.search(r"(\d+) passed, 0 failed", result).group(1))
    runs = len(re.findall(r"^run ", _test_file(module), flags=re.M))
    assert passed == runs >= 2


@pytest.mark.parametrize("module", modules())
def test_module_refuses_something(module: str):
    if "validation {" not in (TERRAFORM / "modules" / module / "variables.tf").read_text():
        pytest.fail(f"{module} accepts everything")
    assert "expect_failures" in _test_file(module)


@pytest.mark.parametrize("module", modules())
def test_readme_shows_what_the_tests_use(module: str):
    readme = (TERRAFORM / "modules" / module / "README.md").read_text(encoding="utf-8")
    shown = re.search(
        r'```hcl\nmodule "[a-z]+" \{\n  source = "[^"]+"\n(.*?)\n\}\n```', readme, re.S
    )
    tested = re.search(r"^variables \{\n(.*?)\n\}", _test_file(module), re.S | re.M)
    assert _words(shown.group(1)) == _words(tested.group(1))


@pytest.mark.parametrize("module", modules())
def test_readme_says_what_it_costs(module: str):
    readme = (TERRAFORM / "modules" / module / "README.md").read_text(encoding="utf-8")
    costs = (TERRAFORM / "README.md").read_text(encoding="utf-8")
    assert f"| {module} |" in costs
    assert readme.startswith(f"# {module}\n")


@pytest.mark.parametrize("folder", [*FOLDERS, *(f"modules/{name}" for name in modules())])
def test_names_are_in_order_and_described(folder: str):
    for file, block in (("variables.tf", "variable"), ("outputs.tf", "output")):
        text = (TERRAFORM / folder / file).read_text(encoding="utf-8")
        names = re.findall(rf'^{block} "([a-z_]+)" \{{\n  description = ', text, re.M)
        assert names == re.findall(rf'^{block} "([a-z_]+)"', text, re.M), f"{folder}/{file}"
        assert names == sorted(names), f"{folder}/{file}"


def test_provider_is_alone_and_of_a_known_major_version():
    for file in TERRAFORM.rglob("versions.tf"):
        assert re.findall(r' (?:source|version) += "(.*)"', file.read_text()) == [
            "hashicorp/aws",
            ">= 5.100, < 6",
        ], file


def test_every_root_is_locked_to_one_version_for_every_platform():
    """A lock of one platform refuses to start on any other: `zh` sums are of all."""
    locks = {
        folder: (TERRAFORM / folder / ".terraform.lock.hcl").read_text(encoding="utf-8")
        for folder in FOLDERS
    }
    assert len(set(locks.values())) == 1
    lock = locks["bootstrap"]
    assert re.findall(r'version +=+ "(.*)"', lock) == ["5.100.0"]
    assert re.findall(r'constraints = "(.*)"', lock) == [">= 5.100.0, < 6.0.0"]
    assert len(set(re.findall(r'"zh:[0-9a-f]{64}"', lock))) == 15
    assert len(re.findall(r'"h1:[A-Za-z0-9+/]{43}="', lock)) == 1


def test_environments_differ_in_values_only():
    written = {
        name: sorted(
            path.name for path in (TERRAFORM / "live" / name).glob("*.tf*") if not path.is_symlink()
        )
        for name in environments()
    }
    original = written.pop("dev")
    assert {"main.tf", "variables.tf", "outputs.tf", "versions.tf"} < set(original)
    assert set(map(tuple, written.values())) == {("backend.tf", "terraform.tfvars")}


def test_no_state_and_no_lock_of_a_module_is_committed():
    committed = subprocess.run(
        ["git", "ls-files", "terraform"], cwd=REPOSITORY, capture_output=True, text=True
    ).stdout
    assert not re.findall(r".*(?:\.tfstate|_override\.tf|\.zip)$", committed, re.M)
    assert not re.findall(r"modules/.*\.lock\.hcl$", committed, re.M)


def _test_file(module: str) -> str:
    return (TERRAFORM / "modules" / module / "tests" / f"{module}.tftest.hcl").read_text()


def _words(text: str) -> list[str]:
    return text.split()
