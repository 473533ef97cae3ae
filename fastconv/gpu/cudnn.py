"""cudnn: NVIDIA's library, where `nvidia-cudnn-frontend` is installed.

Only engines that compute in the problem's own precision: none of the tensor cores' TF32.
"""

import importlib.util
from functools import cache
from math import prod

from ..algorithms.base import is_filter, rounding
from .base import DeviceAlgorithm, operands
from .naive import Naive

#: what an engine may not do, if the version knows of it
_REFUSED = (
    "TENSOR_CORE", "DOWN_CONVERT_INPUTS", "REDUCED_PRECISION_REDUCTION", "WINOGRAD_TILE_13x13",
)  # fmt: skip
_OPERATIONS = {"fwd": "conv_fprop", "input": "conv_dgrad", "weight": "conv_wgrad"}
#: share of the peak, and terms that are worth half of it
_SHARE, _HALF = 0.75, 32


@cache
def _library():
    """The module, None where it is not installed."""
    if importlib.util.find_spec("cudnn") is None:
        return None
    import cudnn

    return cudnn if hasattr(cudnn, "pygraph") else None


@cache
def _handle(number):
    """One handle for every device."""
    return _library().create_handle()


class Cudnn(DeviceAlgorithm):
    """The graph interface's convolutions."""

    name = "cudnn"

    def __init__(self, runtime):
        super().__init__(runtime)
        self._graphs = {}

    def supports(self, problem):
        if self.runtime.kind != "cuda" or _library() is None:
            return "nvidia-cudnn-frontend is not installed"
        s = problem.stencil
        if problem.compute not in ("f32", "f64"):
            return "float32 and float64 only"
        if is_filter(problem):
            return "one channel: there is no sum of products to share"
        if s.role not in _OPERATIONS:
            return "a bias gradient is a plain sum"
        if any(a.tile != 1 or a.boundary != "zeros" for a in s.axes):
            return "shared kernels and padding with zeros only"
        if any(a.before < 0 for a in s.axes):
            return "windows that begin inside of the input"
        graph = self._graph(problem)
        return graph if isinstance(graph, str) else None

    def _graph(self, problem):
        """The built graph of a problem with its tensors, or the reason why there is none."""
        key = (problem.stencil, problem.compute)
        if key not in self._graphs:
            try:
                self._graphs[key] = self._built(problem)
            except Exception as error:  # noqa: BLE001 - the library has no common class of errors
                text = str(error).strip().splitlines() or [type(error).__name__]
                self._graphs[key] = f"cuDNN: {text[0]}"
        return self._graphs[key]

    def _built(self, problem):
        cudnn = _library()
        s = problem.stencil
        kind = cudnn.data_type.FLOAT if problem.compute == "f32" else cudnn.data_type.DOUBLE
        graph = cudnn.pygraph(
            handle=_handle(self.runtime.number), io_data_type=kind, intermediate_data_type=kind,
            compute_data_type=kind,
        )  # fmt: skip
        # one axis becomes the second of two
        line = (1,) if len(s.axes) == 1 else ()
        shapes = [
            (*shape[:2], *line, *shape[2:])
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
            "pre_padding": [*(0 for _ in line), *(a.before for a in s.axes)],
            "post_padding": [*(0 for _ in line), *(max(a.after, 0) for a in s.axes)],
            "stride": [*line, *(a.stride for a in s.axes)],
            "dilation": [*line, *(a.dilation for a in s.axes)],
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
        notes = (getattr(cudnn.numerical_note, name, None) for name in _REFUSED)
        graph.deselect_numeric_notes([note for note in notes if note is not None])
        graph.check_support()
        graph.build_plans()
        return graph, (*tensors, result), (*given, target)

    def error_bound(self, problem):
        return (5e-6 if problem.compute == "f32" else 1e-14) + rounding(problem)

    def cost(self, problem, machine, threads):
        s = problem.stencil
        terms = s.image_channels // s.groups * prod(a.taps for a in s.axes)
        share = _SHARE * terms / (terms + _HALF)
        share *= max(min(1.0, s.feature_channels // s.groups / 32), 0.1)
        seconds = machine.seconds(problem, s.multiply_adds, problem.bytes, share)
        return machine.library + seconds

    def workspace(self, problem, threads):
        return self._graph(problem)[0].get_workspace_size()

    def bind(self, problem):
        graph, tensors, order = self._graph(problem)
        size = graph.get_workspace_size()
        xp, naive = self.runtime.xp, Naive(self.runtime)
        handle = _handle(self.runtime.number)

        def run(arrays, prepared, out, threads):
            values = operands(problem, arrays, out)
            _library().set_stream(handle, xp.cuda.get_current_stream().ptr)
            pack = {tensor: values[i] for tensor, i in zip(tensors, order, strict=True)}
            graph.execute(pack, xp.empty(max(size, 1), "uint8"), handle=handle)
            naive.finish(problem, arrays, out, False)

        return run


def _strides(shape):
    """Of a C-contiguous array, in elements."""
    return [prod(shape[i + 1 :]) for i in range(len(shape))]
