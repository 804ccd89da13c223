"""The life of sessions and statements, with workers that are not there."""

from __future__ import annotations

import asyncio

import pytest
from fake_workers import in_loop

from locallake.glue.sessions import GlueApiError, SessionStore


def ready(store, workers, session_id="s", **request):
    session = store.create(session_id, request)
    workers.of[session_id].say("ready")
    return session


def refused(code, call, *arguments):
    with pytest.raises(GlueApiError) as caught:
        call(*arguments)
    assert caught.value.code == code
    return caught.value.message


def test_a_session_is_provisioning_until_its_worker_is_ready(store, workers):
    async def scenario():
        session = store.create("s", {})
        assert session.status == "PROVISIONING"
        refused("IllegalSessionStateException", store.run, "s", "1")
        workers.of["s"].say("ready")
        assert session.status == "READY"

    in_loop(scenario())


def test_a_worker_that_cannot_start_leaves_a_failed_session_with_its_reason(store, workers):
    async def scenario():
        session = store.create("s", {})
        workers.of["s"].say("failed", message="ClassNotFoundException: x")
        assert (session.status, session.error_message) == ("FAILED", "ClassNotFoundException: x")
        assert workers.of["s"].is_ended
        message = refused("IllegalSessionStateException", store.run, "s", "1")
        assert "ClassNotFoundException: x" in message

    in_loop(scenario())


def test_a_request_that_starts_no_worker_leaves_no_session(store, workers):
    async def scenario():
        workers.refusal = GlueApiError("InvalidInputException", "--conf holds `x`")
        refused("InvalidInputException", store.create, "s", {})
        assert store.all() == []

    in_loop(scenario())


def test_an_id_can_be_taken_once(store, workers):
    async def scenario():
        ready(store, workers)
        refused("AlreadyExistsException", store.create, "s", {})
        store.stop("s")
        refused("AlreadyExistsException", store.create, "s", {})
        store.delete("s")
        assert ready(store, workers).status == "READY"

    in_loop(scenario())


def test_too_many_sessions_are_refused_and_stopped_ones_do_not_count(workers):
    async def scenario():
        store = SessionStore(workers, limit=2)
        ready(store, workers, "a")
        ready(store, workers, "b")
        message = refused("ResourceNumberLimitExceededException", store.create, "c", {})
        assert "a, b" in message
        store.stop("a")
        assert ready(store, workers, "c").status == "READY"

    in_loop(scenario())


def test_an_unknown_session_is_not_found(store):
    async def scenario():
        for call in (store.get, store.stop, store.delete):
            refused("EntityNotFoundException", call, "nobody")
        refused("EntityNotFoundException", store.run, "nobody", "1")

    in_loop(scenario())


def test_statements_run_one_at_a_time_in_their_order(store, workers, clock):
    async def scenario():
        ready(store, workers)
        first, second = store.run("s", "one"), store.run("s", "two")
        assert [sent[:2] for sent in workers.of["s"].sent] == [(0, "one")]
        assert (first.state, second.state) == ("RUNNING", "WAITING")
        clock.seconds += 3
        workers.of["s"].answer("1\n")
        assert (first.state, second.state) == ("AVAILABLE", "RUNNING")
        assert first.completed_on - first.started_on == 3
        assert first.output == {
            "Status": "ok",
            "ExecutionCount": 0,
            "Data": {"TextPlain": "1\n"},
        }
        assert [sent[:2] for sent in workers.of["s"].sent] == [(0, "one"), (1, "two")]

    in_loop(scenario())


def test_an_exception_in_the_code_is_an_available_statement_with_an_error(store, workers):
    async def scenario():
        session = ready(store, workers)
        statement = store.run("s", "1/0")
        workers.of["s"].say(
            "done", status="error", name="ZeroDivisionError", value="division by zero", traceback=[]
        )
        assert statement.state == "AVAILABLE"
        assert statement.output["Status"] == "error"
        assert statement.output["ErrorName"] == "ZeroDivisionError"
        assert session.status == "READY"

    in_loop(scenario())


