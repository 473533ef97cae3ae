"""The command ``onnx``: run a network that is stored as an ONNX model."""

from .output import UsageError, usage
from .problems import add_threads


def add_commands(commands):
    """Add the command to the parser."""
    command = commands.add_parser(
        "onnx",
        help="run an ONNX model and show what computes its layers",
        description="Prints the layers with their algorithms, or with --profile their times too.",
    )
    command.add_argument("model")
    command.add_argument(
        "--input", action="append", default=[], metavar="FILE.npy",
        help="an input, in the order of the network; noise by default",
    )  # fmt: skip
    command.add_argument(
        "--shape", action="append", default=[], metavar="1,3,224,224",
        help="the shape of an input of noise, for inputs with free sizes",
    )  # fmt: skip
    command.add_argument("--profile", action="store_true", help="measure each layer")
    add_threads(command)
    command.set_defaults(run=_run)


def _run(arguments):
    """Run the command ``onnx``."""
    import numpy as np

    from ..onnx import load

    with usage():
        net = load(arguments.model)
        shapes = [_shape(text) for text in arguments.shape]
        arrays = [np.load(path, allow_pickle=False) for path in arguments.input]
        if shapes and arrays:
            raise UsageError("--shape is for inputs of noise; give --input or --shape")
        if not arrays:
            arrays = net.noise(*shapes)
        if arguments.profile:
            print(net.profile(*arrays))
        else:
            print(net.explain(*(np.shape(array) for array in arrays)))
        results = net(*arrays)
    print()
    results = results if isinstance(results, tuple) else (results,)
    for port, result in zip(net.outputs, results, strict=True):
        print(f"{port.name}: {_described(result)}")


def _shape(text):
    """Return a shape that is given as numbers separated by commas."""
    try:
        return tuple(int(n) for n in text.split(","))
    except ValueError:
        raise UsageError(f"--shape is {text!r}; numbers separated by commas are needed") from None


def _described(result):
    """Return shape, dtype and range of a result."""
    shape = getattr(result, "shape", None)
    if shape is None:
        return type(result).__name__
    text = f"shape {shape}, {result.dtype}"
    if result.size and result.dtype.kind in "fiu":
        text += f", from {result.min():.6g} to {result.max():.6g}"
    return text
