"""Writes the zips that AWS runs: python scripts/bundle.py function|source <file>.

The same content gives the same bytes on every machine: fixed times and modes, sorted names, and no
compression, because its output differs between versions of zlib.
"""

import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
FUNCTION = REPOSITORY / "terraform" / "modules" / "orchestration" / "function"
FIRST_DAY_OF_ZIP = (1980, 1, 1, 0, 0, 0)


def write_zip(target: Path, content: Mapping[str, bytes]) -> None:
    """Write `content`, bytes by name, as a zip that depends on nothing else."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(target, "w") as archive:
        for name in sorted(content):
            entry = zipfile.ZipInfo(name, FIRST_DAY_OF_ZIP)
            entry.create_system = 3
            entry.external_attr = 0o100644 << 16
            entry.compress_type = zipfile.ZIP_STORED
            archive.writestr(entry, content[name])


def function_content() -> dict[str, bytes]:
    """The function's code."""
    return {path.name: path.read_bytes() for path in FUNCTION.glob("*.py")}


def commit() -> str:
    """The commit of the working tree; `-dirty` follows where a tracked file differs from it."""
    words = ["git", "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"]
    done = subprocess.run(words, cwd=REPOSITORY, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def source_content() -> dict[str, bytes]:
    """Every committed file that a build needs, not the sample data, tests and documents; and
    `release.txt`, which names the commit."""
    left_out = ("benchmarks/", "data/", "docs/", "terraform/", "tests/")
    names = subprocess.run(
        ["git", "ls-files", "-z"], cwd=REPOSITORY, check=True, capture_output=True, text=True
    ).stdout.split("\0")
    return {"release.txt": f"{commit()}\n".encode()} | {
        name: (REPOSITORY / name).read_bytes()
        for name in names
        # dbt reads tests of values and data from tests/.
        if name
        and (not name.startswith(left_out) or name.startswith(("tests/data/", "tests/macros/")))
    }


if __name__ == "__main__":
    contents = {"function": function_content, "source": source_content}
    if len(sys.argv) != 3 or sys.argv[1] not in contents:
        sys.exit(__doc__.splitlines()[0])
    write_zip(Path(sys.argv[2]), contents[sys.argv[1]]())
    print(sys.argv[2])
