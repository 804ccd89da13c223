"""What Terraform renders for an environment, without an account: all resources with their values.

`terraform test` applies the configuration to a provider that answers with made-up values. Those
are as long as AWS makes them, so that a size measured here is the greatest that a deployment has.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra import terraform_tool
from infra.applied import policies
from infra.terraform_tool import REPOSITORY, Terraform, without_colours

# `<project>-<environment>` of 30 characters, the most that names of buckets leave room for.
LONGEST_PREFIX = {"project_name": "a-lakehouse-of-names", "environment": "ninechars"}
LONGEST_REGION = "ap-northeast-1"
# The longest name that IAM, Lambda, EventBridge and the Scheduler take.
LONGEST_NAME = "n" * 64
EVERYTHING_ON = {
    "alert_email": "somebody@example.com",
    "enable_access_host": True,
    "enable_aurora": True,
    "enable_redshift": True,
    "enable_schedules": True,
}


@dataclass(frozen=True)
class Rendered:
    """The resources of one environment after a first apply.

    Attributes:
        resources: as in `terraform show -json`: address, type, values.
        outputs: values of the root's outputs.
    """

    resources: list[dict]
    outputs: dict[str, Any]

    def of(self, *types: str) -> Iterator[dict]:
        return (found for found in self.resources if found["type"] in types)

    def one(self, address: str) -> dict[str, Any]:
        return next(found["values"] for found in self.resources if found["address"] == address)

    def statements(self, role: str) -> list[dict]:
        """Everything a role of the module identities is allowed.

        Policies are made up here, their ARNs too: an attachment is known by its key, `role/policy`.
        """
        documents = {
            found["index"]: found["values"]["policy"]
            for found in self.of("aws_iam_role_policy", "aws_iam_policy")
            if found["address"].startswith("module.identities.")
        }
        attached = [
            found["index"].partition("/")[2]
            for found in self.of("aws_iam_role_policy_attachment")
            if found["address"].startswith(
                f'module.identities.aws_iam_role_policy_attachment.this["{role}/'
            )
        ]
        inline = [key for key in documents if key.startswith(f"{role}/")]
        return [
            statement
            for key in inline + attached
            for statement in json.loads(documents[key])["Statement"]
        ]


def rendered(
    root: Path,
    environment: str,
    variables: Mapping[str, Any],
    *,
    domains: int | None = None,
    partition: str = "aws",
    region: str = LONGEST_REGION,
) -> Rendered:
    """Render `live/<environment>` in a new folder.

    Args:
        variables: values over those of its terraform.tfvars.
        domains: how many domains it has; None: those of the repository.
        partition: where the account is; ARNs follow it.
    """
    copy = terraform_tool.copied(root)
    if domains is not None:
        for kind in ("models", "seeds"):
            (copy.root / kind).unlink()
            _write_domains(copy.root / kind, domains)
    folder = copy.root / "terraform" / "live" / environment
    (folder / "mocks").mkdir()
    mocks = (copy.root / "terraform/tests/mocks/aws.tfmock.hcl").read_text(encoding="utf-8")
    (folder / "mocks" / "aws.tfmock.hcl").write_text(
        re.sub(r"(?<=[:/])mock(?=\")", LONGEST_NAME, mocks)
        .replace("us-east-1", region)
        .replace("arn:aws:", f"arn:{partition}:")
        .replace('partition = "aws"', f'partition = "{partition}"'),
        encoding="utf-8",
    )
    (folder / "tests").mkdir()
    values = "".join(f"  {name} = {json.dumps(value)}\n" for name, value in variables.items())
    (folder / "tests" / "rendered.tftest.hcl").write_text(
        f'mock_provider "aws" {{\n  source = "./mocks"\n}}\n\nvariables {{\n{values}}}\n\n'
        'run "rendered" {}\n',
        encoding="utf-8",
    )
    return _result(copy, f"live/{environment}")


def _result(copy: Terraform, folder: str) -> Rendered:
    copy.check("init", "-backend=false", "-input=false", "-lockfile=readonly", folder=folder)
    done = copy.run("test", "-json", "-verbose", folder=folder)
    messages = [json.loads(line) for line in done.stdout.splitlines()]
    told = [
        f"{m['diagnostic'].get('summary')}: {m['diagnostic'].get('detail')}"
        for m in messages
        if m["type"] == "diagnostic" and m["diagnostic"]["severity"] == "error"
    ]
    assert done.returncode == 0, without_colours("\n".join(told) or done.stderr)
    state = next(m["test_state"] for m in messages if m["type"] == "test_state")
    return Rendered(
        resources=list(policies.resources({"values": state})),
        outputs={name: output["value"] for name, output in state["outputs"].items()},
    )


def _write_domains(folder: Path, count: int) -> None:
    """The YAML of the repository's domains, and of as many more under other names."""
    real = sorted(path.name for path in (REPOSITORY / folder.name).iterdir() if path.is_dir())
    names = [(domain, domain) for domain in real] + [(domain, f"{domain}_two") for domain in real]
    for original, name in names[:count]:
        for path in (REPOSITORY / folder.name / original).rglob("*.yml"):
            written = folder / str(path.relative_to(REPOSITORY / folder.name)).replace(
                original, name
            )
            written.parent.mkdir(parents=True, exist_ok=True)
            text = path.read_text(encoding="utf-8")
            # Columns keep their names: only the domain is another one.
            text = re.sub(
                rf"(?<=__){original}\b|\b{original}(?=__)|(?<=_){original}(?=__)", name, text
            )
            text = re.sub(rf"(?m)^(\s*- name: ){original}$", rf"\g<1>{name}", text)
            written.write_text(text, encoding="utf-8")
