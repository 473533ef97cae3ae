"""Build networks of the book, print the shapes of their layers, and time them."""

import argparse
import time

import numpy as np

import fastconv.onnx

from . import NETWORKS


def main(names=None):
    """Run some networks, all by default."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("names", nargs="*", choices=[*NETWORKS, []], default=[])
    chosen = arguments.parse_args(names).names or list(NETWORKS)
    for name in chosen:
        build, shapes = NETWORKS[name]
        b, output = build()
        assert b.layers == shapes, f"{name}: {b.layers}"
        net = fastconv.onnx.load(b.model(output, name))
        x = np.random.default_rng(0).standard_normal(b.input.shape).astype(np.float32)
        net(x)
        start = time.perf_counter()
        y = net(x)
        seconds = time.perf_counter() - start
        print(f"{name}: {y.shape[1]} outputs in {seconds * 1e3:.1f} ms")
        for layer, shape in b.layers.items():
            print(f"    {layer:16s} {' x '.join(map(str, shape))}")


if __name__ == "__main__":
    main()
