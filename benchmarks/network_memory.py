"""Measure the memory of whole networks, each in a process of its own.

    python benchmarks/network_memory.py [NAME ...]

The names are those of `benchmarks/networks.py`. A process imports its library, reads the model from
a file and runs it twice on one thread. The table has MiB of resident memory beyond that of the
imports: the peak, and what is left at the end. Linux only, because it reads /proc.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

_CHILD = """
import sys
import numpy as np
path, library = sys.argv[1:]

def memory():
    lines = dict(line.split(":") for line in open("/proc/self/status") if "kB" in line)
    return [int(lines[name].split()[0]) / 1024 for name in ("VmHWM", "VmRSS")]

if library == "fastconv":
    import fastconv.onnx
else:
    import onnxruntime
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
x = np.zeros((1, 3, 224, 224), np.float32)
before = memory()
if library == "fastconv":
    net = fastconv.onnx.load(path, num_threads=1)
    run = lambda: net(x)
else:
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    run = lambda: session.run(None, {session.get_inputs()[0].name: x})
run(), run()
after = memory()
print(max(after[0] - before[1], 0), after[1] - before[1])
"""


def measured(path, library):
    """Return the MiB of a network at its peak, and after two calls."""
    found = subprocess.run(
        [sys.executable, "-c", _CHILD, str(path), library],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [float(word) for word in found.stdout.split()]


def main(words=None):
    """Print a table."""
    sys.path.insert(0, str(ROOT))
    import onnx

    from benchmarks.classifiers import NETWORKS
    from benchmarks.networks import model_of

    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("names", nargs="*")
    given = arguments.parse_args(words)
    print(f"{'MiB':18s}{'fastconv':>10s}{'peak':>8s}{'onnxruntime':>14s}{'peak':>8s}")
    for name in given.names or NETWORKS:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "model.onnx"
            onnx.save(model_of(name, 1), path)
            (ours, left), (peer, peer_left) = (
                measured(path, library) for library in ("fastconv", "onnxruntime")
            )
        print(f"{name:18s}{left:10.0f}{ours:8.0f}{peer_left:14.0f}{peer:8.0f}", flush=True)


if __name__ == "__main__":
    main()
