"""`load`, and the network that it returns."""

import threading

import numpy as np

from .. import config
from ..caches import Cache
from ..errors import shown
from ..problem.arguments import choice
from .binding import Program
from .folding import fold
from .fusion import fuse
from .reading import graph_of, read
from .report import Table, rows_of
from .values import Context, Misinferred, Value

#: programs that a network keeps, one for each combination of input shapes
_KEPT_PROGRAMS = 8
#: bytes of constants that lie side by side, before it is known which form of them is used
_SMALL = 1 << 16


def load(model, *, effort="estimate", accuracy="default", num_threads=None):
    """Read an ONNX model and return a network that runs it on NumPy arrays.

    Parameters
    ----------
    model : path, bytes or onnx.ModelProto
        The model, of opset 7 or newer.
    effort : {"estimate", "measure", "exhaustive"}, default "estimate"
        How to choose the algorithm of each layer, as in `fastconv.plan`.
    accuracy : {"high", "default", "fast"}, default "default"
        Error bound of each layer, as in `fastconv.conv2d`.
    num_threads : int, optional
        Largest number of threads. By default that of `fastconv.get_num_threads` at each call.

    Returns
    -------
    Network
        A callable that takes the inputs and returns the output, or a tuple of outputs.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If `model` is not an ONNX model, or has an operation that nothing here can compute.

    See Also
    --------
    fastconv.plan : Prepares one layer.

    Notes
    -----
    Convolutions, poolings and products with constant matrices are problems of fastconv, other
    operations are NumPy's, and what is rare is computed by the reference implementation of the
    `onnx` package. Normalisation, bias, additions and activations become part of convolutions.

    Examples
    --------
    >>> import numpy as np
    >>> import fastconv.onnx
    >>> from onnx import helper, numpy_helper
    >>> w = numpy_helper.from_array(np.ones((1, 1, 3, 3), np.float32), "w")
    >>> x = helper.make_tensor_value_info("x", 1, [1, 1, "height", "width"])
    >>> y = helper.make_tensor_value_info("y", 1, None)
    >>> nodes = [helper.make_node("Conv", ["x", "w"], ["y"])]
    >>> graph = helper.make_graph(nodes, "sums", [x], [y], [w])
    >>> net = fastconv.onnx.load(helper.make_model(graph))
    >>> net.inputs
    (Port(name='x', shape=(1, 1, None, None), dtype=float32),)
    >>> net(np.ones((1, 1, 4, 4), np.float32)).tolist()
    [[[[9.0, 9.0], [9.0, 9.0]]]]
    """
    choice("effort", effort, ("estimate", "measure", "exhaustive"))
    choice("accuracy", accuracy, ("high", "default", "fast"))
    if num_threads is not None:
        config.run_threads(num_threads)
    graph = graph_of(*read(model))
    context = Context(effort, accuracy, graph.opsets)
    fold(graph, context)
    fuse(graph)
    return Network(graph, effort, accuracy, num_threads)


