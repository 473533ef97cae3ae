"""Make rows from timed contenders, and tables from rows."""

import math
import statistics
from operator import attrgetter

from fastconv.planner.text import aligned, number_text, seconds_text

from . import machine

#: contenders of fastconv. Each is compared with peers that have at most the same advantages:
#: (a prepared weight, a preallocated result)
MODES = {"eager": (False, False), "out": (False, True), "plan": (True, True)}

#: verdicts on the error of a result, from best to worst
VERDICTS = ("", "inaccurate", "wrong")


def row(case, threads, plan, contenders, minima=False):
    """Return one row of the report as a dict that can be written as JSON.

    Parameters
    ----------
    case : Case
    threads : int
    plan : Plan
    contenders : list of Contender
        Contenders that were checked and timed.
    minima : bool
        Whether ratios are of minima rather than medians.
    """
    time = attrgetter("least" if minima else "median")
    ours = {c.name: c for c in contenders if c.ours}
    peers = [c for c in contenders if not c.ours]
    return {
        "problem": case.key,
        "remark": case.remark,
        "source": case.source,
        "group": case.group,
        "threads": threads,
        "algorithm": plan.algorithm,
        "predicted_seconds": plan.predicted_seconds,
        "ours": {name: _timed(c) for name, c in ours.items()},
        "peers": [
            {"name": c.name, "library": c.library, "prepared": c.prepared,
             "preallocated": c.preallocated, **_timed(c)}
            for c in peers
        ],
        "ratios": {
            name: _ratio(ours[name], peers, time, *flags)
            for name, flags in MODES.items()
            if name in ours
        },
        **_share(case, threads, ours["plan"]),
    }


def _timed(c):
    """Return times and error of a contender as a dict."""
    return {"median": c.median, "least": c.least, "error": c.error, "verdict": c.verdict}


def _ratio(ours, peers, time, prepared, preallocated):
    """Return the time of the best comparable peer divided by ours, and the name of the peer.

    Parameters
    ----------
    ours : Contender
    peers : list of Contender
    time : callable
        ``time(contender)`` returns its time.
    prepared, preallocated : bool
        Whether peers may have a prepared weight, or a preallocated result.
    """
    fair = [
        c
        for c in peers
        if c.verdict != "wrong" and c.prepared <= prepared and c.preallocated <= preallocated
    ]
    if not fair:
        return None
    best = min(fair, key=time)
    return {"ratio": time(best) / time(ours), "peer": best.label}


def _share(case, threads, contender):
    """Return the limit that is reached first, and the share of it that a contender reaches.

    The limits are the multiply-adds at the peak rate, and the bytes of all arrays at the bandwidth
    of a copy.
    """
    p = case.problem
    memory = sum(a.nbytes for a in case.arrays.values()) + contender.result().nbytes
    limits = {"memory": memory / machine.copy_rate(threads)}
    if hasattr(p, "stencil") and p.compute in ("f32", "f64"):
        limits["fma"] = p.flops / (machine.peak_flops(p.compute) * threads)
    name = max(limits, key=limits.get)
    return {"limit": name, "share": limits[name] / contender.least}


# ----------------------------------------------------------------------------------------- tables


def table(rows, minima=False):
    """Return the table of all rows with the same number of threads, as text."""
    time = "least" if minima else "median"
    header = [
        "problem", "algorithm", "eager", "out", "plan", "x eager", "x out", "x plan", "share",
        "error", "peers",
    ]  # fmt: skip
    lines = []
    for r in rows:
        ours = r["ours"]
        wrong = max((o["verdict"] for o in ours.values()), key=VERDICTS.index)
        error = max(o["error"] for o in ours.values())
        lines.append(
            [
                r["problem"], r["algorithm"],
                *(seconds_text(ours[name][time]) if name in ours else "-" for name in MODES),
                *(_ratio_text(r["ratios"].get(name)) for name in MODES),
                f"{100 * r['share']:.0f} %{'M' if r['limit'] == 'memory' else 'F'}",
                number_text(error) + (f" {wrong.upper()}" if wrong else ""),
                ", ".join(_peer_text(p, time) for p in r["peers"]),
            ]
        )  # fmt: skip
    return aligned(header, lines, left=(0, 1, 10))


