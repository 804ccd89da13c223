"""One emulator for the tests that apply the configuration."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import boto3
import pytest
from infra import terraform_tool
from infra.applied import emulator
from infra.terraform_tool import Terraform

FOLDER = "live/dev"
ON = ("enable_access_host", "enable_aurora", "enable_governance", "enable_redshift")


@dataclass
class Deployment:
    """live/dev against the emulator."""

    terraform: Terraform
    endpoint: str
    ci_deploy: set[str] = field(default_factory=set)

    def variables(self, *switches: str) -> list[str]:
        return [
            "-input=false",
            "-no-color",
            "-var=destroy_data=true",
            "-var=alert_email=data@example.com",
            *(f"-var={name}=true" for name in switches),
        ]

    def apply(self, *switches: str) -> None:
        arguments = ["-auto-approve", "-parallelism=20", *self.variables(*switches)]
        self.terraform.check("apply", *arguments, folder=FOLDER)

    def plan(self, *switches: str) -> dict:
        """The plan as JSON, after everything was read back."""
        file = str(self.terraform.root / "second.tfplan")
        self.terraform.check("plan", f"-out={file}", *self.variables(*switches), folder=FOLDER)
        return self.terraform.json("show", "-json", file, folder=FOLDER)

    def destroy(self, *switches: str) -> None:
        arguments = ["-auto-approve", "-parallelism=20", *self.variables(*switches)]
        self.terraform.check("destroy", *arguments, folder=FOLDER)

    def outputs(self) -> dict[str, Any]:
        return {
            name: item["value"]
            for name, item in self.terraform.json("output", "-json", folder=FOLDER).items()
        }

    def addresses(self) -> list[str]:
        return self.terraform.check("state", "list", folder=FOLDER).split()

    @cached_property
    def session(self) -> boto3.Session:
        return boto3.Session(
            aws_access_key_id="test", aws_secret_access_key="test", region_name=emulator.REGION
        )

    def client(self, service: str) -> Any:
        return self.session.client(service, endpoint_url=self.endpoint)


@pytest.fixture(scope="module")
def deployment(
    terraform: Terraform, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Deployment]:
    python = emulator.python_of_emulator()
    if python is None:
        pytest.skip("no MiniStack: set LAKEHOUSE_EMULATOR_PYTHON; nothing is applied")
    root = tmp_path_factory.mktemp("applied")
    with emulator.running(python, root / "emulator.log") as endpoint:
        # Without an endpoint of its own the provider would talk to AWS.
        copy = terraform_tool.copied(root / "copy", AWS_ENDPOINT_URL=endpoint)
        override = copy.root / "terraform" / FOLDER / "emulator_override.tf"
        override.write_text(emulator.OVERRIDE, encoding="utf-8")
        copy.check("init", "-input=false", folder=FOLDER)
        yield Deployment(copy, endpoint)
