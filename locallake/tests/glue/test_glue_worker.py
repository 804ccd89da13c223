"""The Spark side of a session, without Spark: what a statement answers."""

from __future__ import annotations

import os
import signal
import sys
from types import SimpleNamespace

import pytest

from locallake.glue import mirror, worker


class FakeMirror:
    def __init__(self):
        self.versions = []
        self.error = None

    def follow(self, version, code):
        self.versions.append(version)
        if self.error is not None:
            raise self.error


@pytest.fixture
def session():
    """A session without Spark: `run(code)` gives the fields of the answer."""
    mirror, interrupts, namespace = FakeMirror(), worker.Interrupts(), {}

    def run(code, version=0):
        request = {"statement": 3, "code": code, "catalogue_version": version}
        return worker._run(request, namespace, mirror, interrupts)

    run.mirror, run.interrupts = mirror, interrupts
    return run


def test_what_a_statement_prints_is_its_answer(session):
    assert session("print('a'); print('b')") == {"status": "ok", "text": "a\nb\n"}


def test_statements_share_their_names(session):
    session("x = 1")
    assert session("print(x + 1)")["text"] == "2\n"


def test_annotations_of_a_statement_are_values_as_in_any_program(session):
    code = "def f(x: int): pass\nprint(f.__annotations__['x'] is int)"
    assert session(code)["text"] == "True\n"


def test_an_exception_is_an_error_with_what_was_printed_before(session):
    answer = session("print('before')\n1/0")
    assert answer["status"] == "error"
    assert (answer["name"], answer["value"]) == ("ZeroDivisionError", "division by zero")
    assert answer["text"] == "before\n"
    assert any("<statement 3>" in line for line in answer["traceback"])


@pytest.mark.parametrize(("code", "name"), [("x =", "SyntaxError"), ("exit(3)", "SystemExit")])
def test_what_would_end_the_process_ends_the_statement_only(session, code, name):
    answer = session(code)
    assert (answer["status"], answer["name"]) == ("error", name)
    assert session("print(1)")["status"] == "ok"


def test_the_catalogue_is_followed_before_the_statement_runs(session):
    session("1", version=4)
    assert session.mirror.versions == [4]


def test_a_catalogue_that_cannot_be_read_fails_the_statement(session):
    session.mirror.error = ConnectionError("no catalogue")
    assert session("1")["value"] == "no catalogue"


def test_a_cancel_request_stops_the_statement_and_spark_s_jobs(session):
    cancelled = []
    session.interrupts.cancel_jobs = lambda: cancelled.append(True)
    before = signal.signal(signal.SIGINT, session.interrupts)
    try:
        answer = session("import os, time\nos.kill(os.getpid(), 2)\ntime.sleep(9)")
    finally:
        signal.signal(signal.SIGINT, before)
    assert answer == {"status": "cancelled"}
    assert cancelled == [True]


def test_a_cancel_request_between_two_statements_changes_nothing(session):
    before = signal.signal(signal.SIGINT, session.interrupts)
    try:
        os.kill(os.getpid(), signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)
    assert session("print(1)")["status"] == "ok"


def test_the_one_function_of_aws_s_library_that_dbt_glue_imports_is_there(monkeypatch):
    for name in ("awsglue", "awsglue.utils"):
        monkeypatch.delitem(sys.modules, name, raising=False)
        monkeypatch.setitem(sys.modules, name, None)
    worker._provide_awsglue()
    from awsglue.utils import getResolvedOptions

    assert getResolvedOptions(["x", "--SESSION_ID", "s"], ["SESSION_ID"]) == {"SESSION_ID": "s"}


def test_the_catalogue_is_read_when_it_changed_or_a_database_is_named_for_the_first_time():
    read = []

    class Module:
        named_in = staticmethod(mirror.named_in)
        check_default_database = staticmethod(lambda glue: None)

        @staticmethod
        def bring_up_to_date(before, glue, wanted, run, report):
            read.append(sorted(wanted & {"a", "b"}))
            return mirror.Mirror(frozenset({"a", "b"}))

    copy = object.__new__(worker._Mirrored)
    copy._module, copy._glue, copy._spark = Module, None, SimpleNamespace(sql=None)
    copy._state, copy._named, copy._version = mirror.Mirror(), frozenset(), None
    for version, code in [(1, "a.t"), (1, "a.t x"), (1, "b.t"), (1, "1"), (2, "1")]:
        copy.follow(version, code)
    assert read == [["a"], ["a", "b"], ["a", "b"]]
