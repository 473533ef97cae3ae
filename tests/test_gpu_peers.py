"""Test peers.py --set gpu on tiny problems: every algorithm runs, is right and has a row."""

import json

import device
import pytest

from benchmarks.contenders import cases, gpu
from fastconv.gpu.backend import backend_of

pytestmark = pytest.mark.skipif(
    device.runtime() is None, reason="neither a CUDA device nor g++, which emulates one"
)

TINY = {
    "conv2d_fwd_f32_n2_g1_c3_k4_i9x10_w3x3_s1x1_p1.1x1.1_d1x1_bias-channel": "winograd_f4",
    "ndimage.correlate_f32_i20x30_w5x5_same_mode-reflect": "direct",
    "convolve_f64_i100_w9_full": "fft",
    "max_pool2d_fwd_f32_n1_c1_i12x12_w3x3_s1x1_p1.1x1.1_d1x1_o12x12": "direct",
    "conv2d_input_f32_n2_g1_c3_k4_i9x10_w3x3_s2x1_p1.1x1.1_d1x1": "implicit_gemm",
    "conv2d_weight_f32_n2_g1_c3_k4_i9x10_w3x3_s2x1_p1.1x1.1_d1x1": "im2col",
}


@pytest.mark.parametrize("key, algorithm", TINY.items())
def test_every_contender_is_right(key, algorithm, monkeypatch):
    if device.cuda() is None:
        monkeypatch.setattr(gpu, "_theirs", lambda case, failures: [])
    row = gpu._row(backend_of(device.runtime()), cases.case(key, "", ""), 0.1)
    assert not row["verdicts"] and not row["failures"]
    assert {"eager", "plan", algorithm} <= set(row["times"])
    json.dumps(row)
    assert key in gpu._line(row)
    assert row["group"] in gpu._tables([row])


def test_the_set_is_read():
    assert len(cases.select("gpu")) > 40
