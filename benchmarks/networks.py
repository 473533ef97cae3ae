"""Time whole networks, in turns, and check every result.

    python benchmarks/networks.py [NAME ...] --threads 1,2 --batch 1,8
    python benchmarks/networks.py --layers resnet50

The names are those of `benchmarks/classifiers.py`, and with the prefix ``light_`` those of
`benchmarks/light_networks.py`. Contenders are fastconv, and those of `benchmarks/network_peers.py`
that are installed. Results are compared with those of the same network in float64. ``--layers``
shows the time of each layer in its network and alone in a loop, and its share of the multiply-add
peak: Winograd's products are fewer than those that are counted.
"""

import argparse
import functools
import json
import os
import sys
import tempfile
import time
from pathlib import Path

if __name__ == "__main__":
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np

from benchmarks.alone import Alone

#: seconds of pause before a burst of a contender, whose idle threads would take time from the next
PAUSE = 0.03


def model_of(name, batch):
    """Return a network by its name."""
    from benchmarks import classifiers, light_networks

    if name.startswith("light_"):
        return light_networks.network(name.removeprefix("light_"), batch)
    return classifiers.network(name, batch)


def in_float64(model):
    """Return a copy of a model that computes in float64."""
    import onnx
    from onnx import TensorProto, numpy_helper

    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    for tensor in copy.graph.initializer:
        if tensor.data_type == TensorProto.FLOAT:
            wide = numpy_helper.to_array(tensor).astype(np.float64)
            tensor.CopyFrom(numpy_helper.from_array(wide, tensor.name))
    for value in (*copy.graph.input, *copy.graph.output):
        value.type.tensor_type.elem_type = TensorProto.DOUBLE
    return copy


def ours(model, threads):
    """Return a call of fastconv."""
    import fastconv.onnx

    return fastconv.onnx.load(model, num_threads=threads)


class Contender:
    """A network in one library.

    Parameters
    ----------
    library : str
        "fastconv", or a name of `network_peers.PEERS`.
    name, batch : str, int
        The network, as `model_of` takes it.
    threads : int
    """

    def __init__(self, library, name, batch, threads):
        from benchmarks import network_peers

        model = model_of(name, batch)
        self.x = noise(model)
        self.call = {"fastconv": ours, **network_peers.PEERS}[library](model, threads)

    def result(self):
        return self.call(self.x)

    def seconds(self, clock):
        return seconds_of(self.call, self.x, clock)

    def nbytes(self):
        return self.call.nbytes


def contenders(libraries, alone, *network):
    """Return a contender for each library that is installed, in processes if they are `alone`."""
    found = {}
    for library in libraries:
        try:
            make = functools.partial(Alone, Contender) if alone else Contender
            found[library] = make(library, *network)
        except ImportError as error:
            print(f"{library} takes no part: {error}")
    return found


def noise(model):
    """Return an image for a network."""
    shape = tuple(d.dim_value for d in model.graph.input[0].type.tensor_type.shape.dim)
    return np.random.default_rng(1).standard_normal(shape).astype(np.float32)


def seconds_of(call, x, clock):
    """Return the seconds of a call by the clock of this name in the module time."""
    clock = getattr(time, clock)
    time.sleep(PAUSE)
    call(x)
    start = clock()
    call(x)
    return clock() - start


def measured(timers, rounds, choose=np.median):
    """Return what functions that time contenders return, in turns; `choose` takes one sample."""
    samples = {name: [] for name in timers}
    for _ in range(rounds):
        for name, timer in timers.items():
            samples[name].append(timer())
    return {name: float(choose(seconds)) for name, seconds in samples.items()}


def compared(name, batch, threads, rounds, checked, peers, alone, clock, choose):
    """Time one network and return a row of the table."""
    import fastconv.onnx
    from benchmarks import network_peers

    found = contenders(["fastconv", *peers], alone, name, batch, threads)
    row = {"network": name, "batch": batch, "threads": threads}
    if checked:
        model = model_of(name, batch)
        whole = fastconv.onnx.load(in_float64(model), accuracy="high")
        exact = whole(noise(model).astype(np.float64))
        errors = {n: network_peers.relative_error(c.result(), exact) for n, c in found.items()}
        wrong = [n for n, error in errors.items() if not error < 1e-3]
        if wrong:
            raise SystemExit(f"{name}: wrong results of {', '.join(wrong)}: {errors}")
        row["error"] = errors
    timers = {n: functools.partial(c.seconds, clock) for n, c in found.items()}
    row["seconds"] = measured(timers, rounds, choose)
    row["bytes"] = found["fastconv"].nbytes()
    for contender in found.values() if alone else ():
        contender.close()
    return row


def line_of(row):
    """Return a row as text."""
    times = row["seconds"]
    peers = [s for name, s in times.items() if name != "fastconv"]
    ratio = f"{min(peers) / times['fastconv']:.2f}" if peers else "-"
    cells = "".join(f"{name} {s * 1e3:8.2f} ms   " for name, s in times.items())
    error = row.get("error", {}).get("fastconv")
    return (
        f"{row['network']:18s} batch {row['batch']} threads {row['threads']}   {cells}"
        f"best peer / fastconv {ratio}" + ("" if error is None else f"   error {error:.1e}")
    )