def _ratio_text(ratio):
    """Return a ratio as text."""
    return "-" if ratio is None else f"{ratio['ratio']:.2f}"


def _peer_text(p, time):
    """Return name, marks, time and verdict of a peer as text."""
    marks = "*" * p["prepared"] + "+" * p["preallocated"]
    verdict = f" ({p['verdict']}, error {number_text(p['error'])})" if p["verdict"] else ""
    return f"{p['name']}{marks} {seconds_text(p[time])}{verdict}"


def summary(rows):
    """Return a table with geometric mean, 10th percentile and worst of each ratio, per class."""
    groups = {}
    for r in rows:
        groups.setdefault(r["group"], []).append(r)
    if len(groups) > 1:
        groups["all"] = rows
    header = ["class", "against", "rows", "mean", "P10", "worst", "", "worst problem"]
    lines = []
    for group, members in groups.items():
        for name in MODES:
            pairs = [(r["ratios"][name], r["problem"]) for r in members if r["ratios"].get(name)]
            if not pairs:
                continue
            worst, problem = min(pairs, key=lambda pair: pair[0]["ratio"])
            spread = map("{:.2f}".format, _spread([ratio["ratio"] for ratio, _ in pairs]))
            lines.append([group, name, str(len(pairs)), *spread, worst["peer"], problem])
    return aligned(header, lines, left=(0, 1, 6, 7))


def by_library(rows, minima=False):
    """Return a table with the ratios to each library per class: plain calls, then with a result.

    Parameters
    ----------
    rows : list of dict
        Rows with the same number of threads.
    minima : bool
        Whether ratios are of minima rather than medians.
    """
    time, found = "least" if minima else "median", {}
    for r in rows:
        for library in {p["library"] for p in r["peers"]}:
            for mode, (_, preallocated) in list(MODES.items())[:2]:
                peers = [
                    p[time]
                    for p in r["peers"]
                    if p["library"] == library and p["verdict"] != "wrong"
                    and not p["prepared"] and p["preallocated"] <= preallocated
                ]  # fmt: skip
                if peers and mode in r["ours"]:
                    ratio = min(peers) / r["ours"][mode][time]
                    found.setdefault((r["group"], library, mode), []).append(ratio)
    lines = []
    for (group, library, mode), values in sorted(found.items()):
        spread = map("{:.2f}".format, _spread(values))
        lines.append([group, library, mode, str(len(values)), *spread])
    return aligned(["class", "library", "", "rows", "mean", "P10", "worst"], lines, left=(0, 1, 2))


def _spread(values):
    """Return geometric mean, 10th percentile and least of ratios."""
    values = sorted(values)
    low = values[max(0, math.ceil(len(values) / 10) - 1)]
    return statistics.geometric_mean(values), low, values[0]


def machine_lines(description):
    """Return lines of text with CPU, ISA, versions and missing libraries."""
    d = description
    versions = ", ".join(f"{name} {v}" for name, v in d["versions"].items())
    lines = [f"{d['cpu']}, {d['isa']}, Python {d['python']}, {versions}"]
    if d["missing"]:
        lines.append(f"missing: {', '.join(d['missing'])} ({machine.HOW_TO_INSTALL})")
    if not d["blas_bound"]:
        lines.append("threads of NumPy's BLAS are not bound: pip install threadpoolctl")
    return lines


LEGEND = (
    "eager, out, plan: fastconv called plainly, with out=, as a plan with out=. x: time of the "
    "best peer / ours; eager only against plain calls, out also against + (result preallocated), "
    "plan against all, * (weight prepared, other layout, or model compiled) too. share: of the "
    "multiply-add peak (F) or of copy bandwidth (M), whichever binds, by the fastest plan call."
)
