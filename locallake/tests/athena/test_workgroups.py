"""What a workgroup decides."""

from __future__ import annotations

import pytest

from locallake.athena.workgroups import RequestError, governed, scan_limit


def workgroup(*, name="lake", location="s3://ours/q", enforce=True, state="ENABLED", limit=None):
    configuration = {
        "ResultConfiguration": {"OutputLocation": location} if location else {},
        **({} if enforce is None else {"EnforceWorkGroupConfiguration": enforce}),
        **({} if limit is None else {"BytesScannedCutoffPerQuery": limit}),
    }
    return {"Name": name, "State": state, "Configuration": configuration}


def request(location=None):
    result = {} if location is None else {"ResultConfiguration": {"OutputLocation": location}}
    return {"WorkGroup": "lake", "QueryString": "select 1", **result}


def location_of(answer):
    return answer["ResultConfiguration"]["OutputLocation"]


def test_an_enforcing_workgroup_wins_over_the_client():
    assert location_of(governed(request("s3://theirs/"), workgroup())) == "s3://ours/q/"


def test_a_created_workgroup_enforces_unless_told_otherwise():
    assert location_of(governed(request("s3://theirs/"), workgroup(enforce=None))) == "s3://ours/q/"


def test_a_workgroup_that_does_not_enforce_is_the_default():
    lenient = workgroup(enforce=False)
    assert location_of(governed(request("s3://theirs"), lenient)) == "s3://theirs/"
    assert location_of(governed(request(), lenient)) == "s3://ours/q/"


def test_an_enforcing_workgroup_without_a_location_leaves_the_clients():
    assert location_of(governed(request("s3://theirs/"), workgroup(location=None))) == (
        "s3://theirs/"
    )


@pytest.mark.parametrize(
    ("asked", "given_workgroup", "reason"),
    [
        ("s3://x/", None, "WorkGroup is not found: lake"),
        ("s3://x/", workgroup(state="DISABLED"), "is disabled"),
        (None, workgroup(location=None), "No output location"),
        ("/tmp/x", workgroup(location=None), "not a valid S3 path"),
    ],
)
def test_a_request_is_refused(asked, given_workgroup, reason):
    with pytest.raises(RequestError, match=reason):
        governed(request(asked), given_workgroup)


def test_a_workgroup_may_limit_the_bytes_of_a_query():
    assert scan_limit(workgroup(limit=10_000_000)) == 10_000_000
    assert scan_limit(workgroup()) is None
    assert scan_limit(None) is None
