"""Test threads, forks, the GIL and settings of the process."""

import os
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

import fastconv as fc
from fastconv import config
from fastconv.algorithms import transforms
from fastconv.loops import scratch

RNG = np.random.default_rng(0)
X = RNG.standard_normal((2, 32, 40, 40)).astype(np.float32)
W = (RNG.standard_normal((48, 32, 3, 3)) / 17).astype(np.float32)


@pytest.mark.parametrize("algorithm", ["auto", "implicit_gemm", "fft", "naive"])
def test_same_bits_on_every_number_of_threads(algorithm):
    results = [
        fc.conv2d(X, W, padding=1, algorithm=algorithm, num_threads=n) for n in (1, 2, 3, 7, None)
    ]
    assert all(np.array_equal(results[0], r) for r in results[1:])


@pytest.mark.parametrize("algorithm", ["winograd_f2", "winograd_f4"])
@pytest.mark.parametrize("width", [40, 96, 160])
def test_fewer_rows_of_tiles_than_blocks(algorithm, width):
    """Test that no thread gets an empty block of tiles."""
    rng = np.random.default_rng(6)
    for channels, features, dilation in ((64, 64, 1), (300, 40, 1), (64, 64, 3)):
        w = rng.standard_normal((features, channels, 3, 3)).astype("f4")
        for height in (4, 10, 20):
            x = rng.standard_normal((1, channels, height, width)).astype("f4")
            call = {"padding": dilation, "dilation": dilation, "algorithm": algorithm}
            expected = fc.conv2d(x, w, num_threads=1, **call)
            for threads in (2, 3, 4, 7):
                result = fc.conv2d(x, w, num_threads=threads, **call)
                np.testing.assert_array_equal(result, expected)


@pytest.mark.parametrize("stride, dilation", [(1, 1), (1, 3), (2, 1), (3, 2)])
def test_columns_of_a_single_row_are_divided(stride, dilation):
    """Test lines with so much work per column that threads divide few of them."""
    rng = np.random.default_rng(7)
    w = rng.standard_normal((3, 20, 9)).astype("f4")
    for length in (700, 3001):
        x = rng.standard_normal((1, 20, length)).astype("f4")
        call = {"stride": stride, "dilation": dilation, "padding": 5}
        results = [fc.conv1d(x, w, algorithm="direct", num_threads=n, **call) for n in (1, 2, 3, 7)]
        for result in results[1:]:
            np.testing.assert_array_equal(result, results[0])
        expected = fc.conv1d(x, w, algorithm="naive", **call)
        np.testing.assert_allclose(results[0], expected, rtol=0, atol=2e-4)


def test_concurrent_calls():
    expected = fc.conv2d(X, W)
    wrong = []

    def work():
        for _ in range(5):
            if not np.array_equal(fc.conv2d(X, W, num_threads=2), expected):
                wrong.append(1)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_memory_is_released_while_other_threads_call():
    """Test the caches, which other threads fill and read while one empties them."""
    layers = [(X[:1, :, :n, :n], W[:m]) for n in (5, 6, 7) for m in (1, 2, 3)]
    expected = [fc.conv2d(x, w) for x, w in layers]
    faults, done = [], threading.Event()

    def work():
        while not done.is_set():
            for (x, w), y in zip(layers, expected, strict=True):
                try:
                    if not np.array_equal(fc.conv2d(x, w), y):
                        faults.append("another result")
                except Exception as error:  # noqa: BLE001 - none may come out of a thread
                    faults.append(error)

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for _ in range(100):
        fc.release_memory()
    done.set()
    for worker in workers:
        worker.join()
    assert not faults


def test_transforms_by_one_thread_where_lines_depend_on_their_neighbours(monkeypatch):
    """Test what happens on aarch64, where `scipy.fft` would give other bits to more threads."""
    expected = fc.conv2d(X, W, algorithm="fft", num_threads=2)
    asked = []

    def counted(function):
        def called(*args, workers=None, **options):
            asked.append(workers)
            return function(*args, workers=workers, **options)

        return called

    monkeypatch.setattr(transforms, "lines_are_alike", lambda: False)
    fft = transforms.scipy.fft
    for name in ("rfftn", "irfftn"):
        monkeypatch.setattr(fft, name, counted(getattr(fft, name)))
    result = fc.conv2d(X, W, algorithm="fft", num_threads=2)
    assert asked and set(asked) == {1}
    assert np.allclose(result, expected, atol=1e-5)


