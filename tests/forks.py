"""A process from which others are forked: dbt is imported and the project parsed once for all."""

import gc
import threading
from typing import Any

from dbt_common.clients.jinja import template_cache


def prepare(manifest: Any) -> None:
    """Make a process ready, once it has what its children start from.

    Args:
        manifest: the project as dbt has parsed it.
    """
    # Half of what a small command costs is compiling macros, which dbt keeps for a process.
    for macro in manifest.macros.values():
        template_cache.get_node_template(macro)
    gc.collect()
    # Collecting in a child would touch, and so copy, every page of the manifest; and a command is
    # over before its own garbage matters: looking for it takes a twentieth of its time.
    gc.freeze()
    gc.disable()


def check() -> None:
    """Raises SystemExit where a fork would not be safe."""
    if threading.active_count() > 1:
        raise SystemExit("a fork would lose the threads of the process: start none before it")
