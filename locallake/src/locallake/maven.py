"""Fetch pinned files from Maven Central, through jgo's pure Python resolver.

Runs in the emulator environment (the only one that has jgo): `python -m locallake.maven <folder>`,
with `[["group:artifact:version:packaging", "sha256"], …]` on standard input. Prints one line per
file: its path. Progress goes to standard error.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

_CHUNK_BYTES = 1 << 20


def sha256_of(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def fetch(coordinates: str, sha256: str, repository: Path) -> Path:
    """The file, downloaded if it is not in the repository yet, and always with the pinned content.

    Raises: ValueError if the content is another than pinned; the file is removed first, so that
        the next attempt downloads it anew.
    """
    from jgo.maven import MavenContext

    group, artifact, version, packaging = coordinates.split(":")
    context = MavenContext(repo_cache=repository, resolver=_resuming_resolver(), timeout=120)
    component = context.project(group, artifact).at_version(version)
    path = Path(component.artifact(packaging=packaging).resolve())
    found = sha256_of(path)
    if found != sha256:
        path.unlink()
        raise ValueError(f"{coordinates} has sha256 {found}, pinned is {sha256}")
    return path


def _resuming_resolver() -> Any:
    from jgo.maven import PythonResolver
    from jgo.util import http

    class ResumingResolver(PythonResolver):  # type: ignore[misc]  # jgo has no types
        """jgo writes a download into its final place, where a broken one passes for whole.

        Here it grows beside it, goes on where it broke off, and moves when it is complete.
        """

        def download(self, artifact: Any) -> Path:
            component = artifact.component
            place = f"{component.path_prefix.as_posix()}/{artifact.filename}"
            target = Path(artifact.cached_path)
            target.parent.mkdir(parents=True, exist_ok=True)
            part = target.with_name(target.name + ".part")
            for base in artifact.context.remote_repos.values():
                done = part.stat().st_size if part.exists() else 0
                headers = {"Range": f"bytes={done}-"} if done else {}
                with http.get(
                    f"{base}/{place}",
                    stream=True,
                    timeout=artifact.context.timeout,
                    headers=headers,
                ) as response:
                    if response.status_code == 416:
                        # Nothing is left to send: the part was complete.
                        part.rename(target)
                        return target
                    if response.status_code not in (200, 206):
                        continue
                    if response.status_code == 200:
                        done = 0
                    total = done + int(response.headers.get("content-length", 0))
                    with part.open("ab" if done else "wb") as output:
                        for chunk in response.iter_content(_CHUNK_BYTES):
                            output.write(chunk)
                            done += len(chunk)
                            _show(artifact.filename, done, total)
                if total and done != total:
                    raise OSError(f"{artifact.filename}: {done} of {total} bytes arrived")
                part.rename(target)
                return target
            raise OSError(f"{artifact.filename} is in none of the repositories jgo knows")

    return ResumingResolver()


def _show(name: str, done_bytes: int, total_bytes: int) -> None:
    if sys.stderr.isatty():
        end = "\n" if done_bytes == total_bytes else "\r"
        print(f"  {name}  {done_bytes >> 20} of {total_bytes >> 20} MB ", end=end, file=sys.stderr)
    elif done_bytes == total_bytes:
        print(f"  {name}  {total_bytes >> 20} MB", file=sys.stderr)


def main() -> int:
    repository = Path(sys.argv[1])
    for coordinates, sha256 in json.load(sys.stdin):
        try:
            print(fetch(coordinates, sha256, repository), flush=True)
        except (OSError, RuntimeError, ValueError) as err:
            print(f"{coordinates}: {err}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