@pytest.mark.skipif(not getattr(sys, "_is_gil_enabled", lambda: True)(), reason="there is no GIL")
@pytest.mark.parametrize(
    "call",
    [
        lambda: fc.conv2d(X, W, algorithm="naive", num_threads=1),
        lambda: fc.conv2d(np.tile(X, (20, 1, 1, 1)), W, algorithm="implicit_gemm", num_threads=1),
        lambda: fc.max_pool2d(np.tile(X, (20, 1, 1, 1)), 7, 1, algorithm="naive", num_threads=1),
    ],
    ids=["naive", "implicit_gemm", "max_pool"],
)
def test_the_gil_is_released(call):
    """Test that another thread counts while one long call runs.

    The interpreter's switch interval is so long that the counter can start only when the call
    releases the GIL. The counter stops at its limit, so that the call can return.
    """
    call()  # plan
    ticks, ready, go = [0], threading.Event(), threading.Lock()

    def count():
        ready.set()
        with go:
            for _ in range(100_000):
                ticks[0] += 1

    go.acquire()
    counter = threading.Thread(target=count)
    counter.start()
    ready.wait()
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1000.0)
    try:
        go.release()
        before = ticks[0]
        call()
        during = ticks[0] - before
    finally:
        sys.setswitchinterval(interval)
        counter.join()
    assert during > 0


def test_scratch_returns():
    fc.conv2d(X, W)
    held = scratch.leased_bytes()
    for _ in range(20):
        fc.conv2d(X, W, num_threads=2)
    assert scratch.leased_bytes() == held == 0
    fc.release_memory()
    assert fc.conv2d(X, W).shape == (2, 48, 38, 38)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_fork_after_use():
    """Test that a child of a process with threads works, on one thread, and does not hang."""
    expected = fc.conv2d(X, W, num_threads=2)
    fc.conv2d(X, W, algorithm="naive", num_threads=2)
    plan = fc.plan("conv2d", input=X.shape, weight=W)
    planned = plan(X)  # with a prepared weight, another algorithm may be the fastest
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            calls = [fc.conv2d(X, W, num_threads=2), fc.conv2d(X, W)]
            plans = [plan(X), plan(X, num_threads=2)]
            fc.conv2d(X, W, algorithm="naive", num_threads=2)
            fc.max_pool2d(X, 2, num_threads=2)
            fc.convolve(X[0, 0], W[0, 0], num_threads=2)
            same = [np.array_equal(r, expected) for r in calls]
            same += [np.array_equal(r, planned) for r in plans]
            code = 0 if all(same) else 2
        finally:
            os._exit(code)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            assert os.waitstatus_to_exitcode(status) == 0
            break
        time.sleep(0.05)
    else:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        pytest.fail("the forked child hung")


def run(code, **environment):
    env = {
        k: v
        for k, v in os.environ.items()
        if not k.startswith(("FASTCONV_N", "FASTCONV_I", "OMP_"))
    }
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env={**env, **environment},
        timeout=60,
    )  # fmt: skip
    return done.stdout.strip(), done.stderr.strip()


SHOW = "import fastconv as fc; print(fc.get_num_threads())"


def test_default_threads_and_who_decides():
    assert run(SHOW, FASTCONV_NUM_THREADS="3", OMP_NUM_THREADS="5")[0] == "3"
    assert run(SHOW, FASTCONV_NUM_THREADS="", OMP_NUM_THREADS="5,2")[0] == "5"
    assert run(SHOW + "; fc.set_num_threads(4); print(fc.get_num_threads())", OMP_NUM_THREADS="2")[
        0
    ].split() == ["2", "4"]
    assert int(run(SHOW)[0]) >= 1


