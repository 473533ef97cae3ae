"""Make random first calls in a child process that has little memory and little time.

    python tests/first_calls.py 20000 [--start 0] [--only 17,230]

Each call of `benchmarks.random_calls` must return what SciPy returns, with 2 GB of memory besides
its arrays, in 20 times SciPy's time plus one second. These are bounds on cliffs, no benchmark. The
system kills a call that exceeds its time, wherever it is. So no fault costs more time than that.
Times are those of the processor, so that other programs hardly disturb them.
"""

import argparse
import contextlib
import ctypes
import faulthandler
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

import fastconv as fc  # noqa: E402
from benchmarks.random_calls import random_call  # noqa: E402

#: bytes that a call may take besides its arrays
MEMORY = 2 << 30
#: bytes that a call, and all calls, may leave behind when all memory was released, as SciPy keeps
#: plans of sixteen transforms
KEPT, ALL_KEPT = 256 << 20, 1536 << 20
#: a call may take so many times SciPy's time, and so many seconds more
FACTOR, SECONDS = 20, 1.0
#: largest relative error: faults that first calls have are far larger
TOLERANCE = {"e": 5e-3, "f": 1e-4, "F": 1e-4, "d": 1e-9, "D": 1e-9}
#: how small results may be beside the image before they are taken for rounding
DERIVATIVE = 1e-2


# --------------------------------------------------------------------------------- in the child


def process_bytes(column):
    """Return the bytes of this process: 0 all of its addresses, 1 what is in memory."""
    pages = Path("/proc/self/statm").read_text().split()[column]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def released_bytes():
    """Return the bytes in memory after everything was released that can be."""
    fc.release_memory()
    ctypes.CDLL(None).malloc_trim(0)
    return process_bytes(1)


@contextlib.contextmanager
def limits(seconds, memory):
    """Limit time and memory of the block. Past its time, the process is killed."""
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    resource.setrlimit(resource.RLIMIT_AS, (process_bytes(0) + memory, hard))
    signal.setitimer(signal.ITIMER_PROF, seconds)
    signal.setitimer(signal.ITIMER_REAL, 60 + 20 * seconds)  # if it waits for ever
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
        resource.setrlimit(resource.RLIMIT_AS, (hard, hard))


def timed(function, arguments, options):
    """Return a call's result or exception, and its seconds of processor time."""
    start = time.process_time()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            result = function(*arguments, **options)
    except Exception as error:  # noqa: BLE001 - any exception is an answer
        result = error
    return result, time.process_time() - start


def fault(call, result, expected):
    """Return what is wrong with a result, or None."""
    if isinstance(expected, Exception):
        wrong = not isinstance(result, ValueError | TypeError)
        return f"SciPy raises {expected!r}, not {result!r:.200}" if wrong else None
    if scipy_reads_outside(call) and (
        isinstance(result, ValueError) or getattr(result, "shape", None) == expected.shape
    ):
        return None
    if isinstance(result, Exception):
        return f"raises {type(result).__name__}: {result!s:.200}"
    if result.shape != expected.shape or result.dtype != expected.dtype:
        given, due = ((a.shape, str(a.dtype)) for a in (result, expected))
        return f"is {given}, not {due}"
    arrays = call.arrays()
    if result.size == 0 or any(a.values == "nan" for a in arrays):
        return None
    if result.dtype.kind in "iub":
        if any(a.values == "large" for a in arrays) and not call.name.startswith("ndimage"):
            return None  # where sums overflow, SciPy's depend on its method
        unequal = result != expected
        if unequal.any() and call.name.startswith("signal"):
            unequal = result != wide_sums(call).astype(result.dtype)
        return f"{unequal.sum()} of {unequal.size} integers differ" if unequal.any() else None
    kinds = [result.dtype.char, *(np.dtype(a.dtype).char for a in arrays)]
    tolerance = max(TOLERANCE.get(kind, 0) for kind in kinds)
    if not result.any() and np.abs(expected).max() < 1e-5:
        return None  # nothing but padding under every window, and the rounding of SciPy's transform
    error = relative_error(result, expected, usual_value(call, result.size))
    return None if error <= tolerance else f"has a relative error of {error:.1e}"


def wide_sums(call):
    """Return SciPy's result for integers of 64 bits.

    Where SciPy transforms integers of fewer bits, it converts sums that do not fit to anything.
    """
    wide = [a.astype(np.int64) if isinstance(a, np.ndarray) else a for a in call.made()]
    return call.reference(*wide, **call.options)


