"""Writes the part of a lock that builds install: python scripts/build_lock.py <lock> <file>.

pip reads the conditions of a lock (`; python_full_version < '3.12'`) with the Python that runs it,
whatever --python-version says. Who releases with another Python than the builds' would put wheels
beside those that the builds ask for; so they are read here, as the builds' Python reads them.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

# pip is there wherever a release is made, and reads markers so.
from pip._vendor.packaging.markers import Marker

# CodeBuild's image: terraform/modules/runtime/buildspec.yml.tftpl.
BUILDS = {
    "implementation_name": "cpython",
    "os_name": "posix",
    "platform_machine": "x86_64",
    "platform_python_implementation": "CPython",
    "platform_system": "Linux",
    "python_full_version": "3.12.0",
    "python_version": "3.12",
    "sys_platform": "linux",
}


def requirements(lock: str) -> Iterator[str]:
    """Yield each requirement of a lock that builds install, with its hashes and no condition."""
    for requirement in lock.replace("\\\n", " ").splitlines():
        if not requirement.strip() or requirement.startswith("#"):
            continue
        words = requirement.split()
        hashes = [word for word in words if word.startswith("--hash=")]
        named, _, condition = " ".join(w for w in words if w not in hashes).partition(" ; ")
        if not condition or Marker(condition).evaluate(BUILDS):
            yield " ".join([named, *hashes])


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit((__doc__ or "").splitlines()[0])
    kept = list(requirements(Path(sys.argv[1]).read_text(encoding="utf-8")))
    Path(sys.argv[2]).parent.mkdir(parents=True, exist_ok=True)
    Path(sys.argv[2]).write_text("".join(f"{one}\n" for one in kept), encoding="utf-8")
