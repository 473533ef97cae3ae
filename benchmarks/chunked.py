"""Time and memory of filters of arrays on disk, block by block through Dask and zarr.

    python benchmarks/chunked.py                    0.5 GB of float32, in blocks of 128^3 and 256^3
    python benchmarks/chunked.py --size full        4 GB; takes about 20 GB of disk
    python benchmarks/chunked.py --size small       some megabytes, as the tests do

Pieces of it, which add to one file, and the table of this file in Markdown:

    python benchmarks/chunked.py --size full --folder DIR --make
    python benchmarks/chunked.py --size full --folder DIR --results FILE --filters gaussian \\
        --chunks 256 --ways ours
    python benchmarks/chunked.py --results FILE --table

The script makes a volume and a signal of random numbers, and runs every filter in a process of its
own, on as many of Dask's threads as `--workers` says:

    ours      fastconv on a zarr array, into a zarr array
    peer      the same through dask-image and SciPy
    blocks    fastconv on an array of Dask in memory, into new blocks in memory
    whole     fastconv on the whole array in memory, into a new array, on as many threads

Times are seconds; blocks and whole are called once before, and the shortest of three times counts.
"peak" is the largest resident memory of the process, and "overhead" compares blocks and whole.
"""

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

import numpy as np

#: length of the volume's axes, lengths of the axes of chunks, samples of the signal and of chunks
SIZES = {
    "small": (48, (16,), 1 << 16, (1 << 13,)),
    "medium": (512, (128, 256), 1 << 27, (1 << 24,)),
    "full": (1024, (128, 256), 1 << 30, (1 << 24,)),
}
KERNEL = np.random.default_rng(1).standard_normal((7, 7, 7)).astype("f4")
TAPS = np.hanning(257).astype("f4")
FILTERS = ("gaussian", "uniform", "correlate", "maximum", "fir")
WAYS = ("ours", "peer", "blocks", "whole")
REPEATS = 3


def ours(name, x, **options):
    """Return a filter of fastconv of any kind of array."""
    from fastconv import ndimage, signal

    if name == "gaussian":
        return ndimage.gaussian_filter(x, 2, **options)
    if name == "uniform":
        return ndimage.uniform_filter(x, 7, **options)
    if name == "correlate":
        return ndimage.correlate(x, KERNEL, **options)
    if name == "maximum":
        return ndimage.maximum_filter(x, 7, **options)
    return signal.lfilter(TAPS, np.ones(1, "f4"), x, **options)


def peer(name, x):
    """Return the same filter of an array of Dask through dask-image or SciPy."""
    from dask_image import ndfilters
    from scipy import signal

    if name == "gaussian":
        return ndfilters.gaussian_filter(x, 2)
    if name == "uniform":
        return ndfilters.uniform_filter(x, 7)
    if name == "correlate":
        return ndfilters.correlate(x, KERNEL)
    if name == "maximum":
        return ndfilters.maximum_filter(x, 7)

    def filtered(block):
        return signal.oaconvolve(block, TAPS)[: len(block)].astype(block.dtype)

    return x.map_overlap(filtered, depth=((len(TAPS) - 1, 0),), boundary="none", dtype=x.dtype)


def run(name, way, source, target, workers):
    """Return seconds and peak memory of one filter in this process."""
    import dask
    import dask.array as da

    dask.config.set(scheduler="threads", num_workers=workers)
    x = da.from_zarr(source)
    if way in ("ours", "peer"):
        start = time.perf_counter()
        result = ours(name, x) if way == "ours" else peer(name, x)
        result.to_zarr(target, overwrite=True)
        seconds = time.perf_counter() - start
        shutil.rmtree(target)
    else:
        chunks, x = x.chunks, x.compute()
        if way == "blocks":
            x = da.from_array(x, chunks=chunks, name=False)
        call = {"whole": whole, "blocks": in_blocks}[way]
        call(name, x, workers)  # large pages, plans
        times = []
        for _ in range(REPEATS):
            start = time.perf_counter()
            call(name, x, workers)
            times.append(time.perf_counter() - start)
        seconds = min(times)
    unit = 1 if sys.platform == "darwin" else 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    return {"seconds": seconds, "peak": peak}


def whole(name, x, workers):
    """Return the filtered array."""
    return ours(name, x, num_threads=workers)


def in_blocks(name, x, workers):
    """Return the filtered array in blocks in memory."""
    return ours(name, x).persist(num_workers=workers)


def make(folder, size):
    """Write the volume and the signal in all chunks, and return their paths by filter and chunk."""
    import dask.array as da

    edge, edges, samples, lengths = SIZES[size]
    paths, volume, signal = {}, (edge,) * 3, (samples,)
    for shape, all_chunks, kind in ((volume, edges, "volume"), (signal, lengths, "signal")):
        for chunk in all_chunks:
            path = folder / f"{kind}-{chunk}.zarr"
            if not path.exists():
                made = da.random.default_rng(0).random(shape, chunks=chunk, dtype="f4")
                made.to_zarr(str(path))
            paths[kind, chunk] = str(path)
    return paths


