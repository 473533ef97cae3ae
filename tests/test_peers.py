"""benchmarks/peers.py on tiny problems: every library that is there runs and is right."""

import fractions
import json
import math
from operator import attrgetter

import numpy as np
import pytest

from benchmarks.alone import Alone
from benchmarks.contenders import (
    cases,
    drawn,
    drawn_filters,
    machine,
    main,
    pictures,
    report,
    truth,
)
from fastconv.problem import parse

TINY = (
    "conv2d_fwd_f32_n2_g1_c3_k4_i9x10_w3x3_s2x1_p1.1x1.1_d1x1_bias-channel",
    "ndimage.correlate_f32_i20x30_w5x5_same_mode-reflect_traits-r1",
    "ndimage.correlate_f64_i20x30_w9x9_same_mode-reflect_traits-box",
    "ndimage.correlate_u8.f64.u8_i20x30_w5x5_same_mode-reflect",
    "ndimage.correlate_u8.f64.i16_i20x30x3_w3x3x1_same_axes-0x1_mode-reflect",
    "ndimage.correlate1d_f32_i20x30_w1x5_same_axes-1",
    "ndimage.gaussian-filter_f32_i20x30_t0g1.1r2@reflect*1g1.1r2@reflect",
    "ndimage.gaussian-filter_u8_i20x30x3_t0g1.1r2*1g2.0r8",
    "ndimage.gaussian-filter_f64_i9x20x10_t0g1.1r2d1*1g1.1r2*2g1.1r2",
    "ndimage.uniform-filter_f64_i20x30_t0b4@replicate*1b5@replicate",
    "ndimage.uniform-filter_u16_i20x30_t0b3*1b3",
    "ndimage.sobel_f32_i20x30_t1v-1,0,1*0v1,2,1",
    "ndimage.sobel_u8.u8.i16_i20x30_t0v-1,0,1*1v1,2,1",
    "ndimage.laplace_f64_i20x30_t0v1,-2,1@reflect_t1v1,-2,1@reflect",
    "ndimage.laplace_u8.u8.i16_i20x30_t0v1,-2,1_t1v1,-2,1",
    "ndimage.gaussian-gradient-magnitude_f32_i20x30_t0g1.0r4d1*1g1.0r4_t0g1.0r4*1g1.0r4d1",
    "ndimage.maximum-filter_f32_i20x30_w5x3",
    "ndimage.minimum-filter_u8_i20x30x3_w4x4_axes-0x1",
    "signal.upfirdn_f32_i100_w9_up3_down2_axis0",
    "convolve_f64_i100_w9_full",
    "convolve_f64_i100_w9_part0.100",
    "correlate_f32_i100_w9_part5.20",
    "signal.upfirdn_f64_i100_w9_up3_down2_axis0_from4.150",
    "max_pool2d_fwd_f32_n1_c1_i12x12_w3x3_s1x1_p1.1x1.1_d1x1_o12x12",
    "avg_pool2d_fwd_f32_n1_c2_i12x12_w2x2_s2x2_p0.0x0.0_d1x1_o6x6",
    "unfold2d_fwd_f32_n1_c1_i12x12_w3x3_s1x1_p1.1x1.1_d1x1_o12x12",
    "fold2d_fwd_f32_n1_c1_i12x12_w3x3_s1x1_p1.1x1.1_d1x1_o12x12",
    "conv2d_input_f32_n2_g1_c3_k4_i9x10_w3x3_s2x1_p1.1x1.1_d1x1",
    "conv2d_weight_f32_n2_g1_c3_k4_i9x10_w3x3_s2x1_p1.1x1.1_d1x1",
    "avg_pool2d_input_f32_n1_c4_i14x14_w3x3_s1x1_p1.1x1.1_d1x1_o14x14",
    "adaptive_avg_pool2d_input_f32_n1_c4_i14x12_o7x5",
    "max_pool2d_input_f32_n1_c4_i14x12_o7x6",
    "lp_pool2d_input_f32_n1_c4_i14x12_w2x2_s2x2_p0.0x0.0_d1x1_o7x6_norm-2.0",
    "max_unpool2d_fwd_f32_n1_c4_i7x6_o14x12",
    "maxout1d_fwd_f32_n2_c6_i25_o25_g3",
    "maxout1d_input_f32_n2_c6_i25_o25_g3",
    "weighted_pool2d_fwd_f32_n2_c4_i9x8_w3x3_s1x1_p1.1x1.1_d1x1_o9x8",
    "conv_transpose2d_fwd_f32_n2_g1_c3_k4_i9x10_w3x3_s2x1_p1.1x1.1_d1x1",
    "local_conv2d_fwd_f32_n2_g1_c3_k4_i9x8_w3x3_s1x1_p1.1x1.1_d1x1_t9x8",
    "local_conv2d_input_f32_n2_g1_c3_k4_i9x8_w3x3_s1x1_p1.1x1.1_d1x1_t9x8",
    "local_conv2d_weight_f32_n2_g1_c3_k4_i9x8_w3x3_s1x1_p1.1x1.1_d1x1_t9x8",
    "local_conv1d_fwd_f32_n2_g1_c3_k4_i20_w3_s2_p1.1_d1_t10",
    "tiled_conv2d_fwd_f32_n2_g1_c3_k4_i9x8_w3x3_s2x1_p1.1x1.1_d1x1_t2x3",
)
ARGUMENTS = main._arguments(["--set", "small", "--time-limit", "0.1"])
# peers that need nothing but NumPy and SciPy
PEERS_OF = {
    "conv2d": {"numpy im2col"}, "convolve": {"np.convolve", "signal.convolve"},
    "ndimage.correlate": {"ndimage.correlate"}, "signal.upfirdn": {"signal.upfirdn"},
    "signal.lfilter": {"signal.lfilter"}, "signal.resample_poly": {"signal.resample_poly"},
    "signal.correlate": {"signal.correlate"},
    "ndimage.gaussian_filter": {"ndimage.gaussian_filter"},
    "ndimage.maximum_filter": {"ndimage.maximum_filter"},
}  # fmt: skip