class Network:
    """A trained network, as `load` returns it.

    Several threads may call a network at once. A network can be pickled.

    Attributes
    ----------
    inputs, outputs : tuple of Port
        Name, shape (None for free sizes) and dtype of each input and output.
    nbytes : int
        Bytes of the weights, of the prepared weights, and of the memory for results within the
        network. A weight that the prepared one replaces is not kept.

    See Also
    --------
    load : Makes one, with an example.
    """

    def __init__(self, graph, effort, accuracy, num_threads):
        self._graph = graph
        self._options = effort, accuracy, num_threads
        self._context = Context(effort, accuracy, graph.opsets)
        for name, array in graph.constants.items():  # biases, kernels of single channels, ...
            if isinstance(array, np.ndarray) and array.nbytes <= _SMALL and array.dtype.kind == "f":
                graph.constants[name] = self._context.store.placed(array)
        self._programs = Cache(_KEPT_PROGRAMS)
        self._lock = threading.Lock()
        self.inputs, self.outputs = tuple(graph.inputs), tuple(graph.outputs)

    def __call__(self, *arrays, **named):
        """Run the network.

        Parameters
        ----------
        *arrays : array_like
            Inputs in the order of `inputs`.
        **named : array_like
            Inputs by their names.

        Returns
        -------
        ndarray, or a tuple of ndarray
            The output; several outputs in the order of `outputs`.

        Raises
        ------
        ValueError
            If an input is missing or unknown, or has another dtype, rank or size than the network
            takes.
        """
        if len(arrays) > len(self.inputs):
            raise ValueError(
                f"{len(arrays)} inputs are given; the network takes {_listed(self.inputs)}"
            )
        feeds = {port.name: array for port, array in zip(self.inputs, arrays, strict=False)}
        for name in named:
            if name in feeds:
                raise ValueError(f"input {name!r} is given twice")
        results = self._run({**feeds, **named})
        return results[0] if len(results) == 1 else tuple(results)

    def run(self, names, feeds):
        """Run the network, with the arguments of `onnxruntime.InferenceSession.run`.

        Parameters
        ----------
        names : list of str or None
            Outputs to return; None for all.
        feeds : dict
            Inputs by name.

        Returns
        -------
        list of ndarray
        """
        known = [port.name for port in self.outputs]
        for name in names or ():
            if name not in known:
                raise ValueError(f"output {name!r} does not exist; allowed: {', '.join(known)}")
        results = dict(zip(known, self._run(dict(feeds)), strict=True))
        return [results[name] for name in (known if names is None else names)]

    def _run(self, feeds, times=None, repeat=1):
        arrays = self._checked(feeds)
        threads = config.run_threads(self._options[2])
        while True:
            try:
                return self._program(arrays).run(arrays, threads, times, repeat)
            except Misinferred as error:  # then the steps after this node wait for its shape
                self._context.misinferred.add(error.args[0])
                self._programs.clear()
                if times is not None:
                    times.clear()

    def _checked(self, feeds):
        """Return the inputs as arrays in the order of the network."""
        known = {port.name for port in self.inputs}
        for name in feeds:
            if name not in known:
                raise ValueError(
                    f"input {shown(name)} does not exist; the network takes {_listed(self.inputs)}"
                )
        arrays = []
        for port in self.inputs:
            if port.name not in feeds:
                raise ValueError(
                    f"input {port.name!r} is missing; the network takes {_listed(self.inputs)}"
                )
            arrays.append(_checked(port, feeds[port.name]))
        return arrays

    def _program(self, arrays):
        """Return the program for inputs of these shapes, and make it if there is none."""
        key = tuple((a.shape, a.dtype.str) if isinstance(a, np.ndarray) else None for a in arrays)
        return self._program_of(key, arrays)

    def _program_of(self, key, arrays):
        key = (key, config.current_isa())
        program = self._programs.entries.get(key)
        if program is None:
            with self._lock:
                program = self._programs.entries.get(key)
                if program is None:
                    given = {
                        port.name: Value(a.shape, a.dtype) if isinstance(a, np.ndarray) else None
                        for port, a in zip(self.inputs, arrays, strict=True)
                    }
                    program = Program(self._graph, given, self._context)
                    self._programs.insert(key, program)
        return program

    @property
    def nbytes(self):
        seen = {id(a): a for a in self._graph.constants.values() if isinstance(a, np.ndarray)}
        total = sum(a.nbytes for a in seen.values())
        prepared = {}
        for program in list(self._programs.entries.values()):
            total += program.arena_bytes
            for step in program.steps:
                if step.action is not None and step.action.planned is not None:
                    prepared.update({id(a): a for a in step.action.planned.prepared})
        return total + sum(a.nbytes for a in prepared.values())

    def explain(self, *shapes, **named):
        """Return a table of the nodes that run, as text.

        Parameters
        ----------
        *shapes : tuple of int
            Shape of each input, in the order of `inputs`. Those that have no free size may be left
            out.
        **named : tuple of int
            Shapes by the names of inputs.

        Returns
        -------
        Table
            It prints op, name, what is fused into the node, shapes, algorithm and predicted time.

        Raises
        ------
        ValueError
            If an input has free sizes and no shape is given, or the shape does not fit.
        """
        arrays = self._examples(shapes, named)
        return Table(rows_of(self._program(arrays)))

    def profile(self, *arrays, repeat=5, **named):
        """Run the network and return a table of the time of each node.

        Parameters
        ----------
        *arrays, **named : array_like
            Inputs, as in a call.
        repeat : int, default 5
            Number of runs after the first one, of which each node's median is taken.

        Returns
        -------
        Table
            The rows of `explain`, with measured time and share. `to_dict` returns them as a dict.
        """
        feeds = {port.name: a for port, a in zip(self.inputs, arrays, strict=False)} | named
        checked = self._checked(feeds)
        self._run(feeds)
        runs = []
        for _ in range(max(1, repeat)):
            times = []
            self._run(feeds, times)
            runs.append(times)
        return Table(rows_of(self._program(checked), np.median(runs, axis=0).tolist()))

    def times_alone(self, *arrays, repeat=5):
        """Return the least seconds of each step of `profile` when it is called in a loop.

        Parameters
        ----------
        *arrays : array_like
            Inputs in the order of the network.
        repeat : int, default 5
            Number of calls of each step.

        Returns
        -------
        list of float
        """
        checked = self._checked(
            {port.name: a for port, a in zip(self.inputs, arrays, strict=False)}
        )
        times = []
        self._run(dict(zip([p.name for p in self.inputs], checked, strict=True)), times, repeat)
        return times

    def noise(self, *shapes, seed=0):
        """Return an array of noise for each input, in order.

        Parameters
        ----------
        *shapes : tuple of int
            As in `explain`.
        seed : int, default 0
            Of the noise.
        """
        rng = np.random.default_rng(seed)
        return [
            (rng.standard_normal(a.shape) if a.dtype.kind == "f" else np.ones(a.shape)).astype(
                a.dtype
            )
            for a in self._examples(shapes, {})
        ]

    def _examples(self, shapes, named):
        """Return an array without values for each input, from its shape."""
        given = {port.name: s for port, s in zip(self.inputs, shapes, strict=False)} | named
        arrays = []
        for port in self.inputs:
            shape = given.get(port.name, port.shape)
            if shape is None or None in shape:
                raise ValueError(
                    f"the shape of input {port.name!r} is missing; its sizes are {port.shape}"
                )
            dtype = port.dtype or np.dtype(np.float32)
            shape = tuple(int(n) for n in shape)
            arrays.append(_checked(port, np.broadcast_to(np.zeros((), dtype), shape), False))
        return arrays

    def __repr__(self):
        return f"<Network {_listed(self.inputs)} -> {_listed(self.outputs)}>"

    def __reduce__(self):
        with self._lock:
            return Network, (self._graph.whole(), *self._options)


def _listed(ports):
    return ", ".join(f"{p.name} {p.shape} {p.dtype}" for p in ports)


def _checked(port, value, contiguous=True):
    """Return an input as an array, or raise an error that names it."""
    if port.dtype is None:
        return value
    array = np.asarray(value)
    texts = array.dtype.kind in "OUS" and port.dtype.kind in "OUS"
    if array.dtype.newbyteorder("=") != port.dtype and not texts:
        raise ValueError(
            f"input {port.name!r} has dtype {array.dtype}; the network takes {port.dtype}"
        )
    if port.shape is not None:
        if array.ndim != len(port.shape):
            raise ValueError(
                f"input {port.name!r} has shape {array.shape}; the network takes "
                f"{len(port.shape)} dimensions, {port.shape}"
            )
        if any(n is not None and n != m for n, m in zip(port.shape, array.shape, strict=True)):
            raise ValueError(
                f"input {port.name!r} has shape {array.shape}; the network takes {port.shape}"
            )
    dtype = array.dtype if texts else port.dtype
    return np.require(array, dtype, ("C", "A")) if contiguous else array
