"""A local AWS without engines, on which nothing is applied, and a plan of everything."""

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from infra import terraform_tool
from infra.applied import emulator
from infra.applied.emulator import Emulator
from infra.rendered import EVERYTHING_ON
from infra.terraform_tool import Terraform

FOLDER = "live/dev"


@pytest.fixture(scope="session")
def aws(terraform: Terraform, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    state = tmp_path_factory.mktemp("aws") / "state"
    with emulator.running(state, with_athena=False, with_glue=False) as running:
        yield running


@pytest.fixture(scope="session")
def copy(aws: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Terraform:
    """A copy of the configuration whose clients are pointed at the local AWS, with local state."""
    root = tmp_path_factory.mktemp("preflight")
    made = terraform_tool.copied(root / "copy", **aws.region, **emulator.ADMINISTRATOR)
    for folder in ("bootstrap", FOLDER):
        place = made.root / "terraform" / folder
        (place / "emulator_override.tf").write_text(emulator.OVERRIDE, encoding="utf-8")
        (place / "backend.tf").unlink(missing_ok=True)
        made.check("init", "-input=false", folder=folder)
    return made


@pytest.fixture(scope="session")
def planned(copy: Terraform) -> dict[str, Any]:
    """live/dev with all switches on, as Terraform plans it."""
    folder = copy.root / "terraform" / FOLDER
    given = EVERYTHING_ON | {"excluded_zone_ids": []}
    (folder / "given.auto.tfvars.json").write_text(json.dumps(given), encoding="utf-8")
    file = str(copy.root / "plan")
    copy.check("plan", "-input=false", f"-out={file}", folder=FOLDER)
    (folder / "given.auto.tfvars.json").unlink()
    return copy.json("show", "-json", file, folder=FOLDER)


@pytest.fixture
def plan(planned: dict[str, Any]) -> dict[str, Any]:
    """The same, a test's own."""
    return deepcopy(planned)
