"""Test that signals end long calls: what handlers do counts, and nothing is left behind."""

import json
import signal
import subprocess
import sys
import threading
from functools import cache, partial
from pathlib import Path

import interrupted
import numpy as np
import pytest
import scipy.fft
from interrupted import Alarm, alarmed
from numpy.testing import assert_allclose, assert_array_equal

import fastconv as fc
from fastconv.algorithms import transforms
from fastconv.loops import interrupt, scratch

THREADS = (1, 2)
#: loops that pass over their arrays a few times, at the speed of the memory, and never take long
PASSES = {"contained", "grad_sums", "half"}


@cache
def answers(threads):
    """Return what came of each long call on a number of threads."""
    script = Path(interrupted.__file__)
    done = subprocess.run(
        [sys.executable, script, str(threads)], capture_output=True, text=True, timeout=600
    )
    assert done.returncode == 0, done.stderr
    return {found["case"]: found for found in map(json.loads, done.stdout.splitlines())}


@pytest.mark.parametrize("threads", THREADS)
@pytest.mark.parametrize("case", interrupted.CASES)
def test_signals_end_long_calls(case, threads):
    found = answers(threads)[case]
    assert found["raised"] == "Alarm", "the call came to its end"
    assert found["leased"] == 0


def test_every_loop_asks():
    loops = Path(fc.__file__).parent / "loops"
    for path in loops.rglob("*.pyx"):
        text = path.read_text()
        if "in prange(" in text and path.stem not in PASSES:
            assert "current()" in text, f"{path.name} does not ask whether to stop"


# ------------------------------------------------------------------------ what handlers may do


@pytest.fixture(scope="module")
def slow():
    """Return a call of about half a second, and its result."""
    function, arguments, options = interrupted.CASES["direct"]()
    return partial(function, *arguments, **options), function(*arguments)


@pytest.mark.parametrize("threads", THREADS)
def test_a_handler_that_returns_changes_nothing(slow, threads):
    call, expected = slow
    seen = []
    result = alarmed(call, handler=lambda *_: seen.append(scratch.leased_bytes()),
                     num_threads=threads)  # fmt: skip
    assert len(seen) == 1 and seen[0] > 0, "the handler ran during the call"
    assert_allclose(result, expected, atol=1e-3)


@pytest.mark.parametrize("threads", THREADS)
def test_a_handler_that_convolves(slow, threads):
    call, expected = slow
    x, w = np.arange(12.0), np.ones(3)
    inner = []
    outer = alarmed(call, handler=lambda *_: inner.append(fc.convolve(x, w)), num_threads=threads)
    assert_array_equal(inner[0], np.convolve(x, w))
    assert_allclose(outer, expected, atol=1e-3)


def test_a_call_within_a_handler_can_be_ended_too(slow):
    call, expected = slow

    def outer(*_):
        with pytest.raises(Alarm):
            alarmed(call)

    assert_allclose(alarmed(call, handler=outer), expected, atol=1e-3)


def test_ignored_signals(slow):
    call, expected = slow
    assert_allclose(alarmed(call, handler=signal.SIG_IGN), expected, atol=1e-3)


def test_a_call_after_an_interrupted_one(slow):
    call, expected = slow
    out = np.full_like(expected, 7)
    with pytest.raises(Alarm):
        alarmed(call, out=out)
    assert (out == 7).any(), "the call came to its end"
    assert call(out=out) is out
    assert_allclose(out, expected, atol=1e-3)
    assert scratch.leased_bytes() == 0


def test_other_threads_are_not_ended(slow):
    call, expected = slow
    results = []
    thread = threading.Thread(target=lambda: results.append(call()))
    thread.start()
    with pytest.raises(Alarm):
        alarmed(call)
    thread.join()
    assert_allclose(results[0], expected, atol=1e-3)


def test_check_outside_of_calls():
    assert interrupt.check() is None


# ---------------------------------------------------------------------------- transforms in pieces


@pytest.mark.parametrize("pieces", [(1 << 9, 1 << 8), (1 << 6, 40)], ids=str)
@pytest.mark.parametrize("dtype", ["f4", "f8", "c8", "c16"])
@pytest.mark.parametrize(
    ("shape", "lengths", "axes"),
    [
        ((3, 5, 8, 9), (12, 10), (-2, -1)),
        ((2, 1, 20, 21), (24, 25), (-2, -1)),
        ((1, 1, 6, 7, 8), (8, 9, 10), (-3, -2, -1)),
        ((2, 3, 9, 4, 11), (9, 12), (-3, -1)),
        ((4, 2, 40, 3), (45,), (-2,)),
        ((1, 1, 700), (720,), (-1,)),
    ],
    ids=str,
)
def test_transforms_in_pieces(monkeypatch, shape, lengths, axes, dtype, pieces):
    monkeypatch.setattr(transforms, "_AT_ONCE", pieces[0])
    monkeypatch.setattr(transforms, "_PIECE", pieces[1])
    rng, real = np.random.default_rng(0), dtype[0] == "f"
    x = rng.standard_normal(shape) + (0 if real else 1j * rng.standard_normal(shape))
    x = x.astype(dtype)
    given = x.copy()
    tolerance = 1e-5 if dtype in ("f4", "c8") else 1e-13
    expected = (scipy.fft.rfftn if real else scipy.fft.fftn)(x, lengths, axes)
    spectrum = transforms.forward(x, lengths, axes, 1)
    assert_array_equal(x, given)
    assert spectrum.dtype == expected.dtype
    assert_allclose(spectrum, expected, rtol=0, atol=tolerance * np.abs(expected).max())
    turned = (scipy.fft.irfftn if real else scipy.fft.ifftn)(expected, lengths, axes)
    result = transforms.inverse(spectrum.copy(), lengths, axes, real, 1)
    assert result.dtype == turned.dtype
    assert_allclose(result, turned, rtol=0, atol=tolerance * np.abs(turned).max())