@pytest.fixture
def fast(monkeypatch):
    """No timing: one call each, and limits that need no measuring."""
    monkeypatch.setattr("benchmarks.contenders.timing.PAUSE", 0.0)
    monkeypatch.setattr("benchmarks.contenders.timing.BURST", 0.0)
    monkeypatch.setattr("benchmarks.contenders.timing.ROUNDS", (1, 1))
    monkeypatch.setattr(machine, "peak_flops", lambda dtype: 1e11)
    monkeypatch.setattr(machine, "copy_rate", lambda threads: 1e10)


@pytest.mark.parametrize("key", TINY)
def test_every_contender_is_right(fast, key):
    case = cases.case(key, source="image" if "ndimage" in key else "")
    exact = truth.truth(case)
    failures = []
    with machine.limited(1):
        row = main.compared(case, exact, 1, ARGUMENTS, failures)
    assert not failures
    for c in (*row["ours"].values(), *row["peers"]):
        assert c["verdict"] == "", c
        assert c["median"] >= c["least"] > 0
    assert {"eager", "out", "plan"} == set(row["ours"]) == set(row["ratios"])
    assert PEERS_OF.get(case.name, set()) <= {p["name"] for p in row["peers"]}
    assert row["share"] > 0
    json.dumps(row)
    assert key in report.table([row])
    # a class is summed up where another library can run it
    assert (row["group"] in report.summary([row])) == bool(row["peers"])


@pytest.mark.parametrize(
    "key",
    [
        "conv2d_fwd_f64_n2_g2_c8_k6_i40x37_w5x3_s2x1_p2.1x0.2_d1x2",
        "conv2d_fwd_f64_n1_g4_c4_k8_i30x31_w3x3_s1x1_p1.1x1.1_d1x1_mode-circular_bias-channel",
        "conv2d_input_f64_n2_g2_c8_k6_i40x37_w5x3_s2x1_p2.1x0.2_d1x2",
        "conv2d_weight_f64_n2_g2_c8_k6_i40x37_w5x3_s2x1_p2.1x0.2_d1x2",
        "conv_transpose2d_fwd_f64_n2_g2_c8_k6_i20x17_w5x3_s2x1_p2.2x0.0_d1x2",
        "conv_transpose1d_weight_f64_n2_g1_c8_k6_i50_w4_s2_p1.1_d1",
        "ndimage.correlate_f64_i50x60_w7x7_same_mode-replicate",
        "convolve_f64_i3x50_w1x7_full_axes-1",
    ],
)
def test_sampled_truth_is_the_whole_truth(key, monkeypatch):
    """The sampled reference against naive, which it replaces where that takes too long."""
    case = cases.case(key)
    whole = truth.truth(case)
    assert whole.positions is None
    monkeypatch.setattr(truth, "_NAIVE", 0)
    some = truth.truth(case)
    assert some.positions.max() < math.prod(whole.shape)
    assert some.error(whole.values.reshape(whole.shape)) < 1e-14
    spoiled = whole.values.copy()
    spoiled[some.positions[0]] += abs(whole.values).max()
    assert some.verdict(some.error(spoiled.reshape(whole.shape))) == "wrong"


def test_command_line(fast, tmp_path, capsys):
    target = tmp_path / "small.json"
    problems = ["--set", "small", "--filter", "conv2d", "--limit", "1", "--threads", "1,2"]
    main.main([*problems, "--minima", "--time-limit", "0.1", "--json", str(target)])
    printed = capsys.readouterr().out
    result = json.loads(target.read_text())
    assert [row["threads"] for row in result["rows"]] == [1, 2]
    assert all(row["problem"] in printed for row in result["rows"])
    for name in result["missing"]:
        assert name in printed


