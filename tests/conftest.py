"""Fixtures that several test files share."""

import numpy as np
import pytest

import fastconv as fc
from fastconv.calls import executor


@pytest.fixture
def always_parallel(monkeypatch):
    """Run even the smallest problems on all threads that a call asks for."""
    monkeypatch.setattr(executor, "SERIAL_BELOW", 0.0)
    fc.release_memory()
    yield
    fc.release_memory()


@pytest.fixture
def fresh_wisdom():
    """Delete all wisdom before and after the test."""
    fc.wisdom.forget()
    yield
    fc.wisdom.forget()


@pytest.fixture
def layer():
    """Return input and weight of a small layer."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal((2, 8, 12, 13)).astype("f4")
    return x, rng.standard_normal((6, 8, 3, 3)).astype("f4")
