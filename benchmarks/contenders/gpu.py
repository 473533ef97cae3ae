"""The comparison ``--set gpu``: fastconv on CuPy arrays, torch.cuda (cuDNN, TF32 off) and cupyx.

All contenders run on the same stream of the same device, in turns, and are timed with CUDA events.
All algorithms of fastconv are timed too, which shows whether the cost model chose the fastest.
"""

import json
import math
import statistics
import sys
from dataclasses import replace
from functools import partial

import fastconv as fc
from fastconv.algorithms.kinds import is_filter
from fastconv.comparison.subject import public_function
from fastconv.gpu.arrays import runtime_of
from fastconv.gpu.backend import backend_of
from fastconv.planner import measure
from fastconv.planner.choose import table
from fastconv.planner.text import aligned, number_text, seconds_text

from . import cases, pytorch, truth
from .timing import Contender


def main(args):
    runtime = _runtime()
    backend = backend_of(runtime)
    print(*backend.label(), json.dumps(_versions()), sep="\n")
    result = {"set": "gpu", "device": backend.label(), "versions": _versions(), "rows": []}
    problems = cases.select(args.set, args.filter, args.limit, args.dtype)
    try:
        for key, remark, source in problems:
            row = _row(backend, cases.case(key, remark, source), args.time_limit)
            result["rows"].append(row)
            print(_line(row), flush=True)
            if args.json:
                args.json.write_text(json.dumps(result, indent=1) + "\n")
    except KeyboardInterrupt:
        print("interrupted; results so far:", file=sys.stderr)
    print(_tables(result["rows"]))


def _runtime():
    """Return the runtime of CuPy's device, or end the program if there is none."""
    try:
        import cupy

        return runtime_of(cupy.zeros(1))
    except Exception as error:  # without CuPy, driver or device, errors differ
        sys.exit(f"--set gpu needs CuPy and a CUDA device: {error}")


def _versions():
    """Return the versions of the libraries as a dict."""
    import cupy

    found = {"fastconv": fc.__version__, "cupy": cupy.__version__}
    try:
        import torch

        found |= {"torch": torch.__version__, "cudnn": torch.backends.cudnn.version()}
    except ImportError:
        pass
    return found


# ----------------------------------------------------------------------------------- contenders


def _row(backend, case, time_limit):
    """Check and time all contenders of a case, and return the row of results as a dict."""
    exact = truth.truth(case)
    on_device = replace(case, arrays={n: backend.put(a) for n, a in case.arrays.items()})
    plan, ours = _ours(backend, on_device)
    checked, failures = [], {}
    for c in (*ours, *_theirs(on_device, failures)):
        try:
            c.error = exact.error(c.result())
        except Exception as error:  # record the failure and go on
            failures[c.name] = f"{type(error).__name__}: {error}"[:200]
            continue
        c.verdict = exact.verdict(c.error)
        checked.append(c)
    calls = [c.call for c in checked]
    times = measure.time_interleaved(calls, time_limit=time_limit, backend=backend)
    predicted = {r.name: r.seconds for r in table(plan.problem, backend=backend) if r.runs}
    return {
        "problem": case.key, "remark": case.remark, "group": case.group, "auto": plan.algorithm,
        "times": {c.name: t for c, t in zip(checked, times, strict=True)},
        "errors": {c.name: c.error for c in checked},
        "verdicts": {c.name: c.verdict for c in checked if c.verdict},
        "predicted": predicted, "failures": failures,
    }  # fmt: skip


def _ours(backend, case):
    """Return the plan of the automatic choice, and the contenders of fastconv.

    These are the eager call, the plan, and a plan of every algorithm.
    """
    first = next(iter(case.arrays))
    x = case.arrays[first]
    array = partial(_first_on_host, backend)
    function = public_function(case.name)
    given = {**case.options, **case.arrays}
    plan = fc.plan(case.name, **{**case.arrays, first: x}, **case.options)
    found = [Contender("eager", lambda: function(**given), array=array, ours=True)]
    out = plan(x)
    out = out[0] if isinstance(out, tuple) else out
    found.append(Contender("plan", lambda: plan(x, out=out), array=array, ours=True))
    for candidate in table(plan.problem, backend=backend, prepared=True):
        naive = candidate.name == "naive" and candidate.seconds > 0.05
        if candidate.runs and not naive:
            forced = fc.plan(
                case.name, **{**case.arrays, first: x}, **case.options, algorithm=candidate.name
            )
            call = partial(forced, x, out=out)
            found.append(Contender(candidate.name, call, array=array, ours=True))
    return plan, found


def _first_on_host(backend, result):
    """Return a result, or the first of several, as a NumPy array."""
    return backend.get(result[0] if isinstance(result, tuple) else result)


