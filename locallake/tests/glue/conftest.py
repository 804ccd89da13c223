from __future__ import annotations

import pytest
from fake_workers import Clock, FakeWorkers

from locallake.glue.sessions import SessionStore


@pytest.fixture
def workers() -> FakeWorkers:
    return FakeWorkers()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(workers: FakeWorkers, clock: Clock) -> SessionStore:
    return SessionStore(workers, now=clock)
