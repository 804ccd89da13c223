"""Fields that the emulator's CodeBuild and EC2 forget, and Terraform's provider asks for."""

from __future__ import annotations

from typing import Any

from locallake import ministack
from locallake.stubs.answers import Document

_OF_A_PROJECT = (
    "vpcConfig",
    "logsConfig",
    "cache",
    "queuedTimeoutInMinutes",
    "concurrentBuildLimit",
    "encryptionKey",
)


def keep_dropped_fields_of_builds() -> None:
    """MiniStack forgets these fields of a project and does not find a project by its ARN."""
    from ministack.services import codebuild

    ministack.require(
        codebuild, "_create_project", "_update_project", "_project_shape", "_delete_project"
    )
    create, update, shape = (
        codebuild._create_project,
        codebuild._update_project,
        codebuild._project_shape,
    )
    delete = codebuild._delete_project

    def remember(request: Document) -> None:
        if request["name"] in codebuild._projects:
            kept = {key: request[key] for key in _OF_A_PROJECT if key in request}
            codebuild._projects[request["name"]].update(kept)

    def create_project(request: Document) -> Any:
        result = create(request)
        remember(request)
        return result

    def update_project(request: Document) -> Any:
        remember(request)
        return update(request)

    def project_shape(project: Document) -> Any:
        # An empty block takes the setting away.
        return shape(project) | {key: project[key] for key in _OF_A_PROJECT if project.get(key)}

    def delete_project(request: Document) -> Any:
        return delete(request | {"name": request.get("name", "").rpartition("/")[2]})

    codebuild._create_project, codebuild._update_project = create_project, update_project
    codebuild._project_shape, codebuild._delete_project = project_shape, delete_project


def keep_prefix_lists_of_rules() -> None:
    """MiniStack drops the prefix list of a rule, and the provider cannot plan without it."""
    from ministack.services import ec2

    ministack.require(ec2, "_parse_ip_permissions", "_sg_rule_xml", "_p")
    parse = ec2._parse_ip_permissions

    def parse_ip_permissions(params: Any, prefix: str) -> Any:
        rules = parse(params, prefix)
        for position, rule in enumerate(rules, start=1):
            entry = f"{prefix}.{position}.PrefixListIds.1"
            if identifier := ec2._p(params, f"{entry}.PrefixListId"):
                description = ec2._p(params, f"{entry}.Description")
                rule["PrefixListIds"] = [{"PrefixListId": identifier, "Description": description}]
        return rules

    rule_xml = ec2._sg_rule_xml

    def sg_rule_xml(sg_id: str, rule: Document, is_egress: bool = False) -> str:
        xml: str = rule_xml(sg_id, rule, is_egress=is_egress)
        for prefix_list in rule.get("PrefixListIds", []):
            identifier = f"<prefixListId>{prefix_list['PrefixListId']}</prefixListId>"
            # The last one: a tag is an item too.
            before, end, after = xml.rpartition("</item>")
            xml = before + identifier + end + after
        return xml

    ec2._parse_ip_permissions, ec2._sg_rule_xml = parse_ip_permissions, sg_rule_xml