def measured(name, way, source, folder, workers):
    """Return what `run` returns, from a process of its own."""
    target = str(folder / f"{name}-{way}.zarr")
    command = [sys.executable, __file__, "--run", name, way, source, target]
    done = subprocess.run(
        [*command, "--workers", str(workers)], stdout=subprocess.PIPE, text=True, check=True
    )
    return json.loads(done.stdout.splitlines()[-1])


def rows(given, folder):
    """Yield the name, the chunk and the measurements of every filter that is asked for."""
    for (kind, chunk), path in make(folder, given.size).items():
        for name in given.filters:
            if (name == "fir") == (kind == "signal") and chunk in (given.chunks or [chunk]):
                found = {
                    way: measured(name, way, path, folder, given.workers) for way in given.ways
                }
                yield name, chunk, found


def keep(path, size, name, chunk, found):
    """Add measurements to a file of results, where the best of several runs stays."""
    known = json.loads(path.read_text()) if path.exists() else {}
    known["machine"] = machine()
    row = known.setdefault("rows", {}).setdefault(f"{size} {name} {chunk}", {})
    for way, one in found.items():
        before = row.get(way, one)
        row[way] = {
            "seconds": min(before["seconds"], one["seconds"]),
            "peak": max(before["peak"], one["peak"]),
        }
    path.write_text(json.dumps(known, indent=1))


def machine():
    """Return what is said of the computer and of the libraries."""
    from fastconv import config
    from fastconv.planner.machine import cpu_model

    names = ("fastconv", "numpy", "scipy", "dask", "dask-image", "zarr")
    versions = ", ".join(f"{name} {version(name)}" for name in names)
    return f"{os.cpu_count()} CPUs of an {cpu_model()} with {config.current_isa()}; {versions}"


def table(path):
    """Return a file of results as a table in Markdown."""
    known = json.loads(path.read_text())
    order = {f"{size} {name} {chunk}": (size, name, chunk) for size, (_, edges, _, lengths)
             in SIZES.items() for name in FILTERS
             for chunk in (lengths if name == "fir" else edges)}  # fmt: skip
    lines = [
        known["machine"], "",
        "| array | filter | chunks | ours | peer | peak, ours | peak, peer | blocks | whole "
        "| overhead |", "|" + "---|" * 10,
    ]  # fmt: skip
    for key in (k for k in order if k in known["rows"]):
        size, name, chunk = order[key]
        found = known["rows"][key]
        edge, _, samples, _ = SIZES[size]
        cells = [f"{edge}^3", name, f"{chunk}^3"]
        if name == "fir":
            cells = [power(samples), name, power(chunk)]
        cells += [f"{found[way]['seconds']:.1f} s" if way in found else "" for way in WAYS[:2]]
        cells += [f"{found[way]['peak'] / 1e6:.0f} MB" if way in found else "" for way in WAYS[:2]]
        cells += [f"{found[way]['seconds']:.2f} s" if way in found else "" for way in WAYS[2:]]
        lines.append(f"| {' | '.join([*cells, overhead(found)])} |")
    return "\n".join(lines)


def power(number):
    """Return a power of two as one."""
    return f"2^{number.bit_length() - 1}"


def overhead(found):
    """Return by how much blocks take longer than the whole array."""
    if not {"blocks", "whole"} <= set(found):
        return ""
    return f"{found['blocks']['seconds'] / found['whole']['seconds'] - 1:+.0%}"


def line(name, chunk, found):
    """Return a line of the table."""
    cells = [f"{name:10s} {chunk:9d}"]
    for way in WAYS:
        if way not in found:
            cells.append(f"{'-':>9s} {'':>8s}")
            continue
        cells.append(f"{found[way]['seconds']:8.2f}s {found[way]['peak'] / 2**20:6.0f}MB")
    cells.append(f"{overhead(found):>8s}")
    return " ".join(cells)


def main(arguments=None):
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--size", choices=SIZES, default="medium")
    parser.add_argument("--workers", type=int, default=2, help="threads of Dask (2)")
    parser.add_argument("--folder", help="where to put the arrays; by default a temporary folder")
    parser.add_argument("--filters", nargs="+", choices=FILTERS, default=FILTERS)
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=WAYS)
    parser.add_argument("--chunks", nargs="+", type=int, help="lengths of chunks; all of a size")
    parser.add_argument("--results", type=Path, help="a file to which measurements are added")
    parser.add_argument("--make", action="store_true", help="write the arrays, measure nothing")
    parser.add_argument("--table", action="store_true", help="print the table of --results")
    parser.add_argument("--run", nargs=4, help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    if given.run:
        print(json.dumps(run(*given.run, given.workers)))
        return
    if given.table:
        print(table(given.results))
        return
    titles = " ".join(f"{way:>9s} {'peak':>8s}" for way in WAYS)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(given.folder or temporary)
        if given.make:
            make(folder, given.size)
            return
        print(f"{'filter':10s} {'chunk':>9s} {titles} overhead")
        for row in rows(given, folder):
            print(line(*row), flush=True)
            if given.results:
                keep(given.results, given.size, *row)


if __name__ == "__main__":
    main()
