"""What an install phase left behind, for later builds of the same source with the same role.

AWS makes each environment anew. Here that is most of a build's work, and shows nothing the second
time: the same commands read the same source, and the same role asks for the same objects.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import threading
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from locallake.builds.buildspec import Buildspec

PHASE = "install"


@dataclass(frozen=True)
class Installation:
    """The folder of the source in which it was made, and the names that it added there."""

    source: Path
    added: tuple[str, ...]


def key_of(spec: Buildspec, *, role: str, source_digest: str) -> str:
    """Equal for builds whose install phases do the same."""
    commands = [phase.commands for phase in spec.phases if phase.name == PHASE]
    told = [source_digest, role, commands, dict(spec.runtimes), dict(spec.variables), spec.shell]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def without_install(spec: Buildspec) -> Buildspec:
    return replace(spec, phases=tuple(each for each in spec.phases if each.name != PHASE))


class Installations:
    """Those that are kept, by key; their folders stay until they are forgotten."""

    def __init__(self) -> None:
        self._kept: dict[str, Installation] = {}
        self._lock = threading.Lock()

    def put_into(self, source: Path, key: str) -> Installation | None:
        """Have the folder show what an earlier install phase added to its own; None: none did."""
        with self._lock:
            found = self._kept.get(key)
        if found is not None:
            for name in found.added:
                (source / name).symlink_to(found.source / name)
        return found

    def keep(self, source: Path, key: str, *, before: Iterable[str]) -> None:
        """Remember what was added to the folder, unless another build was faster."""
        added = {path.name for path in source.iterdir()} - set(before)
        with self._lock:
            self._kept.setdefault(key, Installation(source, tuple(sorted(added))))

    def has(self, source: Path) -> bool:
        with self._lock:
            return any(each.source == source for each in self._kept.values())

    def forget(self) -> None:
        with self._lock:
            kept, self._kept = self._kept, {}
        for each in kept.values():
            shutil.rmtree(each.source, ignore_errors=True)
