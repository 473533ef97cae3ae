"""FilterProblem: a convolution or correlation of N-D arrays, as SciPy's functions define it."""

from dataclasses import field, replace
from math import prod

import numpy as np

from . import missing as missing_elements
from .arrays import DTYPES, compute_name, short
from .gaps import compacted
from .geometry import (
    BOUNDARIES,
    INTERLEAVED,
    Axis,
    Stencil,
    in_three,
    with_short_end,
    without_single,
)
from .keys import dtypes_token, sizes_token
from .missing import MISSING
from .records import lazily, made, record
from .results import ROUNDINGS

OPS = (
    "convolve", "correlate", "ndimage.convolve", "ndimage.correlate", "ndimage.convolve1d",
    "ndimage.correlate1d",
)  # fmt: skip
#: which part of the full output is returned
MODES = ("full", "same", "valid")
#: the mode of a problem whose part of the full output is given by numbers
PART = "part"
#: these numbers in a problem key: start and length per filtered axis
_PART = r"-?\d+\.\d+(?:x-?\d+\.\d+)*"
#: values of `method`. With ``fft`` and ``overlap`` a NaN spreads as in SciPy's `fftconvolve` and
#: `oaconvolve`
METHODS = ("auto", "direct", "fft", "overlap")
#: methods that compute by Fourier transforms
SPECTRAL_METHODS = ("fft", "overlap")

#: channels of a channels-last image are merged into the filtered axis before them up to so many
#: bytes of a pixel, and up to `INTERLEAVED` of them in any case; others are an axis of their own
_PIXEL_BYTES = 192
#: attributes, computed once, that depend on sizes alone
_OF_SIZES = ("on_image", "windows", "batch", "output")


def transform_dtype(dtype):
    """Return the dtype in which SciPy transforms an array: float64 for integers."""
    if dtype.kind in "iu":
        return np.dtype(np.float64)
    return np.dtype(np.float32) if dtype == np.float16 else dtype


