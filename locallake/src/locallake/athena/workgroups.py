"""What a workgroup decides about a query; the emulator stores workgroups and obeys none of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from locallake.errors import LocallakeError


class RequestError(LocallakeError):
    """A request that Athena answers with InvalidRequestException."""


def governed(request: Mapping[str, Any], workgroup: Mapping[str, Any] | None) -> dict[str, Any]:
    """The request as the workgroup lets it through: with the location the results will have.

    Raises: RequestError if the workgroup is unknown or disabled, or if nobody names a location.
    Source: Athena user guide, "Override client-side settings".
    """
    name = request.get("WorkGroup", "primary")
    if workgroup is None:
        raise RequestError(f"WorkGroup is not found: {name}")
    if workgroup.get("State", "ENABLED") != "ENABLED":
        raise RequestError(f"WorkGroup {name} is disabled")
    configuration = workgroup.get("Configuration") or {}
    stated = (configuration.get("ResultConfiguration") or {}).get("OutputLocation")
    asked = (request.get("ResultConfiguration") or {}).get("OutputLocation")
    location = stated if location_enforced(workgroup) else asked or stated
    if not location:
        raise RequestError(
            "No output location provided. An output location is required either through the "
            "Workgroup result configuration setting or as an API input."
        )
    if not location.startswith("s3://"):
        raise RequestError(f"outputLocation is not a valid S3 path: {location}")
    return {
        **request,
        "ResultConfiguration": {
            **(request.get("ResultConfiguration") or {}),
            "OutputLocation": location.rstrip("/") + "/",
        },
    }


def enforces(workgroup: Mapping[str, Any]) -> bool:
    """Whether its settings win over the client's; as on AWS it does unless told otherwise."""
    configuration = workgroup.get("Configuration") or {}
    # The primary workgroup of a new account does not; of a created one it is the default.
    default = workgroup.get("Name") != "primary"
    return bool(configuration.get("EnforceWorkGroupConfiguration", default))


def location_enforced(workgroup: Mapping[str, Any]) -> bool:
    """Whether all results, and Hive tables made by CTAS, go where the workgroup says."""
    result = (workgroup.get("Configuration") or {}).get("ResultConfiguration") or {}
    return bool(enforces(workgroup) and result.get("OutputLocation"))


def scan_limit(workgroup: Mapping[str, Any] | None) -> int | None:
    """How many bytes one query may read; None: as many as it likes."""
    return ((workgroup or {}).get("Configuration") or {}).get("BytesScannedCutoffPerQuery")
