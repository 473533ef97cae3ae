"""Test that requests made for other sizes are those that validation returns."""

from dataclasses import fields

import numpy as np
import pytest

import fastconv as fc
from fastconv.algorithms.registry import able
from fastconv.planner.choose import choose
from fastconv.problem import OPS
from fastconv.problem.records import made
from fastconv.problem.resized import resizing

#: functions, dtypes of their arrays, options that are not at their defaults, and how many axes of
#: an image have sizes at random
CALLS = [
    *[
        (name, dtypes, {"mode": mode}, dims)
        for name in ("signal.convolve", "signal.correlate", "convolve", "correlate")
        for mode in ("full", "same", "valid")
        for dtypes, dims in (("dd", 1), ("ff", 2), ("fD", 1), ("hd", 2), ("BB", 1), ("dd", 3))
    ],
    *[
        (name, "dd", {"mode": mode}, dims)
        for name in ("signal.fftconvolve", "signal.oaconvolve")
        for mode in ("full", "same", "valid")
        for dims in (1, 2)
    ],
    ("convolve", "dd", {"stride": 3, "dilation": 2}, 1),
    ("correlate", "ff", {"stride": (2, 1), "boundary": "wrap", "mode": "same"}, 2),
    ("convolve", "dd", {"boundary": "fill", "fillvalue": 2.5, "mode": "same"}, 2),
    ("convolve", "dd", {"axes": (0,)}, 2),
    *[
        (f"ndimage.{name}1d", dtypes, {"mode": mode, "axis": axis}, dims)
        for name in ("convolve", "correlate")
        for mode in ("reflect", "wrap", "constant")
        for dtypes in ("dd", "Bd", "ff")
        for axis, dims in ((0, 1), (0, 2), (1, 2), (0, 3), (1, 3), (2, 3))
    ],
    *[
        (f"signal.{name}2d", dtypes, {"mode": mode, "boundary": boundary}, 2)
        for name in ("convolve", "correlate")
        for mode in ("full", "same", "valid")
        for boundary in ("fill", "symm")
        for dtypes in ("dd", "Hh")
    ],
    *[
        (f"ndimage.{name}", dtypes, {"mode": mode}, dims)
        for name in ("convolve", "correlate")
        for mode in ("reflect", "wrap", "constant")
        for dtypes in ("dd", "Bd", "ff")
        for dims in (1, 2, 3)
    ],
    ("ndimage.correlate", "dd", {"origin": (1, -1)}, 2),
    *[
        (f"ndimage.{name}", dtype, {**options, "mode": mode}, dims)
        for name, options in (
            ("gaussian_filter", {"sigma": 1.2}), ("gaussian_filter1d", {"sigma": 0.8}),
            ("uniform_filter", {"size": 4}), ("sobel", {}), ("laplace", {}),
            ("uniform_filter1d", {"size": 4, "axis": 0}), ("prewitt", {"axis": 0}),
            ("gaussian_laplace", {"sigma": 1.0}), ("gaussian_gradient_magnitude", {"sigma": 1.0}),
            ("maximum_filter", {"size": 5}), ("minimum_filter", {"size": 4, "origin": 1}),
        )
        for mode in ("reflect", "constant", "nearest")
        for dtype in "dfB"
        for dims in (1, 2, 3)
        if (dtype, name) != ("B", "gaussian_gradient_magnitude")
    ],
    *[
        ("signal.upfirdn", dtypes, {"up": 3, "down": 2, "mode": mode, "axis": axis}, dims)
        for dtypes in ("dd", "fF")
        for mode in ("constant", "wrap", "symmetric")
        for axis, dims in ((0, 1), (0, 2), (1, 2))
    ],
    *[
        (name, dtypes, {"mode": mode}, 3)
        for name in ("signal.convolve", "ndimage.correlate")
        for mode in (("full", "same") if name[0] == "s" else ("mirror", "constant"))
        for dtypes in ("dd", "ff", "BB")
    ],
    *[
        (f"conv{dims}d", dtypes, options, dims)
        for dims in (1, 2, 3)
        for dtypes in ("ff", "dd", "bb")
        for options in (
            {}, {"padding": 1}, {"padding": "same"}, {"stride": 2, "padding": 2},
            {"stride": 2, "padding": "same_lower"}, {"dilation": 2, "groups": 2},
            {"padding_mode": "reflect", "padding": 1},
        )
    ],
    *[
        (f"conv_transpose{dims}d", dtypes, options, dims)
        for dims in (1, 2, 3)
        for dtypes in ("ff", "dd", "bb")
        for options in (
            {}, {"padding": 1}, {"stride": 2, "padding": 2, "output_padding": 1}, {"stride": 3},
            {"stride": 2, "dilation": 3}, {"dilation": 2, "groups": 2}, {"activation": "relu"},
        )
    ],
    *[
        (f"{op}{dims}d_weight", dtypes, {"weight_size": (6, 6 // groups, *(3, 2, 3)[:dims]),
                                         "groups": groups, "stride": stride, "padding": 1}, dims)
        for op in ("conv", "conv_transpose")
        for dims in (1, 2, 3)
        for dtypes in ("ff", "dd", "bb")
        for groups, stride in ((1, 1), (2, 2))
    ],
]  # fmt: skip


def _shapes(rng, name, dims, options):
    """Return shapes of arrays of a call: those of a kernel or a layer stay, others are random."""
    sizes, groups = rng.choice([0, 1, 2, 5, 9, 12, 13, 21, 34], dims), options.get("groups", 1)
    sizes = tuple(map(int, sizes))
    if name.endswith("_weight"):
        kernel = options["weight_size"][2:]
        s, batch = options["stride"], (2,) if rng.random() < 0.5 else ()
        outputs = [
            (n - 1) * s - 2 + k if "transpose" in name else (n + 2 - k) // s + 1
            for n, k in zip(sizes, kernel, strict=True)
        ]
        if rng.random() < 0.1:
            outputs[0] += 1
        return (*batch, 6, *sizes), (*batch, 6, *(max(0, n) for n in outputs))
    if name.startswith("conv") and name.endswith("d"):
        batch = (int(rng.integers(0, 3)),) if rng.random() < 0.5 else ()
        if "transpose" in name:
            return ((*batch, 4, *sizes), (4, 6 // groups, *(3, 2, 3)[:dims]), None)
        return ((*batch, 4, *sizes), (6, 4 // groups, *(3, 2, 3)[:dims]), None, None)
    if OPS[name].arrays == ("input",):
        return (sizes,)
    taps = (4, 3, 2)[: 1 if name.endswith(("1d", "upfirdn")) else dims]
    if dims == 3 and rng.random() < 0.5:
        taps = (*taps[:-1], 1)
    if not name.startswith(("ndimage", "signal.upfirdn")) and rng.random() < 0.4:
        taps = tuple(int(n) for n in rng.integers(1, 6, dims))
    return sizes, taps


def _arrays(shapes, dtypes):
    return tuple(
        None if shape is None else np.zeros(shape, dtypes[min(i, len(dtypes) - 1)])
        for i, shape in enumerate(shapes)
    )


def _request(name, arrays, options):
    """Return the request of a call, or None if it is refused."""
    op = OPS[name]
    given = {**op.options, "output": None, "sigma": None, "size": None, **options}
    try:
        return op.validated(op.coerce(arrays), {word: given[word] for word in op.options})
    except ValueError:
        return None


def _plainly(problem):
    """Return a problem with the same fields, of which nothing is known yet."""
    return made(type(problem), {f.name: getattr(problem, f.name) for f in fields(problem)})


@pytest.mark.parametrize("name, dtypes, options, dims", CALLS, ids=str)
def test_requests_for_other_sizes(name, dtypes, options, dims):
    rng = np.random.default_rng(5)
    pairs = 0
    for _ in range(300):
        if pairs > 20:
            break
        shapes = _shapes(rng, name, dims, options)
        request = _request(name, _arrays(shapes, dtypes), options)
        resize = request and resizing(request, shapes[1:])
        if not resize:
            continue
        for _ in range(20):
            others = _shapes(rng, name, dims, options)
            if len(others[0]) != len(shapes[0]):
                continue
            found = resize(others[0], others[1:])
            if found is not None:
                _compare(found, _request(name, _arrays(others, dtypes), options))
                pairs += 1
    assert pairs > 3 or options.get("axes")


def test_sizes_of_the_output_that_a_call_gives():
    x, w = np.ones((1, 2, 9), np.float32), np.ones((2, 3, 4), np.float32)
    for n in (9, 8):
        size = 2 * n + 3
        found = fc.conv_transpose1d(x[..., :n], w, stride=2, output_size=(size,))
        assert found.shape == (1, 3, size)
    with pytest.raises(ValueError, match="output_size"):
        fc.conv_transpose1d(x, w, stride=2, output_size=(19,))


def _compare(found, wanted):
    assert wanted is not None, f"{found.problem.key()} is refused"
    for f in fields(wanted):
        if f.name != "arrange":
            assert getattr(found, f.name) == getattr(wanted, f.name), f.name
    assert type(found.arrange) is type(wanted.arrange)
    assert getattr(found.arrange, "weights", 0) == getattr(wanted.arrange, "weights", 0)
    problem, plain = found.problem, _plainly(wanted.problem)
    for name, value in problem.__dict__.items():
        if name == "steps":
            steps = [[(step, [v.tolist() for v in vectors]) for step, vectors in term]
                     for term in value]  # fmt: skip
            assert steps == [[(step, [v.tolist() for v in vectors]) for step, vectors in term]
                             for term in plain.steps]  # fmt: skip
            for (step, _), (other, _) in zip(value[0], plain.steps[0], strict=True):
                _compare_attributes(step, _plainly(other))
    _compare_attributes(problem, plain)
    assert able(problem) == able(plain)
    assert choose(problem) == choose(plain)


def _compare_attributes(problem, plain):
    for name, value in problem.__dict__.items():
        if name not in ("shared", "steps"):
            assert getattr(plain, name) == value, name
    if "stencil" in problem.__dict__:
        stencil = _plainly(plain.stencil)
        for name, value in problem.stencil.__dict__.items():
            assert getattr(stencil, name) == value, name
