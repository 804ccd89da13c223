"""Identity policies enforced on every call, and each call written down with who made it.

The emulator evaluates policies itself when AUTH is on. Added here: what a call is authorized on
(`resources.py`), `iam:PassRole`, condition keys of requests, and identities for the engines. Trino
acts for whoever asked Athena last, as Athena acts for its caller; a Glue session has the
credentials of its role. Loopback stands for TLS, unless a request says otherwise by
`x-forwarded-proto`.

The key `test` is the account's root: everything is allowed to it.
"""

from __future__ import annotations

import contextvars
import hashlib
import json
import threading
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from locallake import control, ministack
from locallake.errors import ConfigurationError
from locallake.permissions.resources import (
    Call,
    conditions_of,
    fields_of,
    passed_role,
    resources_of,
)
from locallake.settings import ENGINE_KEY, UNLOAD_DATABASE, Settings
from locallake.stubs import redshift

Http = tuple[int, dict[str, str], bytes]

_call: contextvars.ContextVar[Call | None] = contextvars.ContextVar("locallake_call", default=None)

_agent: contextvars.ContextVar[str] = contextvars.ContextVar("locallake_agent", default="other")

# Of the process, once `install` has put them in place.
_installed: list[Checks] = []

# Who executed a statement of Redshift's Data API, `aws:userid` by the statement's id.
_owners: dict[str, str] = {}

# IAM knows these operations by another name.
_RENAMED = {
    "budgets:CreateBudget": "budgets:ModifyBudget",
    "budgets:CreateNotification": "budgets:ModifyBudget",
    "budgets:DeleteBudget": "budgets:ModifyBudget",
    "budgets:DescribeBudget": "budgets:ViewBudget",
    "budgets:DescribeNotificationsForBudget": "budgets:ViewBudget",
    "budgets:DescribeSubscribersForNotification": "budgets:ViewBudget",
    "budgets:UpdateBudget": "budgets:ModifyBudget",
}