def table_of(rows):
    """Return the rows of one batch size and number of threads as a table in Markdown."""
    names = list(dict.fromkeys(name for row in rows for name in row["seconds"]))
    lines = ["| network | " + " | ".join(names) + " | best peer / fastconv |"]
    lines.append("|---" * (len(names) + 2) + "|")
    for row in rows:
        times = row["seconds"]
        cells = [f"{times[n] * 1e3:.3g}" if n in times else "-" for n in names]
        best = min((s for n, s in times.items() if n != "fastconv"), default=float("nan"))
        cells.append(f"{best / times['fastconv']:.2f}")
        lines.append(f"| {row['network']} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def layers(name, threads):
    """Print the time of each layer in place and alone, and the sums of ONNX Runtime."""
    import fastconv.onnx
    from benchmarks import peak
    from fastconv import config

    model = model_of(name, 1)
    net = fastconv.onnx.load(model, num_threads=threads)
    (x,) = net.noise()
    table = net.profile(x, repeat=9)
    alone = net.times_alone(x)
    rate = peak.flops(config.current_isa(), "f32") / 2 * threads
    print(f"{'layer':34s}{'output':>16s}{'algorithm':>16s}{'in place':>10s}{'alone':>10s}  of peak")
    for row, seconds in zip(table.rows, alone, strict=True):
        work = row["multiply_adds"]
        share = f"{100 * work / row['seconds'] / rate:5.0f} %" if work else ""
        label = f"{row['op']} {' '.join(row['fused'])}"
        print(
            f"{label[:33]:34s}{'x'.join(map(str, row['output'] or ())):>16s}"
            f"{row['algorithm']:>16s}{row['seconds'] * 1e3:10.3f}{seconds * 1e3:10.3f}  {share}"
        )
    whole = table.to_dict()["seconds"]
    print(f"sum {whole * 1e3:.2f} ms in place, {sum(alone) * 1e3:.2f} ms alone")
    try:
        print(peer_profile(model, threads, x))
    except ImportError:
        print("onnxruntime is not installed")


def peer_profile(model, threads, x, repeat=5):
    """Return the time that ONNX Runtime spends in each kind of operation, as text."""
    from benchmarks import network_peers

    with tempfile.TemporaryDirectory() as folder:
        session, name = network_peers.onnx_runtime(model, threads, str(Path(folder) / "ort"))
        for _ in range(repeat + 1):
            session.run(None, {name: x})
        events = json.loads(Path(session.end_profiling()).read_text())
    sums = {}
    for event in events:
        if event.get("cat") == "Node" and event["name"].endswith("_kernel_time"):
            op = event["args"].get("op_name", "?")
            sums[op] = sums.get(op, 0) + event["dur"] / 1e3 / (repeat + 1)
    lines = [f"{op:30s}{ms:10.3f} ms" for op, ms in sorted(sums.items(), key=lambda s: -s[1])]
    return "\n".join(["ONNX Runtime:", *lines, f"sum {sum(sums.values()):.2f} ms"])


def main(words=None):
    """Print a table."""
    from benchmarks.classifiers import NETWORKS

    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("names", nargs="*")
    arguments.add_argument("--threads", default="1")
    arguments.add_argument("--batch", default="1")
    arguments.add_argument("--rounds", type=int, default=7)
    arguments.add_argument(
        "--peers", default="onnxruntime,openvino,torch", help="also: torch_compile"
    )
    arguments.add_argument("--layers", metavar="NETWORK")
    arguments.add_argument("--unchecked", action="store_true", help="skip the check in float64")
    arguments.add_argument(
        "--alone", action="store_true",
        help="each library in a process of its own, for several threads",
    )  # fmt: skip
    arguments.add_argument(
        "--processor-time", action="store_true",
        help="time of the processor instead of the clock's, for one thread beside other programs",
    )  # fmt: skip
    arguments.add_argument(
        "--least", action="store_true",
        help="the least time instead of the median, for several threads beside other programs",
    )  # fmt: skip
    arguments.add_argument("--markdown", action="store_true", help="print tables at the end")
    arguments.add_argument("--json", metavar="FILE")
    given = arguments.parse_args(words)
    threads = [int(n) for n in given.threads.split(",")]
    if given.processor_time and threads != [1]:
        raise SystemExit("--processor-time adds the time of all threads: give --threads 1")
    clock = "process_time" if given.processor_time else "perf_counter"
    if given.layers:
        layers(given.layers, threads[0])
        return
    rows = []
    for count in threads:
        for batch in (int(n) for n in given.batch.split(",")):
            for name in given.names or NETWORKS:
                row = compared(
                    name, batch, count, given.rounds, not given.unchecked, given.peers.split(","),
                    given.alone, clock, min if given.least else np.median,
                )  # fmt: skip
                print(line_of(row), flush=True)
                rows.append(row)
    for count in threads if given.markdown else ():
        for batch in sorted({row["batch"] for row in rows}):
            chosen = [r for r in rows if (r["threads"], r["batch"]) == (count, batch)]
            print(f"\nthreads {count}, batch {batch}\n\n{table_of(chosen)}")
    if given.json:
        Path(given.json).write_text(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()