def test_command_line_draws_layers(fast, monkeypatch, capsys):
    monkeypatch.setattr("benchmarks.contenders.timing.CACHE", 1 << 16)
    monkeypatch.setattr("os.sysconf", lambda name: 0)
    main.main(["--random", "4", "--seed", "3", "--limit", "1", "--plans", "--cold"])
    assert drawn.layers(4, 3)[0][0] in capsys.readouterr().out


@pytest.mark.parametrize("kind", pictures.KINDS)
def test_pictures(kind):
    if kind == "photograph":
        pytest.importorskip("skimage")
    for shape, dtype in (((600, 300), "u1"), ((90, 700, 3), "i2"), ((70, 80), "u2")):
        picture = pictures.picture(kind, shape, dtype)
        assert picture.shape == shape and picture.dtype == dtype
        assert len(np.unique(picture)) > (10 if kind == "flat" else 50)
        shown = np.diff(picture.astype(float), axis=1) == 0
        assert (shown.mean() > 0.9) == (kind == "flat")


def test_drawn_filters():
    filters = drawn_filters.filters(120, 5)
    assert filters[:20] == drawn_filters.filters(20, 5) != drawn_filters.filters(20, 6)
    assert {source.removeprefix("drawn: ") for *_, source in filters} == set(drawn_filters.KINDS)
    for key, _, _ in filters:
        assert parse(key).key() == key
    dtypes = {parse(key).dtypes[0] for key, _, _ in filters}
    assert dtypes == {"u8", "u16", "i16"}


@pytest.mark.parametrize("kind", drawn_filters.KINDS)
def test_drawn_filters_have_right_contenders(fast, kind, monkeypatch):
    monkeypatch.setattr(drawn_filters, "SIDES", (20, 60))
    monkeypatch.setattr(drawn_filters, "TAPS", (3, 9))
    monkeypatch.setattr(drawn_filters, "PICTURES", ("noise", "flat"))
    rows = [row for row in drawn_filters.filters(40, 3) if row[2] == f"drawn: {kind}"][:3]
    for row in rows:
        case, failures = cases.case(*row), []
        with machine.limited(1):
            found = main.compared(case, truth.truth(case), 1, ARGUMENTS, failures)
        assert found["group"].startswith(kind)
        assert all(c["verdict"] == "" for c in found["ours"].values()), row
        if kind != "as OpenCV rounds":  # SciPy does not
            assert any(p["name"].startswith("ndimage.") for p in found["peers"])


def test_each_library_in_its_process(fast, tmp_path):
    """The same contenders as in one process, whose results are right."""
    targets = [tmp_path / "alone.json", tmp_path / "together.json"]
    for target, words in zip(targets, (["--alone"], []), strict=True):
        main.main(["--random", "2", "--seed", "3", "--plans", "--json", str(target), *words])
    alone, together = (json.loads(target.read_text()) for target in targets)
    assert not alone["failures"]
    for row, other in zip(alone["rows"], together["rows"], strict=True):
        assert row["problem"] == other["problem"] and row["ours"]["plan"]["verdict"] == ""
        assert [p["name"] for p in row["peers"]] == [p["name"] for p in other["peers"]]


def test_a_process_that_raises_answers_again():
    process = Alone(fractions.Fraction, 7, 2)
    with pytest.raises(TypeError):
        process.limit_denominator("many")
    assert process.limit_denominator(1) == 3
    process.close()
    with pytest.raises(ZeroDivisionError):
        Alone(fractions.Fraction, 1, 0)


def test_drawn_layers():
    layers = drawn.layers(300, 5)
    assert layers[:20] == drawn.layers(20, 5) != drawn.layers(20, 6)
    assert {cases.case(*row).group for row in layers} == {f"{kind} f32" for kind in drawn.KINDS}


def test_ratio_compares_like_with_like():
    """A plain call is not compared with a compiled model, nor anything with a wrong result."""
    from benchmarks.contenders.timing import Contender

    def contender(name, seconds, **flags):
        return Contender(name, None, samples=[seconds], **flags)

    mine = contender("eager", 2.0)
    peers = [
        contender("plain", 4.0),
        contender("compiled", 1.0, prepared=True),
        contender("false", 0.5, verdict="wrong"),
    ]
    median = attrgetter("median")
    assert report._ratio(mine, peers, median, False, False) == {"ratio": 2.0, "peer": "plain"}
    assert report._ratio(mine, peers, median, True, True) == {"ratio": 0.5, "peer": "compiled*"}


@pytest.mark.parametrize("name", cases.SETS)
def test_sets_hold_problems(name):
    rows = cases.select(name, limit=2)
    assert len(rows) == 2
    assert all(cases.case(*row).group for row in rows if "i1080" not in row[0])
