"""The plug-in over the emulator's Glue: who answers which call, and what moves the mirror."""

from __future__ import annotations

import asyncio
import json
import threading
from types import SimpleNamespace

import pytest
from fake_workers import in_loop

from locallake.glue import plugin


def headers(action):
    return {"x-amz-target": f"AWSGlue.{action}"}


def body(**fields):
    return json.dumps(fields).encode()


class Glue(SimpleNamespace):
    """The emulator's module, as far as it is hooked."""

    def __init__(self, status=200, table=None):
        async def handle_request(method, path, headers, body, query_params):
            return 200, {}, b"stock"

        def handle_request_sync(method, path, headers, body, query_params):
            if table is not None and headers["x-amz-target"].endswith(".GetTable"):
                return 200, {}, json.dumps({"Table": table}).encode()
            return status, {}, b"{}"

        super().__init__(handle_request=handle_request, _handle_request_sync=handle_request_sync)


def test_calls_of_sessions_are_ours_and_all_others_stay_the_emulator_s(store):
    async def scenario():
        glue = Glue()
        plugin.install_sessions(glue, store)
        answer = await glue.handle_request("POST", "/", headers("ListSessions"), b"{}", {})
        assert json.loads(answer[2]) == {"Ids": [], "Sessions": []}
        answer = await glue.handle_request("POST", "/", headers("GetTable"), b"{}", {})
        assert answer[2] == b"stock"

    in_loop(scenario())


def test_a_reset_from_another_thread_ends_all_sessions(store, workers):
    async def scenario():
        glue = Glue()
        end_all = plugin.install_sessions(glue, store)
        await glue.handle_request("POST", "/", headers("CreateSession"), body(Id="s"), {})
        await asyncio.to_thread(end_all)
        assert store.all() == []
        assert workers.of["s"].is_ended

    in_loop(scenario())


def test_a_reset_before_any_session_is_harmless(store):
    plugin.install_sessions(Glue(), store)()


@pytest.mark.parametrize(
    ("action", "request_body", "moves"),
    [
        ("CreateTable", body(TableInput={"Name": "t"}), True),
        ("UpdateTable", body(TableInput={"Parameters": {"table_type": "ICEBERG"}}), False),
        ("CreateTable", body(TableInput={"Parameters": {"table_type": "iceberg"}}), False),
        ("BatchCreatePartition", b"{}", True),
        ("BatchDeletePartition", b"{}", True),
        ("UpdatePartition", b"{}", True),
        ("DeleteTable", b"{}", True),
        ("CreateDatabase", b"{}", True),
        ("GetTable", b"{}", False),
        ("GetPartitions", b"{}", False),
    ],
)
def test_writes_of_anything_but_iceberg_move_the_version(action, request_body, moves):
    glue, version = Glue(), plugin.CatalogueVersion()
    plugin.install_counting(glue, version)
    glue._handle_request_sync("POST", "/", headers(action), request_body, {})
    assert (version.current > 0) == moves


@pytest.mark.parametrize(("parameters", "moves"), [({"table_type": "ICEBERG"}, False), ({}, True)])
def test_dropping_an_iceberg_table_moves_nothing(parameters, moves):
    glue, version = Glue(table={"Parameters": parameters}), plugin.CatalogueVersion()
    plugin.install_counting(glue, version)
    glue._handle_request_sync(
        "POST", "/", headers("DeleteTable"), body(DatabaseName="db", Name="t"), {}
    )
    assert (version.current > 0) == moves


def test_a_write_that_was_refused_moves_nothing():
    glue, version = Glue(status=400), plugin.CatalogueVersion()
    plugin.install_counting(glue, version)
    glue._handle_request_sync("POST", "/", headers("CreateDatabase"), b"{}", {})
    assert version.current == 0


def test_an_event_of_a_worker_s_thread_arrives_on_the_loop():
    async def scenario():
        received = asyncio.Queue()
        arrived_in = []

        def receive(event):
            arrived_in.append(threading.current_thread())
            received.put_nowait(event)

        hand_over = plugin.on_loop(asyncio.get_running_loop(), receive)
        await asyncio.to_thread(hand_over, {"event": "ready"})
        assert await received.get() == {"event": "ready"}
        assert arrived_in == [threading.main_thread()]

    in_loop(scenario())


def test_an_event_after_the_end_of_the_loop_is_dropped():
    loop = asyncio.new_event_loop()
    loop.close()
    plugin.on_loop(loop, pytest.fail)({"event": "lost"})
