"""One writer of an environment's tables: a lease, kept as an object of the curated bucket.

The object `_lease/<schema prefix>.json` is written under conditions that S3 keeps: by a first
holder only if there is none, by every later one only if it is still what was read. How old it is S3
says too, so no two clocks are compared. A holder renews it; one that cannot for a minute ends its
run itself, two minutes before another may take the lease over.
"""

from __future__ import annotations

import getpass
import json
import os
import random
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from lakehouse.aws import AwsClients, aws_errors, bucket_and_key
from lakehouse.errors import AwsError, LeaseHeldError, LeaseLostError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

# As profiles.yml has them.
_CURATED = "s3://lakehouse-dev-curated/wh"
_SCHEMA_PREFIX = "lakehouse_dev"
_HINT = "; the lease needs s3:GetObject and s3:PutObject there"
# Answers of S3 to a condition: another was faster, or is at it at this moment.
_NOT_AS_READ = ("PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey")
_TRIES = 50
# By these a run is told to end: a stop, a shutdown, a terminal that is closed.
_TOLD_TO_END = (signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True)
class Pace:
    """The times of a lease, in seconds.

    Attributes:
        ttl: of a lease that is not renewed; grace: on top of it until another takes it over.
        renew_every: between two renewals; retry_every: after one that failed.
        give_up_after: without a renewal, when the holder ends its run.
        end_within: from then until its process is ended, should the run not have ended.
    """

    ttl: float = 120
    grace: float = 60
    renew_every: float = 30
    retry_every: float = 5
    give_up_after: float = 60
    end_within: float = 30


@dataclass(frozen=True)
class Holder:
    """Who writes, as the object says it.

    Attributes:
        run: no other has it, nor will.
        acquired: UTC, as text; for people.
        renewed: how often, so that no two writes are equal, and S3 does not take them for one.
        is_released: it was given back, and is free.
    """

    owner: str
    run: str
    host: str
    acquired: str
    ttl: float
    renewed: int = 0
    is_released: bool = False


@dataclass(frozen=True)
class Found:
    """The object as it was read; its age in seconds, by S3's clock."""

    holder: Holder
    etag: str
    age: float

    def is_free(self, pace: Pace) -> bool:
        return self.holder.is_released or self.age > self.holder.ttl + pace.grace


@dataclass(frozen=True)
class LeaseObject:
    """Reads and writes the object; AwsError if that is not allowed or does not work."""

    bucket: str
    key: str
    s3: S3Client

    @property
    def uri(self) -> str:
        return f"s3://{self.bucket}/{self.key}"

    def read(self) -> Found | None:
        """The object, or None if there is none."""
        with aws_errors(self.uri, _HINT):
            try:
                answer = self.s3.get_object(Bucket=self.bucket, Key=self.key)
            except ClientError as err:
                if err.response["Error"]["Code"] != "NoSuchKey":
                    raise
                return None
            now = parsedate_to_datetime(answer["ResponseMetadata"]["HTTPHeaders"]["date"])
            return Found(
                holder=Holder(**json.loads(answer["Body"].read())),
                etag=answer["ETag"],
                age=(now - answer["LastModified"]).total_seconds(),
            )

    def write(self, holder: Holder, *, instead_of: str | None) -> str | None:
        """Write the object if it still is what was read.

        Args:
            instead_of: its ETag, or None where there was none.
        Returns: the new ETag; None if it is not as it was read any more.
        """
        condition: dict[str, Any] = (
            {"IfNoneMatch": "*"} if instead_of is None else {"IfMatch": instead_of}
        )
        body = json.dumps(asdict(holder)).encode()
        with aws_errors(self.uri, _HINT):
            try:
                return self.s3.put_object(Bucket=self.bucket, Key=self.key, Body=body, **condition)[
                    "ETag"
                ]
            except ClientError as err:
                if err.response["Error"]["Code"] not in _NOT_AS_READ:
                    raise
        # A write whose answer was lost, and which the client sent again, was ours.
        found = self.read()
        return found.etag if found and found.holder == holder else None


def lease_object(environment: Mapping[str, str]) -> LeaseObject:
    """The lease of the environment that the settings name."""
    from botocore.config import Config

    curated = environment.get("LAKEHOUSE_CURATED") or _CURATED
    prefix = environment.get("LAKEHOUSE_SCHEMA_PREFIX") or _SCHEMA_PREFIX
    # One that waits longer for an answer would learn too late that it is no holder any more.
    quick = Config(connect_timeout=5, read_timeout=5, retries={"total_max_attempts": 2})
    return LeaseObject(
        bucket=bucket_and_key(curated)[0],
        key=f"_lease/{prefix}.json",
        s3=AwsClients(curated, {"config": quick}).s3(),
    )


def new_holder(environment: Mapping[str, str], *, run: str, pace: Pace) -> Holder:
    """This process as a holder."""
    return Holder(
        owner=environment.get("CODEBUILD_BUILD_ID") or _user(),
        run=run,
        host=socket.gethostname(),
        acquired=datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S"),
        ttl=pace.ttl,
    )


def take(
    lease: LeaseObject,
    holder: Holder,
    *,
    pace: Pace,
    pause: Callable[[float], object] = time.sleep,
) -> str:
    """Take the lease; returns the ETag of the object.

    Raises: LeaseHeldError if another has it; AwsError if S3 cannot be asked.
    """
    for _ in range(_TRIES):
        found = lease.read()
        if found is not None and not found.is_free(pace):
            raise LeaseHeldError(said_of(found, lease))
        etag = lease.write(holder, instead_of=found.etag if found else None)
        if etag is not None:
            return etag
        pause(random.uniform(0, 0.2))
    raise LeaseHeldError(f"{lease.uri}: others are taking the lease at this moment; try again")


