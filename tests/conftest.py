"""What several test files share."""

import pytest

import fastconv as fc
from fastconv import calls


@pytest.fixture
def always_parallel(monkeypatch):
    """Let even the smallest problems run on as many threads as they are given."""
    monkeypatch.setattr(calls, "SERIAL_BELOW", 0.0)
    fc.release_memory()
    yield
    fc.release_memory()


@pytest.fixture
def fresh_wisdom():
    """No wisdom before, none after."""
    fc.wisdom.forget()
    yield
    fc.wisdom.forget()