@pytest.mark.parametrize("value", ["0", "-1", "two", "1.5", "1,2", "4096"])
def test_malformed_thread_variable_names_itself(value):
    code = "import fastconv as fc; fc.get_num_threads()"
    errors = run(code, FASTCONV_NUM_THREADS=value)[1].splitlines()
    assert errors[-1].startswith("ValueError") and "FASTCONV_NUM_THREADS" in errors[-1]


def test_idle_threads_soon_sleep():
    """Test that idle threads of OpenMP sleep soon, unless the user has chosen otherwise."""
    code = "import os, fastconv as fc; print(os.environ.get('GOMP_SPINCOUNT'))"
    out, shown = run(code, OMP_DISPLAY_ENV="verbose")
    assert out == "None"
    if "GOMP_SPINCOUNT" not in shown:
        pytest.skip("this OpenMP is not GCC's, which alone shows GOMP_SPINCOUNT")
    assert "GOMP_SPINCOUNT = '5000'" in shown
    out, shown = run(code, OMP_DISPLAY_ENV="verbose", GOMP_SPINCOUNT="7")
    assert out == "7" and "GOMP_SPINCOUNT = '7'" in shown
    assert "'5000'" not in run(code, OMP_DISPLAY_ENV="verbose", OMP_WAIT_POLICY="active")[1]


def test_isa_variable():
    code = "import fastconv as fc; fc.conv1d([[1.0]], [[[1.0]]]); print(fc.config.current_isa())"
    isas = config.available_isas()
    assert run(code, FASTCONV_ISA=isas[-1])[0] == isas[-1]
    assert run(code, FASTCONV_ISA="")[0] == isas[0]
    assert "FASTCONV_ISA" in run(code, FASTCONV_ISA="mmx")[1]


def test_isa_context():
    before, slowest = config.current_isa(), config.available_isas()[-1]
    with pytest.raises(RuntimeError, match="inside"), config.isa(slowest):
        assert config.current_isa() == slowest
        raise RuntimeError("inside")
    assert config.current_isa() == before
    with pytest.raises(ValueError, match="isa"):
        config.isa("sse9")
    with pytest.raises(TypeError, match="isa"):
        config.isa(2)


def test_thread_settings():
    before = fc.get_num_threads()
    with fc.threads(3):
        assert fc.get_num_threads() == 3
        with fc.threads(1):
            assert fc.get_num_threads() == 1
        assert fc.get_num_threads() == 3
    assert fc.get_num_threads() == before
    for bad in (0, -1, 10**6):
        with pytest.raises(ValueError, match="n must be from 1 to 1024"):
            fc.set_num_threads(bad)
    for bad in (1.0, True, "2"):
        with pytest.raises(TypeError, match="n must"):
            fc.set_num_threads(bad)


def test_more_threads_than_planned_keep_the_workspace_limit():
    image, weight = np.ones((8, 64, 56, 56), np.float32), np.ones((64, 64, 3, 3), np.float32)
    limit = 4 << 20
    fc.release_memory()
    fc.conv2d(image, weight, padding=1, workspace_limit=limit, num_threads=64)
    assert 0 < scratch.kept_memory() <= 1.25 * limit  # blocks are at most a quarter larger


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="affinities are Linux's")
@pytest.mark.parametrize("cpus", ["one", "all"])
def test_threads_that_meet_keep_their_affinity(cpus):
    code = """
import os, sys, time
from fastconv.loops.meeting import meet
others = set(os.listdir("/proc/self/task"))  # of other libraries
allowed = os.sched_getaffinity(0)
if sys.argv[1] == "one":
    allowed = {min(allowed)}
    os.sched_setaffinity(0, allowed)
for threads in (1, 2, 3, 9):
    for _ in range(3):
        time.sleep(0.001)
        meet(threads)
for task in {*os.listdir("/proc/self/task"), str(os.getpid())} - others:
    assert os.sched_getaffinity(int(task)) == allowed, task
"""
    subprocess.run([sys.executable, "-c", code, cpus], check=True, timeout=120)
