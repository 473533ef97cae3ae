"""Run trained networks that are stored as ONNX models, from NumPy.

Modules, each of which imports from those above it only:

graph         Node and Graph: a network as a list of operations, and who uses their results.
weights       Large weights are read from a file as arrays, apart from the rest of the model.
reading       A model from a path, from bytes or from a ModelProto, as a Graph.
pages         Memory in large pages.
values        What is known of a value before a network runs; how a node computes its outputs.
activations   Activations: single nodes, and the products that exporters write for some.
reference     Operations that the reference implementation of the `onnx` package computes.
planned       One problem of the registry, with weights that plans of all shapes share.
volumes       Poolings of images with channels last, as poolings of volumes.
windows       Operations that plans compute: convolutions, poolings, fully connected layers.
passes        Operations that one C pass computes: scale, shift, addition, activation.
gates         Products with one factor per channel of each image.
elementwise   Operations that NumPy computes value by value.
chains        Elementwise operations one after the other, on blocks that stay in cache.
moves         Operations that move values and compute none: shapes, parts, copies, dtypes.
products      Reductions, normalisations and products of matrices, which NumPy computes.
arrays        Which of the two modules above computes a node.
resizing      Interpolation along one axis after the other.
handlers      Which of the modules above computes a node.
running       One node on arrays, with new arrays for its outputs.
folding       Constants, and nodes that change nothing, are removed from a graph.
fusion        Normalisation, bias, addition and activation become part of a convolution.
pace          How many threads the next run uses, by the times of the last ones.
classes       Values that must all have channels last, or none of them.
layouts       Which values have channels last.
memory        Where the results of the steps are stored.
calling       How a step runs.
binding       A graph for given shapes of its inputs: a list of steps.
report        The tables of `explain` and `profile`.
network       `load`, and the network that it returns.
backend       The interface of ONNX's own tests.
"""

try:
    import onnx  # noqa: F401 - asked for here, so that the message names the extra
except ImportError as error:
    raise ImportError(
        "fastconv.onnx needs the package onnx: pip install 'fastconv[onnx]'"
    ) from error

from .backend import Backend
from .network import Network, load

__all__ = ["Backend", "Network", "load"]
