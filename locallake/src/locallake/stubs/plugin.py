"""Puts the stubs beside the emulator's services, and has it keep the fields it forgets."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from locallake import ministack
from locallake.settings import Settings
from locallake.stubs import aurora, forgotten_fields, lake_formation, redshift, service_quotas
from locallake.stubs.answers import (
    Document,
    Http,
    InvalidInputError,
    NotFoundError,
    UnknownOperationError,
    answer,
    failure,
)

Serve = Callable[[str, Document], Document]
Handler = Callable[[str, str, Mapping[str, str], bytes, Any], Awaitable[Http]]


def handler(serve: Serve, not_found: str, *, by_path: bool = False) -> Handler:
    """A service of the emulator, from a function of operation and request.

    Args:
        not_found: the service's own name of the error.
        by_path: whether the path names the operation; otherwise a header does.
    """

    async def handle(
        method: str, path: str, headers: Mapping[str, str], body: bytes, query_params: Any
    ) -> Http:
        target = headers.get("x-amz-target") or headers.get("X-Amz-Target") or ""
        operation = path.strip("/") if by_path else target.rpartition(".")[2]
        try:
            return answer(serve(operation, json.loads(body or b"{}")))
        except NotFoundError as err:
            return failure(not_found, f"not found: {err}")
        except InvalidInputError as err:
            return failure("InvalidInputException", str(err))
        except UnknownOperationError:
            return failure("UnknownOperationException", f"{operation} is not done here")
        except KeyError as err:
            return failure("ValidationException", f"{operation} needs {err}")

    return handle


def add_service(name: str, handle: Handler, namespace: str, **patterns: list[str]) -> None:
    from ministack import app
    from ministack.core import iam_actions, router

    router.SERVICE_PATTERNS[name] = {"host_patterns": [rf"^{re.escape(name)}\."], **patterns}
    app.SERVICE_HANDLERS[name] = handle
    # Without a namespace every call would be let through when permissions are enforced.
    iam_actions.SERVICE_TO_IAM_NAMESPACE[name] = namespace


def install(settings: Settings) -> None:
    """Add the services and keep the fields.

    Raises: HookError if the emulator is not the version this was written for.
    """
    from ministack import app
    from ministack.core import iam_actions, router
    from ministack.services import ec2, ssm

    ministack.require(app, "SERVICE_HANDLERS", "_port_is_bindable")
    ministack.require(router, "SERVICE_PATTERNS")
    ministack.require(iam_actions, "SERVICE_TO_IAM_NAMESPACE")
    ministack.require(ec2, "_VPCE_INTERFACE_SERVICES")
    ministack.require(ssm, "_PUBLIC_AMI_PARAMETERS")
    add_service(
        "redshift-serverless",
        handler(redshift.redshift_serverless, "ResourceNotFoundException"),
        "redshift-serverless",
        target_prefixes=["RedshiftServerless."],
    )
    add_service(
        "redshift-data",
        handler(redshift.redshift_data, "ResourceNotFoundException"),
        "redshift-data",
        target_prefixes=["RedshiftData."],
    )
    add_service(
        "lakeformation",
        handler(lake_formation.lake_formation, "EntityNotFoundException", by_path=True),
        "lakeformation",
    )
    add_service(
        "servicequotas",
        handler(service_quotas.service_quotas, "NoSuchResourceException"),
        "servicequotas",
        target_prefixes=["ServiceQuotasV20190624."],
    )
    forgotten_fields.keep_dropped_fields_of_builds()
    forgotten_fields.keep_prefix_lists_of_rules()
    if settings.rds_host is not None:
        aurora.answer_at(settings.rds_host)
    # AWS has endpoints of these too.
    ec2._VPCE_INTERFACE_SERVICES = (
        *ec2._VPCE_INTERFACE_SERVICES,
        *("athena", "glue", "redshift-data"),
    )
    # The image for Arm processors is public too; MiniStack knows the other one only.
    image = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-"
    ssm._PUBLIC_AMI_PARAMETERS[image + "arm64"] = ssm._PUBLIC_AMI_PARAMETERS[image + "x86_64"]
    # A server on 443 would be seen by others on the machine.
    app._port_is_bindable = lambda *args, **kwargs: False
    ministack.on_reset(redshift.forget)
    ministack.on_reset(lake_formation.forget)
    ministack.on_reset(service_quotas.forget)
