"""A local AWS on which bootstrap is applied, and a person's checkout that points at it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from infra import terraform_tool
from infra.applied import emulator, release
from infra.applied.conftest import OPTIONS
from infra.applied.emulator import Emulator
from infra.terraform_tool import REPOSITORY, Terraform


@pytest.fixture(scope="session", params=["athena", "glue"])
def engine(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="session")
def aws(engine: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    if shutil.which("terraform") is None:
        pytest.skip("terraform is not on PATH: nothing is applied")
    if lacking := release.missing():
        pytest.skip(f"{lacking}: nothing is built")
    folder = tmp_path_factory.mktemp("aws")
    wanted = {
        # What Glue wrote is read by Athena.
        "with_glue": engine == "glue",
        "build_path": release.image(folder),
        "wait_scale": 0.02,
    }
    with emulator.running(folder / "state", **wanted) as running:
        yield running


@pytest.fixture(scope="session")
def checkout(aws: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Terraform:
    """The repository as a person has it, its Terraform a copy, with bootstrap applied."""
    root = tmp_path_factory.mktemp("smoke")
    backend = " ".join(f"-backend-config={one}" for one in emulator.BACKEND)
    made = terraform_tool.copied(root / "copy", **aws.region, **emulator.ADMINISTRATOR)
    for folder in ("bootstrap", "live/dev"):
        override = made.root / "terraform" / folder / "emulator_override.tf"
        override.write_text(emulator.OVERRIDE, encoding="utf-8")
    for path in REPOSITORY.iterdir():
        if not (made.root / path.name).exists() and path.name not in ("target", ".git"):
            (made.root / path.name).symlink_to(path)
    made.check("init", "-input=false", folder="bootstrap")
    made.check("apply", *OPTIONS, folder="bootstrap")
    return made.using({"TF_CLI_ARGS_init": backend, "HOME": str(_home(root))})


def _home(root: Path) -> Path:
    """Nobody's settings of AWS."""
    (root / "home").mkdir()
    return root / "home"
