"""Time networks of torch whose convolutions are torch's own or fastconv's, in turns.

    python benchmarks/torch_networks.py [NAME ...] --threads 1,2 --batch 1 [--compile]

The networks are those of `benchmarks/classifiers.py`, as modules of torch in eval mode, without
gradients. Contenders are torch itself, torch with everything in `channels_last`, and the network
that `fastconv.torch.replace_convolutions` returns; with ``--compile`` also what `torch.compile`
makes of the first and the last. Results are compared with those of the network in float64.
"""

import argparse
import copy
import functools
import json
import sys
from dataclasses import dataclass
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import fastconv  # first: idle threads of torch then sleep as early as those of fastconv
from benchmarks.networks import measured, seconds_of

try:
    import torch
    from torch import nn
    from torch.nn import Module
except ImportError:  # asv imports all modules of this folder
    torch, Module = None, object


class Function(Module):
    """A layer without parameters."""

    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, *inputs):
        return self.function(*inputs)


def joined(*values):
    return torch.cat(values, 1)


@dataclass(frozen=True)
class Value:
    """The output of a layer: its number, and how many channels it has."""

    number: int
    shape: tuple

    @property
    def channels(self):
        return self.shape[1]


class Builder:
    """A network in the making, with the methods of `examples.networks.builder.Builder`."""

    def __init__(self, *shape):
        self.layers, self.inputs = [], []
        self.input = Value(0, shape)

    def layer(self, module, *values):
        """Add a layer, run it on nothing but shapes, and return its output."""
        self.layers.append(module)
        self.inputs.append(tuple(v.number for v in values))
        shapes = [torch.empty(v.shape, device="meta") for v in values]
        return Value(len(self.layers), tuple(copy.deepcopy(module).to("meta")(*shapes).shape))

    def conv(self, x, features, kernel=1, stride=1, padding=0, groups=1, bias=True):
        layer = nn.Conv2d(x.channels, features, kernel, stride, padding, 1, groups, bias)
        nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
        return self.layer(layer, x)

    def batch_norm(self, x):
        return self.layer(nn.BatchNorm2d(x.channels).eval(), x)

    def activation(self, x, op="Relu"):
        return self.layer({"Relu": nn.ReLU, "Sigmoid": nn.Sigmoid}[op](), x)

    def relu(self, x):
        return self.layer(nn.ReLU(), x)

    def relu6(self, x):
        return self.layer(nn.ReLU6(), x)

    def silu(self, x):
        return self.layer(nn.SiLU(), x)

    def pool(self, x, kernel, stride, padding=0, op="MaxPool", ceil=False):
        kind = nn.MaxPool2d if op == "MaxPool" else nn.AvgPool2d
        return self.layer(kind(kernel, stride, padding, ceil_mode=ceil), x)

    def global_pool(self, x):
        return self.layer(nn.AdaptiveAvgPool2d(1), x)

    def flatten(self, x):
        return self.layer(nn.Flatten(), x)

    def linear(self, x, features):
        return self.layer(nn.Linear(x.channels, features), x)

    def concat(self, *values):
        return self.layer(Function(joined), *values)

    def add(self, x, y):
        return self.layer(Function(torch.add), x, y)

    def product(self, x, y):
        return self.layer(Function(torch.mul), x, y)


class Network(Module):
    """The layers of a builder. Results that no later layer needs are dropped at once."""

    def __init__(self, builder):
        super().__init__()
        self.layers = nn.ModuleList(builder.layers)
        self.inputs = builder.inputs
        last = {number: step for step, numbers in enumerate(self.inputs) for number in numbers}
        self.dead = [[n for n in set(numbers) if last[n] == step]
                     for step, numbers in enumerate(self.inputs)]  # fmt: skip

    def forward(self, x):
        values = {0: x}
        for step, layer in enumerate(self.layers):
            y = layer(*[values[number] for number in self.inputs[step]])
            for number in self.dead[step]:
                del values[number]
            values[step + 1] = y
        return y


def network(name, batch=1, seed=0):
    """Return a network of `benchmarks/classifiers.py` as a module of torch in eval mode."""
    from benchmarks.classifiers import NETWORKS

    torch.manual_seed(seed)
    builder = Builder(batch, 3, 224, 224)
    NETWORKS[name](builder)
    return Network(builder).eval()


def contenders(net, compiled):
    """Return the networks to compare, as functions of a contiguous input."""
    import fastconv.torch

    ours = fastconv.torch.replace_convolutions(copy.deepcopy(net))
    last = copy.deepcopy(net).to(memory_format=torch.channels_last)
    calls = {
        "torch": net,
        "torch channels_last": lambda x: last(x.contiguous(memory_format=torch.channels_last)),
        "fastconv": ours,
    }
    if compiled:
        calls["torch.compile"] = torch.compile(copy.deepcopy(net))
        calls["fastconv compiled"] = torch.compile(copy.deepcopy(ours), fullgraph=True)
    return calls


def compared(name, batch, threads, rounds, compiled, clock):
    """Time one network and return a row of the table."""
    torch.set_num_threads(threads)
    fastconv.set_num_threads(threads)
    net = network(name, batch)
    x = torch.randn(batch, 3, 224, 224)
    calls = contenders(net, compiled)
    with torch.no_grad():
        exact = copy.deepcopy(net).double()(x.double())
        scale = exact.abs().max()
        errors = {c: float((call(x) - exact).abs().max() / scale) for c, call in calls.items()}
        wrong = [c for c, error in errors.items() if not error < 1e-3]
        if wrong:
            raise SystemExit(f"{name}: wrong results of {', '.join(wrong)}: {errors}")
        timers = {c: functools.partial(seconds_of, call, x, clock) for c, call in calls.items()}
        seconds = measured(timers, rounds)
    return {
        "network": name, "batch": batch, "threads": threads, "error": errors, "seconds": seconds
    }  # fmt: skip


def line_of(row):
    """Return a row as text."""
    seconds, ours = row["seconds"], row["seconds"]["fastconv"]
    cells = "".join(f"{name} {s * 1e3:.2f} ms   " for name, s in seconds.items())
    return (
        f"{row['network']:16s} batch {row['batch']} threads {row['threads']}   {cells}"
        f"torch / fastconv {seconds['torch'] / ours:.2f}   error {row['error']['fastconv']:.1e}"
    )


def main(words=None):
    """Print a table."""
    if torch is None:
        raise SystemExit("torch is not installed: pip install 'fastconv[torch]'")
    from benchmarks.classifiers import NETWORKS

    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("names", nargs="*")
    arguments.add_argument("--threads", default="1")
    arguments.add_argument("--batch", default="1")
    arguments.add_argument("--rounds", type=int, default=7)
    arguments.add_argument("--compile", action="store_true")
    arguments.add_argument(
        "--processor-time", action="store_true",
        help="time of the processor instead of the clock's, for one thread beside other programs",
    )  # fmt: skip
    arguments.add_argument("--json", metavar="FILE")
    given = arguments.parse_args(words)
    threads = [int(n) for n in given.threads.split(",")]
    if given.processor_time and threads != [1]:
        raise SystemExit("--processor-time adds the time of all threads: give --threads 1")
    clock = "process_time" if given.processor_time else "perf_counter"
    rows = []
    for count in threads:
        for batch in (int(n) for n in given.batch.split(",")):
            for name in given.names or NETWORKS:
                row = compared(name, batch, count, given.rounds, given.compile, clock)
                print(line_of(row), flush=True)
                rows.append(row)
    if given.json:
        Path(given.json).write_text(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()
