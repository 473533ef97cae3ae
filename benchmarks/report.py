"""Measure fastconv and other libraries, and write docs/measured/ (`make report`).

    python benchmarks/report.py [--minutes 18] [--threads 1,2] [--sections networks,images]
    python benchmarks/report.py --quick --out FOLDER      # one minute, to see that it runs
    python benchmarks/report.py --draw                    # pages and plots from stored rows

Each section ends when its share of the time is used up; its problems are in an order that makes any
first part of them representative. Libraries that are not installed are left out, and named. The
modules are in benchmarks/measured/.
"""

import argparse
import json
import os
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
if __name__ == "__main__":
    # as in peers.py and networks.py: idle threads of BLAS would slow down what is timed next
    os.environ.setdefault("OPENBLAS_THREAD_TIMEOUT", "20")
    sys.path.insert(0, str(ROOT))

import fastconv as fc  # noqa: E402 - after the variable is set
from benchmarks.contenders import machine  # noqa: E402
from benchmarks.measured import pages, taking  # noqa: E402
from benchmarks.measured.sections import BY_NAME, SECTIONS  # noqa: E402


def rounded(value):
    """Return a value with four significant digits in all of its numbers."""
    if isinstance(value, dict):
        return {name: rounded(v) for name, v in value.items()}
    return float(f"{value:.4g}") if isinstance(value, float) else value


def measure(section, seconds, threads, quick, busy):
    """Return what a section measures, as it is stored."""
    begin, load = time.perf_counter(), os.getloadavg()[0]
    rows = section.take(taking.Clock(seconds, busy), threads)
    return {
        "section": section.name, "date": time.strftime("%Y-%m-%d"), "quick": quick,
        "busy": busy,
        "machine": machine.describe(), "load": [round(load, 2), round(os.getloadavg()[0], 2)],
        "threads": sorted({row["threads"] for row in rows}),
        "minutes": round((time.perf_counter() - begin) / 60, 2),
        "rows": [rounded(row) for row in rows],
    }  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=18, help="for all sections (18)")
    parser.add_argument("--threads", help="numbers of threads: by default 1 and that of fastconv")
    parser.add_argument("--sections", help=f"some of {','.join(BY_NAME)}")
    parser.add_argument("--quick", action="store_true", help="one minute in all")
    parser.add_argument("--busy", action="store_true", help="least processor times instead of "
                        "medians, for one thread beside other programs")  # fmt: skip
    parser.add_argument("--draw", action="store_true", help="measure nothing")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "measured", metavar="FOLDER")
    given = parser.parse_args()
    names = given.sections.split(",") if given.sections else list(BY_NAME)
    if not set(names) <= set(BY_NAME):
        parser.error(f"--sections is {given.sections}; allowed: {', '.join(BY_NAME)}")
    threads = sorted({1, fc.get_num_threads()})
    if given.threads:
        threads = [int(n) for n in given.threads.split(",")]
    if given.busy and threads != [1]:
        parser.error("--busy adds the times of all threads: give --threads 1")
    minutes = 1 if given.quick else given.minutes
    given.out.mkdir(parents=True, exist_ok=True)
    for section in SECTIONS if not given.draw else ():
        if section.name not in names:
            continue
        seconds = 60 * minutes * section.share
        result = measure(section, seconds, tuple(threads), given.quick, given.busy)
        if not result["rows"]:
            print(f"{section.name}: nothing could be measured")
            continue
        (given.out / f"{section.name}.json").write_text(_text(result))
        print(f"\r{section.name}: {len(result['rows'])} rows in {result['minutes']} min\033[K",
              flush=True)  # fmt: skip
    pages.write(given.out)
    print(f"pages: {given.out}")


def _text(result):
    """Return a result as JSON with a line for each row, so that versions can be compared."""
    rows = ",\n".join(json.dumps(row) for row in result["rows"])
    head = json.dumps({**result, "rows": []}, indent=1)
    return head.replace('"rows": []', f'"rows": [\n{rows}\n]') + "\n"


if __name__ == "__main__":
    main()
