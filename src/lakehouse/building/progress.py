"""How far a build is, told by dbt's events, and drawn in place or as a line now and then."""

import re
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from rich.console import Console, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from lakehouse.building.gates import GateLine, gate_line

READING = "reading the project…"
STARTING = "looking at what is there…"
LINE_EVERY_SECONDS = 5.0
# Their nodes stand among the results, which say more.
TOLD_BY_RESULTS = ("LogTestResult", "RunResultWarning", "RunResultWarningMessage")
_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_PREFIX = re.compile(r"^\[?warning\]?:?\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Progress:
    """A moment of a build.

    Attributes:
        total: nodes to come in all; None until dbt has said it.
        current: the node that has run longest, or what dbt does before the first one.
    """

    done: int
    total: int | None
    current: str


@dataclass
class BuildEvents:
    """What a build's events say, gathered from the threads of the run.

    Attributes:
        warnings: sentences that no result repeats, each once.
        gates: what gates say of loads.
        log: the file that holds everything; None until dbt has opened it.
        project: the folder of the project; None until dbt has said it.
        error: how dbt words the error that ends a run before it has results.
    """

    warnings: list[str] = field(default_factory=list)
    gates: list[GateLine] = field(default_factory=list)
    log: Path | None = None
    project: Path | None = None
    error: str | None = None
    _done: int = 0
    _total: int | None = None
    _phase: str = READING
    _running: dict[str, str] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, event: Any) -> None:
        """Take one event of dbt."""
        name, data = event.info.name, event.data
        with self._lock:
            if name == "NodeStart":
                self._running[data.node_info.unique_id] = data.node_info.node_name
            elif name == "NodeFinished":
                self._running.pop(data.node_info.unique_id, None)
                self._done += 1
            elif name in ("LogStartLine", "SkippingDetails"):
                self._total = data.total
            elif name == "FoundStats":
                self._phase = STARTING
            elif name == "MainReportArgs":
                # Relative to where dbt starts.
                self.log = Path(data.args["log_path"]).absolute() / "dbt.log"
                self.project = Path(data.args["project_dir"]).absolute()
            elif name == "MainEncounteredError":
                self.error = plain(data.exc)
            elif name == "JinjaLogInfo":
                if line := gate_line(plain(event.info.msg)):
                    self.gates.append(line)
            elif event.info.level == "warn" and name not in TOLD_BY_RESULTS:
                sentence = " ".join(_PREFIX.sub("", plain(event.info.msg)).split())
                if sentence and sentence not in self.warnings:
                    self.warnings.append(sentence)

    def progress(self) -> Progress:
        with self._lock:
            current = next(iter(self._running.values()), "" if self._total else self._phase)
            return Progress(done=self._done, total=self._total, current=current)


def plain(text: str) -> str:
    """Return the text without colours."""
    return _ANSI.sub("", text).strip()


def bar(progress: Progress, elapsed_seconds: float) -> RenderableType:
    """Draw the build as one line that fits the terminal: a bar, counts, time, the current node."""
    counts, passed = _counts(progress), duration(elapsed_seconds)
    grid = Table.grid(padding=(0, 2), expand=True)
    grid.add_column(ratio=1)
    grid.add_column(no_wrap=True, min_width=len(counts))
    grid.add_column(no_wrap=True, min_width=len(passed))
    grid.add_column(no_wrap=True, overflow="ellipsis", ratio=3)
    grid.add_row(
        ProgressBar(
            total=progress.total,
            completed=progress.done,
            pulse=progress.total is None,
            animation_time=elapsed_seconds,
        ),
        counts,
        passed,
        Text(progress.current, style="dim"),
    )
    return grid


def line(progress: Progress, elapsed_seconds: float) -> str:
    """Say where the build is, for a place without a terminal: `  12 s  183 of 518  int_…`."""
    parts = (f"{int(elapsed_seconds):>4} s", _counts(progress), progress.current)
    return "  ".join(part for part in parts if part)


@contextmanager
def shown(
    events: BuildEvents,
    *,
    stream: IO[str] | None = None,
    is_terminal: bool,
    started: float,
    clock: Callable[[], float] = time.monotonic,
    every_seconds: float = LINE_EVERY_SECONDS,
) -> Iterator[None]:
    """Show progress while the body runs; a terminal is left as it was.

    Args:
        started: when the build began, as the clock counts seconds.
        every_seconds: between two lines where there is no terminal.
    """
    stream = stream or sys.stdout
    if is_terminal:
        with Live(
            get_renderable=lambda: bar(events.progress(), clock() - started),
            console=Console(file=stream),
            transient=True,
            refresh_per_second=5,
        ):
            yield
        return
    print(READING, file=stream, flush=True)
    is_over = threading.Event()

    def tell() -> None:
        # Whoever read along may have left; the build goes on.
        with suppress(BrokenPipeError):
            while not is_over.wait(every_seconds):
                print(line(events.progress(), clock() - started), file=stream, flush=True)

    teller = threading.Thread(target=tell, daemon=True)
    teller.start()
    try:
        yield
    finally:
        is_over.set()
        teller.join()


def duration(seconds: float) -> str:
    """Return a time in minutes and seconds, such as `1 min 05 s`."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes} min {rest:02} s" if minutes else f"{rest} s"


def _counts(progress: Progress) -> str:
    if not progress.total:
        return ""
    return f"{progress.done:>{len(str(progress.total))}} of {progress.total}"
