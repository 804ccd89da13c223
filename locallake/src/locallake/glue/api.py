"""The calls of Glue interactive sessions, as pure answers over a session store.

GetSession and GetStatement hold their answer until the state changes, up to 20 seconds: dbt-glue
asks first and sleeps afterwards, so it never sleeps. The clients' read timeout is 60 seconds.
"""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from locallake.glue.sessions import GlueApiError, Session, SessionStore, Statement

Request = Mapping[str, Any]
Answer = dict[str, Any]

# Source: AWS Glue API, RunStatement, Code.
LONGEST_CODE = 68_000
LONGEST_ID = 255
_HELD_SECONDS = 20.0
_SESSION_FIELDS = (
    "Description",
    "Role",
    "Command",
    "DefaultArguments",
    "Connections",
    "MaxCapacity",
    "SecurityConfiguration",
    "GlueVersion",
    "NumberOfWorkers",
    "WorkerType",
    "IdleTimeout",
    "SessionType",
)
# What a session does on AWS and cannot do here: refused, because ignoring it would hide a failure.
_REFUSED_ARGUMENTS = ("--extra-jars", "--extra-py-files", "--additional-python-modules")


async def create_session(store: SessionStore, request: Request) -> Answer:
    session_id = _required(request, "Id")
    if not re.fullmatch(r"[^\r\n\t.]+", session_id) or len(session_id) > LONGEST_ID:
        raise GlueApiError(
            "ValidationException",
            f"Id `{session_id}` must have 1 to {LONGEST_ID} characters and no period",
        )
    for name in _REFUSED_ARGUMENTS:
        if request.get("DefaultArguments", {}).get(name):
            raise GlueApiError(
                "InvalidInputException",
                f"{name} is not supported here: local sessions have Spark, Iceberg and boto3 only",
            )
    return {"Session": described_session(store.create(session_id, request))}


async def get_session(store: SessionStore, request: Request) -> Answer:
    session = store.get(_required(request, "Id"))
    await store.settled(session, lambda: session.status != "PROVISIONING", _HELD_SECONDS)
    return {"Session": described_session(session)}


async def list_sessions(store: SessionStore, _request: Request) -> Answer:
    sessions = store.all()
    return {
        "Ids": [session.id for session in sessions],
        "Sessions": [described_session(session) for session in sessions],
    }


async def stop_session(store: SessionStore, request: Request) -> Answer:
    return {"Id": store.stop(_required(request, "Id")).id}


async def delete_session(store: SessionStore, request: Request) -> Answer:
    session_id = _required(request, "Id")
    store.delete(session_id)
    return {"Id": session_id}


async def run_statement(store: SessionStore, request: Request) -> Answer:
    code = _required(request, "Code")
    if len(code) > LONGEST_CODE:
        raise GlueApiError(
            "ValidationException",
            "1 validation error detected: Value at 'code' failed to satisfy constraint: Member "
            f"must have length less than or equal to {LONGEST_CODE} (it has {len(code)})",
        )
    return {"Id": store.run(_required(request, "SessionId"), code).id}


async def get_statement(store: SessionStore, request: Request) -> Answer:
    session = store.get(_required(request, "SessionId"))
    statement = store.statement(session.id, int(request.get("Id", 0)))
    await store.settled(session, lambda: statement.is_finished, _HELD_SECONDS)
    return {"Statement": described_statement(store.statement(session.id, statement.id))}


async def list_statements(store: SessionStore, request: Request) -> Answer:
    session = store.get(_required(request, "SessionId"))
    return {"Statements": [described_statement(statement) for statement in session.statements]}


async def cancel_statement(store: SessionStore, request: Request) -> Answer:
    store.cancel(_required(request, "SessionId"), int(request.get("Id", 0)))
    return {}


ACTIONS: dict[str, Callable[[SessionStore, Request], Awaitable[Answer]]] = {
    "CreateSession": create_session,
    "GetSession": get_session,
    "ListSessions": list_sessions,
    "StopSession": stop_session,
    "DeleteSession": delete_session,
    "RunStatement": run_statement,
    "GetStatement": get_statement,
    "ListStatements": list_statements,
    "CancelStatement": cancel_statement,
}


async def answer(
    store: SessionStore, action: str, body: bytes
) -> tuple[int, dict[str, str], bytes]:
    """Answer one call as HTTP: status, headers, body.

    Args:
        action: a key of ACTIONS.
        body: the request as JSON.
    """
    try:
        return _http(200, await ACTIONS[action](store, json.loads(body or b"{}")))
    except GlueApiError as err:
        return _refusal(err.code, err.message)
    except json.JSONDecodeError as err:
        return _refusal("SerializationException", f"the request is not JSON: {err}")


def described_session(session: Session) -> Answer:
    """A session as Glue describes it; times in epoch seconds."""
    described: Answer = {
        "Id": session.id,
        "Status": session.status,
        "CreatedOn": session.created_on,
        **{name: session.request[name] for name in _SESSION_FIELDS if name in session.request},
    }
    if session.error_message is not None:
        described["ErrorMessage"] = session.error_message
    if session.completed_on is not None:
        described["CompletedOn"] = session.completed_on
        described["ExecutionTime"] = session.completed_on - session.created_on
    return described


def described_statement(statement: Statement) -> Answer:
    """A statement as Glue describes it; times in epoch milliseconds."""
    described: Answer = {
        "Id": statement.id,
        "Code": statement.code,
        "State": statement.state,
        "Progress": 1.0 if statement.is_finished else 0.0,
        "StartedOn": int((statement.started_on or 0) * 1000),
        "CompletedOn": int((statement.completed_on or 0) * 1000),
    }
    if statement.output is not None:
        described["Output"] = statement.output
    return described


def _required(request: Request, name: str) -> str:
    value = request.get(name)
    if not isinstance(value, str) or not value:
        raise GlueApiError("ValidationException", f"{name} is missing or no text")
    return value


def _refusal(code: str, message: str) -> tuple[int, dict[str, str], bytes]:
    # AWS's own clients read one spelling or the other.
    return _http(400, {"__type": code, "Message": message, "message": message})


def _http(status: int, document: Answer) -> tuple[int, dict[str, str], bytes]:
    body = json.dumps(document).encode()
    return status, {"Content-Type": "application/x-amz-json-1.1"}, body
