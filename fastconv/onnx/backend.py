"""The interface through which ONNX's own tests run a backend."""

import onnx
from onnx import helper
from onnx.backend.base import Backend as _Base
from onnx.backend.base import BackendRep

from .network import load


class _Prepared(BackendRep):
    """A loaded model, as ONNX's tests call it."""

    def __init__(self, network):
        self.network = network

    def run(self, inputs, **kwargs):
        """Return the outputs for a list of inputs in the order of the network."""
        network = self.network
        if not isinstance(inputs, (list, tuple)):
            inputs = [inputs]
        feeds = {p.name: a for p, a in zip(network.inputs, inputs, strict=True)}
        return tuple(network.run(None, feeds))


class Backend(_Base):
    """Run ONNX models as `onnx.backend.base.Backend` asks for it."""

    @classmethod
    def prepare(cls, model, device="CPU", **kwargs):
        """Return a model that is ready to run.

        Parameters
        ----------
        model : onnx.ModelProto
        device : str, default "CPU"
        """
        cls._check(device)
        return _Prepared(load(model))

    @classmethod
    def run_model(cls, model, inputs, device="CPU", **kwargs):
        """Return the outputs of a model for a list of inputs."""
        return cls.prepare(model, device, **kwargs).run(inputs)

    @classmethod
    def run_node(cls, node, inputs, device="CPU", outputs_info=None, **kwargs):
        """Return the outputs of one node for a list of inputs."""
        cls._check(device)
        names = [name for name in node.input if name]
        given = [
            helper.make_tensor_value_info(
                name, helper.np_dtype_to_tensor_dtype(array.dtype), array.shape
            )
            for name, array in zip(names, inputs, strict=True)
        ]
        results = [helper.make_value_info(name, onnx.TypeProto()) for name in node.output if name]
        version = kwargs.get("opset_version", onnx.defs.onnx_opset_version())
        imports = [helper.make_opsetid(node.domain, version)]
        graph = helper.make_graph([node], "node", given, results)
        return cls.run_model(helper.make_model(graph, opset_imports=imports), inputs)

    @classmethod
    def supports_device(cls, device):
        """Return whether models run on `device`: on the CPU only."""
        return device.split(":")[0] == "CPU"

    @classmethod
    def _check(cls, device):
        if not cls.supports_device(device):
            raise ValueError(f"device is {device!r}; allowed: 'CPU'")
