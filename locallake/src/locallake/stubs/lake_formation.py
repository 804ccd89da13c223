"""Lake Formation: settings, tags and grants are kept; nothing is decided by them."""

from __future__ import annotations

import json

from locallake.stubs.answers import (
    Document,
    InvalidInputError,
    NotFoundError,
    UnknownOperationError,
    account_id,
)

_stored: dict[tuple[str, str], Document] = {}


def forget() -> None:
    _stored.clear()


def _permission_key(request: Document) -> str:
    return json.dumps(
        [request["Principal"]["DataLakePrincipalIdentifier"], request["Resource"]], sort_keys=True
    )


def _covers(stored: Document, asked: Document) -> bool:
    return all(stored.get(key) == value for key, value in asked.items())


def lake_formation(operation: str, request: Document) -> Document:
    request.pop("CatalogId", None)
    for expression in (request.get("Resource") or {}).get("LFTagPolicy", {}).get("Expression", []):
        # Sets in the provider: their order differs between a grant and its end.
        expression["TagValues"].sort()
    for part in (request.get("Resource") or {}).values():
        if isinstance(part, dict):
            part.pop("CatalogId", None)
    if operation == "PutDataLakeSettings":
        _stored["Settings", ""] = request["DataLakeSettings"]
        return {}
    if operation == "GetDataLakeSettings":
        return {"DataLakeSettings": _stored.get(("Settings", ""), {})}
    if operation in ("CreateLFTag", "UpdateLFTag"):
        _stored["Tag", request["TagKey"]] = request | {"CatalogId": account_id()}
        return {}
    if operation == "GetLFTag":
        if ("Tag", request["TagKey"]) not in _stored:
            raise NotFoundError(request["TagKey"])
        return _stored["Tag", request["TagKey"]]
    if operation == "DeleteLFTag":
        _stored.pop(("Tag", request["TagKey"]), None)
        return {}
    if operation == "AddLFTagsToResource":
        _assigned(request["Resource"], request["LFTags"])
        return {"Failures": []}
    if operation == "RemoveLFTagsFromResource":
        _assigned(request["Resource"], None)
        return {"Failures": []}
    if operation == "GetResourceLFTags":
        return _tags_of(request["Resource"])
    if operation == "GrantPermissions":
        _stored["Permission", _permission_key(request)] = request
        return {}
    if operation == "BatchGrantPermissions":
        for entry in request["Entries"]:
            lake_formation("GrantPermissions", entry)
        return {"Failures": []}
    if operation == "RevokePermissions":
        # The provider revokes until there is nothing left, and knows that by this answer.
        if _stored.pop(("Permission", _permission_key(request)), None) is None:
            raise InvalidInputError("No permissions revoked. Grantee has no permissions.")
        return {}
    if operation == "ListPermissions":
        principal = (request.get("Principal") or {}).get("DataLakePrincipalIdentifier")
        return {
            "PrincipalResourcePermissions": [
                permission
                for (kind, _), permission in _stored.items()
                if kind == "Permission"
                and (
                    principal is None
                    or permission["Principal"]["DataLakePrincipalIdentifier"] == principal
                )
                and (
                    not request.get("Resource")
                    or _same(permission["Resource"], request["Resource"])
                )
            ]
        }
    raise UnknownOperationError


def _same(stored: Document, asked: Document) -> bool:
    return stored.keys() == asked.keys() and all(_covers(stored[key], asked[key]) for key in asked)


def _assigned(resource: Document, tags: list[Document] | None) -> None:
    database = resource.get("Database", {}).get("Name")
    if database:
        _stored["Tagged", database] = {"database": tags}
        return
    if table := resource.get("Table"):
        _stored["Tagged", f"{table['DatabaseName']}/{table['Name']}"] = {"table": tags}
        return
    table = resource["TableWithColumns"]
    for column in table["ColumnNames"]:
        key = "Tagged", f"{table['DatabaseName']}/{table['Name']}/{column}"
        if tags is None:
            _stored.pop(key, None)
        else:
            _stored[key] = {"column": tags}


def _with_catalogue(tags: list[Document] | None) -> list[Document]:
    return [{**tag, "CatalogId": account_id()} for tag in tags or []]


def _tags_of(resource: Document) -> Document:
    if "Database" in resource:
        tags = _stored.get(("Tagged", resource["Database"]["Name"]), {}).get("database")
        return {"LFTagOnDatabase": _with_catalogue(tags)}
    if table := resource.get("Table"):
        own = f"{table['DatabaseName']}/{table['Name']}"
        return {
            "LFTagsOnTable": _with_catalogue(_stored.get(("Tagged", own), {}).get("table")),
            "LFTagsOnColumns": [
                {"Name": key.rpartition("/")[2], "LFTags": _with_catalogue(found["column"])}
                for (kind, key), found in _stored.items()
                if kind == "Tagged" and key.startswith(f"{own}/")
            ],
        }
    table = resource["TableWithColumns"]
    prefix = f"{table['DatabaseName']}/{table['Name']}/"
    return {
        "LFTagsOnColumns": [
            {
                "Name": column,
                "LFTags": _with_catalogue(_stored["Tagged", prefix + column]["column"]),
            }
            for column in table["ColumnNames"]
            if ("Tagged", prefix + column) in _stored
        ]
    }
