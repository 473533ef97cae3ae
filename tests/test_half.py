"""Test conversions of float16, and poolings that convert channels block by block."""

import numpy as np
import pytest
from fastconv.loops.operands import ready
from oracle import assert_matches

import fastconv as fc
from fastconv import config
from fastconv.algorithms import half as blocks
from fastconv.loops import half

EVERY = np.arange(1 << 16, dtype=np.uint16).view(np.float16)


@pytest.mark.parametrize("isa", config.available_isas())
def test_every_float16(isa):
    with config.isa(isa):
        wide = half.widened(EVERY)
        back = np.empty_like(EVERY)
        half.narrow(wide, back)
    expected = EVERY.astype(np.float32)
    np.testing.assert_array_equal(wide, expected)
    np.testing.assert_array_equal(np.signbit(wide), np.signbit(expected))
    numbers = ~np.isnan(EVERY)
    np.testing.assert_array_equal(back.view(np.uint16)[numbers], EVERY.view(np.uint16)[numbers])
    np.testing.assert_array_equal(np.isnan(back), ~numbers)


@pytest.mark.parametrize("isa", config.available_isas())
def test_rounding(isa):
    """Test numbers around every float16 and every tie between two of them."""
    bits = EVERY.astype(np.float32).view(np.uint32).astype(np.int64)[:, None]
    near = np.concatenate([bits + np.arange(-2, 3), bits + 4096 + np.arange(-2, 3)])
    singles = near.astype(np.uint32).view(np.float32).ravel()
    more = np.random.default_rng(0).integers(0, 2**32, 100_000, dtype=np.uint32).view(np.float32)
    ends = np.array([65519.996, 65520.0, np.inf, -np.inf], np.float32)
    singles = np.concatenate([singles, more, ends])
    result = np.empty(singles.shape, np.float16)
    with config.isa(isa):
        half.narrow(singles, result)
    with np.errstate(all="ignore"):
        expected = singles.astype(np.float16)
    numbers = ~np.isnan(singles)
    np.testing.assert_array_equal(
        result.view(np.uint16)[numbers], expected.view(np.uint16)[numbers]
    )
    assert np.isnan(result[~numbers]).all()


@pytest.mark.parametrize("threads", [1, 3])
def test_threads_and_odd_lengths(threads):
    x = np.random.default_rng(0).standard_normal(50_001).astype("f2")
    for count in (1, 2, 15, 17, 16385, 50_001):
        wide = half.widened(x[:count], threads)
        np.testing.assert_array_equal(wide, x[:count].astype("f"))
        back = np.empty(count, "f2")
        half.narrow(wide, back, threads)
        np.testing.assert_array_equal(back, x[:count])


def test_operands_of_any_layout():
    """Test float16 arrays that are not in C order or not in native byte order."""
    x = np.random.default_rng(0).standard_normal((5, 8)).astype("f2")
    for given in (x, x.T, x[:, ::2], x.astype(">f2"), np.asfortranarray(x)):
        (result,) = ready((given,), (np.dtype(np.float32),))
        assert result.dtype == np.float32 and result.flags.c_contiguous
        np.testing.assert_array_equal(result, given.astype("f"))


CALLS = {
    "max": lambda x: fc.max_pool2d(x, 3, 2, 1),
    "indices": lambda x: fc.max_pool2d(x, 3, 2, 1, return_indices=True),
    "avg": lambda x: fc.avg_pool2d(x, 3, 1),
    "lp1": lambda x: fc.lp_pool2d(x, 1, 2),
    "lp3": lambda x: fc.lp_pool2d(x, 3, 2),
    "adaptive": lambda x: fc.adaptive_avg_pool2d(x, (3, 4)),
    "adaptive max": lambda x: fc.adaptive_max_pool2d(x, (3, 4)),
    "avg input": lambda x: fc.grad.avg_pool2d_input(x, (2, 5, 26, 38), 2),
    "max input": lambda x: fc.grad.max_pool2d_input(x, np.arange(2470).reshape(x.shape) % 988,
                                                    (2, 5, 26, 38)),
    "lp input": lambda x: fc.grad.lp_pool2d_input(x[..., :12, :18], x, 2.5, 2, 1),
    "unpool": lambda x: fc.max_unpool2d(x, np.arange(2470).reshape(x.shape) % 247, 1),
    "fold": lambda x: fc.fold(x.reshape(2, 5, -1), (13, 19), 1),
}  # fmt: skip


@pytest.mark.parametrize("size", [1, 5000, 1 << 20])
@pytest.mark.parametrize("name", CALLS)
def test_blocks_of_channels(monkeypatch, name, size):
    """Test that results do not depend on how many channels are converted together."""
    x = np.random.default_rng(0).standard_normal((2, 5, 13, 19)).astype("f2")
    monkeypatch.setattr(blocks, "_BLOCK", size)
    fc.release_memory()
    result, single = CALLS[name](x), CALLS[name](x.astype("f"))
    fc.release_memory()
    if isinstance(result, tuple):
        np.testing.assert_array_equal(result[1], single[1])
        result, single = result[0], single[0]
    assert result.dtype == np.float16
    assert_matches(result, single.astype(np.float64), dtype=np.float16)


def test_wrong_indices_are_refused():
    x, index = np.ones((1, 2, 2, 2), "f2"), np.full((1, 2, 2, 2), 16)
    with pytest.raises(ValueError, match="indices holds 16"):
        fc.grad.max_pool2d_input(x, index, (1, 2, 4, 4))
