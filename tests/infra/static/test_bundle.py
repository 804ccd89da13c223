"""A zip depends on its content alone, so that an unchanged function is never deployed again."""

import os
import re
import time
import zipfile
from pathlib import Path

import bundle


def test_same_content_gives_the_same_bytes(tmp_path: Path, monkeypatch):
    bundle.write_zip(tmp_path / "one.zip", {"b.py": b"2", "a.py": b"1"})
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    before = os.umask(0o077)
    try:
        bundle.write_zip(tmp_path / "deeper" / "two.zip", {"a.py": b"1", "b.py": b"2"})
    finally:
        os.umask(before)
        monkeypatch.undo()
        time.tzset()
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "deeper" / "two.zip").read_bytes()


def test_other_content_gives_other_bytes(tmp_path: Path):
    bundle.write_zip(tmp_path / "one.zip", {"a.py": b"1"})
    bundle.write_zip(tmp_path / "two.zip", {"a.py": b"2"})
    assert (tmp_path / "one.zip").read_bytes() != (tmp_path / "two.zip").read_bytes()


def test_function_can_be_read_by_lambda(tmp_path: Path):
    bundle.write_zip(tmp_path / "function.zip", bundle.function_content())
    with zipfile.ZipFile(tmp_path / "function.zip") as archive:
        assert archive.namelist() == ["start_workflow.py"]
        assert archive.infolist()[0].external_attr >> 16 == 0o100644


def test_source_holds_what_a_build_needs():
    content = bundle.source_content()
    needed = {"dbt_project.yml", "profiles.yml", "pyproject.toml", "requirements/project.lock"}
    assert needed < set(content)
    assert re.fullmatch(rb"[0-9a-f]{40}(-dirty)?\n", content["release.txt"])
    assert not [
        name for name in content if name.startswith(("data/", "tests/python/", "terraform/"))
    ]
