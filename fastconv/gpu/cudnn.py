"""cudnn: NVIDIA's library, where `nvidia-cudnn-frontend` is installed.

Only engines run that compute in the problem's own precision, without the TF32 of tensor cores, and
that add in the same order each time. Some of them are FFTs or Winograd's, which may spread a NaN.
"""

import importlib.util
from functools import cache
from math import prod
from threading import Lock

from ..algorithms.kinds import is_filter
from .base import DeviceAlgorithm, aligned, operands
from .im2col import product_bound
from .naive import Definition

#: numerical notes of engines that are refused
_REFUSED = (
    "TENSOR_CORE", "DOWN_CONVERT_INPUTS", "REDUCED_PRECISION_REDUCTION", "NONDETERMINISTIC",
    "WINOGRAD_TILE_13x13",
)  # fmt: skip
#: arrays begin at multiples of so many bytes, as the graph's tensors require
_ALIGNMENT = 16
#: most graphs that are kept
_MOST_GRAPHS = 512
#: operation of the graph by the stencil's role
_OPERATIONS = {"fwd": "conv_fprop", "input": "conv_dgrad", "weight": "conv_wgrad"}
#: share of the peak that large problems reach
_SHARE = 0.75
#: terms of a sum that reach half of that share
_HALF = 32


@cache
def _library():
    """Return the module `cudnn`, None where it is not installed or finds no library."""
    if importlib.util.find_spec("cudnn") is None:
        return None
    try:
        import cudnn
    except Exception:  # noqa: BLE001 - it loads libraries, each with errors of its own
        return None
    return cudnn if hasattr(cudnn, "pygraph") else None


@cache
def _handle(number):
    """Return the handle of a device, which must be current, and the lock for setting its stream."""
    return _library().create_handle(), Lock()


