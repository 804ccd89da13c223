"""Each call is decided on all that it touches, for the one who asked, and written down."""

from __future__ import annotations

import json
from dataclasses import dataclass
from types import SimpleNamespace

import pytest

from locallake.permissions import plugin
from locallake.permissions.resources import Call
from locallake.settings import ENGINE_KEY


@dataclass
class Refusal:
    decision: str = "ImplicitDeny"


class Evaluator(SimpleNamespace):
    """The emulator's module: keys are role names, and a role may do what is listed."""

    def __init__(self, allowed):
        self.asked = []

        def enforce(access_key, action, service, region, resource_arn="*", service_context=None):
            who = checks_of(self).resolve_principal(access_key, "1").arn.split("/")[1]
            self.asked.append((who, action, resource_arn))
            return None if (who, action, resource_arn) in allowed else Refusal()

        def resolve(access_key, account, credential=None):
            return SimpleNamespace(arn=f"arn:aws:sts::1:assumed-role/{access_key}/s")

        super().__init__(enforce=enforce, resolve_principal=resolve, EvalResult=Refusal)


_made = {}


def checks_of(evaluator):
    return _made[id(evaluator)]


@pytest.fixture
def made(tmp_path, monkeypatch):
    monkeypatch.setattr(
        plugin.Checks,
        "_identity",
        lambda self, key: self.resolve_principal(key, "1").arn.split("/")[1],
    )

    def make(*allowed):
        evaluator = Evaluator(set(allowed))
        checks = plugin.Checks(plugin.Journal(tmp_path / "calls"), evaluator, lambda *_: None)
        _made[id(evaluator)] = checks
        return checks, evaluator, tmp_path / "calls"

    return make


CATALOG, DATABASE, TABLE = (
    f"arn:aws:glue:us-east-1:123456789012:{name}" for name in ("catalog", "database/d", "table/d/t")
)


def ask(checks, key, call, first):
    plugin._call.set(call)
    return checks.enforce(key, call.action, call.service, "us-east-1", first, {})


def test_every_resource_of_a_call_must_be_allowed(made):
    get = Call("glue:GetTable", {"DatabaseName": "d", "Name": "t"})
    checks, evaluator, _ = made(("r", "glue:GetTable", CATALOG), ("r", "glue:GetTable", DATABASE))
    assert isinstance(ask(checks, "r", get, CATALOG), Refusal)
    assert [resource for _, _, resource in evaluator.asked] == [CATALOG, DATABASE, TABLE]


def test_role_that_is_handed_over_must_be_allowed_too(made):
    session = "arn:aws:glue:us-east-1:123456789012:session/s"
    create = Call("glue:CreateSession", {"Id": "s", "Role": "arn:aws:iam::1:role/x"})
    checks, _, _ = made(("r", "glue:CreateSession", session))
    assert isinstance(ask(checks, "r", create, session), Refusal)
    checks, _, _ = made(
        ("r", "glue:CreateSession", session), ("r", "iam:PassRole", "arn:aws:iam::1:role/x")
    )
    assert ask(checks, "r", create, session) is None


def test_engine_acts_for_the_one_who_asked_last(made):
    group = "arn:aws:athena:us-east-1:123456789012:workgroup/w"
    checks, evaluator, journal = made(("reader", "athena:StartQueryExecution", group))
    ask(checks, "reader", Call("athena:StartQueryExecution", {"WorkGroup": "w"}), group)
    get = Call("glue:GetTable", {"DatabaseName": "d", "Name": "t"})
    assert isinstance(ask(checks, ENGINE_KEY, get, CATALOG), Refusal)
    assert evaluator.asked[-1] == ("reader", "glue:GetTable", CATALOG)
    noted = [json.loads(line) for line in journal.read_text().splitlines()]
    assert [(each["identity"], each["agent"], each["allowed"]) for each in noted] == [
        ("reader", "other", True),
        ("reader", "trino", False),
    ]


def test_same_call_is_written_down_once(made):
    group = "arn:aws:athena:us-east-1:123456789012:workgroup/w"
    checks, _, journal = made(("reader", "athena:StartQueryExecution", group))
    for _ in range(3):
        ask(checks, "reader", Call("athena:StartQueryExecution", {"WorkGroup": "w"}), group)
    assert len(journal.read_text().splitlines()) == 1


def test_athena_may_do_what_the_one_who_asked_may(made):
    group = "arn:aws:athena:us-east-1:123456789012:workgroup/w"
    checks, _, journal = made(
        ("reader", "athena:StartQueryExecution", group), ("reader", "glue:GetDatabase", CATALOG)
    )
    ask(checks, "reader", Call("athena:StartQueryExecution", {"WorkGroup": "w"}), group)
    assert checks.denied_to_asker(Call("glue:GetDatabase", {})) is None
    refused = checks.denied_to_asker(Call("glue:GetDatabase", {"Name": "d"}))
    assert f"is not authorized to perform: glue:GetDatabase on resource: {DATABASE}" in refused
    last = json.loads(journal.read_text().splitlines()[-1])
    assert (last["identity"], last["agent"], last["allowed"]) == ("reader", "trino", False)


@pytest.mark.parametrize(
    ("action", "fields"),
    [
        ("glue:CreateTable", {"DatabaseName": "{}", "TableInput": {"Name": "unloaded"}}),
        ("glue:GetDatabase", {"Name": "{}"}),
    ],
)
def test_the_table_that_stands_in_for_an_unload_needs_no_permission(made, action, fields):
    def named(database):
        return {key: database if text == "{}" else text for key, text in fields.items()}

    checks, _, journal = made()
    unload = Call(action, named("locallake_unload_1"))
    assert ask(checks, ENGINE_KEY, unload, CATALOG) is None
    assert not journal.exists()
    # Of the engine alone, and in that database alone.
    assert isinstance(ask(checks, "reader", unload, CATALOG), Refusal)
    assert isinstance(ask(checks, ENGINE_KEY, Call(action, named("d")), CATALOG), Refusal)