def said_of(found: Found, lease: LeaseObject) -> str:
    """Who holds the lease, since when, and what to do."""
    holder = found.holder
    return (
        f"the tables of {lease.key.removeprefix('_lease/').removesuffix('.json')} are being "
        f"written by {holder.owner} on {holder.host}, run {holder.run}, since {holder.acquired} "
        f"UTC (heard of {found.age:.0f} s ago); run again when it is done: lakehouse lease status"
    )


class Keeper:
    """Renews a lease from a thread of its own, until it is told to stop or has lost it.

    Args:
        etag: of the object when it was taken, after `taken_at` of the clock.
        on_loss: called once, with the reason, when the lease must be taken for lost.
        clock: seconds that pass; wait: waits that long for an event.
    """

    def __init__(
        self,
        lease: LeaseObject,
        holder: Holder,
        etag: str,
        *,
        taken_at: float,
        pace: Pace,
        on_loss: Callable[[str], None],
        clock: Callable[[], float] = time.monotonic,
        wait: Callable[[threading.Event, float], bool] = threading.Event.wait,
    ) -> None:
        self.lost: str | None = None
        self._lease, self._holder, self._etag = lease, holder, etag
        self._heard_at, self._pace = taken_at, pace
        self._on_loss, self._clock, self._wait = on_loss, clock, wait
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self.keep, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Give the lease back, unless it is lost; where that fails its time will end it."""
        self.end()
        self._thread.join()
        self.release()

    def end(self) -> None:
        """Have `keep` return when it looks next."""
        self._is_over.set()

    def release(self) -> None:
        """Give the lease back, after `keep` has returned."""
        if self.lost is None:
            with suppress(AwsError):
                released = replace(self._holder, is_released=True)
                self._lease.write(released, instead_of=self._etag)

    def keep(self) -> None:
        """Renew until the end, or until the lease is lost."""
        pause = self._pace.renew_every
        while not self._wait(self._is_over, pause):
            asked_at = self._clock()
            try:
                is_ours = self._renew()
            except AwsError as err:
                silent = self._clock() - self._heard_at
                if silent >= self._pace.give_up_after:
                    return self._lose(f"it could not be renewed for {silent:.0f} s ({err})")
                pause = min(self._pace.retry_every, self._pace.give_up_after - silent)
                continue
            if not is_ours:
                return self._lose("another run has taken it over")
            self._heard_at = asked_at
            pause = max(self._pace.renew_every - (self._clock() - asked_at), 0)

    def _renew(self) -> bool:
        """Write the object anew; False if it is another's.

        Raises: AwsError if it could not be written, though it still is ours.
        """
        for _ in range(2):
            renewed = replace(self._holder, renewed=self._holder.renewed + 1)
            etag = self._lease.write(renewed, instead_of=self._etag)
            if etag is not None:
                self._etag, self._holder = etag, renewed
                return True
            found = self._lease.read()
            if found is None or found.holder.run != self._holder.run:
                return False
            # Written by an earlier renewal whose answer was lost; it is not younger for being read.
            self._etag, self._holder = found.etag, found.holder
        raise AwsError(f"{self._lease.uri}: S3 asks to try again")

    def _lose(self, reason: str) -> None:
        self.lost = reason
        self._on_loss(reason)


@contextmanager
def held(environment: Mapping[str, str], *, run: str, pace: Pace | None = None) -> Iterator[None]:
    """Hold the environment's lease during the body.

    On a loss the main thread is interrupted as by Ctrl-C, on which dbt ends its run; a process that
    is still there after a while is ended. SIGTERM and SIGHUP interrupt too: ended at once, it would
    keep the lease, and others would wait for its time.

    Raises: LeaseHeldError before the body if another has the lease; LeaseLostError after it if the
        lease was lost meanwhile; AwsError if S3 cannot be asked; SystemExit, with the status of a
        shell, after a body that was told to end.
    """
    pace = pace or Pace()
    lease = lease_object(environment)
    holder = new_holder(environment, run=run, pace=pace)
    is_ended = threading.Event()
    told: list[int] = []

    def interrupt(_signal: int, _frame: object) -> None:
        raise KeyboardInterrupt

    def interrupt_told(number: int, _frame: object) -> None:
        told.append(number)
        # The main thread may be printing at this moment, and `print` is not to be entered twice.
        os.write(2, f"{signal.Signals(number).name}: the run ends\n".encode())
        raise KeyboardInterrupt

    def end(reason: str) -> None:
        if is_ended.is_set():
            return
        print(f"the lease is lost: {reason}; the run ends", file=sys.stderr, flush=True)
        # Sent to the thread itself, which may be waiting; SIGINT may be ignored.
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGUSR1)
        if not is_ended.wait(pace.end_within):
            os._exit(LeaseLostError.exit_code)

    taken_at = time.monotonic()
    keeper = Keeper(
        lease, holder, take(lease, holder, pace=pace), taken_at=taken_at, pace=pace, on_loss=end
    )
    before = {signal.SIGUSR1: signal.signal(signal.SIGUSR1, interrupt)}
    for number in _TOLD_TO_END:
        # Of a command behind `nohup` a closed terminal is no matter.
        if signal.getsignal(number) != signal.SIG_IGN:
            before[number] = signal.signal(number, interrupt_told)
    keeper.start()
    try:
        yield
    except KeyboardInterrupt:
        if keeper.lost is None and not told:
            raise
    finally:
        is_ended.set()
        keeper.stop()
        for number, handler in before.items():
            signal.signal(number, handler)
    if keeper.lost is not None:
        raise LeaseLostError(
            f"{lease.uri}: {keeper.lost}. What was built stays; run again, the next run repeats it"
        )
    if told:
        raise SystemExit(128 + told[0])


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "somebody without a name"