@record
class FilterProblem:
    """One filter: everything that the choice of an algorithm may depend on.

    Parameters
    ----------
    op : str
        One of `OPS`. The output of an op of ``ndimage`` has the input's shape, and `origin` shifts
        the window. ``ndimage.convolve1d`` and ``ndimage.correlate1d`` add products in another order
        than the N-D functions.
    dtypes : tuple of str
        Short names of the dtypes of in1, in2 and the result.
    shape, weights : tuple of int
        Shapes of in1 and in2. Axes that are not filtered broadcast.
    axes : tuple of int
        The filtered axes, non-negative and ascending.
    mode : str
        One of `MODES`, or `PART`.
    boundary : tuple of str
        One of `geometry.BOUNDARIES` per filtered axis: how in1 continues past its edges.
    origin, stride, dilation : tuple of int
        One int per filtered axis.
    traits : str or None
        What is known of the weights' values. ``r1``, ``r3`` and ``box`` name a structure, as in
        `fastconv.problem.traits`. ``nonfinite`` means that they hold a NaN or an infinity,
        ``large`` that sums of an integer image may exceed 2**31, ``whole`` that all are integers.
    method : str
        One of `METHODS`.
    fill : float
        The value past the edges of an integer image, or of one whose sums become integers, for the
        boundary ``constant``. For other images it is passed to the algorithm with the operands.
    order : tuple of int
        The filtered axes from the slowest to the fastest in which SciPy goes through the kernel, if
        this is not their order in memory. It decides the sums of an integer image.
    part : tuple of (int, int)
        With the mode `PART`, the start and the length of the output inside the full output, per
        filtered axis. It may reach beyond the full output.
    missing : str
        One of `missing.MISSING`, or "". The boundary is then the same on all axes.
    rounding : str
        One of `results.ROUNDINGS` if the sums of ``convolve`` or ``correlate``, in float64, become
        integers of the result's dtype; otherwise "".
    saturate : bool
        Whether these integers are limited to the values of their dtype, not wrapped around.
    asked : str
        The function of SciPy that poses the problem, such as ``signal.upfirdn``, if it is not that
        of the op. It is not part of the key, and does not tell problems apart.
    """

    op: str
    dtypes: tuple[str, str, str]
    shape: tuple[int, ...]
    weights: tuple[int, ...]
    axes: tuple[int, ...]
    mode: str
    boundary: tuple[str, ...]
    origin: tuple[int, ...]
    stride: tuple[int, ...]
    dilation: tuple[int, ...]
    traits: str | None = None
    method: str = "auto"
    fill: float = 0.0
    order: tuple[int, ...] = ()
    part: tuple[tuple[int, int], ...] = ()
    missing: str = ""
    rounding: str = ""
    saturate: bool = False
    asked: str = field(default="", compare=False)

    kind = "fwd"
    conjugate = False
    bias = None
    activation = None
    add = False

    @property
    def dims(self) -> int:
        return len(self.axes)

    @lazily
    def family(self) -> str:
        """Family of algorithms: ``integer`` for integer images, otherwise ``convolution``.

        It is ``missing`` if elements may be left out, and ``rounded`` if sums become integers.
        """
        if self.missing:
            return "missing"
        if self.rounding:
            return "rounded"
        return "integer" if self.on_integers else "convolution"

    @property
    def function(self) -> str:
        """Public name of the op."""
        return self.op

    @lazily
    def on_image(self) -> bool:
        """Whether the op is a function of `scipy.ndimage`."""
        return self.op.startswith("ndimage")

    @property
    def on_integers(self) -> bool:
        """Whether an integer image is filtered, whose result must be SciPy's bit for bit."""
        return self.on_image and self.dtypes[0][0] in "iu"

    @lazily
    def compute(self) -> str:
        """Short name of the dtype in which kernels compute; that of integers that sums become."""
        if self.on_integers:
            return self.dtypes[0]
        result = self.dtypes[2]
        if self.rounding:
            return result
        if self.on_image:
            image = self.dtypes[0]
            return (
                image
                if image == result
                else short(np.result_type(DTYPES[image], DTYPES[result]))
            )
        if self.method in SPECTRAL_METHODS:
            return short(np.result_type(*(transform_dtype(DTYPES[d]) for d in self.dtypes[:2])))
        return compute_name(result)

    @lazily
    def in_f32(self) -> "FilterProblem":
        """The same filter of float32."""
        return self._of_reals("f32")

    @lazily
    def in_f64(self) -> "FilterProblem":
        """The same filter of float64."""
        return self._of_reals("f64")

    def _of_reals(self, name):
        found = self.with_values(dtypes=(name,) * 3)
        found.stencil = self.stencil  # it does not depend on dtypes
        return found

    def with_values(self, **changed) -> "FilterProblem":
        """Return the filter of arrays of the same sizes whose values are others.

        Parameters
        ----------
        **changed
            Fields on which neither windows nor output depend: dtypes, traits, rounding.
        """
        known, names = self.__dict__, (*self.__dataclass_fields__, *_OF_SIZES)
        kept = {name: known[name] for name in names if name in known}
        return made(FilterProblem, {**kept, **changed})

    @lazily
    def swapped(self) -> bool:
        """Whether in2 is the image, because it is larger. Convolution commutes."""
        if self.op not in ("convolve", "correlate") or self.missing or self.rounding:
            return False
        image = prod([self.shape[a] for a in self.axes])
        kernel = prod([self.weights[a] for a in self.axes])
        if image >= kernel:
            return False
        return set(self.boundary) == {"zeros"} and set(self.dilation) == {1}

    @lazily
    def windows(self) -> tuple[tuple[int, int], ...]:
        """Start and length of the output inside the full output, per filtered axis."""
        if self.part:
            return self.part
        result = []
        for i, a in enumerate(self.axes):
            n, m = self.shape[a], self.weights[a]
            extent = (m - 1) * self.dilation[i] + 1
            full = n + extent - 1
            if self.on_image:
                # ndimage centres the window at m//2. A convolution flips it, and so shifts the
                # centre of an even window by one
                flipped = self.op.startswith("ndimage.convolve")
                origin = -self.origin[i] - (m % 2 == 0) if flipped else self.origin[i]
                result.append((m - 1 - (m // 2 + origin), n))
            elif self.mode == "full":
                result.append((0, full))
            elif self.mode == "same":
                result.append(((full - n) // 2, n))
            else:
                result.append((min(n, extent) - 1, abs(n - extent) + 1))
        return tuple(result)

    @lazily
    def batch(self) -> tuple[int, ...]:
        """Broadcast shape of the axes that are not filtered."""
        if len(self.axes) == len(self.shape):
            return ()
        rest = [a for a in range(len(self.shape)) if a not in self.axes]
        return tuple(max(self.shape[a], self.weights[a]) for a in rest)

    @lazily
    def output(self) -> tuple[int, ...]:
        """Sizes of the filtered axes of the result."""
        pairs = zip(self.windows, self.stride, strict=True)
        return tuple([-(-length // s) for (_, length), s in pairs])

    @lazily
    def one_kernel(self) -> bool:
        """Whether all entries of the batch have the same kernel."""
        if len(self.axes) == len(self.shape):
            return True
        kernel = self.shape if self.swapped else self.weights
        rest = [a for a in range(len(self.shape)) if a not in self.axes]
        return all(kernel[a] == 1 for a in rest)

    @property
    def one_image(self) -> bool:
        """Whether all entries of the batch have the same image."""
        image = self.weights if self.swapped else self.shape
        return all(image[a] == 1 for a in range(len(self.shape)) if a not in self.axes)

    def without_unit_axes(self) -> "FilterProblem":
        """Return the problem with those axes unfiltered along which the image has one element.

        Along such an axis, the full output is that element times the kernel. So the taps of the
        kernel are entries of a batch, and no window reads positions past the edges.
        """
        image, kernel = (self.shape, self.weights)[:: -1 if self.swapped else 1]
        if 1 not in image:
            return self
        plain = set(self.boundary) == {"zeros"} and {*self.stride, *self.dilation} == {1}
        thin = [a for a in self.axes if image[a] == 1 < kernel[a]]
        if self.mode in ("same", PART) or not plain or not thin or len(thin) == len(self.axes):
            return self
        kept = [i for i, a in enumerate(self.axes) if a not in thin]
        names = ("axes", "boundary", "origin", "stride", "dilation")
        per_axis = {name: tuple(getattr(self, name)[i] for i in kept) for name in names}
        return replace(self, **per_axis)

    @lazily
    def stencil(self) -> Stencil:
        """The same problem in the geometry that all convolution kernels share."""
        if self.missing:
            return self.both_sums.stencil
        if self.memory_layout is not None:
            lead, axes = self.memory_layout
            return Stencil("fwd", lead, 1, 1, 1, axes)
        axes = without_single(self.filtered)
        entries = prod(self.batch)
        if self.one_kernel:
            return Stencil("fwd", entries, 1, 1, 1, tuple(axes))
        if self.one_image:
            return Stencil("fwd", 1, 1, 1, entries, tuple(axes))
        return Stencil("fwd", 1, entries, entries, entries, tuple(axes))

    @lazily
    def plain(self) -> "FilterProblem":
        """The filter of the same arrays in which no element is missing."""
        return replace(self, missing="")

    @lazily
    def borders(self) -> tuple[tuple[int, int], ...]:
        """Values before and after in1 that `both_sums` reads from its images, per axis of in1."""
        return missing_elements.borders(self)

    @lazily
    def bordered(self) -> tuple[int, ...]:
        """Shape of in1 with its `borders`."""
        return tuple([sum(b) + n for b, n in zip(self.borders, self.shape, strict=True)])

    @lazily
    def both_sums(self) -> "FilterProblem":
        """The filter of in1 without what is missing, and of what is valid of it."""
        return missing_elements.both_sums(self)

    @property
    def filtered(self) -> list[Axis]:
        """The `Axis` of every filtered axis, before those in memory are merged."""
        image, kernel = (self.shape, self.weights)
        if self.swapped:
            image, kernel = kernel, image
        axes = []
        windows, output = self.windows, self.output
        for i, a in enumerate(self.axes):
            stride, dilation, taps = self.stride[i], self.dilation[i], kernel[a]
            before = (taps - 1) * dilation - windows[i][0]
            axis = Axis(image[a], output[i], taps, stride, dilation, before, self.boundary[i])
            axes.append(compacted(axis))
        return axes

    @lazily
    def memory_layout(self) -> tuple[int, tuple[Axis, ...]] | None:
        """Batch size and axes in memory order, or None if the image must be transposed first.

        Neighbouring axes that are not filtered are merged. At the front they are the batch. At the
        end, if they are short (colours), they are merged into the last filtered axis; otherwise
        they are an axis of their own.
        """
        if not self.one_kernel:
            return None
        if len(self.axes) == len(self.shape):
            # filters of integers take the weights as the caller gives them, but for colours
            axes = self.filtered
            if self.on_integers:
                return 1, with_short_end(axes)
            return in_three(with_short_end(without_single(axes)))
        filtered = dict(zip(self.axes, self.filtered, strict=True))
        rest = iter(self.batch)
        axes = []
        for a in range(len(self.shape)):
            axis = filtered.get(a)
            if axis is not None and (self.on_integers or not axis.unfiltered):
                axes.append(axis)
                continue
            size = next(rest) if axis is None else axis.image
            if axes and axes[-1].unfiltered and axes[-1].boundary == "":
                size *= axes.pop().image
            if size > 1:
                axes.append(Axis(size, size, 1, boundary=""))
        if all([a.boundary == "" for a in axes]):  # one tap, by which all values are multiplied
            return 1, (replace(axes[0], boundary="zeros") if axes else Axis(1, 1, 1),)
        lead = axes.pop(0).image if axes[0].boundary == "" else 1
        if axes[-1].boundary == "":
            inner, last = axes[-1].image, axes[-2]
            most = max(INTERLEAVED, _PIXEL_BYTES // DTYPES[self.compute].itemsize)
            if last.stride == 1 and (inner <= most or len(axes) > 3):
                axes[-2:] = [last.interleaved(inner)]
        if len(axes) > max(3, len(filtered)):
            return None
        return lead, tuple(replace(a, boundary=a.boundary or "zeros") for a in axes)

    @property
    def flops(self) -> int:
        """Floating-point operations of the definition. Products with padding count."""
        return 2 * self.stencil.multiply_adds

    @lazily
    def bytes(self) -> int:
        """Bytes of in1, in2 and output in the dtype of the computation, each counted once."""
        values = prod(self.shape) + prod(self.weights) + prod(self.batch) * prod(self.output)
        return values * DTYPES[self.compute].itemsize

    def key(self) -> str:
        """Return the problem key, from which `fastconv.problem.parse` makes the problem again."""
        tokens = [
            self.op, dtypes_token(self.dtypes), sizes_token("i", self.shape),
            sizes_token("w", self.weights), self.mode + self._part_token(),
        ]  # fmt: skip
        if self.axes != tuple(range(len(self.shape))):
            tokens.append(sizes_token("axes-", self.axes))
        default = "symmetric" if self.on_image else "zeros"
        if set(self.boundary) != {default}:
            names = self.boundary if len(set(self.boundary)) > 1 else self.boundary[:1]
            tokens.append("mode-" + ".".join(names))
        if any(self.origin):
            tokens.append(sizes_token("origin", self.origin))
        for values, name in ((self.stride, "s"), (self.dilation, "d")):
            if set(values) != {1}:
                tokens.append(sizes_token(name, values))
        if self.method != "auto":
            tokens.append(f"by-{self.method}")
        if self.missing:
            tokens.append(f"missing-{self.missing}")
        if self.rounding:
            tokens.append(self.rounding)
        if self.saturate:
            tokens.append("saturate")
        if self.fill:
            tokens.append(f"fill{self.fill!r}")
        if self.traits:
            tokens.append(f"traits-{self.traits}")
        return "_".join(tokens)

    def _part_token(self):
        return "x".join(f"{start}.{length}" for start, length in self.part)

    @classmethod
    def from_tokens(cls, op, tokens) -> "FilterProblem":
        """Return the problem whose key has these tokens."""
        dtypes = tokens.dtypes()
        shape, weights = tokens.sizes("i"), tokens.sizes("w")
        if len(shape) != len(weights):
            tokens.fail("i and w need as many entries as each other")
        text = tokens.take(PART, _PART, "")
        part = tuple(tuple(map(int, pair.split("."))) for pair in text.split("x") if pair)
        mode = PART if part else tokens.take("", "|".join(MODES))
        axes = tokens.sizes("axes-", tuple(range(len(shape))))
        ones = (1,) * len(axes)
        default = "symmetric" if op.startswith("ndimage") else "zeros"
        problem = cls(
            op, dtypes, shape, weights, axes, mode, tokens.boundaries(len(axes), default),
            tokens.sizes("origin", (0,) * len(axes)), tokens.sizes("s", ones),
            tokens.sizes("d", ones),
            tokens.take("traits-", "box|nonfinite|large|whole|r[0-9]+", "") or None,
            tokens.take("by-", "|".join(METHODS), "auto"), tokens.real("fill", 0.0),
            part=part,
            missing=tokens.take("missing-", "|".join(MISSING), ""),
            rounding=tokens.take("", "|".join(ROUNDINGS), ""), saturate=tokens.flag("saturate"),
        )  # fmt: skip
        tokens.end()
        per_axis = (problem.boundary, problem.origin, problem.stride, problem.dilation)
        if part and (len(part) != len(axes) or any(n < 1 for _, n in part)):
            tokens.fail("the part of the output needs a start and a length for every filtered axis")
        known = set(problem.boundary) <= set(BOUNDARIES)
        if any(len(v) != len(axes) for v in per_axis) or not known:
            tokens.fail(f"every filtered axis needs one of {', '.join(BOUNDARIES)}")
        if problem.missing and (problem.on_image or len(set(problem.boundary)) > 1):
            tokens.fail("missing is for convolve and correlate with one boundary on all axes")
        if problem.saturate and not problem.rounding:
            tokens.fail(f"saturate needs one of {', '.join(ROUNDINGS)}")
        if problem.rounding and (problem.on_image or part or dtypes[2][0] not in "iu"):
            tokens.fail("convolve and correlate round sums to integers")
        if min((*shape, *weights, *problem.stride, *problem.dilation)) < 1:
            tokens.fail("sizes must be at least 1")
        if axes != tuple(sorted(set(axes))) or not set(axes) <= set(range(len(shape))):
            tokens.fail(f"axes {axes}")
        return problem
