"""Test how a network chooses its number of threads from the times of its runs."""

import pytest

pytest.importorskip("onnx", reason="the extra [onnx] is not installed")

from fastconv.onnx.pace import Pace  # noqa: E402


def simulated(seconds_of, runs, pace=None):
    """Return the threads of a number of runs, whose times ``seconds_of(run, threads)`` gives."""
    pace, used = pace or Pace(2), []
    for run in range(runs):
        threads = pace.threads()
        pace.took(threads, seconds_of(run, threads))
        used.append(threads)
    return used


def test_several_threads_where_they_are_faster():
    used = simulated(lambda run, threads: 1.0 if threads == 1 else 0.6, 50)
    assert used[2] == 1 and used.count(1) == 1


def test_one_thread_where_several_are_slower():
    used = simulated(lambda run, threads: 1.0 if threads == 1 else 3.0, 1000)
    assert used[:3] == [2, 2, 1]
    assert sum(n > 1 for n in used[100:]) <= 2 * (900 / 34 + 1)


def test_several_threads_again_when_they_are_faster_again():
    pace = Pace(2)
    simulated(lambda run, threads: 1.0 if threads == 1 else 3.0, 100, pace)
    used = simulated(lambda run, threads: 1.0 if threads == 1 else 0.6, 300, pace)
    assert set(used[40:]) == {2}
    assert pace.patience == Pace(2).patience


def test_single_slow_runs_change_nothing():
    used = simulated(lambda run, threads: 1.0 if threads == 1 else 0.5 + (run % 3 == 0), 200)
    assert used.count(1) == 1


def test_a_trial_may_begin_slowly():
    pace = Pace(2)
    simulated(lambda run, threads: 1.0 if threads == 1 else 3.0, 100, pace)
    before = [2]

    def seconds(run, threads):
        woken, before[0] = threads > 1 and before[0] == 1, threads
        return 1.0 if threads == 1 else 1.5 if woken else 0.6

    assert set(simulated(seconds, 300, pace)[40:]) == {2}


def test_one_thread_stays_one():
    pace = Pace(1)
    assert simulated(lambda run, threads: 1.0, 20, pace) == [1] * 20
