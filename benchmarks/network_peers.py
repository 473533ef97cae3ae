"""Other libraries that run whole networks, for `networks.py`.

Each function takes an `onnx.ModelProto` and a number of threads, and returns a callable that takes
an image and returns the result. It raises ImportError if the library is not installed.
"""

import numpy as np


def onnx_runtime(model, threads, profile=None):
    """Return a call of ONNX Runtime; with a prefix for its `profile`, the session and its input."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.log_severity_level = threads, 3
    if profile is not None:
        options.enable_profiling, options.profile_file_prefix = True, profile
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    name = session.get_inputs()[0].name
    if profile is not None:
        return session, name
    return lambda x: session.run(None, {name: x})[0]


def openvino(model, threads):
    """Return a call of OpenVINO that computes in float32."""
    import openvino as ov

    core = ov.Core()
    options = {"INFERENCE_NUM_THREADS": threads, "INFERENCE_PRECISION_HINT": "f32"}
    compiled = core.compile_model(core.read_model(model.SerializeToString()), "CPU", options)
    request = compiled.create_infer_request()
    return lambda x: next(iter(request.infer({0: x}).values()))


def torch_frozen(model, threads):
    """Return a call of torch: traced, frozen, optimized for inference, channels last."""
    import torch

    torch.set_num_threads(threads)
    module, example = _channels_last(model)
    with torch.inference_mode():
        traced = torch.jit.freeze(torch.jit.trace(module, example))
        traced = torch.jit.optimize_for_inference(traced)
    return _caller(traced)


def torch_compiled(model, threads):
    """Return a call of torch: compiled with its weights as constants, channels last."""
    import torch
    import torch._inductor.config

    torch.set_num_threads(threads)
    torch._inductor.config.freezing = True
    return _caller(torch.compile(_channels_last(model)[0]))


def _caller(module):
    import torch

    def call(x):
        with torch.inference_mode():
            given = torch.from_numpy(x).contiguous(memory_format=torch.channels_last)
            return module(given).numpy()

    return call


def _channels_last(model):
    """Return a network as a torch module, and an image for it."""
    import torch

    shape = tuple(d.dim_value for d in model.graph.input[0].type.tensor_type.shape.dim)
    module = _module_of(model).eval().to(memory_format=torch.channels_last)
    return module, torch.zeros(shape).contiguous(memory_format=torch.channels_last)


def _module_of(model):
    """Return a torch module with the nodes of a model."""
    import torch
    from onnx import helper, numpy_helper

    weights = {
        t.name: torch.from_numpy(numpy_helper.to_array(t).copy()) for t in model.graph.initializer
    }

    class Network(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.steps = []
            for number, node in enumerate(model.graph.node):
                options = {a.name: helper.get_attribute_value(a) for a in node.attribute}
                layer = _layer(node, options, weights)
                if isinstance(layer, torch.nn.Module):
                    self.add_module(f"layer{number}", layer)
                inputs = [name for name in node.input if name not in weights]
                self.steps.append((layer, inputs, node.output[0]))

        def forward(self, x):
            values = {model.graph.input[0].name: x}
            for layer, inputs, output in self.steps:
                values[output] = layer(*(values[name] for name in inputs))
            return values[model.graph.output[0].name]

    return Network()


def _layer(node, options, weights):
    """Return the torch module or function of a node."""
    import torch
    from torch import nn

    constants = [weights[name] for name in node.input if name in weights]
    op = node.op_type
    if op == "Conv":
        weight, groups = constants[0], options.get("group", 1)
        layer = nn.Conv2d(
            weight.shape[1] * groups, weight.shape[0], tuple(weight.shape[2:]),
            tuple(options.get("strides", (1, 1))), _padding(options),
            tuple(options.get("dilations", (1, 1))), groups, bias=len(constants) > 1,
        )  # fmt: skip
        return _filled(layer, ("weight", "bias"), constants)
    if op == "BatchNormalization":
        layer = nn.BatchNorm2d(len(constants[0]), eps=options.get("epsilon", 1e-5))
        return _filled(layer, ("weight", "bias", "running_mean", "running_var"), constants)
    if op == "Gemm":
        weight = constants[0] if options.get("transB", 0) else constants[0].T
        layer = nn.Linear(weight.shape[1], weight.shape[0], bias=len(constants) > 1)
        return _filled(layer, ("weight", "bias"), [weight, *constants[1:]])
    if op in ("MaxPool", "AveragePool"):
        kind = nn.MaxPool2d if op == "MaxPool" else nn.AvgPool2d
        return kind(
            tuple(options["kernel_shape"]), tuple(options.get("strides", (1, 1))),
            _padding(options), ceil_mode=bool(options.get("ceil_mode", 0)),
        )  # fmt: skip
    if op == "Clip":
        return nn.Hardtanh(*(float(c) for c in constants))
    if op == "Concat":
        return lambda *parts: torch.cat(parts, options["axis"])
    layers = {
        "Relu": nn.ReLU, "Sigmoid": nn.Sigmoid, "Flatten": nn.Flatten,
        "GlobalAveragePool": lambda: nn.AdaptiveAvgPool2d(1),
        "Add": lambda: torch.add, "Mul": lambda: torch.mul,
    }  # fmt: skip
    if op not in layers:
        raise ImportError(f"{op} has no layer of torch here")
    return layers[op]()


def _padding(options):
    """Return the padding of a node that torch takes: the same before and after."""
    pads = options.get("pads", (0, 0, 0, 0))
    if list(pads[:2]) != list(pads[2:]):
        raise ImportError(f"torch does not pad by {pads}")
    return tuple(pads[:2])


def _filled(layer, names, values):
    """Give the weights of a network to a layer."""
    import torch

    with torch.no_grad():
        for name, value in zip(names, values, strict=False):
            getattr(layer, name).copy_(value)
    return layer


PEERS = {
    "onnxruntime": onnx_runtime, "openvino": openvino, "torch": torch_frozen,
    "torch_compile": torch_compiled,
}  # fmt: skip


def relative_error(result, exact):
    """Return the largest error in units of the largest value."""
    return float(np.abs(result - exact).max() / np.abs(exact).max())
