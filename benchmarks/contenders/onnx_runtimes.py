"""Contenders of ONNX Runtime and OpenVINO.

Each problem is a model with a constant weight. Input and output are bound to memory once.
"""

from fastconv.algorithms.kinds import is_filter, is_pooling

from .timing import Contender

NAME, MODULE = "onnxruntime", "onnxruntime"

#: ONNX's names of activations
_ACTIVATIONS = {"relu": "Relu", "sigmoid": "Sigmoid", "tanh": "Tanh"}
#: version of ONNX's operators
_OPSET = 19


def contenders(case, threads):
    """Yield a session of ONNX Runtime that computes the case."""
    model = _model(case)
    if model is None:
        return
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    session = ort.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    binding = session.io_binding()
    x = ort.OrtValue.ortvalue_from_numpy(case.arrays["input"])
    binding.bind_ortvalue_input("x", x)
    binding.bind_output("y")
    session.run_with_iobinding(binding)
    y = binding.get_outputs()[0]
    binding.bind_ortvalue_output("y", y)
    yield Contender(
        "onnxruntime", lambda: session.run_with_iobinding(binding), prepared=True,
        preallocated=True, array=lambda _: y.numpy(),
    )  # fmt: skip


class openvino:
    """The peer OpenVINO, with the functions and names that a module of a peer has."""

    NAME, MODULE = "openvino", "openvino"

    @staticmethod
    def contenders(case, threads):
        """Yield an inference request of OpenVINO that computes the case."""
        model = _model(case)
        if model is None:
            return
        import openvino as ov

        compiled = ov.Core().compile_model(
            ov.Core().read_model(model=model.SerializeToString()), "CPU",
            {
                "INFERENCE_NUM_THREADS": threads, "NUM_STREAMS": 1,
                "INFERENCE_PRECISION_HINT": "f32", "ENABLE_CPU_PINNING": False,
            },
        )  # fmt: skip
        request = compiled.create_infer_request()
        request.set_input_tensor(ov.Tensor(case.arrays["input"], shared_memory=True))
        yield Contender(
            "openvino", request.infer, prepared=True, preallocated=True,
            array=lambda _: request.get_output_tensor().data,
        )  # fmt: skip


def _model(case):
    """Return the ONNX model of a forward convolution or pooling, or None if ONNX has none."""
    p = case.problem
    if is_filter(p) or p.kind != "fwd" or p.dtypes[0] != "f32":
        return None
    node = _pooling(p) if is_pooling(p) else _convolution(p)
    if node is None:
        return None
    from onnx import TensorProto, checker, helper, numpy_helper

    kind, attributes = node
    inputs, weights = ["x"], []
    for name in ("weight", "bias"):
        if name in case.arrays:
            inputs.append(name)
            weights.append(numpy_helper.from_array(case.arrays[name], name))
    activation = getattr(p, "activation", None)
    nodes = [helper.make_node(kind, inputs, ["z" if activation else "y"], **attributes)]
    if activation:
        nodes.append(helper.make_node(_ACTIVATIONS[activation], ["z"], ["y"]))
    channels = p.c if is_pooling(p) else p.k
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, case.arrays["input"].shape)
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, (p.n, channels, *p.output))
    graph = helper.make_graph(nodes, "problem", [x], [y], weights)
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", _OPSET)], ir_version=9
    )  # fmt: skip
    checker.check_model(model)
    return model


def _pads(p):
    """Return padding in ONNX's order: before each axis, then after each axis."""
    return [a for a, _ in p.padding] + [b for _, b in p.padding]


def _convolution(p):
    """Return operator and attributes of a convolution, or None if ONNX has none."""
    plain = p.padding_mode == "zeros" and not p.add and p.bias in (None, "channel")
    if not plain or p.activation not in (None, *_ACTIVATIONS):
        return None
    attributes = {
        "kernel_shape": p.kernel, "strides": p.stride, "dilations": p.dilation, "group": p.groups,
        "pads": _pads(p),
    }  # fmt: skip
    if p.op == "conv":
        return "Conv", attributes
    if p.op == "conv_transpose":
        return "ConvTranspose", {**attributes, "output_padding": p.output_padding}
    return None


def _pooling(p):
    """Return operator and attributes of a pooling, or None if ONNX has none."""
    if p.op == "adaptive_avg_pool" and set(p.output) == {1}:
        return "GlobalAveragePool", {}
    attributes = {
        "kernel_shape": p.kernel, "strides": p.stride, "dilations": p.dilation, "pads": _pads(p),
        "ceil_mode": int(p.ceil_mode),
    }  # fmt: skip
    if p.op == "max_pool" and not p.indices:
        return "MaxPool", attributes
    if p.op == "avg_pool" and p.divisor is None:
        return "AveragePool", {**attributes, "count_include_pad": int(p.count_include_pad)}
    return None
