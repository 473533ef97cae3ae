"""Test networks some of whose values have channels last."""

import pickle
import threading

import numpy as np
import pytest

onnx = pytest.importorskip("onnx", reason="the extra [onnx] is not installed")

from test_onnx import Builder, image  # noqa: E402

import fastconv as fc  # noqa: E402
import fastconv.onnx  # noqa: E402
from fastconv.onnx import planned  # noqa: E402
from fastconv.plans import Plan  # noqa: E402
from fastconv.problem.channels_last import is_last  # noqa: E402


class StandIn(Plan):
    """A plan of C-contiguous arrays whose calls copy those that have channels last."""

    def __init__(self, *arguments, channels_last=None, **options):
        super().__init__(*arguments, **options)
        self.which = channels_last

    def runner(self):
        plain, which = super().runner(), self.which
        if which is None:
            return plain

        def run(arrays, out, threads):
            x, *weights, add = arrays
            assert is_last(x) == (which != "output") and is_last(out) == (which != "input")
            assert add is None or is_last(add) == is_last(out)
            whole = [None if a is None else np.ascontiguousarray(a) for a in (x, *weights, add)]
            result = np.empty(out.shape, out.dtype)
            plain(tuple(whole), result, threads)
            out[...] = result

        return run

    def direct(self, arrays, out):
        run = self.runner()
        return super().direct(arrays, out) if self.which is None else lambda n: run(arrays, out, n)


@pytest.fixture(params=["copies", "kernels"])
def convolutions(request, monkeypatch):
    """Let convolutions take all layouts by copies, or those that kernels take; return which."""
    if request.param == "copies":
        monkeypatch.setattr(planned, "Plan", StandIn)
        monkeypatch.setattr(planned.Planned, "seconds_with", lambda self, which, accuracy: 1e-9)
    return request.param


def loaded(model, layouts):
    net = fastconv.onnx.load(model)
    net._context.layouts = layouts
    return net


def compared(model, *arrays):
    """Return the rows of a network with channels last, whose results are those without."""
    plain, last = loaded(model, "planes"), loaded(model, "last")
    names = [port.name for port in plain.inputs]
    feeds = dict(zip(names, arrays, strict=True))
    for _ in range(2):
        wanted, results = plain.run(None, feeds), last.run(None, feeds)
        for result, expected in zip(results, wanted, strict=True):
            scale = np.abs(expected).max()
            np.testing.assert_allclose(result / scale, expected / scale, atol=1e-5)
            assert result.flags.c_contiguous and result.flags.owndata == expected.flags.owndata
    assert not any(row["channels_last"] for row in plain.explain(*map(np.shape, arrays)).rows)
    return last, last.explain(*map(np.shape, arrays)).rows


def squeezed(b, x, channels):
    """Return x times the gates of squeeze and excite."""
    gate = b.node("Relu", b.conv(b.node("GlobalAveragePool", x), channels, 4, 1))
    return b.node("Mul", x, b.node("Sigmoid", b.conv(gate, 4, channels, 1)))


def joined(b, x, channels, growth, count):
    """Return a block whose every layer reads all layers before it."""
    for _ in range(count):
        y = b.node("Relu", b.normalized(x, channels))
        y = b.conv(b.node("Relu", b.conv(y, channels, 8, 1)), 8, growth)
        x, channels = b.node("Concat", x, y, axis=1), channels + growth
    return x, channels


def example(batch, opset=17):
    """Return a network that has each step that takes channels last."""
    b = Builder()
    x = b.node("Relu", b.conv("x", 3, 16, strides=[2, 2]))
    x = b.node("MaxPool", x, kernel_shape=[3, 3], strides=[2, 2], pads=[1] * 4)
    y = b.node("Clip", b.conv(x, 1, 16, group=16), b.constant(np.float32(0)),
               b.constant(np.float32(1)))  # fmt: skip
    y = b.node("Add", b.conv(squeezed(b, y, 16), 16, 16, 1), x)
    x, channels = joined(b, y, 16, 12, 3)
    x = b.node("AveragePool", b.conv(x, channels, 20, 1), kernel_shape=[2, 2], strides=[2, 2])
    x = b.node("LRN", x, size=3)
    parts = [b.conv(x, 20, 8, 1), b.conv(x, 20, 12), b.node("MaxPool", x, kernel_shape=[3, 3],
             strides=[1, 1], pads=[1] * 4)]  # fmt: skip
    x = b.node("Concat", *parts, axis=1)
    x = b.node("Mul", b.node("Tanh", b.node("Sqrt", b.node("Abs", x))), b.noise(40, 1, 1))
    x = b.node("PRelu", b.conv(x, 40, 16, 1), b.noise(16, 1, 1))
    x = b.node("Add", b.node("Relu", x), b.node("Add", x, b.conv(x, 16, 16, 1)))
    pooled = b.node("ReduceMean", x, axes=[2, 3], keepdims=0)
    flat = b.node("Flatten", b.conv(x, 16, 6, 1))
    dense = b.node("Gemm", flat, b.noise(6 * 16, 5), b.noise(5))
    return b.model({"x": [batch, 3, 32, 32]}, [dense, pooled], opset)


