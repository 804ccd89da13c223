"""Races for the lease: whatever fails, is killed or stands still, no two runs write at once.

The lease's own code against an S3 in memory, in a time that passes only while all wait: each race
is the same on every machine, and takes as long as it takes to compute.
"""

import heapq
import io
import random
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from lakehouse.building.lease import Holder, Keeper, LeaseObject, Pace, take
from lakehouse.errors import AwsError, LeaseHeldError

RACES = 100
BEGAN = 1_750_000_000
OF_S3 = {"PreconditionFailed": 412, "ConditionalRequestConflict": 409, "NoSuchKey": 404}


class KilledError(BaseException):
    """The process is gone: nothing of it runs any more."""


class World:
    """A time that passes while everybody waits; one thread runs at a time, in a fixed order."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.now = 0.0
        self._due: list[tuple[float, int, threading.Semaphore]] = []
        self._number = 0
        self._scheduler = threading.Semaphore(0)
        self._living = 0

    def run(self, act: Callable[[], None]) -> None:
        """Have somebody act, beginning now."""

        def acting() -> None:
            turn.acquire()
            with suppress(KilledError):
                act()
            self._living -= 1
            self._scheduler.release()

        turn = self._wake_at(self.now)
        self._living += 1
        threading.Thread(target=acting, daemon=True).start()

    def sleep(self, seconds: float) -> None:
        turn = self._wake_at(self.now + seconds)
        self._scheduler.release()
        turn.acquire()

    def pass_by(self) -> None:
        """Let time pass until nobody acts any more."""
        while self._living:
            self.now, _, turn = heapq.heappop(self._due)
            turn.release()
            self._scheduler.acquire()

    def _wake_at(self, moment: float) -> threading.Semaphore:
        turn = threading.Semaphore(0)
        self._number += 1
        heapq.heappush(self._due, (moment, self._number, turn))
        return turn


@dataclass
class Process:
    """Somebody's process, with two threads: it may be killed, or for a while stand still, not reach
    S3, or be told by it to try again.
    """

    world: World
    killed_at: float = float("inf")
    stands_still: tuple[float, float] = (0, 0)
    cut_off: tuple[float, float] = (0, 0)
    refused: tuple[float, float] = (0, 0)

    def sleep(self, seconds: float) -> None:
        self.world.sleep(seconds)
        begin, end = self.stands_still
        if begin <= self.world.now < end:
            self.world.sleep(end - self.world.now)
        if self.world.now >= self.killed_at:
            raise KilledError

    def wait(self, event: threading.Event, seconds: float) -> bool:
        if not event.is_set():
            self.sleep(seconds)
        return event.is_set()


@dataclass
class S3:
    """One object, as S3 keeps it: conditions, a clock of whole seconds, and what may fail."""

    world: World
    happened: Counter[str]
    body: bytes | None = None
    etag: str = ""
    modified: float = 0
    written: int = 0

    def client(self, process: Process) -> "Client":
        return Client(self, process)


@dataclass
class Client:
    s3: S3
    process: Process

    def put_object(self, *, Body: bytes, **condition: Any) -> dict[str, Any]:
        s3, chance = self.s3, self.s3.world.random.random
        self._travel()
        begin, end = self.process.refused
        if begin <= s3.world.now < end or chance() < 0.15:
            s3.happened["409"] += 1
            raise refused("ConditionalRequestConflict")
        if "IfNoneMatch" in condition and s3.body is not None:
            raise refused("PreconditionFailed")
        if "IfMatch" in condition and s3.body is None:
            raise refused("NoSuchKey")
        if "IfMatch" in condition and condition["IfMatch"] != s3.etag:
            raise refused("PreconditionFailed")
        s3.written += 1
        s3.body, s3.etag, s3.modified = Body, f'"{s3.written}"', s3.world.now
        if chance() < 0.1:
            s3.happened["lost answer"] += 1
            self.process.sleep(10)
            raise ReadTimeoutError(endpoint_url="s3")
        self._travel()
        return {"ETag": f'"{s3.written}"' if s3.etag == "" else s3.etag}

    def get_object(self, **_: Any) -> dict[str, Any]:
        s3 = self.s3
        self._travel()
        if s3.body is None:
            raise refused("NoSuchKey")
        answer = {
            "Body": io.BytesIO(s3.body),
            "ETag": s3.etag,
            "LastModified": moment(s3.modified),
            "ResponseMetadata": {
                "HTTPHeaders": {"date": format_datetime(moment(s3.world.now), usegmt=True)}
            },
        }
        self._travel()
        return answer

    def _travel(self) -> None:
        begin, end = self.process.cut_off
        if begin <= self.s3.world.now < end:
            self.s3.happened["cut off"] += 1
            self.process.sleep(10)
            raise ReadTimeoutError(endpoint_url="s3")
        self.process.sleep(self.s3.world.random.uniform(0, 2))


def moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(BEGAN + int(seconds), UTC)


def refused(code: str) -> ClientError:
    answer = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": OF_S3[code]}}
    return ClientError(answer, "PutObject")


@dataclass
class Race:
    """A few processes that write as often as they may.

    Attributes:
        written: (begin, end, run) of each run that held the lease, as long as it may have written.
    """

    seed: int
    pace: Pace
    written: list[tuple[float, float, str]] = field(default_factory=list)
    happened: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.world = World(self.seed)
        self.s3 = S3(self.world, self.happened)

    def run(self) -> None:
        # What the lease draws itself.
        random.seed(self.seed)
        for number in range(4):
            process = Process(self.world)
            self.world.run(lambda process=process, number=number: self._contend(process, number))
        self.world.pass_by()

    def _contend(self, process: Process, number: int) -> None:
        chance = self.world.random
        lease = LeaseObject("curated", "_lease/lake.json", self.s3.client(process))
        for attempt in range(8):
            # A process of its own each time: killed ones do not come back.
            process.killed_at = float("inf")
            process.sleep(chance.uniform(0, 120))
            fate = chance.random()
            begin = self.world.now + chance.uniform(0, 200)
            if fate < 0.25:
                process.killed_at = begin
            elif fate < 0.5:
                process.cut_off = (begin, begin + chance.uniform(10, 400))
            elif fate < 0.65:
                process.stands_still = (begin, begin + chance.uniform(10, 100))
            elif fate < 0.8:
                process.refused = (begin, begin + chance.uniform(10, 400))
            with suppress(KilledError):
                self._write(process, lease, f"{number}.{attempt}")

    def _write(self, process: Process, lease: LeaseObject, run: str) -> None:
        world, holder = self.world, Holder("me", run, "here", "-", ttl=self.pace.ttl)
        asked_at = world.now
        try:
            etag = take(lease, holder, pace=self.pace, pause=process.sleep)
        except LeaseHeldError:
            self.happened["held"] += 1
            return
        except AwsError:
            return
        began, ends = world.now, [float("inf")]
        is_over = threading.Event()

        def lose(_: str) -> None:
            self.happened["lost"] += 1
            # The run is told to end, and takes as long as it is given.
            ends.append(world.now + self.pace.end_within)

        keeper = Keeper(
            lease,
            holder,
            etag,
            taken_at=asked_at,
            pace=self.pace,
            on_loss=lose,
            clock=lambda: world.now,
            wait=process.wait,
        )

        def keep() -> None:
            try:
                keeper.keep()
            finally:
                is_over.set()

        world.run(keep)
        try:
            process.sleep(world.random.uniform(1, 400))
        except KilledError:
            self.happened["killed"] += 1
            raise
        finally:
            self.written.append((began, min(world.now, process.killed_at, *ends), run))
        keeper.end()
        while not process.wait(is_over, 5):
            pass
        keeper.release()

    @property
    def overlaps(self) -> list[tuple[str, str]]:
        found, (_, last_end, last_run) = [], (0.0, 0.0, "")
        for begin, end, run in sorted(self.written):
            if begin < last_end:
                found.append((last_run, run))
            if end > last_end:
                last_end, last_run = end, run
        return found


def races(pace: Pace, count: int) -> tuple[int, Counter[str]]:
    """How many runs wrote while another did, and what happened on the way."""
    overlaps, happened = 0, Counter[str]()
    for seed in range(count):
        race = Race(seed, pace)
        race.run()
        overlaps += len(race.overlaps)
        happened += race.happened
        happened["written"] += len(race.written)
    return overlaps, happened


def test_no_two_runs_write_at_once() -> None:
    overlaps, happened = races(Pace(), RACES)
    assert overlaps == 0, happened
    # Nothing of what a race is for has stayed away.
    rare = ("409", "lost answer", "cut off", "held", "lost", "killed")
    assert all(happened[each] >= RACES / 2 for each in rare), happened
    assert happened["written"] > 3 * RACES


@pytest.mark.parametrize(
    ("wrong", "count"),
    [
        (Pace(ttl=20, grace=10), 20),
        (Pace(give_up_after=400), 60),
        (Pace(end_within=200), 20),
    ],
    ids=["taken over too soon", "given up too late", "ended too late"],
)
def test_the_races_find_two_that_write_at_once(wrong: Pace, count: int) -> None:
    overlaps, _ = races(wrong, count)
    assert overlaps > 0