def test_a_lost_worker_fails_the_session_and_every_statement_that_had_not_finished(store, workers):
    async def scenario():
        session = ready(store, workers)
        done, running, waiting = (store.run("s", code) for code in ("one", "two", "three"))
        workers.of["s"].answer()
        workers.of["s"].say("lost", message="the Spark process ended (signal 9)")
        assert session.status == "FAILED"
        assert done.state == "AVAILABLE"
        for statement in (running, waiting):
            assert statement.state == "ERROR"
            assert statement.output["Status"] == "error"
            assert "signal 9" in statement.output["ErrorValue"]
        assert "signal 9" in refused("IllegalSessionStateException", store.run, "s", "four")

    in_loop(scenario())


def test_a_failed_session_is_replaced_by_deleting_and_creating_it(store, workers):
    async def scenario():
        ready(store, workers)
        workers.of["s"].say("lost", message="gone")
        lost = workers.of["s"]
        store.delete("s")
        replaced = ready(store, workers)
        lost.say("lost", message="said twice")
        assert replaced.status == "READY"
        assert store.run("s", "1").id == 0

    in_loop(scenario())


def test_a_stopped_session_cancels_what_had_not_finished_and_says_so_to_who_asks(store, workers):
    async def scenario():
        session = ready(store, workers)
        statement = store.run("s", "one")
        store.stop("s")
        assert (session.status, statement.state) == ("STOPPED", "CANCELLED")
        assert workers.of["s"].is_ended
        # dbt-glue knows no CANCELLED: it would ask for ever.
        refused("IllegalSessionStateException", store.statement, "s", 0)

    in_loop(scenario())


def test_a_waiting_statement_is_cancelled_at_once_and_a_running_one_by_its_worker(store, workers):
    async def scenario():
        ready(store, workers)
        running, waiting = store.run("s", "one"), store.run("s", "two")
        store.cancel("s", 1)
        assert waiting.state == "CANCELLED"
        store.cancel("s", 0)
        assert (running.state, workers.of["s"].interrupts) == ("CANCELLING", 1)
        workers.of["s"].say("done", status="cancelled")
        assert running.state == "CANCELLED"
        store.cancel("s", 0)
        assert workers.of["s"].interrupts == 1

    in_loop(scenario())


def test_an_idle_session_times_out_but_a_working_one_does_not(store, workers):
    async def scenario():
        idle = ready(store, workers, "idle", IdleTimeout=0.001)
        working = ready(store, workers, "working", IdleTimeout=0.001)
        store.run("working", "long")
        await asyncio.sleep(0.2)
        assert (idle.status, working.status) == ("TIMEOUT", "READY")
        workers.of["working"].answer()
        await asyncio.sleep(0.2)
        assert working.status == "TIMEOUT"

    in_loop(scenario())


def test_a_session_ends_with_its_lifetime_even_at_work(store, workers):
    async def scenario():
        session = ready(store, workers, Timeout=0.001)
        store.run("s", "long")
        await asyncio.sleep(0.2)
        assert session.status == "TIMEOUT"

    in_loop(scenario())


def test_each_statement_carries_the_catalogue_s_version_of_its_start(workers):
    async def scenario():
        versions = iter((4, 7))
        store = SessionStore(workers, catalogue_version=lambda: next(versions))
        ready(store, workers)
        store.run("s", "one")
        store.run("s", "two")
        workers.of["s"].answer()
        assert workers.of["s"].sent == [(0, "one", 4), (1, "two", 7)]

    in_loop(scenario())


def test_who_waits_wakes_up_when_the_condition_holds_and_not_before(store, workers):
    async def scenario():
        session = ready(store, workers)
        statement = store.run("s", "one")
        waiting = asyncio.create_task(
            store.settled(session, lambda: statement.is_finished, longest_seconds=5)
        )
        await asyncio.sleep(0.05)
        assert not waiting.done()
        workers.of["s"].answer()
        await waiting

    in_loop(scenario())


def test_who_waits_too_long_gets_the_state_as_it_is(store, workers):
    async def scenario():
        session = ready(store, workers)
        await store.settled(session, lambda: False, longest_seconds=0.05)
        assert session.status == "READY"

    in_loop(scenario())


def test_clearing_ends_and_forgets_all_sessions(store, workers):
    async def scenario():
        ready(store, workers, "a")
        ready(store, workers, "b")
        store.clear()
        assert store.all() == []
        assert all(worker.is_ended for worker in workers.of.values())

    in_loop(scenario())