def _theirs(case, failures):
    """Return the contenders of torch.cuda, which reads the same memory, and of cupyx."""
    found = []
    try:
        import torch

        torch.backends.cudnn.allow_tf32 = torch.backends.cuda.matmul.allow_tf32 = False
        torch.backends.cudnn.benchmark = True  # cuDNN times its algorithms and takes the fastest
        with torch.no_grad():
            found += list(pytorch.contenders(case, 1))
    except Exception as error:
        failures["torch"] = f"{type(error).__name__}: {error}"[:200]
    if is_filter(case.problem):
        found += _cupyx(case)
    return found


def _cupyx(case):
    """Yield the contenders of cupyx, CuPy's version of SciPy."""
    import cupy
    from cupyx.scipy import ndimage, signal

    p, arrays = case.problem, tuple(case.arrays.values())
    if p.op.startswith("ndimage"):
        function = getattr(ndimage, p.op.removeprefix("ndimage."))
        yield Contender("cupyx", lambda: function(*arrays, **case.options), array=cupy.asnumpy)
        return
    if set(case.options) - {"mode"} or p.op != "convolve":
        return
    mode = case.options.get("mode", "full")
    for name in ("direct", "fft"):
        call = partial(signal.convolve, *arrays, mode=mode, method=name)
        yield Contender(f"cupyx {name}", call, array=cupy.asnumpy)
    call = partial(signal.oaconvolve, *arrays, mode=mode)
    yield Contender("cupyx oaconvolve", call, array=cupy.asnumpy)


# ----------------------------------------------------------------------------------------- report

#: names of contenders of fastconv that are not algorithms
_CALLS = ("eager", "plan", "cudnn")


def _peers(row):
    """Return the times of the peers whose results are not wrong."""
    ours = {*_CALLS, *row["predicted"]}
    good = {n: t for n, t in row["times"].items() if row["verdicts"].get(n) != "wrong"}
    return {n: t for n, t in good.items() if n not in ours}


def _best_without_cudnn(row):
    """Return the name of our fastest algorithm other than cuDNN."""
    own = {n: t for n, t in row["times"].items() if n in row["predicted"] and n != "cudnn"}
    return min(own, key=own.get) if own else None


def _ratios(row):
    """Return the time of the best peer divided by ours.

    "plan" is the automatic choice, "own" our best algorithm other than cuDNN.
    """
    peers = _peers(row)
    if not peers:
        return {}
    least = min(peers.values())
    names = {"plan": "plan", "own": _best_without_cudnn(row), "cudnn": "cudnn", "eager": "eager"}
    return {k: least / row["times"][n] for k, n in names.items() if n in row["times"]}


def _line(row):
    """Return a row as text."""
    own = sorted((t, n) for n, t in row["times"].items() if n in row["predicted"])
    theirs = sorted((t, n) for n, t in _peers(row).items())
    text = [f"{n} {seconds_text(t)} ({seconds_text(row['predicted'][n])})" for t, n in own]
    peers = [f"{n} {seconds_text(t)}" for t, n in theirs]
    ratios = " ".join(f"{k} {v:.2f}" for k, v in _ratios(row).items())
    bad = [f"{n} {v.upper()} {number_text(row['errors'][n])}" for n, v in row["verdicts"].items()]
    failed = [f"{n}: {e}" for n, e in row["failures"].items()]
    lines = [f"{row['problem']}: auto {row['auto']}, x {ratios}", "  ours  " + ", ".join(text)]
    lines.append("  peers " + ", ".join(peers))
    return "\n".join([*lines, *(f"  {t}" for t in (*bad, *failed))])


def _tables(rows):
    """Return a table with the geometric mean and the worst value of each ratio, per class."""
    groups = {}
    for row in rows:
        groups.setdefault(row["group"], []).append(row)
    if len(groups) > 1:
        groups["all"] = rows
    lines = []
    for group, members in groups.items():
        ratios = [_ratios(row) for row in members]
        cells = []
        for name in ("plan", "own", "cudnn"):
            values = [r[name] for r in ratios if name in r]
            mean = math.exp(statistics.fmean(map(math.log, values))) if values else None
            cells += [f"{mean:.2f}" if values else "-", f"{min(values):.2f}" if values else "-"]
        regret = [
            row["times"]["plan"] / min(t for n, t in row["times"].items() if n in row["predicted"])
            for row in members if set(row["times"]) & set(row["predicted"])
        ]  # fmt: skip
        cells.append(f"{max(regret):.2f}" if regret else "-")
        lines.append([group, str(len(members)), *cells])
    header = [
        "class", "rows", "x plan", "worst", "x own", "worst", "x cudnn", "worst", "regret"
    ]  # fmt: skip
    return aligned(header, lines)