@pytest.mark.parametrize("batch", [1, 2])
def test_channels_last_give_the_same(convolutions, batch):
    net, rows = compared(example(batch), image(batch, 3, 32, 32))
    if convolutions == "kernels":
        return
    found = {(row["op"], row["channels_last"]) for row in rows}
    assert {("Conv", "output"), ("Conv", "both"), ("Conv", "input")} <= found
    for op in ("MaxPool", "AveragePool", "Mul", "BatchNormalization", "LRN", "PRelu"):
        assert (op, "both") in found
    assert {("GlobalAveragePool", "input"), ("ReduceMean", "input"), ("Gemm", "")} <= found
    assert "channels last" in str(net.explain())


@pytest.mark.parametrize("batch", [1, 2])
def test_parts_of_concatenations_are_in_their_places(convolutions, batch):
    b = Builder()
    x, channels = joined(b, b.conv("x", 3, 16), 16, 12, 4)
    output = b.conv(x, channels, 5, 1)
    model = b.model({"x": [batch, 3, 12, 14]}, [output])
    net, rows = compared(model, image(batch, 3, 12, 14))
    if convolutions == "copies":  # of which none is one of a concatenation
        assert "Concat" not in {row["op"] for row in rows}


def test_values_stay_after_others_are_written(convolutions):
    """Test that a result takes no place of channels that a later step reads."""
    b = Builder()
    x = b.conv("x", 3, 8)
    left, right = b.conv(x, 8, 8, 1), b.conv(x, 8, 4, 1)
    whole = b.node("Concat", left, right, x, x, axis=1)
    left, right = b.node("Relu", b.normalized(left, 8)), b.node("Relu", b.normalized(right, 4))
    again = b.node("Concat", right, left, axis=1)
    result = b.node("Concat", b.conv(whole, 28, 4, 1), b.conv(again, 12, 4, 1), axis=1)
    output = b.conv(b.node("Relu", b.normalized(result, 8)), 8, 3, 1)
    compared(b.model({"x": ["n", 3, "h", "w"]}, [output]), image(2, 3, 7, 9))


def test_lines_and_volumes(convolutions):
    for sizes in ([40], [6, 7, 8]):
        b, dims = Builder(), len(sizes)
        attributes = {"kernel_shape": [3] * dims, "strides": [2] * dims, "pads": [1] * 2 * dims}
        x = b.node("Conv", "x", b.noise(6, 3, *[3] * dims), pads=[1] * 2 * dims)
        x = b.node("Relu", b.node("MaxPool", x, **attributes))
        x = b.node("Conv", x, b.noise(9, 6, *[1] * dims))
        x = b.node("AveragePool", b.node("LeakyRelu", x), **attributes)
        x = b.node("GlobalMaxPool", b.node("Conv", x, b.noise(4, 9, *[1] * dims)))
        compared(b.model({"x": [2, 3, *sizes]}, [x]), image(2, 3, *sizes))


def test_calls_of_all_kinds(convolutions):
    """Test several threads, other shapes, copies by pickle, profiles and records."""
    b = Builder()
    x = squeezed(b, b.node("Relu", b.conv("x", 3, 16)), 16)
    output = b.conv(joined(b, x, 16, 8, 2)[0], 32, 4, 1)
    model = b.model({"x": ["n", 3, "h", "w"]}, [output])
    net, plain = loaded(model, "last"), loaded(model, "planes")
    arrays = [image(1 + i % 2, 3, 10 + i % 3, 12) for i in range(6)]
    wanted = [plain(a) for a in arrays]

    def check(result, i):
        np.testing.assert_allclose(result, wanted[i], atol=1e-4)

    for i, a in enumerate(arrays):
        check(net(a), i)
    failures = []

    def work(i):
        for _ in range(5):
            if not np.allclose(net(arrays[i]), wanted[i], atol=1e-4):
                failures.append(i)

    threads = [threading.Thread(target=work, args=(i,)) for i in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert len(net.profile(arrays[0], repeat=2).rows) == len(net.times_alone(arrays[0], repeat=2))
    with fc.record() as record:
        check(net(arrays[0]), 0)
    assert record and net.nbytes > 0
    check(pickle.loads(pickle.dumps(net))(arrays[1]), 1)


def test_choice(monkeypatch):
    """Test that layouts are chosen by predicted times, and that small gains change nothing."""
    b = Builder()
    x = b.node("Relu", b.conv("x", 3, 16))
    for _ in range(3):
        x = b.node("Add", b.conv(b.conv(x, 16, 16, 1), 1, 16, group=16), x)
    model = b.model({"x": [1, 3, 20, 20]}, [b.conv(x, 16, 4)])

    def found(factor):
        monkeypatch.setattr(planned, "Plan", StandIn)
        monkeypatch.setattr(
            planned.Planned, "seconds_with",
            lambda self, which, accuracy: self.seconds * factor.get(which, 1.0),
        )  # fmt: skip
        rows = loaded(model, "auto").explain().rows
        return [row["channels_last"] for row in rows if row["op"] == "Conv"]

    assert set(found({"both": 0.98})) == {""}
    assert found({"both": 0.5})[1:-1] == ["both"] * 6
    assert set(found({"both": np.inf, "input": 1.1, "output": 1.1})) == {""}