class Journal:
    """Every different call once, as lines of JSON in a file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: set[str] = set()
        self._writing = threading.Lock()

    def note(self, **entry: Any) -> None:
        line = json.dumps(entry, sort_keys=True)
        with self._writing:
            if line not in self._seen:
                self._seen.add(line)
                with self._path.open("a", encoding="utf-8") as file:
                    file.write(line + "\n")


def install(settings: Settings) -> None:
    """Put the checks in place.

    Raises: HookError if the emulator is not the version this was written for; ConfigurationError if
        it was started without AUTH.
    """
    from ministack import app
    from ministack.core import iam_actions, iam_evaluator

    ministack.require(
        app, "AUTH", "SERVICE_HANDLERS", "extract_access_key_id", "pin_request_origin"
    )
    ministack.require(iam_actions, "extract_iam_action", "extract_resource_arn")
    ministack.require(
        iam_evaluator, "enforce", "resolve_credential", "resolve_principal", "EvalResult"
    )
    if not app.AUTH:
        raise ConfigurationError("AUTH is off: start with `locallake up --enforce`")
    settings.calls.unlink(missing_ok=True)
    checks = Checks(Journal(settings.calls), iam_evaluator, lookup)
    _installed[:] = [checks]
    read_action, read_resource = iam_actions.extract_iam_action, iam_actions.extract_resource_arn

    def extract_iam_action(
        service: str,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes,
        query_params: Mapping[str, Any],
    ) -> str | None:
        if service == "lakeformation":
            # The emulator has no such service, and lets through what it cannot name.
            return f"lakeformation:{path.strip('/')}"
        action: str | None = read_action(service, method, path, headers, body, query_params)
        return action if action is None else _RENAMED.get(action, action)

    def extract_resource_arn(
        service: str,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes,
        query_params: Mapping[str, Any],
        region: str,
        account_id: str,
    ) -> str:
        if headers.get("x-forwarded-proto") == "http":
            pin(iam_evaluator._request_origin.get()[0], False)
        action = extract_iam_action(service, method, path, headers, body, query_params)
        fields = fields_of(body, query_params)
        call = Call(action or "", fields, path, region, account_id, lookup)
        _call.set(call)
        _agent.set(agent_of(headers.get("user-agent", "")))
        found = resources_of(call)
        if found is not None:
            return found[0]
        arn: str = read_resource(
            service, method, path, headers, body, query_params, region, account_id
        )
        return arn

    app.SERVICE_HANDLERS["redshift-data"] = noting_owners(app.SERVICE_HANDLERS["redshift-data"])
    ministack.on_reset(_owners.clear)
    iam_actions.extract_iam_action = extract_iam_action
    iam_actions.extract_resource_arn = extract_resource_arn
    iam_evaluator.enforce = checks.enforce
    iam_evaluator.resolve_principal = checks.resolve_principal
    pin = app.pin_request_origin
    app.pin_request_origin = lambda source, secure: pin(source, True)
    ministack.require(
        iam_evaluator, "_request_origin", "_service_principal_matches", "_conditions_met"
    )
    control.add("CredentialsOfService", credentials_of_service)
    register_engine(settings.account_id)
    ministack.on_reset(lambda: register_engine(settings.account_id))


class Checks:
    """The emulator's decision, on every resource of a call, for the identity behind an engine."""

    def __init__(
        self,
        journal: Journal,
        evaluator: Any,
        lookup: Callable[[str, str], str | None],
    ) -> None:
        self._journal = journal
        self._evaluator = evaluator
        self._enforce = evaluator.enforce
        self._resolve = evaluator.resolve_principal
        self._lookup = lookup
        self._asking: str | None = None

    def resolve_principal(self, access_key: str, account: str, credential: Any = None) -> Any:
        if access_key == ENGINE_KEY:
            return with_variables(self._resolve(self._asking or "test", account))
        return with_variables(self._resolve(access_key, account, credential))

    def enforce(
        self,
        access_key: str,
        action: str,
        service: str,
        region: str,
        resource_arn: str = "*",
        service_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """None when all is allowed, else the emulator's refusal."""
        call = _call.get()
        if access_key == ENGINE_KEY and call is not None and _is_of_unload(call):
            return None
        resources, context = [resource_arn], dict(service_context or {})
        if call is not None and call.action == action:
            found = resources_of(call)
            if found is not None and found[0] == resource_arn:
                resources = found
            context |= conditions_of(call)
        for resource in resources:
            denied = self._checked(access_key, action, service, region, resource, context)
            if denied:
                return denied
        if call is not None and call.action == action and (passing := passed_role(call)):
            role, to_service = passing
            passed = {"iam:PassedToService": to_service}
            denied = self._checked(access_key, "iam:PassRole", "iam", region, role, passed)
            if denied:
                return denied
        if action == "athena:StartQueryExecution":
            self._asking = access_key
        return None

    def denied_to_asker(self, call: Call) -> str | None:
        """AWS's words where whoever asked Athena last may not do what Athena does for them."""
        for resource in resources_of(call) or []:
            denied = self._checked(ENGINE_KEY, call.action, call.service, call.region, resource, {})
            if denied:
                arn = getattr(denied, "principal_arn", "")
                return (
                    f"User: {arn} is not authorized to perform: {call.action} on resource: "
                    f"{resource} because no identity-based policy allows the {call.action} action "
                    "(Service: AmazonDataCatalog; Status Code: 400; "
                    "Error Code: AccessDeniedException)"
                )
        return None

    def _checked(
        self,
        access_key: str,
        action: str,
        service: str,
        region: str,
        resource: str,
        context: Mapping[str, Any],
    ) -> Any:
        denied = self._enforce(
            access_key,
            action,
            service,
            region,
            resource_arn=resource,
            service_context=context,
        )
        identity = self._identity(access_key)
        decided = denied is None or isinstance(denied, self._evaluator.EvalResult)
        if identity is not None and decided:
            self._journal.note(
                identity=identity,
                agent="trino" if access_key == ENGINE_KEY else _agent.get(),
                action=action,
                resource=resource,
                context={name: str(value) for name, value in context.items() if value},
                allowed=denied is None,
            )
        return denied

    def _identity(self, access_key: str) -> str | None:
        """The name of the role behind a key, `root` for the account; None for unknown keys."""
        from ministack.core.responses import get_account_id

        principal = self.resolve_principal(access_key or "", get_account_id())
        arn = getattr(principal, "arn", "")
        if arn.endswith(":root"):
            return "root"
        return arn.split("/")[1] if ":assumed-role/" in arn else None


def denied_to_asker(action: str, database: str) -> str | None:
    """AWS's refusal of a Glue call that Athena makes for whoever asked it last; None if allowed."""
    from ministack.core.responses import get_account_id, get_region

    call = Call(action, {"Name": database}, "/", get_region(), get_account_id(), lookup)
    return _installed[0].denied_to_asker(call)


def with_variables(principal: Any) -> Any:
    """A principal whose policies name it where they say `${aws:userid}`: the emulator does not."""
    user_id = getattr(principal, "keys", {}).get("aws:userid")
    if not user_id or not principal.policies:
        return principal

    def filled(value: Any) -> Any:
        if isinstance(value, str):
            return value.replace("${aws:userid}", user_id)
        if isinstance(value, list):
            return [filled(each) for each in value]
        if isinstance(value, Mapping):
            return {name: filled(each) for name, each in value.items()}
        return value

    policies = [
        [
            replace(each, resources=filled(each.resources), conditions=filled(each.conditions))
            for each in policy
        ]
        for policy in principal.policies
    ]
    return replace(principal, policies=policies)


def noting_owners(handle: Callable[..., Awaitable[Http]]) -> Callable[..., Awaitable[Http]]:
    """Redshift's Data API, which shows a statement to whoever executed it."""

    async def handle_and_note(
        method: str, path: str, headers: Mapping[str, str], body: bytes, query_params: Any
    ) -> Http:
        from ministack import app
        from ministack.core import iam_evaluator
        from ministack.core.responses import get_account_id

        answer = await handle(method, path, headers, body, query_params)
        if answer[0] == 200 and headers.get("x-amz-target", "").endswith("ExecuteStatement"):
            key = app.extract_access_key_id(headers, query_params)
            asked = iam_evaluator.resolve_credential(key, get_account_id())
            _owners[json.loads(answer[2])["Id"]] = asked.principal_id
        return answer

    return handle_and_note


def _is_of_unload(call: Call) -> bool:
    """Whether Trino keeps the table that stands in for an UNLOAD, for which AWS has none."""
    database = call.get("DatabaseName", "Name", "DatabaseInput.Name") or ""
    return call.service == "glue" and database.startswith(UNLOAD_DATABASE)


def agent_of(user_agent: str) -> str:
    """Which program calls, as far as its user agent tells."""
    known = {
        "Terraform/": "terraform",
        "aws-sdk-java/": "java",
        "Boto3/": "boto3",
        "aws-cli/": "cli",
    }
    return next((name for part, name in known.items() if part in user_agent), "other")


def lookup(kind: str, identifier: str) -> str | None:
    """What the emulator knows of an id that a request names."""
    from ministack.services import athena

    if kind == "query":
        return (athena._executions.get(identifier) or {}).get("WorkGroup")
    if kind == "named query":
        return (athena._named_queries.get(identifier) or {}).get("WorkGroup")
    if kind == "redshift workgroup":
        return redshift.workgroup_id(identifier)
    if kind == "owner of statement":
        return _owners.get(identifier)
    return None


def register_engine(account: str) -> None:
    """Have Trino's key known; whose it is, is decided call by call."""
    from ministack.services import sts

    sts.register_session(
        ENGINE_KEY,
        {
            "Arn": f"arn:aws:sts::{account}:assumed-role/athena/engine",
            "UserId": "athena:engine",
            "SecretAccessKey": "test",
            "AccountId": account,
        },
    )


def role_credentials(
    role_arn: str, *, service: str, session: str, source_arn: str = ""
) -> dict[str, str]:
    """Credentials that a service has after it assumed a role, as environment variables.

    Args:
        service: the service's principal, `glue.amazonaws.com`; the role must trust it.
        source_arn: the resource for which the service acts, where the trust asks for it.
    Raises: ConfigurationError if the role does not exist or does not trust the service.
    """
    from ministack.core import iam_evaluator
    from ministack.core.responses import get_account_id, get_region
    from ministack.services import iam, sts

    name, account = role_arn.rpartition("/")[2], get_account_id()
    role = iam._roles.get(name)
    if role is None:
        raise ConfigurationError(f"there is no role {role_arn}: create it first")
    context = iam_evaluator.EvalContext(
        principal_arn=service,
        principal_type="Service",
        principal_account=account,
        action="sts:AssumeRole",
        resource_arn=role_arn,
        region=get_region(),
        service_context={"aws:sourceaccount": account, "aws:sourcearn": source_arn},
    )
    trusted = [
        statement
        for statement in json.loads(role["AssumeRolePolicyDocument"])["Statement"]
        if statement["Effect"] == "Allow"
        and iam_evaluator._service_principal_matches(statement["Principal"], service)
        and iam_evaluator._conditions_met(statement.get("Condition", {}), context)
    ]
    if not trusted:
        raise ConfigurationError(
            f"{role_arn} does not trust {service} for `{source_arn}`: see its trust policy"
        )
    digest = hashlib.sha256(f"{role_arn} {service} {session}".encode()).hexdigest()
    key = f"ASIA{digest[:16].upper()}"
    sts.register_session(
        key,
        {
            "Arn": f"arn:aws:sts::{account}:assumed-role/{name}/{session}",
            "UserId": f"{name}:{session}",
            "SecretAccessKey": digest,
            "SessionToken": digest[::-1],
            "AccountId": account,
        },
    )
    return {
        "AWS_ACCESS_KEY_ID": key,
        "AWS_SECRET_ACCESS_KEY": digest,
        "AWS_SESSION_TOKEN": digest[::-1],
    }


def credentials_of_service(asked: Mapping[str, Any]) -> dict[str, str]:
    """What no client can ask AWS for: the credentials with which a service acts as a role.

    Args:
        asked: RoleArn, Service; Session and SourceArn if they matter.
    """
    return role_credentials(
        asked["RoleArn"],
        service=asked["Service"],
        session=asked.get("Session", "service"),
        source_arn=asked.get("SourceArn", ""),
    )
