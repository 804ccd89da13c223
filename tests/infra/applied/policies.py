"""Policies of an applied configuration, from its state."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Role:
    """A role as it was applied: who may become it, and its permissions by name."""

    trust: dict
    policies: dict[str, dict] = field(default_factory=dict)

    @property
    def statements(self) -> list[dict]:
        return [s for policy in self.policies.values() for s in policy["Statement"]]

    @property
    def actions(self) -> set[str]:
        return {action for s in self.statements for action in as_list(s["Action"])}


def as_list(value: Any) -> list:
    return value if isinstance(value, list) else [value]


def resources(state: dict) -> Iterator[dict]:
    """Every managed resource of `terraform show -json`."""

    def below(module: dict) -> Iterator[dict]:
        yield from (r for r in module.get("resources", []) if r["mode"] == "managed")
        for child in module.get("child_modules", []):
            yield from below(child)

    return below(state["values"]["root_module"])


def documents(state: dict) -> Iterator[tuple[str, dict]]:
    """Every policy document, of identities and of resources, with its address."""
    for resource in resources(state):
        for name in ("policy", "assume_role_policy"):
            if text := resource["values"].get(name):
                yield f"{resource['address']}.{name}", json.loads(text)


def roles(state: dict) -> dict[str, Role]:
    """Roles by the last part of their name, without the prefix."""
    found = list(resources(state))
    by_name = {
        r["values"]["name"]: Role(json.loads(r["values"]["assume_role_policy"]))
        for r in found
        if r["type"] == "aws_iam_role"
    }
    managed = {
        r["values"]["arn"]: (r["values"]["name"], json.loads(r["values"]["policy"]))
        for r in found
        if r["type"] == "aws_iam_policy"
    }
    for r in found:
        if r["type"] == "aws_iam_role_policy":
            role = by_name[r["values"]["role"]]
            role.policies[r["values"]["name"]] = json.loads(r["values"]["policy"])
        if r["type"] == "aws_iam_role_policy_attachment":
            name, document = managed[r["values"]["policy_arn"]]
            by_name[r["values"]["role"]].policies[name] = document
    return {name.removeprefix("lakehouse-dev-"): role for name, role in by_name.items()}
