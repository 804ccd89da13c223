"""What a build's commands find in their environment: nothing of the emulator's own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from locallake import loopback
from locallake.errors import ConfigurationError

# Of names and values together, as CodeBuild's documentation states it.
LIMIT_CHARACTERS = 5500


def merged(
    declared: Iterable[Mapping[str, Any]], overrides: Iterable[Mapping[str, Any]]
) -> list[dict[str, str]]:
    """The variables of a build: the project's, with what this build puts in their place.

    Raises: ConfigurationError for a kind that is not read here, and for too many characters.
    """
    found: dict[str, dict[str, str]] = {}
    for variable in (*declared, *overrides):
        kind = variable.get("type", "PLAINTEXT")
        if kind != "PLAINTEXT":
            raise ConfigurationError(f"{variable['name']} is {kind}, which is not read here")
        name, value = variable["name"], variable["value"]
        found[name] = {"name": name, "value": value, "type": kind}
    length = sum(len(each["name"]) + len(each["value"]) for each in found.values())
    if length > LIMIT_CHARACTERS:
        raise ConfigurationError(
            f"the environment variables have {length} characters of {LIMIT_CHARACTERS}"
        )
    return list(found.values())


def environment_of(
    build: Mapping[str, Any],
    *,
    variables: Mapping[str, str],
    source: str,
    home: str,
    path: str,
    endpoint: str,
    region: str,
    credentials: Mapping[str, str],
) -> dict[str, str]:
    """The environment of a build's shell.

    Args:
        build: the build as BatchGetBuilds answers it.
        variables: of the buildspec; those of the project are stronger.
        path: stands for the image: where its programs are.
    """
    declared = {
        each["name"]: each["value"] for each in build["environment"].get("environmentVariables", [])
    }
    return {
        "PATH": path,
        "HOME": home,
        "LANG": "C.UTF-8",
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_EC2_METADATA_DISABLED": "true",
        **loopback.no_proxy({}),
        **credentials,
        "CODEBUILD_BUILD_ARN": build["arn"],
        "CODEBUILD_BUILD_ID": build["id"],
        "CODEBUILD_BUILD_NUMBER": str(build["buildNumber"]),
        "CODEBUILD_INITIATOR": build["initiator"],
        "CODEBUILD_SRC_DIR": source,
        **variables,
        **declared,
    }
