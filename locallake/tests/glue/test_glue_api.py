"""What a client of Glue sees: shapes, errors, and answers that wait."""

from __future__ import annotations

import asyncio
import json
import time

import pytest
from fake_workers import in_loop

from locallake.glue import api


async def call(store, action, **request):
    """(status, document) of one call."""
    status, headers, body = await api.answer(store, action, json.dumps(request).encode())
    assert headers["Content-Type"] == "application/x-amz-json-1.1"
    return status, json.loads(body)


async def ready(store, workers, session_id="s", **request):
    await call(store, "CreateSession", Id=session_id, **request)
    workers.of[session_id].say("ready")


def test_a_session_is_described_with_what_was_asked_for(store, workers):
    async def scenario():
        asked = {"Role": "arn:aws:iam::1:role/r", "GlueVersion": "5.1", "IdleTimeout": 10}
        status, answer = await call(store, "CreateSession", Id="s", **asked)
        assert status == 200
        assert answer["Session"] == {
            "Id": "s",
            "Status": "PROVISIONING",
            "CreatedOn": 1_000.0,
            **asked,
        }
        workers.of["s"].say("failed", message="no memory")
        _, answer = await call(store, "GetSession", Id="s")
        assert answer["Session"]["Status"] == "FAILED"
        assert answer["Session"]["ErrorMessage"] == "no memory"

    in_loop(scenario())


def test_an_unknown_session_answers_the_error_upon_which_dbt_glue_creates_it(store):
    async def scenario():
        status, answer = await call(store, "GetSession", Id="nobody")
        assert (status, answer["__type"]) == (400, "EntityNotFoundException")
        assert answer["Message"] == answer["message"] == "Session nobody not found"

    in_loop(scenario())


@pytest.mark.parametrize("session_id", ["", "a.b", "a\nb", "x" * 256, 7, None])
def test_an_id_that_glue_refuses_is_refused(store, session_id):
    async def scenario():
        status, answer = await call(store, "CreateSession", Id=session_id)
        assert (status, answer["__type"]) == (400, "ValidationException")

    in_loop(scenario())


@pytest.mark.parametrize(
    "name", ["--extra-jars", "--extra-py-files", "--additional-python-modules"]
)
def test_what_a_local_session_would_silently_lack_is_refused(store, name):
    async def scenario():
        status, answer = await call(
            store, "CreateSession", Id="s", DefaultArguments={name: "s3://x/y"}
        )
        assert (status, answer["__type"]) == (400, "InvalidInputException")
        assert name in answer["Message"]

    in_loop(scenario())


def test_code_has_at_most_68000_characters(store, workers):
    async def scenario():
        await ready(store, workers)
        status, answer = await call(store, "RunStatement", SessionId="s", Code="é" * 68_000)
        assert (status, answer) == (200, {"Id": 0})
        status, answer = await call(store, "RunStatement", SessionId="s", Code="é" * 68_001)
        assert (status, answer["__type"]) == (400, "ValidationException")
        assert "68001" in answer["Message"]

    in_loop(scenario())


def test_a_statement_is_described_from_its_start_to_its_output(store, workers, clock):
    async def scenario():
        await ready(store, workers)
        await call(store, "RunStatement", SessionId="s", Code="print(1)")
        clock.seconds += 2
        workers.of["s"].answer("1\n")
        _, answer = await call(store, "GetStatement", SessionId="s", Id=0)
        assert answer["Statement"] == {
            "Id": 0,
            "Code": "print(1)",
            "State": "AVAILABLE",
            "Progress": 1.0,
            "StartedOn": 1_000_000,
            "CompletedOn": 1_002_000,
            "Output": {"Status": "ok", "ExecutionCount": 0, "Data": {"TextPlain": "1\n"}},
        }
        _, answer = await call(store, "ListStatements", SessionId="s")
        assert [statement["Id"] for statement in answer["Statements"]] == [0]

    in_loop(scenario())


def test_get_statement_answers_when_the_statement_ends(store, workers):
    async def scenario():
        await ready(store, workers)
        await call(store, "RunStatement", SessionId="s", Code="long")
        asyncio.get_running_loop().call_later(0.2, workers.of["s"].answer, "done")
        began = time.monotonic()
        _, answer = await call(store, "GetStatement", SessionId="s", Id=0)
        assert answer["Statement"]["State"] == "AVAILABLE"
        assert 0.1 < time.monotonic() - began < 5

    in_loop(scenario())


def test_get_statement_does_not_hold_its_answer_longer_than_a_client_reads(
    store, workers, monkeypatch
):
    async def scenario():
        monkeypatch.setattr(api, "_HELD_SECONDS", 0.1)
        await ready(store, workers)
        await call(store, "RunStatement", SessionId="s", Code="long")
        _, answer = await call(store, "GetStatement", SessionId="s", Id=0)
        assert answer["Statement"]["State"] == "RUNNING"
        assert "Output" not in answer["Statement"]

    assert api._HELD_SECONDS < 60
    in_loop(scenario())


def test_two_clients_waiting_for_two_sessions_do_not_wait_for_each_other(store, workers):
    async def scenario():
        await ready(store, workers, "a")
        await ready(store, workers, "b")
        for session_id in "ab":
            await call(store, "RunStatement", SessionId=session_id, Code="long")
        slow = asyncio.create_task(call(store, "GetStatement", SessionId="a", Id=0))
        await asyncio.sleep(0)
        workers.of["b"].answer()
        _, answer = await call(store, "GetStatement", SessionId="b", Id=0)
        assert answer["Statement"]["State"] == "AVAILABLE"
        assert not slow.done()
        workers.of["a"].answer()
        await slow

    in_loop(scenario())


def test_a_statement_of_a_killed_session_answers_with_an_error_and_why(store, workers):
    async def scenario():
        await ready(store, workers)
        await call(store, "RunStatement", SessionId="s", Code="long")
        asyncio.get_running_loop().call_later(
            0.1, lambda: workers.of["s"].say("lost", message="the Spark process ended (signal 9)")
        )
        _, answer = await call(store, "GetStatement", SessionId="s", Id=0)
        assert answer["Statement"]["State"] == "ERROR"
        assert "signal 9" in answer["Statement"]["Output"]["ErrorValue"]
        _, answer = await call(store, "GetSession", Id="s")
        assert answer["Session"]["Status"] == "FAILED"

    in_loop(scenario())


def test_sessions_are_listed_stopped_and_deleted(store, workers):
    async def scenario():
        await ready(store, workers, "a")
        await ready(store, workers, "b")
        _, answer = await call(store, "ListSessions")
        assert answer["Ids"] == ["a", "b"]
        assert await call(store, "StopSession", Id="a") == (200, {"Id": "a"})
        _, answer = await call(store, "GetSession", Id="a")
        assert answer["Session"]["Status"] == "STOPPED"
        assert await call(store, "DeleteSession", Id="a") == (200, {"Id": "a"})
        _, answer = await call(store, "ListSessions")
        assert answer["Ids"] == ["b"]

    in_loop(scenario())


def test_an_unknown_statement_is_not_found(store, workers):
    async def scenario():
        await ready(store, workers)
        for action in ("GetStatement", "CancelStatement"):
            status, answer = await call(store, action, SessionId="s", Id=7)
            assert (status, answer["__type"]) == (400, "EntityNotFoundException")

    in_loop(scenario())


def test_a_request_that_is_not_json_is_a_serialization_error(store):
    async def scenario():
        status, _, body = await api.answer(store, "GetSession", b"{")
        assert (status, json.loads(body)["__type"]) == (400, "SerializationException")

    in_loop(scenario())
