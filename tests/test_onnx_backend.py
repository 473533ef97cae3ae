"""Run ONNX's own tests of backends on `fastconv.onnx.Backend`.

They are the cases of every operation in all its versions, small models, models that PyTorch
exported, and the light networks of the package. None of them needs a download.
"""

import warnings
from collections import Counter

import numpy as np
import pytest

onnx = pytest.importorskip("onnx", reason="the extra [onnx] is not installed")

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import onnx.backend.test  # noqa: E402
    from onnx.reference import ReferenceEvaluator  # noqa: E402

    from fastconv.onnx import Backend  # noqa: E402

#: what the reference implementation of onnx 1.23 fails, or computes from random numbers
EXCLUDED = {
    # random numbers of their own
    "test_bernoulli_cpu", "test_bernoulli_expanded_cpu", "test_bernoulli_double_cpu",
    "test_bernoulli_double_expanded_cpu", "test_bernoulli_seed_cpu",
    "test_bernoulli_seed_expanded_cpu",
    # subgraphs: the reference gives other shapes or lists of other lengths, or nothing
    "test_if_opt_cpu", "test_loop16_seq_none_cpu", "test_scan_sum_cpu",
    "test_range_float_type_positive_delta_expanded_cpu",
    "test_range_float16_type_positive_delta_expanded_cpu",
    "test_range_bfloat16_type_positive_delta_expanded_cpu",
    "test_range_int32_type_negative_delta_expanded_cpu",
    # not in the reference
    "test_scatter_without_axis_cpu", "test_scatter_with_axis_cpu",
    "test_gradient_of_add_cpu", "test_gradient_of_add_and_mul_cpu",
}  # fmt: skip


class Reference(Backend):
    """The reference implementation as a backend, to see what it fails."""

    @classmethod
    def prepare(cls, model, device="CPU", **kwargs):
        evaluator = ReferenceEvaluator(model)

        class Prepared:
            def run(self, inputs, **kwargs):
                return evaluator.run(None, dict(zip(evaluator.input_names, inputs, strict=True)))

        return Prepared()


@pytest.fixture(scope="module")
def items():
    """Return ``f(backend)``: the tests by category and name."""
    runners = {}

    def of(backend):
        if backend not in runners:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                runner = onnx.backend.test.BackendTest(backend, __name__)
            runners[backend] = {
                category: {name: item for name, item in found.items() if name.endswith("_cpu")}
                for category, found in runner._test_items.items()
            }
        return runners[backend]

    return of


def failures(found, wanted):
    """Run tests and return the messages of those that fail, by name."""
    failed = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, item in found.items():
            if not wanted(name):
                continue
            try:
                item.func(None)
            except Exception as error:
                failed[name] = f"{type(error).__name__}: {str(error)[:200]}"
    return failed


def test_all_cases(items, tmp_path, monkeypatch, capsys):
    """Test every case but those that the reference itself does not pass."""
    monkeypatch.setenv("ONNX_MODELS", str(tmp_path))
    counts, failed = Counter(), {}
    for category, found in items(Backend).items():
        failed |= failures(found, lambda name: name not in EXCLUDED)
        counts[category] += sum(name not in EXCLUDED for name in found)
    with capsys.disabled():
        print(f"\nONNX backend tests: {sum(counts.values()) - len(failed)} pass of {dict(counts)}")
    assert not failed
    assert counts["NodeModel"] > 1500 and counts["RealModel"] >= 9


def test_exclusions_fail_in_the_reference(items):
    """Test that nothing is left out that the reference passes."""
    found = {n: i for tests in items(Reference).values() for n, i in tests.items()}
    assert found.keys() >= EXCLUDED
    random = {name for name in EXCLUDED if "bernoulli" in name}
    failed = failures(found, lambda name: name in EXCLUDED - random)
    assert failed.keys() == EXCLUDED - random


def test_one_node():
    node = onnx.helper.make_node("Add", ["a", "b"], ["c"])
    (result,) = Backend.run_node(node, [np.ones(3, "f4"), np.arange(3, dtype="f4")])
    np.testing.assert_array_equal(result, [1, 2, 3])
    assert Backend.supports_device("CPU") and not Backend.supports_device("CUDA")
    with pytest.raises(ValueError, match="CUDA"):
        Backend.prepare(onnx.helper.make_model(onnx.GraphProto()), "CUDA")


def node_cases():
    """Yield (case, model, inputs, outputs) of all cases of nodes whose inputs are arrays."""
    from onnx import TensorProto, numpy_helper
    from onnx.backend.test.loader import load_model_tests

    def array(value):
        return numpy_helper.to_array(value) if isinstance(value, TensorProto) else value

    for case in load_model_tests(kind="node"):
        inputs, outputs = ([array(v) for v in values] for values in case.data_sets[0])
        arrays = all(isinstance(a, np.ndarray) for a in inputs)
        if arrays and f"{case.name}_cpu" not in EXCLUDED:
            yield case, case.model, inputs, outputs


@pytest.mark.filterwarnings("ignore")
def test_constant_and_unknown_inputs():
    """Test the cases of nodes with constants for all inputs but one, and with unknown shapes.

    Shapes that follow from constants, and steps that wait for shapes, take other ways through the
    code than inputs of known shapes.
    """
    from onnx import numpy_helper
    from onnx.backend.test.runner import Runner

    from fastconv.onnx import binding, load

    failed, count, resized = {}, 0, 0
    for case, model, inputs, outputs in node_cases():
        names = [value.name for value in model.graph.input]
        try:
            net = load(model)
            program = binding.Program(net._graph, dict.fromkeys(names), net._context)
            Runner.assert_similar_outputs(outputs, program.run(inputs, 1), case.rtol, case.atol)
            if len(inputs) > 1:
                fixed = onnx.ModelProto()
                fixed.CopyFrom(model)
                del fixed.graph.input[1:]
                for name, array in zip(names[1:], inputs[1:], strict=True):
                    fixed.graph.initializer.append(numpy_helper.from_array(array, name))
                net = load(fixed)
                results = net.run(None, {names[0]: inputs[0]})
                Runner.assert_similar_outputs(outputs, results, case.rtol, case.atol)
                if case.name.startswith("test_resize"):
                    rows = net.explain(inputs[0].shape).rows
                    resized += any(row["algorithm"] == "numpy" for row in rows)
            count += 1
        except Exception as error:
            failed[case.name] = f"{type(error).__name__}: {str(error)[:200]}"
    assert not failed
    assert count > 1500 and resized >= 20
