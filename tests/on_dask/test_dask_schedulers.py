"""Test results on Dask's schedulers: threads, processes, and two workers of `distributed`."""

import os
import signal as signals
import time

import dask
import dask.array as da
import numpy as np
import pytest

import fastconv as fc
from fastconv import ndimage, signal
from fastconv.dask.tasks import threads_of_task

RNG = np.random.default_rng(0)
IMAGE = RNG.random((120, 90))
LINE = RNG.random(5000)
CALLS = {
    "gaussian": (lambda x: ndimage.gaussian_filter(x, 2, mode="wrap"), IMAGE, 30),
    "median": (lambda x: ndimage.median_filter(x, 5), IMAGE, 40),
    "convolve": (lambda x: fc.convolve(x, np.ones((5, 4)), stride=2), IMAGE, 33),
    "resample": (lambda x: signal.resample_poly(x, 3, 5), LINE, 700),
    "layer": (lambda x: fc.conv1d(x, np.ones((4, 120, 3)), padding=1), IMAGE, 25),
}


def checked(name, **options):
    call, array, chunks = CALLS[name]
    found = call(da.from_array(array, chunks=chunks)).compute(**options)
    np.testing.assert_allclose(found, call(array), atol=1e-10)


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("scheduler", ("synchronous", "threads"))
def test_in_this_process(name, scheduler):
    checked(name, scheduler=scheduler)


def test_processes():
    with dask.config.set(scheduler="processes", num_workers=2):
        for name in CALLS:
            checked(name)


def test_one_thread_per_task(monkeypatch):
    assert threads_of_task() == 1
    given = []
    from fastconv.dask import tasks

    original = tasks.run

    def run(*args):
        given.append(args[-1])
        return original(*args)

    monkeypatch.setattr(tasks, "run", run)
    checked("gaussian", scheduler="threads")
    assert set(given) == {1} and len(given) == 12


@pytest.fixture(scope="module")
def client():
    distributed = pytest.importorskip("distributed")
    with (
        dask.config.set({"distributed.comm.timeouts.connect": "60s"}),
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=None, memory_limit=0
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client


@pytest.mark.parametrize("name", CALLS)
def test_two_workers(client, name):
    checked(name)


def test_threads_of_a_worker(client):
    def threads():
        import fastconv

        with fastconv.threads(6):
            return threads_of_task()

    assert client.submit(threads, pure=False).result() == 6  # this worker runs one task at a time


def slowly(block):
    """Take long enough that a worker is killed while it has blocks."""
    time.sleep(0.05)
    return block


def test_a_worker_dies_in_the_middle(client):
    """Test that the blocks of a worker that was killed are computed again."""
    image = da.from_array(IMAGE, chunks=15).map_blocks(slowly, dtype=IMAGE.dtype)
    blurred = ndimage.uniform_filter(ndimage.gaussian_filter(image, 2, mode="wrap"), 5)
    futures = client.compute(blurred)
    workers = client.run(os.getpid)
    deadline = time.monotonic() + 60
    while not any(client.has_what().values()):  # until some blocks are done
        assert time.monotonic() < deadline
        time.sleep(0.01)
    os.kill(next(iter(workers.values())), signals.SIGKILL)
    expected = ndimage.uniform_filter(ndimage.gaussian_filter(IMAGE, 2, mode="wrap"), 5)
    np.testing.assert_allclose(futures.result(timeout=120), expected, atol=1e-10)
    alive = client.run(os.getpid)
    assert set(alive.values()) != set(workers.values())