class Cudnn(DeviceAlgorithm):
    """Convolutions of cuDNN's graph interface."""

    name = "cudnn"
    dtypes = ("f32", "f64")
    # of Winograd's F(4, 3); `error_bound` adds sums in one chain
    bounds = {"f32": 7e-6, "f64": 1.5e-14}
    spreads_nan = True

    def __init__(self, runtime):
        super().__init__(runtime)
        self._graphs = {}

    def refuses(self, problem):
        if _library() is None:
            return "nvidia-cudnn-frontend is not installed, or does not load"
        s = problem.stencil
        if is_filter(problem):
            return "one channel: there is no sum of products to share"
        if s.role not in _OPERATIONS:
            return "a bias gradient is a plain sum"
        if any(a.tile != 1 or a.boundary != "zeros" for a in s.axes):
            return "shared kernels and padding with zeros only"
        if any(a.before < 0 for a in s.axes):
            return "windows that begin inside the input"
        if any(_features(a) != a.feature for a in s.axes):
            return "a result that leaves out windows"
        graph = self._graph(problem)
        return graph if isinstance(graph, str) else None

    def cost(self, problem, machine, threads):
        s = problem.stencil
        terms = _terms(s)
        share = _SHARE * terms / (terms + _HALF)
        share *= max(min(1.0, s.feature_channels // s.groups / 32), 0.1)
        seconds = machine.seconds(problem, s.multiply_adds, problem.bytes, share)
        return machine.library + seconds

    def error_bound(self, problem):
        least = super().error_bound(problem)
        return max(least, product_bound(problem, _terms(problem.stencil)))

    def workspace(self, problem, threads):
        return self._graph(problem)[0].get_workspace_size()

    def bind(self, problem, contain_nan=False):
        graph, tensors, order = self._graph(problem)
        size = graph.get_workspace_size()
        xp, definition = self.runtime.xp, Definition(self, problem)
        handle, lock = _handle(self.runtime.number)

        def run(arrays, prepared, out, threads):
            values = operands(problem, arrays, out)
            given = [aligned(self.runtime, values[i], _ALIGNMENT) for i in order]
            workspace = xp.empty(max(size, 1), "uint8")
            with lock:
                _library().set_stream(handle, self.runtime.stream())
                graph.execute(dict(zip(tensors, given, strict=True)), workspace, handle=handle)
            if given[-1] is not values[order[-1]]:
                values[order[-1]][...] = given[-1]
            definition.finish(arrays, out, contain_nan)

        return run

    def _graph(self, problem):
        """Return a problem's graph with its tensors, or the reason why there is none."""
        key = (problem.stencil, problem.compute)
        found = self._graphs.get(key)
        if found is None:
            try:
                with self.runtime.current():
                    found = self._built(problem)
            except Exception as error:  # noqa: BLE001 - the library has no common class of errors
                text = str(error).strip().splitlines() or [type(error).__name__]
                found = f"cuDNN: {text[0]}"
            if len(self._graphs) >= _MOST_GRAPHS:
                self._graphs.clear()
            self._graphs[key] = found
        return found

    def _built(self, problem):
        """Build a problem's graph; return it, its tensors, and which arrays these stand for."""
        cudnn = _library()
        s = problem.stencil
        kind = cudnn.data_type.FLOAT if problem.compute == "f32" else cudnn.data_type.DOUBLE
        graph = cudnn.pygraph(
            handle=_handle(self.runtime.number)[0], io_data_type=kind, intermediate_data_type=kind,
            compute_data_type=kind,
        )  # fmt: skip
        # cuDNN has no convolutions of one axis: put an axis of size 1 in front
        front = (1,) if len(s.axes) == 1 else ()
        shapes = [
            (*shape[:2], *front, *shape[2:])
            for shape in (s.image_shape, s.feature_shape, s.weight_shape)
        ]
        names = ("image", "feature", "weight")
        given = {"fwd": (0, 2), "input": (1, 2), "weight": (0, 1)}[s.role]
        tensors = [
            graph.tensor(name=names[i], dim=list(shapes[i]), stride=_strides(shapes[i]),
                         data_type=kind)
            for i in given
        ]  # fmt: skip
        keywords = {
            "pre_padding": [*(0 for _ in front), *(a.before for a in s.axes)],
            "post_padding": [*(0 for _ in front), *(max(a.after, 0) for a in s.axes)],
            "stride": [*front, *(a.stride for a in s.axes)],
            "dilation": [*front, *(a.dilation for a in s.axes)],
            "compute_data_type": kind,
        }
        first, second = {
            "fwd": ("image", "weight"), "input": ("loss", "filter"), "weight": ("image", "loss")
        }[s.role]  # fmt: skip
        operation = getattr(graph, _OPERATIONS[s.role])
        result = operation(**{first: tensors[0], second: tensors[1]}, **keywords)
        target = ({0, 1, 2} - set(given)).pop()
        result.set_output(True).set_data_type(kind)
        result.set_dim(list(shapes[target])).set_stride(_strides(shapes[target]))
        graph.validate()
        graph.build_operation_graph()
        graph.create_execution_plans([cudnn.heur_mode.A, cudnn.heur_mode.FALLBACK])
        graph.deselect_numeric_notes([getattr(cudnn.numerical_note, name) for name in _REFUSED])
        graph.check_support()
        graph.build_plans()
        return graph, (*tensors, result), (*given, target)


def _terms(stencil):
    """Return the number of products in a sum."""
    if stencil.role == "weight":
        return stencil.n * prod(a.feature for a in stencil.axes)
    return stencil.image_channels // stencil.groups * prod(a.taps for a in stencil.axes)


def _features(axis):
    """Return the number of features that cuDNN computes along an axis."""
    padded = axis.image + axis.before + max(axis.after, 0)
    return (padded - axis.extent) // axis.stride + 1


def _strides(shape):
    """Return the strides of a C-contiguous array in elements."""
    return [prod(shape[i + 1 :]) for i in range(len(shape))]
