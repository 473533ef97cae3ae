"""Test benchmarks/choices.py: random problems are valid, and the chosen algorithm is timed."""

import random

import pytest

from benchmarks import choices
from fastconv.planner.choose import choose
from fastconv.problem import parse


@pytest.mark.parametrize("dtype", ["f32", "f64"])
def test_random_keys(dtype):
    keys = [choices.random_key(random.Random(seed), dtype) for seed in range(60)]
    problems = [parse(key) for key in keys]
    assert [p.key() for p in problems] == keys
    assert {p.dims for p in problems} == {1, 2, 3} and any(p.groups > 1 for p in problems)
    assert all(min(p.output) > 0 and p.bytes < choices.MOST_BYTES for p in problems)
    assert choices.random_key(random.Random(3), dtype) == keys[3]


def test_timed_calls(monkeypatch):
    monkeypatch.setattr(choices, "SAMPLE", 1e-6)
    numbers = (choices.drawn_call(number) for number in range(40))
    calls = [c for c in numbers if c is not None and sum(a.size < 5000 for a in c.arrays()) == 2]
    for call in calls[:6]:
        times, theirs = choices.timed_call(call, 1)
        assert theirs > 0 and all(measured > 0 for _, measured in times.values())
        assert choices.regret(times) >= 1


def test_timed(monkeypatch):
    monkeypatch.setattr(choices, "SAMPLE", 1e-6)
    key = "conv2d_fwd_f32_n1_g1_c4_k8_i9x9_w3x3_s1x1_p1.1x1.1_d1x1"
    times = choices.timed(key, 1)
    assert next(iter(times)) == choose(parse(key), prepared=True).name
    assert all(predicted > 0 and measured > 0 for predicted, measured in times.values())
    assert choices.regret(times) >= 1
    assert choices.regret({"a": (1.0, 3.0), "b": (1.0, 2.0)}) == 1.5
