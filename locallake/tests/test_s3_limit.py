"""S3 in memory has an end, and says so."""

from __future__ import annotations

import pytest

from locallake import faults, s3_limit
from locallake.settings import Settings


def write(bucket, key, body):
    return 200, {}, body


def refuse(code, text, status, resource):
    return status, code, text, resource


def held(tmp_path, *, limit, used):
    given = Settings(home=tmp_path, state=tmp_path, store_limit_bytes=limit)
    return s3_limit.limited(write, given, refuse=refuse, used_bytes=lambda: used)


def test_a_write_below_the_limit_is_done(tmp_path):
    assert held(tmp_path, limit=100, used=99)("b", "k", b"x") == (200, {}, b"x")


@pytest.mark.parametrize("used", [2**20, 2**21])
def test_a_write_at_the_limit_is_refused_with_the_way_out(tmp_path, used):
    status, code, text, resource = held(tmp_path, limit=2**20, used=used)("b", "a/k", b"x")

    # 4xx: a client would repeat the others for minutes.
    assert (status, code, resource) == (400, "StoreFull", "/b/a/k")
    assert "1 MB" in text
    assert "locallake reset" in text
    assert "--store-limit" in text


def test_without_a_limit_nothing_is_refused(tmp_path):
    assert held(tmp_path, limit=None, used=2**50)("b", "k", b"x")[0] == 200


def test_a_fault_fills_the_store_for_the_places_that_it_names(tmp_path):
    put = held(tmp_path, limit=None, used=0)
    faults.add(tmp_path / "faults.json", faults.Fault(faults.STORE_FULL, "/metadata/"), times=1)

    assert put("b", "t/data/1.parquet", b"x")[0] == 200
    assert put("b", "t/metadata/1.json", b"x")[1] == "StoreFull"
    assert put("b", "t/metadata/1.json", b"x")[0] == 200


def test_the_memory_of_this_process_is_known():
    before = s3_limit.resident_bytes()
    taken = b"x" * (64 * 2**20)
    assert s3_limit.resident_bytes() - before > len(taken) // 2
    assert s3_limit.default_limit_bytes() > before


@pytest.mark.parametrize("name", ["_put_object", "_upload_part", "_copy_object"])
def test_every_write_of_the_emulator_is_held(tmp_path, monkeypatch, name):
    s3 = pytest.importorskip("ministack.services.s3", reason="needs locks/test.txt")
    for write_name in s3_limit._WRITES:
        monkeypatch.setattr(s3, write_name, getattr(s3, write_name))
    s3_limit.install(Settings(home=tmp_path, state=tmp_path, store_limit_bytes=1))

    status, _, body = getattr(s3, name)("b", "k", b"x", {}, {})[:3]

    assert status == 400
    assert b"<Code>StoreFull</Code>" in body
