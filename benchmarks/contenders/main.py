"""The command line of benchmarks/peers.py."""

import argparse
import json
import sys
from pathlib import Path

from . import (
    cases,
    drawn,
    drawn_filters,
    gpu,
    machine,
    ours,
    remote,
    report,
    timing,
    truth,
)


def main(argv=None):
    args = _arguments(argv)
    if args.set == "gpu":
        return gpu.main(args)
    result = {
        "set": _name(args), **machine.describe(), "limits": {},
        "rows": [], "failures": [],
    }  # fmt: skip
    print(*report.machine_lines(result), sep="\n")
    problems = _problems(args)
    if not problems:
        sys.exit(f"no problem of {result['set']} has {args.filter!r} in its key or comment")
    try:
        _run(problems, args, result)
    except KeyboardInterrupt:
        print("interrupted; results so far:", file=sys.stderr)
    _print(result, args)
    if args.json:
        args.json.write_text(json.dumps(result, indent=1) + "\n")


def _arguments(argv):
    parser = argparse.ArgumentParser(
        prog="peers.py", description="fastconv against other libraries."
    )
    parser.add_argument("--set", choices=list(cases.SETS))
    parser.add_argument("--random", type=int, metavar="N", help="N layers drawn at random; with "
                        "--set integers: N filters and pictures")  # fmt: skip
    parser.add_argument("--seed", type=int, default=0, help="of --random")
    parser.add_argument("--plans", action="store_true", help="only plans, and peers that prepare "
                        "their weights as well")  # fmt: skip
    parser.add_argument("--alone", action="store_true", help="each library in a process of its "
                        "own, for several threads")  # fmt: skip
    parser.add_argument("--processor-time", action="store_true", help="time of the processor "
                        "instead of the clock's, for one thread beside other programs")  # fmt: skip
    parser.add_argument("--libraries", type=lambda text: text.split(","), metavar="NAMES",
                        help="only peers whose names begin so, for instance opencv,scipy, and a "
                        "table of each")  # fmt: skip
    parser.add_argument("--cold", action="store_true", help="empty the caches before every call")
    parser.add_argument("--threads", type=_numbers, default=(1,), help="for instance 1,2")
    parser.add_argument("--filter", metavar="TEXT", help="only problems with TEXT in the key, "
                        "the comment or the name of the file")  # fmt: skip
    parser.add_argument("--limit", type=int, metavar="N", help="at most N problems, evenly spread")
    parser.add_argument("--dtype", choices=("f32", "f64"), help="all problems in this dtype")
    parser.add_argument("--time-limit", type=float, default=3.0, metavar="SECONDS",
                        help="for timing one problem on one number of threads")  # fmt: skip
    parser.add_argument("--minima", action="store_true", help="show and compare minima instead of "
                        "medians, on a machine that is busy with other things")  # fmt: skip
    parser.add_argument("--json", type=Path, metavar="FILE")
    args = parser.parse_args(argv)
    if args.processor_time and args.threads != (1,):
        parser.error("--processor-time adds the time of all threads: give --threads 1")
    if args.set is None and args.random is None:
        parser.error("one of --set and --random is needed")
    if args.random is not None and args.set not in (None, "integers"):
        parser.error(f"--random draws layers, or filters of --set integers, not of {args.set}")
    return args


def _name(args):
    """Return the name of the problems that the command line asks for."""
    if args.random is None:
        return args.set
    return f"{'layers' if args.set is None else 'filters'} of seed {args.seed}"


def _problems(args):
    """Return (key, comment, file or class) of the problems that the command line asks for."""
    if args.random is None:
        return cases.select(args.set, args.filter, args.limit, args.dtype)
    if args.set == "integers":
        rows = drawn_filters.filters(args.random, args.seed)
    else:
        rows = drawn.layers(args.random, args.seed, args.dtype or "f32")
    rows = [row for row in rows if args.filter is None or args.filter in " ".join(row)]
    return rows[: args.limit]


def _numbers(text):
    return tuple(int(n) for n in text.split(","))


def _run(problems, args, result):
    """Compare all problems, and add a row for each to `result`."""
    with remote.libraries(args.alone, args.libraries) as libraries:
        for done, (key, remark, source) in enumerate(problems):
            case = cases.case(key, remark, source)
            exact = truth.truth(case)
            for threads in args.threads:
                if sys.stderr.isatty():
                    print(f"\r{done + 1}/{len(problems)} {key}\033[K", end="", file=sys.stderr)
                with machine.limited(threads, () if args.alone else machine.PEERS):
                    row = compared(case, exact, threads, args, result["failures"], libraries)
                result["rows"].append(row)
                result["limits"][str(threads)] = {"copy_rate": machine.copy_rate(threads)}
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr)


def compared(case, exact, threads, args, failures, libraries=None):
    """Check and time all contenders of a case, and return its row.

    Parameters
    ----------
    case : Case
    exact : Truth
        The expected result.
    threads : int
    args : Namespace
        The arguments of the command line.
    failures : list of dict
        List to which contenders are added that raise an error.
    libraries : sequence, optional
        What `remote.libraries` gives; the modules of this process by default.
    """
    contenders = []
    for library in remote.installed() if libraries is None else libraries:
        contenders += _of_library(library, case, threads, failures)
    if args.plans:
        contenders = [c for c in contenders if c.prepared]
    checked = []
    for c in contenders:
        try:
            value = c.result()
        except Exception as error:  # record the failure of a peer and go on
            if c.ours:
                raise
            failures.append({"problem": case.key, "peer": c.name, "error": str(error)[:300]})
            continue
        c.error = exact.error(value)
        c.verdict = exact.verdict(c.error)
        checked.append(c)
    clock = "process_time" if args.processor_time else "perf_counter"
    timing.take_turns(checked, args.time_limit, args.cold, clock)
    return report.row(case, threads, ours.plan_of(case), checked, args.minima)


def _of_library(peer, case, threads, failures):
    """Return the contenders of one library, or none if it is a peer that raises an error."""
    try:
        found = list(peer.contenders(case, threads))
        for contender in found:
            contender.library = peer.NAME
        return found
    except Exception as error:
        if peer.NAME == ours.NAME:
            raise
        failures.append({"problem": case.key, "peer": peer.NAME, "error": str(error)[:300]})
        return []


def _print(result, args):
    """Print the tables of all numbers of threads."""
    result["limits"]["peak_flops"] = {d: machine.peak_flops(d) for d in ("f32", "f64")}
    for n in args.threads:
        rows = [r for r in result["rows"] if r["threads"] == n]
        if not rows:
            continue
        peaks = [result["limits"]["peak_flops"][d] * n / 1e9 for d in ("f32", "f64")]
        print(
            f"\nthreads {n}: peak {peaks[0]:.0f} GFLOP/s f32, {peaks[1]:.0f} f64, "
            f"copy {machine.copy_rate(n) / 1e9:.1f} GB/s"
        )
        print(report.table(rows, args.minima), report.summary(rows), sep="\n\n")
        if args.libraries:
            print("\n" + report.by_library(rows, args.minima))
    print(f"\n{report.LEGEND}")
    for failure in {(f["peer"], f["error"]): f for f in result["failures"]}.values():
        print(f"not run: {failure['peer']} on {failure['problem']}: {failure['error']}")