def scipy_reads_outside(call):
    """Return whether SciPy reads in front of the image, and returns what it finds there.

    Its N-D filters do so where a window reaches over four lengths of a reflected axis.
    """
    mode = call.options.get("mode", "reflect")
    if not call.name.startswith("ndimage") or mode not in ("reflect", "grid-mirror"):
        return False
    image, *others = call.arrays()
    sizes = others[0].shape if others else np.shape(call.options.get("footprint"))
    origin = call.options.get("origin", 0)
    origins = origin if np.ndim(origin) else [origin] * len(sizes)
    axes = call.options.get("axes", range(len(image.shape)))
    lengths = [image.shape[a] for a in axes]
    reach = [n // 2 + abs(o) for n, o in zip(sizes, origins, strict=False)]
    return any(0 < 4 * n <= r for n, r in zip(lengths, reach, strict=False))


def usual_value(call, outputs):
    """Return the size that results have if their sums do not cancel out, or 0 if it is not known.

    Derivatives of an image that is smoothed to nearly one value are differences of sums as large as
    the image, whose rounding they keep: a gradient's magnitude of 1e-6 has that of float32 values
    of 1. All results of a call can be so small, however many they are. Of other sums, it takes few
    results for all of them to cancel out.
    """
    operands = [a.ravel().astype(complex) for a in call.made() if isinstance(a, np.ndarray)]
    if len(operands) == 1:
        return DERIVATIVE * float(np.abs(operands[0]).max(initial=0))
    if len(operands) != 2 or outputs >= 8:
        return 0.0
    norms = np.linalg.norm(operands[0]) * np.linalg.norm(operands[1])
    return float(norms / np.sqrt(max(a.size for a in operands)))


def relative_error(result, expected, usual):
    """Return the largest error where SciPy's result is finite.

    It is relative to the largest value, or to `usual` if that is larger.
    """
    finite = np.isfinite(expected)
    largest = max(usual, float(np.abs(expected[finite]).max(initial=0)))
    with np.errstate(all="ignore"):
        error = float(np.abs(result[finite] - expected[finite]).max(initial=0))
    return error / largest if error > 0 and largest > 0 else error


def answer(number):
    """Yield SciPy's time of a call, then ours with what is wrong."""
    call = random_call(number)
    arguments = call.made()
    expected, theirs = timed(call.reference, arguments, call.options)
    seconds = FACTOR * theirs + SECONDS
    yield {"call": str(call), "theirs": theirs, "allowed": seconds}
    function, spare = call.function(), MEMORY + getattr(expected, "nbytes", 0)
    before = released_bytes()
    with limits(seconds, spare):
        result, ours = timed(function, arguments, call.options)
    wrong = fault(call, result, expected)
    if wrong is None and ours > seconds:
        wrong = "too slow"
    nbytes = getattr(result, "nbytes", 0)
    kept = released_bytes() - before - nbytes
    if wrong is None and kept > KEPT:
        wrong = f"keeps {kept >> 20} MiB"
    yield {"ours": ours, "fault": wrong}


def work():
    """Answer the calls whose numbers come by the standard input."""
    faulthandler.enable()
    faulthandler.register(signal.SIGPROF, chain=True)  # shows where a slow call was
    fc.set_num_threads(1)
    for line in sys.stdin:
        for reply in answer(int(line)):
            print(json.dumps(reply), flush=True)
        if released_bytes() > ALL_KEPT:
            raise SystemExit("all calls together keep too much")


# -------------------------------------------------------------------------------- in the parent


class Child:
    """A process that answers calls, and is started again after it died."""

    def __init__(self):
        self.process = self.said = None

    def start(self):
        self.said = tempfile.TemporaryFile("w+")  # noqa: SIM115 - a pipe would have to be read
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "1"}
        self.process = subprocess.Popen(
            [sys.executable, __file__, "--child"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=self.said, text=True, env=environment, cwd=ROOT,
        )  # fmt: skip

    def stop(self):
        if self.process is not None:
            self.process.kill()
            self.process.communicate()
            self.said.close()
            self.process = None

    def ask(self, number):
        """Return the answer to a call: call, theirs, ours and fault."""
        if self.process is None:
            self.start()
        found = {"number": number, "fault": None}
        try:
            self.process.stdin.write(f"{number}\n")
            self.process.stdin.flush()
            for _ in range(2):
                line = self.process.stdout.readline()
                if not line:
                    raise BrokenPipeError
                found.update(json.loads(line))
        except BrokenPipeError:
            code = self.process.wait()
            self.said.seek(0)
            said = self.said.read()
            word = "too slow" if code == -signal.SIGPROF else f"the process died of {-code}"
            frames = [s.strip() for s in said.splitlines() if s.strip().startswith("File")]
            found["fault"] = f"{word}: {' < '.join(_short(f) for f in frames[:4]) or said[-300:]}"
            self.stop()
        return found


def _short(frame):
    """Return a line of a traceback without its folder."""
    _, path, rest = frame.split('"')
    return f"{Path(path).parent.name}/{Path(path).name}{rest.replace(', line ', ':')}"


def answers(numbers):
    """Yield the answers to calls, all of one child as long as it lives."""
    child = Child()
    try:
        for number in numbers:
            yield child.ask(number)
    finally:
        child.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("count", type=int, nargs="?", default=1000)
    parser.add_argument("--start", type=int, default=0)
    parser.add_argument("--only", help="numbers of calls, separated by commas")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.child:
        return work()
    numbers = range(args.start, args.start + args.count)
    if args.only:
        numbers = [int(n) for n in args.only.split(",")]
    faults, slowest, start = 0, [], time.perf_counter()
    for done, found in enumerate(answers(numbers), 1):
        ratio = found.get("ours", 0) / max(found.get("theirs", 0), 0.005)
        slowest = sorted([*slowest, (ratio, found["number"], str(found.get("call")))])[-10:]
        if found["fault"] or args.only:
            faults += found["fault"] is not None
            print(f"{found['number']}: {found.get('call')}\n    {found['fault']}; "
                  f"SciPy {found.get('theirs', 0):.3f} s, ours {found.get('ours', 0):.3f} s",
                  flush=True)  # fmt: skip
        if done % 1000 == 0:
            print(f"{done} calls, {faults} faults, {time.perf_counter() - start:.0f} s", flush=True)
    print(f"{len(numbers)} calls, {faults} faults; slowest beside SciPy:")
    for ratio, number, text in reversed(slowest):
        print(f"{ratio:7.1f}  {number}: {text}")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
