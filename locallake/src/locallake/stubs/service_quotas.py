"""Service Quotas: what an account may have at once. What is asked for is granted at once."""

from __future__ import annotations

from locallake.stubs.answers import Document, NotFoundError, UnknownOperationError

# Of a new account: service, code, name, value. Names are those that AWS lists.
_OF_A_NEW_ACCOUNT = (
    ("codebuild", "L-9D07B6EF", "Concurrently running builds for Linux/Small environment", 1.0),
    ("codebuild", "L-2DC20C30", "Concurrently running builds for Linux/Medium environment", 1.0),
    ("vpc", "L-F678F1CE", "VPCs per Region", 5.0),
)
_granted: dict[str, float] = {}


def forget() -> None:
    _granted.clear()


def service_quotas(operation: str, request: Document) -> Document:
    """Raises: NotFoundError, UnknownOperationError; KeyError for a member that is needed."""
    service = request["ServiceCode"]
    found: list[Document] = [
        {
            "ServiceCode": service,
            "QuotaCode": code,
            "QuotaName": name,
            "Value": _granted.get(code, value),
            "Adjustable": True,
        }
        for of, code, name, value in _OF_A_NEW_ACCOUNT
        if of == service
    ]
    if not found:
        raise NotFoundError(service)
    if operation == "ListServiceQuotas":
        return {"Quotas": found}
    for quota in found:
        if quota["QuotaCode"] == request["QuotaCode"]:
            if operation == "GetServiceQuota":
                return {"Quota": quota}
            if operation == "RequestServiceQuotaIncrease":
                _granted[quota["QuotaCode"]] = float(request["DesiredValue"])
                wanted = {"DesiredValue": request["DesiredValue"], "Status": "APPROVED"}
                return {"RequestedQuota": {**quota, **wanted}}
            raise UnknownOperationError
    raise NotFoundError(request["QuotaCode"])
