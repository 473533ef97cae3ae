"""Test trained models that come in packages, against ONNX Runtime.

tools/fetch_models.sh puts the packages into build/models; without them the tests are skipped.
"""

from pathlib import Path

import numpy as np
import pytest

onnx = pytest.importorskip("onnx", reason="the extra [onnx] is not installed")
# the reference of onnx 1.23 has BatchNormalization before opset 14 and Softmax before 13 wrong
onnxruntime = pytest.importorskip("onnxruntime", reason="the extra [test] is not installed")

import fastconv.onnx  # noqa: E402

MODELS = Path(__file__).parent.parent / "build" / "models"

#: file -> shapes of the inputs by name; a number is a scalar
AUDIO = {"input": (1, 576), "state": (2, 1, 128), "sr": 16000}
CASES = {
    "ch_PP-OCRv4_det_infer.onnx": {"x": (1, 3, 96, 128)},
    "ch_PP-OCRv4_rec_infer.onnx": {"x": (1, 3, 48, 160)},
    "ch_ppocr_mobile_v2.0_cls_infer.onnx": {"x": (1, 3, 48, 192)},
    "nmp.onnx": {"serving_default_input_2:0": (1, 43844, 1)},
    "silero_vad.onnx": AUDIO,
    "silero_vad_op18_ifless.onnx": AUDIO,
    "pnet.onnx": None,
    "rnet.onnx": None,
    "onet.onnx": None,
}


def run_by_onnxruntime(path, feeds):
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(
        str(path), options, providers=["CPUExecutionProvider"]
    )  # fmt: skip
    return session.run(None, feeds)


@pytest.mark.parametrize("name", CASES)
def test_trained(name):
    paths = list(MODELS.rglob(name))
    if not paths:
        pytest.skip("tools/fetch_models.sh has not fetched the models")
    net, rng, feeds = fastconv.onnx.load(paths[0]), np.random.default_rng(0), {}
    for port in net.inputs:
        shape = (CASES[name] or {}).get(port.name, port.shape)
        if isinstance(shape, int):
            feeds[port.name] = np.array(shape, port.dtype)
            continue
        shape = tuple(n or (2 if i == 0 else 64) for i, n in enumerate(shape))
        feeds[port.name] = (0.3 * rng.standard_normal(shape)).astype(port.dtype)
    wanted = run_by_onnxruntime(paths[0], feeds)
    for _ in range(2):
        for result, expected in zip(net.run(None, feeds), wanted, strict=True):
            assert result.shape == expected.shape
            scale = max(1e-3, np.abs(expected).max())
            np.testing.assert_allclose(result, expected, atol=1e-4 * scale)
